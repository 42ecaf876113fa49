//! The real files, where they are at hand: `RAPPORTEUR_REFERENCE` names their folder.
//!
//! Unset, these tests say so and pass; set, a missing file is a failure.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::path::PathBuf;

use interchange::mapping::Mapping;
use interchange::series::{self, Observation};
use interchange::table::{Cell, Choice, Limits, Table, read};
use interchange::value::Value;
use interchange::{Fault, Kind, Read, area, htcds, personal};

/// The bytes of a reference file, or `None` where no reference files are at hand.
#[expect(clippy::print_stdout, reason = "says which tests did not run")]
fn reference(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("RAPPORTEUR_REFERENCE") else {
        println!("NOT RUN on {path}: RAPPORTEUR_REFERENCE is not set");
        return None;
    };
    let full = PathBuf::from(folder).join(path);
    Some(std::fs::read(&full).unwrap_or_else(|error| panic!("{}: {error}", full.display())))
}

fn table(path: &str, choice: &Choice) -> Option<Result<Table, Fault>> {
    reference(path).map(|bytes| read(&bytes, path, choice, &Limits::default()))
}

fn observations(path: &str) -> Option<Read<Observation>> {
    let table = table(path, &Choice::default())?.unwrap();
    assert!(table.notes.is_empty(), "{:?}", table.notes);
    Some(series::read(&table, &series::Mapping::guess(&table.headers)).unwrap())
}

#[test]
fn the_official_figures_are_read_whole() {
    for (path, rows) in [
        ("uk-official-figures/nrm_annual_2009_2016_written_answer_107708.csv", 59),
        ("uk-official-figures/nrm_bulletin_headlines_2022_2024q1.csv", 42),
        ("uk-official-figures/parliament_answers_2008_2010.csv", 35),
    ] {
        let Some(result) = observations(path) else { return };
        assert!(result.faults.is_empty(), "{path}: {:#?}", result.faults);
        assert_eq!(result.good.len(), rows, "{path}");
    }
}

#[test]
fn the_restated_quarter_has_both_its_vintages() {
    let Some(result) = observations("uk-official-figures/nrm_bulletin_headlines_2022_2024q1.csv") else {
        return;
    };
    let quarter: Vec<&Value> = result
        .good
        .iter()
        .filter(|row| row.series == "nrm_referrals" && row.category == "total")
        .filter(|row| row.start.is_some_and(|start| start.date.to_string() == "2023-10-01"))
        .filter(|row| row.end.is_some_and(|end| end.date.to_string() == "2023-12-31"))
        .map(|row| &row.value)
        .collect();
    assert!(quarter.contains(&&Value::Number(4142.0)), "{quarter:?}");
    assert!(quarter.contains(&&Value::Number(4134.0)), "{quarter:?}");
}

#[test]
fn the_parts_of_the_first_nine_months_sum_to_their_total() {
    let Some(result) = observations("uk-official-figures/parliament_answers_2008_2010.csv") else {
        return;
    };
    let sum: f64 = result
        .good
        .iter()
        .filter(|row| row.series == "nrm_referrals" && row.breakdown == "first_responder")
        .filter_map(|row| match row.value {
            Value::Number(number) => Some(number),
            Value::Mark(_) | Value::Empty => None,
        })
        .sum();
    assert!((sum - 527.0).abs() < f64::EPSILON, "{sum}");
}

#[test]
fn the_areas_of_the_united_kingdom_are_read() {
    let cases = [
        (
            "geo/area_all_codes.csv",
            Mapping::default()
                .column(area::Field::Code, "areacode")
                .column(area::Field::Name, "areaname")
                .column(area::Field::Kind, "areatype")
                .column(area::Field::Parent, "RGNCD"),
        ),
        (
            "geo/uk_local_authorities_current.csv",
            Mapping::default()
                .column(area::Field::Code, "gss-code")
                .column(area::Field::Name, "nice-name")
                .column(area::Field::Kind, "local-authority-type-name")
                .column(area::Field::ValidFrom, "start-date")
                .column(area::Field::ValidTo, "end-date"),
        ),
        (
            "geo/ons_ltla14_lookup.csv",
            Mapping::default()
                .column(area::Field::Code, "ltlacd")
                .column(area::Field::Name, "ltlanm")
                .constant(area::Field::Kind, "district")
                .column(area::Field::Parent, "ctrycd"),
        ),
    ];
    for (path, mapping) in cases {
        let choice = Choice {
            header_row: Some(1),
            ..Choice::default()
        };
        let Some(table) = table(path, &choice) else { return };
        let table = table.unwrap();
        let result = area::read(&table, &mapping).unwrap();
        println!("{path}: {} good, {} faults", result.good.len(), result.faults.len());
        for fault in result.faults.iter().take(8) {
            println!("  {fault:?}");
        }
        assert!(result.good.len() > 380, "{path}");
        assert!(result.good.len() + result.faults.len() >= table.rows.len());
    }
}

#[test]
fn the_case_data_standards_form_is_turned_away_for_its_two_heading_rows_and_its_columns() {
    let path = "htcds/HTCDS_Excel_v2.0.xlsx";
    let Some(undecided) = table(path, &Choice::default()) else {
        return;
    };
    let fault = undecided.unwrap_err();
    assert!(matches!(fault.kind, Kind::ChooseHeader { .. }), "{fault}");
    for row in [1, 2] {
        let choice = Choice {
            header_row: Some(row),
            ..Choice::default()
        };
        let table = table(path, &choice).unwrap().unwrap();
        assert!(
            personal::refuse(&table.headers).is_err(),
            "row {row}: {:?}",
            table.headers
        );
    }
}

#[test]
fn every_spreadsheet_at_hand_is_read_or_refused_with_a_question() {
    for path in [
        "360giving/datagetter/valid.xlsx",
        "360giving/standard-1.4.3/360-giving-schema-titles-with-meta-tab-2023.xlsx",
        "htcds/HTCDS_Field_Standards_2.0.ods",
        "htcds/htcds_xlsform.xlsx",
        "odk/pyxform/cascading_select_test_equivalent.xls",
        "odk/pyxform/repeat_date_test.xls",
        "odk/pyxform/tutorial.xls",
        "odk/pyxform/xlsform_spec_test.xlsx",
    ] {
        let Some(result) = table(path, &Choice::default()) else {
            return;
        };
        match result {
            Ok(table) => println!("{path}: {} rows of {:?}", table.rows.len(), table.headers),
            Err(fault) => {
                println!("{path}: {fault}");
                assert!(
                    matches!(fault.kind, Kind::ChooseSheet { .. } | Kind::ChooseHeader { .. }),
                    "{path}: {fault}"
                );
            }
        }
    }
}

#[test]
fn dates_and_amounts_of_a_real_workbook_keep_their_types() {
    let Some(table) = table("360giving/datagetter/valid.xlsx", &Choice::default()) else {
        return;
    };
    let table = table.unwrap();
    assert_eq!(table.rows.len(), 125);
    let at = |name: &str| table.headers.iter().position(|header| header == name).unwrap();
    let first = &table.rows[0].cells;
    assert_eq!(first[at("Amount Awarded")], Cell::Number(500.0));
    assert_eq!(first[at("Award Date")].text(), "2015-11-17");
}

#[test]
fn a_real_file_with_quoted_lines_is_read_whole() {
    let path = "360giving/early-adopters-2014/Arts-Council-England.csv";
    let Some(table) = table(path, &Choice::default()) else {
        return;
    };
    let table = table.unwrap();
    assert_eq!(table.rows.len(), 2162);
    assert!(table.stray.is_empty(), "{:?}", table.stray);
}

#[test]
fn the_blank_workbook_of_the_case_data_standard_is_known_and_holds_nobody() {
    let choice = Choice {
        sheet: None,
        header_row: Some(1),
    };
    let Some(table) = table("htcds/HTCDS_Excel_v2.0.xlsx", &choice) else {
        return;
    };
    let table = table.unwrap();
    assert!(htcds::is_one(&table.headers));
    let unknown = htcds::others(&table);
    assert!(
        unknown
            .iter()
            .all(|(_, heading)| heading == "Column A" || heading.starts_with("prs_Mailing")),
        "{unknown:?}"
    );
    let read = htcds::read(&table);
    assert_eq!((read.good.len(), read.faults.len()), (0, 0));
    // Every core field of the field standards that is not given up has its place.
    for field in htcds::FIELDS.iter().filter(|field| field.name.starts_with("vic_")) {
        let named = table.headers.iter().filter_map(|heading| htcds::find(heading));
        assert!(
            named.into_iter().any(|known| known.name == field.name),
            "{}",
            field.name
        );
    }
}

#[test]
fn the_codes_of_the_case_data_standard_are_those_of_its_form() {
    let choice = Choice {
        sheet: Some("choices".to_owned()),
        header_row: Some(1),
    };
    let Some(table) = table("htcds/htcds_xlsform.xlsx", &choice) else {
        return;
    };
    let table = table.unwrap();
    let lists = [
        ("gender", "prs_Gender"),
        ("methodofrecruitment", "vic_MethodOfRecruitment"),
        ("methodsofcontrol", "vic_MethodsOfControl"),
        ("typeofexploitation", "vic_TypeOfExploitation"),
        ("forcedlabourindustry", "vic_ForcedLabourIndustry"),
        ("typeofsexexploitation", "vic_TypeOfSexExploitation"),
        ("status", "cas_Status"),
        ("consent", "con_Consent"),
        ("traffickingstatus", "vic_TraffickingStatus"),
        (
            "traffickingstatusdecisionmakingorg",
            "vic_TraffickingStatusDecisionMakingOrg",
        ),
    ];
    for (list, name) in lists {
        let theirs: Vec<String> = table
            .rows
            .iter()
            .filter(|row| row.cells[0].text().trim() == list)
            .map(|row| row.cells[1].text().trim().to_owned())
            .collect();
        let field = htcds::find(name).unwrap();
        let (htcds::Kind::One(ours) | htcds::Kind::Many(ours)) = field.kind else {
            panic!("{name} has no list");
        };
        assert_eq!(theirs, ours, "{name}");
    }
}
