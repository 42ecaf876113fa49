//! What each change counts, and what is counted anew by other rules, on both databases.

use domain::Day;
use domain::casework::Nation;
use domain::permission::Action;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use store::row::{caseload, support_case};
use store::{AppError, Cx};
use testkit::{Stage, on_both};

use super::{CANARY, found, house, input};
use crate::case::{About, Caseload, Filter, amend, hold, line, open, record, unseal};
use crate::clock;
use crate::event as events;
use crate::need::Need;
use crate::part;
use crate::person::forget;
use crate::sheet::Typed;

#[tokio::test]
async fn another_nation_counts_every_clock_of_the_case_anew() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let id = record(&cx, input(CANARY)).await.expect("recorded");
        let typed = Typed::of([("on", "2025-04-17"), ("agency", "police")]);
        let kind = events::Kind::NrmReferral;
        events::record(&cx, id, events::Record { kind, typed })
            .await
            .expect("recorded");
        let due = async || {
            let opened = open(&cx, id).await.expect("opened");
            opened
                .clocks
                .iter()
                .filter_map(|clock| clock.due_on)
                .map(Day::iso)
                .min()
        };
        // Easter Monday counts in Scotland and not in England.
        assert_eq!(due().await.as_deref(), Some("2025-04-28"));
        let scottish = || About {
            nation: Nation::Scotland,
            ..input("").about
        };
        amend(&cx, id, scottish(), 1).await.expect("amended");
        assert_eq!(due().await.as_deref(), Some("2025-04-25"));
        let again = amend(&cx, id, scottish(), 1).await;
        assert!(matches!(again, Err(AppError::Conflict("case"))));
        let row = support_case::Entity::find_by_id(id)
            .one(stage.db.reader())
            .await
            .expect("read");
        assert_eq!(row.and_then(|row| row.next_due_on).as_deref(), Some("2025-04-25"));
    })
    .await;
}

/// The organisation's count of changes.
async fn counter(stage: &Stage) -> i64 {
    caseload::Entity::find()
        .one(stage.db.reader())
        .await
        .expect("read")
        .map_or(0, |row| row.counter)
}

#[tokio::test]
async fn whoever_changes_any_part_of_a_case_counts_the_change_and_finds_the_case_still_there() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let id = record(&cx, input(CANARY)).await.expect("recorded");
        let need = Typed::of([("area", "housing"), ("horizon", "emergency"), ("since", "2025-05-21")]);
        let before = counter(stage).await;
        let made = part::record::<Need>(&cx, id, &need).await.expect("recorded");
        part::amend::<Need>(&cx, id, made, &need, 1).await.expect("amended");
        let given = Typed::of([
            ("on", "2025-05-21"),
            ("minutes", "30"),
            ("kind", "chasing"),
            ("agency", "police"),
        ]);
        let entry = crate::time_entry::record(&cx, id, &given).await.expect("recorded");
        crate::time_entry::remove(&cx, id, entry).await.expect("removed");
        assert_eq!(counter(stage).await - before, 4);
        // One who opened the case before its person was forgotten comes too late, and is told so.
        let of = unseal(&cx, id, Action::RecordNeed).await.expect("opened");
        forget(&house.supervisor.cx(stage), id).await.expect("forgotten");
        let tx = stage.db.begin().await.expect("begun");
        assert!(matches!(hold(&tx, &of.row).await, Err(AppError::NotFound("case"))));
    })
    .await;
}

#[tokio::test]
async fn what_was_counted_by_other_rules_is_counted_anew_before_the_list_shows_it() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let id = record(&cx, input(CANARY)).await.expect("recorded");
        let stored = async || {
            support_case::Entity::find_by_id(id)
                .one(stage.db.reader())
                .await
                .expect("read")
                .expect("a case")
        };
        let right = stored().await.next_due_on;
        // As an earlier edition of the rules left it: another last day, and nothing late.
        let of = unseal(&cx, id, Action::ReadCase).await.expect("opened");
        let opened = of.key.open(&line(id), &of.row.sealed_line).expect("its line");
        let kept = String::from_utf8(opened.reveal(&of.shown).expect("shown").clone()).expect("text");
        let old = kept
            .replace(clock::edition(), "0123456789abcdef")
            .replace("2025-05-20", "2030-01-01");
        assert_ne!(kept, old);
        let tx = stage.db.begin().await.expect("begun");
        let counter = hold(&tx, &of.row).await.expect("there");
        support_case::ActiveModel {
            id: Set(id),
            next_due_on: Set(Some("2030-01-01".to_owned())),
            sealed_line: Set(of.key.seal(&line(id), old.as_bytes())),
            changed: Set(counter),
            ..Default::default()
        }
        .update(&tx)
        .await
        .expect("written");
        tx.commit().await.expect("committed");
        let shown = found(stage, &house.worker, &Caseload::default(), Filter::default()).await;
        assert_eq!((shown.n, shown.n_late), (1, 1));
        assert!(
            shown.cases[0]
                .clocks
                .iter()
                .all(|clock| clock.due_on.map(Day::iso) == right)
        );
        let row = stored().await;
        assert_eq!(row.next_due_on, right);
        // From then on nothing is counted again.
        found(stage, &house.worker, &Caseload::default(), Filter::default()).await;
        assert_eq!(stored().await.changed, row.changed);
    })
    .await;
}

#[tokio::test]
async fn a_window_that_passed_two_weeks_ago_is_late_no_more_although_nobody_wrote_in_the_case() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let id = record(&cx, input(CANARY)).await.expect("recorded");
        for (kind, answers) in [
            (
                events::Kind::ReasonableGrounds,
                [("on", "2025-05-06"), ("outcome", "negative"), ("authority", "sca")].as_slice(),
            ),
            (events::Kind::ContactCheck, &[("on", "2025-05-30"), ("is_safe", "yes")]),
        ] {
            let typed = Typed::of(answers.iter().copied());
            events::record(&cx, id, events::Record { kind, typed })
                .await
                .expect("recorded");
        }
        let caseload = Caseload::default();
        let on = async |day: &str| {
            let cx = Cx {
                now: Day::parse(day).expect("a day").start().plus_seconds(12 * 3600),
                ..house.worker.cx(stage)
            };
            let found = crate::case::list(&cx, &caseload, &Filter::default())
                .await
                .expect("a list");
            let opened = open(&cx, id).await.expect("opened");
            let passed = opened
                .clocks
                .iter()
                .filter(|clock| clock.has_passed(opened.today))
                .count();
            (found.n_late, found.n_soon, passed)
        };
        // Asking for reconsideration was possible until 5 June; safe contact is due on the 27th.
        assert_eq!(on("2025-06-19").await, (1, 0, 0));
        assert_eq!(on("2025-06-25").await, (0, 1, 1));
        let row = support_case::Entity::find_by_id(id).one(stage.db.reader()).await;
        let row = row.expect("read").expect("a case");
        assert_eq!(row.next_due_on.as_deref(), Some("2025-06-27"));
        // Nor is it counted anew each time.
        assert_eq!(on("2025-06-25").await, (0, 1, 1));
        let again = support_case::Entity::find_by_id(id).one(stage.db.reader()).await;
        assert_eq!(again.expect("read").expect("a case").changed, row.changed);
    })
    .await;
}

#[tokio::test]
async fn just_after_midnight_in_summer_what_happened_today_is_taken() {
    on_both(async |stage| {
        let house = house(stage).await;
        // 00:30 on 2 June in London.
        let cx = Cx {
            now: Day::new(2025, 6, 1)
                .expect("a day")
                .start()
                .plus_seconds(23 * 3600 + 1800),
            ..house.worker.cx(stage)
        };
        let mut person = input(CANARY);
        person.about.opened_on = Day::new(2025, 6, 2).expect("a day");
        let id = record(&cx, person).await.expect("recorded");
        let kind = events::Kind::Note;
        let note = |on| Typed::of([("on", on), ("words", "Specimen")]);
        events::record(
            &cx,
            id,
            events::Record {
                kind,
                typed: note("2025-06-02"),
            },
        )
        .await
        .expect("today");
        let tomorrow = events::Record {
            kind,
            typed: note("2025-06-03"),
        };
        assert!(matches!(
            events::record(&cx, id, tomorrow).await,
            Err(AppError::Invalid(_))
        ));
        assert_eq!(open(&cx, id).await.expect("opened").today.iso(), "2025-06-02");
    })
    .await;
}
