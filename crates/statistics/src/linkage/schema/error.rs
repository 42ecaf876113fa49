//! Why a schema is refused.

/// Why a schema is refused: where, and what to write in its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON.
    #[error("the schema is not JSON: {0}")]
    NotJson(String),
    /// A version other than 3.
    #[error("the schema's version is {0}: only version 3 can be read. clkhash converts older ones")]
    Version(String),
    /// A member is missing.
    #[error("{place} is missing")]
    Missing {
        /// Path of the member.
        place: String,
    },
    /// A member has a value that cannot be used.
    #[error("{place} is {found}: it must be {expected}")]
    Value {
        /// Path of the member.
        place: String,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: String,
    },
    /// Two columns of one name.
    #[error("two features are called {0:?}: a column has one place in a schema")]
    RepeatedName(String),
    /// Nothing to encode.
    #[error("the schema encodes no column")]
    NothingEncoded,
    /// More filters than a record may have.
    #[error("the kinds of the features ask for {0} filters: a record may have 15, and a date has two")]
    TooManyKinds(usize),
    /// More key bytes than HKDF gives.
    #[error("HKDF gives at most {most} bytes of keys, and {features} features of {size} bytes need more")]
    TooManyKeys {
        /// Columns.
        features: usize,
        /// Bytes of a key.
        size: usize,
        /// Bytes that the hash function allows.
        most: usize,
    },
}
