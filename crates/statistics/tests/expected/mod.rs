//! The reference data sets and what the reference packages say of them, where they are at hand.
//!
//! `RAPPORTEUR_REFERENCE` names their folder. Unset, the tests say so and pass; set, a missing file is a
//! failure.

use std::path::PathBuf;

use serde_json::Value;
use statistics::multiple_systems::Histories;

/// One data set.
pub(crate) struct DataSet {
    pub(crate) name: String,
    pub(crate) histories: Histories,
    /// What `expected.json` has for it.
    pub(crate) expected: Value,
}

/// Every data set, or none where no reference files are at hand.
#[expect(clippy::print_stdout, reason = "says that the test did not run")]
pub(crate) fn data_sets() -> Vec<DataSet> {
    let Some(folder) = std::env::var_os("RAPPORTEUR_REFERENCE") else {
        println!("NOT RUN: RAPPORTEUR_REFERENCE is not set");
        return Vec::new();
    };
    let folder = PathBuf::from(folder).join("mse");
    let read = |name: &str| {
        std::fs::read_to_string(folder.join(name))
            .unwrap_or_else(|error| panic!("{name} in {}: {error}", folder.display()))
    };
    let expected: Value = serde_json::from_str(&read("expected.json")).unwrap();
    let sets = expected["datasets"].as_object().unwrap();
    sets.iter()
        .map(|(name, expected)| DataSet {
            name: name.clone(),
            histories: Histories::read(&read(&format!("{name}.csv"))).unwrap(),
            expected: expected.clone(),
        })
        .collect()
}
