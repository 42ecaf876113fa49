//! The data package: what it declares, that it refuses what breaks the declaration, and that another
//! program can read it.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

use interchange::Kind as FaultKind;
use interchange::package::{
    Column, Contributor, ForeignKey, Kind, Licence, MissingValue, Package, Resource, Source, write,
};
use interchange::table::{Cell, Choice, Limits, read};
use serde_json::Value;

fn package() -> Package {
    let areas = Resource {
        name: "areas".to_owned(),
        title: "Areas".to_owned(),
        description: "Areas that the figures are about.".to_owned(),
        columns: vec![
            Column::new("code", Kind::Text, "Code", "Code of the area.").required(),
            Column::new("name", Kind::Text, "Name", "Its name."),
        ],
        primary_key: vec!["code".to_owned()],
        foreign_keys: Vec::new(),
        missing_values: Vec::new(),
        sources: Vec::new(),
        rows: vec![
            vec![Cell::from("E92000001"), Cell::from("England")],
            vec![
                Cell::from("S92000003"),
                Cell::from("Scotland, with \"quotes\" and\nlines"),
            ],
        ],
    };
    let figures = Resource {
        name: "figures".to_owned(),
        title: "Figures".to_owned(),
        description: "One row per figure.".to_owned(),
        columns: vec![
            Column::new("id", Kind::Integer, "Number", "Number of the figure.").required(),
            Column::new("area", Kind::Text, "Area", "Code of the area.").required(),
            Column::new("period_end", Kind::Date, "End", "Last day of the period."),
            Column::new("value", Kind::Number, "Value", "Persons referred.").unit("persons"),
            Column::new("basis", Kind::Text, "Basis", "Whether real or invented.").one_of(&["official", "invented"]),
            Column::new("published", Kind::YearMonth, "Published", "Month of publication."),
            Column::new("year", Kind::Year, "Year", "Year of the audit."),
            Column::new("source", Kind::Uri, "Source", "Address of the source."),
        ],
        primary_key: vec!["id".to_owned()],
        foreign_keys: vec![ForeignKey {
            columns: vec!["area".to_owned()],
            resource: "areas".to_owned(),
            other_columns: vec!["code".to_owned()],
        }],
        missing_values: vec![MissingValue {
            value: "[c]".to_owned(),
            meaning: "suppressed by the publisher".to_owned(),
        }],
        sources: vec![Source {
            title: "A bulletin".to_owned(),
            path: Some("https://example.org/bulletin".to_owned()),
            version: Some("2024-03-07".to_owned()),
        }],
        rows: vec![
            vec![
                Cell::Number(1.0),
                Cell::from("E92000001"),
                Cell::Date(jiff::civil::date(2024, 3, 31).at(0, 0, 0, 0)),
                Cell::Number(-4142.5),
                Cell::from("official"),
                Cell::from("2024-05"),
                Cell::Number(2025.0),
                Cell::from("https://example.org/bulletin"),
            ],
            vec![
                Cell::Number(2.0),
                Cell::from("S92000003"),
                Cell::Empty,
                Cell::from("[c]"),
                Cell::from("invented"),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
            ],
        ],
    };
    Package {
        name: "demo-audit".to_owned(),
        title: "A demonstration".to_owned(),
        description: "Two tables.".to_owned(),
        version: "2025.1".to_owned(),
        created: "2026-03-01T12:00:00Z".to_owned(),
        homepage: None,
        keywords: vec!["audit".to_owned()],
        licences: vec![Licence {
            name: "CC-BY-4.0".to_owned(),
            title: "Creative Commons Attribution 4.0".to_owned(),
            path: Some("https://creativecommons.org/licenses/by/4.0/".to_owned()),
        }],
        contributors: vec![Contributor {
            title: "Invented coalition".to_owned(),
            roles: vec!["publisher".to_owned()],
        }],
        sources: Vec::new(),
        resources: vec![areas, figures],
    }
}

fn described() -> Value {
    let files = write(&package()).unwrap();
    serde_json::from_slice(&files[2].bytes).unwrap()
}

#[test]
fn the_files_are_the_tables_and_two_descriptions() {
    let files = write(&package()).unwrap();
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        ["areas.csv", "figures.csv", "datapackage.json", "csv-metadata.json"]
    );
    // Validated with foreign tools by hand or in a check script: see the variable below.
    if let Some(folder) = std::env::var_os("INTERCHANGE_PACKAGE_DIR") {
        for file in &files {
            std::fs::write(std::path::Path::new(&folder).join(&file.path), &file.bytes).unwrap();
        }
    }
}

#[test]
fn the_same_package_gives_the_same_bytes() {
    assert_eq!(write(&package()).unwrap(), write(&package()).unwrap());
}

#[test]
fn bytes_and_hash_are_those_of_the_file() {
    use sha2::{Digest, Sha256};
    let files = write(&package()).unwrap();
    let description = described();
    for (at, file) in files[..2].iter().enumerate() {
        let resource = &description["resources"][at];
        let digest = Sha256::digest(&files[at].bytes);
        let hex: String = digest
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(resource["path"], file.path.as_str());
        assert_eq!(resource["bytes"], file.bytes.len());
        assert_eq!(resource["hash"], format!("sha256:{hex}"));
    }
}

#[test]
fn every_column_is_described_with_type_unit_and_missing_values() {
    let description = described();
    let schema = &description["resources"][1]["schema"];
    assert_eq!(schema["fields"][3]["type"], "number");
    assert_eq!(schema["fields"][3]["unit"], "persons");
    assert_eq!(schema["fields"][4]["constraints"]["enum"][1], "invented");
    assert_eq!(schema["missingValues"][1]["value"], "[c]");
    assert_eq!(schema["primaryKey"][0], "id");
    assert_eq!(schema["foreignKeys"][0]["reference"]["resource"], "areas");
    assert_eq!(description["licenses"][0]["name"], "CC-BY-4.0");
    let files = write(&package()).unwrap();
    let group: Value = serde_json::from_slice(&files[3].bytes).unwrap();
    let columns = &group["tables"][1]["tableSchema"]["columns"];
    assert_eq!(columns[3]["datatype"], "number");
    assert_eq!(columns[3]["null"], serde_json::json!(["", "[c]"]));
    assert_eq!(columns[6]["datatype"], "gYear");
}

#[test]
fn the_data_is_read_back_cell_by_cell() {
    let package = package();
    let files = write(&package).unwrap();
    for (resource, file) in package.resources.iter().zip(&files) {
        let choice = Choice {
            header_row: Some(1),
            ..Choice::default()
        };
        let table = read(&file.bytes, &file.path, &choice, &Limits::default()).unwrap();
        for (row, cells) in table.rows.iter().zip(&resource.rows) {
            let read: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
            let written: Vec<String> = cells.iter().map(|cell| cell.text().into_owned()).collect();
            assert_eq!(read, written);
        }
    }
}

#[test]
fn what_breaks_the_declaration_is_not_written() {
    type Change = fn(&mut Package);
    let cases: [(Change, &str); 13] = [
        (|p| p.resources[1].rows[0][3] = Cell::from("many"), "column “value”"),
        (|p| p.resources[1].rows[0][0] = Cell::Number(1.5), "column “id”"),
        (|p| p.resources[1].rows[0][1] = Cell::Empty, "required"),
        (|p| p.resources[1].rows[0][4] = Cell::from("other"), "not among"),
        (|p| p.resources[1].rows[0][5] = Cell::from("2024-13"), "YearMonth"),
        (
            |p| p.resources[1].rows[1][0] = Cell::Number(1.0),
            "row 2: the primary key",
        ),
        (
            |p| p.resources[1].rows[1][1] = Cell::from("W92000004"),
            "not in table “areas”",
        ),
        (|p| p.resources[1].rows[1].truncate(3), "3 cells for 8 columns"),
        (|p| p.resources[1].name = "areas".to_owned(), "Two tables"),
        (|p| p.resources[1].name = "../x".to_owned(), "no name"),
        (|p| p.resources[0].columns[1].name = "code".to_owned(), "used twice"),
        (
            |p| p.resources[1].foreign_keys[0].resource = "nowhere".to_owned(),
            "not in the package",
        ),
        (|p| p.created = "yesterday".to_owned(), "date of creation"),
    ];
    for (change, cause) in cases {
        let mut broken = package();
        change(&mut broken);
        let fault = write(&broken).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Output);
        assert!(fault.message.contains(cause), "{cause}: {fault}");
    }
}
