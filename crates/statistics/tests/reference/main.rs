//! Every number that reference packages gave on published tables, beside ours.
//!
//! `RAPPORTEUR_REFERENCE` names the folder of reference files; unset, the test says so and passes.
//! Set, every leaf of `mse/expected.json` must be matched by a number of ours or be named in
//! [`not_compared`] with the reason, and `docs/reference/estimates.md` must show the result. To write
//! that page anew: `RAPPORTEUR_WRITE=1 cargo test -p statistics --test reference`.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod expected;
mod not_compared;
mod ours;
mod page;

use std::path::{Path, PathBuf};

use expected::Leaf;
use ours::Ours;

/// How a leaf came out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// The same, or within the stated spread.
    Matched(Ours),
    /// Something else.
    Differs(Ours),
    /// Something else, and the reason why ours stands.
    Explained(Ours, &'static str),
    /// Not compared, and why.
    Left(&'static str),
    /// Neither: the test fails.
    Forgotten,
}

/// The folder of the reference data, or `None` where none is at hand.
#[expect(clippy::print_stdout, reason = "says which test did not run")]
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("RAPPORTEUR_REFERENCE");
    if folder.is_none() {
        println!("NOT RUN on expected.json: RAPPORTEUR_REFERENCE is not set");
    }
    folder.map(|folder| PathBuf::from(folder).join("mse"))
}

#[test]
fn every_reference_number_is_matched_or_named_with_its_reason() {
    let Some(folder) = folder() else { return };
    let mut compared: Vec<(Leaf, Outcome)> = Vec::new();
    for (name, leaves) in expected::datasets(&folder) {
        let histories = expected::histories(&folder, &name);
        let ours = ours::compute(&histories, &leaves);
        for leaf in leaves {
            let outcome = match ours.get(&leaf.path) {
                Some(ours) if ours.matches(&leaf.value) => Outcome::Matched(ours.clone()),
                Some(Ours::Refused) | None => match not_compared::reason(&name, &leaf.path) {
                    Some(reason) => Outcome::Left(reason),
                    None => Outcome::Forgotten,
                },
                Some(ours) => match not_compared::explained(&name, &leaf.path) {
                    Some(reason) => Outcome::Explained(ours.clone(), reason),
                    None => Outcome::Differs(ours.clone()),
                },
            };
            compared.push((leaf, outcome));
        }
    }
    let bad: Vec<String> = compared
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Differs(_) | Outcome::Forgotten))
        .map(|(leaf, outcome)| format!("{} {}: {} {outcome:?}", leaf.dataset, leaf.path, leaf.value))
        .collect();
    assert!(
        bad.is_empty(),
        "{} of {} leaves:\n{}",
        bad.len(),
        compared.len(),
        bad.join("\n")
    );

    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/estimates.md");
    let text = page::render(&compared);
    if std::env::var_os("RAPPORTEUR_WRITE").is_some() {
        std::fs::write(&page, &text).unwrap();
    }
    let shown = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(
        shown == text,
        "docs/reference/estimates.md is out of date: run with RAPPORTEUR_WRITE=1"
    );
}
