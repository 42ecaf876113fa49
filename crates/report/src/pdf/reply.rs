//! What the reply to the official monitor's questionnaire shows under each of its sections.

use std::collections::BTreeMap;

use monitoring::edition::frozen::{Edition, Provision};
use serde::Serialize;

use crate::wording::{self, Asked};

/// A section of the questionnaire with what answers it.
#[derive(Serialize)]
pub(super) struct QuestionView {
    round: u32,
    heading: String,
    official_no: String,
    articles: String,
    /// `provisions`, `follow_up` or `statistics`.
    asked: &'static str,
    /// Slugs of the provisions that are answered here.
    answered: Vec<String>,
    /// Provisions answered under an earlier section: their number, and that section.
    elsewhere: Vec<(String, String)>,
    /// Numbers of the provisions on which nothing was recorded.
    silent: Vec<String>,
    /// Whether an earlier section was answered with the same list.
    is_repeat: bool,
}

/// What the edition says of a provision.
enum Said<'a> {
    /// Something, in a place of its own.
    Here,
    /// Nothing but figures, which stand under another provision of the chapter: its number.
    Measured(&'a str),
    Nothing,
}

/// What is said of every provision. An indicator of several provisions is told once in a chapter, at the first.
fn said(edition: &Edition) -> BTreeMap<&str, (&Provision, Said<'_>)> {
    let mut all = BTreeMap::new();
    for chapter in &edition.chapters {
        let mut told: BTreeMap<&str, &str> = BTreeMap::new();
        for provision in &chapter.provisions {
            let is_bare = provision.ratings.is_empty() && provision.claims.is_empty() && provision.findings.is_empty();
            let mut measured = provision
                .indicators
                .iter()
                .filter(|indicator| !indicator.measurements.is_empty())
                .map(|indicator| told.get(indicator.code.as_str()).copied());
            let said = if !is_bare || measured.clone().any(|place| place.is_none()) {
                Said::Here
            } else {
                measured.next().flatten().map_or(Said::Nothing, Said::Measured)
            };
            for indicator in &provision.indicators {
                told.entry(&indicator.code).or_insert(&provision.number);
            }
            all.insert(provision.slug.as_str(), (provision, said));
        }
    }
    all
}

/// The sections in order. A provision that several sections ask about is answered under the first.
pub(super) fn questions(edition: &Edition) -> Vec<QuestionView> {
    let provisions = said(edition);
    let mut told: BTreeMap<&str, String> = BTreeMap::new();
    let mut listed = Vec::new();
    let mut views = Vec::new();
    for section in &edition.questionnaire {
        let heading = wording::section(section);
        let place = format!("round {}, {heading}", section.round);
        let asked = wording::asked(section);
        let mut view = QuestionView {
            round: section.round,
            official_no: section.official_no.clone(),
            articles: wording::articles(section),
            asked: match asked {
                Asked::Provisions => "provisions",
                Asked::FollowUp => "follow_up",
                Asked::Statistics => "statistics",
            },
            heading,
            answered: Vec::new(),
            elsewhere: Vec::new(),
            silent: Vec::new(),
            is_repeat: listed.contains(&asked),
        };
        listed.push(asked);
        for (provision, said) in section
            .provisions
            .iter()
            .filter_map(|slug| provisions.get(slug.as_str()))
        {
            let earlier = told.get(provision.slug.as_str());
            match (said, earlier) {
                (Said::Nothing, _) => view.silent.push(provision.number.clone()),
                (Said::Measured(number), _) => {
                    let place = format!("the figures under {number}");
                    view.elsewhere.push((provision.number.clone(), place));
                }
                (Said::Here, Some(earlier)) => view.elsewhere.push((provision.number.clone(), earlier.clone())),
                (Said::Here, None) => {
                    told.insert(&provision.slug, place.clone());
                    view.answered.push(provision.slug.clone());
                }
            }
        }
        views.push(view);
    }
    views
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_provision_is_answered_once_and_pointed_to_afterwards() {
        let mut edition = sample::edition();
        let again = edition.questionnaire[1].clone();
        edition.questionnaire.insert(2, again);
        let views = questions(&edition);
        assert!(!views[1].answered.is_empty());
        assert_eq!(views[1].silent, views[2].silent);
        assert!(views[2].answered.is_empty());
        let place = "round 3, Section 4: Compensation".to_owned();
        assert!(views[2].elsewhere.iter().all(|(_, earlier)| *earlier == place));
        assert_eq!(views[1].answered.len(), views[2].elsewhere.len());
    }
}
