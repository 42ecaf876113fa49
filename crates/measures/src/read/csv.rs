//! Coded rows as CSV: UTF-8, a comma between cells, headings in the first row.

use std::io::Read;

use domain::pack::Pack;

use super::{Fault, Refused, Taking};
use crate::Rows;

/// What separates the cells of a file whose headings come out as one: many spreadsheets write a semicolon where a comma is
/// the decimal sign. `None` where it is a comma, or nothing known.
fn other_separator(headings: &[&str]) -> Option<&'static str> {
    let [only] = headings else { return None };
    [(';', "semicolons"), ('\t', "tabs")]
        .into_iter()
        .find(|(separator, _)| only.contains(*separator))
        .map(|(_, name)| name)
}

/// Reads coded rows. Memory grows with the rows, not with the text.
///
/// # Errors
///
/// Every fault of the file, by row and column; a file that is not CSV.
pub fn csv(pack: &Pack, input: impl Read) -> Result<Rows, Refused> {
    let unreadable = |error: &::csv::Error| {
        let row = error.position().map(|position| position.record() + 1);
        Refused {
            faults: vec![Fault::new(
                row,
                "",
                format!("the file cannot be read as CSV ({error})"),
                "save it as CSV in UTF-8, with a comma between cells",
            )],
            more: 0,
        }
    };
    // A row of another width is a fault like others and must not end the reading.
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let headings = reader.headers().map_err(|error| unreadable(&error))?.clone();
    // Spreadsheets mark UTF-8 with an invisible first character.
    let headings: Vec<&str> = headings
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}'))
        .collect();
    if let Some(separator) = other_separator(&headings) {
        return Err(Refused {
            faults: vec![Fault::new(
                Some(1),
                "",
                format!("the cells are separated by {separator}, and not by commas"),
                "save the file anew as CSV with a comma between cells (a spreadsheet asks for the separator, or “CSV UTF-8 \
                 (comma delimited)”), or send it as XLSX",
            )],
            more: 0,
        });
    }
    let mut taking = Taking::under(pack, &headings)?;
    let mut record = ::csv::ByteRecord::new();
    let mut number = 1;
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| unreadable(&error))?
    {
        number += 1;
        taking.row(number, record.iter());
    }
    taking.finish()
}
