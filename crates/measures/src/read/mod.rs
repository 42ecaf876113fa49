//! Contribution files: taken in whole, or refused by row and column.
//!
//! Nothing that the pack does not ask for gets in. A column that it does not have is refused by its name, a code by row
//! and column, a number beyond the top code too, and so is a row id that is not random, since one's own numbers lead back
//! to a case. Every fault is named, up to a limit, because whoever corrects a file wants the whole list.

mod aggregates;
mod csv;
mod given;
mod json;
mod place;
mod taking;
#[cfg(test)]
mod tests;

use std::fmt;

use domain::pack::{Aggregates, Pack};

pub use aggregates::check as check_aggregates;
pub use csv::csv;
pub use json::{contribution, pack, rows};
pub use taking::Taking;

use crate::Rows;

/// The most rows that one file may have.
pub const MOST_ROWS: usize = 2_000_000;
/// How many faults are kept; of the others only the number.
pub const MOST_FAULTS: usize = 100;

/// What a contribution file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Coded rows.
    Rows(Rows),
    /// Aggregates.
    Aggregates(Aggregates),
}

impl Contents {
    /// How many cases it is about.
    pub fn cases(&self) -> u64 {
        match self {
            Self::Rows(rows) => rows.len() as u64,
            Self::Aggregates(aggregates) => aggregates.cases,
        }
    }

    /// Its aggregates: as they came, or computed from its rows by the pack's definitions.
    ///
    /// # Errors
    ///
    /// Faults of the definitions, which a pack that was read with [`pack`] does not have.
    pub fn aggregates(&self, pack: &Pack) -> Result<Aggregates, Vec<crate::definition::Fault>> {
        match self {
            Self::Rows(rows) => crate::evaluate(rows, &pack.definitions),
            Self::Aggregates(aggregates) => Ok(aggregates.clone()),
        }
    }
}

/// One thing that is wrong with a file: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row, as a spreadsheet counts it (the headings are row 1) or, in JSON, from 1; `None` for the file as a whole.
    pub row: Option<u64>,
    /// The column's name; empty for the row as a whole.
    pub column: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Fault {
    pub(crate) fn new(row: Option<u64>, column: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            row,
            column: column.to_owned(),
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, self.column.as_str()) {
            (Some(row), "") => write!(f, "row {row}: ")?,
            (Some(row), column) => write!(f, "row {row}, column {column}: ")?,
            (None, "") => {}
            (None, column) => write!(f, "column {column}: ")?,
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// In the order of the file, the first [`MOST_FAULTS`].
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub more: u64,
}

impl Refused {
    pub(crate) fn whole(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            faults: vec![Fault::new(None, "", what, remedy)],
            more: 0,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        match self.more {
            0 => Ok(()),
            more => writeln!(f, "and {more} more"),
        }
    }
}

impl std::error::Error for Refused {}

/// Whether a text begins as UTF-16 or UTF-32 does: with their mark, or with a zero beside its first character, which no
/// UTF-8 that is read here has.
fn is_utf_16(start: &[u8]) -> bool {
    let is_marked = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    is_marked || start.iter().take(4).any(|byte| *byte == 0)
}

/// The refusal of a text in another encoding.
fn not_utf_8(remedy: &str) -> Refused {
    Refused::whole("it is not UTF-8 but UTF-16, which some programs call Unicode", remedy)
}
