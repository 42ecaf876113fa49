//! Observations and areas from tables: good rows, faults, repeated rows, remembered mappings.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

use interchange::mapping::{Field as _, Origin};
use interchange::series::{self, Field, Mapping, Observation};
use interchange::table::{Choice, Limits, Table, read};
use interchange::value::Value;
use interchange::{Kind, Read, area, csv_out};

const HEADER: &str = "series,period_start,period_end,breakdown,category,value,unit,as_published_on,vintage_note,source_title,source_url,licence";

fn table(text: &str) -> Table {
    let choice = Choice {
        header_row: Some(1),
        ..Choice::default()
    };
    read(text.as_bytes(), "f.csv", &choice, &Limits::default()).unwrap()
}

fn read_rows(rows: &[&str]) -> Read<Observation> {
    let table = table(&format!("{HEADER}\n{}\n", rows.join("\n")));
    series::read(&table, &Mapping::guess(&table.headers)).unwrap()
}

const GOOD: &str = "nrm_referrals,2023-10-01,2023-12-31,total,total,\"4,142\",persons,2024-03-07,first publication,Bulletin Q4 2023,https://example.org/b,OGL-UK-3.0";

#[test]
fn a_row_with_a_wrong_date_is_refused_alone() {
    let mut rows = vec![GOOD.to_owned()];
    for day in 1..=28 {
        rows.push(GOOD.replace("2024-03-07", &format!("2025-02-{day:02}")));
    }
    rows.push(GOOD.replace("2023-12-31", "31/02/2023"));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let result = read_rows(&rows);
    assert_eq!(result.good.len(), 29);
    let [fault] = result.faults.as_slice() else {
        panic!("one fault expected: {:?}", result.faults);
    };
    assert_eq!(
        (fault.row, fault.column.as_str(), fault.value.as_str()),
        (31, "period_end", "31/02/2023")
    );
    assert!(fault.message.contains("not a day of the calendar"), "{fault:?}");
    assert!(fault.remedy.contains("2024-03-31"), "{fault:?}");
}

#[test]
fn a_good_row_keeps_all_that_the_file_says() {
    let text = format!("{HEADER},region\n{GOOD},North East\n");
    let table = table(&text);
    let result = series::read(&table, &Mapping::guess(&table.headers)).unwrap();
    let row = &result.good[0];
    assert_eq!(row.value, Value::Number(4142.0));
    assert_eq!(row.start.unwrap().date.to_string(), "2023-10-01");
    assert_eq!(row.end.unwrap().date.to_string(), "2023-12-31");
    assert_eq!(row.published_on.date.to_string(), "2024-03-07");
    assert_eq!(row.licence.as_deref(), Some("OGL-UK-3.0"));
    assert_eq!(row.other, [("region".to_owned(), "North East".to_owned())]);
}

#[test]
fn each_thing_wrong_with_a_row_is_a_fault_of_its_column() {
    let cases = [
        (GOOD.replacen("nrm_referrals", "", 1), "series", "missing"),
        (GOOD.replace("\"4,142\"", ""), "value", "missing"),
        (GOOD.replace("\"4,142\"", "many"), "value", "neither a number"),
        (GOOD.replace("\"4,142\"", "45%"), "value", "percentage"),
        (GOOD.replace("persons", ""), "unit", "missing"),
        (GOOD.replace("2024-03-07", ""), "as_published_on", "missing"),
        (GOOD.replace("2024-03-07", "07/03/24"), "as_published_on", "two digits"),
        (
            GOOD.replace("2023-10-01,2023-12-31", ","),
            "period_start",
            "neither start nor end",
        ),
        (
            GOOD.replace("2023-10-01", "2024-10-01"),
            "period_end",
            "before it starts",
        ),
        (
            GOOD.replace("https://example.org/b", "javascript:x"),
            "source_url",
            "not a web address",
        ),
    ];
    for (row, column, cause) in cases {
        let result = read_rows(&[&row]);
        let [fault] = result.faults.as_slice() else {
            panic!("one fault expected for {row}: {:?}", result.faults);
        };
        assert_eq!(fault.column, column, "{fault:?}");
        assert!(fault.message.contains(cause), "{fault:?}");
        assert!(!fault.remedy.is_empty());
        assert!(result.good.is_empty());
    }
}

#[test]
fn an_end_of_a_period_that_the_publisher_does_not_say_stays_open() {
    let result = read_rows(&[
        &GOOD.replace("2023-10-01,2023-12-31", ",2008"),
        &GOOD.replace("2023-10-01,2023-12-31", "2003,"),
    ]);
    assert!(result.faults.is_empty(), "{:?}", result.faults);
    assert_eq!(result.good[0].start, None);
    assert_eq!(result.good[0].end.unwrap().date.to_string(), "2008-12-31");
    assert_eq!(result.good[1].start.unwrap().date.to_string(), "2003-01-01");
}

#[test]
fn a_figure_restated_later_is_another_vintage_and_not_a_repetition() {
    let restated = GOOD.replace("\"4,142\"", "4134").replace("2024-03-07", "2024-05-02");
    let result = read_rows(&[GOOD, &restated]);
    assert_eq!((result.good.len(), result.faults.len()), (2, 0));
}

#[test]
fn a_repeated_row_names_the_row_it_repeats() {
    let result = read_rows(&[GOOD, GOOD]);
    assert_eq!(result.good.len(), 1);
    assert_eq!(result.faults[0].row, 3);
    assert_eq!(result.faults[0].message, "Row 3 repeats row 2.");
}

#[test]
fn rows_that_contradict_each_other_are_both_refused() {
    let result = read_rows(&[GOOD, &GOOD.replace("\"4,142\"", "4134")]);
    assert!(result.good.is_empty());
    let rows: Vec<u32> = result.faults.iter().map(|fault| fault.row).collect();
    assert_eq!(rows, [2, 3]);
    assert!(
        result
            .faults
            .iter()
            .all(|fault| fault.message.contains('2') && fault.message.contains('3'))
    );
}

#[test]
fn a_publishers_mark_is_a_value() {
    for mark in ["[c]", "..", "-", "<5"] {
        let result = read_rows(&[&GOOD.replace("\"4,142\"", mark)]);
        assert_eq!(
            result.good[0].value,
            Value::Mark(mark.to_owned()),
            "{:?}",
            result.faults
        );
    }
}

#[test]
fn a_whole_period_and_constants_make_up_for_missing_columns() {
    let table = table("Quarter,Total\n2024 Q1,4142\nJanuary to March 2023,4000\n");
    let mapping = Mapping::default()
        .constant(Field::Series, "nrm_referrals")
        .column(Field::Period, "Quarter")
        .column(Field::Value, "Total")
        .constant(Field::Unit, "persons")
        .constant(Field::PublishedOn, "2024-05-02");
    let result = series::read(&table, &mapping).unwrap();
    assert!(result.faults.is_empty(), "{:?}", result.faults);
    assert_eq!(result.good[0].end.unwrap().date.to_string(), "2024-03-31");
    assert_eq!(result.good[0].breakdown, "total");
}

#[test]
fn a_remembered_mapping_comes_back_and_fits_a_file_whose_columns_moved() {
    let first = table(&format!("{HEADER}\n{GOOD}\n"));
    let mapping = Mapping::guess(&first.headers);
    let stored = serde_json::to_string(&mapping).unwrap();
    assert!(
        stored.contains("\"published_on\":{\"column\":\"as_published_on\"}"),
        "{stored}"
    );
    let remembered: Mapping = serde_json::from_str(&stored).unwrap();
    let moved = table(
        "unit,value,as_published_on,series,period_start,period_end,breakdown,category,vintage_note,source_title,source_url,licence\npersons,1,2024,s,2023,2023,,,,,,\n",
    );
    assert_eq!(series::read(&moved, &remembered).unwrap().good.len(), 1);
}

#[test]
fn a_mapping_that_does_not_fit_is_refused_with_what_is_missing() {
    let file = table("series,value\nx,1\n");
    let guessed = Mapping::guess(&file.headers);
    let fault = series::read(&file, &guessed).unwrap_err();
    assert_eq!(fault.kind, Kind::Mapping);
    assert!(fault.message.contains("period"), "{fault}");
    let complete = guessed
        .constant(Field::Period, "2024")
        .constant(Field::Unit, "persons")
        .column(Field::PublishedOn, "released");
    let fault = series::read(&file, &complete).unwrap_err();
    assert!(fault.message.contains("“released”"), "{fault}");
    assert!(fault.remedy.contains("series, value"), "{fault}");
}

#[test]
fn guessing_uses_each_column_once_and_every_field_has_words() {
    let mapping = Mapping::guess(&["Series", "Period start", "Period-End", "Value", "notes", "other"]);
    assert_eq!(
        mapping.get(Field::PeriodStart),
        Some(&Origin::Column("Period start".to_owned()))
    );
    assert_eq!(
        mapping.get(Field::PeriodEnd),
        Some(&Origin::Column("Period-End".to_owned()))
    );
    assert_eq!(mapping.get(Field::Category), None);
    assert!(Field::ALL.iter().all(|field| !field.label().is_empty()));
}

#[test]
fn a_file_with_columns_about_people_is_turned_away_whole() {
    let file = table(&format!("{HEADER},prs_FirstName\n{GOOD},X\n"));
    let fault = series::read(&file, &Mapping::guess(&file.headers)).unwrap_err();
    assert!(matches!(fault.kind, Kind::Personal { .. }), "{fault}");
}

#[test]
fn refused_rows_come_back_as_a_file_that_can_be_corrected_and_sent_again() {
    let broken = GOOD
        .replace("2023-12-31", "31/02/2023")
        .replace("first publication", "=cmd()");
    let file = table(&format!("{HEADER}\n{GOOD}\n{broken}\n"));
    let mapping = Mapping::guess(&file.headers);
    let result = series::read(&file, &mapping).unwrap();
    let refused = String::from_utf8(csv_out::refused(&file, &result.faults)).unwrap();
    let mut lines = refused.lines();
    assert_eq!(lines.next().unwrap(), format!("\u{feff}{HEADER},fault,remedy"));
    let line = lines.next().unwrap();
    assert!(
        line.contains("'=cmd()") && line.contains("period_end: ") && line.contains("2024-03-31"),
        "{line}"
    );
    assert_eq!(lines.next(), None);
    let corrected = table(&refused.replace("31/02/2023", "2023-12-31"));
    let again = series::read(&corrected, &mapping).unwrap();
    assert_eq!(again.good[0].vintage_note.as_deref(), Some("=cmd()"));
    let twice = csv_out::refused_rows(&table(&refused), &result.faults).0;
    assert_eq!(twice.iter().filter(|header| *header == "fault").count(), 1);
}

#[test]
fn a_comma_without_quotation_marks_is_a_fault_of_its_row() {
    let mut rows = vec![GOOD.to_owned()];
    for day in 1..=9 {
        rows.push(GOOD.replace("2024-03-07", &format!("2025-02-0{day}")));
    }
    rows.push(
        GOOD.replace("2024-03-07", "2026-01-01")
            .replace("first publication", "first, provisional"),
    );
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let result = read_rows(&rows);
    assert_eq!(result.good.len(), 10);
    assert!(result.faults.iter().all(|fault| fault.row == 12));
    assert!(
        result.faults.iter().any(|fault| fault.message.contains("no heading")),
        "{:?}",
        result.faults
    );
}

#[test]
fn areas_are_read_with_their_dates_parents_and_successors() {
    let file = table(
        "code,name,kind,parent,valid_from,valid_to,successor\nE07000112,Shepway,district,E10000016,,2018-03-31,\nE07000112,Folkestone and Hythe,district,E10000016,2018-04-01,,\n",
    );
    let result = area::read(&file, &area::Mapping::guess(&file.headers)).unwrap();
    assert!(result.faults.is_empty(), "{:?}", result.faults);
    assert_eq!(result.good[0].valid_to.unwrap().date.to_string(), "2018-03-31");
    assert_eq!(result.good[1].parent.as_deref(), Some("E10000016"));
}

#[test]
fn what_is_wrong_with_an_area_is_a_fault_of_its_row() {
    let header = "code,name,kind,parent,valid_from,valid_to,successor";
    let cases = [
        ("E1,,region,,,,", "name", "missing"),
        (",A,region,,,,", "code", "missing"),
        ("E 1,A,region,,,,", "code", "not a code"),
        ("E1,A,region,E1,,,", "parent", "its own"),
        ("E1,A,region,,,,E1", "successor", "its own"),
        ("E1,A,region,,2020,2019,", "valid_to", "before it begins"),
        ("E1,A,region,,x,,", "valid_from", "not a date"),
        ("E1,A,region,,,,E2 E3", "successor", "not a code"),
    ];
    for (row, column, cause) in cases {
        let file = table(&format!("{header}\n{row}\nE9,B,region,E1,2020,2020,E8\n"));
        let result = area::read(&file, &area::Mapping::guess(&file.headers)).unwrap();
        assert_eq!(result.good.len(), 1, "{row}");
        assert_eq!(
            (result.faults[0].row, result.faults[0].column.as_str()),
            (2, column),
            "{row}"
        );
        assert!(result.faults[0].message.contains(cause), "{:?}", result.faults);
    }
    let file = table(&format!("{header}\nE1,A,region,,,,\nE1,B,region,,,,\n"));
    let result = area::read(&file, &area::Mapping::guess(&file.headers)).unwrap();
    assert_eq!(result.good.len(), 1);
    assert!(result.faults[0].message.contains("row 2"), "{:?}", result.faults);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
    #[test]
    fn reading_observations_never_panics(row in "[a-z0-9,\"/:. %<\\[\\]=-]{0,80}") {
        let text = format!("{HEADER}\n{row}\n");
        let choice = Choice { header_row: Some(1), ..Choice::default() };
        if let Ok(file) = read(text.as_bytes(), "f.csv", &choice, &Limits::default()) {
            let _ = series::read(&file, &Mapping::guess(&file.headers));
            let _ = area::read(&file, &area::Mapping::guess(&file.headers).constant(area::Field::Kind, "x").column(area::Field::Code, "series").column(area::Field::Name, "category"));
        }
    }
}
