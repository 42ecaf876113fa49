//! XLSX, XLS and ODS through calamine.
//!
//! Only stored values are read; formulas and macros are left alone. Row and column numbers are those of
//! the sheet, so that a fault can name the cell the user sees.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsx};

use super::guard::{self, FileKind};
use super::{Cell, Epoch, Grid, Limits, Meter, NO_RESULT, Row};
use crate::fault::{Fault, Kind, Note};

pub(super) fn grid(kind: FileKind, bytes: &[u8], sheet: Option<&str>, limits: &Limits) -> Result<Grid, Fault> {
    // calamine and the archive readers below it index into what the file says; a file broken in the
    // right place makes them panic, which must refuse this file and nothing else.
    catch_unwind(AssertUnwindSafe(|| {
        guard::measure(kind, bytes, limits)?;
        open(kind, bytes, sheet, limits)
    }))
    .unwrap_or_else(|_| Err(guard::damaged()))
}

fn open(kind: FileKind, bytes: &[u8], sheet: Option<&str>, limits: &Limits) -> Result<Grid, Fault> {
    let bytes = Cursor::new(bytes);
    match kind {
        FileKind::Xls => {
            let book = Xls::new(bytes).map_err(|error| unreadable(&error))?;
            let epoch = epoch(book.has_1904_epoch());
            stored(book, epoch, sheet, limits)
        }
        FileKind::Ods => {
            let book = Ods::new(bytes).map_err(|error| unreadable(&error))?;
            stored(book, Epoch::Y1900, sheet, limits)
        }
        FileKind::Xlsx | FileKind::Text => {
            let mut book = Xlsx::new(bytes).map_err(|error| unreadable(&error))?;
            let epoch = epoch(book.has_1904_epoch());
            let sheets = book.sheets_metadata().to_vec();
            choose(&sheets, epoch, sheet, |name| streamed(&mut book, name, limits))
        }
    }
}

fn epoch(is_1904: bool) -> Epoch {
    if is_1904 { Epoch::Y1904 } else { Epoch::Y1900 }
}

/// XLS and ODS are held in memory as a whole once opened; the guard has measured them.
fn stored<'a, B>(mut book: B, epoch: Epoch, sheet: Option<&str>, limits: &Limits) -> Result<Grid, Fault>
where
    B: Reader<Cursor<&'a [u8]>>,
    B::Error: std::fmt::Display,
{
    let sheets = book.sheets_metadata().to_vec();
    choose(&sheets, epoch, sheet, |name| {
        let range = book.worksheet_range(name).map_err(|error| unreadable(&error))?;
        let (top, left) = range.start().unwrap_or_default();
        let mut builder = Builder::new(*limits);
        for (row, column, value) in range.used_cells() {
            let row = top + u32::try_from(row).unwrap_or(u32::MAX);
            let column = left + u32::try_from(column).unwrap_or(u32::MAX);
            builder.put(row, column, cell(value.clone()))?;
        }
        builder.finish()
    })
}

/// XLSX is read cell by cell, so that two cells far apart cost no more than two.
fn streamed(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, limits: &Limits) -> Result<Vec<Row>, Fault> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| unreadable(&error))?;
    let mut builder = Builder::new(*limits);
    while let Some(next) = cells
        .next_cell_with_formula_metadata()
        .map_err(|error| unreadable(&error))?
    {
        let (row, column) = next.pos;
        let value = match next.value {
            // Programs that write a formula without computing it leave no result; one that is an empty text is another thing.
            DataRef::Empty if next.formula.is_some() => Cell::Error(NO_RESULT.to_owned()),
            DataRef::SharedString(text) => Cell::from(text),
            other => cell(Data::from(other)),
        };
        builder.put(row, column, value)?;
    }
    builder.finish()
}

fn unreadable(error: &dyn std::fmt::Display) -> Fault {
    let words = error.to_string();
    if words.to_lowercase().contains("password") {
        return Fault::new(
            Kind::NotATable,
            "The workbook is protected by a password.",
            "Open it, remove the password, save it and send that file.",
        );
    }
    guard::damaged()
}

/// The sheet named, or the only visible one that holds something.
fn choose(
    sheets: &[Sheet],
    epoch: Epoch,
    named: Option<&str>,
    mut read: impl FnMut(&str) -> Result<Vec<Row>, Fault>,
) -> Result<Grid, Fault> {
    let mut full = Vec::new();
    let mut hidden = Vec::new();
    let mut found = None;
    for sheet in sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        match named {
            Some(name) if name != sheet.name => continue,
            None if sheet.visible != SheetVisible::Visible => {
                hidden.push(sheet.name.clone());
                continue;
            }
            _ => {}
        }
        let rows = read(&sheet.name)?;
        if !rows.is_empty() || named.is_some() {
            full.push(sheet.name.clone());
            found = Some(rows);
        }
    }
    match (full.as_slice(), found) {
        ([name], Some(rows)) => Ok(Grid {
            sheet: Some(name.clone()),
            rows,
            epoch: Some(epoch),
            notes: hidden_note(&hidden),
        }),
        ([], _) => {
            let all: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
            let message = match named {
                Some(name) => format!("The workbook has no sheet “{name}”."),
                None => "No visible sheet of the workbook holds anything.".to_owned(),
            };
            Err(ask(message, all))
        }
        _ => Err(ask(
            "More than one sheet of the workbook holds something.".to_owned(),
            full,
        )),
    }
}

fn hidden_note(hidden: &[String]) -> Vec<Note> {
    if hidden.is_empty() {
        return Vec::new();
    }
    vec![Note(format!("Hidden sheets were not read: {}.", hidden.join(", ")))]
}

fn ask(message: String, sheets: Vec<String>) -> Fault {
    let remedy = format!("Say which sheet to read: {}.", sheets.join(", "));
    Fault::new(Kind::ChooseSheet { sheets }, message, remedy)
}

fn cell(value: Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::String(text) | Data::DurationIso(text) => Cell::from(text.as_str()),
        Data::Int(number) => Cell::Number(number as f64),
        Data::Float(number) => Cell::Number(number),
        Data::Bool(truth) => Cell::from(if truth { "TRUE" } else { "FALSE" }),
        Data::DateTime(moment) => moment_of(moment),
        Data::DateTimeIso(text) => iso_moment(text),
        Data::Error(error) => Cell::Error(error.to_string()),
    }
}

fn moment_of(moment: ExcelDateTime) -> Cell {
    if moment.is_duration() {
        return Cell::Number(moment.as_f64());
    }
    let read = || {
        let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
        let small = |part: u8| i8::try_from(part).ok();
        jiff::civil::DateTime::new(
            i16::try_from(year).ok()?,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            0,
        )
        .ok()
    };
    // Day 60 of the 1900 system is a day that never was.
    read().map_or_else(|| Cell::Error(format!("day number {}", moment.as_f64())), Cell::Date)
}

fn iso_moment(text: String) -> Cell {
    let moment = text
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| text.parse::<jiff::civil::Date>().map(|day| day.at(0, 0, 0, 0)));
    moment.map_or(Cell::Text(text), Cell::Date)
}

/// Collects cells into rows; sheets give them in order, but nothing obliges them to.
struct Builder {
    meter: Meter,
    limits: Limits,
    cells: Vec<(u32, u32, Cell)>,
}

impl Builder {
    fn new(limits: Limits) -> Self {
        Self {
            meter: Meter::new(limits),
            limits,
            cells: Vec::new(),
        }
    }

    fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), Fault> {
        if cell.is_blank() {
            return Ok(());
        }
        if let Cell::Text(text) = &cell {
            self.meter.text(text.len())?;
        }
        if self.cells.len() >= self.limits.cells {
            return Err(super::too_many(&format!("{} cells", self.limits.cells)));
        }
        self.cells.push((row, column, cell));
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Row>, Fault> {
        if !self.cells.is_sorted_by_key(|(row, column, _)| (*row, *column)) {
            self.cells.sort_by_key(|(row, column, _)| (*row, *column));
        }
        let mut rows: Vec<Row> = Vec::new();
        for of_row in self.cells.chunk_by_mut(|one, next| one.0 == next.0) {
            let Some((row, column, _)) = of_row.last() else {
                continue;
            };
            let (number, width) = (row.saturating_add(1), *column as usize + 1);
            self.meter.row(number, width)?;
            let mut cells = vec![Cell::Empty; width];
            for (_, column, cell) in of_row {
                cells[*column as usize] = std::mem::replace(cell, Cell::Empty);
            }
            rows.push(Row { number, cells });
        }
        Ok(rows)
    }
}
