//! How a file that somebody sent is to be read: what they have said so far, and what they are asked next.
//!
//! A file is kept as it came and read anew whenever more is known, so a [`Plan`] is all that has to be remembered of the
//! answers. `M` is the mapping: which column holds what differs between kinds of files.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::fault::{Fault, Kind, excerpt};
use crate::table::{Choice, Table};

/// Rows of the file that are shown beside a suggestion.
const SAMPLE: usize = 3;

/// What the sender of a file has said so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan<M> {
    /// The sheet, where the file has several.
    pub sheet: Option<String>,
    /// The row of headings, where it was in doubt.
    pub header_row: Option<u32>,
    /// Which column holds what; `None` until they have confirmed it.
    pub mapping: Option<M>,
}

impl<M> Plan<M> {
    /// What was said of where the table begins.
    pub fn choice(&self) -> Choice {
        Choice {
            sheet: self.sheet.clone(),
            header_row: self.header_row,
        }
    }
}

/// A doubt about the file that only its sender can settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Which sheet; these hold something.
    Sheet(Vec<String>),
    /// Which row holds the headings: what speaks against the first, and rows with how they begin.
    HeaderRow(String, Vec<(u32, String)>),
}

impl Question {
    /// The question that a fault of the whole file stands for, if it is one.
    pub fn of(fault: &Fault) -> Option<Self> {
        match &fault.kind {
            Kind::ChooseSheet { sheets } => Some(Self::Sheet(sheets.clone())),
            Kind::ChooseHeader { rows } => Some(Self::HeaderRow(fault.message.clone(), rows.clone())),
            _ => None,
        }
    }
}

/// What the sender is asked next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion<M> {
    /// A doubt about the file.
    Ask(Question),
    /// The mapping, to confirm.
    Confirm {
        /// The headings of the file.
        headers: Vec<String>,
        /// How the cells of the first rows begin.
        sample: Vec<Vec<String>>,
        /// How many cells hold something below each heading.
        filled: Vec<usize>,
        /// The suggestion.
        mapping: M,
        /// Whether it is what the organisation said of an earlier file with these headings.
        is_remembered: bool,
        /// What the reader decided and the sender should know.
        notes: Vec<String>,
    },
}

impl<M> Suggestion<M> {
    /// A mapping of a table, to confirm.
    pub fn confirm(table: &Table, mapping: M, is_remembered: bool) -> Self {
        Self::Confirm {
            headers: table.headers.clone(),
            sample: table
                .rows
                .iter()
                .take(SAMPLE)
                .map(|row| row.cells.iter().map(|cell| excerpt(&cell.text())).collect())
                .collect(),
            filled: table.filled(),
            mapping,
            is_remembered,
            notes: table.notes.iter().map(|note| note.0.clone()).collect(),
        }
    }
}

/// What the headings of a file are remembered by: their SHA-256 in hexadecimal, because an index cannot hold long ones.
pub fn heading_digest(headers: &[String]) -> String {
    let digest = Sha256::digest(headers.join("\u{1f}").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name of the file of refused rows of a file: safe in a header and on every disk, whatever the file was called.
pub fn refused_name(sent: &str) -> String {
    let stem = sent.rsplit_once('.').map_or(sent, |(stem, _)| stem);
    let plain = stem.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.') {
            letter
        } else {
            '-'
        }
    });
    format!("{}-refused.csv", plain.collect::<String>())
}

#[cfg(test)]
mod tests {
    use crate::table::{Limits, read};

    use super::*;

    #[test]
    fn a_fault_that_the_sender_can_settle_is_a_question_and_another_is_none() {
        let read = |text: &str| read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default());
        let fault = read("").expect_err("nothing");
        assert_eq!(Question::of(&fault), None);
        let rows = vec![(1, "a".to_owned())];
        let fault = Fault::new(Kind::ChooseHeader { rows: rows.clone() }, "In doubt.", "Say which.");
        assert_eq!(
            Question::of(&fault),
            Some(Question::HeaderRow("In doubt.".to_owned(), rows))
        );
        let fault = Fault::new(
            Kind::ChooseSheet {
                sheets: vec!["A".into()],
            },
            "Two.",
            "Say which.",
        );
        assert_eq!(Question::of(&fault), Some(Question::Sheet(vec!["A".into()])));
    }

    #[test]
    fn a_suggestion_shows_the_first_rows_and_headings_are_told_apart() {
        let text = format!("a,b\n1,2\n3,4\n5,{}\n7,8\n", "6".repeat(100));
        let table = read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default());
        let Suggestion::Confirm { headers, sample, .. } = Suggestion::confirm(&table.expect("a table"), (), false)
        else {
            panic!("there is nothing to ask");
        };
        assert_eq!(headers, ["a", "b"]);
        let long = format!("{}…", "6".repeat(60));
        assert_eq!(sample, [["1", "2"], ["3", "4"], ["5", long.as_str()]]);
        let digest =
            |headers: &[&str]| heading_digest(&headers.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            digest(&["a"]),
            "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
        );
        assert_ne!(digest(&["a", "b"]), digest(&["ab"]));
    }

    #[test]
    fn the_name_of_refused_rows_says_nothing_that_a_header_cannot_hold() {
        assert_eq!(refused_name("cases.csv"), "cases-refused.csv");
        assert_eq!(refused_name("2025.q1.xlsx"), "2025.q1-refused.csv");
        assert_eq!(refused_name("a\"\r\nb/ü"), "a---b---refused.csv");
        assert_eq!(refused_name(""), "-refused.csv");
    }
}
