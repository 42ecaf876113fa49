//! The pieces that the sample's provisions are made of, each with everything at its plainest.

use domain::assessment::{Confidence, Proof, Score, Stance, Trend, letter_against_practice};
use domain::cycle::Jurisdiction;
use domain::indicator::{Direction, IndicatorKind};
use domain::standard::{Force, Verified};
use monitoring::edition::frozen::{Claim, Finding, Indicator, Measurement, Position, Provision, Rating, Scores};
use monitoring::gate::Gated;

use super::{HERE, ORGANISATIONS, text, texts};

pub(super) fn provision(slug: &str, number: &str, title: &str, obligation: &str, force: Force) -> Provision {
    let article: String = number.chars().take_while(char::is_ascii_digit).collect();
    let heading = number
        .split_once('.')
        .map_or(String::new(), |(heading, _)| text(heading));
    Provision {
        slug: format!("cets-197-{slug}"),
        number: text(number),
        article,
        heading,
        title: text(title),
        obligation: text(obligation),
        force,
        qualifier: String::new(),
        holder: text("any Party"),
        verified: Verified::Yes,
        ratings: Vec::new(),
        indicators: Vec::new(),
        claims: Vec::new(),
        findings: Vec::new(),
        evidence: Vec::new(),
        mapped: Vec::new(),
    }
}

/// Scores written as three characters: `31N`.
pub(super) fn scores(code: &str, confidence: Confidence) -> Scores {
    let mut parts = code
        .split("")
        .filter(|part| !part.is_empty())
        .map(|part| Score::parse(part).expect("the sample uses scores of the list"));
    let mut next = || parts.next().expect("three scores are written");
    Scores {
        structure: next(),
        process: next(),
        outcome: next(),
        confidence,
    }
}

/// `history` holds the scores of 2023, 2024 and 2025; the last is this year's.
pub(super) fn rating(
    jurisdiction: Jurisdiction,
    history: &[&str],
    trend: Trend,
    reasons: &str,
    cites: &[u32],
) -> Rating {
    let (now, earlier) = history.split_last().expect("a rating has scores");
    let now = scores(now, Confidence::Moderate);
    let first = 2025 - earlier.len();
    Rating {
        jurisdiction,
        now,
        trend,
        earlier: earlier
            .iter()
            .enumerate()
            .map(|(nth, code)| ((first + nth).to_string(), scores(code, Confidence::Moderate)))
            .collect(),
        letter_against_practice: letter_against_practice(now.structure, now.outcome),
        reasons: text(reasons),
        cites: cites.to_vec(),
        assessed_by: texts(&ORGANISATIONS[1..3]),
        positions: ORGANISATIONS
            .iter()
            .map(|organisation| Position {
                organisation: text(organisation),
                stance: Some(Stance::Agree),
                reason: String::new(),
            })
            .collect(),
    }
}

/// One dissents with a reason, one abstains, one is silent.
pub(super) fn disputed(mut rating: Rating, reason: &str) -> Rating {
    rating.positions[0].stance = Some(Stance::Dissent);
    rating.positions[0].reason = text(reason);
    rating.positions[3].stance = Some(Stance::Abstain);
    rating.positions[3].reason = text("Works with the body assessed on a study.");
    rating.positions[4].stance = None;
    rating.now.confidence = Confidence::Low;
    rating
}

pub(super) fn claim(id: u32, body: &str, words: &str, made_on: &str) -> Claim {
    Claim {
        id: format!("0190b3c4-0002-7000-8000-{id:012}"),
        jurisdiction: HERE,
        body: text(body),
        words: text(words),
        source: text("Invented annual statement to parliament"),
        source_url: String::new(),
        made_on: text(made_on),
        is_invented: true,
    }
}

pub(super) fn finding(number: u32, title: &str, wording: &str, supporting: &[u32], contrary: &[u32]) -> Finding {
    Finding {
        id: format!("0190b3c4-0003-7000-8000-{number:012}"),
        slug: format!("finding-{number}"),
        title: text(title),
        jurisdiction: HERE,
        wording: text(wording),
        proof: Proof::Balance,
        supporting: supporting.to_vec(),
        contrary: contrary.to_vec(),
        contrary_search: text(
            "Government returns, inspection reports and press of the period were read for the opposite.",
        ),
        method_note: String::new(),
        replies: Vec::new(),
        reviewed_by: texts(&ORGANISATIONS[3..]),
        is_invented: true,
    }
}

pub(super) fn measurement(
    measure: &str,
    name: &str,
    stratum: &str,
    now: Gated,
    comparison: &str,
    cites: &[u32],
) -> Measurement {
    Measurement {
        slug: format!(
            "m-{}-{}",
            measure.to_lowercase(),
            stratum.to_lowercase().replace(' ', "-")
        ),
        measure: text(measure),
        name: text(name),
        stratum: text(stratum),
        now,
        before: None,
        comparison: text(comparison),
        note: String::new(),
        cites: cites.to_vec(),
        series: String::new(),
        breakdowns: Vec::new(),
    }
}

pub(super) fn indicator(
    code: &str,
    name: &str,
    definition: &str,
    kind: IndicatorKind,
    direction: Direction,
    measurements: Vec<Measurement>,
) -> Indicator {
    Indicator {
        code: text(code),
        version: 1,
        name: text(name),
        definition: text(definition),
        kind,
        direction,
        limits: text("It counts what was recorded, and not what was missed."),
        comparability: None,
        measurements,
    }
}
