//! Columns beside the mechanism: what each says, and that it says nothing where nobody knows.

use super::*;

const RG: Happened<'_> = (
    Kind::ReasonableGrounds,
    "2025-06-01",
    &[("outcome", "positive"), ("authority", "sca")],
);
const CG: Happened<'_> = (
    Kind::ConclusiveGrounds,
    "2025-09-01",
    &[("outcome", "positive"), ("authority", "sca")],
);

type Happened<'a> = (Kind, &'a str, Answers<'a>);

fn says<const N: usize>(happened: &[Happened<'_>], columns: [&str; N]) -> [String; N] {
    let case = told(&[&[AGREED], happened].concat());
    columns.map(|column| case.says(column))
}

/// Columns of the mechanism, of needs and of unpaid time, which other tests are about.
const ELSEWHERE: &[&str] = &[
    "age_band",
    "age_disputed",
    "gender",
    "language",
    "region",
    "exploitation",
    "missed_by",
    "referred",
    "referral_quarter",
    "referred_in_period",
    "referrer",
    "consent_own_language",
    "rg_outcome",
    "rg_working_days",
    "rg_quarter",
    "rg_in_period",
    "cg_outcome",
    "cg_wait_days",
    "cg_quarter",
    "cg_in_period",
    "authority",
    "challenge",
    "challenge_represented",
    "expert",
    "removed_before_cg",
    "recovery_in_period",
    "guardian_1d_in_period",
    "guardian_5d_in_period",
    "medical_need",
    "therapy_need",
    "support_cut_for_silence",
    "returned",
    "returned_in_period",
    "unpaid_hours",
    "unpaid_pounds",
];

#[test]
fn a_case_in_which_nobody_recorded_any_of_it_says_nothing_of_it() {
    let case = told(&[AGREED, REFERRED, RG, CG]);
    for column in FILLED.iter().filter(|column| !ELSEWHERE.contains(column)) {
        assert_eq!(case.says(column), "", "{column}");
    }
}

#[test]
fn an_answer_that_is_not_known_says_nothing_either() {
    let unknown: [(Kind, Answers<'_>, &[&str]); 10] = [
        (
            Kind::RightsTold,
            &[("within_day", "unknown"), ("own_language", "yes")],
            &["rights_told_24h"],
        ),
        (Kind::KnownBefore, &[("is_known", "unknown")], &["known_before"]),
        (
            Kind::RecoveryReview,
            &[
                ("was_full", "unknown"),
                ("had_help", "unknown"),
                ("enforced", "unknown"),
            ],
            &["recovery_full", "recovery_help", "recovery_enforcement"],
        ),
        (Kind::CareCharge, &[("is_charged", "yes")], &["charged_wrongly"]),
        (
            Kind::Disclosed,
            &[("agency", "police"), ("is_verified", "unknown")],
            &["privacy_breaches"],
        ),
        (Kind::Review, &[("destitute", "unknown")], &["destitute"]),
        (
            Kind::AgeDispute,
            &[("stage", "disputed"), ("treated", "unknown")],
            &["treated_as_child"],
        ),
        (Kind::RightToWork, &[("is_allowed", "unknown")], &["work_permitted"]),
        (Kind::Detained, &[("is_immigration", "unknown")], &["detained_days"]),
        (
            Kind::LegalAdvice,
            &[("matter", "crime"), ("stage", "sought")],
            &["lawyer_sought", "lawyer_found", "lawyer_matter"],
        ),
    ];
    for (kind, answers, columns) in unknown {
        let case = told(&[AGREED, REFERRED, RG, CG, (kind, "2025-10-01", answers)]);
        for column in columns {
            assert_eq!(case.says(column), "", "{column}");
        }
    }
}

#[test]
fn what_was_gone_through_and_did_not_happen_is_a_no() {
    let no: Answers<'_> = &[
        ("destitute", "no"),
        ("detained", "no"),
        ("suspected", "no"),
        ("disclosed", "no"),
        ("lawyer", "no"),
        ("permit", "no"),
        ("compensation", "no"),
        ("measures", "no"),
    ];
    let columns = [
        "destitute",
        "detained_days",
        "suspected",
        "accused",
        "privacy_breaches",
        "lawyer_sought",
        "permit",
        "awarded_pounds",
        "paid_pounds",
        "cica",
        "measures_asked",
    ];
    assert_eq!(
        says(&[REFERRED, RG, (Kind::Review, "2025-10-01", no)], columns),
        ["no", "0", "no", "no", "0", "no", "none", "0", "0", "none", "0"]
    );
    let yes: Answers<'_> = &[("destitute", "yes")];
    let both = [(Kind::Review, "2025-03-01", yes), (Kind::Review, "2025-10-01", no)];
    assert_eq!(says(&both, ["destitute"]), ["yes"], "at any time");
}

#[test]
fn first_contact_requests_and_advice() {
    let late: Answers<'_> = &[("within_day", "no"), ("own_language", "yes")];
    let whole: Answers<'_> = &[("within_day", "yes"), ("own_language", "yes")];
    let one = (Kind::RightsTold, "2025-03-01", late);
    assert_eq!(says(&[one], ["rights_told_24h"]), ["no"]);
    assert_eq!(
        says(&[one, (Kind::RightsTold, "2025-03-01", whole)], ["rights_told_24h"]),
        ["yes"]
    );

    let asked: Answers<'_> = &[("agency", "police")];
    let requests = ["referral_requests", "referral_requests_met"];
    let early = (Kind::ReferralAsked, "2025-05-01", asked);
    let near = (Kind::ReferralAsked, "2025-05-16", asked);
    assert_eq!(says(&[early, near, REFERRED], requests), ["2", "1"]);
    assert_eq!(says(&[early], requests), ["1", "0"]);

    for (on, accredited, said) in [
        ("2025-05-20", "yes", "yes"),
        ("2025-05-20", "no", "no"),
        ("2025-05-20", "unknown", ""),
        ("2025-05-22", "yes", "no"),
    ] {
        let found = [
            ("matter", "mechanism"),
            ("stage", "found"),
            ("is_accredited", accredited),
        ];
        let advice = (Kind::LegalAdvice, on, found.as_slice());
        assert_eq!(says(&[advice, REFERRED], ["advised_before_referral"]), [said]);
    }
    let country: Answers<'_> = &[("expert", "country"), ("stage", "sent")];
    let doctor: Answers<'_> = &[
        ("expert", "medico_legal"),
        ("stage", "weighed"),
        ("is_addressed", "yes"),
    ];
    let sent = (Kind::ExpertReport, "2025-06-01", country);
    assert_eq!(says(&[sent], ["expert_kind"]), ["country"]);
    let both = [sent, (Kind::ExpertReport, "2025-09-01", doctor)];
    assert_eq!(says(&both, ["expert_kind"]), ["medico_legal"]);
}

#[test]
fn background_and_status_are_told_as_they_were_recorded() {
    let mut case = told(&[
        AGREED,
        (Kind::Immigration, "2025-05-01", &[("status", "visa")]),
        (Kind::Immigration, "2025-08-01", &[("status", "asylum")]),
        REFERRED,
        CG,
    ]);
    case.background = vec![read::<Background>(&[
        ("nationality_group", "africa"),
        ("has_disability", "no"),
    ])];
    assert_eq!(
        ["nationality", "disability", "immigration_status", "secure_leave"].map(|column| case.says(column)),
        ["africa", "no", "visa", "no"]
    );
    case.background.push(read::<Background>(&[("nationality_group", "eu")]));
    assert_eq!(case.says("nationality"), "", "two answers are none");
    let settled: Answers<'_> = &[("status", "settled")];
    assert_eq!(
        says(&[(Kind::Immigration, "2025-08-01", settled), CG], ["secure_leave"]),
        ["yes"]
    );
}

#[test]
fn detention_is_counted_after_a_positive_decision_and_up_to_the_end_of_the_period() {
    let columns = ["detained_days", "recovery_enforcement"];
    let held: Answers<'_> = &[("is_immigration", "yes")];
    let before = (Kind::Detained, "2025-05-20", held);
    assert_eq!(
        says(&[RG, before, (Kind::Released, "2025-06-11", &[])], columns),
        ["10", ""]
    );
    assert_eq!(
        says(&[RG, (Kind::Detained, "2025-12-01", held)], columns),
        ["30", "yes"]
    );
    let criminal: Answers<'_> = &[("is_immigration", "no")];
    assert_eq!(says(&[RG, (Kind::Detained, "2025-07-01", criminal)], columns), ["", ""]);
    let step: Answers<'_> = &[("step", "notice")];
    assert_eq!(
        says(&[RG, (Kind::RemovalStep, "2025-07-01", step)], columns),
        ["", "yes"]
    );
    let back: Answers<'_> = &[("was_full", "yes"), ("had_help", "no"), ("enforced", "no")];
    assert_eq!(
        says(
            &[RG, (Kind::RecoveryReview, "2025-08-01", back)],
            ["recovery_full", "recovery_help", "recovery_enforcement"]
        ),
        ["yes", "no", "no"]
    );
}

#[test]
fn a_permit_is_told_with_its_ground_length_and_renewal() {
    let columns = [
        "permit",
        "permit_ground",
        "permit_days",
        "permit_months",
        "permit_renewal",
        "work_permitted",
    ];
    let applied: Answers<'_> = &[("stage", "applied"), ("ground", "personal")];
    let granted: Answers<'_> = &[("stage", "granted"), ("months", "12"), ("may_work", "yes")];
    let refused: Answers<'_> = &[("stage", "refused")];
    let renewal: Answers<'_> = &[("stage", "renewal_refused")];
    let asked = (Kind::ResidencePermit, "2025-09-05", applied);
    let given = (Kind::ResidencePermit, "2025-10-01", granted);
    assert_eq!(says(&[CG, asked], columns), ["pending", "personal", "", "", "", ""]);
    assert_eq!(
        says(&[CG, asked, given], columns),
        ["granted", "personal", "30", "12", "not_due", "yes"]
    );
    let more = [CG, asked, given, (Kind::ResidencePermit, "2025-12-01", renewal)];
    assert_eq!(says(&more, columns)[4], "refused");
    assert_eq!(
        says(&[CG, asked, (Kind::ResidencePermit, "2025-10-01", refused)], columns),
        ["refused", "personal", "30", "", "", ""]
    );
}

#[test]
fn a_lawyer_is_counted_where_legal_aid_was_looked_for() {
    let columns = [
        "lawyer_sought",
        "lawyer_found",
        "lawyer_wait_days",
        "lawyer_refusals",
        "lawyer_matter",
    ];
    let sought: Answers<'_> = &[("matter", "immigration"), ("stage", "sought"), ("is_legal_aid", "yes")];
    let refused: Answers<'_> = &[("matter", "immigration"), ("stage", "refused"), ("is_legal_aid", "yes")];
    let found: Answers<'_> = &[("matter", "immigration"), ("stage", "found"), ("is_legal_aid", "yes")];
    let private: Answers<'_> = &[("matter", "crime"), ("stage", "found"), ("is_legal_aid", "no")];
    let first = (Kind::LegalAdvice, "2025-03-01", sought);
    let no = (Kind::LegalAdvice, "2025-03-05", refused);
    let yes = (Kind::LegalAdvice, "2025-03-31", found);
    assert_eq!(
        says(&[first, no, no, yes], columns),
        ["yes", "yes", "30", "2", "immigration"]
    );
    assert_eq!(says(&[first], columns), ["yes", "no", "305", "", "immigration"]);
    assert_eq!(
        says(&[(Kind::LegalAdvice, "2025-03-01", private)], columns),
        ["", "", "", "", ""]
    );
}

#[test]
fn compensation_is_summed_up_and_an_award_is_not_a_payment() {
    let columns = [
        "compensation_route",
        "awarded_pounds",
        "paid_pounds",
        "cica",
        "cica_days",
    ];
    let step = |on: &'static str, answers: Answers<'static>| (Kind::Compensation, on, answers);
    let one = step("2025-03-01", &[("route", "cica"), ("stage", "sought")]);
    let two = step(
        "2025-06-01",
        &[("route", "cica"), ("stage", "awarded"), ("pounds", "5000")],
    );
    let three = step(
        "2025-07-01",
        &[("route", "cica"), ("stage", "paid"), ("pounds", "2000")],
    );
    assert_eq!(says(&[one], columns), ["cica", "0", "0", "pending", ""]);
    // That nothing has been paid yet is not known from an award.
    assert_eq!(says(&[one, two], columns), ["cica", "5000", "", "awarded", "92"]);
    assert_eq!(
        says(&[one, two, three, three], columns),
        ["cica", "5000", "4000", "awarded", "92"]
    );
    let none = step("2025-07-01", &[("route", "cica"), ("stage", "unpaid")]);
    assert_eq!(says(&[one, two, none], columns)[2], "0");
    let unknown = step("2025-06-01", &[("route", "cica"), ("stage", "awarded")]);
    assert_eq!(says(&[one, unknown], columns)[1], "", "of how much, it does not say");
    let refused = step(
        "2025-04-01",
        &[
            ("route", "cica"),
            ("stage", "refused"),
            ("refusal", "late_report"),
            ("is_represented", "no"),
        ],
    );
    assert_eq!(
        says(&[one, refused], ["cica", "cica_refusal", "cica_represented"]),
        ["refused", "late_report", "no"]
    );
    let tribunal = step(
        "2025-04-01",
        &[("route", "tribunal"), ("stage", "paid"), ("pounds", "10")],
    );
    assert_eq!(says(&[one, tribunal], columns)[0], "tribunal");
}

#[test]
fn offences_are_told_to_the_quashed_conviction() {
    let columns = [
        "suspected",
        "charge_considered",
        "accused",
        "convicted_compelled",
        "quashed",
        "offence",
    ];
    let step = |stage: &'static str| {
        [
            ("stage", stage),
            ("offence", "drugs"),
            ("is_compelled", "yes"),
            ("signs_known", "yes"),
            ("is_recorded", "no"),
        ]
    };
    let (arrested, charged) = (step("arrested"), step("charged"));
    let (convicted, quashed) = (step("convicted"), step("quashed"));
    let one = (Kind::Offender, "2025-03-01", arrested.as_slice());
    let two = (Kind::Offender, "2025-04-01", charged.as_slice());
    let three = (Kind::Offender, "2025-06-01", convicted.as_slice());
    let four = (Kind::Offender, "2025-11-01", quashed.as_slice());
    assert_eq!(says(&[one], columns), ["", "", "", "", "", "drugs"]);
    assert_eq!(says(&[one, two], columns), ["yes", "no", "yes", "", "", "drugs"]);
    assert_eq!(
        says(&[one, two, three], columns),
        ["yes", "no", "yes", "yes", "", "drugs"]
    );
    assert_eq!(says(&[one, two, three, four], columns)[4], "yes");
    let spared = step("not_charged");
    assert_eq!(says(&[one, (Kind::Offender, "2025-04-01", &spared)], columns)[2], "no");
    let acquitted = step("acquitted");
    assert_eq!(
        says(&[two, (Kind::Offender, "2025-05-01", &acquitted)], columns)[3],
        "no"
    );
}

#[test]
fn help_in_court_counts_once_however_often_it_was_recorded() {
    let step = |measure: &'static str, answer: &'static str| [("measure", measure), ("answer", answer)];
    let asked = step("screen", "waiting");
    let granted = step("screen", "granted");
    let refused = step("supporter", "refused");
    let all = [
        (Kind::SpecialMeasure, "2025-03-01", asked.as_slice()),
        (Kind::SpecialMeasure, "2025-04-01", granted.as_slice()),
        (Kind::SpecialMeasure, "2025-04-01", refused.as_slice()),
    ];
    assert_eq!(says(&all, ["measures_asked", "measures_granted"]), ["2", "1"]);
}

#[test]
fn children_guardians_and_places() {
    let asked: Answers<'_> = &[("stage", "asked")];
    let appointed: Answers<'_> = &[("stage", "appointed")];
    let dependent: Answers<'_> = &[("stage", "appointed"), ("is_independent", "no")];
    for (on, answers, said) in [
        ("2025-05-21", asked, ["no", ""]),
        ("2025-05-21", appointed, ["yes", "1"]),
        ("2025-06-20", appointed, ["yes", "30"]),
        ("2025-06-20", dependent, ["", ""]),
    ] {
        assert_eq!(
            says(
                &[REFERRED, (Kind::Guardian, on, answers)],
                ["guardian", "guardian_days"]
            ),
            said
        );
    }
    let place = ["safe_house", "safe_house_days"];
    let placed: Answers<'_> = &[("stage", "placed")];
    let first = (Kind::SafeHouse, "2025-03-01", asked);
    assert_eq!(
        says(&[first, (Kind::SafeHouse, "2025-03-04", placed)], place),
        ["yes", "3"]
    );
    assert_eq!(says(&[first], place), ["no", ""]);

    let as_child: Answers<'_> = &[("stage", "disputed"), ("treated", "child")];
    let as_adult: Answers<'_> = &[("stage", "assessing"), ("treated", "adult")];
    let one = (Kind::AgeDispute, "2025-03-01", as_child);
    assert_eq!(says(&[one], ["treated_as_child"]), ["yes"]);
    let both = [one, (Kind::AgeDispute, "2025-04-01", as_adult)];
    assert_eq!(says(&both, ["treated_as_child"]), ["no"]);
    let before: Answers<'_> = &[("is_known", "yes"), ("agencies", "school")];
    assert_eq!(
        says(&[(Kind::KnownBefore, "2025-03-01", before)], ["known_before"]),
        ["yes"]
    );
}

#[test]
fn weeks_are_summed_within_the_period_and_charges_and_disclosures_are_told() {
    let weeks: Answers<'_> = &[("weeks_due", "4"), ("weeks_paid", "3")];
    let all = [
        (Kind::Subsistence, "2024-12-01", weeks),
        (Kind::Subsistence, "2025-03-01", weeks),
        (Kind::Subsistence, "2025-04-01", weeks),
    ];
    assert_eq!(says(&all, ["weeks_due", "weeks_paid"]), ["8", "6"]);
    let wrong: Answers<'_> = &[("is_charged", "yes"), ("was_free", "yes")];
    let right: Answers<'_> = &[("is_charged", "yes"), ("was_free", "no")];
    let not: Answers<'_> = &[("is_charged", "no")];
    for (answers, said) in [(wrong, "yes"), (right, "no"), (not, "no")] {
        let charge = (Kind::CareCharge, "2025-03-01", answers);
        assert_eq!(says(&[charge], ["charged_wrongly"]), [said]);
    }
    let made_known: Answers<'_> = &[("agency", "police"), ("is_verified", "yes")];
    let by_friend: Answers<'_> = &[("agency", "other"), ("is_verified", "yes")];
    let both = [
        (Kind::Disclosed, "2025-03-01", made_known),
        (Kind::Disclosed, "2025-03-01", by_friend),
    ];
    assert_eq!(says(&both, ["privacy_breaches"]), ["1"], "of a public body alone");
}

#[test]
fn outcomes_are_compared_with_the_beginning_and_who_is_not_reached_is_not_followed() {
    let columns = ["followed_12m", "outcome_housing", "outcome_safety", "outcome_care"];
    let entry: Answers<'_> = &[
        ("point", "entry"),
        ("answered_by", "person"),
        ("housing", "little"),
        ("safety", "fully"),
    ];
    let later: Answers<'_> = &[
        ("point", "month_12"),
        ("answered_by", "together"),
        ("housing", "mostly"),
        ("safety", "unsaid"),
        ("works", "yes"),
    ];
    let lost: Answers<'_> = &[("point", "month_12"), ("answered_by", "nobody")];
    let first = (Kind::Outcomes, "2025-01-10", entry);
    let second = (Kind::Outcomes, "2025-12-20", later);
    assert_eq!(says(&[first, second], columns), ["yes", "improved", "", ""]);
    assert_eq!(
        says(&[first, (Kind::Outcomes, "2025-12-20", lost)], columns),
        ["no", "", "", ""]
    );
    // Who answered and was looked for once more, in vain, has answered; in whichever order it was recorded.
    for lost_on in ["2025-12-18", "2025-12-28"] {
        let again = (Kind::Outcomes, lost_on, lost);
        assert_eq!(
            says(&[first, second, again], columns),
            ["yes", "improved", "", ""],
            "{lost_on}"
        );
    }
    // Nor is an answer hidden by a later entry that left the question open.
    let rest: Answers<'_> = &[
        ("point", "month_12"),
        ("answered_by", "person"),
        ("housing", "not_asked"),
        ("safety", "little"),
    ];
    let rest = (Kind::Outcomes, "2025-12-28", rest);
    assert_eq!(says(&[first, second, rest], columns), ["yes", "improved", "worse", ""]);
    assert_eq!(says(&[second], columns), ["yes", "", "", ""]);
    assert_eq!(says(&[first], columns), ["", "", "", ""]);
    let early = (Kind::ConclusiveGrounds, "2025-01-03", CG.2);
    assert_eq!(says(&[early, second], ["employed_12m"]), ["yes"]);
    assert_eq!(says(&[CG, second], ["employed_12m"]), [""]);
}

#[test]
fn contacts_after_a_return_are_told_as_due_reached_and_safe() {
    let columns = ["return_12m", "return_36m", "retrafficked", "return_consent"];
    let gone: Answers<'_> = &[
        ("destination", "Specimenland"),
        ("is_voluntary", "yes"),
        ("risk_assessed", "no"),
        ("is_consent_kept", "yes"),
    ];
    let returned = (Kind::Return, "2025-01-05", gone);
    assert_eq!(says(&[returned], columns), ["not_yet", "not_yet", "", "yes"]);
    for (reached, safe, said) in [
        ("yes", "yes", "safe"),
        ("yes", "no", "unsafe"),
        ("no", "", "not_reached"),
        ("yes", "unknown", ""),
    ] {
        let answers = [
            ("point", "month_12"),
            ("is_reached", reached),
            ("is_safe", safe),
            ("again", "no"),
        ];
        let contact = (Kind::ReturnContact, "2025-12-30", answers.as_slice());
        assert_eq!(says(&[returned, contact], columns), [said, "not_yet", "no", "yes"]);
    }
    let long_ago = (Kind::Return, "2024-10-05", gone);
    assert_eq!(says(&[long_ago], columns)[0], "", "due, and nothing is recorded");
}
