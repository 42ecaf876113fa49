//! Reading a staged file, off the threads that answer requests: a large workbook takes seconds.

use bytes::Bytes;
use interchange::series::{Mapping, Observation};
use interchange::table::{self, Choice, Limits, Table};
use interchange::{Fault, Kind, Read, personal, series};
use store::AppError;

use super::Plan;

/// What is read at most: official tables have some thousand rows.
const LIMITS: Limits = Limits {
    bytes: store::files::MAX_BYTES,
    rows: 200_000,
    columns: 500,
    cells: 5_000_000,
    unpacked: 256 << 20,
};
/// Rows of the file that the mapping page shows.
const SAMPLE: usize = 3;

/// A doubt about the file that only the member can settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Which sheet; these hold something.
    Sheet(Vec<String>),
    /// Which row holds the headings: what speaks against the first, and rows with how they begin.
    HeaderRow(String, Vec<(u32, String)>),
}

/// What the member is asked next.
#[derive(Debug, Clone, PartialEq)]
pub enum Suggestion {
    /// A doubt about the file.
    Ask(Question),
    /// The mapping, to confirm.
    Confirm {
        /// The headings of the file.
        headers: Vec<String>,
        /// The first rows, as text.
        sample: Vec<Vec<String>>,
        /// The suggestion.
        mapping: Mapping,
        /// Whether it is what the organisation said of an earlier file with these headings.
        is_remembered: bool,
        /// What the reader decided and the member should know.
        notes: Vec<String>,
    },
}

/// The question that a fault of the whole file stands for, if it is one.
pub(super) fn question(fault: &Fault) -> Option<Question> {
    match &fault.kind {
        Kind::ChooseSheet { sheets } => Some(Question::Sheet(sheets.clone())),
        Kind::ChooseHeader { rows } => Some(Question::HeaderRow(fault.message.clone(), rows.clone())),
        _ => None,
    }
}

pub(super) fn confirm(table: &Table, mapping: Mapping, is_remembered: bool) -> Suggestion {
    Suggestion::Confirm {
        headers: table.headers.clone(),
        sample: table
            .rows
            .iter()
            .take(SAMPLE)
            .map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect())
            .collect(),
        mapping,
        is_remembered,
        notes: table.notes.iter().map(|note| note.0.clone()).collect(),
    }
}

/// What the headings of a file are remembered by: their digest, because an index cannot hold long ones.
pub(super) fn header_key(headers: &[String]) -> String {
    store::files::sha256(headers.join("\u{1f}").as_bytes())
}

fn read_table(bytes: &[u8], name: &str, plan: &Plan) -> Result<Table, Fault> {
    let choice = Choice {
        sheet: plan.sheet.clone(),
        header_row: plan.header_row,
    };
    let table = table::read(bytes, name, &choice, &LIMITS)?;
    personal::refuse(&table.headers)?;
    Ok(table)
}

/// The table of a file, without columns about people.
pub(super) async fn table(bytes: Bytes, name: String, plan: Plan) -> Result<Result<Table, Fault>, AppError> {
    blocking(move || read_table(&bytes, &name, &plan)).await
}

/// The table of a file with its rows as observations and faults.
pub(super) async fn rows(
    bytes: Bytes,
    name: String,
    plan: Plan,
) -> Result<Result<(Table, Read<Observation>), Fault>, AppError> {
    blocking(move || {
        let table = read_table(&bytes, &name, &plan)?;
        let read = series::read(&table, &plan.mapping.unwrap_or_default())?;
        Ok((table, read))
    })
    .await
}

/// Looks at a new file: a fault that no answer of the member can mend, or `None`. Where the row of
/// headings is in doubt, each row that may be it is looked at for columns about people, so that such
/// a file is never kept.
pub(super) async fn hopeless(bytes: Bytes, name: String) -> Result<Option<Fault>, AppError> {
    blocking(move || {
        let fault = read_table(&bytes, &name, &Plan::default()).err()?;
        match &fault.kind {
            Kind::ChooseSheet { .. } => None,
            Kind::ChooseHeader { rows } => rows.iter().take(20).find_map(|(row, _)| {
                let plan = Plan {
                    header_row: Some(*row),
                    ..Plan::default()
                };
                read_table(&bytes, &name, &plan)
                    .err()
                    .filter(|fault| matches!(fault.kind, Kind::Personal { .. }))
            }),
            _ => Some(fault),
        }
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Internal(error.into()))
}
