//! The coalition's public key as a line of text, for an organisation whose Rapporteur is not the coalition's.

use std::fmt;
use std::str::FromStr;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::canonical::digest;
use crate::seal::PublicKey;

/// What the line begins with.
const MARK: &str = "rapporteur-coalition-key-1";

/// The text is no key of a coalition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no coalition's key: it is one line, {MARK}+NUMBER+CHECK+KEY. Copy the whole line that the coordinators gave \
     you, and nothing else"
)]
pub struct NotAKey;

/// Whom contributions are sealed to: a numbered key pair of the coalition, its public half.
///
/// As text: the mark, the number, the first eight digits of the SHA-256 of number and key (`canonical::digest` under the mark), and
/// the 32 bytes of the key in base64, with `+` between them. A line in which a character was changed or left out is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The number of the pair, from 1.
    pub number: i32,
    /// Its public half.
    pub public: PublicKey,
}

impl Recipient {
    /// The key's fingerprint, to be compared by voice.
    pub fn fingerprint(&self) -> String {
        self.public.fingerprint()
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number.to_be_bytes();
        let check = digest(MARK, &[Some(&number), Some(self.public.as_bytes())]);
        let check = check.get(..8).unwrap_or_default();
        let key = STANDARD.encode(self.public.as_bytes());
        write!(f, "{MARK}+{}+{check}+{key}", self.number)
    }
}

impl FromStr for Recipient {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        // Far longer than any: nothing is decoded of a whole book.
        if text.len() > 200 {
            return Err(NotAKey);
        }
        let mut parts = text.splitn(4, '+');
        let (Some(MARK), Some(number), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAKey);
        };
        let public = STANDARD
            .decode(key)
            .ok()
            .and_then(|bytes| PublicKey::from_bytes(&bytes).ok())
            .ok_or(NotAKey)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or(NotAKey)?;
        let read = Self { number, public };
        // Written again it must be the same, so the check in the middle fits too.
        if read.to_string() == text {
            Ok(read)
        } else {
            Err(NotAKey)
        }
    }
}
