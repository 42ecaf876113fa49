//! Files of the case data standard as files of our own: nothing is dropped, and who is closed there is closed here.

use domain::casework::{Control, ExploitationForm, Gender, Recruitment, Sector, Status};
use interchange::htcds::Kind;
use interchange::table::read;
use interchange::xlsx_out::{Sheet, write};
use testkit::{Stage, on_both};
use uuid::Uuid;

use super::*;
use crate::case::tests::{House, Keyed, house};
use crate::case::{Caseload, Filter, Opened, list};
use crate::import::{Plan, Taking, check_file, suggested, take, target};

#[test]
fn every_code_of_the_standard_is_one_of_ours_and_every_column_answers_a_question() {
    for (name, listed) in CODED {
        let field = htcds::find(name).expect("a field");
        let (Kind::One(codes) | Kind::Many(codes)) = field.kind else {
            panic!("{name} has no codes");
        };
        // Industries without a trade of ours are “another”.
        if *name != "vic_ForcedLabourIndustry" {
            assert_eq!(listed.iter().map(|(theirs, _)| *theirs).collect::<Vec<_>>(), codes);
        }
        for (_, ours) in *listed {
            let is_known = match *name {
                "prs_Gender" => Gender::parse(ours).is_ok(),
                "vic_MethodOfRecruitment" => Recruitment::parse(ours).is_ok(),
                "vic_MethodsOfControl" => Control::parse(ours).is_ok(),
                "vic_TypeOfExploitation" => ExploitationForm::parse(ours).is_ok(),
                _ => Sector::parse(ours).is_ok(),
            };
            assert!(is_known, "{name}: {ours}");
        }
    }
    for code in COLUMNS {
        assert!(target(code).is_some(), "{code}");
    }
    for name in ANSWERED {
        assert!(htcds::find(name).is_some(), "{name}");
    }
}

#[test]
fn nothing_of_a_case_is_dropped_and_the_losses_are_said() {
    let text = "prs_Salutation,prs_FirstName,prs_SecondName,prs_Gender,con_Consent,vic_TypeOfExploitation,cas_IncomingReferralDate,cas_ReasonForCaseClosure,Foreign\n\
        Dr,Sample,Specimen,TransgenderFeminine,TRUE,Surrogacy;ForcedLabour,2025-02-01,Moved on,x\n";
    let table = read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
    let (ours, faults) = translate(table);
    assert_eq!(faults, []);
    let cell = |code: &str| {
        let at = ours
            .headers
            .iter()
            .position(|heading| heading == code)
            .expect("a column");
        ours.rows[0].cells[at].text().into_owned()
    };
    assert_eq!(cell("person.name"), "Sample Specimen");
    assert_eq!(cell("person.gender"), "female");
    assert_eq!(cell("episode.forms"), "other; labour");
    assert_eq!(cell("consent.support.said"), "given");
    for words in [
        "Salutation: Dr",
        "TransgenderFeminine",
        "Surrogacy",
        "Reason for Case Closure: Moved on",
    ] {
        assert!(cell("event.note.words").contains(words), "{words}");
    }
    let notes: String = ours.notes.iter().map(|note| note.0.as_str()).collect();
    for words in ["Human Trafficking Case Data Standard", "Salutation (1)", "Gender (1)"] {
        assert!(notes.contains(words), "{words} in {notes}");
    }
    assert_eq!(
        cell("Foreign"),
        "x",
        "what is no field of the standard is there to be kept"
    );
}

/// A workbook as the standard gives it out: names of fields, then labels, rows numbered in front, a title above or none.
fn workbook(title: &[&str]) -> Vec<u8> {
    let lines: [&[&str]; 6] = [
        title,
        &[
            "",
            "prs_FirstName",
            "prs_SecondName",
            "prs_Gender",
            "prs_MailingCity",
            "vic_TypeOfExploitation",
            "cas_IncomingReferralDate",
            "",
            "Shoe size",
        ],
        &[
            "",
            "First Name",
            "Second Name",
            "Gender",
            "Mailing Street",
            "Type of Exploitation",
            "Incoming Referral Date",
            "Reason for Outgoing Referral",
            "",
        ],
        &[
            "1",
            "Sample",
            "Specimen",
            "Feminine",
            "Sample Lane",
            "ForcedLabour",
            "2025-02-01",
            "It is nearer",
            "39",
        ],
        &["2"],
        &["3", "", "", "", "", "", "", "", "41"],
    ];
    let cells = |line: &&[&str]| -> Vec<Cell> {
        let cell = |text: &&str| text.parse::<f64>().map_or_else(|_| Cell::from(*text), Cell::Number);
        line.iter().map(cell).collect()
    };
    let lines: Vec<Vec<Cell>> = lines.iter().filter(|line| !line.is_empty()).map(cells).collect();
    let sheet = Sheet {
        name: "Sheet1".to_owned(),
        headers: lines[0].iter().map(|cell| cell.text().into_owned()).collect(),
        rows: lines[1..].to_vec(),
    };
    write(&[sheet], jiff::civil::date(2025, 6, 1)).expect("a workbook")
}

#[test]
fn the_published_workbook_is_known_without_being_told_its_row() {
    let Some(folder) = std::env::var_os("RAPPORTEUR_REFERENCE") else {
        println!("NOT RUN: RAPPORTEUR_REFERENCE is not set");
        return;
    };
    let path = std::path::Path::new(&folder).join("htcds/HTCDS_Excel_v2.0.xlsx");
    let bytes = std::fs::read(path).expect("the workbook");
    let table = open(&bytes, "HTCDS_Excel_v2.0.xlsx", &Choice::default(), &Limits::default()).expect("known");
    let (ours, faults) = translate(table);
    assert_eq!((ours.rows.len(), faults.len()), (0, 0), "it is blank");
}

#[test]
fn the_workbook_of_the_standard_is_known_wherever_its_headings_stand_and_every_cell_of_it_is_told() {
    let titles: [&[&str]; 2] = [&[], &["Cases of the year"]];
    for title in titles {
        let table = open(&workbook(title), "HTCDS.xlsx", &Choice::default(), &Limits::default()).expect("known");
        let (ours, faults) = translate(table);
        assert_eq!(ours.rows.len(), 1, "one case, and no labels: {title:?}");
        let said = |heading: &str| {
            let at = ours.headers.iter().position(|known| known == heading);
            at.map(|at| ours.rows[0].cells[at].text().into_owned())
        };
        assert_eq!(said("person.name").as_deref(), Some("Sample Specimen"));
        assert_eq!(
            said("prs_MailingCity or Mailing Street").as_deref(),
            Some("Sample Lane")
        );
        assert_eq!(
            said("person.place").as_deref(),
            Some(""),
            "nobody can tell which of the two it is"
        );
        assert_eq!(said("Shoe size").as_deref(), Some("39"));
        assert!(
            said("event.note.words")
                .expect("a note")
                .contains("Reason for Outgoing Referral: It is nearer")
        );
        assert!(
            !ours.headers.iter().any(|heading| heading.starts_with("Column ")),
            "{:?}",
            ours.headers
        );
        assert_eq!(
            faults.len(),
            1,
            "a row of which only a column that is no field holds something"
        );
        assert!(faults[0].message.contains("nothing in the columns of the standard"));
        assert!(
            ours.notes
                .iter()
                .any(|note| note.0.contains("was read as the headings"))
        );
    }
}

/// One who is supported, one whose case is closed, and three who died: on no day that is said, on a day, in a month.
const ENDED: &str = "prs_FirstName,prs_SecondName,cas_Status,cas_IncomingReferralDate,prs_Deceased,Date of death\n\
    Specimen,Open,Active,2025-01-02,,\n\
    Specimen,Closed,Closed,2025-01-02,FALSE,\n\
    Specimen,Undated,Active,2025-01-02,TRUE,\n\
    Specimen,Died,FollowUp,2025-01-02,TRUE,2025-03-04\n\
    Specimen,Month,Active,2025-01-02,,March 2025\n";

#[test]
fn who_is_closed_or_has_died_is_told_and_no_day_is_made_up() {
    let table = read(ENDED.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
    let (ours, faults) = translate(table);
    assert_eq!(faults, []);
    let column = |heading: &str| -> Vec<String> {
        let at = ours
            .headers
            .iter()
            .position(|known| known == heading)
            .expect("a column");
        ours.rows.iter().map(|row| row.cells[at].text().into_owned()).collect()
    };
    assert_eq!(column(IS_CLOSED), ["", "yes", "yes", "yes", "yes"]);
    assert_eq!(column("event.death.on"), ["", "", "", "2025-03-04", ""]);
    let notes = column("event.note.words");
    assert!(notes[1].contains("Status: Closed"), "{notes:?}");
    assert!(notes[2].contains("prs_Deceased: TRUE"), "{notes:?}");
    assert!(notes[4].contains("Date of death: March 2025"), "{notes:?}");
    assert!(!ours.headers.iter().any(|heading| heading == "prs_Deceased"));
    let told: Vec<&str> = ours.notes.iter().map(|note| note.0.as_str()).collect();
    for words in ["the person has died: 4.", "but not the day: 2."] {
        assert!(told.iter().any(|note| note.contains(words)), "{words} in {told:?}");
    }
}

async fn named(stage: &Stage, by: &Keyed, is_closed: bool) -> Vec<(String, Uuid)> {
    let filter = Filter {
        is_closed,
        ..Filter::default()
    };
    let found = list(&by.cx(stage), &Caseload::default(), &filter)
        .await
        .expect("a list");
    let mut names: Vec<(String, Uuid)> = found.cases.into_iter().map(|case| (case.name, case.id)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_case_that_is_closed_in_the_file_comes_in_closed() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let bytes = ENDED.as_bytes().to_vec();
        let mut mapping = suggested(&cx, "htcds.csv", bytes.clone(), &Plan::default())
            .await
            .expect("a guess");
        mapping.fixed.insert("case.nation".to_owned(), "wales".to_owned());
        let plan = Plan {
            mapping: Some(mapping),
            ..Plan::default()
        };
        let summary = check_file(&cx, "htcds.csv", bytes, plan, None).await.expect("checked");
        assert_eq!(summary.faults, []);
        assert_eq!(summary.n_cases, 5);
        assert_eq!(summary.others, [], "nobody is asked about what tells a closed case");
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let open = named(stage, &supervisor, false).await;
        let names: Vec<&str> = open.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Specimen Open"]);
        let closed = named(stage, &supervisor, true).await;
        let names: Vec<&str> = closed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["Specimen Closed", "Specimen Died", "Specimen Month", "Specimen Undated"]
        );
        let died: Opened = crate::case::open(&cx, closed[1].1).await.expect("opened");
        assert_eq!(died.status, Some(Status::Died));
        assert!(
            died.history
                .all()
                .iter()
                .any(|event| event.entry.on.iso() == "2025-03-04")
        );
        let undated: Opened = crate::case::open(&cx, closed[3].1).await.expect("opened");
        assert_eq!(undated.status, None, "nothing is recorded on a day that nobody said");
    })
    .await;
}
