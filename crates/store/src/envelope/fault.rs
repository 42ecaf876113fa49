//! Why bytes are not taken as a sealed contribution: the place, and what to do.

use super::{FORMAT, MOST_BYTES, MOST_HEAD};

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEnvelope {
    /// More bytes than are read.
    #[error("the file is larger than {} MB: send aggregates instead of coded rows", MOST_BYTES >> 20)]
    TooLarge,
    /// The first line is no head.
    #[error(
        "line 1 is not the head of a sealed contribution (a line of JSON of at most {MOST_HEAD} bytes): choose the file \
         that the sender's page “Contributions” gave, unchanged. A file of rows that is not sealed yet is sealed first"
    )]
    NoHead,
    /// Another version of the format, or another format.
    #[error(
        "line 1: the format is “{0}”, and this program reads {FORMAT}: use a program of the same version on both sides"
    )]
    Format(String),
    /// The head is JSON and not a head.
    #[error("line 1 is not the head of a sealed contribution ({0}): ask the sender for the file again")]
    Head(String),
    /// A field of the head does not hold what it must.
    #[error("line 1, field {0}: it must hold {1}; ask the sender for the file again")]
    Field(&'static str, &'static str),
    /// The second line is no signature.
    #[error(
        "line 2 is not a signature (64 bytes in base64): the file was cut off or changed; ask the sender for it again"
    )]
    NoSignature,
    /// The signature does not fit what is signed.
    #[error(
        "the signature on line 2 does not fit the file: it was cut off, changed on its way, or signed by somebody else; ask \
         the sender for it again"
    )]
    Changed,
}
