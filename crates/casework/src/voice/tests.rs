//! What words may be used for, with what the person said to printing them before and since, on both databases.

use domain::Day;
use domain::casework::{VoiceAbout, VoiceUse};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::audit;
use store::{AppError, Cx};
use testkit::on_both;
use uuid::Uuid;

use super::{Voice, usable};
use crate::case::tests::{house, input};
use crate::case::{open, record};
use crate::event::{self, History, Kind};
use crate::part;
use crate::sheet::Typed;

fn read(more: &[(&str, &str)]) -> Result<Voice, AppError> {
    let typed = [("on", "2025-05-21"), ("words", "Nobody asked me")];
    // The first value of a name counts.
    let typed = Typed::of(more.iter().chain(&typed).copied());
    part::read(&typed, Day::parse("2025-06-01").expect("a day"))
}

#[test]
fn silence_allows_no_use_and_what_is_taken_back_counts_no_more() {
    let history = History::default();
    assert!(read(&[]).expect("read").allowed(&history).is_empty());
    let of = read(&[("uses", "improve"), ("uses", "quote"), ("taken_back", "quote")]).expect("read");
    assert_eq!(of.allowed(&history), [VoiceUse::Improve]);
    let Err(AppError::Invalid(errors)) = read(&[("taken_back", "audit"), ("on", "2025-07-01")]) else {
        panic!("two faults");
    };
    assert!(errors.get("taken_back").is_some() && errors.get("on").is_some());
}

/// Records what the person said to their words being printed.
async fn said(cx: &Cx<'_>, case: Uuid, on: &str, said: &str) {
    let typed = Typed::of([
        ("on", on),
        ("purpose", "publication"),
        ("said", said),
        ("said_by", "person"),
    ]);
    let kind = Kind::Consent;
    event::record(cx, case, event::Record { kind, typed })
        .await
        .expect("recorded");
}

/// Words that were agreed to be printed and to be used for the better.
fn words(more: &[(&str, &str)]) -> Typed {
    let typed = [
        ("on", "2025-05-21"),
        ("words", "Nobody asked me"),
        ("about", "help"),
        ("uses", "improve"),
        ("uses", "quote"),
    ];
    Typed::of(typed.iter().chain(more).copied())
}

async fn allowed(cx: &Cx<'_>, case: Uuid) -> Vec<VoiceUse> {
    let of = open(cx, case).await.expect("opened");
    of.voices[0].sheet.allowed(&of.history)
}

#[tokio::test]
async fn a_no_to_printing_refuses_that_use_of_words_recorded_after_it_until_the_person_agrees() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let case = record(&cx, input("Specimen")).await.expect("recorded");
        said(&cx, case, "2025-05-20", "refused").await;
        let Err(AppError::Invalid(errors)) = part::record::<Voice>(&cx, case, &words(&[])).await else {
            panic!("a fault");
        };
        let fault = errors.get("uses").expect("of the uses");
        assert!(
            fault.contains("said no to") && fault.contains("record that first"),
            "{fault}"
        );
        assert!(
            open(&cx, case).await.expect("opened").voices.is_empty(),
            "nothing is kept"
        );
        // Other uses are not governed by it.
        let other = Typed::of([
            ("on", "2025-05-21"),
            ("words", "Nobody asked me"),
            ("about", "help"),
            ("uses", "improve"),
            ("uses", "audit"),
        ]);
        let voice = part::record::<Voice>(&cx, case, &other).await.expect("recorded");
        assert_eq!(allowed(&cx, case).await, [VoiceUse::Improve, VoiceUse::Audit]);
        let answer = part::amend::<Voice>(&cx, case, voice, &words(&[]), 1).await;
        assert!(matches!(answer, Err(AppError::Invalid(_))), "amending asks the same");
        said(&cx, case, "2025-05-22", "given").await;
        part::amend::<Voice>(&cx, case, voice, &words(&[]), 1)
            .await
            .expect("they agree now");
        assert_eq!(allowed(&cx, case).await, [VoiceUse::Improve, VoiceUse::Quote]);
    })
    .await;
}

#[tokio::test]
async fn words_recorded_before_printing_is_taken_back_may_be_printed_no_more() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let case = record(&cx, input("Specimen")).await.expect("recorded");
        said(&cx, case, "2025-05-20", "given").await;
        let voice = part::record::<Voice>(&cx, case, &words(&[])).await.expect("recorded");
        assert_eq!(allowed(&cx, case).await, [VoiceUse::Improve, VoiceUse::Quote]);
        said(&cx, case, "2025-05-22", "withdrawn").await;
        assert_eq!(allowed(&cx, case).await, [VoiceUse::Improve]);
        let of = open(&cx, case).await.expect("opened");
        let out = of.voices[0].sheet.ruled_out(&of.history);
        assert_eq!((out.len(), out[0].of), (1, VoiceUse::Quote));
        assert!(out[0].say().contains("took back"), "{}", out[0].say());
        assert_eq!(of.voices[0].sheet.say_allowed(&of.history), VoiceUse::Improve.words());
        // Whoever amends the words says so of them too.
        let answer = part::amend::<Voice>(&cx, case, voice, &words(&[]), 1).await;
        assert!(matches!(answer, Err(AppError::Invalid(_))));
        part::amend::<Voice>(&cx, case, voice, &words(&[("taken_back", "quote")]), 1)
            .await
            .expect("amended");
    })
    .await;
}

#[tokio::test]
async fn words_that_may_be_used_are_listed_of_the_cases_that_one_may_open_latest_first_and_the_log_says_so() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let colleague = house.colleague.cx(stage);
        assert!(usable(&cx).await.expect("listed").is_empty());
        let first = record(&cx, input("Specimen")).await.expect("recorded");
        let second = record(&cx, input("Specimen Two")).await.expect("recorded");
        let other = record(&colleague, input("Specimen Three")).await.expect("recorded");
        let of = |on, words, of| Typed::of([("on", on), ("words", words), ("about", "police"), ("uses", of)]);
        let keep = async |cx: &Cx<'_>, case: Uuid, typed: Typed| {
            part::record::<Voice>(cx, case, &typed).await.expect("recorded");
        };
        keep(&cx, first, of("2025-05-21", "Earlier words", "improve")).await;
        keep(&cx, second, of("2025-05-23", "Later words", "audit")).await;
        keep(&colleague, other, of("2025-05-22", "Words elsewhere", "quote")).await;
        // Words that may be used for nothing stay in their case.
        let silent = Typed::of([("on", "2025-05-24"), ("words", "Silent words"), ("about", "help")]);
        part::record::<Voice>(&cx, first, &silent).await.expect("recorded");
        let listed = async |cx: &Cx<'_>| -> Vec<(Uuid, Vec<VoiceUse>)> {
            let all = usable(cx).await.expect("listed");
            all.into_iter().map(|one| (one.case, one.uses)).collect()
        };
        assert_eq!(
            listed(&cx).await,
            [(second, vec![VoiceUse::Audit]), (first, vec![VoiceUse::Improve])]
        );
        let supervisor = house.supervisor.cx(stage);
        let before = shown(stage, other).await;
        let all = usable(&supervisor).await.expect("listed");
        let cases: Vec<Uuid> = all.iter().map(|one| one.case).collect();
        assert_eq!(cases, [second, other, first]);
        assert_eq!(all[0].voice.about, [VoiceAbout::Police]);
        assert_eq!(shown(stage, other).await, before + 1, "the log names each case");
        // Printing is taken back for good: only that use goes.
        said(&colleague, other, "2025-05-25", "refused").await;
        let cases: Vec<Uuid> = listed(&supervisor).await.into_iter().map(|(case, _)| case).collect();
        assert_eq!(cases, [second, first]);
        for nobody in [&house.manager, &house.outsider] {
            let answer = usable(&nobody.cx(stage)).await;
            assert!(
                matches!(&answer, Ok(all) if all.is_empty()) || matches!(answer, Err(AppError::Forbidden(_))),
                "{}",
                nobody.0.name
            );
        }
    })
    .await;
}

/// How often the log says that a case was shown.
async fn shown(stage: &testkit::Stage, case: Uuid) -> u64 {
    audit::Entity::find()
        .filter(audit::Column::Action.eq("case.read"))
        .filter(audit::Column::SubjectId.eq(case))
        .count(stage.db.reader())
        .await
        .expect("counted")
}
