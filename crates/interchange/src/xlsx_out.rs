//! XLSX workbooks: the same cells as [`crate::csv_out`], with types.
//!
//! Texts are stored as texts, never as formulas; those that begin like a formula also carry the “quote
//! prefix” that keeps them texts when a person edits the cell. The same sheets and the same day of
//! making give the same bytes.

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::csv_out;
use crate::fault::{Fault, Kind};
use crate::table::Cell;

/// One sheet of a workbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// At most 31 characters, without `[ ] : * ? / \`.
    pub name: String,
    pub headers: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// Writes a workbook; `made_on` becomes its date of creation.
///
/// # Errors
/// What the format cannot hold: over a million rows, a cell over 32,767 characters, a bad sheet name.
pub fn write(sheets: &[Sheet], made_on: Date) -> Result<Vec<u8>, Fault> {
    build(sheets, made_on).map_err(|error| {
        Fault::new(
            Kind::Output,
            format!("The table cannot be written as XLSX: {error}."),
            "Use the CSV file instead.",
        )
    })
}

struct Formats {
    heading: Format,
    quoted: Format,
    day: Format,
    moment: Format,
}

fn build(sheets: &[Sheet], made_on: Date) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats {
        heading: Format::new().set_bold().set_text_wrap(),
        quoted: Format::new().set_quote_prefix(),
        day: Format::new().set_num_format("yyyy-mm-dd"),
        moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
    };
    let mut workbook = Workbook::new();
    let created = excel_moment(made_on.at(0, 0, 0, 0))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for sheet in sheets {
        let page = workbook.add_worksheet().set_name(&sheet.name)?;
        for (column, header) in (0..).zip(&sheet.headers) {
            page.write_string_with_format(0, column, header, &formats.heading)?;
        }
        page.set_freeze_panes(1, 0)?;
        for (row, cells) in (1..).zip(&sheet.rows) {
            for (column, cell) in (0..).zip(cells) {
                put(page, row, column, cell, &formats)?;
            }
        }
    }
    workbook.save_to_buffer()
}

fn put(page: &mut Worksheet, row: u32, column: u16, cell: &Cell, formats: &Formats) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Number(number) if number.is_finite() => {
            page.write_number(row, column, *number)?;
        }
        Cell::Text(text) | Cell::Error(text) if csv_out::is_dangerous(text) => {
            page.write_string_with_format(row, column, text, &formats.quoted)?;
        }
        Cell::Text(_) | Cell::Error(_) | Cell::Number(_) => {
            page.write_string(row, column, cell.text())?;
        }
        Cell::Date(moment) => {
            let midnight = moment.time() == jiff::civil::Time::midnight();
            let format = if midnight { &formats.day } else { &formats.moment };
            match excel_moment(*moment) {
                Ok(value) => page.write_datetime_with_format(row, column, &value, format)?,
                // Before 1900 the format has no dates.
                Err(_) => page.write_string(row, column, cell.text())?,
            };
        }
    }
    Ok(())
}

fn excel_moment(moment: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let small = |part: i8| u8::try_from(part).unwrap_or_default();
    let year = u16::try_from(moment.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, small(moment.month()), small(moment.day()))?.and_hms(
        u16::from(small(moment.hour())),
        small(moment.minute()),
        f64::from(moment.second()),
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::table::{Choice, Limits, read};

    fn sheet(rows: Vec<Vec<Cell>>) -> Sheet {
        Sheet {
            name: "figures".to_owned(),
            headers: vec!["text".to_owned(), "other".to_owned()],
            rows,
        }
    }

    #[test]
    fn cells_of_every_kind_come_back_with_their_types() {
        let rows = vec![
            vec![Cell::from("=1+1"), Cell::from("@SUM(A1)")],
            vec![Cell::from("+1 a"), Cell::from("-2 b")],
            vec![Cell::from("\t=1"), Cell::from("plain")],
            vec![Cell::Number(-5.25), Cell::Number(4142.0)],
            vec![
                Cell::Date(date(2024, 3, 31).at(0, 0, 0, 0)),
                Cell::Date(date(2024, 3, 31).at(13, 45, 0, 0)),
            ],
        ];
        let bytes = write(&[sheet(rows.clone())], date(2026, 1, 1)).unwrap();
        let table = read(&bytes, "x.xlsx", &Choice::default(), &Limits::default()).unwrap();
        let back: Vec<Vec<Cell>> = table.rows.into_iter().map(|row| row.cells).collect();
        assert_eq!(back, rows);
    }

    #[test]
    fn the_same_sheets_give_the_same_bytes() {
        let make = || {
            write(
                &[sheet(vec![vec![Cell::from("a"), Cell::Number(1.0)]])],
                date(2026, 1, 1),
            )
            .unwrap()
        };
        assert_eq!(make(), make());
    }

    #[test]
    fn what_the_format_cannot_hold_is_a_fault() {
        let long = "x".repeat(40_000);
        let fault = write(&[sheet(vec![vec![Cell::from(long.as_str())]])], date(2026, 1, 1)).unwrap_err();
        assert_eq!(fault.kind, Kind::Output);
    }

    #[test]
    fn a_day_before_1900_is_written_as_text() {
        let early = Cell::Date(date(1807, 3, 25).at(0, 0, 0, 0));
        let bytes = write(&[sheet(vec![vec![early, Cell::from("x")]])], date(2026, 1, 1)).unwrap();
        let table = read(&bytes, "x.xlsx", &Choice::default(), &Limits::default()).unwrap();
        assert_eq!(table.rows[0].cells[0], Cell::from("1807-03-25"));
    }
}
