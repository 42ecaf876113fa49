//! What is done to a value before it is encoded, so that two organisations that write the same person differently
//! encode the same.
//!
//! Everything here loses information on purpose: case, accents, scripts, hyphens, particles of names, and dates that
//! forms put where nobody knew one.

mod date;
mod letters;
mod name;

pub use date::{Birth, birth};
pub use letters::latin;
pub use name::{family_name, given_name};

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Given names.
    GivenName,
    /// Family names.
    FamilyName,
    /// Date of birth.
    BirthDate,
    /// Sex or gender as recorded.
    Sex,
    /// Nationality.
    Nationality,
    /// A town or region.
    Place,
    /// Other words, such as an address.
    Text,
    /// Other signs whose place matters, such as a postcode.
    Code,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::GivenName,
        Self::FamilyName,
        Self::BirthDate,
        Self::Sex,
        Self::Nationality,
        Self::Place,
        Self::Text,
        Self::Code,
    ];

    /// Its code in a schema.
    pub fn code(self) -> &'static str {
        match self {
            Self::GivenName => "given name",
            Self::FamilyName => "family name",
            Self::BirthDate => "date of birth",
            Self::Sex => "sex",
            Self::Nationality => "nationality",
            Self::Place => "place",
            Self::Text => "text",
            Self::Code => "code",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Words that stand where nothing is known.
const UNKNOWN: &[&str] = &[
    "unknown",
    "not known",
    "unk",
    "none",
    "no name",
    "na",
    "n a",
    "nil",
    "null",
    "fnu",
    "lnu",
    "not stated",
    "not recorded",
    "anonymous",
    "x",
    "xx",
    "xxx",
    "undisclosed",
];

/// Words in plain Latin small letters, parted by single blanks; empty when the value says that nothing is known.
pub fn words(value: &str) -> String {
    let plain = latin(value);
    let words: Vec<&str> = plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let text = words.join(" ");
    if UNKNOWN.contains(&text.as_str()) {
        return String::new();
    }
    text
}

/// A value of `kind` as one text.
pub fn value(kind: Kind, value: &str) -> String {
    match kind {
        Kind::GivenName => given_name(value),
        Kind::FamilyName => family_name(value),
        Kind::BirthDate => birth(value).text(),
        Kind::Sex => sex(value).to_owned(),
        Kind::Nationality | Kind::Place | Kind::Text => words(value),
        Kind::Code => words(value).replace(' ', ""),
    }
}

/// `f`, `m`, `x` for anything else that was said, or nothing.
pub fn sex(value: &str) -> &'static str {
    let words = words(value);
    match words.as_str() {
        "" | "not specified" | "unspecified" => "",
        "f" | "female" | "woman" | "girl" | "w" | "2" => "f",
        "m" | "male" | "man" | "boy" | "1" => "m",
        "0" | "9" => "",
        _ => "x",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_case_accents_and_punctuation() {
        assert_eq!(words("  São-Paulo (Centro) "), "sao paulo centro");
        assert_eq!(words("N/A"), "");
        assert_eq!(value(Kind::Code, "AB1 2-CD"), "ab12cd");
    }

    #[test]
    fn sexes_are_read_from_the_usual_words() {
        assert_eq!(
            ["Female", "M", "trans man", "", "unknown", "9"].map(sex),
            ["f", "m", "x", "", "", ""]
        );
    }

    #[test]
    fn a_kind_has_one_code() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
    }
}
