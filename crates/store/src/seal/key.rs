//! A symmetric key and what it seals.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::envelope::Sender;

use super::{Confidential, Identity, PrivateKey, SealError, random};

/// Length of the nonce that stands before each sealed text, in bytes.
const NONCE: usize = 24;

/// A key of 32 bytes, wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SealKey(Zeroizing<[u8; 32]>);

impl SealKey {
    /// A new key.
    pub fn generate() -> Self {
        Self(Zeroizing::new(random()))
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key derived (HKDF-SHA256, RFC 5869) from a secret with enough randomness of its own, for one purpose.
    pub fn derive(secret: &[u8], purpose: &str) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, secret)
            .expand(purpose.as_bytes(), key.as_mut_slice())
            .expect("32 bytes are within what HKDF-SHA256 gives");
        Self(key)
    }

    /// The bytes, to be sealed themselves under another key.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals bytes for one value of one record: nonce, then ciphertext and tag. 40 bytes longer than the text.
    pub fn seal(&self, identity: &Identity, plain: &[u8]) -> Vec<u8> {
        let nonce = random::<NONCE>();
        let aad = identity.bytes();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .expect("no text in memory is longer than the cipher takes");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`SealKey::seal`] made for the same value of the same record.
    pub fn open(&self, identity: &Identity, sealed: &[u8]) -> Result<Confidential<Vec<u8>>, SealError> {
        self.decrypt(identity, sealed)
            .map(|plain| Confidential::new(identity.whole, plain))
    }

    /// Opens the secret of a signing key that was sealed under this one: it too is no word about anyone.
    pub fn open_sender(&self, identity: &Identity, sealed: &[u8]) -> Result<Sender, SealError> {
        let bytes = Zeroizing::new(self.decrypt(identity, sealed)?);
        let secret = bytes.as_slice().try_into().map_err(|_| SealError::NotASeal)?;
        Ok(Sender::from_secret(secret))
    }

    /// Opens a private key that was sealed under this one: a key is not a word about anyone, and is disclosed
    /// to nobody.
    pub fn open_private(&self, identity: &Identity, sealed: &[u8]) -> Result<PrivateKey, SealError> {
        let bytes = Zeroizing::new(self.decrypt(identity, sealed)?);
        PrivateKey::from_bytes(&bytes)
    }

    fn decrypt(&self, identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(SealError::NotASeal)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| SealError::NotASeal)?;
        let aad = identity.bytes();
        self.cipher()
            .decrypt(&nonce, Payload { msg: sealed, aad: &aad })
            .map_err(|_| SealError::Broken)
    }

    pub(super) fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_slice().try_into().expect("a key has 32 bytes"))
    }
}
