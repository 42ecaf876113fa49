//! What the parliament brief shows of an edition: the ratings at issue with both accounts of the same place,
//! and recommendations by their urgency.

use domain::assessment::{Trend, Urgency};
use domain::cycle::Jurisdiction;
use monitoring::edition::frozen::{Claim, Edition, Finding, Provision, Rating, Recommendation};
use serde::Serialize;

use super::provision::{force, trend_words};
use super::view::THIN_SPACE;

/// A rating in which the letter stands against the practice, or that got worse.
#[derive(Serialize)]
pub(super) struct AtIssue {
    number: String,
    title: String,
    force: String,
    jurisdiction: &'static str,
    /// What the state says of the same place, and who says it; empty where it says nothing.
    claim: String,
    claimed_by: String,
    /// Title and wording of the audit's finding on the same place, or the assessors' reasons.
    finding: String,
    wording: String,
    structure: &'static str,
    outcome: &'static str,
    trend: String,
}

/// The first that holds where the rating does: of the same place, else of the whole state, never of another part.
fn of_place<'a, T>(all: &'a [T], rating: &Rating, place: impl Fn(&T) -> Jurisdiction) -> Option<&'a T> {
    all.iter()
        .find(|one| place(one) == rating.jurisdiction)
        .or_else(|| all.iter().find(|one| place(one) == Jurisdiction::Uk))
}

/// Who said it, and of where if that is not where the rating holds.
fn claimed_by(claim: &Claim, rating: &Rating) -> String {
    let place = (claim.jurisdiction != rating.jurisdiction).then(|| claim.jurisdiction.words().to_owned());
    let parts = [Some(claim.body.clone()).filter(|body| !body.is_empty()), place];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// References side by side, kept apart.
fn apart(text: &str) -> String {
    text.replace("][", &format!("]{THIN_SPACE}["))
}

fn of(provision: &Provision, rating: &Rating) -> AtIssue {
    let claim: Option<&Claim> = of_place(&provision.claims, rating, |claim| claim.jurisdiction);
    let finding: Option<&Finding> = of_place(&provision.findings, rating, |finding| finding.jurisdiction);
    AtIssue {
        number: provision.number.clone(),
        title: provision.title.clone(),
        force: force(provision),
        jurisdiction: rating.jurisdiction.words(),
        claim: claim.map(|claim| claim.words.clone()).unwrap_or_default(),
        claimed_by: claim.map(|claim| claimed_by(claim, rating)).unwrap_or_default(),
        finding: finding.map(|finding| finding.title.clone()).unwrap_or_default(),
        wording: apart(finding.map_or(&rating.reasons, |finding| &finding.wording)),
        structure: rating.now.structure.code(),
        outcome: rating.now.outcome.code(),
        trend: trend_words(rating.trend),
    }
}

/// Every rating at issue; those on which there is a finding come first.
pub(super) fn at_issue(edition: &Edition) -> Vec<AtIssue> {
    let provisions = edition.chapters.iter().flat_map(|chapter| &chapter.provisions);
    let ratings = provisions.flat_map(|provision| provision.ratings.iter().map(move |rating| (provision, rating)));
    let mut found: Vec<AtIssue> = ratings
        .filter(|(_, rating)| rating.letter_against_practice || rating.trend == Trend::Worse)
        .map(|(provision, rating)| of(provision, rating))
        .collect();
    found.sort_by_key(|one| one.finding.is_empty());
    found
}

/// Positions in the list, by urgency, then due date; of equals, what had to be repeated comes first.
pub(super) fn by_urgency(all: &[Recommendation]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| {
        let one = &all[*at];
        let urgency = Urgency::ALL.iter().position(|urgency| *urgency == one.urgency);
        (urgency, one.due_on.as_str(), one.repeats.is_empty())
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn disputed() -> (Edition, Jurisdiction) {
        let mut edition = sample::edition();
        let mut provision = edition
            .chapters
            .iter()
            .flat_map(|chapter| &chapter.provisions)
            .find(|provision| {
                !(provision.claims.is_empty() || provision.findings.is_empty())
                    && provision.ratings.iter().any(|rating| rating.letter_against_practice)
            })
            .expect("the sample has both accounts of a provision at issue")
            .clone();
        provision.ratings.retain(|rating| rating.letter_against_practice);
        provision.ratings.truncate(1);
        let here = provision.ratings[0].jurisdiction;
        edition.chapters.truncate(1);
        edition.chapters[0].provisions = vec![provision];
        (edition, here)
    }

    #[test]
    fn a_rating_stands_beside_accounts_of_its_own_place() {
        let (mut edition, here) = disputed();
        let there = *Jurisdiction::ALL
            .iter()
            .find(|place| **place != here && **place != Jurisdiction::Uk)
            .expect("there are several places");
        let provision = &mut edition.chapters[0].provisions[0];
        for claim in &mut provision.claims {
            claim.jurisdiction = there;
        }
        for finding in &mut provision.findings {
            finding.jurisdiction = there;
        }
        let reasons = apart(&provision.ratings[0].reasons);
        let [alone] = &at_issue(&edition)[..] else {
            panic!("one rating is at issue")
        };
        assert_eq!((alone.claim.as_str(), alone.finding.as_str()), ("", ""));
        assert_eq!(alone.wording, reasons, "the reasons stand where no finding does");

        let provision = &mut edition.chapters[0].provisions[0];
        let mut own = provision.claims[0].clone();
        own.jurisdiction = here;
        own.words = "Of this very place.".to_owned();
        provision.claims.push(own);
        assert_eq!(at_issue(&edition)[0].claim, "Of this very place.");
    }

    #[test]
    fn recommendations_go_by_urgency_then_due_date_and_repeats_before_equals() {
        let mut all = sample::edition().recommendations;
        let due = |one: &mut Recommendation, urgency, on: &str, repeats: &str| {
            one.urgency = urgency;
            one.due_on = on.to_owned();
            one.repeats = repeats.to_owned();
        };
        due(&mut all[0], Urgency::Invites, "2026-01-01", "");
        due(&mut all[1], Urgency::Urges, "2027-01-01", "");
        due(&mut all[2], Urgency::Urges, "2027-01-01", "2024 no. 3");
        due(&mut all[3], Urgency::Urges, "2026-12-01", "");
        assert_eq!(by_urgency(&all), [3, 2, 1, 0]);
    }
}
