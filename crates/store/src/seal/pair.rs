//! Key pairs: anyone seals to the public half, only the private half opens.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use super::{Identity, SealError, SealKey};

/// Length of the encapsulated key that stands before each sealed text, in bytes.
const ENCAPSULATED: usize = 32;
/// Bound into every key exchange, so that no other protocol's message opens here.
const INFO: &[u8] = b"rapporteur seal 1";

type Public = <X25519HkdfSha256 as Kem>::PublicKey;
type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey;

/// The half that everyone may know: it only seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads one that the database keeps.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| SealError::NotASeal)?;
        Public::from_bytes(&bytes).map_err(|_| SealError::NotASeal)?;
        Ok(Self(bytes))
    }

    /// What the database keeps.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Sixteen characters in groups of four, to be compared by voice: the first 64 bits of the key's SHA-256.
    pub fn fingerprint(&self) -> String {
        let hash = crate::files::sha256(&self.0);
        [&hash[0..4], &hash[4..8], &hash[8..12], &hash[12..16]].join(" ")
    }

    /// Seals bytes to whoever holds the private half: encapsulated key, then ciphertext and tag.
    pub fn seal(&self, identity: &Identity, plain: &[u8]) -> Vec<u8> {
        let public = Public::from_bytes(&self.0).expect("checked when it was read");
        let (encapsulated, sealed) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            INFO,
            plain,
            &identity.bytes(),
        )
        .expect("sealing to a checked key cannot fail");
        [encapsulated.to_bytes().as_slice(), &sealed].concat()
    }
}

/// The half that opens; wiped from memory when it is dropped, never formatted.
#[derive(Clone)]
pub struct PrivateKey(Zeroizing<[u8; 32]>);

impl PrivateKey {
    /// A new pair's private half.
    pub fn generate() -> Self {
        let (private, _) = X25519HkdfSha256::gen_keypair();
        Self::of(&private)
    }

    fn of(private: &Private) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(&private.to_bytes());
        Self(bytes)
    }

    /// Reads one that was opened from its wrapping, or typed from a printed recovery key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        Private::from_bytes(bytes)
            .map(|private| Self::of(&private))
            .map_err(|_| SealError::NotASeal)
    }

    /// The bytes, to be sealed under another key or printed as a recovery key.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        let private = Private::from_bytes(self.0.as_slice()).expect("checked when it was read");
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&X25519HkdfSha256::sk_to_pk(&private).to_bytes());
        PublicKey(bytes)
    }

    /// Opens what was sealed to its public half for the same value of the same record.
    pub fn open(&self, identity: &Identity, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (encapsulated, sealed) = sealed.split_at_checked(ENCAPSULATED).ok_or(SealError::NotASeal)?;
        let encapsulated = Encapsulated::from_bytes(encapsulated).map_err(|_| SealError::NotASeal)?;
        let private = Private::from_bytes(self.0.as_slice()).map_err(|_| SealError::NotASeal)?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &private,
            &encapsulated,
            INFO,
            sealed,
            &identity.bytes(),
        )
        .map(Zeroizing::new)
        .map_err(|_| SealError::Broken)
    }

    /// Opens a symmetric key that was sealed to its public half.
    pub fn open_key(&self, identity: &Identity, sealed: &[u8]) -> Result<SealKey, SealError> {
        let bytes = self.open(identity, sealed)?;
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| SealError::NotASeal)?;
        Ok(SealKey::from_bytes(bytes))
    }
}
