//! Passphrases: one argon2id run, split in two. One part is stored hashed and checks the sign-in; the other
//! wraps the member's private key and is never stored, so that who has the database has neither.
//!
//! Stored as a PHC string of the algorithm `argon2id-split`: argon2id (RFC 9106) with the crate's own
//! recommended cost, its output split by HKDF-SHA256, the checking part hashed once more with SHA-256.

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use store::AppError;
use store::seal::{SealKey, random};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

/// The shortest passphrase taken, in characters.
pub const MIN_LENGTH: usize = 12;

const ALGORITHM: &str = "argon2id-split";

/// A new passphrase: what the database stores, and the key that wraps.
pub async fn set(passphrase: &str) -> Result<(String, SealKey), AppError> {
    let passphrase = passphrase.to_owned();
    off_the_async_threads(move || {
        let params = Params::default();
        let salt: [u8; 16] = random();
        let (check, wrap) = split(&passphrase, &salt, params.clone())?;
        let stored = PasswordHash {
            algorithm: Ident::new(ALGORITHM)?,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(Salt::new(&salt)?),
            hash: Some(Output::new(&check)?),
        };
        Ok((stored.to_string(), wrap))
    })
    .await
}

/// The wrapping key, if the passphrase belongs to what is stored.
pub async fn check(passphrase: &str, stored: &str) -> Result<Option<SealKey>, AppError> {
    let (passphrase, stored) = (passphrase.to_owned(), stored.to_owned());
    off_the_async_threads(move || {
        // Without a passphrase (an invitation not taken up) nothing is stored, and nothing fits.
        let Ok(stored) = PasswordHash::new(&stored) else {
            return Ok(None);
        };
        let (Some(salt), Some(hash)) = (stored.salt, stored.hash) else {
            return Ok(None);
        };
        let (check, wrap) = split(&passphrase, &salt, Params::try_from(&stored.params)?)?;
        let fits = stored.algorithm.as_str() == ALGORITHM && bool::from(check.ct_eq(hash.as_bytes()));
        Ok(fits.then_some(wrap))
    })
    .await
}

fn split(passphrase: &str, salt: &[u8], params: Params) -> anyhow::Result<([u8; 32], SealKey)> {
    use sha2::Digest as _;
    let mut output = zeroize::Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        passphrase.as_bytes(),
        salt,
        output.as_mut_slice(),
    )?;
    let check = SealKey::derive(output.as_slice(), "rapporteur sign-in");
    let wrap = SealKey::derive(output.as_slice(), "rapporteur member key");
    Ok((sha2::Sha256::digest(check.expose()).into(), wrap))
}

/// How many passphrases are worked on at once. Each takes 19 MiB and a core for a while: a flood of sign-ins
/// queues here instead of starving every other page.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T, AppError> {
    let _turn = AT_ONCE
        .acquire()
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Internal(error.into()))?
        .map_err(AppError::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_passphrase_gives_the_same_wrapping_key_and_a_wrong_one_none() {
        let (stored, wrap) = set("correct horse battery").await.expect("set");
        let again = check("correct horse battery", &stored).await.expect("checked");
        assert_eq!(again.expect("it fits").expose(), wrap.expose());
        assert!(check("correct horse", &stored).await.expect("checked").is_none());
        assert!(check("", "").await.expect("checked").is_none());
    }

    #[tokio::test]
    async fn what_is_stored_is_not_what_wraps() {
        let (stored, wrap) = set("correct horse battery").await.expect("set");
        let stored = PasswordHash::new(&stored).expect("a PHC string");
        assert_ne!(stored.hash.expect("a hash").as_bytes(), wrap.expose());
    }
}
