//! Waits to which no rule sets a length: they say since when, are never late, and end with the next stage.

use super::*;

fn asked_to_refer() -> What {
    What::ReferralAsked(what::ReferralAsked {
        agency: Agency::Police,
        said: None,
    })
}

fn review(stage: ReviewStage) -> What {
    What::JudicialReview(what::JudicialReview {
        challenged: Challenged::ConclusiveGrounds,
        stage,
        ground: None,
    })
}

#[test]
fn who_asked_for_a_referral_waits_since_the_first_time_until_there_is_one_or_a_no() {
    let asked = ("2025-05-06", asked_to_refer());
    let again = [asked.clone(), ("2025-05-20", asked_to_refer())];
    let waiting = clocks(&again);
    assert_eq!(due(&waiting), [(ClockKind::AwaitedReferral, None)]);
    assert_eq!(waiting[0].say(day("2025-05-26"), Nation::England), "for 20 days");
    assert_eq!(next_due(&waiting, day("2026-05-06")), None, "it is never late");
    let withheld = What::Withheld(what::Withheld {
        agency: Agency::Police,
        reasons: Vec::new(),
    });
    for (answer, left) in [
        (referral(), vec![ClockKind::ReasonableGrounds]),
        (withheld, Vec::new()),
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
    for over in [
        ReviewStage::PermissionRefused,
        ReviewStage::Settled,
        ReviewStage::Won,
        ReviewStage::Lost,
        ReviewStage::Dropped,
    ] {
        let decided = [events.as_slice(), &[("2025-08-01", review(over))]].concat();
        assert_eq!(kinds(&decided), [], "{over}");
    }
}
