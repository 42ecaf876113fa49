//! Which cases are of a period, and what of a case is: what was decided or over before it is not counted again. And what was
//! not known to nobody, but recorded in another place.

use super::*;

type Happened<'a> = (Kind, &'a str, Answers<'a>);

const POSITIVE: Answers<'_> = &[("outcome", "positive"), ("authority", "sca")];
const NEGATIVE: Answers<'_> = &[("outcome", "negative"), ("authority", "sca")];
const LEFT: Answers<'_> = &[("reason", "planned"), ("destination", "family")];

fn of(year: &str) -> Period {
    Period {
        from: day(&format!("{year}-01-01")),
        until: day(&format!("{year}-12-31")),
    }
}

fn case(happened: &[Happened<'_>]) -> Told {
    let mut case = told(&[&[AGREED], happened].concat());
    case.about.opened_on = day("2023-01-01");
    case
}

/// What columns say in the contribution of a year.
fn says<const N: usize>(case: &Told, year: &str, columns: [&str; N]) -> [String; N] {
    let row = case.row(of(year)).expect("a row");
    columns.map(|column| match row.values.get(column) {
        None => String::new(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Code(code)) => code.clone(),
    })
}

#[test]
fn a_decision_is_of_the_year_in_which_it_came_and_says_what_is_owed_in_every_later_one() {
    let case = case(&[
        (Kind::NrmReferral, "2023-03-01", REFERRED.2),
        (Kind::ReasonableGrounds, "2023-04-01", POSITIVE),
        (Kind::ConclusiveGrounds, "2024-09-01", POSITIVE),
    ]);
    let columns = [
        "referred_in_period",
        "rg_in_period",
        "cg_in_period",
        "rg_outcome",
        "cg_outcome",
    ];
    assert_eq!(
        says(&case, "2023", columns),
        ["yes", "yes", "no", "positive", "pending"]
    );
    assert_eq!(
        says(&case, "2024", columns),
        ["no", "no", "yes", "positive", "positive"]
    );
    assert_eq!(says(&case, "2025", columns), ["no", "no", "no", "positive", "positive"]);
}

#[test]
fn a_challenge_is_of_every_year_in_which_it_is_open_and_of_no_later_one() {
    let asked: Answers<'_> = &[("challenged", "reasonable_grounds"), ("stage", "asked")];
    let won: Answers<'_> = &[("challenged", "reasonable_grounds"), ("stage", "overturned")];
    let case = case(&[
        (Kind::NrmReferral, "2023-03-01", REFERRED.2),
        (Kind::ReasonableGrounds, "2023-04-01", NEGATIVE),
        (Kind::Reconsideration, "2023-05-01", asked),
        (Kind::Reconsideration, "2025-02-01", won),
    ]);
    let challenge = |year: &str| says(&case, year, ["challenge"]);
    assert_eq!(challenge("2024"), ["pending"]);
    assert_eq!(challenge("2025"), ["overturned"]);
    assert_eq!(challenge("2026"), ["none"]);
}

#[test]
fn what_is_summed_or_was_over_is_of_the_period_alone() {
    let award: Answers<'_> = &[("route", "cica"), ("stage", "awarded"), ("pounds", "5000")];
    let paid: Answers<'_> = &[("route", "cica"), ("stage", "paid"), ("pounds", "2000")];
    let known: Answers<'_> = &[("agency", "police"), ("is_verified", "yes")];
    let found: Answers<'_> = &[("matter", "immigration"), ("stage", "found"), ("is_legal_aid", "yes")];
    let granted: Answers<'_> = &[("stage", "granted"), ("months", "12")];
    let acquitted: Answers<'_> = &[("stage", "acquitted"), ("offence", "drugs"), ("signs_known", "yes")];
    let later: Answers<'_> = &[("point", "month_12"), ("answered_by", "person"), ("housing", "mostly")];
    let held: Answers<'_> = &[("is_immigration", "yes")];
    let mut case = case(&[
        (Kind::ReasonableGrounds, "2023-04-01", POSITIVE),
        (Kind::ConclusiveGrounds, "2023-09-01", POSITIVE),
        (Kind::Compensation, "2024-03-01", award),
        (Kind::Compensation, "2025-03-01", paid),
        (Kind::Disclosed, "2024-03-01", known),
        (Kind::LegalAdvice, "2024-03-01", found),
        (Kind::ResidencePermit, "2024-03-01", granted),
        (Kind::Offender, "2024-03-01", acquitted),
        (Kind::Outcomes, "2024-03-01", later),
        (Kind::Detained, "2024-12-22", held),
        (Kind::Released, "2025-01-11", &[]),
    ]);
    case.needs = vec![read::<Need>(&[
        ("area", "medical"),
        ("horizon", "emergency"),
        ("since", "2024-02-01"),
        ("started_on", "2024-02-11"),
    ])];
    let columns = [
        "awarded_pounds",
        "paid_pounds",
        "cica_in_period",
        "privacy_breaches",
        "lawyer_sought",
        "permit_in_period",
        "accused",
        "followed_12m",
        "detained_days",
        "medical_need",
    ];
    assert_eq!(
        says(&case, "2024", columns),
        ["5000", "", "yes", "1", "yes", "yes", "yes", "yes", "9", "yes"]
    );
    assert_eq!(
        says(&case, "2025", columns),
        ["0", "2000", "no", "", "no", "no", "no", "no", "10", "no"]
    );
}

#[test]
fn who_left_is_in_only_where_something_happens_and_a_note_is_nothing() {
    let words: Answers<'_> = &[("words", "Post came.")];
    let safe: Answers<'_> = &[("is_safe", "yes")];
    let granted: Answers<'_> = &[("stage", "granted")];
    let own: Answers<'_> = &[("agency", "own")];
    let left = (Kind::Exit, "2024-06-01", LEFT);
    let note = (Kind::Note, "2025-02-01", words);
    let check = (Kind::ContactCheck, "2025-02-01", safe);
    let is_in = |happened: &[Happened<'_>]| case(happened).row(of("2025")).is_some();
    assert!(!is_in(&[left]));
    assert!(!is_in(&[left, note, check]), "what is written of a case is no support");
    assert!(is_in(&[left, (Kind::ResidencePermit, "2025-02-01", granted)]));
    let met = (Kind::Encounter, "2024-11-01", own);
    assert!(is_in(&[left, met]), "supported again");
    assert!(!is_in(&[left, met, (Kind::Exit, "2024-12-01", LEFT)]));
    assert!(!is_in(&[(Kind::Death, "2024-12-01", &[]), note]));
}

#[test]
fn a_case_that_was_closed_without_an_exit_is_in_only_where_something_happens() {
    let granted: Answers<'_> = &[("stage", "granted")];
    let permit = (Kind::ResidencePermit, "2025-02-01", granted);
    let mut quiet = case(&[]);
    assert!(quiet.row(of("2025")).is_some(), "open: support goes on");
    quiet.is_open = false;
    assert!(quiet.row(of("2025")).is_none());
    let mut busy = case(&[permit]);
    busy.is_open = false;
    assert!(busy.row(of("2025")).is_some());
    assert!(busy.row(of("2026")).is_none());
}

#[test]
fn a_withdrawal_before_a_later_referral_ends_nothing() {
    let by: Answers<'_> = &[("by", "person")];
    let gone = (Kind::Withdrawal, "2025-03-01", by);
    let referred = |on: &'static str| (Kind::NrmReferral, on, REFERRED.2);
    let outcome = |happened: &[Happened<'_>]| says(&case(happened), "2025", ["rg_outcome"]);
    assert_eq!(outcome(&[referred("2025-02-01"), gone]), ["none"]);
    assert_eq!(
        outcome(&[referred("2025-02-01"), gone, referred("2025-04-01")]),
        ["pending"]
    );
}

#[test]
fn what_was_recorded_elsewhere_is_known() {
    let one = |happened: &[Happened<'_>], column: &str| says(&case(happened), "2025", [column])[0].clone();
    // Gone through: nobody looked for a lawyer, so nobody advised them.
    let none: Answers<'_> = &[("lawyer", "no")];
    assert_eq!(one(&[REFERRED], "advised_before_referral"), "");
    assert_eq!(
        one(
            &[REFERRED, (Kind::Review, "2025-10-01", none)],
            "advised_before_referral"
        ),
        "no"
    );
    let dispute: Answers<'_> = &[("stage", "disputed")];
    assert_eq!(one(&[(Kind::AgeDispute, "2025-03-01", dispute)], "age_disputed"), "yes");
    // Asked in their own language, and nobody there to interpret.
    let alone: Answers<'_> = &[
        ("purpose", "referral"),
        ("said", "given"),
        ("said_by", "person"),
        ("interpreting", "missing"),
    ];
    let asked = (Kind::Consent, "2025-05-01", alone);
    assert_eq!(one(&[asked, REFERRED], "consent_own_language"), "no");
    let spoke: Answers<'_> = &[("interpreting", "professional")];
    let both = [asked, (Kind::Interview, "2025-05-02", spoke)];
    assert_eq!(
        (one(&both, "interviews"), one(&both, "interviews_interpreted")),
        ("2".to_owned(), "1".to_owned())
    );
    let weighed: Answers<'_> = &[("expert", "country"), ("stage", "weighed"), ("is_addressed", "no")];
    let decided = (Kind::ConclusiveGrounds, "2025-09-01", POSITIVE);
    assert_eq!(
        one(&[decided, (Kind::ExpertReport, "2025-09-02", weighed)], "expert"),
        "ignored"
    );
    let appointed: Answers<'_> = &[("stage", "appointed")];
    assert_eq!(
        one(&[(Kind::Guardian, "2025-05-01", appointed), REFERRED], "guardian_days"),
        "1",
        "before the referral"
    );
    let status: Answers<'_> = &[("status", "asylum")];
    assert_eq!(
        one(
            &[REFERRED, (Kind::Immigration, "2025-08-01", status)],
            "immigration_status"
        ),
        "asylum"
    );
}

#[test]
fn a_place_that_was_offered_when_one_was_needed_at_once_counts() {
    let mut case = case(&[]);
    let need = |more: Answers<'_>| {
        let base = [("area", "housing"), ("horizon", "emergency"), ("since", "2025-02-01")];
        read::<Need>(&[base.as_slice(), more].concat())
    };
    let place = ["safe_house", "safe_house_days"];
    assert_eq!(says(&case, "2025", place), ["", ""]);
    case.needs = vec![need(&[])];
    assert_eq!(says(&case, "2025", place), ["no", ""]);
    case.needs = vec![need(&[("offered_on", "2025-02-03")])];
    assert_eq!(says(&case, "2025", place), ["yes", "2"]);
    case.needs = vec![need(&[("offered_on", "2025-02-01")])];
    assert_eq!(says(&case, "2025", place), ["yes", "1"]);
}
