//! Hardening: what makes encodings harder to attack, and linking harder too.
//!
//! *Salting* (Niedermeyer and others 2014) gives people with another year of birth, say, other keys, so that a name is
//! as frequent as it is within one year only; who has the wrong year on one list is lost. *Noise* (Schnell and Borgs
//! 2016, “Randomized response and balanced Bloom filters for privacy preserving record linkage”) turns over a bounded
//! number of bits of each filter, so that equal values no longer have equal filters.
//!
//! A schema asks for them in one more member that clkhash passes over:
//! `"rapporteur": { "salt": "date of birth", "noise": 0.05 }`.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::bits;
use super::field::Field;
use super::normalise::{self, Kind};
use super::schema::Schema;

/// What a schema asks for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hardening {
    /// The column whose value changes the keys of all others: of a date, its year.
    pub salt: Option<Kind>,
    /// The share of each filter's bits that is turned over, 0 to 0.2.
    pub noise: f64,
}

impl Hardening {
    /// Whether equal values have equal filters.
    pub fn keeps_equality(&self) -> bool {
        self.noise == 0.0
    }
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

/// The noise of one row.
#[derive(Debug)]
pub(super) struct Noise {
    share: f64,
    generator: ChaCha8Rng,
}

impl Noise {
    /// Row `number` draws from a stream of its own, whatever the number of threads.
    pub(super) fn new(share: f64, seed: [u8; 32], number: usize) -> Self {
        let mut generator = ChaCha8Rng::from_seed(seed);
        generator.set_stream(number as u64);
        Self { share, generator }
    }

    /// Turns over the share of `bits`, each at most once.
    pub(super) fn flip(&mut self, words: &mut [u64], n_bits: usize) {
        if self.share <= 0.0 {
            return;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of the bits of a filter"
        )]
        let n = (self.share * n_bits as f64).round() as usize;
        let mut turned = Vec::with_capacity(n);
        while turned.len() < n.min(n_bits) {
            let place = self.generator.random_range(0..n_bits);
            if !turned.contains(&place) {
                turned.push(place);
                bits::flip(words, place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_turns_over_exactly_its_share_and_the_same_bits_again() {
        let noisy = |number| {
            let mut words = vec![0; 16];
            Noise::new(0.05, [7; 32], number).flip(&mut words, 1024);
            words
        };
        assert_eq!(bits::count(&noisy(3)), 51);
        assert_eq!(noisy(3), noisy(3));
        assert_ne!(noisy(3), noisy(4));
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
        assert_eq!(salted, [true; 6], "sex itself has no filter of its own any more");
    }
}
