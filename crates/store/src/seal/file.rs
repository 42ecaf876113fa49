//! Files, sealed in chunks before they reach the object store, so that no clear text is ever written to a disk
//! and a damaged end is told from a finished one.
//!
//! STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over XChaCha20-Poly1305: a random prefix of 19 bytes, then
//! chunks of 64 KiB, each with its counter and whether it is the last in its nonce.

use aead_stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::Payload;
use zeroize::Zeroizing;

use super::{Confidential, Identity, SealError, SealKey, random};

/// Bytes of clear text in a chunk.
const CHUNK: usize = 64 * 1024;
/// Bytes that each chunk grows by.
const TAG: usize = 16;
/// Bytes of the prefix that all nonces of a file share.
const PREFIX: usize = 19;

type StreamNonce = Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>;

/// Seals a file. Memory: the sealed file beside the clear one; time linear in its length.
pub fn seal(key: &SealKey, identity: &Identity, plain: &[u8]) -> Vec<u8> {
    let prefix = random::<PREFIX>();
    let aad = identity.bytes();
    let mut stream = EncryptorBE32::from_aead(key.cipher(), &StreamNonce::from(prefix));
    let mut sealed = Vec::with_capacity(PREFIX + plain.len() + (plain.len() / CHUNK + 1) * TAG);
    sealed.extend(prefix);
    let mut rest = plain;
    while rest.len() > CHUNK {
        let (chunk, after) = rest.split_at(CHUNK);
        let chunk = stream.encrypt_next(Payload { msg: chunk, aad: &aad });
        sealed.extend(chunk.expect("the largest file taken has far fewer chunks than the counter"));
        rest = after;
    }
    let last = stream.encrypt_last(Payload { msg: rest, aad: &aad });
    sealed.extend(last.expect("a chunk is far shorter than the cipher takes"));
    sealed
}

/// Opens a sealed file; a cut, reordered or changed one does not open.
pub fn open(key: &SealKey, identity: &Identity, sealed: &[u8]) -> Result<Confidential<Vec<u8>>, SealError> {
    let mut plain = open_bytes(key, identity, sealed)?;
    Ok(Confidential::new(identity.whole, std::mem::take(&mut *plain)))
}

/// The same, for the parts of the store that say themselves which record it is disclosed as.
pub(crate) fn open_bytes(key: &SealKey, identity: &Identity, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (prefix, mut rest) = sealed.split_at_checked(PREFIX).ok_or(SealError::NotASeal)?;
    let prefix = StreamNonce::try_from(prefix).map_err(|_| SealError::NotASeal)?;
    let aad = identity.bytes();
    let mut stream = DecryptorBE32::from_aead(key.cipher(), &prefix);
    // Held as confidential from the first chunk on, so that a file broken in the middle is wiped too.
    let mut plain = Zeroizing::new(Vec::with_capacity(rest.len()));
    while rest.len() > CHUNK + TAG {
        let (chunk, after) = rest.split_at(CHUNK + TAG);
        let chunk = stream.decrypt_next(Payload { msg: chunk, aad: &aad });
        plain.extend(chunk.map_err(|_| SealError::Broken)?);
        rest = after;
    }
    let last = stream.decrypt_last(Payload { msg: rest, aad: &aad });
    plain.extend(last.map_err(|_| SealError::Broken)?);
    Ok(plain)
}
