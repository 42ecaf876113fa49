//! Spreadsheets: sheets, headings, types, and files made to exhaust the machine.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::io::{Cursor, Read as _, Write};

use interchange::table::{Cell, Choice, Epoch, Limits, Table, read};
use interchange::{Fault, Kind, xlsx_out};
use jiff::civil::date;
use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;

fn open(bytes: &[u8]) -> Result<Table, Fault> {
    read(bytes, "file.xlsx", &Choice::default(), &Limits::default())
}

fn open_with(bytes: &[u8], choice: &Choice) -> Result<Table, Fault> {
    read(bytes, "file.xlsx", choice, &Limits::default())
}

/// A workbook of one sheet per list of rows; texts that are numbers become numbers.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, text) in (0..).zip(*cells) {
                match text.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).unwrap(),
                    Err(_) if text.is_empty() => sheet,
                    Err(_) => sheet.write_string(row, column, *text).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn header_choices(fault: &Fault) -> Vec<u32> {
    match &fault.kind {
        Kind::ChooseHeader { rows } => rows.iter().map(|(number, _)| *number).collect(),
        other => panic!("not a question for the heading row: {other:?}"),
    }
}

const PLAIN: &[&[&str]] = &[
    &["series", "quarter", "value"],
    &["referrals", "2024 Q1", "4142"],
    &["referrals", "2024 Q2", "[c]"],
];

#[test]
fn a_plain_sheet_is_read_with_types_and_row_numbers() {
    let table = open(&workbook(&[("Table 1", PLAIN), ("Notes", &[])])).unwrap();
    assert_eq!(table.sheet.as_deref(), Some("Table 1"));
    assert_eq!(table.headers, ["series", "quarter", "value"]);
    assert_eq!(table.rows[0].number, 2);
    assert_eq!(table.rows[0].cells[2], Cell::Number(4142.0));
    assert_eq!(table.rows[1].cells[2], Cell::Text("[c]".to_owned()));
    assert_eq!(table.epoch, Some(Epoch::Y1900));
}

#[test]
fn two_header_rows_are_refused_until_the_user_names_one() {
    let codes_and_words: &[&[&str]] = &[
        &["series_code", "quarter_code", "value_code"],
        &["Series", "Quarter", "Number of persons"],
        &["referrals", "2024 Q1", "4142"],
        &["referrals", "2024 Q2", "4134"],
    ];
    let grouped: &[&[&str]] = &[
        &["Area", "Adults", "", "Children"],
        &["", "Men", "Women", "All"],
        &["Tyne", "1", "2", "3"],
    ];
    let no_figures_yet: &[&[&str]] = &[
        &["vic_Status", "cas_Owner", "cas_Reason"],
        &["Status", "Owner", "Reason"],
        &["open", "", ""],
    ];
    for rows in [codes_and_words, grouped, no_figures_yet] {
        let bytes = workbook(&[("Sheet1", rows)]);
        let fault = open(&bytes).unwrap_err();
        assert_eq!(header_choices(&fault)[..2], [1, 2], "{fault}");
        assert!(
            fault.message.contains("row 1") && fault.message.contains("row 2"),
            "{fault}"
        );
        let choice = Choice {
            header_row: Some(2),
            ..Choice::default()
        };
        let table = open_with(&bytes, &choice).unwrap();
        assert_eq!(table.header_row, 2);
        assert_eq!(table.rows[0].number, 3);
    }
}

#[test]
fn notes_above_the_headings_are_refused_until_the_user_names_the_row() {
    let bytes = workbook(&[(
        "Table 3",
        &[
            &["Table 3: referrals by quarter"],
            &["This worksheet has one table."],
            &[],
            &["series", "quarter", "value"],
            &["referrals", "2024 Q1", "4142"],
        ],
    )]);
    let fault = open(&bytes).unwrap_err();
    assert_eq!(header_choices(&fault), [1, 2, 4, 5]);
    assert!(fault.message.contains("row 4: series | quarter | value"), "{fault}");
    let choose = |row| Choice {
        header_row: Some(row),
        ..Choice::default()
    };
    assert_eq!(open_with(&bytes, &choose(4)).unwrap().rows[0].number, 5);
    let empty = open_with(&bytes, &choose(3)).unwrap_err();
    assert!(empty.message.contains("Row 3 is empty"), "{empty}");
}

#[test]
fn a_sheet_without_headings_is_refused() {
    let fault = open(&workbook(&[("S", &[&["referrals", "4142"], &["referrals", "4134"]])])).unwrap_err();
    assert!(fault.message.contains("seems to be data"), "{fault}");
}

#[test]
fn years_may_head_columns() {
    let table = open(&workbook(&[("S", &[&["area", "2023", "2024"], &["Tyne", "5", "6"]])])).unwrap();
    assert_eq!(table.headers, ["area", "2023", "2024"]);
}

#[test]
fn of_several_full_sheets_the_user_chooses() {
    let bytes = workbook(&[("First", PLAIN), ("Second", PLAIN)]);
    let fault = open(&bytes).unwrap_err();
    assert_eq!(
        fault.kind,
        Kind::ChooseSheet {
            sheets: vec!["First".to_owned(), "Second".to_owned()]
        }
    );
    let choose = |name: &str| Choice {
        sheet: Some(name.to_owned()),
        ..Choice::default()
    };
    assert_eq!(
        open_with(&bytes, &choose("Second")).unwrap().sheet.as_deref(),
        Some("Second")
    );
    let unknown = open_with(&bytes, &choose("Third")).unwrap_err();
    assert!(unknown.remedy.contains("First, Second"), "{unknown}");
}

#[test]
fn a_formula_gives_its_stored_result_and_is_never_computed() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["name", "value"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    sheet.write_string(1, 0, "a").unwrap();
    sheet
        .write_formula(1, 1, rust_xlsxwriter::Formula::new("=1+1").set_result("77"))
        .unwrap();
    let table = open(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(table.rows[0].cells[1], Cell::Number(77.0));
}

#[test]
fn a_formula_without_its_result_is_an_error_of_its_cell_and_one_that_gives_nothing_is_empty() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["name", "value", "day"]) {
        sheet.write_string(0, column, header).unwrap();
        sheet.write_string(1, column, header).unwrap();
    }
    // What a program writes that does not compute, beside the result of an empty text.
    let bytes = with_sheet(
        &book.save_to_buffer().unwrap(),
        "<row r=\"2\"><c r=\"A2\" t=\"str\"><f>T(1)</f><v></v></c><c r=\"B2\"><f>1+1</f><v></v></c>\
         <c r=\"C2\"><f>TODAY()</f></c><c r=\"D2\" s=\"0\"/></row>",
    );
    let table = open(&bytes).unwrap();
    let cells = &table.rows[0].cells;
    assert!(cells[0].is_blank(), "{:?}", cells[0]);
    for cell in &cells[1..3] {
        let bad = cell.error().unwrap();
        assert!(bad.message.contains("a formula without its result"), "{bad}");
        assert!(bad.remedy.contains("spreadsheet program"), "{bad}");
        assert_eq!(interchange::value::of(cell), Err(bad.clone()));
        assert_eq!(interchange::date::of(cell, table.epoch), Err(bad));
    }
    assert_eq!(cells.len(), 3, "an empty cell without a formula is none: {cells:?}");
}

/// A workbook of one sheet with other rows below its headings.
fn with_sheet(bytes: &[u8], rows: &str) -> Vec<u8> {
    let mut whole = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = whole.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut files = Vec::new();
    for name in names {
        let mut text = Vec::new();
        whole.by_name(&name).unwrap().read_to_end(&mut text).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let sheet = String::from_utf8(text).unwrap();
            let from = sheet.find("<row r=\"2\"").unwrap();
            let until = sheet.find("</sheetData>").unwrap();
            text = [&sheet[..from], rows, &sheet[until..]].concat().into_bytes();
        }
        files.push((name, text));
    }
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_slice()))
        .collect();
    archive(&files)
}

#[test]
fn old_excel_and_opendocument_files_are_read_alike() {
    let xls = include_bytes!("fixtures/figures.xls");
    let table = read(xls, "figures.xls", &Choice::default(), &Limits::default()).unwrap();
    assert_eq!((table.header_row, table.rows[0].number), (2, 3));
    assert_eq!(table.rows[0].cells[3], Cell::Date(date(2024, 5, 2).at(0, 0, 0, 0)));
    assert_eq!(table.rows[1].cells[2], Cell::Text("[c]".to_owned()));
    let ods = include_bytes!("fixtures/figures.ods");
    let table = read(ods, "figures.ods", &Choice::default(), &Limits::default()).unwrap();
    let numbers: Vec<u32> = table.rows.iter().map(|row| row.number).collect();
    assert_eq!((table.header_row, numbers), (3, vec![4, 8]));
    assert_eq!(table.rows[0].cells[3], Cell::Date(date(2024, 5, 2).at(0, 0, 0, 0)));
    assert_eq!(table.rows[0].cells[2], Cell::Number(4142.0));
    assert!(table.notes.is_empty(), "{:?}", table.notes);
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_opened() {
    let zeros = vec![b'0'; 20 << 20];
    let bytes = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &zeros)]);
    assert!(bytes.len() < 1 << 20);
    let limits = Limits {
        unpacked: 10 << 20,
        ..Limits::default()
    };
    let fault = read(&bytes, "bomb.xlsx", &Choice::default(), &limits).unwrap_err();
    assert_eq!(fault.kind, Kind::TooLarge);
    assert!(fault.message.contains("10.0 MB when unpacked"), "{fault}");
}

#[test]
fn a_zip_directory_that_lies_about_sizes_is_not_believed() {
    let zeros = vec![b'0'; 20 << 20];
    let mut bytes = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &zeros)]);
    let true_size = u32::try_from(zeros.len()).unwrap().to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..*at + 4] == true_size)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let limits = Limits {
        unpacked: 10 << 20,
        ..Limits::default()
    };
    assert!(read(&bytes, "bomb.xlsx", &Choice::default(), &limits).is_err());
}

#[test]
fn cells_at_far_corners_cost_no_memory() {
    let xls = include_bytes!("fixtures/far_corners.xls");
    let fault = read(xls, "far.xls", &Choice::default(), &Limits::default()).unwrap_err();
    assert_eq!(fault.kind, Kind::TooLarge, "{fault}");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "a").unwrap();
    sheet.write_string(1_048_575, 16_383, "b").unwrap();
    let fault = open(&book.save_to_buffer().unwrap()).unwrap_err();
    assert_eq!(fault.kind, Kind::TooLarge, "{fault}");
}

fn opendocument(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\">\
         <office:body><office:spreadsheet><table:table table:name=\"S\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("styles.xml", b"<s/>"),
        ("META-INF/manifest.xml", b"<m/>"),
    ])
}

#[test]
fn rows_repeated_a_million_times_are_refused() {
    let cell = "<table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    let spaces = "<table:table-cell office:value-type=\"string\"><text:p><text:s text:c=\"9999999999\"/></text:p></table:table-cell>";
    let bombs = [
        format!(
            "<table:table-row table:number-rows-repeated=\"1048576\">{}</table:table-row>",
            cell.repeat(20)
        ),
        format!(
            "<table:table-row>{cell}</table:table-row><table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell/></table:table-row><table:table-row>{}</table:table-row>",
            cell.repeat(20)
        ),
        format!("<table:table-row>{spaces}</table:table-row>"),
    ];
    for rows in bombs {
        let fault = open(&opendocument(&rows)).unwrap_err();
        assert_eq!(fault.kind, Kind::TooLarge, "{fault}");
    }
    let plain = format!(
        "<table:table-row>{cell}</table:table-row><table:table-row table:number-rows-repeated=\"3\">{cell}</table:table-row>"
    );
    assert_eq!(open(&opendocument(&plain)).unwrap().rows.len(), 3);
}

#[test]
fn what_is_no_spreadsheet_is_named() {
    let cases: [(&[u8], &str); 6] = [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\n<HTML><table></table>", "a web page"),
        (b"<?xml version=\"1.0\"?><Workbook/>", "an XML file"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"[{\"a\":1}]", "a JSON file"),
    ];
    for (bytes, name) in cases {
        let fault = open(bytes).unwrap_err();
        assert!(fault.message.contains(name), "{fault}");
    }
    let other = open(&archive(&[("readme.txt", b"hello")])).unwrap_err();
    assert!(other.message.contains("ZIP archive"), "{other}");
    assert_eq!(open(b"").unwrap_err().kind, Kind::NotATable);
    assert_eq!(open(b"PK\x03\x04 cut off").unwrap_err().kind, Kind::Damaged);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, failure_persistence: None, ..Default::default() })]
    #[test]
    fn a_workbook_with_a_broken_byte_is_read_or_refused(at in 0_usize..5000, byte: u8, kind in 0..3_u8) {
        let mut bytes = match kind {
            0 => include_bytes!("fixtures/figures.xls").to_vec(),
            1 => include_bytes!("fixtures/figures.ods").to_vec(),
            _ => workbook(&[("Table 1", PLAIN)]),
        };
        let length = bytes.len();
        bytes[at % length] = byte;
        let _ = open(&bytes);
        bytes.truncate(at % length);
        let _ = open(&bytes);
    }
}

#[test]
fn what_the_writer_makes_the_reader_reads() {
    let sheet = xlsx_out::Sheet {
        name: "Out".to_owned(),
        headers: vec!["a".to_owned(), "b".to_owned()],
        rows: vec![vec![Cell::from("x"), Cell::Number(1.5)]],
    };
    let bytes = xlsx_out::write(std::slice::from_ref(&sheet), date(2026, 1, 1)).unwrap();
    let table = open(&bytes).unwrap();
    assert_eq!(table.headers, sheet.headers);
    assert_eq!(table.rows[0].cells, sheet.rows[0]);
}
