//! The one file that an organisation sends into a cycle: a contribution, sealed to the coalition and signed by whoever
//! sends it. Both sides read and write it here, and so does an organisation with a Rapporteur of its own.
//!
//! The bytes, in order:
//!
//! 1. the head ([`Head`]): one line of JSON, in clear, at most [`MOST_HEAD`] bytes, ended by a line feed;
//! 2. the signature: 64 bytes (Ed25519, RFC 8032) in base64, ended by a line feed;
//! 3. the body: the contribution file (`domain::pack::Contribution` as JSON, with spaces after it up to the next multiple of
//!    64 KiB, so that a small file does not tell how few cases it holds), sealed in chunks ([`crate::seal::file`]) under a key
//!    of its own, which stands in the head sealed to the coalition's key pair ([`crate::seal::PublicKey`]).
//!
//! Signed are the text `rapporteur contribution signature 1`, a line feed, the line of the head with its line feed, and the
//! SHA-256 of the body. The body's seal names the SHA-256 of the head too: a body that somebody takes out and sends
//! under a head of their own does not open.
//!
//! The key of the body is sealed as every key of a record is ([`Identity::of_key`]). So whoever receives the file keeps the
//! body as it came and puts its key among the others: it is sealed anew when the coalition's key pair changes, and
//! destroyed when the next contribution replaces this one.
//!
//! A signature says that two files come from one sender, not who that is: the key's fingerprint is compared by voice.

mod fault;
mod recipient;
#[cfg(test)]
mod tests;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Day;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::canonical::hex;
use crate::seal::{Confidential, Identity, SealError, SealKey, file};

pub use fault::NotAnEnvelope;
pub use recipient::{NotAKey, Recipient};

/// What the head says that the file is.
pub const FORMAT: &str = "rapporteur-contribution-sealed-1";
/// The longest head, in bytes.
pub const MOST_HEAD: usize = 4096;
/// The largest file that is read or made, in bytes: some hundred thousand coded rows.
pub const MOST_BYTES: usize = 128 << 20;

/// What every signature is of, so that none can be passed off as one of something else.
const SIGNED: &[u8] = b"rapporteur contribution signature 1\n";
/// Bytes of a key that is sealed to a key pair: encapsulated key, key and tag.
const SEALED_KEY: usize = 32 + 32 + 16;
/// The body is filled up to a multiple of this, in bytes.
const STEP: usize = 64 * 1024;
/// The longest code of a cycle and name of an organisation, in characters.
const MOST_CODE: usize = 40;
/// Groups of four digits in the fingerprint of a file.
const FILE_GROUPS: usize = 8;
const MOST_NAME: usize = 200;

/// What the sender says in clear. How many cases the body holds, and of what kind it is, is not among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    /// The code of the cycle.
    pub cycle: String,
    /// The version of the pack that was filled in, from 1.
    pub pack: u32,
    /// The organisation's id at the sender. Where both sides are one program, that of its record.
    pub organisation: Uuid,
    /// Its name.
    pub organisation_name: String,
    /// Which contribution to this cycle it is, from 1. Each replaces the one before.
    pub number: u32,
    /// The day on which the file was made.
    pub made_on: Day,
}

/// The head of an envelope, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Always [`FORMAT`].
    pub format: String,
    /// See [`Says::cycle`].
    pub cycle: String,
    /// See [`Says::pack`].
    pub pack: u32,
    /// See [`Says::organisation`].
    pub organisation: Uuid,
    /// See [`Says::organisation_name`].
    pub organisation_name: String,
    /// See [`Says::number`].
    pub number: u32,
    /// See [`Says::made_on`].
    pub made_on: Day,
    /// The sender's public signing key: 32 bytes in base64.
    pub signer: String,
    /// The number of the coalition's key pair that the body's key is sealed to.
    pub coalition_key: i32,
    /// The id of the body's key, drawn at random (UUID version 4) for this file.
    pub key: Uuid,
    /// The body's key, sealed: 80 bytes in base64.
    pub sealed_key: String,
}

/// Who signs an organisation's contributions. Holds the secret; shows the public key alone.
pub struct Sender(SigningKey);

impl Sender {
    /// A sender with a new secret.
    pub fn generate() -> Self {
        Self::from_secret(&Zeroizing::new(crate::seal::random()))
    }

    /// The sender of 32 secret bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, to be sealed.
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key, 32 bytes.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The public key’s fingerprint, to be compared by voice.
    pub fn fingerprint(&self) -> String {
        spoken(&self.public(), 4)
    }
}

/// An envelope whose head is sound and whose signature fits. What its body holds is known to nobody who has no key to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    head: Head,
    signer: [u8; 32],
    sealed_key: Vec<u8>,
    bytes: Vec<u8>,
    /// Where the head’s line and the body end and begin.
    head_end: usize,
    body_start: usize,
}

impl Envelope {
    /// Seals a contribution file to the coalition and signs it.
    ///
    /// `key` is the new, random id of the body's key. Memory: three times the file. Refuses a file that would be too large,
    /// and a name or code that does not fit into the head.
    pub fn make(
        says: &Says,
        to: &Recipient,
        sender: &Sender,
        key: Uuid,
        contribution: &[u8],
    ) -> Result<Self, NotAnEnvelope> {
        if contribution.len() > MOST_BYTES - MOST_HEAD - 2 * STEP {
            return Err(NotAnEnvelope::TooLarge);
        }
        let seal = SealKey::generate();
        let sealed_key = to.public.seal(&Identity::of_key(key), seal.expose());
        let head = Head {
            format: FORMAT.to_owned(),
            cycle: says.cycle.clone(),
            pack: says.pack,
            organisation: says.organisation,
            organisation_name: says.organisation_name.clone(),
            number: says.number,
            made_on: says.made_on,
            signer: STANDARD.encode(sender.public()),
            coalition_key: to.number,
            key,
            sealed_key: STANDARD.encode(sealed_key),
        };
        let line = line(&head);
        let mut plain = Zeroizing::new(Vec::with_capacity(contribution.len().next_multiple_of(STEP)));
        plain.extend(contribution);
        plain.resize(contribution.len().next_multiple_of(STEP), b' ');
        let body = file::seal(&seal, &body_identity(&line), &plain);
        let signature = sender.0.sign(&signed(&line, &body)).to_bytes();
        let bytes = [line.as_slice(), STANDARD.encode(signature).as_bytes(), b"\n", &body].concat();
        // Read again as the other side will, so that nothing is sent that it refuses.
        Self::read(bytes)
    }

    /// Reads a file that somebody sent, and checks its signature.
    pub fn read(bytes: Vec<u8>) -> Result<Self, NotAnEnvelope> {
        if bytes.len() > MOST_BYTES {
            return Err(NotAnEnvelope::TooLarge);
        }
        let line_end = |from: usize, most: usize| {
            let within = bytes.get(from..bytes.len().min(from + most)).unwrap_or_default();
            within.iter().position(|byte| *byte == b'\n').map(|at| from + at + 1)
        };
        let head_end = line_end(0, MOST_HEAD).ok_or(NotAnEnvelope::NoHead)?;
        let line = &bytes[..head_end];
        let head = read_head(line)?;
        let body_start = line_end(head_end, 100).ok_or(NotAnEnvelope::NoSignature)?;
        let signature = STANDARD
            .decode(&bytes[head_end..body_start - 1])
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .ok_or(NotAnEnvelope::NoSignature)?;
        let signer = bytes_of::<32>(&head.signer).ok_or(NotAnEnvelope::Field("signer", "32 bytes in base64"))?;
        let sealed_key = bytes_of::<SEALED_KEY>(&head.sealed_key)
            .ok_or(NotAnEnvelope::Field("sealed_key", "80 bytes in base64"))?
            .to_vec();
        VerifyingKey::from_bytes(&signer)
            .and_then(|key| key.verify_strict(&signed(line, &bytes[body_start..]), &signature))
            .map_err(|_| NotAnEnvelope::Changed)?;
        Ok(Self {
            head,
            signer,
            sealed_key,
            bytes,
            head_end,
            body_start,
        })
    }

    /// What it says in clear.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The whole file, to be kept or sent.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The SHA-256 of the whole file, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        crate::files::sha256(&self.bytes)
    }

    /// What sender and receiver read to each other: the first 128 bits of the file's SHA-256, in eight groups of four.
    pub fn fingerprint(&self) -> String {
        spoken(&self.bytes, FILE_GROUPS)
    }

    /// The sender's public key, 32 bytes.
    pub const fn signer(&self) -> &[u8; 32] {
        &self.signer
    }

    /// The fingerprint of the sender's public key, in four groups of four, to be compared by voice.
    pub fn signer_fingerprint(&self) -> String {
        spoken(&self.signer, 4)
    }

    /// The body's key, sealed to the coalition's key pair number [`Head::coalition_key`] under [`Identity::of_key`] of
    /// [`Head::key`]: a row of keys, ready to be kept.
    pub fn sealed_key(&self) -> &[u8] {
        &self.sealed_key
    }

    /// Opens the body: the contribution file, with spaces after it. `record` is the row that it is disclosed as.
    pub fn open(&self, key: &SealKey, record: Uuid) -> Result<Confidential<Vec<u8>>, SealError> {
        let identity = body_identity(&self.bytes[..self.head_end]);
        let mut plain = file::open_bytes(key, &identity, &self.bytes[self.body_start..])?;
        Ok(Confidential::new(record, std::mem::take(&mut *plain)))
    }
}

/// The line of a head, line feed included.
fn line(head: &Head) -> Vec<u8> {
    let mut line = serde_json::to_vec(head).expect("a head is texts and numbers");
    line.push(b'\n');
    line
}

/// What is signed of a head's line and a body.
fn signed(line: &[u8], body: &[u8]) -> Vec<u8> {
    [SIGNED, line, Sha256::digest(body).as_slice()].concat()
}

/// The identity that a body is sealed under: its record is told from the head, so that it opens under no other.
fn body_identity(line: &[u8]) -> Identity {
    let hash = Sha256::digest(line);
    let bytes = hash.first_chunk::<16>().expect("a SHA-256 has 32 bytes");
    Identity::new("contribution_envelope", Uuid::from_bytes(*bytes), "body")
}

fn read_head(line: &[u8]) -> Result<Head, NotAnEnvelope> {
    let is_json = line.starts_with(b"{");
    let head: Head = match serde_json::from_slice(line) {
        Ok(head) => head,
        Err(_) if !is_json => return Err(NotAnEnvelope::NoHead),
        Err(error) => return Err(other_format(line).unwrap_or_else(|| NotAnEnvelope::Head(error.to_string()))),
    };
    if head.format != FORMAT {
        return Err(NotAnEnvelope::Format(shown(&head.format)));
    }
    let is_text = |text: &str, most: usize| {
        !text.trim().is_empty()
            && text.trim() == text
            && text.chars().count() <= most
            && !text.contains(char::is_control)
    };
    let fields = [
        (
            is_text(&head.cycle, MOST_CODE),
            "cycle",
            "1 to 40 characters on one line",
        ),
        (head.pack > 0, "pack", "a number from 1"),
        (
            !head.organisation.is_nil(),
            "organisation",
            "an id that is not all zeros",
        ),
        (
            is_text(&head.organisation_name, MOST_NAME),
            "organisation_name",
            "1 to 200 characters on one line",
        ),
        (head.number > 0, "number", "a number from 1"),
        (head.coalition_key > 0, "coalition_key", "a number from 1"),
        (head.key.get_version_num() == 4, "key", "a random id (UUID version 4)"),
    ];
    if let Some((_, field, holds)) = fields.iter().find(|(is_sound, ..)| !is_sound) {
        return Err(NotAnEnvelope::Field(field, holds));
    }
    // One head has one form: a field twice, other spacing or another order of fields is another program's.
    if line != self::line(&head) {
        return Err(NotAnEnvelope::Head(
            "it is not written as this program writes it".to_owned(),
        ));
    }
    Ok(head)
}

/// The fault of a head that says it has another format, which explains all others.
fn other_format(line: &[u8]) -> Option<NotAnEnvelope> {
    #[derive(Deserialize)]
    struct Any {
        format: String,
    }
    let any: Any = serde_json::from_slice(line).ok()?;
    (any.format != FORMAT).then(|| NotAnEnvelope::Format(shown(&any.format)))
}

/// What was written, cut short and on one line.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    short.replace(char::is_control, " ")
}

fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// The fingerprint of a public signing key, in four groups of four, to be compared by voice.
pub fn fingerprint_of(signer: &[u8]) -> String {
    spoken(signer, 4)
}

/// The fingerprint of a whole file, from its SHA-256 in hexadecimal: the same as [`Envelope::fingerprint`].
pub fn file_fingerprint(sha256: &str) -> String {
    grouped(sha256, FILE_GROUPS)
}

/// The first groups of four hexadecimal digits of a SHA-256.
fn spoken(bytes: &[u8], n_groups: usize) -> String {
    grouped(&hex(&Sha256::digest(bytes)), n_groups)
}

fn grouped(hash: &str, n_groups: usize) -> String {
    let groups: Vec<&str> = (0..n_groups).filter_map(|at| hash.get(4 * at..4 * at + 4)).collect();
    groups.join(" ")
}
