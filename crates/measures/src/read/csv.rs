//! Coded rows as CSV: UTF-8, a comma between cells, headings in the first row.

use std::io::Read;

use domain::pack::Pack;

use super::{Fault, Refused, Taking, is_utf_16, not_utf_8};
use crate::Rows;

/// How many bytes of the beginning tell how a text is encoded.
const BEGINNING: u64 = 4;

/// What separates the cells of a file whose headings come out as one: many spreadsheets write a semicolon where a comma is
/// the decimal sign. `None` where it is a comma, or nothing known.
fn other_separator(headings: &[Result<&str, &[u8]>]) -> Option<&'static str> {
    let [Ok(only)] = headings else { return None };
    [(';', "semicolons"), ('\t', "tabs")]
        .into_iter()
        .find(|(separator, _)| only.contains(*separator))
        .map(|(_, name)| name)
}

/// Reads coded rows. Memory grows with the rows, not with the text.
///
/// # Errors
///
/// Every fault of the file, by row and column; a file that is empty or not CSV.
pub fn csv(pack: &Pack, mut input: impl Read) -> Result<Rows, Refused> {
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
    let mut start = Vec::new();
    let read = input.by_ref().take(BEGINNING).read_to_end(&mut start);
    read.map_err(|error| unreadable(&error.into()))?;
    if is_utf_16(&start) {
        return Err(not_utf_8("save it as CSV UTF-8, or send it as XLSX"));
    }
    // A row of another width is a fault like others and must not end the reading.
    let mut reader = ::csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(start.as_slice().chain(input));
    let headings = reader.byte_headers().map_err(|error| unreadable(&error))?.clone();
    // Spreadsheets mark UTF-8 with an invisible first character.
    let headings: Vec<Result<&str, &[u8]>> = headings
        .iter()
        .map(|name| {
            str::from_utf8(name)
                .map(|text| text.trim_start_matches('\u{feff}'))
                .map_err(|_| name)
        })
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
    let is_blank = headings
        .iter()
        .all(|heading| heading.is_ok_and(|text| text.trim().is_empty()));
    let mut taking = Taking::under_read(pack, headings.iter().copied());
    let mut record = ::csv::ByteRecord::new();
    let mut number = 1;
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| unreadable(&error))?
    {
        number += 1;
        taking.row(number, record.iter());
    }
    if is_blank && number == 1 {
        return Err(Refused::whole(
            "the file is empty",
            "write the headings in the first row, and one row for each case",
        ));
    }
    taking.finish()
}
