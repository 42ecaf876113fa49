//! Names that stand in several columns.

use interchange::table::{Cell, Choice, Limits, Row, read};
use store::AppError;
use testkit::on_both;
use uuid::Uuid;

use super::super::read::{Read, Setting, read as read_cases};
use super::super::{Mapping, Plan, Taking, check_file, plan, stage, take};
use super::names;
use crate::case::tests::{House, house};

const PARTED: &str = "Ref,Surname,Forename,Middle name,Support since,Nation\n\
    N-1,Specimen,Sample,,2025-02-01,wales\n\
    N-2,Specimen,,,2025-02-01,wales\n\
    N-3,,,,2025-02-01,wales\n\
    N-4,van der Specimen, Sample ,Mary Ann,2025-02-01,wales\n";

fn found(text: &str) -> Read {
    let table = read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
    let setting = Setting {
        by: Uuid::nil(),
        now: domain::Day::parse("2025-06-01").expect("a day").start(),
        is_invented: false,
    };
    read_cases(&table, &Mapping::guess(&table.headers), setting).expect("it fits")
}

fn named(read: &Read) -> Vec<&str> {
    read.cases
        .iter()
        .map(|found| found.new.identity.name.0.as_str())
        .collect()
}

#[test]
fn surname_and_forename_in_two_columns_are_one_name() {
    let read = found(PARTED);
    assert_eq!(
        named(&read),
        ["Sample Specimen", "Specimen", "Sample Mary Ann van der Specimen"]
    );
    assert_eq!(read.faults.len(), 1, "{:?}", read.faults);
    let fault = &read.faults[0];
    assert_eq!(
        (fault.row, fault.column.as_str()),
        (4, "Forename, Middle name, Surname")
    );
}

#[test]
fn rows_of_one_case_may_not_give_two_names() {
    let text = "Case reference,First name,Last name,Opened,Nation,Event,Date,Agency\n\
        B-1,Sample,Specimen,2025-01-10,wales,encounter,2025-01-10,police\n\
        B-1,,,,,nrm_referral,2025-01-12,police\n\
        B-2,Sample,Specimen,2025-01-10,wales,encounter,2025-01-10,police\n\
        B-2,Sample,,,,nrm_referral,2025-01-12,police\n";
    let read = found(text);
    assert_eq!(named(&read), ["Sample Specimen"]);
    let fault = read.faults.iter().find(|fault| fault.row == 5).expect("a fault");
    assert_eq!(
        (fault.column.as_str(), fault.value.as_str()),
        ("First name, Last name", "Sample")
    );
}

#[test]
fn an_error_of_the_spreadsheet_in_a_part_of_a_name_is_a_fault() {
    let mut table = read(PARTED.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
    table.rows = vec![Row {
        number: 2,
        cells: vec![
            Cell::from("N-1"),
            Cell::Error("#REF!".to_owned()),
            Cell::from("Sample"),
            Cell::Empty,
            Cell::from("2025-02-01"),
            Cell::from("wales"),
        ],
    }];
    let setting = Setting {
        by: Uuid::nil(),
        now: domain::Day::parse("2025-06-01").expect("a day").start(),
        is_invented: false,
    };
    let read = read_cases(&table, &Mapping::guess(&table.headers), setting).expect("it fits");
    assert!(read.cases.is_empty());
    assert!(read.faults[0].message.contains("error of the spreadsheet"));
}

#[tokio::test]
async fn several_columns_may_hold_the_name_and_nothing_else() {
    on_both(async |stage_of| {
        let House { supervisor, .. } = house(stage_of).await;
        let cx = supervisor.cx(stage_of);
        let bytes = PARTED.as_bytes().to_vec();
        let summary = check_file(&cx, "names.csv", bytes.clone(), Plan::default(), None)
            .await
            .expect("checked");
        assert_eq!((summary.n_cases, summary.n_refused), (3, 1));
        assert_eq!(summary.others, [], "no part of a name goes into a note");
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let there = names(stage_of, &supervisor, false).await;
        let there: Vec<&str> = there.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            there,
            ["Sample Mary Ann van der Specimen", "Sample Specimen", "Specimen"]
        );
        let id = stage(&cx, "names.csv", bytes).await.expect("staged");
        let twice: Mapping = serde_json::from_str(
            r#"{"columns": {"Surname": "person.name", "Forename": "person.name", "Ref": "person.place", "Middle name": "person.place",
                "Support since": "case.opened_on", "Nation": "case.nation"}}"#,
        )
        .expect("a mapping");
        let said = Plan {
            mapping: Some(twice),
            ..Plan::default()
        };
        let Err(AppError::Invalid(errors)) = plan(&cx, id, said).await else {
            panic!("a place stands in one column")
        };
        let words = errors.get("form").expect("said");
        assert_eq!(words, "Two columns cannot both hold this: Where they are staying");
    })
    .await;
}
