//! CSV and its relatives: fields parted by comma, semicolon or tab.

use csv::{ReaderBuilder, StringRecord};

use super::{Cell, Grid, Limits, Meter, Row};
use crate::fault::{Fault, Kind};
use crate::{csv_out, text};

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

pub(super) fn grid(bytes: &[u8], limits: &Limits) -> Result<Grid, Fault> {
    let decoded = text::decode(bytes)?;
    let (declared, body) = declared_separator(&decoded.text);
    let separator = declared.unwrap_or_else(|| likely_separator(body));
    let mut meter = Meter::new(*limits);
    let mut rows = Vec::new();
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(body.as_bytes());
    let mut record = StringRecord::new();
    // A spreadsheet's row is a line here, except that a quoted field may hold further lines.
    let mut lines_within = 0_u64;
    let skipped = u64::from(declared.is_some());
    let mut begin = 0;
    while reader.read_record(&mut record).map_err(|error| damaged(&error))? {
        let position = reader.position();
        let end = usize::try_from(position.byte()).unwrap_or(body.len()).min(body.len());
        let slice = &body.as_bytes()[begin..end];
        begin = end;
        let last_field = record.iter().next_back().unwrap_or_default();
        let open = end == body.len() && leaves_quote_open(slice, last_field);
        let ended_line = u64::from(!open && slice.last() == Some(&b'\n'));
        lines_within += record
            .iter()
            .map(|field| field.matches('\n').count() as u64)
            .sum::<u64>();
        let number = (skipped + position.line() - ended_line).saturating_sub(lines_within);
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        if open {
            return Err(open_quote(number));
        }
        let width = (1..=record.len())
            .rev()
            .find(|width| !record[width - 1].trim().is_empty())
            .unwrap_or(0);
        if width == 0 {
            continue;
        }
        meter.row(number, width)?;
        meter.text(record.as_slice().len())?;
        let cells = record
            .iter()
            .take(width)
            .map(|field| Cell::from(csv_out::unescaped(field)))
            .collect();
        rows.push(Row { number, cells });
    }
    Ok(Grid {
        sheet: None,
        rows,
        epoch: None,
        notes: decoded.notes,
    })
}

/// Excel's own first line `sep=;`, which it counts as a row.
fn declared_separator(text: &str) -> (Option<u8>, &str) {
    let Some((line, body)) = text.split_once('\n') else {
        return (None, text);
    };
    match line.trim_end_matches('"').trim_start_matches('"').as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] if SEPARATORS.contains(separator) => {
            (Some(*separator), body)
        }
        _ => (None, text),
    }
}

/// The separator that parts most of the first rows into equally many fields, and into the most.
fn likely_separator(text: &str) -> u8 {
    SEPARATORS
        .into_iter()
        .rev() // of equals, `max_by_key` takes the last: the comma
        .max_by_key(|separator| evenness(text, *separator))
        .unwrap_or(b',')
}

/// How many of the first rows have the commonest number of fields above one, and that number.
fn evenness(text: &str, separator: u8) -> (usize, usize) {
    const SAMPLE: usize = 50;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut counts = std::collections::BTreeMap::new();
    for _ in 0..SAMPLE {
        if !reader.read_record(&mut record).unwrap_or(false) {
            break;
        }
        if record.len() > 1 {
            *counts.entry(record.len()).or_insert(0) += 1;
        }
    }
    counts
        .into_iter()
        .map(|(fields, rows)| (rows, fields))
        .max()
        .unwrap_or((0, 0))
}

/// Whether the last field of the file began with a quotation mark that is never closed, so that the
/// line end after it, and perhaps many lines, became part of the field.
fn leaves_quote_open(record: &[u8], last_field: &str) -> bool {
    if record.ends_with(b"\n") {
        last_field.ends_with('\n') && !record.ends_with(b"\n\"\n")
    } else {
        last_field.contains('\n') && !record.ends_with(b"\"")
    }
}

fn open_quote(row: u32) -> Fault {
    Fault::new(
        Kind::Damaged,
        format!("A quotation mark in row {row} is never closed, so the rest of the file is one cell."),
        "Close or double the quotation mark there and send the file again.",
    )
}

fn damaged(error: &csv::Error) -> Fault {
    Fault::new(
        Kind::Damaged,
        format!("The text file cannot be read as a table: {error}."),
        "Save it again as CSV from a spreadsheet program.",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{Choice, Table, read};

    fn table(bytes: &[u8]) -> Result<Table, Fault> {
        read(bytes, "file.csv", &Choice::default(), &Limits::default())
    }

    fn texts(table: &Table) -> Vec<(u32, Vec<String>)> {
        table
            .rows
            .iter()
            .map(|row| {
                (
                    row.number,
                    row.cells.iter().map(|cell| cell.text().into_owned()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn comma_semicolon_and_tab_are_told_apart() {
        for separator in [",", ";", "\t"] {
            let text = "series|note|value\nreferrals|\"a, b\"|4142\nreferrals|\"c; d\"|4134\n";
            let table = table(text.replace('|', separator).as_bytes()).unwrap();
            assert_eq!(table.headers, ["series", "note", "value"]);
            assert_eq!(table.rows[1].cells[1], Cell::Text("c; d".to_owned()));
        }
        let decimals = table(b"area;share\nTyne;3,5\nWear;4,5\n").unwrap();
        assert_eq!(decimals.headers, ["area", "share"]);
        let declared = table(b"sep=;\narea;a,b,c\nTyne;1,2,3\n").unwrap();
        assert_eq!(declared.headers, ["area", "a,b,c"]);
        assert_eq!((declared.header_row, declared.rows[0].number), (2, 3));
    }

    #[test]
    fn rows_carry_the_number_a_spreadsheet_shows() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "a,b\n\n1,\"two\nlines\"\n,,\n\n3,4\n5,\"x\n\ny\"\n7,8".replace('\n', end);
            let table = table(text.as_bytes()).unwrap();
            let numbers: Vec<u32> = table.rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, [3, 6, 7, 8], "{end:?}");
            assert_eq!(table.rows[0].cells[1], Cell::Text("two\nlines".to_owned()));
        }
        let late = table(b"\n\na,b\n1,2\n").unwrap();
        assert_eq!((late.header_row, late.rows[0].number), (3, 4));
    }

    #[test]
    fn repeated_headings_are_made_distinct_and_noted() {
        let table = table(b"value,value, value \n1,2,3\n").unwrap();
        assert_eq!(table.headers, ["value", "value (2)", "value (3)"]);
        assert_eq!(table.notes.len(), 1);
    }

    #[test]
    fn a_quotation_mark_left_open_is_refused_with_its_row() {
        let fault = table(b"a,b\n1,2\n3,\"four\n5,6\n7,8\n").unwrap_err();
        assert_eq!(fault.kind, Kind::Damaged);
        assert!(fault.message.contains("row 3"), "{fault}");
        for text in [
            "a,b\n1,2\n3,\"x\n",
            "a,b\n1,2\n5\" pipe,\"x\ny",
            "a,b\n1,2\n3,\"x\"\"\n",
        ] {
            let fault = table(text.as_bytes()).unwrap_err();
            assert!(fault.message.contains("row 3"), "{text:?}: {fault}");
        }
        let closed = table(b"a,b\n1,2\n3,\"x\n\"\n").unwrap();
        assert_eq!(closed.rows[1].number, 3);
        // An inch sign inside an unquoted field is no quotation mark.
        assert_eq!(table(b"a,b\n1,5\" pipe\n").unwrap().rows.len(), 1);
    }

    #[test]
    fn one_broken_row_leaves_the_others_readable() {
        let mut text = "a,b\n".to_owned();
        for _ in 0..10 {
            text.push_str("1,2\n");
        }
        text.push_str("1,2,3\n");
        let table = table(text.as_bytes()).unwrap();
        assert_eq!(table.headers, ["a", "b", "Column C"]);
        assert_eq!(table.stray, [2]);
        assert_eq!(
            texts(&table)[10],
            (12, vec!["1".to_owned(), "2".to_owned(), "3".to_owned()])
        );
    }

    #[test]
    fn limits_hold_for_rows_columns_cells_and_text() {
        let small = |limits: Limits| read(b"a,b,c\n1,2,3\n4,5,6\n", "f.csv", &Choice::default(), &limits);
        let base = Limits::default();
        let cases = [
            Limits { rows: 2, ..base },
            Limits { columns: 2, ..base },
            Limits { cells: 8, ..base },
            Limits { unpacked: 8, ..base },
        ];
        for limits in cases {
            assert_eq!(small(limits).unwrap_err().kind, Kind::TooLarge, "{limits:?}");
        }
        let exact = Limits {
            rows: 3,
            columns: 3,
            cells: 9,
            unpacked: 9,
            ..base
        };
        assert!(small(exact).is_ok());
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = table(&bytes);
        }

        #[test]
        fn reading_text_never_panics(text in "[a-c0-9,;\t\"\n\r= ]{0,120}") {
            let _ = table(text.as_bytes());
        }

        #[test]
        fn what_is_written_is_read_back(rows in proptest::collection::vec(
            proptest::collection::vec("[a-z=+@,;\t\"'\n\u{e9} -]{0,8}", 2..=2), 1..12)
        ) {
            let headers = ["first".to_owned(), "second".to_owned(), "row".to_owned()];
            let cells: Vec<Vec<Cell>> = rows
                .iter()
                .map(|row| row.iter().map(|text| Cell::from(text.as_str())).chain([Cell::from("end")]).collect())
                .collect();
            let bytes = csv_out::write(&headers, &cells);
            let choice = Choice { header_row: Some(1), ..Choice::default() };
            let back = read(&bytes, "f.csv", &choice, &Limits::default()).unwrap();
            let read: Vec<Vec<Cell>> = back.rows.into_iter().map(|row| row.cells).collect();
            prop_assert_eq!(read, cells);
        }
    }
}
