//! The data package: every table from which the pages were made, as CSV with each column described.
//!
//! One row per thing, keys between the tables, and a column `is_invented` wherever something may have
//! been made up for a demonstration. Publishers' suppression marks stand in a column of their own beside
//! an empty value, so that no number is ever a code for something else.

mod columns;
mod figures;
mod judged;
mod sources;
mod standards;

use domain::publication::Licence;
use interchange::package::{self, Contributor, Package, Resource};
use monitoring::edition::frozen::Edition;

use crate::publish::{OutputFile, RenderError};

/// The folder in which the package stands, inside the edition's folder.
const FOLDER: &str = "data";

/// Name of each table, and what one row of it is.
const TABLES: [(&str, &str); 16] = [
    (
        "provisions",
        "A provision of a standard, with how it binds and what qualifies it.",
    ),
    (
        "ratings",
        "A rating of a provision in one jurisdiction and one audit, earlier audits included.",
    ),
    (
        "positions",
        "What one organisation says of a rating of this audit; silence is a row too.",
    ),
    ("indicators", "An indicator, in the version that this audit froze."),
    ("indicator_provisions", "One provision on which an indicator bears."),
    (
        "measurements",
        "A value of a measure: now, and before as frozen then and as revised since.",
    ),
    ("series", "A published statistic."),
    (
        "observations",
        "A value of a series in one vintage; every vintage is kept.",
    ),
    ("claims", "What the state says it has done about a provision."),
    ("findings", "A finding of the audit on a provision."),
    ("replies", "A right of reply to a finding, answered or not."),
    (
        "recommendations",
        "A recommendation of this audit or of an earlier one.",
    ),
    ("grades", "What became of a recommendation in one audit."),
    ("evidence", "An item of evidence, as far as the public may know it."),
    ("breaks", "Something that must not be compared across a day."),
    ("interests", "A declared interest."),
];

/// Names of the tables with what a row of each is.
pub(crate) fn outline() -> Vec<(&'static str, &'static str)> {
    TABLES.to_vec()
}

/// Under what the data may be used: what the coalition made, and what it took from official statistics.
pub(crate) fn terms(edition: &Edition) -> String {
    let own = match edition.licence {
        None => "No licence was chosen for what the coalition made, so nothing is allowed beyond what the law allows."
            .to_owned(),
        Some(Licence::Reserved) => {
            "All rights are reserved in what the coalition made: ask before you use it otherwise than the law allows."
                .to_owned()
        }
        Some(licence) => format!("What the coalition made may be used under {}.", licence.name()),
    };
    format!(
        "{own} Official statistics in it stay under their publishers’ licences: those of the UK government under the Open Government Licence v3.0, except where the column licence names another, such as the Open Parliament Licence."
    )
}

/// The package's files, under `data/`.
pub(crate) fn files(edition: &Edition) -> Result<Vec<OutputFile>, RenderError> {
    let written = package::write(&package(edition)).map_err(RenderError::Package)?;
    let file = |file: package::File| OutputFile {
        path: format!("{FOLDER}/{}", file.path),
        media_type: file.media_type,
        bytes: file.bytes,
    };
    let mut files: Vec<OutputFile> = written.into_iter().map(file).collect();
    // No table, so not one of the package's resources; a copy of the data brings it along.
    files.extend(edition.checkpoint.as_ref().map(|checkpoint| {
        let path = format!("{FOLDER}/checkpoint.txt");
        OutputFile::text(path, "text/plain; charset=utf-8", checkpoint.note.clone())
    }));
    Ok(files)
}

fn package(edition: &Edition) -> Package {
    let invented = if edition.is_invented {
        " Made for a demonstration: rows with is_invented are invented."
    } else {
        ""
    };
    Package {
        name: format!("audit-{}", edition.cycle.to_ascii_lowercase()),
        title: edition.title.clone(),
        description: format!(
            "Tables behind {}, revision {}: audited {} to {}, evidence until {}.{invented} {}",
            edition.title,
            edition.revision,
            edition.period.0,
            edition.period.1,
            edition.cutoff_on,
            terms(edition)
        ),
        version: format!("{}.{}", edition.cycle, edition.revision),
        created: format!("{}T00:00:00Z", edition.published_on),
        homepage: None,
        keywords: edition.standards.iter().map(|standard| standard.code.clone()).collect(),
        licences: edition.licence.map(licence).into_iter().collect(),
        contributors: edition
            .organisations
            .iter()
            .map(|title| Contributor {
                title: title.clone(),
                roles: vec!["author".to_owned()],
            })
            .collect(),
        sources: figures::publications(edition),
        resources: resources(edition),
    }
}

/// The licence as the Data Package standard names it: by the Open Definition's list, which calls a licence that
/// gives no rights “other-closed”.
fn licence(chosen: Licence) -> package::Licence {
    package::Licence {
        name: if chosen == Licence::Reserved {
            "other-closed"
        } else {
            chosen.code()
        }
        .to_owned(),
        title: chosen.name().to_owned(),
        path: chosen.address().map(str::to_owned),
    }
}

fn resources(edition: &Edition) -> Vec<Resource> {
    vec![
        standards::provisions(edition),
        judged::ratings(edition),
        judged::positions(edition),
        standards::indicators(edition),
        standards::indicator_provisions(edition),
        figures::measurements(edition),
        figures::series(edition),
        figures::observations(edition),
        sources::claims(edition),
        judged::findings(edition),
        judged::replies(edition),
        judged::recommendations(edition),
        judged::grades(edition),
        sources::evidence(edition),
        figures::breaks(edition),
        sources::interests(edition),
    ]
}

/// A table by its name; the words come from [`TABLES`].
fn resource(
    name: &str,
    columns: Vec<package::Column>,
    key: &[&str],
    foreign: &[(&[&str], &str, &[&str])],
    rows: Vec<Vec<interchange::table::Cell>>,
) -> Resource {
    let owned = |names: &[&str]| names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
    let description = TABLES
        .iter()
        .find(|(table, _)| *table == name)
        .map_or("", |(_, row)| row);
    Resource {
        name: name.to_owned(),
        title: name.replace('_', " "),
        description: format!("One row: {}", lower_first(description)),
        columns,
        primary_key: owned(key),
        foreign_keys: foreign
            .iter()
            .map(|(columns, table, others)| package::ForeignKey {
                columns: owned(columns),
                resource: (*table).to_owned(),
                other_columns: owned(others),
            })
            .collect(),
        missing_values: Vec::new(),
        sources: Vec::new(),
        rows,
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn the_sample_makes_every_table_and_says_what_is_invented() {
        let edition = sample::edition();
        let made = package(&edition);
        assert_eq!(
            made.resources.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            TABLES.map(|(name, _)| name)
        );
        for resource in &made.resources {
            assert!(
                resource.columns.iter().all(|column| !column.description.is_empty()),
                "{} has a column without a description",
                resource.name
            );
            assert!(!resource.rows.is_empty(), "the sample has no {}", resource.name);
        }
        for name in [
            "ratings",
            "positions",
            "measurements",
            "observations",
            "claims",
            "findings",
            "replies",
            "recommendations",
            "grades",
            "evidence",
            "interests",
        ] {
            let resource = made
                .resources
                .iter()
                .find(|one| one.name == name)
                .expect("a table of the list");
            assert!(
                resource.columns.iter().any(|column| column.name == "is_invented"),
                "{name} does not say what is invented"
            );
        }
        files(&edition).expect("every row keeps what its columns declare");
    }

    #[test]
    fn the_package_says_under_what_it_may_be_used() {
        let mut edition = sample::edition();
        for chosen in Licence::ALL {
            edition.licence = Some(*chosen);
            let made = package(&edition);
            assert_eq!(made.licences.len(), 1, "{chosen}");
            assert!(made.description.contains("Open Government Licence v3.0"), "{chosen}");
            files(&edition).expect("it is written");
        }
        edition.licence = None;
        let older = package(&edition);
        assert!(older.licences.is_empty());
        assert!(older.description.contains("No licence was chosen"));
    }

    #[test]
    fn every_vintage_of_every_value_is_kept() {
        let edition = sample::edition();
        let points: usize = edition.series.iter().map(|series| series.points.len()).sum();
        assert_eq!(figures::observations(&edition).rows.len(), points);
    }
}
