//! What is due and what is late, over made-up histories.

use domain::casework::{
    Agency, Authority, ChallengeStage, Challenged, Grounds, Known, Nation, Reason, ReviewStage, Status,
};
use domain::{Day, Instant};
use proptest::prelude::*;
use uuid::Uuid;

use super::{Clock, ClockKind, Standing, next_due, rule, rules, running};
use crate::event::{Entry, Event, History, What, what};

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Events recorded in this order, each on its day; ids count from 1.
fn history(events: &[(&str, What)]) -> History {
    History::new(
        events
            .iter()
            .zip(1..)
            .map(|((on, what), n)| event(n, on, what.clone(), None))
            .collect(),
    )
}

fn event(n: u128, on: &str, what: What, supersedes: Option<u128>) -> Event {
    Event {
        id: Uuid::from_u128(n),
        entry: Entry {
            on: day(on),
            what,
            note: String::new(),
            supersedes: supersedes.map(Uuid::from_u128),
            by: Uuid::nil(),
            at: Instant(i64::try_from(n).expect("small")),
        },
    }
}

fn referral() -> What {
    What::Referral(what::Referral {
        agency: Agency::Police,
        asked_on: None,
        reference: None,
        is_child: None,
    })
}

fn reasonable(outcome: Grounds) -> What {
    What::ReasonableGrounds(what::ReasonableGrounds {
        outcome,
        authority: Authority::Sca,
        reasons: vec![Reason::Implausible],
        asked_more: None,
    })
}

fn conclusive(outcome: Grounds) -> What {
    What::ConclusiveGrounds(what::ConclusiveGrounds {
        outcome,
        authority: Authority::Sca,
        reasons: Vec::new(),
        expert: None,
    })
}

fn kinds(events: &[(&str, What)]) -> Vec<ClockKind> {
    clocks(events).iter().map(|clock| clock.kind).collect()
}

/// The clocks that run, with safe contact gone through lately and thus last.
fn clocks(events: &[(&str, What)]) -> Vec<Clock> {
    let mut clocks = running(
        &history(events),
        Nation::England,
        Some(day("2025-06-01")),
        day("2025-01-01"),
    );
    clocks.retain(|clock| clock.kind != ClockKind::SafeContact);
    clocks
}

#[test]
fn the_shipped_rules_hold_one_for_every_clock_that_has_a_length() {
    for kind in ClockKind::ALL {
        let has_length = !matches!(
            kind,
            ClockKind::ConclusiveGrounds | ClockKind::Missing | ClockKind::Reminder
        );
        assert_eq!(rule(*kind, day("2025-06-01")).is_some(), has_length, "{kind}");
    }
    assert!(rules().iter().all(|rule| !rule.source.is_empty() && rule.days > 0));
    assert_eq!(rule(ClockKind::Recovery, day("2023-01-29")).expect("a rule").days, 45);
    assert_eq!(rule(ClockKind::Recovery, day("2023-01-30")).expect("a rule").days, 30);
}

#[test]
fn a_decision_is_due_five_working_days_after_the_referral_and_late_from_the_next_day_on() {
    // Maundy Thursday: Good Friday and Easter Monday do not count in England.
    let clock = &clocks(&[("2025-04-17", referral())])[0];
    assert_eq!(
        (clock.kind, clock.due_on),
        (ClockKind::ReasonableGrounds, Some(day("2025-04-28")))
    );
    let at = |text: &str| clock.standing(day(text), Nation::England);
    assert_eq!(at("2025-04-25"), Standing::Left(1));
    assert_eq!(at("2025-04-28"), Standing::Today);
    assert_eq!(at("2025-05-06"), Standing::Late(5));
    assert_eq!(clock.say(day("2025-05-06"), Nation::England), "5 working days late");
    // In Scotland Easter Monday counts.
    let scottish = running(
        &history(&[("2025-04-17", referral())]),
        Nation::Scotland,
        None,
        day("2025-01-01"),
    );
    assert!(scottish.iter().any(|clock| clock.due_on == Some(day("2025-04-25"))));
}

#[test]
fn a_positive_decision_starts_the_recovery_period_which_is_never_late_and_the_wait_which_has_no_end() {
    let clocks = clocks(&[
        ("2025-04-17", referral()),
        ("2025-05-06", reasonable(Grounds::Positive)),
    ]);
    assert_eq!(
        clocks
            .iter()
            .map(|clock| (clock.kind, clock.due_on))
            .collect::<Vec<_>>(),
        [
            (ClockKind::Recovery, Some(day("2025-06-05"))),
            (ClockKind::ConclusiveGrounds, None)
        ]
    );
    assert!(!clocks[0].is_late(day("2026-06-05")));
    assert!(clocks[0].is_over(day("2025-06-06")) && !clocks[0].is_over(day("2025-06-05")));
    assert_eq!(clocks[1].say(day("2026-05-06"), Nation::England), "for 365 days");
    assert_eq!(next_due(&clocks), None, "nobody has to act");
}

#[test]
fn a_negative_decision_starts_the_days_for_a_challenge_and_the_challenge_stops_them() {
    let mut events = vec![
        ("2025-04-17", referral()),
        ("2025-05-06", reasonable(Grounds::Negative)),
    ];
    let due: Vec<_> = clocks(&events).iter().map(|clock| (clock.kind, clock.due_on)).collect();
    assert_eq!(
        due,
        [
            (ClockKind::Reconsideration, Some(day("2025-06-06"))),
            (ClockKind::JudicialReview, Some(day("2025-08-06")))
        ]
    );
    let asked = |stage| {
        What::Reconsideration(what::Reconsideration {
            challenged: Challenged::ReasonableGrounds,
            stage,
            is_represented: Some(Known::Yes),
        })
    };
    events.push(("2025-05-20", asked(ChallengeStage::Asked)));
    assert_eq!(kinds(&events), [ClockKind::JudicialReview]);
    assert_eq!(history(&events).status(), Some(Status::Reconsidering));
    let begun = What::JudicialReview(what::JudicialReview {
        challenged: Challenged::ReasonableGrounds,
        stage: ReviewStage::Begun,
    });
    events.push(("2025-07-01", begun));
    assert_eq!(kinds(&events), []);
    events.push(("2025-07-20", asked(ChallengeStage::Overturned)));
    assert_eq!(kinds(&events), [ClockKind::Recovery, ClockKind::ConclusiveGrounds]);
    assert_eq!(history(&events).status(), Some(Status::RgPositive));
}

#[test]
fn support_is_due_to_end_by_the_outcome_until_it_has_ended() {
    let positive = [
        ("2025-05-06", reasonable(Grounds::Positive)),
        ("2025-12-01", conclusive(Grounds::Positive)),
    ];
    assert_eq!(clocks(&positive)[0].due_on, Some(day("2026-01-15")));
    let negative = [
        ("2025-05-06", reasonable(Grounds::Positive)),
        ("2025-12-16", conclusive(Grounds::Negative)),
    ];
    // Nine working days over Christmas and New Year.
    assert_eq!(
        (clocks(&negative)[0].kind, clocks(&negative)[0].due_on),
        (ClockKind::MoveOnNegative, Some(day("2025-12-31")))
    );
}

#[test]
fn safe_contact_is_due_at_once_when_it_was_never_gone_through_and_four_weeks_after_it_was() {
    let none = history(&[]);
    let due = |contact| next_due(&running(&none, Nation::Wales, contact, day("2025-05-01")));
    assert_eq!(due(None), Some(day("2025-05-01")));
    assert_eq!(due(Some(day("2025-05-10"))), Some(day("2025-06-07")));
    let check = What::ContactCheck(what::ContactCheck { is_safe: Known::Yes });
    let checked = history(&[("2025-05-20", check)]);
    let clocks = running(&checked, Nation::Wales, Some(day("2025-05-10")), day("2025-05-01"));
    assert_eq!(clocks[0].due_on, Some(day("2025-06-17")));
    let check = What::ContactCheck(what::ContactCheck { is_safe: Known::No });
    let unsafe_then = history(&[("2025-05-20", check)]);
    let due = |contact| {
        next_due(&running(
            &unsafe_then,
            Nation::Wales,
            Some(day(contact)),
            day("2025-05-01"),
        ))
    };
    assert_eq!(due("2025-05-10"), Some(day("2025-05-20")), "found unsafe: at once");
    assert_eq!(due("2025-05-21"), Some(day("2025-06-18")), "recorded anew since");
}

#[test]
fn a_correction_takes_the_place_of_what_it_corrects_and_of_two_the_later_counts() {
    let wrong = event(1, "2025-04-17", referral(), None);
    let first = event(2, "2025-04-16", referral(), Some(1));
    let second = event(3, "2025-04-15", referral(), Some(1));
    let history = History::new(vec![second.clone(), wrong, first]);
    assert_eq!(
        history.standing().map(|event| event.id).collect::<Vec<_>>(),
        [second.id]
    );
    assert_eq!(history.successor(Uuid::from_u128(1)), Some(&second));
    let struck = event(4, "2025-06-01", What::Struck(what::Struck {}), Some(3));
    let history = History::new(vec![second, struck]);
    assert_eq!(history.standing().count(), 0);
    assert_eq!(history.status(), None);
}

#[test]
fn someone_who_is_found_stands_where_they_stood_before() {
    let missing = What::Missing(what::Missing {
        is_reported: Known::Yes,
        circumstances: None,
    });
    let found = What::Found(what::Found { circumstances: None });
    let mut events = vec![("2025-04-17", referral()), ("2025-04-20", missing)];
    assert_eq!(history(&events).status(), Some(Status::Missing));
    assert!(kinds(&events).contains(&ClockKind::Missing));
    events.push(("2025-04-24", found));
    assert_eq!(history(&events).status(), Some(Status::Referred));
    assert!(!kinds(&events).contains(&ClockKind::Missing));
    // A decision that comes meanwhile is where they stand once they are found; until then they are missing.
    let decided = ("2025-04-22", reasonable(Grounds::Positive));
    let meanwhile = [events[0].clone(), events[1].clone(), decided.clone()];
    assert_eq!(history(&meanwhile).status(), Some(Status::Missing));
    let back = [events[0].clone(), events[1].clone(), decided, events[2].clone()];
    assert_eq!(history(&back).status(), Some(Status::RgPositive));
}

#[test]
fn someone_who_was_referred_is_not_merely_met_when_another_authority_meets_them() {
    let met = What::Encounter(what::Encounter {
        agency: Agency::Health,
        place: None,
        noted_signs: None,
        told_rights: None,
        interpreting: None,
    });
    assert_eq!(
        history(&[("2025-04-01", met.clone())]).status(),
        Some(Status::Encountered)
    );
    let events = [("2025-04-17", referral()), ("2025-04-20", met)];
    assert_eq!(history(&events).status(), Some(Status::Referred));
}

#[test]
fn a_clock_beyond_the_known_bank_holidays_says_so() {
    let clock = &clocks(&[("2028-12-28", referral())])[0];
    assert!(clock.say(day("2028-12-29"), Nation::England).contains("not known"));
}

proptest! {
    #[test]
    fn the_order_in_which_events_are_read_changes_nothing(order in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let all = [
            event(1, "2025-04-17", referral(), None),
            event(2, "2025-04-25", reasonable(Grounds::Negative), None),
            event(3, "2025-04-25", reasonable(Grounds::Positive), Some(2)),
            event(4, "2025-12-01", conclusive(Grounds::Positive), None),
        ];
        let read = History::new(order.iter().map(|at| all[*at].clone()).collect());
        prop_assert_eq!(read.status(), Some(Status::CgPositive));
        let due = running(&read, Nation::England, None, day("2025-04-01"));
        prop_assert_eq!(due.len(), 2);
    }
}
