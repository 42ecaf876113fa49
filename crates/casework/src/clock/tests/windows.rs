//! Windows: late for two weeks, and then passed.

use super::*;

fn challenge(stage: ChallengeStage) -> What {
    What::Reconsideration(what::Reconsideration {
        challenged: Challenged::ReasonableGrounds,
        stage,
        is_represented: None,
        ground: None,
    })
}

#[test]
fn a_window_is_late_for_two_weeks_after_its_last_day_and_then_it_has_passed() {
    let clocks = clocks(&[
        ("2025-04-17", referral()),
        ("2025-05-06", reasonable(Grounds::Negative)),
    ]);
    let asking = &clocks[0];
    assert_eq!(asking.kind, ClockKind::Reconsideration);
    assert_eq!(asking.due_on, Some(day("2025-06-05")));
    let (last, passed) = (day("2025-06-19"), day("2025-06-20"));
    assert!(asking.is_late(last) && !asking.has_passed(last));
    assert_eq!(asking.say(last, Nation::England), "14 days late");
    assert!(!asking.is_late(passed) && asking.has_passed(passed));
    assert_eq!(asking.standing(passed, Nation::England), Standing::Passed);
    assert_eq!(asking.say(passed, Nation::England), "window passed");
    // The court's own window is still open, and is what comes next.
    assert_eq!(next_due(&clocks, last), Some(day("2025-06-05")));
    assert_eq!(next_due(&clocks, passed), Some(day("2025-08-06")));
    assert_eq!(next_due(&clocks, day("2026-01-01")), None);
    // A reminder, or a decision that is owed, is late for as long as it takes.
    let owed = super::clocks(&[("2025-04-17", referral())]);
    assert!(owed[0].is_late(day("2026-04-17")));
}

#[test]
fn a_decision_that_stays_after_it_was_looked_at_again_opens_the_way_to_a_court_anew() {
    let mut events = vec![
        ("2025-04-17", referral()),
        ("2025-05-06", reasonable(Grounds::Negative)),
        ("2025-05-20", challenge(ChallengeStage::Asked)),
    ];
    assert_eq!(
        due(&clocks(&events)),
        [
            (ClockKind::JudicialReview, Some(day("2025-08-06"))),
            (ClockKind::AwaitedReconsideration, None)
        ]
    );
    events.push(("2025-07-01", challenge(ChallengeStage::Upheld)));
    assert_eq!(
        due(&clocks(&events)),
        [(ClockKind::JudicialReview, Some(day("2025-10-01")))]
    );
}

#[test]
fn whoever_left_is_not_to_be_notified_of_any_more() {
    let exit = What::Exit(what::Exit {
        reason: WhyExit::Planned,
        destination: Destination::ALL[0],
    });
    let events = [("2025-05-06", declined()), ("2025-05-20", exit)];
    assert_eq!(kinds(&events), []);
}
