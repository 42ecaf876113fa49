//! Hardening: what makes encodings harder to attack, and linking harder too.
//!
//! *Salting* (Niedermeyer and others 2014) gives people with another year of birth, say, other keys, so that a name is
//! as frequent as it is within one year only; who has the wrong year on one list is lost. Each record carries a mark of its
//! salt, because records of different salts have nothing to be compared by.
//!
//! A schema asks for it in one more member that clkhash passes over: `"rapporteur": { "salt": "date of birth" }`.
//!
//! *Noise* turns over a bounded share of each CLK's bits ([`noisy`]; Schnell and Borgs 2016, “Randomized response and balanced
//! Bloom filters for privacy preserving record linkage”). It is for CLKs alone: no two people's are equal, while copies of a
//! column's own filter are, and whoever has those takes the noise away again ([`denoised`](super::attack::denoised)).

use rand::rngs::ChaCha20Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::bits::{self, Filters};
use super::field::Field;
use super::normalise::{self, Kind};
use super::schema::Schema;

/// What a schema asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hardening {
    /// The column whose value changes the keys of all others: of a date, its year.
    pub salt: Option<Kind>,
}

/// The salt of a row; empty without one, or where its value is missing.
pub(super) fn salt(schema: &Schema, values: &[String]) -> String {
    let Some(kind) = schema.hardening.salt else {
        return String::new();
    };
    let value = schema
        .features
        .iter()
        .position(|feature| {
            feature
                .encoded
                .as_ref()
                .is_some_and(|encoded| encoded.kind == Some(kind))
        })
        .and_then(|index| values.get(index))
        .map_or("", String::as_str);
    if kind == Kind::BirthDate {
        return normalise::birth(value)
            .year
            .map(|year| year.to_string())
            .unwrap_or_default();
    }
    normalise::value(kind, value)
}

/// Whether a field's key depends on the salt: all do but those of the salting column itself.
pub(super) fn is_salted(schema: &Schema, field: &Field) -> bool {
    let kind_of = |column: &str| {
        schema
            .features
            .iter()
            .find(|feature| feature.identifier == column)
            .and_then(|feature| feature.encoded.as_ref())
            .and_then(|encoded| encoded.kind)
    };
    schema.hardening.salt.is_some() && kind_of(&field.column) != schema.hardening.salt
}

/// The largest share of bits that noise may turn over.
pub const MOST_NOISE: f64 = 0.2;

/// Filters with `share` of the bits of each turned over (at most [`MOST_NOISE`]; rounded to whole bits, no bit twice), each by a
/// stream of its own of `seed`, which must be secret: whoever has it turns them back.
pub fn noisy(filters: &Filters, share: f64, seed: [u8; 32]) -> Filters {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the bits of a filter"
    )]
    let n = (share.clamp(0.0, MOST_NOISE) * filters.bits() as f64).round() as usize;
    let mut noisy = Filters::new(filters.bits());
    for (number, filter) in (0..).zip(filters.iter()) {
        let mut generator = ChaCha20Rng::from_seed(seed);
        generator.set_stream(number);
        let mut words = filter.to_vec();
        let mut turned = vec![0; words.len()];
        let mut left = n;
        while left > 0 {
            let place = generator.random_range(0..filters.bits());
            if !bits::is_set(&turned, place) {
                bits::set(&mut turned, place);
                bits::flip(&mut words, place);
                left -= 1;
            }
        }
        noisy.push(&words);
    }
    noisy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_turns_over_exactly_its_share_and_other_bits_of_each_filter() {
        let plain = Filters::from_words(1024, vec![0; 32]);
        let noisy_one = noisy(&plain, 0.05, [7; 32]);
        assert_eq!([bits::count(noisy_one.get(0)), bits::count(noisy_one.get(1))], [51, 51]);
        assert_ne!(noisy_one.get(0), noisy_one.get(1));
        assert_eq!(noisy(&plain, 0.05, [7; 32]), noisy_one);
        assert_ne!(noisy(&plain, 0.05, [8; 32]), noisy_one);
        assert_eq!(noisy(&plain, 0.0, [7; 32]), plain);
        assert_eq!(bits::count(noisy(&plain, 0.9, [7; 32]).get(0)), 205, "a fifth at most");
    }

    #[test]
    fn a_salt_is_the_year_or_the_plain_value() {
        let mut schema = Schema::default();
        let row: Vec<String> = ["A", "B", "1985-03-12", "Female", "Albania", "X"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(salt(&schema, &row), "");
        schema.hardening.salt = Some(Kind::BirthDate);
        assert_eq!(salt(&schema, &row), "1985");
        schema.hardening.salt = Some(Kind::Sex);
        assert_eq!(salt(&schema, &row), "f");
        let salted: Vec<bool> = crate::linkage::field::Layout::of(&schema)
            .fields()
            .iter()
            .map(|field| is_salted(&schema, field))
            .collect();
        assert_eq!(
            salted,
            [true, true, true, true, true, true, false],
            "sex itself has no filter any more but the mark"
        );
    }
}
