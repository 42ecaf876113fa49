//! `docs/reference/case.md` says for every field of a case that the audit's brief lists where it is recorded, and names only
//! questions that are asked here.

use std::collections::HashMap;

use casework::background::Background;
use casework::case::About;
use casework::event::{Basis, Kind};
use casework::exploitation::Episode;
use casework::need::Need;
use casework::person::{Identity, SafeContact};
use casework::sheet::Sheet;
use casework::time_entry::Given;
use casework::voice::Voice;

const TABLE: &str = include_str!("../../../docs/reference/case.md");

/// The fields of a case, as the brief lists them: the steps of the mechanism first, then what is held of a case.
const BRIEF: &[(&str, &[&str])] = &[
    (
        "Steps of the mechanism (4.2)",
        &[
            "encounter: date",
            "encounter: place",
            "encounter: language",
            "encounter: interpreter",
            "encounter: first responder",
            "encounter: who withheld",
            "consent: version",
            "consent: refusal, then duty to notify",
            "referral: date",
            "referral: referrer type",
            "referral: missing items",
            "reasonable grounds: date",
            "reasonable grounds: outcome",
            "reasonable grounds: authority",
            "reasonable grounds: reasons",
            "reasonable grounds: evidence asked",
            "recovery period: start",
            "recovery period: end",
            "recovery period: disqualification",
            "support entry: dates per service",
            "support entry: needs and risk assessment",
            "conclusive grounds: date",
            "conclusive grounds: outcome",
            "conclusive grounds: standard",
            "conclusive grounds: expert evidence weighed",
            "recovery needs: plan",
            "recovery needs: exit",
            "recovery needs: destination",
            "permission to stay: ground",
            "permission to stay: length",
            "permission to stay: conditions",
            "permission to stay: extension",
            "reconsideration: request date",
            "reconsideration: ground",
            "reconsideration: outcome",
            "judicial review: request date",
            "judicial review: ground",
            "judicial review: outcome",
            "disqualification: ground",
            "disqualification: need assessment",
            "disqualification: outcome",
        ],
    ),
    (
        "Identity, lightly",
        &[
            "case_key",
            "age_band_at_exploitation",
            "age_band_at_referral",
            "age_disputed",
            "gender",
            "nationality_group",
            "immigration_status(t)",
            "disability_health_flag",
            "language",
            "interpreter_needed",
            "region",
            "exploitation_types[]",
            "place",
            "sector",
        ],
    ),
    (
        "Encounter and mechanism",
        &[
            "encounter_date",
            "encounter_agency",
            "indicators_noted",
            "info_rights_date",
            "info_rights_lang",
            "info_rights_format",
            "consent",
            "referral_date",
            "referrer_type",
            "rg_date",
            "rg_outcome",
            "cg_date",
            "cg_outcome",
            "authority",
            "reasons_codes[]",
            "recon_*",
            "jr_*",
            "disq_request",
            "disq_ground",
            "disq_outcome",
            "withdrawn",
        ],
    ),
    (
        "Assistance",
        &[
            "need[service]",
            "offered_date",
            "started_date",
            "ended_date",
            "suitable",
            "refused_reason",
            "safe_accommodation_type",
            "subsistence_rate",
            "exit_reason",
            "exit_destination",
            "mscos[7]",
        ],
    ),
    (
        "Legal aid and advice",
        &[
            "advice_sought_date",
            "advice_first_date",
            "matter",
            "funding",
            "provider_distance",
            "n_providers_refused",
            "reason",
        ],
    ),
    (
        "Expert witness",
        &[
            "expert type",
            "instructed",
            "funded_by",
            "report_date",
            "relied_on_in",
            "decision_addressed_it",
            "weight_reason",
        ],
    ),
    (
        "Compensation",
        &[
            "route",
            "applied",
            "decided",
            "awarded_amount",
            "paid_amount",
            "refusal_code",
            "represented",
        ],
    ),
    (
        "Non-punishment",
        &[
            "arrested/charged/convicted",
            "compelled act",
            "offence",
            "act_date vs exploitation dates",
            "trafficking_raised_by",
            "trafficking_raised_when",
            "nrm_before_charge",
            "s45_raised",
            "prosecutor_decision",
            "plea",
            "non-punishment outcome",
            "appeal",
            "record_expunged",
            "schedule4_excluded",
        ],
    ),
    (
        "Residence",
        &[
            "residence ground",
            "residence applied/considered",
            "residence decision_date",
            "length_months",
            "work_allowed",
            "recourse_to_public_funds",
            "renewed",
            "curtailed",
        ],
    ),
    (
        "Detention and removal",
        &[
            "detention dates",
            "powers",
            "removal_notice",
            "removed_before_cg",
            "voluntary",
            "risk_assessment",
            "receiving_org",
        ],
    ),
    (
        "Child",
        &[
            "guardian_offered",
            "guardian_appointed_date",
            "guardian type",
            "child accommodation",
            "missing_episodes[]",
            "age_assessment_method",
            "age_assessment_result",
            "school_start",
            "family_tracing",
            "best_interest_doc",
        ],
    ),
    (
        "Justice",
        &[
            "crime_recorded",
            "investigated",
            "charged",
            "special_measures",
            "ngo_supporter",
            "intimidation",
            "convicted",
            "sentence",
            "assets",
        ],
    ),
    (
        "Return",
        &[
            "return destination",
            "return consent",
            "return package",
            "contact_made_6/12/36m",
            "re-trafficked_flag",
        ],
    ),
    ("Time of the organisation", &["hours[activity, payer]", "unpaid_hours"]),
    ("Of each event", &["event date", "event source", "event confidence"]),
];

/// The rows under each heading: the field and where it is recorded.
fn rows() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let mut all: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for line in TABLE.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            all.push((heading, Vec::new()));
        } else if let Some(row) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |"))
            && let Some((field, place)) = row.split_once(" | ")
            && field != "field"
        {
            all.last_mut().expect("a heading").1.push((field, place));
        }
    }
    all
}

/// The questions of every sheet, by its name.
fn sheets() -> HashMap<&'static str, Vec<&'static str>> {
    fn of<S: Sheet>() -> Vec<&'static str> {
        S::fields().into_iter().map(|field| field.key).collect()
    }
    let mut all = HashMap::from([
        ("identity", of::<Identity>()),
        ("safe_contact", of::<SafeContact>()),
        ("about", of::<About>()),
        ("background", of::<Background>()),
        ("exploitation", of::<Episode>()),
        ("need", of::<Need>()),
        ("voice", of::<Voice>()),
        ("time", of::<Given>()),
        ("basis", of::<Basis>()),
    ]);
    all.extend(Kind::ALL.iter().map(|kind| {
        let mut keys: Vec<&str> = kind.fields().into_iter().map(|field| field.key).collect();
        keys.push("on");
        (kind.code(), keys)
    }));
    all
}

#[test]
fn every_field_that_the_brief_lists_is_recorded_somewhere() {
    let listed: Vec<(&str, Vec<&str>)> = rows()
        .into_iter()
        .map(|(heading, rows)| (heading, rows.into_iter().map(|(field, _)| field).collect()))
        .collect();
    let brief: Vec<(&str, Vec<&str>)> = BRIEF
        .iter()
        .map(|(heading, fields)| (*heading, fields.to_vec()))
        .collect();
    assert_eq!(listed, brief);
}

#[test]
fn the_table_names_only_questions_that_are_asked() {
    let sheets = sheets();
    for (_, rows) in rows() {
        for (field, place) in rows {
            let named: Vec<&str> = place.split('`').skip(1).step_by(2).collect();
            assert!(!named.is_empty(), "{field}: {place}");
            for one in named {
                let (sheet, question) = one.split_once('.').expect("a sheet and a question");
                let keys = sheets.get(sheet).unwrap_or_else(|| panic!("{field}: no sheet {sheet}"));
                assert!(keys.contains(&question), "{field}: no question {one}");
            }
        }
    }
}
