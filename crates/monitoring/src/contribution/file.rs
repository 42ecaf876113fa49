//! A contribution file that is not sealed: JSON, CSV or a workbook, checked against the pack by `measures::read`.

use std::borrow::Cow;

use domain::pack::Pack;
use interchange::table::{self, Cell, Choice, Limits, Table};
use measures::Rows;
use measures::read::{self, Contents, Fault, Refused, Taking};
use serde::de::IgnoredAny;

/// The sheet of a workbook that holds the rows, as the template calls it.
pub const ROWS_SHEET: &str = "rows";

/// What a file holds, told by its first bytes and never by its name, which faults of a workbook mention.
///
/// # Errors
///
/// Every fault of the file, by row and column.
pub fn contents(pack: &Pack, bytes: &[u8], name: &str) -> Result<Contents, Refused> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_json = match text.trim_ascii_start().first() {
        Some(b'{' | b'[') => true,
        // A text, a number or `null` alone is no table either.
        _ => serde_json::from_slice::<IgnoredAny>(text).is_ok(),
    };
    if is_json {
        read::contribution(pack, text)
    } else if bytes.starts_with(b"%PDF") {
        Err(whole(
            "it is a PDF, and no table",
            "save the table as CSV or XLSX, or write JSON",
        ))
    } else if bytes.starts_with(b"PK") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        workbook(pack, bytes, name).map(Contents::Rows)
    } else {
        read::csv(pack, bytes).map(Contents::Rows)
    }
}

/// A fault of the file as a whole.
fn whole(what: &str, remedy: &str) -> Refused {
    Refused {
        faults: vec![Fault {
            row: None,
            column: String::new(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        }],
        more: 0,
    }
}

fn empty() -> Refused {
    whole(
        "the sheet is empty",
        "write the headings in its first row, and one row for each case",
    )
}

/// The rows of a workbook: of its sheet “rows”, or of the only one that holds something.
fn workbook(pack: &Pack, bytes: &[u8], name: &str) -> Result<Rows, Refused> {
    let read = |sheet: Option<String>| {
        let choice = Choice {
            sheet,
            header_row: Some(1),
        };
        table::read(bytes, name, &choice, &Limits::default())
    };
    let table = read(None).or_else(|fault| match &fault.kind {
        interchange::Kind::ChooseSheet { sheets } if sheets.iter().any(|sheet| sheet == ROWS_SHEET) => {
            read(Some(ROWS_SHEET.to_owned()))
        }
        _ => Err(fault),
    });
    let table = table.map_err(|fault| match &fault.kind {
        // The only sheet, or the one that is called “rows”, holds nothing.
        interchange::Kind::ChooseSheet { sheets } if sheets.len() == 1 => empty(),
        interchange::Kind::ChooseHeader { rows } if rows.is_empty() => empty(),
        interchange::Kind::ChooseSheet { .. } => whole(
            fault.message.trim_end_matches('.'),
            &format!("call the sheet that holds the rows “{ROWS_SHEET}”"),
        ),
        _ => whole(fault.message.trim_end_matches('.'), &fault.remedy),
    })?;
    rows(pack, &table)
}

/// A sentence as it stands within another.
fn within(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// The rows of a sheet. Errors of the spreadsheet are told as what they are, with what helps, beside every other fault.
fn rows(pack: &Pack, table: &Table) -> Result<Rows, Refused> {
    let headings: Vec<&str> = table.headers.iter().map(String::as_str).collect();
    let mut taking = Taking::under(pack, &headings);
    let (mut broken, mut n_broken) = (Vec::new(), 0);
    for row in &table.rows {
        for (cell, heading) in row.cells.iter().zip(&headings) {
            let Some(bad) = cell.error() else { continue };
            n_broken += 1;
            if broken.len() < read::MOST_FAULTS {
                broken.push(Fault {
                    row: Some(row.number.into()),
                    column: (*heading).to_owned(),
                    what: within(&bad.message),
                    remedy: within(&bad.remedy),
                });
            }
        }
        let cells = row.cells.iter().map(|cell| match cell {
            Cell::Error(_) => Cow::Borrowed(""),
            other => other.text(),
        });
        let cells: Vec<_> = cells.collect();
        taking.row(row.number.into(), cells.iter().map(|cell| cell.as_bytes()));
    }
    let taken = taking.finish();
    if broken.is_empty() {
        return taken;
    }
    let (others, more) = taken
        .err()
        .map(|refused| (refused.faults, refused.more))
        .unwrap_or_default();
    let n = others.len() + n_broken;
    let mut faults = [others, broken].concat();
    faults.sort_by_key(|fault| fault.row);
    faults.truncate(read::MOST_FAULTS);
    let more = more + (n - faults.len()) as u64;
    Err(Refused { faults, more })
}

#[cfg(test)]
mod tests {
    use interchange::table::Row;

    use super::*;

    #[test]
    fn an_error_of_the_spreadsheet_is_told_by_row_and_column_beside_other_faults_and_not_as_a_wrong_code() {
        let id = "00000000-0000-4000-8000-000000000001";
        let table = Table {
            sheet: Some(ROWS_SHEET.to_owned()),
            header_row: 1,
            headers: ["row", "gender", "region"].map(str::to_owned).into(),
            rows: vec![Row {
                number: 2,
                cells: vec![Cell::from(id), Cell::Error("#N/A".to_owned()), Cell::from("Leeds")],
            }],
            stray: Vec::new(),
            epoch: None,
            notes: Vec::new(),
        };
        let said = rows(&measures::shipped_pack("2025"), &table)
            .expect_err("it is refused")
            .to_string();
        assert_eq!(said.lines().count(), 2, "{said}");
        assert!(
            said.contains("row 2, column gender: the cell holds an error of the spreadsheet; correct the formula, or type the answer\n"),
            "{said}"
        );
        assert!(said.contains("row 2, column region: “Leeds” is not a code"), "{said}");
    }
}
