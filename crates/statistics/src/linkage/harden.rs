//! Hardening: what makes encodings harder to attack, and linking harder too.
//!
//! *Salting* (Niedermeyer and others 2014) gives people with another year of birth, say, other keys, so that a name is
//! as frequent as it is within one year only; who has the wrong year on one list is lost. Each record carries a mark of its
//! salt, because records of different salts have nothing to be compared by.
//!
//! *Noise*, which turns over a share of each filter's bits (Schnell and Borgs 2016, “Randomized response and balanced Bloom
//! filters for privacy preserving record linkage”), is not offered: whoever has the encodings takes it away again
//! ([`denoised`](super::attack::denoised)), and it costs links.
//!
//! A schema asks for it in one more member that clkhash passes over: `"rapporteur": { "salt": "date of birth" }`.

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

#[cfg(test)]
mod tests {
    use super::*;

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
