//! Tables of what is audited: provisions and indicators.

use std::collections::BTreeSet;

use domain::indicator::{Comparability, Direction, IndicatorKind};
use domain::standard::{Force, Verified};
use interchange::package::Resource;
use monitoring::edition::frozen::{Edition, Indicator, Provision};

use super::columns::{coded, ordinal, text, whole, word};
use super::resource;

/// Every provision.
pub(super) fn all(edition: &Edition) -> impl Iterator<Item = &Provision> {
    edition.chapters.iter().flat_map(|chapter| &chapter.provisions)
}

/// Every indicator with the provision under which it stands; one may stand under several.
pub(super) fn standing(edition: &Edition) -> impl Iterator<Item = (&Provision, &Indicator)> {
    all(edition).flat_map(|provision| provision.indicators.iter().map(move |indicator| (provision, indicator)))
}

pub(super) fn provisions(edition: &Edition) -> Resource {
    let columns = vec![
        text("provision", "Address of the provision, unique in the edition.").required(),
        text("standard", "Code of the standard.").required(),
        text("chapter", "Number of the chapter as printed."),
        text("chapter_title", "Title of the chapter."),
        text("article", "Article to which it belongs."),
        text("number", "Number as printed, with the audit's own sub-number.").required(),
        text("title", "Official title of the article."),
        text("obligation", "The obligation in the audit's own short words."),
        coded(
            "force",
            "How strongly it binds; only mandatory and conditional provisions are rated.",
            &Force::choices(),
        )
        .required(),
        text("qualifier", "Words of the standard that lower the obligation."),
        text("holder", "Who owes it."),
        coded(
            "verified",
            "Whether the row was read against the text of the standard.",
            &Verified::choices(),
        )
        .required(),
    ];
    let rows = edition.chapters.iter().flat_map(|chapter| {
        chapter.provisions.iter().map(move |one| {
            [
                one.slug.as_str(),
                &chapter.standard,
                &chapter.number,
                &chapter.title,
                &one.article,
                &one.number,
                &one.title,
                &one.obligation,
                one.force.code(),
                &one.qualifier,
                &one.holder,
                one.verified.code(),
            ]
            .map(word)
            .to_vec()
        })
    });
    resource("provisions", columns, &["provision"], &[], rows.collect())
}

pub(super) fn indicators(edition: &Edition) -> Resource {
    let columns = vec![
        text("indicator", "Code of the indicator.").required(),
        whole("version", "Version of the definition."),
        text("name", "Name."),
        text("definition", "Definition in words."),
        coded(
            "kind",
            "Structural is the letter; process and outcome are the practice.",
            &IndicatorKind::choices(),
        )
        .required(),
        coded("direction", "Which way is better.", &Direction::choices()).required(),
        text("limits", "What it cannot show."),
        coded(
            "comparability",
            "Against the version before; empty for a first version.",
            &Comparability::choices(),
        ),
        text("comparability_reason", "Why."),
    ];
    let mut seen = BTreeSet::new();
    let rows = standing(edition)
        .filter(|(_, one)| seen.insert(one.code.as_str()))
        .map(|(_, one)| {
            let (comparability, reason) = one.comparability.as_ref().map_or(("", ""), |(comparability, reason)| {
                (comparability.code(), reason.as_str())
            });
            vec![
                word(&one.code),
                ordinal(one.version),
                word(&one.name),
                word(&one.definition),
                word(one.kind.code()),
                word(one.direction.code()),
                word(&one.limits),
                word(comparability),
                word(reason),
            ]
        });
    resource("indicators", columns, &["indicator"], &[], rows.collect())
}

pub(super) fn indicator_provisions(edition: &Edition) -> Resource {
    let columns = vec![
        text("indicator", "Code of the indicator.").required(),
        text("provision", "Address of a provision on which it bears.").required(),
    ];
    let rows = standing(edition).map(|(provision, indicator)| vec![word(&indicator.code), word(&provision.slug)]);
    resource(
        "indicator_provisions",
        columns,
        &["indicator", "provision"],
        &[
            (&["indicator"], "indicators", &["indicator"]),
            (&["provision"], "provisions", &["provision"]),
        ],
        rows.collect(),
    )
}
