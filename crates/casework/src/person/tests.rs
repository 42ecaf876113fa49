//! Whether someone may be contacted, and what is refused and erased; on both databases where the store is asked.

use access::key;
use domain::casework::{Agency, Nation};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use store::row::draft;
use store::{AppError, Cx};
use testkit::on_both;
use uuid::Uuid;

use super::*;
use crate::case;
use crate::case::tests::{House, house, identity, input};
use crate::event::{self, Basis, Entry, Event, Kind, Record, what};
use crate::sheet::Typed;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Someone whose contact was recorded at an instant.
fn person(contact: SafeContact, at: i64) -> Person {
    Person {
        identity: identity("Specimen"),
        contact,
        contact_at: Instant(at),
        earlier_contacts: Vec::new(),
    }
}

fn known(on: &str) -> SafeContact {
    SafeContact {
        channels: vec![Channel::Text],
        confirmed_on: Some(day(on)),
        ..SafeContact::none()
    }
}

/// A history of what happened, each on its day and recorded at an instant.
fn happened(events: &[(&str, i64, What)]) -> History {
    let event = |(n, (on, at, what)): (u128, &(&str, i64, What))| Event {
        id: Uuid::from_u128(n),
        entry: Entry {
            on: day(on),
            what: what.clone(),
            note: String::new(),
            basis: Basis::default(),
            supersedes: None,
            by: Uuid::nil(),
            at: Instant(*at),
        },
    };
    History::new((1..).zip(events).map(event).collect())
}

/// A history in which contact was gone through once.
fn checked(on: &str, at: i64, is_safe: Known) -> History {
    happened(&[(on, at, What::ContactCheck(what::ContactCheck { is_safe }))])
}

/// A step in a dispute about someone's age.
fn disputed(stage: AgeStage) -> What {
    What::AgeDispute(what::AgeDispute {
        stage,
        by: None,
        treated: None,
        method: None,
    })
}

fn may(of: &Person, history: &History) -> Contact {
    contact(&of.contact, gone_through(of, history), Nation::Wales, day("2025-06-01"))
}

#[test]
fn nothing_is_sent_where_safe_contact_is_unset_stale_or_found_unsafe() {
    let none = History::default();
    assert_eq!(may(&person(SafeContact::none(), 0), &none), Contact::Unset);
    let of = |on: &str| person(known(on), 0);
    assert_eq!(may(&of("2025-05-04"), &none), Contact::Safe(day("2025-05-04")));
    assert_eq!(may(&of("2025-05-03"), &none), Contact::Stale(day("2025-05-03")));
    let safe = checked("2025-05-20", 1, Known::Yes);
    assert_eq!(may(&of("2025-05-03"), &safe), Contact::Safe(day("2025-05-20")));
    for found in [Known::No, Known::Unknown] {
        let unsafe_then = checked("2025-05-20", 1, found);
        assert_eq!(may(&of("2025-05-03"), &unsafe_then), Contact::Unset);
        assert_eq!(may(&of("2025-05-21"), &unsafe_then), Contact::Safe(day("2025-05-21")));
    }
}

#[test]
fn what_is_put_right_on_the_day_on_which_it_was_found_unsafe_counts_and_what_was_there_before_does_not() {
    let unsafe_then = checked("2025-05-20", 100, Known::No);
    let of = |at| person(known("2025-05-20"), at);
    assert_eq!(
        gone_through(&of(99), &unsafe_then),
        GoneThrough::Unsafe(day("2025-05-20"))
    );
    assert_eq!(
        gone_through(&of(101), &unsafe_then),
        GoneThrough::Safe(day("2025-05-20"))
    );
    assert_eq!(may(&of(101), &unsafe_then), Contact::Safe(day("2025-05-20")));
    // Recorded later, and gone through before it was found unsafe.
    let earlier = person(known("2025-05-19"), 101);
    assert_eq!(
        gone_through(&earlier, &unsafe_then),
        GoneThrough::Unsafe(day("2025-05-20"))
    );
}

#[test]
fn who_is_missing_is_contacted_once_it_was_gone_through_again_and_who_died_never() {
    let missing = || {
        let sheet = what::Missing {
            is_reported: Known::Yes,
            circumstances: None,
        };
        ("2025-05-20", 100, What::Missing(sheet))
    };
    let found = || ("2025-05-25", 101, What::Found(what::Found { circumstances: None }));
    let before = person(known("2025-05-19"), 0);
    let away = Contact::Missing(day("2025-05-20"));
    assert_eq!(may(&before, &happened(&[missing()])), away);
    assert_eq!(
        may(&person(known("2025-05-20"), 99), &happened(&[missing()])),
        away,
        "what they said that morning"
    );
    assert_eq!(
        may(&person(known("2025-05-22"), 105), &happened(&[missing()])),
        away,
        "whoever is with them may read it"
    );
    let back = happened(&[missing(), found()]);
    let returned = Contact::Found(day("2025-05-25"));
    assert_eq!(may(&before, &back), returned);
    assert_eq!(
        may(&person(known("2025-05-24"), 105), &back),
        returned,
        "while they were away"
    );
    // Gone through again: as it is recorded, or as an event.
    assert_eq!(
        may(&person(known("2025-05-25"), 102), &back),
        Contact::Safe(day("2025-05-25"))
    );
    let check = What::ContactCheck(what::ContactCheck { is_safe: Known::Yes });
    let away_then = happened(&[missing(), ("2025-05-24", 102, check.clone()), found()]);
    assert_eq!(may(&before, &away_then), returned);
    let again = happened(&[missing(), found(), ("2025-05-26", 102, check)]);
    assert_eq!(may(&before, &again), Contact::Safe(day("2025-05-26")));
    let died = happened(&[("2025-05-27", 103, What::Death(what::Death { circumstances: None }))]);
    assert_eq!(
        may(&person(known("2025-05-28"), 104), &died),
        Contact::Died(day("2025-05-27"))
    );
}

#[test]
fn a_day_before_which_nobody_calls_and_a_person_for_whom_nothing_is_safe_are_kept_to() {
    let none = History::default();
    let mut of = person(
        SafeContact {
            confirmed_on: Some(day("2025-05-20")),
            ..SafeContact::none()
        },
        0,
    );
    assert_eq!(may(&of, &none), Contact::Never(day("2025-05-20")));
    of.contact.channels = vec![Channel::Post];
    of.contact.not_before = Some(day("2025-06-02"));
    assert_eq!(may(&of, &none), Contact::NotBefore(day("2025-06-02")));
}

#[test]
fn whether_someone_was_a_child_is_told_by_their_birth_and_otherwise_by_the_answer() {
    let age = |born: &str, is_child| Age {
        born: PartDay::parse(born),
        is_child,
        ..Age::default()
    };
    let whole = age("2007-03-02", Some(Known::Yes));
    assert_eq!(whole.was_child(day("2025-03-01")), Some(Known::Yes));
    assert_eq!(
        whole.was_child(day("2025-03-02")),
        Some(Known::No),
        "an answer does not outlive a birthday"
    );
    let month = age("2007-03", None);
    assert_eq!(month.was_child(day("2025-02-28")), Some(Known::Yes));
    assert_eq!(month.was_child(day("2025-03-20")), None, "their birthday may be past");
    assert_eq!(month.was_child(day("2025-03-31")), Some(Known::No));
    let year = age("2007", Some(Known::Yes));
    assert_eq!(
        year.was_child(day("2025-07-01")),
        Some(Known::Yes),
        "as it was answered"
    );
    assert_eq!(year.was_child(day("2026-01-01")), Some(Known::No));
    let disputed = Age {
        is_disputed: true,
        ..age("1990", Some(Known::Yes))
    };
    assert!(disputed.is_minor(day("2025-07-01")));
    let child = Age {
        is_disputed: true,
        ..age("2012", Some(Known::No))
    };
    assert!(child.is_minor(day("2025-07-01")), "presumed while it is disputed");
    assert!(!Age::default().is_minor(day("2025-07-01")), "nothing is known");
}

#[test]
fn who_was_assessed_as_a_child_or_is_in_dispute_is_a_child_and_an_assessment_as_an_adult_changes_nothing() {
    use AgeStage::{Adult, Assessing, Challenged, Child, Disputed, Dropped};
    let said = |stage| happened(&[("2025-05-20", 1, disputed(stage))]);
    let of = |born: &str, is_child| Identity {
        born: PartDay::parse(born),
        is_child,
        ..identity("Specimen")
    };
    let (grown, young) = (of("2000-01-01", Some(Known::No)), of("2010-01-01", None));
    let today = day("2025-06-01");
    for stage in [Child, Disputed, Assessing, Challenged] {
        let age = grown.age(&said(stage));
        assert!(age.is_minor(day("2025-01-01")) && age.is_minor(today), "{stage}");
    }
    for stage in [Adult, Dropped] {
        assert_eq!(grown.age(&said(stage)).was_child(today), Some(Known::No), "{stage}");
        assert!(young.age(&said(stage)).is_minor(today), "{stage}");
    }
    // Eighteen after they were assessed as a child, by a birth that agrees with that.
    let since = of("2007-05-25", None);
    assert_eq!(since.age(&said(Child)).was_child(today), Some(Known::No));
    assert!(
        since.age(&said(Disputed)).is_minor(today),
        "no birth makes an adult of them"
    );
    let told = |of: &Identity, stage| of.contradicted(&said(stage)).map(|assessed| assessed.is_child);
    assert_eq!(told(&grown, Child), Some(true));
    assert_eq!(told(&young, Adult), Some(false));
    for (of, stage) in [(&grown, Adult), (&grown, Disputed), (&young, Child), (&since, Child)] {
        assert_eq!(told(of, stage), None, "{stage}");
    }
}

#[test]
fn who_was_assessed_as_a_child_after_the_referral_has_waited_for_a_guardian_since() {
    let referral = What::NrmReferral(what::NrmReferral {
        agency: Agency::Police,
        asked_on: None,
        reference: None,
        is_child: None,
        missing: Vec::new(),
    });
    let waits = |stage| {
        let events = [("2025-05-10", 1, referral.clone()), ("2025-05-20", 2, disputed(stage))];
        let (history, of) = (happened(&events), identity("Specimen"));
        let setting = clock::Setting {
            nation: Nation::England,
            opened_on: day("2025-05-01"),
            gone_through: GoneThrough::Never,
            age: of.age(&history),
        };
        let clocks = clock::running(&history, setting);
        let guardian = clocks.iter().find(|clock| clock.kind == ClockKind::Guardian);
        guardian.map(|clock| clock.started_on)
    };
    assert_eq!(waits(AgeStage::Child), Some(day("2025-05-10")));
    assert_eq!(waits(AgeStage::Adult), None);
}

#[test]
fn a_birth_that_contradicts_the_answer_or_is_still_to_come_is_refused_at_its_field() {
    let faults = |born: &str, is_child, age_disputed| {
        let identity = Identity {
            born: PartDay::parse(born),
            is_child,
            age_disputed,
            ..identity("Specimen")
        };
        let mut errors = FieldErrors::new();
        identity.check(day("2020-05-20"), day("2026-06-01"), &mut errors);
        errors.iter().map(|(field, _)| field.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(faults("2026-06-02", None, None), ["born"]);
    assert_eq!(faults("1900-01-01", None, None), ["born"], "nobody is that old");
    assert_eq!(faults("1960", Some(Known::Yes), None), ["is_child"]);
    assert_eq!(faults("2015", Some(Known::No), None), ["is_child"]);
    let none: [&str; 0] = [];
    assert_eq!(
        faults("2015", Some(Known::No), Some(Known::Yes)),
        none,
        "their age is disputed"
    );
    assert_eq!(
        faults("2003", Some(Known::Yes), None),
        none,
        "a child when support began"
    );
    assert_eq!(faults("2003", Some(Known::No), None), none, "an adult by now");
}

async fn begun(stage: &testkit::Stage) -> (House, Uuid) {
    let house = house(stage).await;
    let id = case::record(&house.worker.cx(stage), input("Specimen"))
        .await
        .expect("recorded");
    (house, id)
}

#[tokio::test]
async fn contact_is_not_amended_to_have_been_gone_through_on_a_day_to_come() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let answer = amend(&cx, id, Amend::Contact(known("2052-06-01")), 1).await;
        assert!(matches!(answer, Err(AppError::Invalid(errors)) if errors.get("confirmed_on").is_some()));
        let opened = case::open(&cx, id).await.expect("opened");
        assert_eq!((opened.contact, opened.person_revision), (Contact::Unset, 1));
        let mut wrong = input("Other");
        wrong.contact = known("2052-06-01");
        assert!(matches!(case::record(&cx, wrong).await, Err(AppError::Invalid(_))));
    })
    .await;
}

#[tokio::test]
async fn contact_found_unsafe_and_put_right_on_one_day_is_safe_again_that_day() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let check = Record {
            kind: Kind::ContactCheck,
            typed: Typed::of([("on", "2025-06-01"), ("is_safe", "no")]),
        };
        event::record(&cx, id, check).await.expect("recorded");
        let later = Cx {
            now: stage.now.plus_seconds(60),
            ..house.worker.cx(stage)
        };
        amend(&later, id, Amend::Contact(known("2025-06-01")), 1)
            .await
            .expect("put right");
        let opened = case::open(&later, id).await.expect("opened");
        assert_eq!(opened.contact, Contact::Safe(day("2025-06-01")));
        assert_eq!(clock::next_due(&opened.clocks, opened.today), Some(day("2025-06-29")));
        // Another half of the person changed later moves nothing.
        let afterwards = Cx {
            now: stage.now.plus_seconds(120),
            ..house.worker.cx(stage)
        };
        amend(&afterwards, id, Amend::Identity(identity("Other")), 2)
            .await
            .expect("amended");
        let check = Record {
            kind: Kind::ContactCheck,
            typed: Typed::of([("on", "2025-06-01"), ("is_safe", "no")]),
        };
        let between = Cx {
            now: stage.now.plus_seconds(90),
            ..house.worker.cx(stage)
        };
        event::record(&between, id, check).await.expect("recorded");
        let told = async || case::open(&afterwards, id).await.expect("opened").contact;
        assert_eq!(told().await, Contact::Unset);
        // Nor does a form that is saved as it was.
        amend(&afterwards, id, Amend::Contact(known("2025-06-01")), 3)
            .await
            .expect("saved");
        assert_eq!(told().await, Contact::Unset);
    })
    .await;
}

/// The drafts that are kept.
async fn drafts(stage: &testkit::Stage) -> u64 {
    draft::Entity::find().count(stage.db.reader()).await.expect("counted")
}

#[tokio::test]
async fn drafts_about_a_person_who_is_forgotten_go_with_them_and_those_of_others_stay() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let other = case::record(&house.worker.cx(stage), input("Someone Else"))
            .await
            .expect("recorded");
        for (by, form) in [
            (&house.worker, format!("/cases/{id}/person")),
            (&house.colleague, format!("/cases/{id}/events/new/0123")),
            (&house.worker, format!("/cases/{other}/person")),
            (&house.worker, "/cases/new".to_owned()),
        ] {
            store::draft::save(&by.cx(stage), &form, "name=Specimen")
                .await
                .expect("kept");
        }
        forget(&house.supervisor.cx(stage), id).await.expect("forgotten");
        assert_eq!(drafts(stage).await, 2);
        // One that a page left open sends afterwards goes at the next start.
        store::draft::save(&house.worker.cx(stage), &format!("/cases/{id}/person"), "name=Specimen")
            .await
            .expect("kept");
        complete(&stage.db).await.expect("completed");
        let left = draft::Entity::find().all(stage.db.reader()).await.expect("read");
        let mut left: Vec<String> = left.into_iter().map(|row| row.form).collect();
        left.sort();
        let mut expected = vec![format!("/cases/{other}/person"), "/cases/new".to_owned()];
        expected.sort();
        assert_eq!(left, expected);
    })
    .await;
}

#[tokio::test]
async fn drafts_go_too_when_an_erasure_that_was_cut_off_is_completed() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let form = format!("/cases/{id}/contact");
        store::draft::save(&house.worker.cx(stage), &form, "how=Specimen")
            .await
            .expect("kept");
        let row = store::row::person::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("a person");
        key::person::erase(&house.supervisor.cx(stage), row.organisation_id, &[row.person_key_id])
            .await
            .expect("erased");
        complete(&stage.db).await.expect("completed");
        assert_eq!(drafts(stage).await, 0);
    })
    .await;
}

#[tokio::test]
async fn how_someone_could_be_contacted_before_is_kept_until_it_is_said_to_endanger_them() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let number = |how: &str| SafeContact {
            how: Some(Words::from(how)),
            ..known("2025-06-01")
        };
        for (contact, revision) in [(number("Canaria one"), 1), (number("Canaria two"), 2)] {
            amend(&cx, id, Amend::Contact(contact), revision)
                .await
                .expect("amended");
        }
        let opened = case::open(&cx, id).await.expect("opened");
        let earlier = &opened.person.earlier_contacts;
        // Before the first there was nothing to keep.
        assert_eq!(earlier.len(), 1);
        assert_eq!(earlier[0].sheet, number("Canaria one"));
        assert_eq!(
            (earlier[0].until, Some(earlier[0].by)),
            (cx.now, house.worker.0.member.map(|member| member.0))
        );
        amend(&cx, id, Amend::Identity(identity("Other")), 3)
            .await
            .expect("amended");
        let opened = case::open(&cx, id).await.expect("opened");
        assert_eq!(opened.person.earlier_contacts.len(), 1, "another half moves nothing");
        assert_eq!(stage.traces_of("Canaria").await, Vec::<String>::new());
        amend(&cx, id, Amend::ContactAlone(number("three")), 4)
            .await
            .expect("amended");
        let opened = case::open(&cx, id).await.expect("opened");
        assert_eq!(
            (opened.person.earlier_contacts.len(), opened.person.contact),
            (0, number("three"))
        );
    })
    .await;
}
