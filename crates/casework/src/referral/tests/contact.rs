//! How the person can be contacted, as it leaves: no way that is not safe on the day, and the reason instead. Who is a child
//! on that day. And what nothing is left of once an address is struck. On both databases.

use domain::casework::Known;

use super::*;
use crate::person::Contact;
use crate::plan;
use crate::sheet::PartDay;

fn day(day: i8, month: i8) -> Option<Day> {
    Day::new(2025, month, day)
}

/// What a copy shows, and what is in it.
fn told(copy: &SealedCopy) -> String {
    let all = serde_json::to_string(copy).expect("JSON");
    format!("{:?} {all}", copy.sections())
}

/// Says that the ways of contact are not safe any more.
async fn found_unsafe(cx: &Cx<'_>, case: Uuid) {
    let check = Record {
        kind: Kind::ContactCheck,
        typed: Typed::of([("on", "2025-06-01"), ("is_safe", "no")]),
    };
    event::record(cx, case, check).await.expect("recorded");
}

#[tokio::test]
async fn a_way_that_is_not_safe_today_does_not_leave_and_the_copy_says_why() {
    on_both(async |stage| {
        let (house, case, need, met) = agreed(stage).await;
        let cx = house.worker.cx(stage);
        let input = asked(second(&house), need, met);
        let safe = draw(&cx, case, &input).await.expect("drawn").copy;
        assert_eq!((safe.no_contact, told(&safe).contains("text 000")), (None, true));
        assert!(told(&safe).contains("31 May 2025") && !told(&safe).contains("No safe contact"));

        let unset = SafeContact {
            confirmed_on: None,
            ..ways("text 000")
        };
        let stale = SafeContact {
            confirmed_on: day(1, 5),
            ..ways("text 000")
        };
        let not_before = SafeContact {
            not_before: day(10, 6),
            ..ways("text 000")
        };
        let never = SafeContact {
            channels: Vec::new(),
            ..ways("text 000")
        };
        let each = [
            (unset, "Nobody has gone through with them"),
            (stale, "last gone through with them on 1 May 2025"),
            (not_before, "Not before 10 June 2025"),
            (never, "So they said on 31 May 2025. See them in person."),
        ];
        for (revision, (contact, why)) in (2..).zip(each) {
            person::amend(&cx, case, Amend::Contact(contact), revision)
                .await
                .expect("amended");
            let copy = draw(&cx, case, &input).await.expect("drawn").copy;
            let told = told(&copy);
            assert!(!told.contains("text 000"), "{why}: {told}");
            assert!(told.contains("No safe contact") && told.contains(why), "{why}: {told}");
        }
        // Whoever takes them on is told the same by the case that it becomes.
        let made = offer(&cx, case, &input).await.expect("offered");
        let theirs = accept(&house.outsider.cx(stage), made.id, &Accept::default())
            .await
            .expect("accepted");
        let theirs = opened(stage, &house.outsider, theirs).await;
        assert_eq!(Some(theirs.contact), day(31, 5).map(Contact::Never));

        person::amend(&cx, case, Amend::Contact(ways("text 000")), 6)
            .await
            .expect("amended");
        found_unsafe(&cx, case).await;
        let copy = draw(&cx, case, &input).await.expect("drawn").copy;
        assert_eq!(copy.no_contact, day(1, 6).map(NoContact::Unsafe));
        assert!(!told(&copy).contains("text 000") && told(&copy).contains("found unsafe on 1 June 2025"));
        // Nothing of it goes where it was not ticked.
        let without = Offer {
            parts: vec!["name".to_owned()],
            ..input
        };
        let copy = draw(&cx, case, &without).await.expect("drawn").copy;
        assert_eq!((copy.contact, copy.no_contact), (None, None));
    })
    .await;
}

#[tokio::test]
async fn an_offer_is_not_opened_or_accepted_while_a_way_in_it_is_not_the_one_that_is_safe() {
    on_both(async |stage| {
        let (house, case, need, met) = agreed(stage).await;
        let cx = house.worker.cx(stage);
        let theirs = house.outsider.cx(stage);
        let made = offer(&cx, case, &asked(second(&house), need, met))
            .await
            .expect("offered");
        let is_halted = async || {
            let came = inbox(&theirs, made.id).await.expect("a row");
            assert_eq!(
                came.is_halted,
                came.copy.is_none(),
                "what may not be opened is not shown"
            );
            came.is_halted
        };
        assert!(!is_halted().await);
        person::amend(&cx, case, Amend::Contact(ways("text 222")), 2)
            .await
            .expect("amended");
        assert!(is_halted().await, "the number in it may not be theirs any more");
        person::amend(&cx, case, Amend::Contact(ways("text 000")), 3)
            .await
            .expect("amended");
        assert!(!is_halted().await, "it was put right");
        found_unsafe(&cx, case).await;
        assert!(is_halted().await);
        let refused = accept(&theirs, made.id, &Accept::default()).await;
        assert!(
            matches!(&refused, Err(AppError::Refused(words)) if words.contains("no longer safe")),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_offer_is_not_opened_from_the_day_they_are_missing_until_contact_was_gone_through_again() {
    on_both(async |stage| {
        let (house, case, need, met) = agreed(stage).await;
        let cx = house.worker.cx(stage);
        let input = asked(second(&house), need, met);
        let made = offer(&cx, case, &input).await.expect("offered");
        let is_halted = async || {
            let came = inbox(&house.outsider.cx(stage), made.id).await.expect("a row");
            came.is_halted
        };
        let happens = async |kind: Kind| {
            let typed = Typed::of([("on", "2025-06-01"), ("is_reported", "no")]);
            event::record(&cx, case, Record { kind, typed })
                .await
                .expect("recorded");
            opened(stage, &house.worker, case).await.contact
        };
        let missing = happens(Kind::Missing).await;
        assert_eq!(
            (Some(missing), is_halted().await),
            (day(1, 6).map(Contact::Missing), true)
        );
        let copy = draw(&cx, case, &input).await.expect("drawn").copy;
        assert_eq!(copy.no_contact, day(1, 6).map(NoContact::Missing));
        assert!(!told(&copy).contains("text 000"));
        let found = happens(Kind::Found).await;
        assert_eq!((Some(found), is_halted().await), (day(1, 6).map(Contact::Found), true));
        let afterwards = Cx {
            now: stage.now.plus_seconds(3600),
            ..house.worker.cx(stage)
        };
        let again = SafeContact {
            confirmed_on: day(1, 6),
            ..ways("text 000")
        };
        person::amend(&afterwards, case, Amend::Contact(again), 2)
            .await
            .expect("amended");
        assert!(!is_halted().await, "they said so after they were found");
    })
    .await;
}

#[tokio::test]
async fn an_offer_waits_no_longer_than_the_contact_in_it_is_fresh_though_nobody_writes() {
    on_both(async |stage| {
        let (house, case, need, met) = agreed(stage).await;
        let cx = house.worker.cx(stage);
        let input = asked(second(&house), need, met);
        let made = offer(&cx, case, &input).await.expect("offered");
        let unreached = Offer {
            parts: vec!["name".to_owned()],
            ..input
        };
        let unreached = offer(&cx, case, &unreached).await.expect("offered");
        let came = async |id: Uuid, days: i64| {
            let came = inbox(&later(&house.outsider, stage, days), id).await.expect("a row");
            (came.is_halted, came.copy.is_some())
        };
        // Four weeks after it was gone through with them, and a day more.
        assert_eq!(came(made.id, 27).await, (false, true));
        assert_eq!(came(made.id, 28).await, (true, false));
        assert_eq!(came(unreached.id, 28).await, (false, true), "nothing in it goes stale");
        let refused = accept(&later(&house.outsider, stage, 28), made.id, &Accept::default()).await;
        assert!(
            matches!(&refused, Err(AppError::Refused(words)) if words.contains("no longer safe")),
            "{refused:?}"
        );
        let listed = from_us(&later(&house.worker, stage, 28)).await.expect("listed");
        let halted = listed.iter().filter(|sent| sent.is_halted).map(|sent| sent.id);
        assert_eq!(halted.collect::<Vec<_>>(), [made.id]);
        // It is still safe, as they say when they are seen.
        let check = Record {
            kind: Kind::ContactCheck,
            typed: Typed::of([("on", "2025-06-29"), ("is_safe", "yes")]),
        };
        event::record(&later(&house.worker, stage, 28), case, check)
            .await
            .expect("recorded");
        assert_eq!(came(made.id, 28).await, (false, true));
        accept(&later(&house.outsider, stage, 28), made.id, &Accept::default())
            .await
            .expect("accepted");
    })
    .await;
}

#[tokio::test]
async fn what_leaves_on_a_later_day_names_no_way_that_is_safe_no_more() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (case, need, met) = begun(stage, &house).await;
        let cx = house.worker.cx(stage);
        let outside = Offer {
            receiver: OUTSIDE.to_owned(),
            outside: "Specimen Law Centre".to_owned(),
            answer_to: "Ann, 000 111".to_owned(),
            agreed_by: "person".to_owned(),
            ..asked(second(&house), need, met)
        };
        let made = offer(&cx, case, &outside).await.expect("offered");
        let printed = async || letter(&cx, case, made.id).await.expect("a letter").note.copy;
        let same = printed().await;
        assert!(told(&same).contains("text 000") && told(&same).contains("Ann, 000 111"));
        person::amend(&cx, case, Amend::Contact(ways("text 222")), 2)
            .await
            .expect("amended");
        let changed = printed().await;
        assert_eq!(changed.no_contact, Some(NoContact::Changed));
        assert!(!told(&changed).contains("text 000"), "it may not be theirs any more");
        assert!(
            !told(&changed).contains("text 222"),
            "nobody looked at it before it went"
        );
        found_unsafe(&cx, case).await;
        let by_now = printed().await;
        assert_eq!(by_now.no_contact, day(1, 6).map(NoContact::Unsafe));
        assert!(!told(&by_now).contains("text 000"));
        let (_, kept) = sent(&cx, case, made.id).await.expect("kept");
        assert!(
            told(&kept.note.copy).contains("text 000"),
            "the sender sees what went then"
        );
        let old = take_file(&cx, case, made.id).await;
        assert!(
            matches!(&old, Err(AppError::Refused(words)) if words.contains("make the file anew")),
            "{old:?}"
        );
        make_file(&cx, case, made.id).await.expect("made anew");
        take_file(&cx, case, made.id).await.expect("without a number");
        let (_, kept) = sent(&cx, case, made.id).await.expect("kept");
        assert!(!told(&kept.note.copy).contains("text 000"));
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_was_an_address_alone_does_not_come_as_a_plan_of_no_words() {
    on_both(async |stage| {
        let (house, case, _, met) = agreed(stage).await;
        let cx = house.worker.cx(stage);
        let need = Typed::of([
            ("area", "legal"),
            ("horizon", "emergency"),
            ("since", "2025-05-21"),
            ("plan", REFUGE),
        ]);
        let need = part::record::<Need>(&cx, case, &need).await.expect("recorded");
        let input = asked(second(&house), need, met);
        let drawn = draw(&cx, case, &input).await.expect("drawn");
        assert_eq!((drawn.n_struck, &drawn.copy.needs[0].plan), (2, &None));
        let made = offer(&cx, case, &input).await.expect("offered");
        let receiver = &house.outsider;
        let theirs = accept(&receiver.cx(stage), made.id, &Accept::default())
            .await
            .expect("accepted");
        let theirs = opened(stage, receiver, theirs).await;
        let standing = plan::standing(&theirs.history, &theirs.needs[0]);
        assert_eq!(standing, plan::Standing::NoPlan);
    })
    .await;
}

#[tokio::test]
async fn a_copy_says_who_is_a_child_on_its_day_by_the_date_of_birth_where_that_is_known() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let sent = async |born: Option<PartDay>| {
            let mut new = input("Specimen");
            (new.identity.born, new.identity.is_child) = (born, Some(Known::Yes));
            let case = case::record(&cx, new).await.expect("recorded");
            consent(stage, &house.worker, case, "given").await;
            let about = Offer {
                receiver: second(&house).to_string(),
                summary: "Please find her a school".to_owned(),
                parts: vec!["about".to_owned()],
                ..Offer::default()
            };
            draw(&cx, case, &about).await.expect("drawn").copy.identity
        };
        // A child when support began, and eighteen a week ago.
        let born = PartDay {
            year: 2007,
            month: Some(5),
            day: Some(25),
        };
        let grown = sent(Some(born)).await;
        assert_eq!((grown.born, grown.is_child), (Some(born), Some(Known::No)));
        assert_eq!(sent(None).await.is_child, Some(Known::Yes), "as it was answered");
    })
    .await;
}
