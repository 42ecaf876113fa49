//! What is due and what is late, over made-up histories.

mod help;
mod waits;
mod windows;

use domain::casework::{
    Agency, Authority, ChallengeStage, Challenged, Destination, DisqualificationGround, DisqualificationStage, Grounds,
    Known, Nation, Purpose, Reason, ReviewStage, Said, SaidBy, Status, WhyExit,
};
use domain::{Day, Instant};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Clock, ClockKind, Nearness, Setting, Standing, is_outcomes, nearness, next_due, rule, rules, running, shown, soon,
};
use crate::event::{Basis, Entry, Event, History, What, what};
use crate::person::{Age, GoneThrough};

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
            basis: Basis::default(),
            supersedes: supersedes.map(Uuid::from_u128),
            by: Uuid::nil(),
            at: Instant(i64::try_from(n).expect("small")),
        },
    }
}

fn referral() -> What {
    What::NrmReferral(what::NrmReferral {
        agency: Agency::Police,
        asked_on: None,
        reference: None,
        is_child: None,
        missing: Vec::new(),
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
        standard: None,
        expert_words: None,
    })
}

fn declined() -> What {
    What::Declined(what::Declined {
        reasons: Vec::new(),
        told: None,
    })
}

fn kinds(events: &[(&str, What)]) -> Vec<ClockKind> {
    clocks(events).iter().map(|clock| clock.kind).collect()
}

fn setting(nation: Nation) -> Setting {
    Setting {
        nation,
        opened_on: day("2025-01-01"),
        gone_through: GoneThrough::Safe(day("2025-06-01")),
        age: Age::default(),
    }
}

/// The clocks that run in a nation but that of safe contact.
fn clocks_in(nation: Nation, events: &[(&str, What)]) -> Vec<Clock> {
    let mut clocks = running(&history(events), setting(nation));
    clocks.retain(|clock| clock.kind != ClockKind::SafeContact);
    clocks
}

fn clocks(events: &[(&str, What)]) -> Vec<Clock> {
    clocks_in(Nation::England, events)
}

/// What the clocks measure, with their last days.
fn due(clocks: &[Clock]) -> Vec<(ClockKind, Option<Day>)> {
    clocks.iter().map(|clock| (clock.kind, clock.due_on)).collect()
}

#[test]
fn the_shipped_rules_hold_one_for_every_clock_that_has_a_length_and_none_before_the_law_did() {
    let at = |kind, nation, on: &str| rule(kind, nation, day(on)).map(|rule| rule.days);
    for kind in ClockKind::ALL {
        let somewhere = |on| Nation::ALL.iter().any(|nation| at(*kind, *nation, on).is_some());
        assert_eq!(somewhere("2025-06-01"), kind.has_length(), "{kind}");
        assert!(!somewhere("2009-03-31"), "{kind}");
    }
    for rule in rules() {
        assert!(!rule.source.is_empty() && rule.days > 0 && !rule.nations.is_empty());
        let alike = rules()
            .iter()
            .filter(|other| other.code == rule.code && other.from == rule.from)
            .filter(|other| other.nations.iter().any(|nation| rule.nations.contains(nation)));
        assert_eq!(alike.count(), 1, "{}: one rule in a nation from one day", rule.code);
    }
    let england = |kind, on| at(kind, Nation::England, on);
    assert_eq!(england(ClockKind::Recovery, "2022-12-12"), Some(45));
    assert_eq!(england(ClockKind::Recovery, "2022-12-13"), Some(30));
    assert_eq!(england(ClockKind::Notification, "2015-10-31"), None);
    assert_eq!(england(ClockKind::Reconsideration, "2019-05-06"), None);
    assert_eq!(england(ClockKind::MoveOnPositive, "2019-01-31"), None);
    assert_eq!(at(ClockKind::Notification, Nation::Scotland, "2025-06-01"), None);
    assert_eq!(at(ClockKind::Support, Nation::Scotland, "2025-06-01"), Some(90));
    assert_eq!(england(ClockKind::Support, "2025-06-01"), None);
}

#[test]
fn no_clock_starts_where_no_law_set_a_length() {
    let old = [("2019-05-06", reasonable(Grounds::Negative))];
    assert_eq!(
        kinds(&old),
        [ClockKind::JudicialReview],
        "a window of 2024 is not offered in 2019"
    );
    let declined = [("2025-05-06", declined())];
    assert_eq!(kinds(&declined), [ClockKind::Notification]);
    assert_eq!(due(&clocks_in(Nation::Scotland, &declined)), []);
}

#[test]
fn in_scotland_a_review_is_asked_within_three_months_that_begin_with_the_day_and_support_is_owed_for_ninety() {
    let refused = clocks_in(Nation::Scotland, &[("2025-05-06", reasonable(Grounds::Negative))]);
    assert!(due(&refused).contains(&(ClockKind::JudicialReview, Some(day("2025-08-05")))));
    let positive = ("2025-05-06", reasonable(Grounds::Positive));
    let supported = clocks_in(Nation::Scotland, std::slice::from_ref(&positive));
    assert!(due(&supported).contains(&(ClockKind::Support, Some(day("2025-08-03")))));
    let decided = [positive, ("2025-07-01", conclusive(Grounds::Positive))];
    assert_eq!(
        due(&clocks_in(Nation::Scotland, &decided)),
        [],
        "the contract of England and Wales is not theirs"
    );
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
    let scottish = clocks_in(Nation::Scotland, &[("2025-04-17", referral())]);
    assert_eq!(scottish[0].due_on, Some(day("2025-04-25")));
}

#[test]
fn a_positive_decision_starts_the_recovery_period_which_is_never_late_and_the_wait_which_has_no_end() {
    let clocks = clocks(&[
        ("2025-04-17", referral()),
        ("2025-05-06", reasonable(Grounds::Positive)),
    ]);
    // Thirty days of which the day of the decision is the first.
    assert_eq!(
        due(&clocks),
        [
            (ClockKind::Recovery, Some(day("2025-06-04"))),
            (ClockKind::ConclusiveGrounds, None)
        ]
    );
    assert!(!clocks[0].is_late(day("2026-06-05")));
    assert!(clocks[0].is_over(day("2025-06-05")) && !clocks[0].is_over(day("2025-06-04")));
    assert_eq!(clocks[1].say(day("2026-05-06"), Nation::England), "for 365 days");
    assert_eq!(next_due(&clocks, day("2025-05-07")), None, "nobody has to act");
}

#[test]
fn a_negative_decision_starts_the_days_for_a_challenge_and_the_challenge_stops_them() {
    let mut events = vec![
        ("2025-04-17", referral()),
        ("2025-05-06", reasonable(Grounds::Negative)),
    ];
    assert_eq!(
        due(&clocks(&events)),
        [
            (ClockKind::Reconsideration, Some(day("2025-06-05"))),
            (ClockKind::JudicialReview, Some(day("2025-08-06")))
        ]
    );
    let asked = |stage| {
        What::Reconsideration(what::Reconsideration {
            challenged: Challenged::ReasonableGrounds,
            stage,
            is_represented: Some(Known::Yes),
            ground: None,
        })
    };
    events.push(("2025-05-20", asked(ChallengeStage::Asked)));
    assert_eq!(
        due(&clocks(&events)),
        [
            (ClockKind::JudicialReview, Some(day("2025-08-06"))),
            (ClockKind::AwaitedReconsideration, None)
        ]
    );
    assert_eq!(history(&events).status(Age::default()), Some(Status::Reconsidering));
    let begun = What::JudicialReview(what::JudicialReview {
        challenged: Challenged::ReasonableGrounds,
        stage: ReviewStage::Begun,
        ground: None,
    });
    events.push(("2025-07-01", begun));
    assert_eq!(
        kinds(&events),
        [ClockKind::AwaitedReconsideration, ClockKind::AwaitedCourt]
    );
    events.push(("2025-07-20", asked(ChallengeStage::Overturned)));
    assert_eq!(kinds(&events), [ClockKind::Recovery, ClockKind::ConclusiveGrounds]);
    assert_eq!(history(&events).status(Age::default()), Some(Status::RgPositive));
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
fn a_decision_stops_every_clock_of_the_one_that_it_replaces() {
    let overturned = What::Reconsideration(what::Reconsideration {
        challenged: Challenged::ConclusiveGrounds,
        stage: ChallengeStage::Overturned,
        is_represented: None,
        ground: None,
    });
    let mut events = vec![
        ("2025-01-06", reasonable(Grounds::Positive)),
        ("2025-05-06", conclusive(Grounds::Negative)),
    ];
    assert_eq!(
        kinds(&events),
        [
            ClockKind::MoveOnNegative,
            ClockKind::Reconsideration,
            ClockKind::JudicialReview
        ]
    );
    events.push(("2025-07-01", overturned));
    assert_eq!(kinds(&events), [ClockKind::MoveOnPositive]);
    // The decision that is written for it is recorded too: one clock, from its own day.
    events.push(("2025-07-03", conclusive(Grounds::Positive)));
    assert_eq!(
        due(&clocks(&events)),
        [(ClockKind::MoveOnPositive, Some(day("2025-08-17")))]
    );
    let twice = [("2025-05-06", declined()), ("2025-05-20", declined())];
    assert_eq!(
        due(&clocks(&twice)),
        [(ClockKind::Notification, Some(day("2025-05-21")))]
    );
}

fn disqualification(stage: DisqualificationStage) -> What {
    What::Disqualification(what::Disqualification {
        ground: DisqualificationGround::ALL[0],
        stage,
        needs_assessed: None,
    })
}

#[test]
fn a_disqualification_takes_protection_away_and_overturning_it_gives_back_what_there_was() {
    let overturned = What::Reconsideration(what::Reconsideration {
        challenged: Challenged::Disqualification,
        stage: ChallengeStage::Overturned,
        is_represented: None,
        ground: None,
    });
    let mut events = vec![
        ("2025-05-06", reasonable(Grounds::Positive)),
        ("2025-05-10", disqualification(DisqualificationStage::Made)),
    ];
    assert_eq!(
        due(&clocks(&events)),
        [
            (ClockKind::Reconsideration, Some(day("2025-06-09"))),
            (ClockKind::JudicialReview, Some(day("2025-08-10"))),
            (ClockKind::ConclusiveGrounds, None)
        ],
        "it can be challenged as a decision can"
    );
    assert_eq!(history(&events).status(Age::default()), Some(Status::Disqualified));
    events.push(("2025-05-20", overturned.clone()));
    assert_eq!(
        due(&clocks(&events)),
        [
            (ClockKind::Recovery, Some(day("2025-06-04"))),
            (ClockKind::ConclusiveGrounds, None)
        ]
    );
    assert_eq!(history(&events).status(Age::default()), Some(Status::RgPositive));
    let after_conclusive = [
        ("2025-05-06", reasonable(Grounds::Positive)),
        ("2025-07-01", conclusive(Grounds::Positive)),
        ("2025-07-05", disqualification(DisqualificationStage::Made)),
        ("2025-08-01", overturned),
    ];
    assert_eq!(
        history(&after_conclusive).status(Age::default()),
        Some(Status::CgPositive)
    );
}

fn missing() -> What {
    What::Missing(what::Missing {
        is_reported: Known::Yes,
        circumstances: None,
    })
}

#[test]
fn who_comes_back_after_support_ended_is_reminded_of_again_and_who_left_while_missing_is_missed_no_more() {
    let exit = || {
        What::Exit(what::Exit {
            reason: WhyExit::Planned,
            destination: Destination::ALL[0],
        })
    };
    let has_contact = |events: &[(&str, What)]| {
        running(&history(events), setting(Nation::England))
            .iter()
            .any(|clock| clock.kind == ClockKind::SafeContact)
    };
    let mut events = vec![
        ("2025-04-17", referral()),
        ("2025-05-01", missing()),
        ("2025-05-20", exit()),
    ];
    assert_eq!(kinds(&events), [ClockKind::ReasonableGrounds]);
    assert!(!has_contact(&events));
    assert_eq!(history(&events).status(Age::default()), Some(Status::Exited));
    events.push(("2025-06-01", referral()));
    assert!(has_contact(&events));
    assert_eq!(history(&events).status(Age::default()), Some(Status::Referred));
    let died = [
        ("2025-05-20", What::Death(what::Death { circumstances: None })),
        ("2025-06-01", referral()),
    ];
    assert!(!has_contact(&died));
}

#[test]
fn after_a_death_nothing_runs_but_what_somebody_wants_to_be_reminded_of_and_no_decision_changes_that_they_died() {
    let reminder = |due_on: &str| {
        What::Reminder(what::Reminder {
            task: "Write to the coroner".into(),
            due_on: day(due_on),
        })
    };
    let events = [
        ("2025-04-17", referral()),
        ("2025-05-19", reminder("2025-06-15")),
        ("2025-05-20", What::Death(what::Death { circumstances: None })),
        ("2025-05-28", conclusive(Grounds::Negative)),
        ("2025-05-29", disqualification(DisqualificationStage::Made)),
        ("2025-05-30", reminder("2025-07-01")),
        ("2025-06-01", missing()),
    ];
    assert_eq!(kinds(&events), [ClockKind::Reminder; 2]);
    assert_eq!(history(&events).status(Age::default()), Some(Status::Died));
}

#[test]
fn a_refused_consent_to_a_referral_counts_as_a_refused_referral_but_for_a_child() {
    let refused = What::Consent(what::Consent::answer(Purpose::Referral, Said::Refused, SaidBy::Person));
    let events = [("2025-05-06", refused)];
    assert_eq!(kinds(&events), [ClockKind::Notification]);
    assert_eq!(history(&events).status(Age::default()), Some(Status::Declined));
    let child = Setting {
        age: Age::answered(Some(Known::Yes)),
        ..setting(Nation::England)
    };
    let of_a_child = running(&history(&events), child);
    assert!(of_a_child.iter().all(|clock| clock.kind != ClockKind::Notification));
    assert_eq!(history(&events).status(Age::answered(Some(Known::Yes))), None);
}

#[test]
fn safe_contact_is_due_at_once_when_it_was_never_gone_through_or_was_unsafe_and_four_weeks_after_it_was_safe() {
    let at = |gone_through| {
        let setting = Setting {
            gone_through,
            ..setting(Nation::Wales)
        };
        next_due(&running(&history(&[]), setting), day("2025-06-01"))
    };
    assert_eq!(at(GoneThrough::Never), Some(day("2025-01-01")));
    assert_eq!(at(GoneThrough::Safe(day("2025-05-10"))), Some(day("2025-06-07")));
    assert_eq!(at(GoneThrough::Unsafe(day("2025-05-20"))), Some(day("2025-05-20")));
    assert_eq!(at(GoneThrough::Found(day("2025-05-20"))), Some(day("2025-05-20")));
}

#[test]
fn within_a_week_ends_with_the_same_weekday_of_the_next_week() {
    let today = day("2025-06-02");
    assert_eq!(soon(today), day("2025-06-09"));
    let of = |on: &str| nearness(Some(day(on)), today);
    assert_eq!(
        [of("2025-06-01"), of("2025-06-02"), of("2025-06-09"), of("2025-06-10")],
        [Nearness::Late, Nearness::Soon, Nearness::Soon, Nearness::Later]
    );
    assert_eq!(nearness(None, today), Nearness::Never);
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
    assert_eq!(history.status(Age::default()), None);
}

#[test]
fn someone_who_is_found_stands_where_they_stood_before() {
    let found = What::Found(what::Found { circumstances: None });
    let mut events = vec![("2025-04-17", referral()), ("2025-04-20", missing())];
    assert_eq!(history(&events).status(Age::default()), Some(Status::Missing));
    assert!(kinds(&events).contains(&ClockKind::Missing));
    events.push(("2025-04-24", found));
    assert_eq!(history(&events).status(Age::default()), Some(Status::Referred));
    assert!(!kinds(&events).contains(&ClockKind::Missing));
    // A decision that comes meanwhile is where they stand once they are found; until then they are missing.
    let decided = ("2025-04-22", reasonable(Grounds::Positive));
    let meanwhile = [events[0].clone(), events[1].clone(), decided.clone()];
    assert_eq!(history(&meanwhile).status(Age::default()), Some(Status::Missing));
    let back = [events[0].clone(), events[1].clone(), decided, events[2].clone()];
    assert_eq!(history(&back).status(Age::default()), Some(Status::RgPositive));
}

#[test]
fn someone_who_was_referred_is_not_merely_met_when_another_authority_meets_them() {
    let met = What::Encounter(what::Encounter {
        agency: Agency::Health,
        place: None,
        noted_signs: None,
        told_rights: None,
        interpreting: None,
        language: None,
    });
    assert_eq!(
        history(&[("2025-04-01", met.clone())]).status(Age::default()),
        Some(Status::Encountered)
    );
    let events = [("2025-04-17", referral()), ("2025-04-20", met)];
    assert_eq!(history(&events).status(Age::default()), Some(Status::Referred));
}

#[test]
fn a_clock_beyond_the_published_bank_holidays_says_so() {
    let clock = &clocks(&[("2026-12-28", referral())])[0];
    assert!(clock.say(day("2026-12-29"), Nation::England).contains("not certain"));
    let clock = &clocks(&[("2026-11-28", referral())])[0];
    assert!(!clock.say(day("2026-11-29"), Nation::England).contains("not certain"));
}

/// Anything that starts, stops or replaces a clock.
fn anything() -> impl Strategy<Value = What> {
    let grounds = || prop::sample::select(Grounds::ALL);
    let challenged = || prop::sample::select(Challenged::ALL);
    prop_oneof![
        Just(referral()),
        Just(missing()),
        Just(declined()),
        Just(What::Withheld(what::Withheld {
            agency: Agency::Police,
            reasons: Vec::new(),
        })),
        Just(What::ReferralAsked(what::ReferralAsked {
            agency: Agency::Police,
            said: None,
        })),
        prop::sample::select(Said::ALL).prop_map(|said| What::Consent(what::Consent::answer(
            Purpose::Referral,
            said,
            SaidBy::Person
        ))),
        Just(What::Found(what::Found { circumstances: None })),
        grounds().prop_map(reasonable),
        grounds().prop_map(conclusive),
        prop::sample::select(DisqualificationStage::ALL).prop_map(disqualification),
        (challenged(), prop::sample::select(ChallengeStage::ALL)).prop_map(|(challenged, stage)| {
            What::Reconsideration(what::Reconsideration {
                challenged,
                stage,
                is_represented: None,
                ground: None,
            })
        }),
        (challenged(), prop::sample::select(ReviewStage::ALL)).prop_map(|(challenged, stage)| {
            What::JudicialReview(what::JudicialReview {
                challenged,
                stage,
                ground: None,
            })
        }),
    ]
}

proptest! {
    #[test]
    fn there_is_never_more_than_one_clock_of_a_kind(
        happened in prop::collection::vec(anything(), 0..12),
        nation in prop::sample::select(Nation::ALL),
    ) {
        let events: Vec<(&str, What)> = happened.into_iter().map(|what| ("2025-05-06", what)).collect();
        let running = running(&history(&events), setting(nation));
        for kind in ClockKind::ALL {
            prop_assert!(running.iter().filter(|clock| clock.kind == *kind).count() <= 1, "{}", kind);
        }
    }

    #[test]
    fn the_order_in_which_events_are_read_changes_nothing(order in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let all = [
            event(1, "2025-04-17", referral(), None),
            event(2, "2025-04-25", reasonable(Grounds::Negative), None),
            event(3, "2025-04-25", reasonable(Grounds::Positive), Some(2)),
            event(4, "2025-12-01", conclusive(Grounds::Positive), None),
        ];
        let read = History::new(order.iter().map(|at| all[*at].clone()).collect());
        prop_assert_eq!(read.status(Age::default()), Some(Status::CgPositive));
        let kinds: Vec<ClockKind> = running(&read, setting(Nation::England)).iter().map(|clock| clock.kind).collect();
        prop_assert_eq!(kinds, [ClockKind::SafeContact, ClockKind::MoveOnPositive]);
    }
}
