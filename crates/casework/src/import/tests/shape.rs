//! Files that are neither quite of one form nor of the other, files with more faults than anybody reads, and what comes between a
//! look at the rows and the decision.

use interchange::table::{Choice, Limits, read};
use store::AppError;
use testkit::on_both;
use uuid::Uuid;

use super::super::read::{Setting, read as read_cases};
use super::super::{Mapping, Plan, Taking, check_file, find, mapping, plan, stage, take};
use crate::case::record;
use crate::case::tests::{House, house, input};

fn said(mapping: Mapping) -> Plan {
    Plan {
        mapping: Some(mapping),
        ..Plan::default()
    }
}

fn headings(all: &[&str]) -> Vec<String> {
    all.iter().map(|heading| (*heading).to_owned()).collect()
}

#[tokio::test]
async fn what_is_about_the_event_of_a_row_has_no_place_where_a_row_is_a_case() {
    let guessed = Mapping::guess(&headings(&["Name", "Support since", "Nation", "Date", "Notes"]));
    assert_eq!(guessed.columns.get("Name").map(String::as_str), Some("person.name"));
    assert_eq!(guessed.columns.get("Date"), None, "it would be read and lost");
    assert_eq!(
        guessed.columns.get("Notes").map(String::as_str),
        Some("event.note.words")
    );
    let guessed = Mapping::guess(&headings(&["Name", "Event", "Date", "Notes"]));
    assert_eq!(guessed.columns.get("Notes").map(String::as_str), Some("row.note"));
    on_both(async |stage_of| {
        let House { supervisor, .. } = house(stage_of).await;
        let cx = supervisor.cx(stage_of);
        let text = "Name,Began,Notes\nSpecimen Five,2025-02-01,Call on Mondays\n";
        let id = stage(&cx, "cases.csv", text.as_bytes().to_vec()).await.expect("staged");
        let mapping: Mapping = serde_json::from_str(
            r#"{"columns": {"Name": "person.name", "Began": "case.opened_on", "Notes": "row.note"}, "fixed": {"case.nation": "wales"}}"#,
        )
        .expect("a mapping");
        let Err(AppError::Invalid(errors)) = plan(&cx, id, said(mapping)).await else {
            panic!("the notes have no place")
        };
        let words = errors.get("form").expect("said");
        assert!(words.contains("which event a row is about") && words.contains("leave this one out"), "{words}");
    })
    .await;
}

#[tokio::test]
async fn rows_with_one_reference_said_for_all_of_them_are_one_case() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let text = "Name,Opened,Nation,Event,Date,Agency\n\
            Specimen Nine,2025-01-10,wales,encounter,2025-01-10,police\n\
            ,,,nrm_referral,2025-01-12,police\n";
        let mut mapping = Mapping::guess(&headings(&["Name", "Opened", "Nation", "Event", "Date", "Agency"]));
        mapping.fixed.insert("case.reference".to_owned(), "N-9".to_owned());
        let summary = check_file(
            &supervisor.cx(stage),
            "one.csv",
            text.as_bytes().to_vec(),
            said(mapping),
            None,
        )
        .await
        .expect("staged");
        assert_eq!(summary.faults, []);
        assert_eq!((summary.n_cases, summary.n_events), (1, 2));
    })
    .await;
}

#[test]
fn a_second_death_and_a_second_disappearance_are_faults_of_their_own_rows() {
    let text = "Case reference,Name,Opened,Nation,Event,Date,Was it reported\n\
        B-1,Specimen,2025-01-10,wales,missing,2025-02-01,yes\n\
        B-1,,,,death,2025-05-02,\n\
        B-1,,,,missing,2025-02-03,yes\n\
        B-1,,,,death,2025-05-01,\n\
        B-2,Specimen,2025-01-10,wales,missing,2025-02-01,yes\n\
        B-2,,,,found,2025-02-02,\n\
        B-2,,,,missing,2025-02-03,yes\n";
    let table = read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
    let mut mapping = Mapping::guess(&table.headers);
    let reported = ("Was it reported".to_owned(), "answer.is_reported".to_owned());
    mapping.columns.extend([reported]);
    let setting = Setting {
        by: Uuid::nil(),
        now: domain::Day::parse("2025-06-01").expect("a day").start(),
        is_invented: false,
    };
    let found = read_cases(&table, &mapping, setting).expect("it fits");
    assert_eq!(found.cases.len(), 1, "{:?}", found.faults);
    let said: Vec<(u32, &str, &str)> = found
        .faults
        .iter()
        .filter(|fault| !fault.column.is_empty())
        .map(|fault| (fault.row, fault.column.as_str(), fault.value.as_str()))
        .collect();
    // Of two deaths the later day is the second, wherever it stands in the file.
    assert_eq!(said, [(3, "Date", "2025-05-02"), (4, "Date", "2025-02-03")]);
    assert!(found.faults.iter().any(|fault| fault.message.contains("on 1 May 2025")));
}

#[test]
fn with_very_many_faults_each_row_tells_its_first_and_none_is_forgotten() {
    let mut text = "Case reference,Name,Opened,Nation,Event,Date,Agency\n".to_owned();
    for _ in 0..2_000 {
        text.push_str("B-1,Specimen,2025-01-10,wales,encounter,2025-02-30,nobody\n");
    }
    let table = read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
    let mapping = Mapping::guess(&table.headers);
    let setting = Setting {
        by: Uuid::nil(),
        now: domain::Day::parse("2025-06-01").expect("a day").start(),
        is_invented: false,
    };
    let found = read_cases(&table, &mapping, setting).expect("it fits");
    assert!(found.cases.is_empty());
    let rows: std::collections::BTreeSet<u32> = found.faults.iter().map(|fault| fault.row).collect();
    assert_eq!(rows.len(), 2_000);
    assert_eq!(found.faults.iter().filter(|fault| fault.row == 2).count(), 2);
    assert!(found.faults.len() < 2_600, "{}", found.faults.len());
    let last = found.faults.last().expect("a fault");
    assert!(
        last.remedy.ends_with("Other cells of this row have faults too."),
        "{}",
        last.remedy
    );
}

#[tokio::test]
async fn whoever_came_in_since_the_look_at_the_rows_is_pointed_out_before_anything_is_taken() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let text = "Case ref,Name,Support since,Nation\nA-1,Specimen Ten,2025-02-01,wales\n";
        let summary = check_file(&cx, "cases.csv", text.as_bytes().to_vec(), Plan::default(), None)
            .await
            .expect("staged");
        assert_eq!(summary.twins, []);
        let known = record(&cx, input("Specimen Ten")).await.expect("recorded");
        let answer = take(&cx, summary.import, Taking::default(), &|_| {}).await;
        assert!(matches!(&answer, Err(AppError::Refused(words)) if words.contains("came in meanwhile")));
        let shown = find(&cx, summary.import).await.expect("found").content;
        assert_eq!(shown.twins.first().and_then(|twin| twin.case), Some(known));
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("it is what was shown");
    })
    .await;
}

#[tokio::test]
async fn the_first_two_mappings_of_an_organisation_at_one_moment_do_not_stop_each_other() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let headings = headings(&["Name"]);
        let said = Mapping::guess(&headings);
        let one = mapping::remember(&cx, &headings, &said).await.expect("sealed");
        let other = mapping::remember(&cx, &headings, &said).await.expect("sealed");
        for row in [one, other] {
            let tx = stage.db.begin().await.expect("begun");
            mapping::keep(&tx, row).await.expect("kept, or left to the first");
            tx.commit().await.expect("committed");
        }
        assert!(
            mapping::suggested(&cx, &headings).await.expect("a suggestion").1,
            "the first is remembered"
        );
    })
    .await;
}
