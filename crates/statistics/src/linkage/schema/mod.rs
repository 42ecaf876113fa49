//! Linkage schemas: which columns are encoded, and how.
//!
//! A schema is one of clkhash, version 3 (<https://clkhash.readthedocs.io>), so that a partner's schema can be taken over and
//! CLKs be compared with other tools ([`clks`](super::clks)). That is for users of this library: the program's token files hold
//! filters for each column, which clkhash cannot make, so there partners all encode with the program. A feature may carry
//! one more member, which clkhash passes over:
//!
//! ```json
//! { "identifier": "family_name", "rapporteur": { "kind": "family name" }, "format": {}, "hashing": {} }
//! ```
//!
//! A feature with a kind is normalised before it is encoded ([`normalise`](super::normalise)), and gets filters of its
//! own beside its part in the record's CLK ([`field`](super::field)). One without is encoded exactly as clkhash does.
//!
//! Two things differ from clkhash's own reader: patterns of text are read but not checked, and `xorFolds`, which
//! clkhash's schema allows and its code ignores, is refused with the name that its code reads (`xor_folds`).

mod date;
mod error;
pub(crate) mod fingerprint;
mod read;

pub use date::DateFormat;
pub(crate) use date::days;
pub use error::SchemaError;

use super::harden::Hardening;
use super::normalise::Kind;

/// The schema that is shipped: given name, family name, date of birth, sex, nationality, place.
pub const DEFAULT: &str = include_str!("default.json");

/// Which columns are encoded, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Bits of a CLK, after folding.
    pub bits: usize,
    /// How often a CLK is folded upon itself.
    pub folds: u32,
    /// How keys are made of the secret.
    pub kdf: Kdf,
    /// The columns, in order.
    pub features: Vec<Feature>,
    /// What makes encodings harder to attack.
    pub hardening: Hardening,
}

/// How keys are made of the secret: HKDF (RFC 5869).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kdf {
    /// Its hash function.
    pub hash: KdfHash,
    /// Context of the keys.
    pub info: Vec<u8>,
    /// Salt of the extraction.
    pub salt: Vec<u8>,
    /// Bytes of a key.
    pub key_size: usize,
}

/// Hash functions of HKDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KdfHash {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Its name, which is the heading of the column.
    pub identifier: String,
    /// How it is encoded; nothing when it is ignored.
    pub encoded: Option<Encoded>,
}

/// How a column is encoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// What the column means; nothing leaves its values as they are.
    pub kind: Option<Kind>,
    /// What its values look like.
    pub format: Format,
    /// How text becomes bytes.
    pub charset: Charset,
    /// How a value becomes tokens.
    pub comparison: Comparison,
    /// How many bits tokens set.
    pub strategy: Strategy,
    /// Which bits they set.
    pub hash: Hash,
    /// A value that stands for a missing one, and what it is replaced with.
    pub missing: Option<(String, String)>,
}

/// What values look like.
#[derive(Debug, Clone, PartialEq)]
pub enum Format {
    /// Any text.
    Text {
        /// The case that letters must have.
        case: Case,
        /// Fewest characters.
        shortest: Option<usize>,
        /// Most characters.
        longest: Option<usize>,
    },
    /// A whole number.
    Integer {
        /// The least.
        minimum: Option<i64>,
        /// The greatest.
        maximum: Option<i64>,
    },
    /// A date.
    Date(DateFormat),
    /// One of a list.
    Enum(Vec<String>),
}

/// The case that letters must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Upper case only.
    Upper,
    /// Lower case only.
    Lower,
    /// Either.
    Mixed,
}

/// How text becomes bytes, as Python names it: `utf-16` and `utf-32` begin with a byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// ASCII; other characters are refused.
    Ascii,
    /// UTF-8.
    Utf8,
    /// UTF-16, little-endian with its mark.
    Utf16,
    /// UTF-32, little-endian with its mark.
    Utf32,
}

/// How a value becomes tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Comparison {
    /// Runs of `n` characters, with `n - 1` blanks around the value.
    Ngram {
        /// Characters in a run.
        n: usize,
        /// Whether a run is told by its place as well.
        positional: bool,
    },
    /// The whole value.
    Exact,
    /// A number and its neighbours (Vatsalan and Christen 2016).
    Numeric {
        /// Steps between neighbours, after `precision` digits have been moved before the point.
        step: i128,
        /// Neighbours on either side.
        resolution: i128,
        /// Digits after the point that count.
        precision: u32,
    },
}

/// How many bits tokens set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// As many for each token.
    PerToken(usize),
    /// As many for each value, spread over its tokens.
    PerFeature(usize),
}

/// Which bits a token sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Double hashing with HMAC-SHA1 and HMAC-MD5 (Schnell, Bachteler and Reiher 2011).
    Double {
        /// Whether a second hash of 0 is replaced, so that no token sets a single bit only.
        prevent_singularity: bool,
    },
    /// Slices of keyed `BLAKE2b`, independent of one another.
    Blake,
}

impl Schema {
    /// Bits of a record's filter before folding.
    pub fn unfolded(&self) -> usize {
        self.bits << self.folds
    }

    /// The columns that must be there: those that are not ignored.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.features
            .iter()
            .filter(|feature| feature.encoded.is_some())
            .map(|feature| feature.identifier.as_str())
    }
}

impl Default for Schema {
    fn default() -> Self {
        Self::read(DEFAULT).expect("the shipped schema is one; a test reads it")
    }
}
