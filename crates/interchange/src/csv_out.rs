//! CSV that is safe to open in a spreadsheet program.
//!
//! A text that begins with `=` or another formula sign is run as a formula when a spreadsheet opens the
//! file, whoever wrote it. Such texts get an apostrophe in front, which spreadsheets take as “this is
//! text”. Numbers stay numbers, and publishers' marks such as `-` stay themselves. The reader in
//! [`crate::table`] takes the apostrophe off again, so that a file goes out and in unchanged.

use std::borrow::Cow;
use std::collections::BTreeMap;

use csv::{Terminator, WriterBuilder};

use crate::rows::RowFault;
use crate::table::{Cell, Table};
use crate::value;

/// Signs that start a formula in some spreadsheet program, with their full-width forms.
const DANGEROUS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The byte-order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// UTF-8 without byte-order mark, commas, lines ended by `\r\n` (RFC 4180). Rows may be of any length.
#[expect(clippy::missing_panics_doc, reason = "writing into a Vec cannot fail")]
pub fn write(headers: &[String], rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    let heading = headers.iter().map(|header| escaped(header));
    let mut put = |fields: &mut dyn Iterator<Item = Cow<'_, str>>| {
        for field in fields {
            writer.write_field(field.as_bytes()).expect("a Vec takes every byte");
        }
        writer.write_record(None::<&[u8]>).expect("a Vec takes every byte");
    };
    put(&mut heading.into_iter());
    for row in rows {
        put(&mut row.iter().map(field));
    }
    writer.into_inner().expect("a Vec takes every byte")
}

/// As [`write()`], with a byte-order mark: for a file that people open in a spreadsheet program. Without the mark Excel takes UTF-8
/// for another encoding, and names with accents are garbled. A file that programs read is better off without it.
pub fn for_spreadsheets(headers: &[String], rows: &[Vec<Cell>]) -> Vec<u8> {
    [MARK, write(headers, rows).as_slice()].concat()
}

/// The rows that have faults, as they were, with the columns `fault` and `remedy` behind them, so that
/// they can be corrected in a spreadsheet program and sent again.
pub fn refused(table: &Table, faults: &[RowFault]) -> Vec<u8> {
    let (headers, rows) = refused_rows(table, faults);
    for_spreadsheets(&headers, &rows)
}

/// The columns that a file of refused rows has behind those that were sent.
const ADDED: [&str; 2] = ["fault", "remedy"];

/// A file of refused rows that comes back corrected, as the file that it was taken from: without what was written behind the
/// rows. Any other file as it is.
pub fn corrected(mut table: Table) -> Table {
    let n = table.headers.len().saturating_sub(ADDED.len());
    if table.headers[n..] == ADDED {
        table.headers.truncate(n);
        for row in &mut table.rows {
            row.cells.truncate(n);
        }
        table.rows.retain(|row| row.cells.iter().any(|cell| !cell.is_blank()));
        table.stray.retain(|at| *at < n);
    }
    table
}

/// Headings and rows of the file of refused rows, for any of the writers.
pub fn refused_rows(table: &Table, faults: &[RowFault]) -> (Vec<String>, Vec<Vec<Cell>>) {
    // A corrected file that comes back has these columns already.
    let kept: Vec<usize> = (0..table.headers.len())
        .filter(|at| !ADDED.contains(&table.headers[*at].as_str()))
        .collect();
    let headers = kept
        .iter()
        .map(|at| table.headers[*at].clone())
        .chain(ADDED.map(str::to_owned))
        .collect();
    let mut by_row: BTreeMap<u32, (Vec<String>, Vec<&str>)> = BTreeMap::new();
    for fault in faults {
        let (messages, remedies) = by_row.entry(fault.row).or_default();
        messages.push(format!("{}: {}", fault.column, fault.message));
        if !remedies.contains(&fault.remedy.as_str()) {
            remedies.push(&fault.remedy);
        }
    }
    let rows = table
        .rows
        .iter()
        .filter_map(|row| {
            let (messages, remedies) = by_row.get(&row.number)?;
            let cells = kept.iter().map(|at| row.cells.get(*at).cloned().unwrap_or(Cell::Empty));
            let added = [messages.join(" "), remedies.join(" ")].map(Cell::Text);
            Some(cells.chain(added).collect())
        })
        .collect();
    (headers, rows)
}

fn field(cell: &Cell) -> Cow<'_, str> {
    match cell {
        // The words that data packages and CSVW have for them.
        Cell::Number(number) if number.is_nan() => Cow::Borrowed("NaN"),
        Cell::Number(number) if number.is_infinite() => Cow::Borrowed(if *number > 0.0 { "INF" } else { "-INF" }),
        Cell::Text(text) | Cell::Error(text) => escaped(text),
        Cell::Empty | Cell::Number(_) | Cell::Date(_) => cell.text(),
    }
}

/// Whether a spreadsheet could take the text for a formula.
pub(crate) fn is_dangerous(text: &str) -> bool {
    text.starts_with(DANGEROUS)
        && !value::is_mark(text)
        && !matches!(value::parse(text), Ok(value::Value::Number(_)) if text.trim() == text)
}

/// Puts an apostrophe before a dangerous text, and before one that already has apostrophes there, so
/// that taking one off gives the text back.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if is_dangerous(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

pub(crate) fn unescaped(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_dangerous(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table;

    fn line(text: &str) -> String {
        let bytes = write(&["h".to_owned()], &[vec![Cell::Text(text.to_owned())]]);
        String::from_utf8(bytes)
            .unwrap()
            .strip_prefix("h\r\n")
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_text_that_begins_with_an_equals_sign_is_no_formula() {
        assert_eq!(line("=1+1"), "'=1+1\r\n");
    }

    #[test]
    fn a_text_that_begins_with_a_plus_is_no_formula() {
        assert_eq!(line("+44 call"), "'+44 call\r\n");
    }

    #[test]
    fn a_text_that_begins_with_a_minus_is_no_formula() {
        assert_eq!(line("-2+3"), "'-2+3\r\n");
    }

    #[test]
    fn a_text_that_begins_with_an_at_sign_is_no_formula() {
        assert_eq!(line("@SUM(A1)"), "'@SUM(A1)\r\n");
    }

    #[test]
    fn a_text_that_begins_with_a_tab_is_no_formula() {
        assert_eq!(line("\t=1"), "'\t=1\r\n");
    }

    #[test]
    fn a_text_that_begins_with_a_carriage_return_is_no_formula() {
        assert_eq!(line("\r=1"), "\"'\r=1\"\r\n");
    }

    #[test]
    fn a_text_that_begins_with_a_line_feed_is_no_formula() {
        assert_eq!(line("\n=1"), "\"'\n=1\"\r\n");
    }

    #[test]
    fn a_text_that_begins_with_a_full_width_sign_is_no_formula() {
        assert_eq!(line("＝1"), "'＝1\r\n");
    }

    #[test]
    fn a_heading_is_escaped_like_any_text() {
        assert_eq!(write(&["=x".to_owned()], &[]), b"'=x\r\n");
    }

    #[test]
    fn numbers_stay_numbers_and_marks_stay_marks() {
        for (cell, written) in [
            (Cell::Number(-5.0), "-5"),
            (Cell::Number(4142.0), "4142"),
            (Cell::Text("-5".to_owned()), "-5"),
            (Cell::Text("+3.5".to_owned()), "+3.5"),
            (Cell::Text("-".to_owned()), "-"),
            (Cell::Text("[c]".to_owned()), "[c]"),
            (Cell::Number(f64::NAN), "NaN"),
            (Cell::Number(f64::NEG_INFINITY), "-INF"),
            (Cell::Date(jiff::civil::date(2024, 3, 31).at(0, 0, 0, 0)), "2024-03-31"),
        ] {
            let bytes = write(&["h".to_owned()], &[vec![cell]]);
            assert_eq!(String::from_utf8(bytes).unwrap(), format!("h\r\n{written}\r\n"));
        }
    }

    #[test]
    fn a_file_for_spreadsheets_says_that_it_is_utf_8_and_is_read_as_it_was() {
        let rows = [vec![Cell::from("Zoë Müller"), Cell::from("=1+1")]];
        let bytes = for_spreadsheets(&["Name".to_owned(), "Note".to_owned()], &rows);
        assert!(bytes.starts_with("\u{feff}Name,".as_bytes()));
        let read = table::read(&bytes, "x.csv", &table::Choice::default(), &table::Limits::default()).unwrap();
        assert_eq!(read.headers, ["Name", "Note"]);
        assert_eq!(read.rows[0].cells, rows[0]);
        assert_eq!(read.notes, []);
    }

    proptest! {
        #[test]
        fn taking_the_apostrophe_off_gives_the_text_back(text in "['=+@a\t\n0-9,. -]{0,8}") {
            let written = escaped(&text);
            prop_assert_eq!(unescaped(&written), &text);
        }

        #[test]
        fn nothing_written_begins_like_a_formula(text in "['=+@a\t\n0-9,. ＝-]{0,8}") {
            let written = escaped(&text);
            prop_assert!(
                !written.starts_with(DANGEROUS)
                    || value::is_mark(&written)
                    || matches!(value::parse(&written), Ok(value::Value::Number(_)))
            );
        }
    }
}
