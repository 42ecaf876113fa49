//! What a file is, told by its content, and whether opening it would be safe.
//!
//! A spreadsheet of a few kilobytes can ask for any amount of memory: by compression (XLSX, ODS), by
//! two cells at the far corners of a sheet (XLS) or by “repeat this row a million times” (ODS). The
//! reading library allocates what the file asks for, so each is measured here first.

use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{Limits, megabytes};
use crate::fault::{Fault, Kind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Text,
    Xlsx,
    Xls,
    Ods,
}

const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The kind of file, or why such a file is not read.
pub(super) fn file_kind(bytes: &[u8]) -> Result<FileKind, Fault> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zip_kind(bytes);
    }
    if bytes.starts_with(COMPOUND_FILE) {
        return compound_kind(bytes);
    }
    let start = bytes.trim_ascii_start();
    let begins = |sign: &str| {
        start
            .get(..sign.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(sign.as_bytes()))
    };
    let name = if begins("%PDF-") {
        "a PDF"
    } else if begins("<!doctype html") || begins("<html") || begins("<table") {
        "a web page (some sites give it a spreadsheet's name)"
    } else if begins("<?xml") {
        "an XML file"
    } else if begins("{\"") || begins("[{") {
        "a JSON file"
    } else if bytes.starts_with(b"\x1f\x8b") {
        "a compressed file (gzip)"
    } else if bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"GIF8") {
        "a picture"
    } else {
        return Ok(FileKind::Text);
    };
    Err(not_a_table(name))
}

fn not_a_table(name: &str) -> Fault {
    Fault::new(
        Kind::NotATable,
        format!("The file is {name}, not a table."),
        "Open it in a spreadsheet program and save the table as XLSX, ODS or CSV.",
    )
}

fn zip_kind(bytes: &[u8]) -> Result<FileKind, Fault> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") {
        Ok(FileKind::Xlsx)
    } else if has("xl/workbook.bin") {
        Err(not_a_table("a binary Excel workbook (XLSB), which is not read here"))
    } else if has("content.xml") {
        Ok(FileKind::Ods)
    } else {
        Err(not_a_table("a ZIP archive that holds no workbook"))
    }
}

fn compound_kind(bytes: &[u8]) -> Result<FileKind, Fault> {
    let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| damaged())?;
    if file.is_stream("EncryptedPackage") {
        return Err(Fault::new(
            Kind::NotATable,
            "The workbook is protected by a password.",
            "Open it, remove the password, save it and send that file.",
        ));
    }
    if file.is_stream("Workbook") || file.is_stream("Book") {
        Ok(FileKind::Xls)
    } else {
        Err(not_a_table("an old Office document without a workbook"))
    }
}

/// Refuses a workbook that would need more than the limits when opened.
pub(super) fn measure(kind: FileKind, bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    match kind {
        FileKind::Text => Ok(()),
        FileKind::Xlsx => unpacked_size(bytes, limits),
        FileKind::Ods => {
            unpacked_size(bytes, limits)?;
            repeated_cells(bytes, limits)
        }
        FileKind::Xls => sheet_corners(bytes, limits),
    }
}

/// The sizes in the archive's directory, then, as a directory may lie, the sizes when unpacked.
fn unpacked_size(bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    const ENTRIES: usize = 10_000;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let declared = archive.decompressed_size().unwrap_or(0);
    if archive.len() > ENTRIES || declared > u128::from(limits.unpacked) {
        return Err(bomb(limits));
    }
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| damaged())?;
        let mut capped = entry.take(limits.unpacked - total + 1);
        total += std::io::copy(&mut capped, &mut std::io::sink()).map_err(|_| damaged())?;
        if total > limits.unpacked {
            return Err(bomb(limits));
        }
    }
    Ok(())
}

/// Walks the records of an old workbook and adds up, sheet by sheet, the rectangle around its cells.
fn sheet_corners(bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    const BEGIN: u16 = 0x0809;
    // Number, label, rich string, truth value or error, small number, shared label, formula.
    const ONE_CELL: [u16; 7] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, 0x0006];
    const MANY_NUMBERS: u16 = 0x00bd;
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut total = 0_u64;
    for name in ["Workbook", "Book"] {
        if !file.is_stream(name) {
            continue;
        }
        let mut stream = Vec::new();
        file.open_stream(name)
            .and_then(|source| source.take(limits.unpacked).read_to_end(&mut stream))
            .map_err(|_| damaged())?;
        let (mut rows, mut columns) = (0_u64, 0_u64);
        let mut rest = stream.as_slice();
        while let [k0, k1, l0, l1, after @ ..] = rest {
            let kind = u16::from_le_bytes([*k0, *k1]);
            let length = usize::from(u16::from_le_bytes([*l0, *l1]));
            let Some((data, next)) = after.split_at_checked(length) else {
                break;
            };
            rest = next;
            let number = |at: usize| match data.get(at..at + 2) {
                Some([low, high]) => u64::from(u16::from_le_bytes([*low, *high])),
                _ => 0,
            };
            if kind == BEGIN {
                total += rows * columns;
                (rows, columns) = (0, 0);
            } else if ONE_CELL.contains(&kind) {
                rows = rows.max(number(0) + 1);
                columns = columns.max(number(2) + 1);
            } else if kind == MANY_NUMBERS && length >= 6 {
                rows = rows.max(number(0) + 1);
                columns = columns.max(number(2) + length as u64 / 6);
            }
        }
        total += rows * columns;
    }
    if total > limits.cells as u64 {
        return Err(too_wide(limits));
    }
    Ok(())
}

/// What one sheet of an ODS grows to when its repeated rows and cells are written out.
#[derive(Default)]
struct Expanded {
    rows: u64,
    columns: u64,
    row: u64,
    row_repeat: u64,
    column: u64,
    filled_to: u64,
    row_text: u64,
    cell_repeat: u64,
    cell_filled: bool,
    cell_text: u64,
}

fn repeated_cells(bytes: &[u8], limits: &Limits) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut content = String::new();
    archive
        .by_name("content.xml")
        .map_err(|_| damaged())?
        .take(limits.unpacked)
        .read_to_string(&mut content)
        .map_err(|_| damaged())?;
    let mut reader = quick_xml::Reader::from_str(&content);
    reader.config_mut().expand_empty_elements = true;
    let (mut cells, mut text) = (0_u64, 0_u64);
    let mut sheet = Expanded::default();
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Eof => return Ok(()),
            Event::Start(element) => match element.name().as_ref() {
                "table:table" => sheet = Expanded::default(),
                "table:table-row" => {
                    sheet.row_repeat = repeat(&element, "table:number-rows-repeated");
                    (sheet.column, sheet.filled_to, sheet.row_text) = (0, 0, 0);
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    sheet.cell_repeat = repeat(&element, "table:number-columns-repeated");
                    let attributes = element.attributes_raw();
                    sheet.cell_filled = attributes.contains("value") || attributes.contains("table:formula");
                    sheet.cell_text = attributes.len() as u64;
                }
                "text:s" => {
                    sheet.cell_text = sheet.cell_text.saturating_add(repeat(&element, "text:c"));
                }
                _ => {}
            },
            Event::Text(words) => sheet.cell_text = sheet.cell_text.saturating_add(words.len() as u64),
            Event::CData(words) => sheet.cell_text = sheet.cell_text.saturating_add(words.len() as u64),
            Event::GeneralRef(_) => sheet.cell_text = sheet.cell_text.saturating_add(4),
            Event::End(element) => match element.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => sheet.end_cell(),
                "table:table-row" => {
                    text = text.saturating_add(sheet.end_row());
                }
                "table:table" => cells = cells.saturating_add(sheet.rows.saturating_mul(sheet.columns)),
                _ => {}
            },
            _ => {}
        }
        let sheet_cells = sheet.rows.saturating_mul(sheet.columns);
        if cells.max(sheet_cells) > limits.cells as u64
            || text.max(sheet.cell_text).max(sheet.row_text) > limits.unpacked
        {
            return Err(too_wide(limits));
        }
    }
}

impl Expanded {
    fn end_cell(&mut self) {
        self.column = self.column.saturating_add(self.cell_repeat);
        if self.cell_filled {
            self.filled_to = self.column;
            let text = self.cell_text.saturating_mul(self.cell_repeat);
            self.row_text = self.row_text.saturating_add(text);
        }
        self.cell_text = 0;
    }

    /// Returns the bytes of text in all the repeated rows.
    fn end_row(&mut self) -> u64 {
        self.row = self.row.saturating_add(self.row_repeat);
        if self.filled_to == 0 {
            return 0;
        }
        self.rows = self.row;
        self.columns = self.columns.max(self.filled_to);
        self.row_text.saturating_mul(self.row_repeat)
    }
}

fn repeat(element: &BytesStart<'_>, name: &str) -> u64 {
    let attribute = element.try_get_attribute(name).ok().flatten();
    attribute.and_then(|found| found.value.parse().ok()).unwrap_or(1)
}

pub(super) fn damaged() -> Fault {
    Fault::new(
        Kind::Damaged,
        "The spreadsheet is damaged or cut off.",
        "Open it in a spreadsheet program, save it again as XLSX and send that file.",
    )
}

fn bomb(limits: &Limits) -> Fault {
    Fault::new(
        Kind::TooLarge,
        format!(
            "The spreadsheet is larger than {} when unpacked, the most that is opened.",
            megabytes(limits.unpacked)
        ),
        "Save only the sheet that is needed, or save it as CSV.",
    )
}

fn too_wide(limits: &Limits) -> Fault {
    Fault::new(
        Kind::TooLarge,
        format!(
            "The sheets of the workbook span more than {} cells, the most that is opened.",
            limits.cells
        ),
        "Delete empty rows and columns that carry formatting or a stray value far away, or save the sheet as CSV.",
    )
}
