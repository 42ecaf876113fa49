//! Tables of what the judgments rest on: claims, evidence, interests.

use std::collections::BTreeSet;

use domain::cycle::Jurisdiction;
use interchange::package::{Column, Kind, Resource};
use interchange::table::Cell;
use monitoring::edition::frozen::Edition;

use super::columns::{coded, date, day, flag, invented, ordinal, text, truth, whole, word};
use super::{resource, standards};
use crate::wording;

pub(super) fn claims(edition: &Edition) -> Resource {
    let columns = vec![
        text("claim", "Identifier of the claim.").required(),
        text("provision", "Address of the provision that it is about.").required(),
        coded("jurisdiction", "Where it holds.", &Jurisdiction::choices()).required(),
        text("body", "Who said it."),
        text("words", "What it says."),
        text("source", "Where it was said."),
        text("source_url", "Address of the source."),
        day("made_on", "When it was said."),
        invented(),
    ];
    let rows = standards::all(edition).flat_map(|provision| {
        provision.claims.iter().map(move |one| {
            let words = [
                one.id.as_str(),
                &provision.slug,
                one.jurisdiction.code(),
                &one.body,
                &one.words,
                &one.source,
                &one.source_url,
            ];
            let mut row = words.map(word).to_vec();
            row.extend([date(&one.made_on), truth(one.is_invented)]);
            row
        })
    });
    resource(
        "claims",
        columns,
        &["claim", "provision"],
        &[(&["provision"], "provisions", &["provision"])],
        rows.collect(),
    )
}

pub(super) fn evidence(edition: &Edition) -> Resource {
    let columns = vec![
        whole("reference", "Number by which the edition refers to it."),
        text("title", "Title; for what may not be shown, a general word."),
        text("publisher", "Publisher, or withheld."),
        text("kind", "Kind in words."),
        text(
            "effective_on",
            "When it holds: an ISO day, or less where the day is not known.",
        ),
        text(
            "grade",
            "Reliability of the source, A to E, F unknown; then credibility of the item, 1 to 5, 6 unknown.",
        ),
        text("summary", "Summary, only of open items."),
        text("source_url", "Address."),
        Column::new(
            "derived_from",
            Kind::Integer,
            "derived from",
            "Reference of the item from which it was derived; the two count as one source.",
        ),
        text("handling", "Who may see it, in words."),
        text("hashes", "SHA-256 of its files in hexadecimal, separated by spaces."),
        text(
            "provisions",
            "Addresses of the provisions on which it bears, separated by spaces.",
        ),
        invented(),
    ];
    let known: BTreeSet<u32> = edition.evidence.iter().map(|item| item.reference).collect();
    let rows = edition.evidence.iter().map(|item| {
        let bears = standards::all(edition).filter(|provision| provision.evidence.contains(&item.reference));
        let provisions: Vec<&str> = bears.map(|provision| provision.slug.as_str()).collect();
        vec![
            ordinal(item.reference),
            word(&item.title),
            word(&item.publisher),
            word(&item.kind),
            word(&item.effective_on),
            word(&item.grade),
            word(&item.summary),
            word(&item.source_url),
            item.derived_from
                .filter(|from| known.contains(from))
                .map_or(Cell::Empty, ordinal),
            word(&item.handling),
            word(&item.hashes.join(" ")),
            word(&provisions.join(" ")),
            truth(item.is_invented),
        ]
    });
    resource(
        "evidence",
        columns,
        &["reference"],
        &[(&["derived_from"], "evidence", &["reference"])],
        rows.collect(),
    )
}

pub(super) fn interests(edition: &Edition) -> Resource {
    let columns = vec![
        whole("position", "Position of the row, from 1."),
        text("organisation", "Who declared it; assessors are not named.").required(),
        text("kind", "Kind in words."),
        text("about", "In which body or provision."),
        text("words", "In the declarer's words."),
        flag("barred", "Whether it barred an assessor."),
        text(
            "effect",
            "What it leads to: who may not rate what, or that nobody is barred.",
        ),
        invented(),
    ];
    let rows = (1..).zip(&edition.interests).map(|(position, one)| {
        let mut row = vec![ordinal(position)];
        row.extend([one.organisation.as_str(), &one.kind, &one.about, &one.words].map(word));
        row.extend([
            truth(one.barred),
            word(&wording::effect(one)),
            truth(edition.is_invented),
        ]);
        row
    });
    resource("interests", columns, &["position"], &[], rows.collect())
}
