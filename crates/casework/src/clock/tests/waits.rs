//! Waits to which no rule sets a length: they say since when, are never late, and end with the next stage.

use domain::casework::WithdrawnBy;

use super::*;
use crate::clock::Whose;

fn asked_to_refer() -> What {
    What::ReferralAsked(what::ReferralAsked {
        agency: Agency::Police,
        said: None,
    })
}

fn review_of(challenged: Challenged, stage: ReviewStage) -> What {
    What::JudicialReview(what::JudicialReview {
        challenged,
        stage,
        ground: None,
    })
}

fn review(stage: ReviewStage) -> What {
    review_of(Challenged::ConclusiveGrounds, stage)
}

fn withheld() -> What {
    What::Withheld(what::Withheld {
        agency: Agency::Police,
        reasons: Vec::new(),
    })
}

/// An answer to being referred.
fn answer(said: Said) -> What {
    What::Consent(what::Consent::answer(Purpose::Referral, said, SaidBy::Person))
}

/// What runs for a child but safe contact.
fn kinds_of_a_child(events: &[(&str, What)]) -> Vec<ClockKind> {
    let child = Setting {
        age: Age::answered(Some(Known::Yes)),
        ..setting(Nation::England)
    };
    let mut kinds: Vec<ClockKind> = running(&history(events), child)
        .iter()
        .map(|clock| clock.kind)
        .collect();
    kinds.retain(|kind| *kind != ClockKind::SafeContact);
    kinds
}

#[test]
fn who_asked_for_a_referral_waits_since_the_first_time_until_there_is_one_or_a_no() {
    let asked = ("2025-05-06", asked_to_refer());
    let again = [asked.clone(), ("2025-05-20", asked_to_refer())];
    let waiting = clocks(&again);
    assert_eq!(due(&waiting), [(ClockKind::AwaitedReferral, None)]);
    assert_eq!(waiting[0].say(day("2025-05-26"), Nation::England), "for 20 days");
    assert_eq!(next_due(&waiting, day("2026-05-06")), None, "it is never late");
    for (answer, left) in [
        (referral(), vec![ClockKind::ReasonableGrounds]),
        (withheld(), vec![ClockKind::AskAnother]),
        (declined(), vec![ClockKind::Notification]),
    ] {
        assert_eq!(kinds(&[asked.clone(), ("2025-05-21", answer)]), left);
    }
    // On one day, recorded the other way round.
    let one_day = [("2025-05-06", referral()), asked];
    assert_eq!(kinds(&one_day), [ClockKind::ReasonableGrounds]);
}

#[test]
fn a_claim_that_was_issued_waits_for_the_court_until_it_is_decided_and_a_letter_does_not() {
    let mut events = vec![("2025-05-06", review(ReviewStage::Letter))];
    assert_eq!(kinds(&events), []);
    events.push(("2025-05-20", review(ReviewStage::Begun)));
    events.push(("2025-06-20", review(ReviewStage::PermissionGiven)));
    let waiting = clocks(&events);
    assert_eq!(due(&waiting), [(ClockKind::AwaitedCourt, None)]);
    assert_eq!(waiting[0].started_on, day("2025-05-20"));
    for over in [ReviewStage::PermissionRefused, ReviewStage::Lost, ReviewStage::Dropped] {
        let decided = [events.as_slice(), &[("2025-08-01", review(over))]].concat();
        assert_eq!(kinds(&decided), [], "{over}");
    }
    for again in [ReviewStage::Settled, ReviewStage::Won] {
        let mut decided = [events.as_slice(), &[("2025-08-01", review(again))]].concat();
        let waiting = clocks(&decided);
        assert_eq!(due(&waiting), [(ClockKind::AwaitedDecision, None)], "{again}");
        assert_eq!(waiting[0].started_on, day("2025-08-01"));
        decided.push(("2025-09-01", conclusive(Grounds::Positive)));
        assert_eq!(kinds(&decided), [ClockKind::MoveOnPositive], "{again}");
    }
}

#[test]
fn a_disqualification_that_a_court_had_decided_again_and_that_is_refused_then_is_over() {
    let mut events = vec![
        ("2025-05-06", reasonable(Grounds::Positive)),
        ("2025-05-10", disqualification(DisqualificationStage::Made)),
        ("2025-05-20", review_of(Challenged::Disqualification, ReviewStage::Won)),
    ];
    assert!(kinds(&events).contains(&ClockKind::AwaitedDecision));
    assert_eq!(history(&events).status(Age::default()), Some(Status::Reconsidering));
    events.push(("2025-05-25", disqualification(DisqualificationStage::Refused)));
    assert_eq!(kinds(&events), [ClockKind::Recovery, ClockKind::ConclusiveGrounds]);
    assert_eq!(history(&events).status(Age::default()), Some(Status::RgPositive));
    // Another that was asked for and refused takes nothing from one that was made.
    let twice = [events[1].clone(), events[3].clone()];
    assert_eq!(history(&twice).status(Age::default()), Some(Status::Disqualified));
}

#[test]
fn a_consent_to_the_referral_that_is_taken_back_is_a_no_but_of_a_child_and_of_whoever_is_referred() {
    let back = || ("2025-05-20", answer(Said::Withdrawn));
    let asked = [("2025-05-06", asked_to_refer()), back()];
    assert_eq!(kinds(&asked), [ClockKind::Notification]);
    assert_eq!(history(&asked).status(Age::default()), Some(Status::Declined));
    assert_eq!(kinds_of_a_child(&asked), [ClockKind::AwaitedReferral]);
    assert_eq!(history(&asked).status(Age::answered(Some(Known::Yes))), None);
    let referred = [("2025-05-06", referral()), back()];
    assert_eq!(kinds(&referred), [ClockKind::ReasonableGrounds]);
    assert_eq!(history(&referred).status(Age::default()), Some(Status::Referred));
    let left = What::Withdrawal(what::Withdrawal {
        by: WithdrawnBy::Person,
    });
    let withdrawn = [("2025-05-06", referral()), ("2025-05-20", left), back()];
    assert_eq!(kinds(&withdrawn), []);
}

#[test]
fn a_yes_after_a_no_ends_the_no_and_whoever_was_asked_before_is_waited_for_again_from_that_day() {
    let yes = || ("2025-05-20", answer(Said::Given));
    for (asked, waits_for) in [
        (asked_to_refer(), ClockKind::AwaitedReferral),
        (withheld(), ClockKind::AskAnother),
    ] {
        let events = [("2025-05-06", asked), ("2025-05-10", declined()), yes()];
        assert_eq!(kinds(&events[..2]), [ClockKind::Notification]);
        let waiting = clocks(&events);
        assert_eq!(due(&waiting), [(waits_for, None)]);
        assert_eq!(waiting[0].started_on, day("2025-05-20"));
        assert_eq!(history(&events[..2]).status(Age::default()), Some(Status::Declined));
        assert_eq!(
            history(&events).status(Age::default()),
            history(&events[..1]).status(Age::default()),
            "where they stood before"
        );
    }
    assert_eq!(kinds(&[("2025-05-10", declined()), yes()]), []);
}

#[test]
fn whoever_is_willing_or_a_child_and_was_not_referred_is_to_be_taken_to_another_first_responder() {
    let withheld = || ("2025-05-10", withheld());
    let waiting = clocks(&[withheld()]);
    assert_eq!(due(&waiting), [(ClockKind::AskAnother, None)]);
    assert_eq!(waiting[0].whose, Whose::Us);
    let unwilling = [("2025-05-06", declined()), withheld()];
    assert_eq!(kinds(&unwilling), [ClockKind::Notification]);
    assert!(kinds_of_a_child(&unwilling).contains(&ClockKind::AskAnother));
    let exit = What::Exit(what::Exit {
        reason: WhyExit::Planned,
        destination: Destination::ALL[0],
    });
    for (then, left) in [
        (referral(), vec![ClockKind::ReasonableGrounds]),
        (asked_to_refer(), vec![ClockKind::AwaitedReferral]),
        (declined(), vec![ClockKind::Notification]),
        (exit, Vec::new()),
    ] {
        assert_eq!(kinds(&[withheld(), ("2025-05-21", then)]), left);
    }
    let referred = [("2025-05-06", referral()), withheld()];
    assert_eq!(kinds(&referred), [ClockKind::ReasonableGrounds], "by another already");
}

#[test]
fn somebody_missing_is_due_at_once_and_first_until_the_police_know_or_they_are_there_again() {
    let missing = |is_reported| {
        What::Missing(what::Missing {
            is_reported,
            circumstances: None,
        })
    };
    for untold in [Known::No, Known::Unknown] {
        // The decision has been late for longer.
        let events = [("2025-04-17", referral()), ("2025-05-06", missing(untold))];
        let first = &clocks(&events)[0];
        assert_eq!(
            (first.kind, first.due_on),
            (ClockKind::Unreported, Some(day("2025-05-06")))
        );
        assert!(!first.is_late(day("2025-05-06")) && first.is_late(day("2025-05-07")));
        let found = What::Found(what::Found { circumstances: None });
        let back = [events.as_slice(), &[("2025-05-08", found)]].concat();
        assert_eq!(kinds(&back), [ClockKind::ReasonableGrounds]);
    }
    let corrected = History::new(vec![
        event(1, "2025-05-06", missing(Known::No), None),
        event(2, "2025-05-06", missing(Known::Yes), Some(1)),
    ]);
    let mut told = running(&corrected, setting(Nation::England));
    told.retain(|clock| clock.kind != ClockKind::SafeContact);
    assert_eq!(due(&told), [(ClockKind::Missing, None)]);
}
