//! What each fuzz target does with its bytes.
//!
//! Plain functions, so that an ordinary test (`crates/interchange/tests/corpus.rs`) replays the corpora
//! on every run of the test suite. To fuzz: `cargo xtask fuzz table`. A find in `artifacts/` goes into
//! `corpus/TARGET/` under a name that says what it is, and stays there.

use interchange::table::{Cell, Choice, Epoch, Limits, Table};
use interchange::{area, csv_out, date, htcds, personal, series, table, text, value};

/// Small, so that the fuzzer finds what exceeds them and is not slowed by what does not.
const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    rows: 5_000,
    columns: 200,
    cells: 50_000,
    unpacked: 4 << 20,
};

/// Any bytes are text or a fault; text is free of marks and carriage returns, and decodes to itself.
pub fn text(bytes: &[u8]) {
    if let Ok(decoded) = text::decode(bytes) {
        assert!(!decoded.text.contains(['\r', '\0']));
        let again = text::decode(decoded.text.as_bytes()).expect("UTF-8 is readable");
        assert_eq!(again.text, decoded.text);
    }
}

/// Any bytes are a table or a fault; every row is as wide as the headings, and row numbers rise.
pub fn table(bytes: &[u8]) {
    let _ = read(bytes, None);
    if let Some(table) = read(bytes, Some(1)) {
        assert!(table.rows.iter().all(|row| row.cells.len() == table.headers.len()));
        assert!(table.rows.is_sorted_by(|one, next| one.number < next.number));
        let rows: Vec<Vec<Cell>> = table.rows.into_iter().map(|row| row.cells).collect();
        let _ = csv_out::write(&table.headers, &rows);
    }
}

/// Any table is cases of the data standard and faults; what is written of the cases is read as it was.
pub fn htcds(bytes: &[u8]) {
    let Some(table) = read(bytes, Some(1)) else { return };
    let _ = (htcds::is_one(&table.headers), htcds::others(&table));
    let found = htcds::read(&table);
    assert!(found.good.len() <= table.rows.len());
    let (headers, rows) = htcds::write(&found.good);
    let _ = csv_out::write(&headers, &rows);
}

/// Any text is a number, mark or fault, and numbers are finite. Headings are any text, too.
pub fn value(bytes: &[u8]) {
    if let Some(number) = bytes.first_chunk() {
        let _ = value::of(&Cell::Number(f64::from_le_bytes(*number)));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(value::Value::Number(number)) = value::parse(text) {
        assert!(number.is_finite());
    }
    let _ = personal::refuse(&[text]);
}

/// Any text is a period or a fault, and no period ends before it begins. The first eight bytes are
/// tried as a day number, too.
pub fn date(bytes: &[u8]) {
    if let Some(number) = bytes.first_chunk() {
        let cell = Cell::Number(f64::from_le_bytes(*number));
        let _ = (date::of(&cell, Some(Epoch::Y1900)), date::of(&cell, Some(Epoch::Y1904)));
    }
    if let Ok(Ok(span)) = std::str::from_utf8(bytes).map(date::parse) {
        assert!(span.first <= span.last);
    }
}

/// Every row of any table is an observation or has a fault.
pub fn series(bytes: &[u8]) {
    let Some(table) = read(bytes, Some(1)) else {
        return;
    };
    let mut mapping = series::Mapping::guess(&table.headers);
    for (field, value) in [
        (series::Field::Series, "series"),
        (series::Field::Unit, "persons"),
        (series::Field::PublishedOn, "2024"),
    ] {
        if !mapping.has(field) {
            mapping = mapping.constant(field, value);
        }
    }
    if let Ok(read) = series::read(&table, &mapping) {
        accounted(&table, read.good.iter().map(|row| row.row), &read.faults);
        let _ = csv_out::refused(&table, &read.faults);
    }
}

/// The first line is a mapping as it is remembered, the rest a table: a mapping that names what the table
/// does not have is a fault, and otherwise every row is an observation or has one.
pub fn mapping(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, rest) = bytes.split_at(at);
    let (Ok(mapping), Some(table)) = (
        serde_json::from_slice::<series::Mapping>(head),
        read(rest.get(1..).unwrap_or_default(), Some(1)),
    ) else {
        return;
    };
    let written = serde_json::to_vec(&mapping).expect("what was read can be written");
    assert_eq!(
        serde_json::from_slice::<series::Mapping>(&written).ok().as_ref(),
        Some(&mapping)
    );
    if let Ok(read) = series::read(&table, &mapping) {
        accounted(&table, read.good.iter().map(|row| row.row), &read.faults);
    }
}

/// Every row of any table is an area or has a fault.
pub fn area(bytes: &[u8]) {
    let Some(table) = read(bytes, Some(1)) else {
        return;
    };
    let mut mapping = area::Mapping::guess(&table.headers);
    if !mapping.has(area::Field::Kind) {
        mapping = mapping.constant(area::Field::Kind, "region");
    }
    if let Ok(read) = area::read(&table, &mapping) {
        accounted(&table, read.good.iter().map(|row| row.row), &read.faults);
    }
}

fn read(bytes: &[u8], header_row: Option<u32>) -> Option<Table> {
    let choice = Choice {
        sheet: None,
        header_row,
    };
    table::read(bytes, "fuzzed.csv", &choice, &LIMITS).ok()
}

/// No row is lost, and none is both good and faulty.
fn accounted(table: &Table, good: impl Iterator<Item = u32>, faults: &[interchange::RowFault]) {
    let mut refused: Vec<u32> = faults.iter().map(|fault| fault.row).collect();
    refused.dedup();
    let mut rows: Vec<u32> = good.chain(refused).collect();
    rows.sort_unstable();
    assert!(rows.iter().eq(table.rows.iter().map(|row| &row.number)));
}
