//! Seals: how words about a person are kept so that the disk, the database and a backup give nothing away.
//!
//! - A [`SealKey`] seals with XChaCha20-Poly1305; the [`Identity`] of the record goes in as associated
//!   data, so that a sealed value moved to another row or column does not open.
//! - A [`PublicKey`] seals to whoever holds its [`PrivateKey`]: HPKE base mode (RFC 9180) with
//!   DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305.
//! - What was opened is [`Confidential`]: it can be neither formatted, logged, serialised nor cloned. Only a
//!   [`Disclosure`], which is made by writing the log of acts, reveals it, and only the records it names.
//! - Files are sealed in chunks ([`mod@file`]).
//!
//! Who holds which key is the business of `access::key`; this module knows no member and no table.

mod confidential;
pub mod file;
mod key;
mod pair;

pub use confidential::{Confidential, Disclosure};
pub use key::SealKey;
pub use pair::{PrivateKey, PublicKey};

use uuid::Uuid;

/// Which value of which record: bound into every seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The table.
    pub table: &'static str,
    /// The record.
    pub record: Uuid,
    /// Which of its values.
    pub part: &'static str,
    /// The record that it is a part of, and that it is disclosed with; itself for one that stands alone.
    whole: Uuid,
}

impl Identity {
    /// The value `part` of a record of `table`.
    pub const fn new(table: &'static str, record: Uuid, part: &'static str) -> Self {
        Self {
            table,
            record,
            part,
            whole: record,
        }
    }

    /// The key of one person's records, or of one sealed record, which is itself sealed to a key pair.
    pub const fn of_key(id: Uuid) -> Self {
        Self::new("person_key", id, "sealed_key")
    }

    /// The same value as a part of another record, such as an event of a case: whoever is shown the whole is shown
    /// it, with one row in the log. It opens for no other whole.
    pub const fn within(self, whole: Uuid) -> Self {
        Self { whole, ..self }
    }

    /// The associated data. The names hold no zero byte and the id has a fixed length, so that no two
    /// identities share their bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.table.len() + self.part.len() + 35);
        bytes.extend(self.table.as_bytes());
        bytes.push(0);
        bytes.extend(self.record.as_bytes());
        bytes.extend(self.part.as_bytes());
        if self.whole != self.record {
            bytes.push(0);
            bytes.extend(self.whole.as_bytes());
        }
        bytes
    }
}

/// Why a seal did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Another key, another record, or changed bytes: the three cannot be told apart.
    #[error("this seal does not open with this key: it belongs to another record, or its bytes were changed")]
    Broken,
    /// Too short to be a seal at all, or not a key.
    #[error("these bytes are not a seal of this program")]
    NotASeal,
}

impl From<SealError> for crate::AppError {
    fn from(error: SealError) -> Self {
        Self::Internal(error.into())
    }
}

/// Bytes from the operating system's randomness: keys and nonces must never repeat, so they are the one
/// thing that is not drawn from a parameter.
#[expect(clippy::disallowed_methods, reason = "the one place where keys and nonces are drawn")]
pub fn random<const N: usize>() -> [u8; N] {
    use rand::Rng as _;
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests;
