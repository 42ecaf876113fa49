//! Keys from one shared secret, by HKDF (RFC 5869).
//!
//! Each column has its own, so that one text in two columns sets different bits. The two columns of names share a key
//! for their own filters (not in the CLK), because a name that stands in the other column must still be found.

use hkdf::Hkdf;
use sha2::{Sha256, Sha512};

use super::schema::fingerprint::VERSION;
use super::schema::{KdfHash, Schema};

/// Two keys for each feature, as clkhash cuts them from one run of HKDF.
pub(super) fn of_features(schema: &Schema, secret: &[u8]) -> Vec<[Vec<u8>; 2]> {
    let size = schema.kdf.key_size;
    let mut bytes = vec![0; 2 * size * schema.features.len()];
    let salt = Some(schema.kdf.salt.as_slice());
    let fits = "the schema was checked not to ask for more than HKDF gives";
    match schema.kdf.hash {
        KdfHash::Sha256 => Hkdf::<Sha256>::new(salt, secret)
            .expand(&schema.kdf.info, &mut bytes)
            .expect(fits),
        KdfHash::Sha512 => Hkdf::<Sha512>::new(salt, secret)
            .expand(&schema.kdf.info, &mut bytes)
            .expect(fits),
    }
    bytes
        .chunks_exact(2 * size)
        .map(|pair| [pair[..size].to_vec(), pair[size..].to_vec()])
        .collect()
}

/// The key for one purpose.
pub(super) fn of_purpose(secret: &[u8], purpose: &[&[u8]]) -> [u8; 32] {
    let mut info = VERSION.as_bytes().to_vec();
    for part in purpose {
        info.extend((part.len() as u64).to_be_bytes());
        info.extend_from_slice(part);
    }
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret)
        .expand(&info, &mut key)
        .expect("HKDF gives 32 bytes");
    key
}

/// A value that is the same when two organisations used the same secret with the same schema, and says nothing else of
/// the secret, as long as nobody can guess it.
pub fn check_value(schema: &Schema, secret: &[u8]) -> [u8; 16] {
    let key = of_purpose(secret, &[b"check", &schema.fingerprint()]);
    let mut value = [0; 16];
    value.copy_from_slice(&key[..16]);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_differ_by_secret_and_by_schema() {
        let schema = Schema::default();
        let mut other = schema.clone();
        other.bits = 512;
        let value = check_value(&schema, b"a secret of the coalition");
        assert_eq!(value, check_value(&schema, b"a secret of the coalition"));
        assert_ne!(value, check_value(&schema, b"another of the coalition"));
        assert_ne!(value, check_value(&other, b"a secret of the coalition"));
    }

    #[test]
    fn purposes_cannot_run_into_one_another() {
        assert_ne!(
            of_purpose(b"secret", &[b"ab", b"c"]),
            of_purpose(b"secret", &[b"a", b"bc"])
        );
    }
}
