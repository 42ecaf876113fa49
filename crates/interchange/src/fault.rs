//! What is said when something cannot be read: a message, and what the person can do about it.
//!
//! The words are shown to users as they stand, so they name rows and columns as the user sees them and
//! hold no technical terms that the user has no use for.

use serde::Serialize;

/// A whole file, or a whole request about it, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{message} {remedy}")]
pub struct Fault {
    pub kind: Kind,
    /// What is wrong, as one or more sentences.
    pub message: String,
    /// What to do about it, as one or more sentences.
    pub remedy: String,
}

/// What a program can do about a [`Fault`], beside showing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// The text encoding cannot be told, or the bytes break it.
    Encoding,
    /// A limit on size, rows, columns or cells is exceeded.
    TooLarge,
    /// The bytes are no table in a format that is read here.
    NotATable,
    /// The format is known but this file is broken.
    Damaged,
    /// The user has to say which sheet; these hold something.
    ChooseSheet { sheets: Vec<String> },
    /// The user has to say which row holds the headings: number of the row, and how it begins.
    ChooseHeader { rows: Vec<(u32, String)> },
    /// Columns about people.
    Personal { columns: Vec<String> },
    /// The mapping does not fit the headings.
    Mapping,
    /// Something of ours cannot be written in the format asked for.
    Output,
}

impl Fault {
    pub(crate) fn new(kind: Kind, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// One value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{message} {remedy}")]
pub struct BadValue {
    /// What is wrong; quotes the value.
    pub message: String,
    /// An accepted way to write it.
    pub remedy: String,
}

impl BadValue {
    pub(crate) fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// Something the reader decided and the user should confirm, such as a fallback encoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note(pub String);

/// The beginning of a text, for a message: at most 60 characters, on one line.
pub fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}
