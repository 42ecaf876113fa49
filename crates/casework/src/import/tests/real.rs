//! Spreadsheets as they are kept where nobody thought of a program: words for “no answer”, years of two digits, ages, merged cells,
//! a telephone beside an e-mail, and a sum below it all.

use domain::Day;
use interchange::table::{Choice, Limits, Table, read};
use store::AppError;
use testkit::on_both;
use uuid::Uuid;

use super::super::read::{Read, Setting, read as read_cases};
use super::super::{Mapping, blank, check_mapping};
use super::names;
use crate::case::open;
use crate::case::tests::{House, house};

const REGISTER: &str = "Case ref,Name,Nickname,DOB,Nationality,Support since,Nation,Phone,E-mail,RG decision,RG date,Type of exploitation\n\
    n/a,Specimen One,N/K,1999,Albania/Kosovo,03/02/2025,England,01632 960001,one@example.invalid,tbc,-,forced labour\n\
    n/a,Specimen Two,-,3/4/99,Albania,03/02/2025,England,,,,,labours\n\
    n/a,Specimen Three,,27,Albania,03/02/2025,England,,,,,sexual/labour\n\
    n/a,Specimen Four,,01/01/1900,Albania,03/02/2025,England,,,,,\n\
    n/a,TBC,,1980,Albania,03/02/2025,England,,,,,\n\
    n/a,Specimen Five,,,,03/02/2025,England,,,,,\n\
    Total clients,6,,,,03/02/2025,England,,,,,\n";

#[tokio::test]
async fn a_register_that_was_kept_for_people_is_taken_right_or_refused_by_cell_and_remedy() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let summary = super::staged(&cx, REGISTER).await;
        let faults: Vec<(u32, &str, &str)> = summary
            .faults
            .iter()
            .map(|fault| (fault.row, fault.column.as_str(), fault.remedy.as_str()))
            .collect();
        let expected = [
            (3, "DOB", "year in full"),
            (3, "Type of exploitation", "Did you mean labour? Write one or several"),
            (4, "DOB", "Write the year, such as 1997"),
            (4, "Type of exploitation", "parted by semicolons"),
            (5, "DOB", "Correct the cell"),
            (6, "Name", "fill it in"),
            (8, "Case ref", "Delete it"),
        ];
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
        for ((row, column, words), fault) in expected.into_iter().zip(&faults) {
            assert_eq!((fault.0, fault.1), (row, column), "{faults:?}");
            assert!(fault.2.contains(words), "{words} in {fault:?}");
        }
        assert_eq!((summary.n_rows, summary.n_cases, summary.n_events), (7, 2, 0));
        assert_eq!(summary.twins, [], "“n/a” is nobody’s reference");
        let emptied = "11 cells say that there is no answer";
        assert!(
            summary.notes.iter().any(|note| note.starts_with(emptied)),
            "{:?}",
            summary.notes
        );
        super::take(&cx, summary.import, super::Taking::default(), &|_| {})
            .await
            .expect("taken");
        let there = names(stage, &supervisor, false).await;
        let of = open(&cx, there[1].1).await.expect("opened");
        let identity = &of.person.identity;
        assert_eq!(identity.name.0, "Specimen One");
        assert_eq!(identity.nickname, None);
        assert_eq!(
            identity.nationality.as_ref().map(|line| line.0.as_str()),
            Some("Albania/Kosovo")
        );
        assert_eq!(of.about.reference, None);
        let how = of.person.contact.how.as_ref().map(|words| words.0.as_str());
        assert_eq!(how, Some("Phone: 01632 960001\nE-mail: one@example.invalid"));
    })
    .await;
}

fn table(text: &str) -> Table {
    read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table")
}

fn cases(text: &str) -> Read {
    let mut table = table(text);
    let mapping = Mapping::guess(&table.headers);
    blank::empty(&mut table, &mapping);
    let setting = Setting {
        by: Uuid::nil(),
        now: Day::parse("2025-06-01").expect("a day").start(),
        is_invented: false,
    };
    read_cases(&table, &mapping, setting).expect("it fits")
}

#[test]
fn rows_that_do_not_say_whose_they_are_never_become_one_case() {
    let read = cases(
        "Case reference,Name,Opened,Nation,Event,Date,Agency\n\
         B-1,Specimen Three,2025-01-10,wales,encounter,2025-01-12,police\n\
         ,,,,nrm_referral,2025-01-14,police\n\
         N/K,Specimen Four,2025-01-11,wales,encounter,2025-01-12,police\n\
         n/a,Specimen Five,2025-01-11,wales,encounter,2025-01-12,police\n",
    );
    assert_eq!(read.cases.len(), 1);
    let rows: Vec<u32> = read.faults.iter().map(|fault| fault.row).collect();
    assert_eq!(rows, [3, 4, 5]);
    for fault in &read.faults {
        assert_eq!(fault.column, "Case reference");
        assert!(fault.remedy.contains("merged cells"), "{}", fault.remedy);
    }
}

#[test]
fn an_answer_of_before_the_birth_is_a_fault_of_its_own_column() {
    let read = cases(
        "Name,DOB,Support since,Nation,Consent,Consent date,Consent to be counted,Consent to be counted date\n\
         Specimen Six,1999,2025-02-01,wales,yes,2025-02-01,yes,1998-02-01\n",
    );
    let places: Vec<(u32, &str)> = read
        .faults
        .iter()
        .map(|fault| (fault.row, fault.column.as_str()))
        .collect();
    assert_eq!(places, [(2, "Consent to be counted date")]);
}

#[test]
fn a_word_for_no_answer_stays_where_it_is_an_answer_or_nothing_is_asked() {
    let mut odd = table(
        "Name,Gender,Nationality,Shoe size\n\
         Na,N/K,unknown,n/a\n\
         Nk,Unknown,TBC,-\n",
    );
    let mapping = Mapping::guess(&odd.headers);
    let said = blank::empty(&mut odd, &mapping).expect("two cells");
    assert!(said.starts_with("2 cells say"), "{said}");
    let cells: Vec<Vec<String>> = odd
        .rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect())
        .collect();
    assert_eq!(cells, [["Na", "N/K", "", "n/a"], ["Nk", "Unknown", "", "-"]]);
    assert_eq!(blank::empty(&mut odd, &mapping), None, "nothing is left to empty");
}

#[test]
fn sums_are_told_from_people() {
    let mut sums = table(
        "Name,Children\n\
         Total,2\n\
         Grand total:,3\n\
         Totalina Specimen,1\n\
         Sub Specimen,1\n",
    );
    let faults = blank::sums(&mut sums);
    let rows: Vec<u32> = faults.iter().map(|fault| fault.row).collect();
    assert_eq!(rows, [2, 3]);
    assert_eq!(sums.rows.len(), 2);
}

#[test]
fn a_day_of_consent_goes_to_the_consent_that_the_file_has_and_to_none_that_nobody_gave() {
    let held = |headings: &str, of: &str| {
        let mapping = Mapping::guess(&table(&format!("{headings}\nx\n")).headers);
        mapping.columns.get(of).cloned().unwrap_or_default()
    };
    for date in ["Consent date", "Date of consent"] {
        let of = |others: &str| held(&format!("Name,{others},{date}"), date);
        assert_eq!(of("Consent to be counted"), "consent.monitoring.on");
        assert_eq!(of("NRM consent"), "consent.referral.on");
        assert_eq!(of("Consent"), "consent.support.on");
        assert_eq!(of("Consent,Consent to be counted"), "consent.support.on");
        // Nobody can tell of which of the two it is, or of what at all.
        assert_eq!(of("NRM consent,Consent to be counted"), "");
        assert_eq!(of("Consent to be counted,Consent to be counted date"), "");
        assert_eq!(of("Gender"), "");
    }
    let date = "NRM consent date";
    assert_eq!(held(&format!("Name,NRM consent,{date}"), date), "consent.referral.on");
    assert_eq!(held(&format!("Name,{date}"), date), "", "nobody says what was said");
}

#[test]
fn what_someone_agreed_to_is_not_said_for_all() {
    let mut mapping = Mapping::guess(&table("Name,Support since,Nation,Agreed\nx,y,z,\n").headers);
    assert_eq!(check_mapping(&mapping).err().map(|error| error.to_string()), None);
    mapping.columns.insert("Agreed".into(), "consent.support.on".into());
    let needed = |mapping: &Mapping| mapping.needed().iter().any(|target| target.field.key == "said");
    assert!(!needed(&mapping), "it is not offered");
    mapping.suggest();
    let refused = |mapping: &Mapping| match check_mapping(mapping) {
        Err(AppError::Invalid(errors)) => errors
            .iter()
            .map(|(_, words)| words.to_owned())
            .collect::<Vec<_>>()
            .join("\n"),
        other => panic!("it is refused: {other:?}"),
    };
    let said = refused(&mapping);
    assert!(said.contains("not the same in every row"), "{said}");
    // Nor is it taken where somebody wrote it into a mapping by hand.
    mapping.fixed.insert("consent.support.said".into(), "given".into());
    assert!(refused(&mapping).contains("Agreed to"));
    mapping.fixed.remove("consent.support.said");
    mapping.columns.insert("Agreed".into(), "consent.support.said".into());
    mapping.fixed.insert("consent.support.said_by".into(), "person".into());
    assert_eq!(check_mapping(&mapping).err().map(|error| error.to_string()), None);
}

#[test]
fn days_out_of_order_are_pointed_out_by_row_and_column_and_refuse_nothing() {
    let read = cases(
        "Name,Support since,Nation,Date of referral,First responder,RG decision,RG date,CG decision,CG date,End date,Exit reason\n\
         Specimen One,2025-01-10,england,2025-01-11,police,positive,2025-01-20,positive,2025-04-20,2025-05-01,planned\n\
         Specimen Two,2025-01-10,england,2025-01-21,police,positive,2025-01-20,,,,\n\
         Specimen Three,2025-01-10,england,2025-01-11,police,positive,2025-01-20,positive,2025-01-25,,\n\
         Specimen Four,2025-01-10,england,,,,,,,2024-12-01,planned\n",
    );
    assert_eq!(read.faults, []);
    assert_eq!(read.cases.len(), 4);
    let said = pointed_out(&read);
    let expected = [
        (
            3,
            "RG date",
            "It was decided on 20 January 2025, before the referral that it could answer.",
        ),
        (
            4,
            "CG date",
            "It was decided on 25 January 2025, within the recovery period, which ran until ",
        ),
        (
            5,
            "End date",
            "Support ended on 1 December 2024, before support began, on 10 January 2025.",
        ),
    ];
    assert_eq!(said.len(), expected.len(), "{said:?}");
    for ((row, column, words), (in_row, of, begin)) in said.into_iter().zip(expected) {
        assert_eq!((row, column), (in_row, of));
        assert!(words.starts_with(begin), "{words}");
    }
    assert_eq!(read.disorder[0].value, "2025-01-20");
    assert!(read.disorder[0].remedy.contains("both days"));
}

#[test]
fn days_out_of_order_are_pointed_out_where_a_row_is_an_event_and_not_of_a_case_that_is_refused() {
    let read = cases(
        "Case reference,Name,Opened,Nation,Event,Date,Agency,Outcome,Authority\n\
         B-1,Specimen Five,2025-01-10,wales,reasonable_grounds,2025-01-20,,positive,sca\n\
         B-1,,,,death,2025-01-09,,,\n\
         B-1,,,,nrm_referral,2025-01-22,police,,\n\
         B-2,Specimen Six,2025-01-10,wales,reasonable_grounds,2025-01-20,,perhaps,sca\n\
         B-2,,,,nrm_referral,2025-01-22,police,,\n",
    );
    assert_eq!(read.cases.len(), 1, "{:?}", read.faults);
    let said = pointed_out(&read);
    let places: Vec<(u32, &str)> = said.iter().map(|(row, column, _)| (*row, *column)).collect();
    assert_eq!(places, [(2, "Date"), (3, "Date")]);
    assert!(said[0].2.contains("before the referral"), "{}", said[0].2);
    assert!(
        said[1].2.contains("They died on 9 January 2025, before support began"),
        "{}",
        said[1].2
    );
}

/// Row, column and words of the days that are out of order.
fn pointed_out(read: &Read) -> Vec<(u32, &str, &str)> {
    read.disorder
        .iter()
        .map(|fault| (fault.row, fault.column.as_str(), fault.message.as_str()))
        .collect()
}
