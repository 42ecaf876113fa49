//! Events: recorded, corrected, struck, done; what follows from them; on both databases.

use domain::Day;
use domain::casework::{Certainty, Known, KnownFrom, Status};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use store::row::event;
use store::{AppError, Cx};
use testkit::on_both;
use uuid::Uuid;

use super::{Basis, Correct, Entry, Kind, Record, What, correct, done, record, strike};
use crate::case::tests::{House, house, input};
use crate::case::{self, Filter};
use crate::clock::ClockKind;
use crate::sheet::{Field, Input, Typed};
use crate::time_entry;

mod contradicted;

fn referral(on: &str) -> Record {
    Record {
        kind: Kind::NrmReferral,
        typed: Typed::of([("on", on), ("agency", "police"), ("is_child", "no")]),
    }
}

async fn begun(stage: &testkit::Stage) -> (House, Uuid) {
    let house = house(stage).await;
    let id = case::record(&house.worker.cx(stage), input("Specimen"))
        .await
        .expect("recorded");
    (house, id)
}

/// The case once an event of this kind is recorded.
async fn after(cx: &Cx<'_>, id: Uuid, kind: Kind, typed: &[(&str, &str)]) -> case::Opened {
    let typed = Typed::of(typed.iter().copied());
    record(cx, id, Record { kind, typed }).await.expect("recorded");
    case::open(cx, id).await.expect("opened")
}

fn faults(answer: Result<Uuid, AppError>) -> Vec<String> {
    match answer {
        Err(AppError::Invalid(errors)) => errors.iter().map(|(field, _)| field.to_owned()).collect(),
        other => vec![format!("{other:?}")],
    }
}

/// What a member could type in a form of this kind: the first of each list, the day before the stage's.
fn filled(fields: &[Field]) -> Vec<(String, String)> {
    let mut typed = vec![("on".to_owned(), "2025-05-31".to_owned())];
    for field in fields {
        let value = match &field.input {
            Input::Line | Input::Words => "Specimen words",
            Input::Number => "3",
            Input::Money => "75.03",
            Input::Day(_) if ["ends_on", "due_on"].contains(&field.key) => "2025-06-20",
            // What had happened by then.
            Input::Day(_) => "2025-05-30",
            // A report that no decision has weighed says nothing of it.
            Input::Choice(options) if options.iter().any(|(code, _)| *code == "weighed") => "weighed",
            Input::Choice(options) | Input::Boxes(options) => options[0].0,
        };
        typed.push((field.key.to_owned(), value.to_owned()));
    }
    typed
}

#[test]
fn every_kind_is_chosen_in_one_group_but_those_that_come_about_by_a_button() {
    for kind in Kind::ALL {
        let n = Kind::GROUPS
            .iter()
            .flat_map(|(_, kinds)| *kinds)
            .filter(|other| *other == kind)
            .count();
        assert_eq!(
            n,
            usize::from(!matches!(
                kind,
                Kind::Done | Kind::Struck | Kind::Linked | Kind::PlanAnswered
            )),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn an_event_of_every_kind_is_recorded_and_read_back_as_it_was_typed() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        // The last first: a contact months after a return comes before the return of yesterday.
        for kind in Kind::ALL.iter().rev().copied().filter(|kind| kind.is_recorded()) {
            let typed = filled(&kind.fields());
            let made = record(
                &cx,
                id,
                Record {
                    kind,
                    typed: Typed::of(typed),
                },
            )
            .await
            .expect("recorded");
            let opened = case::open(&cx, id).await.expect("opened");
            let event = opened.history.find(made).expect("kept");
            assert_eq!(event.entry.what.kind(), kind);
            let n_shown = event
                .entry
                .what
                .shown()
                .iter()
                .filter(|(_, words)| !words.is_empty())
                .count();
            assert_eq!(n_shown, kind.fields().len(), "{kind}: every answer is shown");
        }
        // What can come about only by a button is not recorded by a form.
        let typed = Typed::of([("on", "2025-05-31")]);
        for kind in [Kind::Done, Kind::Struck] {
            let record = Record {
                kind,
                typed: typed.clone(),
            };
            assert!(matches!(
                super::record(&cx, id, record).await,
                Err(AppError::NotFound(_))
            ));
        }
    })
    .await;
}

#[tokio::test]
async fn a_decision_that_is_late_stands_first_on_the_list_until_it_comes() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let (cx, caseload) = (house.worker.cx(stage), case::Caseload::default());
        let check = Record {
            kind: Kind::ContactCheck,
            typed: Typed::of([("on", "2025-05-30"), ("is_safe", "yes")]),
        };
        record(&cx, id, check).await.expect("recorded");
        // Five working days from 21 May, over the bank holiday of 26 May: 29 May.
        record(&cx, id, referral("2025-05-21")).await.expect("recorded");
        let list = case::list(&cx, &caseload, &Filter::default()).await.expect("a list");
        let first = &list.cases[0].clocks[0];
        assert_eq!((list.n_late, first.kind), (1, ClockKind::ReasonableGrounds));
        assert_eq!(first.say(stage.now.day(), list.cases[0].nation), "1 working day late");
        assert_eq!(list.cases[0].status, Some(Status::Referred));
        let decision = Record {
            kind: Kind::ReasonableGrounds,
            typed: Typed::of([("on", "2025-05-31"), ("outcome", "positive"), ("authority", "sca")]),
        };
        record(&cx, id, decision).await.expect("recorded");
        let list = case::list(&cx, &caseload, &Filter::default()).await.expect("a list");
        assert_eq!((list.n_late, list.cases[0].status), (0, Some(Status::RgPositive)));
    })
    .await;
}

#[tokio::test]
async fn somebody_missing_of_whom_the_police_were_not_told_stands_above_what_has_been_late_for_longer() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let (cx, caseload) = (house.worker.cx(stage), case::Caseload::default());
        let missing = [("on", "2025-06-01"), ("is_reported", "no")];
        after(&cx, id, Kind::Missing, &missing).await;
        let other = case::record(&cx, input("Other")).await.expect("recorded");
        record(&cx, other, referral("2025-04-21")).await.expect("recorded");
        let list = case::list(&cx, &caseload, &Filter::default()).await.expect("a list");
        assert_eq!(list.cases.iter().map(|case| case.id).collect::<Vec<_>>(), [id, other]);
        assert_eq!(list.cases[0].clocks[0].kind, ClockKind::Unreported);
    })
    .await;
}

#[tokio::test]
async fn leaving_takes_nothing_from_the_last_decision_and_a_challenge_changes_it() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let put = async |kind, typed: &[(&str, &str)]| {
            let opened = after(&cx, id, kind, typed).await;
            (opened.history.decision(), opened.status)
        };
        let negative = [
            ("on", "2025-04-10"),
            ("outcome", "negative"),
            ("authority", "sca"),
            ("reasons", "inconsistent"),
        ];
        let said = put(Kind::ConclusiveGrounds, &negative).await;
        assert_eq!(said.0, Some(Status::CgNegative));
        let challenge = |on, stage| [("on", on), ("challenged", "conclusive_grounds"), ("stage", stage)];
        let said = put(Kind::Reconsideration, &challenge("2025-04-20", "asked")).await;
        assert_eq!(said, (Some(Status::CgNegative), Some(Status::Reconsidering)));
        let said = put(Kind::Reconsideration, &challenge("2025-05-01", "overturned")).await;
        assert_eq!(said.0, Some(Status::CgPositive));
        let left = [("on", "2025-05-20"), ("reason", "planned"), ("destination", "family")];
        let said = put(Kind::Exit, &left).await;
        assert_eq!(said, (Some(Status::CgPositive), Some(Status::Exited)));
    })
    .await;
}

#[tokio::test]
async fn a_conclusive_decision_within_the_recovery_period_is_pointed_out_until_that_is_looked_back_on() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let put = async |kind, typed: &[(&str, &str)]| {
            let opened = after(&cx, id, kind, typed).await;
            super::within_recovery(&opened.history, opened.about.nation)
        };
        let period = [("on", "2025-04-01"), ("ends_on", "2025-05-01")];
        assert_eq!(put(Kind::RecoveryPeriod, &period).await, None);
        // By the rule thirty days of which that of the decision is the first, where nobody recorded the period.
        let decided = |on| [("on", on), ("outcome", "positive"), ("authority", "sca")];
        let until = Day::new(2025, 5, 1);
        assert_eq!(
            put(Kind::ConclusiveGrounds, &decided("2025-05-01")).await,
            None,
            "it was over"
        );
        assert_eq!(put(Kind::ConclusiveGrounds, &decided("2025-04-20")).await, until);
        let looked_back = [
            ("on", "2025-05-20"),
            ("was_full", "no"),
            ("had_help", "yes"),
            ("enforced", "no"),
        ];
        assert_eq!(put(Kind::RecoveryReview, &looked_back).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_correction_is_a_new_event_and_the_earlier_one_stays() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let first = record(&cx, id, referral("2025-05-21")).await.expect("recorded");
        let put = |event, on: &str| Correct {
            event,
            typed: referral(on).typed,
        };
        let second = correct(&cx, id, put(first, "2025-05-22")).await.expect("corrected");
        let opened = case::open(&cx, id).await.expect("opened");
        assert_eq!(opened.history.all().len(), 2);
        assert_eq!(
            opened.history.standing().map(|event| event.id).collect::<Vec<_>>(),
            [second]
        );
        assert_eq!(opened.history.successor(first).map(|event| event.id), Some(second));
        let answer = correct(&cx, id, put(first, "2025-05-23")).await;
        assert!(matches!(answer, Err(AppError::Refused(_))), "it no longer holds");
        assert_eq!(faults(strike(&cx, id, second, " ").await), ["reason"]);
        strike(&cx, id, second, "another person’s").await.expect("struck");
        let opened = case::open(&cx, id).await.expect("opened");
        assert_eq!((opened.history.standing().count(), opened.status), (0, None));
        assert_eq!(
            event::Entity::find().count(stage.db.reader()).await.expect("counted"),
            3
        );
    })
    .await;
}

#[tokio::test]
async fn a_reminder_is_due_until_it_is_done() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let reminder = Record {
            kind: Kind::Reminder,
            typed: Typed::of([
                ("on", "2025-06-01"),
                ("task", "Ring the solicitor"),
                ("due_on", "2025-06-03"),
            ]),
        };
        let made = record(&cx, id, reminder).await.expect("recorded");
        let runs = async || {
            let opened = case::open(&cx, id).await.expect("opened");
            opened.clocks.iter().any(|clock| clock.words == "Ring the solicitor")
        };
        assert!(runs().await);
        let other = record(&cx, id, referral("2025-05-21")).await.expect("recorded");
        assert!(matches!(done(&cx, id, other).await, Err(AppError::Refused(_))));
        done(&cx, id, made).await.expect("done");
        assert!(!runs().await);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_recorded_or_opened_for_others() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        assert_eq!(faults(record(&cx, id, referral("2025-06-02")).await), ["on"]);
        let missing = Record {
            kind: Kind::ReasonableGrounds,
            typed: Typed::of([("outcome", "perhaps")]),
        };
        assert_eq!(faults(record(&cx, id, missing).await), ["on", "outcome", "authority"]);
        for other in [&house.colleague, &house.outsider, &house.manager] {
            let answer = record(&other.cx(stage), id, referral("2025-05-21")).await;
            assert!(matches!(answer, Err(AppError::NotFound("case"))));
        }
        let twice = Cx {
            once: Some("token"),
            ..house.worker.cx(stage)
        };
        let made = record(&twice, id, referral("2025-05-21")).await.expect("recorded");
        let again = record(&twice, id, referral("2025-05-21")).await;
        assert!(matches!(again, Err(AppError::Repeated(Some(same))) if same == made));
        assert_eq!(
            event::Entity::find().count(stage.db.reader()).await.expect("counted"),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn an_event_moved_to_another_case_of_the_organisation_does_not_open() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let other = case::record(&cx, input("Other")).await.expect("recorded");
        let made = record(&cx, id, referral("2025-05-21")).await.expect("recorded");
        let tx = stage.db.begin().await.expect("a transaction");
        event::Entity::update(event::ActiveModel {
            id: sea_orm::ActiveValue::Set(made),
            case_id: sea_orm::ActiveValue::Set(other),
            ..Default::default()
        })
        .exec(&tx)
        .await
        .expect("moved behind the program’s back");
        tx.commit().await.expect("it stays");
        assert!(matches!(case::open(&cx, other).await, Err(AppError::Internal(_))));
    })
    .await;
}

#[tokio::test]
async fn unpaid_time_is_added_and_taken_back_and_never_longer_than_a_day() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let given = |minutes: &str, on: &str| {
            Typed::of([
                ("on", on),
                ("minutes", minutes),
                ("kind", "chasing"),
                ("agency", "police"),
            ])
        };
        let made = time_entry::record(&cx, id, &given("45", "2025-06-01"))
            .await
            .expect("recorded");
        assert_eq!(
            faults(time_entry::record(&cx, id, &given("1441", "2025-06-01")).await),
            ["minutes"]
        );
        assert_eq!(
            faults(time_entry::record(&cx, id, &given("5", "2025-06-02")).await),
            ["on"]
        );
        let opened = case::open(&cx, id).await.expect("opened");
        assert_eq!(opened.time.iter().map(|kept| kept.entry.given.minutes).sum::<u32>(), 45);
        let other = case::record(&cx, input("Other")).await.expect("recorded");
        assert!(matches!(
            time_entry::remove(&cx, other, made).await,
            Err(AppError::NotFound(_))
        ));
        time_entry::remove(&cx, id, made).await.expect("removed");
        assert!(case::open(&cx, id).await.expect("opened").time.is_empty());
    })
    .await;
}

#[test]
fn what_was_sealed_before_more_was_asked_is_read_as_if_that_had_been_left_out() {
    let before = [
        r#"{"kind":"encounter","agency":"police","place":null,"noted_signs":null,"told_rights":"no","interpreting":null}"#,
        r#"{"kind":"rights_told","within_day":"yes","own_language":"no","how":null}"#,
        r#"{"kind":"nrm_referral","agency":"police","asked_on":null,"reference":null,"is_child":"no"}"#,
        r#"{"kind":"conclusive_grounds","outcome":"positive","authority":"sca","reasons":[],"expert":null}"#,
        r#"{"kind":"reconsideration","challenged":"reasonable_grounds","stage":"asked","is_represented":null}"#,
        r#"{"kind":"judicial_review","challenged":"reasonable_grounds","stage":"begun"}"#,
        r#"{"kind":"legal_advice","matter":"immigration","stage":"found","is_legal_aid":"yes","is_accredited":null,"n_refused":2,"why":null,"lawyer":null}"#,
        r#"{"kind":"expert_report","expert":"age","stage":"asked","is_addressed":null,"why":null}"#,
        r#"{"kind":"residence_permit","stage":"applied","ground":null,"months":null,"ends_on":null,"may_work":null,"has_funds":null}"#,
        r#"{"kind":"detained","is_immigration":"yes","place":null,"why":null}"#,
        r#"{"kind":"removal_step","step":"notice","destination":null}"#,
        r#"{"kind":"subsistence","weeks_due":4,"weeks_paid":3,"why":null}"#,
        r#"{"kind":"offender","stage":"charged","offence":null,"is_compelled":null,"signs_known":null,"is_recorded":null,"is_defence_raised":null,"reference":null}"#,
        r#"{"kind":"proceedings","step":"recorded","force":null,"reference":null}"#,
        r#"{"kind":"guardian","stage":"asked","is_independent":null,"who":null}"#,
        r#"{"kind":"safe_house","stage":"placed","sort":"Small house","why":null}"#,
        r#"{"kind":"return","destination":"Specimenland","is_voluntary":"yes","risk_assessed":"no","is_consent_kept":null,"receiver":null}"#,
    ];
    for what in before {
        let entry = format!(
            r#"{{"on":"2025-05-20","what":{what},"note":"","supersedes":null,"by":"{}","at":1}}"#,
            Uuid::nil()
        );
        let entry: Entry = serde_json::from_str(&entry).unwrap_or_else(|fault| panic!("{what}: {fault}"));
        assert!(entry.basis.is_unsaid(), "{what}");
        // What is left out is not written down, so it is sealed again as it was.
        let again = serde_json::to_value(&entry).expect("JSON");
        let mut written: serde_json::Value = serde_json::from_str(what).expect("JSON");
        if let Some(of) = written.as_object_mut()
            && matches!(&entry.what, What::LegalAdvice(_) | What::SafeHouse(_))
        {
            let key = if of.contains_key("matter") {
                "funding"
            } else {
                "accommodation"
            };
            of.insert(key.to_owned(), serde_json::Value::Null);
            of.retain(|key, value| key != "is_legal_aid" || !value.is_null());
        }
        assert_eq!(again["what"], written, "{what}");
        assert!(again.get("basis").is_none());
    }
}

#[tokio::test]
async fn an_event_says_where_it_is_known_from_and_how_sure_and_a_correction_says_it_anew() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let typed = |more: &[(&str, &str)]| {
            let base = [("on", "2025-05-31"), ("is_reported", "yes")];
            Typed::of(base.iter().chain(more).copied())
        };
        let missing = |typed| Record {
            kind: Kind::Missing,
            typed,
        };
        let told = missing(typed(&[("known_from", "organisation"), ("certainty", "likely")]));
        let made = record(&cx, id, told).await.expect("recorded");
        let wrong = missing(typed(&[("certainty", "perhaps")]));
        assert_eq!(faults(record(&cx, id, wrong).await), ["certainty"]);
        let seen = Correct {
            event: made,
            typed: typed(&[("known_from", "seen")]),
        };
        let corrected = correct(&cx, id, seen).await.expect("corrected");
        let opened = case::open(&cx, id).await.expect("opened");
        let basis = |id| opened.history.find(id).expect("kept").entry.basis.clone();
        let expected = |known_from, certainty| Basis {
            known_from: Some(known_from),
            certainty,
        };
        assert_eq!(basis(made), expected(KnownFrom::Organisation, Some(Certainty::Likely)));
        assert_eq!(basis(corrected), expected(KnownFrom::Seen, None));
        assert_eq!(
            stage.traces_of("organisation\",\"certainty").await,
            Vec::<String>::new()
        );
    })
    .await;
}

#[tokio::test]
async fn who_pays_says_whether_it_is_legal_aid_and_nothing_else_may_say_otherwise() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let advice = |more: &[(&str, &str)]| Record {
            kind: Kind::LegalAdvice,
            typed: Typed::of(
                [("on", "2025-05-31"), ("matter", "housing"), ("stage", "found")]
                    .iter()
                    .chain(more)
                    .copied(),
            ),
        };
        let both = advice(&[("funding", "pro_bono"), ("is_legal_aid", "yes")]);
        assert_eq!(faults(record(&cx, id, both).await), ["is_legal_aid"]);
        for (more, expected) in [
            ([("funding", "exceptional"), ("is_legal_aid", "")], Some(Known::Yes)),
            ([("funding", "private"), ("is_legal_aid", "no")], Some(Known::No)),
            ([("funding", ""), ("is_legal_aid", "unknown")], Some(Known::Unknown)),
            ([("funding", ""), ("is_legal_aid", "")], None),
        ] {
            let made = record(&cx, id, advice(&more)).await.expect("recorded");
            let opened = case::open(&cx, id).await.expect("opened");
            let What::LegalAdvice(sheet) = &opened.history.find(made).expect("kept").entry.what else {
                panic!("another kind");
            };
            assert_eq!(sheet.has_legal_aid(), expected, "{more:?}");
        }
    })
    .await;
}
