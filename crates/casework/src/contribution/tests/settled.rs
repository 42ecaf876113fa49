//! What counts in one period alone, because only then it is known whether it came in time; and what the reasons of a decision
//! lean on.

use super::*;

type Happened<'a> = (Kind, &'a str, Answers<'a>);

const POSITIVE: Answers<'_> = &[("outcome", "positive"), ("authority", "sca")];
const ASKED: Answers<'_> = &[("stage", "asked")];
const PLACED: Answers<'_> = &[("stage", "placed")];
const APPOINTED: Answers<'_> = &[("stage", "appointed")];
const CHILD: Answers<'_> = &[("agency", "police"), ("is_child", "yes")];

fn case(happened: &[Happened<'_>]) -> Told {
    let mut case = told(&[&[AGREED], happened].concat());
    case.about.opened_on = day("2023-01-01");
    case
}

/// What a column says in each of some years, told apart by spaces; a dash where it says nothing.
fn by_year(case: &Told, column: &str, years: &[&str]) -> String {
    let said = years.iter().map(|year| {
        let period = Period {
            from: day(&format!("{year}-01-01")),
            until: day(&format!("{year}-12-31")),
        };
        match case.row(period).expect("a row").values.get(column) {
            None => "-".to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Code(code)) => code.clone(),
        }
    });
    said.collect::<Vec<_>>().join(" ")
}

const YEARS: &[&str] = &["2024", "2025", "2026"];

#[test]
fn a_medical_need_counts_in_the_year_in_which_its_fourteen_days_are_settled() {
    let need = |more: Answers<'_>| {
        let base = [("area", "medical"), ("horizon", "emergency"), ("since", "2024-12-20")];
        vec![read::<Need>(&[base.as_slice(), more].concat())]
    };
    let mut case = case(&[]);
    let settled = |case: &Told| by_year(case, "medical_14d_in_period", YEARS);
    // Nobody yet: on the last day of 2024 the fourteen days run, until 3 January.
    case.needs = need(&[]);
    assert_eq!(settled(&case), "no yes no");
    assert_eq!(by_year(&case, "medical_seen", YEARS), "no no no");
    // Seen on the ninth day: in the year in which that was.
    case.needs = need(&[("started_on", "2024-12-29")]);
    assert_eq!(settled(&case), "yes - -");
    assert_eq!(by_year(&case, "medical_days", YEARS), "9 - -");
    case.needs = need(&[("started_on", "2025-01-02")]);
    assert_eq!(settled(&case), "no yes -");
    assert_eq!(by_year(&case, "medical_days", YEARS), "- 13 -");
    // Too late, whenever that was.
    case.needs = need(&[("started_on", "2025-03-01")]);
    assert_eq!(settled(&case), "no yes -");
    assert_eq!(by_year(&case, "medical_days", YEARS), "- 71 -");
    case.needs = need(&[("ended_on", "2024-12-28")]);
    assert_eq!(settled(&case), "yes - -", "it ended, and nobody saw them");
}

#[test]
fn a_place_counts_once_and_whoever_still_waits_for_the_first_day_is_outside() {
    let settled = |case: &Told| by_year(case, "safe_house_1d_in_period", YEARS);
    let asked = (Kind::SafeHouse, "2024-03-01", ASKED);
    let placed = (Kind::SafeHouse, "2024-03-02", PLACED);
    let old = case(&[asked, placed]);
    assert_eq!(settled(&old), "yes no no");
    assert_eq!(by_year(&old, "safe_house", YEARS), "yes yes yes");
    // A move from one place to the next is no new need; a new need is one.
    let moved = case(&[asked, placed, (Kind::SafeHouse, "2025-05-01", PLACED)]);
    assert_eq!(settled(&moved), "yes no no");
    let again = case(&[
        asked,
        placed,
        (Kind::SafeHouse, "2025-04-30", &[("stage", "left")]),
        (Kind::SafeHouse, "2025-05-01", ASKED),
        (Kind::SafeHouse, "2025-05-09", PLACED),
    ]);
    assert_eq!(settled(&again), "yes yes no");
    assert_eq!(by_year(&again, "safe_house_days", YEARS), "1 8 1");
    let last_day = case(&[(Kind::SafeHouse, "2024-12-31", ASKED)]);
    assert_eq!(settled(&last_day), "no yes no");
    assert_eq!(by_year(&last_day, "safe_house", &["2025"]), "no");
    let left = case(&[(Kind::SafeHouse, "2025-04-30", &[("stage", "left")])]);
    assert_eq!(
        by_year(&left, "safe_house_1d_in_period", &["2025"]),
        "-",
        "since when, nobody knows"
    );
    let mut needed = case(&[]);
    let base = [("area", "housing"), ("horizon", "emergency"), ("since", "2024-12-31")];
    needed.needs = vec![read::<Need>(&base)];
    assert_eq!(settled(&needed), "no yes no");
}

#[test]
fn a_guardian_is_owed_from_the_referral_and_counts_in_the_year_in_which_the_days_are_settled() {
    let referred = (Kind::NrmReferral, "2024-12-30", CHILD);
    let none = case(&[referred]);
    let columns = ["guardian_1d_in_period", "guardian_5d_in_period", "guardian_in_period"];
    let said = |case: &Told| columns.map(|column| by_year(case, column, YEARS));
    // The first day is over on the 31st, the fifth on 4 January.
    assert_eq!(said(&none), ["yes no no", "no yes no", "- - -"]);
    let late = case(&[referred, (Kind::Guardian, "2025-02-01", APPOINTED)]);
    assert_eq!(said(&late), ["yes no no", "no yes no", "- yes no"]);
    let soon = case(&[referred, (Kind::Guardian, "2024-12-31", APPOINTED)]);
    assert_eq!(said(&soon), ["yes no no", "yes no no", "yes no no"]);
    let mut grown = case(&[referred]);
    grown.person.identity.born = PartDay::new(1990, None, None);
    assert_eq!(said(&grown), ["- - -", "- - -", "- - -"], "asked of children only");
}

#[test]
fn a_request_to_refer_counts_when_its_five_days_are_over_or_it_was_carried_out() {
    let asked: Answers<'_> = &[("agency", "police")];
    let columns = ["referral_requests", "referral_requests_met"];
    let said = |case: &Told| columns.map(|column| by_year(case, column, YEARS));
    let waits = case(&[(Kind::ReferralAsked, "2024-12-29", asked)]);
    assert_eq!(said(&waits), ["0 1 0", "0 0 0"]);
    let met = [
        (Kind::ReferralAsked, "2024-12-29", asked),
        (Kind::NrmReferral, "2024-12-31", asked),
    ];
    assert_eq!(said(&case(&met)), ["1 0 0", "1 0 0"]);
}

#[test]
fn a_recovery_period_counts_in_the_year_in_which_it_is_over() {
    let decided = (Kind::ReasonableGrounds, "2024-12-15", POSITIVE);
    let said = |happened: &[Happened<'_>]| by_year(&case(happened), "recovery_in_period", YEARS);
    // Thirty days from 15 December on.
    assert_eq!(said(&[decided]), "no yes no");
    let longer: Answers<'_> = &[("ends_on", "2026-01-20")];
    assert_eq!(
        said(&[decided, (Kind::RecoveryPeriod, "2025-01-02", longer)]),
        "no no yes"
    );
    let early = (Kind::ReasonableGrounds, "2024-11-20", POSITIVE);
    assert_eq!(said(&[early]), "yes no no");
    // Looked back on in the next year: of it, too, because only then it could be told.
    let back: Answers<'_> = &[("was_full", "yes"), ("had_help", "yes"), ("enforced", "no")];
    let told = [early, (Kind::RecoveryReview, "2025-01-10", back)];
    assert_eq!(said(&told), "yes yes no");
    assert_eq!(
        by_year(&case(&told), "recovery_full", YEARS),
        "- yes yes",
        "missing in 2024"
    );
    let refused: Answers<'_> = &[("outcome", "negative"), ("authority", "sca")];
    assert_eq!(said(&[(Kind::ReasonableGrounds, "2024-11-20", refused)]), "no no no");
}

#[test]
fn what_the_reasons_of_a_negative_decision_lean_on_is_read_together() {
    let leaning = |kind: Kind, outcome: &str, reasons: &[&str]| {
        let head = [("outcome", outcome), ("authority", "sca")];
        let reasons: Vec<(&str, &str)> = reasons.iter().map(|reason| ("reasons", *reason)).collect();
        let answers = [head.as_slice(), &reasons].concat();
        let case = case(&[(kind, "2025-03-01", &answers)]);
        let column = if kind == Kind::ReasonableGrounds {
            "rg_reason_leaning"
        } else {
            "cg_reason_leaning"
        };
        by_year(&case, column, &["2025"])
    };
    for (reasons, said) in [
        (["inconsistent", "too_little"].as_slice(), "disbelief"),
        (&["smuggled"], "undeserving"),
        (&["conviction", "no_means"], "criminality"),
        (&["implausible", "agreed"], "disbelief_undeserving"),
        (&["late_disclosure", "bad_faith"], "disbelief_criminality"),
        (&["over", "public_order"], "undeserving_criminality"),
        (&["demeanour", "over", "criminal_conduct"], "all_three"),
        (&["no_purpose", "other"], "definition"),
        (&["not_given"], "procedure"),
        (&["too_little", "other"], "procedure"),
        (&["other"], "-"),
        (&[], "-"),
    ] {
        for kind in [Kind::ReasonableGrounds, Kind::ConclusiveGrounds] {
            assert_eq!(leaning(kind, "negative", reasons), said, "{reasons:?}");
        }
    }
    assert_eq!(leaning(Kind::ReasonableGrounds, "positive", &["inconsistent"]), "-");
}

#[test]
fn a_body_that_made_somebody_known_is_named_and_several_stand_together() {
    let known = |agency: &'static str| [("agency", agency), ("is_verified", "yes")];
    let (police, health, friend) = (known("police"), known("health"), known("other"));
    let said = |happened: &[Happened<'_>]| by_year(&case(happened), "privacy_body", &["2025"]);
    let one = (Kind::Disclosed, "2025-03-01", police.as_slice());
    assert_eq!(said(&[one]), "police");
    assert_eq!(said(&[one, one]), "police");
    assert_eq!(said(&[one, (Kind::Disclosed, "2025-04-01", &health)]), "several");
    assert_eq!(said(&[(Kind::Disclosed, "2025-04-01", &friend)]), "-");
    let none: Answers<'_> = &[("disclosed", "no")];
    assert_eq!(said(&[(Kind::Review, "2025-10-01", none)]), "none");
}
