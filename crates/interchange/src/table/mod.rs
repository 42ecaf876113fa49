//! One sheet of cells with a heading row, from CSV, XLSX, XLS or ODS.
//!
//! The kind of file is told by its content, never by its name. Which sheet and which row of headings
//! are read is the user's word where the file leaves a doubt ([`Choice`]). Formulas are never
//! evaluated: a formula cell gives the result stored with it, and is an error in an XLSX that stores
//! none. Reading takes time in proportion to the size of the file, and memory in proportion to its
//! cells, up to the [`Limits`].

mod delimited;
mod guard;
mod heading;
mod workbook;

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, date};

use crate::fault::{BadValue, Fault, Kind, Note};

/// What is refused before memory is spent on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as sent.
    pub bytes: usize,
    /// Rows of a sheet, counted to the last one that holds something.
    pub rows: u32,
    /// Columns of a sheet, counted to the last one that holds something.
    pub columns: u32,
    /// Rows times columns of a sheet, roughly: the cells that have to be kept.
    pub cells: usize,
    /// Bytes of a spreadsheet when unpacked, and of all the text in a table.
    pub unpacked: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            rows: 500_000,
            columns: 1_000,
            cells: 10_000_000,
            unpacked: 512 << 20,
        }
    }
}

/// What the user has said about the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The sheet of a workbook, by name. Needed only where more than one holds something.
    pub sheet: Option<String>,
    /// The row that holds the headings, as numbered by a spreadsheet program. Needed only in doubt.
    pub header_row: Option<u32>,
}

/// Where a workbook's day numbers begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Epoch {
    /// Day 1 is 1 January 1900, and a 29 February 1900 is counted that never was (day 60).
    Y1900,
    /// Day 0 is 1 January 1904.
    Y1904,
}

impl Epoch {
    /// The calendar day of a day number; parts of days are dropped.
    pub fn day(self, number: f64) -> Option<Date> {
        if !(0.0..3_000_000.0).contains(&number) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked above")]
        let number = number.trunc() as i32;
        let (origin, days) = match self {
            Self::Y1904 => (date(1904, 1, 1), number),
            Self::Y1900 if number == 60 => return None,
            Self::Y1900 if number > 60 => (date(1899, 12, 30), number),
            Self::Y1900 => (date(1899, 12, 31), number),
        };
        origin.checked_add(jiff::Span::new().days(days)).ok()
    }
}

/// The error of a formula that no program has computed yet, as it is shown.
const NO_RESULT: &str = "a formula without its result";

/// A cell as stored. Text files have only text and empty cells.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date(DateTime),
    /// A spreadsheet's error value, such as `#N/A`, as it is shown, or what a cell holds in place of a value.
    Error(String),
}

impl Cell {
    /// The cell as a person would type it: dates as `2024-03-31`, with the time only if there is one.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Error(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Date(moment) if moment.time() == jiff::civil::Time::midnight() => {
                Cow::Owned(moment.date().to_string())
            }
            Self::Date(moment) => Cow::Owned(moment.to_string()),
        }
    }

    /// Why a cell that holds an error has no value; `None` for every other.
    pub fn error(&self) -> Option<BadValue> {
        let Self::Error(text) = self else {
            return None;
        };
        Some(if text == NO_RESULT {
            BadValue::new(
                format!("The cell holds {NO_RESULT}."),
                "Open the file in a spreadsheet program and save it there, or type the answer.",
            )
        } else {
            BadValue::new(
                "The cell holds an error of the spreadsheet.",
                "Correct the formula, or type the answer.",
            )
        })
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Date(_) | Self::Error(_) => false,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// A row that holds something.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The row's number as a spreadsheet program shows it: the first is 1, blank rows count.
    pub number: u32,
    /// As many cells as the table has headings.
    pub cells: Vec<Cell>,
}

/// A sheet with headings.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The sheet's name; none in a text file.
    pub sheet: Option<String>,
    pub header_row: u32,
    /// Trimmed and unique: a repeated heading has ` (2)` behind it, a column without is `Column D`.
    pub headers: Vec<String>,
    /// The rows below the headings, without blank ones.
    pub rows: Vec<Row>,
    /// Columns without a heading in which only few rows hold something; such rows are likely broken.
    pub stray: Vec<usize>,
    /// How to read day numbers; none in a text file.
    pub epoch: Option<Epoch>,
    /// What the user should confirm.
    pub notes: Vec<Note>,
}

impl Table {
    /// How many cells hold something below each heading.
    pub fn filled(&self) -> Vec<usize> {
        let mut filled = vec![0; self.headers.len()];
        for row in &self.rows {
            for (n, cell) in filled.iter_mut().zip(&row.cells) {
                *n += usize::from(!cell.is_blank());
            }
        }
        filled
    }
}

/// Reads a file. `name` is the file's name, used only to tell the user when content and name differ.
///
/// # Errors
/// A file that is no table, is broken, exceeds the limits, or leaves open which sheet or row to read.
pub fn read(bytes: &[u8], name: &str, choice: &Choice, limits: &Limits) -> Result<Table, Fault> {
    if bytes.len() > limits.bytes {
        return Err(Fault::new(
            Kind::TooLarge,
            format!(
                "The file has {}; at most {} are read.",
                megabytes(bytes.len() as u64),
                megabytes(limits.bytes as u64)
            ),
            "Leave out what is not needed or send it in parts.",
        ));
    }
    let kind = guard::file_kind(bytes)?;
    let mut grid = match kind {
        guard::FileKind::Text => delimited::grid(bytes, limits)?,
        _ => workbook::grid(kind, bytes, choice.sheet.as_deref(), limits)?,
    };
    if let Some(note) = misnamed(kind, name) {
        grid.notes.push(note);
    }
    heading::table(grid, choice.header_row)
}

fn misnamed(kind: guard::FileKind, name: &str) -> Option<Note> {
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    let (accepted, actual): (&[&str], _) = match kind {
        guard::FileKind::Text => (&["csv", "tsv", "txt", "tab"], "a text file"),
        guard::FileKind::Xlsx => (&["xlsx", "xlsm", "xltx"], "an Excel workbook (XLSX)"),
        guard::FileKind::Xls => (&["xls", "xlt"], "an old Excel workbook (XLS)"),
        guard::FileKind::Ods => (&["ods", "ots"], "an OpenDocument spreadsheet (ODS)"),
    };
    (!accepted.contains(&extension.as_str())).then(|| {
        Note(format!(
            "The file's name ends in .{extension} but it is {actual}, and was read as that."
        ))
    })
}

pub(crate) fn megabytes(bytes: u64) -> String {
    if bytes < 1 << 20 {
        return format!("{bytes} bytes");
    }
    format!("{:.1} MB", bytes as f64 / f64::from(1 << 20))
}

/// A column's letters, as a spreadsheet program shows them; the first column is 0.
pub(crate) fn letters(column: usize) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).expect("below 26")));
        rest /= 26;
    }
    name.iter().rev().collect()
}

/// A sheet before its headings are known: rows that hold something, as wide as their last cell.
struct Grid {
    sheet: Option<String>,
    rows: Vec<Row>,
    epoch: Option<Epoch>,
    notes: Vec<Note>,
}

/// Adds up what a sheet needs and refuses what exceeds the limits.
struct Meter {
    limits: Limits,
    cells: usize,
    text: u64,
}

impl Meter {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            cells: 0,
            text: 0,
        }
    }

    /// Counts a row with the number `row` (from 1) that is kept up to its cell `width`.
    fn row(&mut self, row: u32, width: usize) -> Result<(), Fault> {
        if row > self.limits.rows {
            return Err(too_many(&format!("{} rows", self.limits.rows)));
        }
        if width > self.limits.columns as usize {
            return Err(too_many(&format!("{} columns (row {row})", self.limits.columns)));
        }
        self.cells = self.cells.saturating_add(width);
        if self.cells > self.limits.cells {
            return Err(too_many(&format!("{} cells", self.limits.cells)));
        }
        Ok(())
    }

    fn text(&mut self, bytes: usize) -> Result<(), Fault> {
        self.text = self.text.saturating_add(bytes as u64);
        if self.text > self.limits.unpacked {
            return Err(too_many(&format!("{} of text", megabytes(self.limits.unpacked))));
        }
        Ok(())
    }
}

fn too_many(limit: &str) -> Fault {
    Fault::new(
        Kind::TooLarge,
        format!("The table has more than {limit}, the most that is read."),
        "Leave out what is not needed or send it in parts.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_in_a_spreadsheet() {
        let named: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letters).into();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn day_numbers_follow_the_workbooks_epoch() {
        let cases = [
            (Epoch::Y1900, 1.0, Some(date(1900, 1, 1))),
            (Epoch::Y1900, 59.0, Some(date(1900, 2, 28))),
            (Epoch::Y1900, 60.0, None),
            (Epoch::Y1900, 61.0, Some(date(1900, 3, 1))),
            (Epoch::Y1900, 45_292.5, Some(date(2024, 1, 1))),
            (Epoch::Y1904, 0.0, Some(date(1904, 1, 1))),
            (Epoch::Y1904, 43_830.0, Some(date(2024, 1, 1))),
            (Epoch::Y1904, -1.0, None),
            (Epoch::Y1904, f64::NAN, None),
        ];
        for (epoch, number, day) in cases {
            assert_eq!(epoch.day(number), day, "{epoch:?} {number}");
        }
    }

    #[test]
    fn a_file_over_the_limit_is_refused_before_it_is_looked_at() {
        let limits = Limits {
            bytes: 10,
            ..Limits::default()
        };
        let fault = read(b"a,b\n1,2\n3,4\n", "x.csv", &Choice::default(), &limits).unwrap_err();
        assert_eq!(fault.kind, Kind::TooLarge);
    }

    #[test]
    fn a_name_that_contradicts_the_content_is_noted_and_not_believed() {
        let table = read(b"a,b\n1,2\n", "table.xlsx", &Choice::default(), &Limits::default()).unwrap();
        assert_eq!(table.rows.len(), 1);
        assert!(table.notes[0].0.contains(".xlsx"), "{:?}", table.notes);
    }
}
