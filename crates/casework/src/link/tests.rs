//! Links stand in both cases, go out of both, and lie in clear nowhere, on both databases.

use sea_orm::EntityTrait as _;
use store::row::event as event_row;
use testkit::on_both;

use super::*;
use crate::case::tests::{house, input};
use crate::case::{Caseload, NoElsewhere, Record, assign, close, no_elsewhere, open};
use crate::event::Kind;
use crate::person::forget;
use crate::sheet::Typed;

#[tokio::test]
async fn a_person_met_again_has_both_cases_on_both_pages_until_it_is_taken_back() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let earlier = case::record(&cx, input("Specimen")).await.expect("recorded");
        close(&cx, earlier).await.expect("closed");
        let later = case::record(&cx, input("Specimen")).await.expect("recorded");
        assert!(link(&cx, later, later, Known::Yes).await.is_err());
        link(&cx, later, earlier, Known::Yes).await.expect("linked");
        for (here, there, linked_as) in [(later, earlier, LinkedAs::Earlier), (earlier, later, LinkedAs::Later)] {
            let links = open(&cx, here).await.expect("opened").links;
            assert_eq!(links.len(), 1);
            assert_eq!((links[0].case, links[0].linked_as), (there, linked_as));
            assert_eq!(links[0].is_again, Known::Yes);
        }
        let again = link(&cx, later, earlier, Known::No).await;
        assert!(matches!(again, Err(AppError::Refused(words)) if words.contains("already")));
        // Nothing in clear holds the other case’s id.
        let rows = event_row::Entity::find().all(stage.db.reader()).await.expect("read");
        assert_eq!(rows.len(), 2);
        for row in &rows {
            let other = if row.case_id == later { earlier } else { later };
            let id = other.to_string();
            assert!(!row.sealed_entry.windows(id.len()).any(|part| part == id.as_bytes()));
        }
        // Struck out of one, it goes out of the other.
        let event = open(&cx, earlier).await.expect("opened").links[0].event;
        event::strike(&cx, earlier, event, "another person")
            .await
            .expect("struck");
        for id in [later, earlier] {
            assert!(open(&cx, id).await.expect("opened").links.is_empty());
        }
    })
    .await;
}

/// A day of 2025.
fn day(month: i8, day: i8) -> Day {
    Day::new(2025, month, day).expect("a day")
}

#[tokio::test]
async fn a_case_that_began_later_is_no_earlier_one_and_the_link_has_the_day_on_which_they_were_met_again() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let begun = async |opened_on: Day| {
            let made = input("Specimen");
            let about = About {
                opened_on,
                ..made.about
            };
            case::record(&cx, Record { about, ..made }).await.expect("recorded")
        };
        let (earlier, later) = (begun(day(3, 1)).await, begun(day(5, 20)).await);
        let wrong = link_on(&cx, earlier, later, Known::Yes, day(5, 21)).await;
        assert!(
            matches!(&wrong, Err(AppError::Refused(words)) if words.contains("began on 20 May 2025, after this one")),
            "{wrong:?}"
        );
        for on in [day(6, 2), day(2, 28)] {
            let wrong = link_on(&cx, later, earlier, Known::Yes, on).await;
            assert!(
                matches!(&wrong, Err(AppError::Invalid(errors)) if errors.get("on").is_some()),
                "{wrong:?}"
            );
        }
        for id in [earlier, later] {
            assert!(open(&cx, id).await.expect("opened").history.all().is_empty());
        }
        link_on(&cx, later, earlier, Known::Yes, day(5, 21))
            .await
            .expect("linked");
        for id in [earlier, later] {
            let opened = open(&cx, id).await.expect("opened");
            let days: Vec<Day> = opened.history.standing().map(|event| event.entry.on).collect();
            assert_eq!(days, [day(5, 21)]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_case_is_linked_by_whom_both_are_open_to() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let own = case::record(&cx, input("Specimen")).await.expect("recorded");
        let colleague = house.colleague.cx(stage);
        let theirs = case::record(&colleague, input("Specimen")).await.expect("recorded");
        assert!(matches!(
            link(&cx, own, theirs, Known::No).await,
            Err(AppError::NotFound(_))
        ));
        let elsewhere = house.outsider.cx(stage);
        let other = case::record(&elsewhere, input("Specimen")).await.expect("recorded");
        let supervisor = house.supervisor.cx(stage);
        assert!(link(&supervisor, own, other, Known::No).await.is_err());
        link(&supervisor, own, theirs, Known::Unknown).await.expect("linked");
        // Whoever no longer works on it does not take it back.
        let member = house.colleague.0.member.expect("a member").0;
        assign(&supervisor, own, &[member]).await.expect("assigned");
        assert!(unlink(&cx, own, theirs, "no").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_no_to_being_counted_in_another_case_is_told_by_name_to_whom_that_case_is_open() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (worker, supervisor) = (house.worker.cx(stage), house.supervisor.cx(stage));
        let earlier = case::record(&worker, input("Specimen")).await.expect("recorded");
        let later = case::record(&house.colleague.cx(stage), input("Specimen"))
            .await
            .expect("recorded");
        link(&supervisor, later, earlier, Known::No).await.expect("linked");
        let say = async |id, on: &str, said: &str| {
            let typed = [
                ("on", on),
                ("purpose", "monitoring"),
                ("said", said),
                ("said_by", "person"),
            ];
            let kind = Kind::Consent;
            let typed = Typed::of(typed);
            event::record(&supervisor, id, event::Record { kind, typed })
                .await
                .expect("recorded");
        };
        let caseload = Caseload::default();
        say(earlier, "2025-05-21", "given").await;
        let told = async |cx| no_elsewhere(cx, &caseload, earlier).await.expect("asked");
        assert_eq!(told(&worker).await, None);
        say(later, "2025-05-26", "refused").await;
        assert_eq!(told(&worker).await, Some(NoElsewhere::Said(None)));
        assert_eq!(told(&supervisor).await, Some(NoElsewhere::Said(Some(later))));
        // The no itself is no one else's, and a yes after it brings the case back.
        let own = no_elsewhere(&supervisor, &caseload, later).await.expect("asked");
        assert_eq!(own, None);
        say(earlier, "2025-05-27", "given").await;
        assert_eq!(told(&worker).await, None);
        // Of a case that is gone nobody knows what they said in it; without the link to it, what they say here counts.
        let event = open(&worker, earlier).await.expect("opened").links[0].event;
        forget(&supervisor, later).await.expect("forgotten");
        assert_eq!(told(&worker).await, Some(NoElsewhere::Forgotten));
        event::strike(&worker, earlier, event, "the other case was forgotten")
            .await
            .expect("struck");
        assert_eq!(told(&worker).await, None);
    })
    .await;
}
