//! The one way in which values become the bytes that are hashed.
//!
//! Two different lists of values must never give the same bytes, so every value is written with its
//! length before it, an absent one with a mark of its own, and the whole begins with the name of
//! what is hashed, so that a hash of one kind can never stand for one of another.

use sha2::{Digest, Sha256};

/// The SHA-256 of a list of values under a name, in lower-case hexadecimal.
///
/// The bytes hashed are, for the name and then each value: `1`, the length as eight bytes (most
/// significant first) and the bytes themselves; or `0` alone for an absent value.
pub fn digest(name: &str, values: &[Option<&[u8]>]) -> String {
    let mut hasher = Sha256::new();
    for value in std::iter::once(&Some(name.as_bytes())).chain(values) {
        match value {
            Some(bytes) => {
                hasher.update([1]);
                hasher.update((bytes.len() as u64).to_be_bytes());
                hasher.update(bytes);
            }
            None => hasher.update([0]),
        }
    }
    hex(&hasher.finalize())
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            use std::fmt::Write as _;
            // A string takes any text.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_run_into_each_other_give_different_hashes() {
        let of = |values: &[Option<&[u8]>]| digest("test", values);
        assert_ne!(of(&[Some(b"ab"), Some(b"c")]), of(&[Some(b"a"), Some(b"bc")]));
        assert_ne!(of(&[Some(b"")]), of(&[None]));
        assert_ne!(of(&[Some(b"")]), of(&[]));
        assert_ne!(digest("test", &[Some(b"a")]), digest("tes", &[Some(b"ta")]));
    }

    #[test]
    fn the_hash_is_that_of_the_documented_bytes() {
        let bytes = b"\x01\0\0\0\0\0\0\0\x04test\x01\0\0\0\0\0\0\0\x02ab\0";
        assert_eq!(digest("test", &[Some(b"ab"), None]), crate::files::sha256(bytes));
    }
}
