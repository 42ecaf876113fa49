//! Passwords: argon2id with the crate's own recommended cost, off the async threads.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use store::AppError;

/// The shortest password taken, in characters.
pub const MIN_LENGTH: usize = 12;

/// Hashes a password with a fresh salt.
pub async fn hash(password: &str) -> Result<String, AppError> {
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
    })
    .await
    .map_err(|error| AppError::Internal(error.into()))?
    .map_err(|error| AppError::Internal(anyhow::anyhow!("hashing: {error}")))
}

/// Whether a password belongs to a stored hash.
pub async fn verify(password: &str, stored: &str) -> Result<bool, AppError> {
    let (password, stored) = (password.to_owned(), stored.to_owned());
    tokio::task::spawn_blocking(move || {
        PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .map_err(|error| AppError::Internal(error.into()))
}
