//! Clocks beside the mechanism: outcomes, returns, permits, appeals, guardians.

use super::*;
use crate::event::Kind;
use crate::sheet::Typed;

pub(super) fn of_form(kind: Kind, answers: &[(&str, &str)]) -> What {
    let mut errors = store::FieldErrors::new();
    let typed = Typed::of(answers.iter().copied());
    kind.read(&typed, &mut errors).unwrap_or_else(|| panic!("{errors:?}"))
}

fn to_support(said: &str) -> What {
    of_form(
        Kind::Consent,
        &[("purpose", "support"), ("said", said), ("said_by", "person")],
    )
}

#[test]
fn outcomes_come_due_from_the_beginning_of_support_once_the_person_agrees_to_it() {
    use ClockKind as K;
    let agreed = ("2025-02-10", to_support("given"));
    assert_eq!(
        due(&clocks(std::slice::from_ref(&agreed))),
        [
            (K::OutcomesEntry, Some(day("2025-01-29"))),
            (K::Outcomes6, Some(day("2025-07-01"))),
            (K::Outcomes12, Some(day("2026-01-01"))),
            (K::Outcomes24, Some(day("2027-01-01"))),
            (K::Outcomes36, Some(day("2028-01-01"))),
        ]
    );
    let half = of_form(Kind::Outcomes, &[("point", "month_6"), ("answered_by", "person")]);
    let gone_through = [agreed.clone(), ("2025-07-02", half)];
    assert_eq!(
        kinds(&gone_through),
        [K::Outcomes12, K::Outcomes24, K::Outcomes36],
        "what was missed is not asked afterwards"
    );
    let again = [gone_through.as_slice(), &[("2025-08-01", to_support("given"))]].concat();
    assert_eq!(kinds(&again).len(), 3);
    let back = [gone_through.as_slice(), &[("2025-08-01", to_support("withdrawn"))]].concat();
    assert!(kinds(&back).is_empty());
    let late = clocks(&[agreed]);
    assert!(late[0].is_late(day("2025-02-10")));
}

#[test]
fn of_the_points_for_outcomes_one_is_shown_which_tells_how_many_were_missed_before_it() {
    use ClockKind as K;
    let agreed = ("2025-02-10", to_support("given"));
    let on = |today: &str, events: &[(&str, What)]| {
        let shown = shown(clocks(events), day(today));
        assert_eq!(shown.len(), 1, "{today}");
        (shown[0].kind, shown[0].n_missed)
    };
    let only = std::slice::from_ref(&agreed);
    assert_eq!(on("2025-01-29", only), (K::OutcomesEntry, 0));
    assert_eq!(
        on("2025-07-01", only),
        (K::OutcomesEntry, 0),
        "the next is due, and not over"
    );
    assert_eq!(on("2025-07-02", only), (K::Outcomes6, 1));
    assert_eq!(on("2030-01-01", only), (K::Outcomes36, 4));
    let told = |n: usize| {
        let clock = clocks(only).remove(0);
        Clock { n_missed: n, ..clock }.missed()
    };
    assert!(told(0).is_empty() && told(1).starts_with("One earlier time") && told(4).starts_with("4 earlier times"));
    let year = of_form(Kind::Outcomes, &[("point", "month_12"), ("answered_by", "nobody")]);
    let gone_through = [agreed.clone(), ("2026-01-05", year)];
    assert_eq!(on("2026-01-05", &gone_through), (K::Outcomes24, 0), "the next to come");
}

proptest! {
    #[test]
    fn what_is_shown_is_as_near_as_what_runs_and_holds_one_point_for_outcomes(
        points in prop::collection::btree_set(prop::sample::select(domain::casework::OutcomePoint::ALL), 0..5),
        days in 0..1_500_i32,
    ) {
        let mut events = vec![("2025-02-10", to_support("given")), ("2025-02-11", referral())];
        events.extend(points.iter().map(|point| {
            ("2025-03-01", of_form(Kind::Outcomes, &[("point", point.code()), ("answered_by", "person")]))
        }));
        let (running, today) = (clocks(&events), day("2025-01-01").plus_days(days));
        let kept = shown(running.clone(), today);
        prop_assert!(kept.iter().filter(|clock| is_outcomes(clock.kind)).count() <= 1);
        let near = |clocks: &[Clock]| nearness(next_due(clocks, today), today);
        prop_assert_eq!(near(&kept), near(&running));
        let others = |clocks: &[Clock]| clocks.iter().filter(|clock| !is_outcomes(clock.kind)).count();
        prop_assert!(others(&kept) == running.iter().filter(|clock| !is_outcomes(clock.kind) && !clock.is_over(today)).count());
    }
}

#[test]
fn a_return_is_followed_by_three_contacts_each_stopped_by_its_own_or_a_later_one() {
    use ClockKind as K;
    let gone = [
        ("destination", "Specimenland"),
        ("is_voluntary", "yes"),
        ("risk_assessed", "yes"),
    ];
    let returned = ("2025-03-31", of_form(Kind::Return, &gone));
    assert_eq!(
        due(&clocks(std::slice::from_ref(&returned))),
        [
            (K::Return6, Some(day("2025-09-30"))),
            (K::Return12, Some(day("2026-03-31"))),
            (K::Return36, Some(day("2028-03-31"))),
        ]
    );
    let contact = of_form(Kind::ReturnContact, &[("point", "month_12"), ("is_reached", "no")]);
    assert_eq!(kinds(&[returned, ("2026-03-30", contact)]), [K::Return36]);
}

#[test]
fn a_permit_runs_to_the_day_of_its_letter_or_by_its_months_and_a_refused_claim_to_its_appeal() {
    use ClockKind as K;
    let permit = |answers: &[(&str, &str)]| of_form(Kind::ResidencePermit, answers);
    let granted = permit(&[("stage", "granted"), ("months", "12"), ("ends_on", "2026-02-15")]);
    assert_eq!(
        due(&clocks(&[("2025-03-01", granted.clone())])),
        [(K::PermitEnds, Some(day("2026-02-15")))]
    );
    let months = permit(&[("stage", "granted"), ("months", "12")]);
    assert_eq!(
        due(&clocks(&[("2025-03-01", months)])),
        [(K::PermitEnds, Some(day("2026-03-01")))]
    );
    assert!(clocks(&[("2025-03-01", permit(&[("stage", "granted")]))]).is_empty());
    let asked = permit(&[("stage", "renewal_applied")]);
    assert!(clocks(&[("2025-03-01", granted), ("2026-01-01", asked)]).is_empty());

    let asylum = |stage: &str| of_form(Kind::Asylum, &[("stage", stage)]);
    let refused = ("2025-03-01", asylum("refused"));
    assert_eq!(
        due(&clocks(std::slice::from_ref(&refused))),
        [(K::AsylumAppeal, Some(day("2025-03-15")))]
    );
    assert!(clocks(&[refused, ("2025-03-10", asylum("appealed"))]).is_empty());
}

#[test]
fn a_child_waits_for_a_guardian_from_the_referral_on_and_no_day_is_made_up_for_it() {
    use ClockKind as K;
    let guardian = |stage: &str| of_form(Kind::Guardian, &[("stage", stage)]);
    let referred = of_form(Kind::NrmReferral, &[("agency", "police"), ("is_child", "yes")]);
    let waits = [("2025-03-03", referred), ("2025-03-10", guardian("asked"))];
    let found = clocks(&waits);
    let clock = found.iter().find(|clock| clock.kind == K::Guardian).expect("runs");
    assert_eq!((clock.started_on, clock.due_on), (day("2025-03-03"), None));
    let appointed = [waits.as_slice(), &[("2025-04-01", guardian("appointed"))]].concat();
    assert!(!kinds(&appointed).contains(&K::Guardian));
}

#[test]
fn somebody_detained_waits_for_release_since_the_first_day_and_whatever_ends_that_ends_it() {
    use ClockKind as K;
    let held = || of_form(Kind::Detained, &[("is_immigration", "yes")]);
    let events = [("2025-05-06", held()), ("2025-05-20", held())];
    let waits = clocks(&events);
    assert_eq!(due(&waits), [(K::Detained, None)]);
    assert_eq!(waits[0].say(day("2025-05-26"), Nation::England), "for 20 days");
    let gone = [
        ("destination", "Specimenland"),
        ("is_voluntary", "no"),
        ("risk_assessed", "no"),
    ];
    let left = [("reason", "removed"), ("destination", "abroad")];
    for over in [
        of_form(Kind::Released, &[]),
        of_form(Kind::Return, &gone),
        of_form(Kind::Exit, &left),
        of_form(Kind::Death, &[]),
    ] {
        let ended = [events.as_slice(), &[("2025-06-01", over)]].concat();
        assert!(!kinds(&ended).contains(&K::Detained));
    }
}

#[test]
fn a_day_that_is_set_for_removal_is_due_until_a_step_says_what_became_of_it() {
    use ClockKind as K;
    let step = |answers: &[(&str, &str)]| of_form(Kind::RemovalStep, answers);
    let set = (
        "2025-05-06",
        step(&[("step", "directions"), ("removal_on", "2025-05-20")]),
    );
    let waits = clocks(std::slice::from_ref(&set));
    assert_eq!(due(&waits), [(K::Removal, Some(day("2025-05-20")))]);
    assert!(waits[0].is_late(day("2025-06-03")) && waits[0].has_passed(day("2025-06-04")));
    let then = |what: What| due(&clocks(&[set.clone(), ("2025-05-13", what)]));
    assert_eq!(then(step(&[("step", "attempted")])), []);
    assert_eq!(then(step(&[("step", "stopped")])), []);
    let anew = step(&[("step", "directions"), ("removal_on", "2025-05-30")]);
    assert_eq!(then(anew), [(K::Removal, Some(day("2025-05-30")))]);
    let unknown = step(&[("step", "directions")]);
    assert_eq!(then(unknown), [(K::Removal, Some(day("2025-05-20")))]);
}

#[test]
fn what_goes_on_after_the_decision_is_agreed_by_an_assessment_and_support_ends_on_its_day() {
    use ClockKind as K;
    let assessed = |answers: &[(&str, &str)]| of_form(Kind::NeedsAssessment, answers);
    let decided = ("2025-12-01", conclusive(Grounds::Positive));
    let then = |what: What| due(&clocks(&[decided.clone(), ("2025-12-20", what)]));
    let during = assessed(&[("occasion", "during"), ("ends_on", "2026-03-01")]);
    assert_eq!(then(during), [(K::MoveOnPositive, Some(day("2026-01-15")))]);
    assert_eq!(then(assessed(&[("occasion", "leaving")])), []);
    let agreed = assessed(&[("occasion", "recovery"), ("ends_on", "2026-03-01")]);
    assert_eq!(then(agreed.clone()), [(K::SupportEnds, Some(day("2026-03-01")))]);
    let left = of_form(Kind::Exit, &[("reason", "planned"), ("destination", "family")]);
    for (over, runs) in [
        (left, Vec::new()),
        (
            conclusive(Grounds::Positive),
            vec![(K::MoveOnPositive, Some(day("2026-03-18")))],
        ),
    ] {
        let events = [decided.clone(), ("2025-12-20", agreed.clone()), ("2026-02-01", over)];
        assert_eq!(due(&clocks(&events)), runs);
    }
}
