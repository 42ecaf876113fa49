//! Nothing of a file is lost without a word: notes, columns that nothing asks, rows about no event; and nothing is called a fault
//! that is none.

use domain::Day;
use interchange::table::{Choice, Limits, Table, read};
use testkit::on_both;
use uuid::Uuid;

use super::super::read::{Read, Setting, read as read_cases};
use super::super::{Mapping, Other, Others, Plan, Summary, Taking, check_file, find, take};
use super::names;
use crate::case::open;
use crate::case::tests::{House, house};
use crate::event::What;

const ODD: &str = "Name,Support since,Nation,Notes,Shoe size,Worker\n\
    Specimen Five,2025-02-01,wales,Call on Mondays,39,Sample\n\
    Specimen Six,2025-02-03,wales,,,Sample\n";

fn table(text: &str) -> Table {
    read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table")
}

fn cases(text: &str) -> Read {
    let table = table(text);
    let setting = Setting {
        by: Uuid::nil(),
        now: Day::parse("2025-06-01").expect("a day").start(),
        is_invented: false,
    };
    read_cases(&table, &Mapping::guess(&table.headers), setting).expect("it fits")
}

/// The notes of the nth case of a file, with their days.
fn notes(read: &Read, nth: usize) -> Vec<(String, String)> {
    let of = |entry: &crate::event::Entry| match &entry.what {
        What::Note(note) => Some((entry.on.iso(), note.words.0.clone())),
        _ => None,
    };
    read.cases[nth].new.events.iter().filter_map(of).collect()
}

fn faults(read: &Read) -> Vec<(u32, &str)> {
    read.faults
        .iter()
        .map(|fault| (fault.row, fault.column.as_str()))
        .collect()
}

#[test]
fn notes_and_columns_that_nothing_asks_become_notes_of_the_day_support_began() {
    let read = cases(ODD);
    assert_eq!(read.faults, []);
    let kept = notes(&read, 0);
    assert_eq!(kept[0], ("2025-02-01".to_owned(), "Call on Mondays".to_owned()));
    assert_eq!(kept[1].0, "2025-02-01");
    assert!(kept[1].1.ends_with("Shoe size: 39\nWorker: Sample"), "{kept:?}");
    let kept = notes(&read, 1);
    assert_eq!(kept.len(), 1, "an empty cell says nothing");
}

#[test]
fn a_row_about_no_event_keeps_its_note_and_what_has_no_place_is_a_fault() {
    let read = cases(
        "Case reference,Name,Opened,Nation,Event,Date,Notes,Agency\n\
         B-1,Specimen Three,2025-01-10,wales,,,Likes tea,\n\
         B-1,,,,encounter,2025-01-12,In the rain,police\n\
         B-2,Specimen Four,2025-01-11,wales,,2025-01-12,,\n\
         B-3,Specimen Six,2025-01-11,wales,,,,police\n",
    );
    assert_eq!(faults(&read), [(4, "Date"), (5, "Agency")]);
    assert_eq!(notes(&read, 0), [("2025-01-10".to_owned(), "Likes tea".to_owned())]);
    assert_eq!(read.cases[0].new.events.len(), 2);
}

#[test]
fn a_case_that_fails_itself_brings_no_faults_of_what_depends_on_it() {
    let heading = "Name,Support since,Nation,Consent to be counted,Notes,Shoe size";
    for row in [
        "Specimen Five,never,wales,yes,Call,39",
        "Specimen Five,2025-02-01,nowhere,yes,Call,39",
        "Specimen Five,2999-01-01,wales,yes,Call,39",
    ] {
        let read = cases(&format!("{heading}\n{row}\n"));
        assert!(read.cases.is_empty());
        assert_eq!(read.faults.len(), 1, "{row}: {:?}", read.faults);
        assert!(["Support since", "Nation"].contains(&read.faults[0].column.as_str()));
    }
    let read = cases(&format!("{heading}\nSpecimen Five,never,wales,perhaps,Call,39\n"));
    let mut columns: Vec<&str> = read.faults.iter().map(|fault| fault.column.as_str()).collect();
    columns.sort_unstable();
    assert_eq!(
        columns,
        ["Consent to be counted", "Support since"],
        "a bad cell is a fault all the same"
    );
}

#[tokio::test]
async fn what_answers_no_question_is_listed_before_it_is_taken_and_kept_or_left_out_as_chosen() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let check = async |fate| -> Summary {
            check_file(&cx, "cases.csv", ODD.as_bytes().to_vec(), Plan::default(), fate)
                .await
                .expect("staged")
        };
        let other = |heading: &str, n_filled| Other {
            heading: heading.to_owned(),
            n_filled,
        };
        let listed = [other("Shoe size", 1), other("Worker", 2)];
        let left_out = check(Some(Others::LeaveOut)).await;
        assert_eq!((left_out.n_events, left_out.fate), (1, Others::LeaveOut));
        assert_eq!(left_out.others, listed);
        // The choice is remembered with the mapping, until another is made.
        assert_eq!(check(None).await.fate, Others::LeaveOut);
        let kept = check(Some(Others::Keep)).await;
        assert_eq!((kept.n_cases, kept.n_events), (2, 3));
        assert_eq!(kept.others, listed);
        take(&cx, kept.import, Taking::default(), &|_| {}).await.expect("taken");
        let after = find(&cx, kept.import).await.expect("found");
        assert_eq!(after.content.others, listed, "it is still said afterwards");
        let there = names(stage, &supervisor, false).await;
        let of = open(&cx, there[0].1).await.expect("opened");
        let words: Vec<String> = of
            .history
            .all()
            .iter()
            .flat_map(|event| event.entry.what.shown())
            .map(|(_, words)| words)
            .collect();
        assert!(words.iter().any(|words| words.contains("Shoe size: 39")), "{words:?}");
    })
    .await;
}
