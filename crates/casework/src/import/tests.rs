//! Files of cases: read in both forms, refused row by row, taken whole or in part, undone, and never in clear.

mod kept;
mod parted;
mod quota;
mod real;
mod shape;

use domain::casework::{Grounds, Purpose, Status};
use domain::permission::{Action, Relation, Role};
use domain::series::ImportState;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use store::row::{case_import, event, person, person_key, support_case};
use store::{AppError, Cx};
use testkit::{Stage, cast, on_both};
use uuid::Uuid;

use super::{Import, Mapping, Plan, Suggestion, Summary, Taking, check_file, destroy, drop_all, expire, find, list};
use super::{plan, refused_rows, stage, suggestion, take, undo, write};
use crate::case::tests::{CANARY, House, Keyed, house, input};
use crate::case::{Caseload, Filter, open, record};
use crate::event::{self as events, Kind, What};
use crate::sheet::Typed;

const WIDE: &str = "Case ref,Name,DOB,Support since,Nation,Date of referral,First responder,RG decision,RG date,Consent to be counted,Type of exploitation,End date,Exit reason\n\
    A-1,Canaria Plumage,1999-05-01,01/02/2025,England,03/02/2025,Police,Pos,10/02/2025,Y,sexual; Forced labour,,\n\
    A-2,Specimen Two,2001,2025-03-01,scotland,,,,,no,,2025-04-01,planned\n";

const LONG: &str = "Case reference,Name,Opened,Nation,Event,Date,Agency,Outcome,Authority,Purpose,Said,Said by\n\
    B-1,Specimen Three,2025-01-10,wales,encounter,2025-01-10,police,,,,,\n\
    B-1,,,,nrm_referral,2025-01-12,police,,,,,\n\
    B-1,,,,Reasonable-grounds decision,2025-01-20,,negative,sca,,,\n\
    B-1,,,,consent,2025-01-12,,,,monitoring,given,person\n\
    B-2,Specimen Four,2025-01-11,wales,,,,,,,,\n";

async fn staged(cx: &Cx<'_>, text: &str) -> Summary {
    check_file(cx, "cases.csv", text.as_bytes().to_vec(), Plan::default(), None)
        .await
        .expect("a file that can be read")
}

async fn taken(cx: &Cx<'_>, text: &str) -> Uuid {
    let summary = staged(cx, text).await;
    take(cx, summary.import, Taking::default(), &|_| {})
        .await
        .expect("taken");
    summary.import
}

async fn names(stage: &Stage, by: &Keyed, is_closed: bool) -> Vec<(String, Uuid)> {
    let filter = Filter {
        is_closed,
        ..Filter::default()
    };
    let found = crate::case::list(&by.cx(stage), &Caseload::default(), &filter)
        .await
        .expect("a list");
    let mut names: Vec<(String, Uuid)> = found.cases.into_iter().map(|case| (case.name, case.id)).collect();
    names.sort();
    names
}

fn says(error: &AppError, words: &str) {
    assert!(error.to_string().contains(words), "{error}");
}

#[tokio::test]
async fn a_row_for_each_case_becomes_cases_with_their_events() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let summary = staged(&cx, WIDE).await;
        assert_eq!(summary.faults, []);
        assert_eq!((summary.n_rows, summary.n_cases, summary.n_refused), (2, 2, 0));
        assert_eq!(names(stage, &supervisor, false).await, [], "nothing is taken yet");
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let there = names(stage, &supervisor, false).await;
        assert_eq!(there.len(), 1);
        assert_eq!(
            names(stage, &supervisor, true).await.len(),
            1,
            "whose support ended is closed"
        );
        let of = open(&cx, there[0].1).await.expect("opened");
        assert_eq!(of.person.identity.name.0, CANARY);
        assert_eq!(of.status, Some(Status::RgPositive));
        assert_eq!(of.episodes.len(), 1);
        assert_eq!(of.episodes[0].sheet.forms.len(), 2);
        let counted = of
            .consents
            .iter()
            .find(|standing| standing.purpose == Purpose::Monitoring);
        let answer = counted.and_then(|standing| standing.last.clone()).expect("an answer");
        assert_eq!(
            answer.on.iso(),
            "2025-02-01",
            "the day support began, where no column has it"
        );
        let kinds: Vec<Kind> = of.history.all().iter().map(|event| event.entry.what.kind()).collect();
        assert_eq!(kinds, [Kind::Consent, Kind::NrmReferral, Kind::ReasonableGrounds]);
        assert!(of.history.all().iter().any(|event| matches!(
            &event.entry.what,
            What::ReasonableGrounds(sheet) if sheet.outcome == Grounds::Positive
        )));
        assert_eq!(of.members, std::slice::from_ref(&supervisor.0.name));
    })
    .await;
}

#[tokio::test]
async fn a_row_for_each_event_takes_any_kind_by_its_code() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let summary = staged(&cx, LONG).await;
        assert_eq!(summary.faults, []);
        assert_eq!((summary.n_cases, summary.n_events), (2, 4));
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let there = names(stage, &supervisor, false).await;
        let of = open(&cx, there[1].1).await.expect("opened");
        assert_eq!(of.person.identity.name.0, "Specimen Three");
        assert_eq!(of.status, Some(Status::RgNegative));
        // One faulty row refuses its case, and the rows come back together.
        let broken = LONG.replace("negative", "perhaps").replace("B-", "C-");
        let summary = staged(&cx, &broken).await;
        assert_eq!((summary.n_cases, summary.n_refused), (1, 4));
        let fault = &summary.faults[2];
        assert_eq!(
            (fault.row, fault.column.as_str(), fault.value.as_str()),
            (4, "Outcome", "perhaps")
        );
        assert!(fault.remedy.contains("positive, negative"), "{}", fault.remedy);
        let strange = LONG.replace(
            "wales,encounter,2025-01-10,police,",
            "wales,encounter,2025-01-10,police,positive",
        );
        let summary = staged(&cx, &strange).await;
        assert!(
            summary
                .faults
                .iter()
                .any(|fault| fault.message.contains("does not ask this")),
            "{:?}",
            summary.faults
        );
    })
    .await;
}

#[tokio::test]
async fn every_fault_names_row_column_and_remedy_and_the_good_rows_can_be_taken_alone() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let text = format!(
            "{WIDE}A-3,,2001,2025-03-01,England,,,maybe,2025-02-30,,,,\nA-4,Late,,2999-01-01,England,,,,,,,,\n"
        );
        let summary = staged(&cx, &text).await;
        let said: Vec<(u32, &str)> = summary
            .faults
            .iter()
            .map(|fault| (fault.row, fault.column.as_str()))
            .collect();
        for expected in [(4, "Name"), (4, "RG decision"), (4, "RG date"), (5, "Support since")] {
            assert!(said.contains(&expected), "{expected:?} in {said:?}");
        }
        assert!(summary.faults.iter().all(|fault| !fault.remedy.is_empty()));
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        let n = support_case::Entity::find()
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert_eq!(n, 2);
        let (name, file) = refused_rows(&cx, summary.import).await.expect("a file");
        let file = String::from_utf8(file).expect("text");
        assert_eq!(name, "cases-refused.csv");
        assert!(
            file.contains("A-3") && file.contains("A-4") && !file.contains("A-1"),
            "{file}"
        );
        assert!(file.lines().next().expect("headings").ends_with("fault,remedy"));
        // Corrected and sent again, it is the file that it was: the mapping is known, and no fault becomes words of a case.
        let again = file.replace("2999-01-01", "2025-03-01").into_bytes();
        let back = super::stage(&cx, &name, again.clone()).await.expect("staged");
        match suggestion(&cx, back).await.expect("a suggestion") {
            Suggestion::Confirm {
                headers, is_remembered, ..
            } => assert!(is_remembered && !headers.contains(&"fault".to_owned()), "{headers:?}"),
            Suggestion::Ask(question) => panic!("{question:?}"),
        }
        let checked = check_file(&cx, &name, again, Plan::default(), None)
            .await
            .expect("checked");
        assert_eq!((checked.n_cases, checked.n_refused), (1, 1));
        assert_eq!(checked.others, []);
        destroy(&cx, summary.import).await.expect("destroyed");
        says(
            &refused_rows(&cx, summary.import).await.expect_err("gone"),
            "no longer kept",
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_is_never_in_clear_and_its_key_goes_with_it() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let clear = async || {
            let rows = case_import::Entity::find().all(stage.db.reader()).await.expect("read");
            rows.iter().any(|row| {
                let sealed = [row.sealed_plan.clone(), row.sealed_file.clone()];
                let holds = |bytes: &Vec<u8>| bytes.windows(7).any(|some| some == b"Canaria");
                sealed.iter().flatten().any(holds)
            })
        };
        let keys = async || {
            person_key::Entity::find()
                .count(stage.db.key_reader())
                .await
                .expect("counted")
        };
        let before = keys().await;
        let named = check_file(&cx, "Canaria.csv", WIDE.as_bytes().to_vec(), Plan::default(), None)
            .await
            .expect("staged");
        assert!(!clear().await);
        assert_eq!(keys().await, before + 2, "of the file, and of what is remembered");
        drop_all(&cx, named.import).await.expect("dropped");
        assert_eq!(keys().await, before + 1);
        let (all, _) = list(&cx, 1).await.expect("a list");
        assert_eq!((all[0].state, all[0].has_file), (ImportState::Dropped, false));
        // Whoever decides nothing for a month has decided.
        let left = staged(&cx, WIDE).await;
        assert_eq!(
            expire(&stage.db, cx.now.plus_seconds(29 * 86_400))
                .await
                .expect("swept"),
            0
        );
        assert_eq!(
            expire(&stage.db, cx.now.plus_seconds(31 * 86_400))
                .await
                .expect("swept"),
            1
        );
        let Import { state, has_file, .. } = find(&cx, left.import).await.expect("found");
        assert_eq!((state, has_file), (ImportState::Dropped, false));
        assert_eq!(keys().await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_be_known_is_pointed_out_and_never_merged() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let known = record(&cx, input("Spécimen  two")).await.expect("recorded");
        let text = format!("{WIDE}A-5,canaria plumage,1999,2025-02-01,England,,,,,,,,\nA-6,Canaria Plumage,1970,2025-02-01,England,,,,,,,,\nSC-7,Someone Else,,2025-02-01,England,,,,,,,,\n");
        let summary = staged(&cx, &text).await;
        let said: Vec<(u32, Option<u32>, Option<Uuid>, bool)> = summary
            .twins
            .iter()
            .map(|twin| (twin.row, twin.other, twin.case, twin.by_reference))
            .collect();
        // Row 6 has the same reference as the case, which is found before the name of row 3 is asked.
        assert!(said.contains(&(4, Some(2), None, false)), "{said:?}");
        assert!(said.contains(&(6, None, Some(known), true)), "{said:?}");
        assert!(!said.iter().any(|twin| twin.0 == 5), "another year of birth: {said:?}");
        let text = text.replace("SC-7", "A-7");
        let summary = staged(&cx, &text).await;
        assert!(summary.twins.iter().any(|twin| twin.row == 3 && twin.case == Some(known)));
        let taking = Taking {
            only_new: true,
            ..Taking::default()
        };
        take(&cx, summary.import, taking, &|_| {}).await.expect("taken");
        let n = person::Entity::find().count(stage.db.reader()).await.expect("counted");
        assert_eq!(n, 1 + 3, "two of five were pointed out");
    })
    .await;
}

#[tokio::test]
async fn an_import_is_undone_whole_unless_somebody_has_changed_a_case_since() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        record(&cx, input("Someone Before")).await.expect("recorded");
        let keys = async || {
            person_key::Entity::find()
                .count(stage.db.key_reader())
                .await
                .expect("counted")
        };
        let before = keys().await;
        let import = taken(&cx, WIDE).await;
        undo(&cx, import).await.expect("undone");
        let n = async || person::Entity::find().count(stage.db.reader()).await.expect("counted");
        assert_eq!(n().await, 1);
        assert_eq!(keys().await, before + 1, "of what is remembered of the headings");
        let events = event::Entity::find().count(stage.db.reader()).await.expect("counted");
        assert_eq!(events, 0);
        says(&undo(&cx, import).await.expect_err("undone already"), "undone");
        let import = taken(&cx, WIDE).await;
        let (_, case) = names(stage, &supervisor, true).await.remove(0);
        let note = events::Record {
            kind: Kind::Note,
            typed: Typed::of([("on", "2025-05-20"), ("words", "met again")]),
        };
        events::record(&cx, case, note).await.expect("recorded");
        says(
            &undo(&cx, import).await.expect_err("changed since"),
            "1 of these cases was changed since",
        );
        assert_eq!(n().await, 3, "nothing went");
    })
    .await;
}

#[tokio::test]
async fn what_was_said_of_headings_is_remembered_and_what_is_missing_is_asked() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let text = "Who,Began,Unknown thing\nSpecimen Five,2025-02-01,x\n";
        let id = stage_file(&cx, text).await;
        let Suggestion::Confirm {
            mapping, is_remembered, ..
        } = suggestion(&cx, id).await.expect("a question")
        else {
            panic!("the headings are clear");
        };
        assert!(!is_remembered);
        assert!(mapping.columns.is_empty());
        let said = |mapping: Mapping| Plan {
            mapping: Some(mapping),
            ..Plan::default()
        };
        let error = plan(&cx, id, said(mapping)).await.expect_err("nothing is said");
        let AppError::Invalid(errors) = error else {
            panic!("{error}")
        };
        for code in ["person.name", "case.opened_on", "case.nation"] {
            assert!(errors.get(&format!("fixed_{code}")).is_some(), "{code}");
        }
        let mapping: Mapping = serde_json::from_str(
            r#"{"columns": {"Who": "person.name", "Began": "case.opened_on"}, "fixed": {"case.nation": "wales"}}"#,
        )
        .expect("a mapping");
        plan(&cx, id, said(mapping.clone())).await.expect("planned");
        drop_all(&cx, id).await.expect("dropped");
        let id = stage_file(&cx, text).await;
        let Suggestion::Confirm {
            mapping: again,
            is_remembered,
            ..
        } = suggestion(&cx, id).await.expect("a question")
        else {
            panic!("the headings are clear");
        };
        assert!(is_remembered);
        assert_eq!(again, mapping);
    })
    .await;
}

async fn stage_file(cx: &Cx<'_>, text: &str) -> Uuid {
    stage(cx, "cases.csv", text.as_bytes().to_vec()).await.expect("staged")
}

#[tokio::test]
async fn supervisors_bring_cases_in_and_nobody_sees_those_of_another_organisation() {
    on_both(async |stage| {
        let House {
            supervisor,
            worker,
            manager,
            outsider,
            ..
        } = house(stage).await;
        let id = stage_file(&supervisor.cx(stage), WIDE).await;
        for other in [&worker, &manager] {
            let answer = stage_as(stage, other).await;
            assert!(matches!(answer, Err(AppError::Forbidden(_))));
            assert!(matches!(find(&other.cx(stage), id).await, Err(AppError::Forbidden(_))));
        }
        let cx = outsider.cx(stage);
        assert!(matches!(find(&cx, id).await, Err(AppError::NotFound(_))));
        assert!(matches!(undo(&cx, id).await, Err(AppError::NotFound(_))));
        assert!(matches!(refused_rows(&cx, id).await, Err(AppError::NotFound(_))));
        let manager = cast::member(stage, outsider.0.organisation.expect("one"), "x", &[Role::Manager]).await;
        assert!(list(&stage.cx(&manager), 1).await.is_err());
    })
    .await;
}

async fn stage_as(stage: &Stage, by: &Keyed) -> Result<Uuid, AppError> {
    super::stage(&by.cx(stage), "cases.csv", WIDE.as_bytes().to_vec()).await
}

#[tokio::test]
async fn many_cases_are_written_at_once_or_none() {
    on_both(async |stage| {
        let House { supervisor, worker, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let one = |n: usize| {
            let of = input(&format!("Specimen {n}"));
            super::NewCase {
                identity: of.identity,
                contact: of.contact,
                contact_at: cx.now,
                about: of.about,
                events: Vec::new(),
                episodes: Vec::new(),
                needs: Vec::new(),
                background: Vec::new(),
                contacts: Vec::new(),
                voices: Vec::new(),
                time: Vec::new(),
                members: vec![worker.0.member.expect("a member").0],
                is_open: None,
                is_invented: true,
            }
        };
        let told = std::sync::Mutex::new(Vec::new());
        let cases = (0..1_500).map(one).collect();
        let ids = write(&cx, cases, &|n| told.lock().expect("told").push(n))
            .await
            .expect("written");
        assert_eq!(ids.len(), 1_500);
        assert_eq!(*told.lock().expect("told"), [1_000, 1_500]);
        let filter = Filter {
            words: "specimen 1499".into(),
            ..Filter::default()
        };
        let found = crate::case::list(&worker.cx(stage), &Caseload::default(), &filter)
            .await
            .expect("a list");
        assert_eq!(found.n, 1);
        // Someone who is no member cannot work on a case: nothing is left of the attempt, nor of its keys.
        let keys = async || {
            person_key::Entity::find()
                .count(stage.db.key_reader())
                .await
                .expect("counted")
        };
        let before = keys().await;
        let mut bad = one(0);
        bad.members = vec![Uuid::from_u128(7)];
        assert!(write(&cx, vec![one(1), bad], &|_| {}).await.is_err());
        assert_eq!(keys().await, before);
        let n = person::Entity::find().count(stage.db.reader()).await.expect("counted");
        assert_eq!(n, 1_500);
    })
    .await;
}

#[tokio::test]
async fn keys_of_an_import_that_was_cut_off_are_known_for_what_they_are() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let owner = cx.organisation().expect("an organisation").0;
        let keys = async || {
            person_key::Entity::find()
                .count(stage.db.key_reader())
                .await
                .expect("counted")
        };
        let summary = staged(&cx, WIDE).await;
        let before = keys().await;
        // As if the program had ended after the keys were written.
        let at = cx.now.plus_seconds(5);
        let later = Cx { now: at, ..cx.clone() };
        access::key::person::make_all(&later, owner, 150).await.expect("made");
        let row = case_import::ActiveModel {
            id: sea_orm::ActiveValue::Set(summary.import),
            tried_at: sea_orm::ActiveValue::Set(Some(at.0)),
            ..Default::default()
        };
        let tx = stage.db.begin().await.expect("begun");
        sea_orm::ActiveModelTrait::update(row, &tx).await.expect("updated");
        tx.commit().await.expect("committed");
        let used = access::key::person::used(&stage.db).await.expect("read");
        let tomorrow = at.plus_seconds(86_400);
        let swept = access::key::person::sweep(&stage.db, &used, tomorrow)
            .await
            .expect("swept");
        assert_eq!(swept, 150);
        assert_eq!(keys().await, before);
        // Or whoever tries again before the next start.
        access::key::person::make_all(&later, owner, 150).await.expect("made");
        take(&cx, summary.import, Taking::default(), &|_| {})
            .await
            .expect("taken");
        assert_eq!(keys().await, before + 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_the_rows_a_second_time_costs_the_first_its_turn_and_no_key() {
    on_both(async |stage| {
        let House { supervisor, .. } = house(stage).await;
        let cx = supervisor.cx(stage);
        let owner = cx.organisation().expect("an organisation").0;
        let id = staged(&cx, WIDE).await.import;
        // The first has made its keys and written nothing; the second clears away what looks cut off.
        let first = take::try_at(&cx, id).await.expect("tried");
        let dated = Cx {
            now: first,
            ..cx.clone()
        };
        access::key::person::make_all(&dated, owner, 2).await.expect("made");
        let second = take::try_at(&cx, id).await.expect("tried");
        assert!(second > first, "no two attempts are dated alike");
        let work = cx
            .begin(Action::ImportCases, Relation::OwnOrganisation)
            .await
            .expect("begun");
        let late = take::decide(&work, id, ImportState::Taken, Some(first)).await;
        assert!(matches!(late, Err(AppError::Conflict(_))), "its keys are gone");
        drop(work);
        // Two presses at once: one of them takes the rows, and all of it opens.
        let quiet = |_: usize| {};
        let press = || take(&cx, id, Taking::default(), &quiet);
        let (one, other) = tokio::join!(press(), press());
        assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|is_ok| **is_ok).count(), 1);
        let mut there = names(stage, &supervisor, false).await;
        there.extend(names(stage, &supervisor, true).await);
        assert_eq!(there.len(), 2);
        for (_, case) in there {
            open(&cx, case).await.expect("it opens");
        }
        assert!(take::try_at(&cx, id).await.is_err(), "nobody tries again");
    })
    .await;
}
