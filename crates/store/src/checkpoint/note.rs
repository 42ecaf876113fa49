//! Signed notes: a text and who signed it, in a form that many programs read.
//!
//! Format: C2SP signed-note, <https://c2sp.org/signed-note>. The text ends with a line feed; an empty
//! line follows, then one line for each signature, `— NAME BASE64`, where the bytes are the first
//! four of SHA-256(NAME, line feed, 1, public key) and the Ed25519 signature (RFC 8032) of the text.
//! A verifier's key is written `NAME+HASH+BASE64` with those four bytes in hexadecimal and the byte 1
//! before the public key.

use std::fmt;
use std::str::FromStr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::canonical::{digest, hex};

/// The mark of Ed25519 among the algorithms of signed notes.
const ED25519: u8 = 1;
/// What a signature line begins with.
const DASH: &str = "— ";
/// The longest note that is looked at, in bytes.
const LONGEST: usize = 64 * 1024;

/// Why a note or a key is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The text of a key does not have the form of one, or its parts contradict each other.
    #[error("this is no verification key: it looks like NAME+HASH+KEY on one line")]
    Key,
    /// The bytes are no signed note.
    #[error("this is no signed note: a text, an empty line, and lines that begin with “— ”")]
    Form,
    /// No signature is by the key.
    #[error("it is not signed by {0}")]
    Other(String),
    /// A signature claims to be by the key and is not.
    #[error("the signature of {0} does not fit: the text was changed, or somebody else signed it")]
    Wrong(String),
}

/// A key that notes are checked with: public, to be compared by voice or on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: String,
    public: VerifyingKey,
}

impl Key {
    /// The name that signs; also the origin of checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The four bytes by which a signature line tells keys apart.
    fn mark(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(self.public.as_bytes());
        let hash = hasher.finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// Checks a note and gives its text. Signatures by other keys are passed over, so that witnesses
    /// may sign too.
    ///
    /// # Errors
    /// When it is no note, or not signed by this key.
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, NotSigned> {
        let control = |c: char| c < ' ' && c != '\n';
        if note.len() > LONGEST || note.contains(control) || !note.ends_with('\n') {
            return Err(NotSigned::Form);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NotSigned::Form)?;
        // The text keeps its own line feed; only the empty line goes.
        let text = note.get(..=text.len()).ok_or(NotSigned::Form)?;
        let mut is_signed = false;
        for line in signatures.lines() {
            let (name, bytes) = line
                .strip_prefix(DASH)
                .and_then(|line| line.split_once(' '))
                .ok_or(NotSigned::Form)?;
            let bytes = STANDARD.decode(bytes).map_err(|_| NotSigned::Form)?;
            let (mark, signature) = bytes.split_at_checked(4).ok_or(NotSigned::Form)?;
            if name != self.name || mark != self.mark() {
                continue;
            }
            let wrong = || NotSigned::Wrong(self.name.clone());
            let signature = Signature::from_slice(signature).map_err(|_| wrong())?;
            self.public
                .verify_strict(text.as_bytes(), &signature)
                .map_err(|_| wrong())?;
            is_signed = true;
        }
        if is_signed {
            Ok(text)
        } else {
            Err(NotSigned::Other(self.name.clone()))
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend(self.public.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex(&self.mark()), STANDARD.encode(bytes))
    }
}

impl FromStr for Key {
    type Err = NotSigned;

    fn from_str(text: &str) -> Result<Self, NotSigned> {
        let text = text.trim();
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotSigned::Key);
        };
        let bytes = STANDARD.decode(bytes).map_err(|_| NotSigned::Key)?;
        let public = bytes
            .strip_prefix(&[ED25519])
            .and_then(|bytes| <&[u8; 32]>::try_from(bytes).ok())
            .and_then(|bytes| VerifyingKey::from_bytes(bytes).ok())
            .ok_or(NotSigned::Key)?;
        let key = Self {
            name: name.to_owned(),
            public,
        };
        // Written again it must be the same, so the hash in the middle fits too.
        if name.is_empty() || name.contains(char::is_whitespace) || key.to_string() != text {
            return Err(NotSigned::Key);
        }
        Ok(key)
    }
}

/// Who signs a data folder's checkpoints. Holds the secret; shows only the public key.
pub struct Signer {
    secret: SigningKey,
    key: Key,
}

impl Signer {
    /// A signer from its 32 secret bytes. Its name is made of the public key, so no two folders have
    /// the same.
    pub fn new(secret: &[u8; 32]) -> Self {
        let secret = SigningKey::from_bytes(secret);
        let public = secret.verifying_key();
        let id = digest("rapporteur signer 1", &[Some(public.as_bytes())]);
        Self {
            key: Key {
                name: format!("rapporteur/{}", id.get(..16).unwrap_or_default()),
                public,
            },
            secret,
        }
    }

    /// The key that its notes are checked with.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Signs a text that ends with a line feed.
    pub fn sign(&self, text: &str) -> String {
        let mut bytes = self.key.mark().to_vec();
        bytes.extend(self.secret.sign(text.as_bytes()).to_bytes());
        format!("{text}\n{DASH}{} {}\n", self.key.name, STANDARD.encode(bytes))
    }

    /// A value that nobody can guess without the secret: the salt of a head. The same question gets
    /// the same answer.
    pub(super) fn salt(&self, values: &[&[u8]]) -> String {
        let secret = self.secret.to_bytes();
        let mut all: Vec<Option<&[u8]>> = vec![Some(&secret)];
        all.extend(values.iter().map(|value| Some(*value)));
        digest("rapporteur salt 1", &all)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.key.name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_note_of_the_specification_is_accepted() {
        // The example that implementations of the format share (Go's sumdb/note).
        let key: Key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
            .parse()
            .unwrap();
        let note = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n\n\
                    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert_eq!(
            key.open(note).unwrap(),
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
        );
    }

    #[test]
    fn a_key_is_read_back_as_it_was_written_and_a_mistyped_one_is_not() {
        let written = Signer::new(&[7; 32]).key().to_string();
        assert_eq!(written.parse::<Key>().unwrap().to_string(), written);
        for wrong in [
            "",
            "a+b",
            "name+00000000+AAAA",
            &written.replace("rapporteur", "somebody"),
        ] {
            assert_eq!(wrong.parse::<Key>().unwrap_err(), NotSigned::Key, "{wrong}");
        }
    }

    #[test]
    fn another_signer_s_note_is_told_from_a_changed_one() {
        let (ours, theirs) = (Signer::new(&[1; 32]), Signer::new(&[2; 32]));
        let note = ours.sign("text\n");
        assert_eq!(
            theirs.key().open(&note),
            Err(NotSigned::Other(theirs.key().name().to_owned()))
        );
        assert_eq!(
            ours.key().open(&note.replace("text", "next")),
            Err(NotSigned::Wrong(ours.key().name().to_owned()))
        );
    }

    #[test]
    fn a_witness_may_sign_beside() {
        let (ours, witness) = (Signer::new(&[1; 32]), Signer::new(&[2; 32]));
        let second = witness.sign("text\n");
        let both = format!("{}{}", ours.sign("text\n"), second.strip_prefix("text\n\n").unwrap());
        assert_eq!(ours.key().open(&both), Ok("text\n"));
        assert_eq!(witness.key().open(&both), Ok("text\n"));
    }

    proptest! {
        #[test]
        fn a_note_with_any_bit_changed_is_refused_or_says_the_same(at in 0_usize..200, bit in 0_u8..8) {
            let signer = Signer::new(&[3; 32]);
            let note = signer.sign("rapporteur/x\n8\nAAAA\n");
            let mut bytes = note.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert!(signer.key().open(&changed).is_err());
            }
        }

        #[test]
        fn any_text_is_taken_or_refused_without_a_panic(note in "\\PC{0,40}\n{0,3}(— )?\\PC{0,40}\n?") {
            let _ = Signer::new(&[3; 32]).key().open(&note);
        }
    }
}
