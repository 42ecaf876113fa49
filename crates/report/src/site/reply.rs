//! What this edition answers to the official monitor's questions, in the order in which it asks them.
//!
//! GRETA, which monitors the Convention, sends a questionnaire in each round. The sections are those that
//! were verified; its question numbers are printed where a person entered them from the document.
//! Where there is nothing to answer, that is the answer, and it is printed as one.

use askama::Template;
use monitoring::edition::frozen::{Evidence, Measurement, Provision, QuestionnaireSection};

use super::frame::Frame;
use super::map::Map;
use super::write;
use crate::publish::{OutputFile, RenderError};
use crate::wording::{self, Asked};

/// What the edition says under one section.
struct Answer<'a> {
    section: &'a QuestionnaireSection,
    heading: String,
    /// “Articles 12 and 15”, or empty.
    articles: String,
    asked: Asked,
    /// Whether it is the first of its kind: what several sections are answered with is printed once.
    is_first: bool,
    /// Anchor.
    slug: String,
    /// Provisions on which there is something to say.
    said: Vec<Said<'a>>,
    /// Provisions on which there is nothing at all.
    silent: Vec<&'a Provision>,
}

/// One provision's part of an answer.
struct Said<'a> {
    provision: &'a Provision,
    measurements: Vec<&'a Measurement>,
    contrary: Vec<&'a Evidence>,
}

#[derive(Template)]
#[template(path = "site/reply.html")]
struct Page<'a> {
    f: &'a Frame<'a>,
    third: Vec<Answer<'a>>,
    fourth: Vec<Answer<'a>>,
}

fn said<'a>(map: &Map<'a>, provision: &'a Provision) -> Said<'a> {
    let mut contrary: Vec<&Evidence> = Vec::new();
    for reference in provision.findings.iter().flat_map(|finding| &finding.contrary) {
        if let Some(item) = map.evidence(*reference)
            && !contrary.iter().any(|other| other.reference == item.reference)
        {
            contrary.push(item);
        }
    }
    Said {
        provision,
        measurements: provision
            .indicators
            .iter()
            .flat_map(|indicator| &indicator.measurements)
            .collect(),
        contrary,
    }
}

fn answers<'a>(map: &Map<'a>, round: u32) -> Vec<Answer<'a>> {
    let first = map
        .edition
        .questionnaire
        .iter()
        .find(|section| wording::asked(section) == Asked::FollowUp);
    let sections = map
        .edition
        .questionnaire
        .iter()
        .filter(|section| section.round == round);
    sections
        .enumerate()
        .map(|(position, section)| {
            let provisions = section
                .provisions
                .iter()
                .filter_map(|slug| map.place(slug))
                .map(|place| place.provision);
            let (said, silent) = provisions
                .map(|provision| said(map, provision))
                .partition(|said: &Said<'_>| {
                    !(said.provision.claims.is_empty()
                        && said.provision.findings.is_empty()
                        && said.measurements.is_empty())
                });
            let silent: Vec<Said<'_>> = silent;
            Answer {
                section,
                heading: wording::section(section),
                articles: wording::articles(section),
                asked: wording::asked(section),
                is_first: first.is_some_and(|first| std::ptr::eq(first, section)),
                slug: format!("round-{round}-{}", position + 1),
                said,
                silent: silent.iter().map(|said| said.provision).collect(),
            }
        })
        .collect()
}

pub(super) fn pages(map: &Map<'_>, files: &mut Vec<OutputFile>) -> Result<(), RenderError> {
    let frame = Frame::new(map, "reply.html", "Reply");
    write(
        files,
        &frame,
        &Page {
            f: &frame,
            third: answers(map, 3),
            fourth: answers(map, 4),
        },
    )
}
