//! Bayesian thresholding against that of the R package `MultipleSystemsEstimation` 1.2.0.
//!
//! The reference's figures are one run of 10,000 steps of a random walk, worth some hundred independent
//! draws: its ratios stray by up to 0.7 from ours and its limits by a few per cent. So a pair may be
//! kept by one and left out by the other only if its ratio is close to the threshold, and quantiles are
//! compared under the model that the reference chose.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod expected;

use statistics::multiple_systems::threshold::{Options, Prior, given, threshold};
use statistics::multiple_systems::{Model, Refusal, model::notation};

#[test]
fn kept_pairs_and_quantiles_are_those_of_the_reference() {
    for set in expected::data_sets() {
        let names = set.histories.names();
        for (field, prior) in [
            ("bayesthresh_proper", Prior::Proper { variance: 1.0 }),
            ("bayesthresh_improper", Prior::Improper),
        ] {
            let reference = &set.expected[field];
            if reference.is_null() {
                continue;
            }
            let options = Options {
                prior,
                ..Options::default()
            };
            let found = threshold(&set.histories, &options);
            if reference["error"].is_string() {
                assert!(
                    matches!(found, Err(Refusal::NoEstimate { .. })),
                    "{}: {found:?}",
                    set.name
                );
                continue;
            }
            let found = found.unwrap();
            let strings = |field: &str| -> Vec<String> { serde_json::from_value(reference[field].clone()).unwrap() };
            let empty: Vec<String> = found.empty.iter().map(|term| notation(*term, names)).collect();
            assert_eq!(empty, strings("minus_inf"), "{} {field}", set.name);
            for tried in found.tried.iter().filter(|tried| !found.empty.contains(&tried.term)) {
                let name = notation(tried.term, names);
                let theirs = reference["ratios"][&name].as_f64().unwrap();
                let close = (tried.ratio.abs() - 2.0).abs().min((theirs - 2.0).abs()) < 0.25;
                assert!(
                    close || tried.kept == (theirs >= 2.0),
                    "{} {field} {name}: {}, reference {theirs}",
                    set.name,
                    tried.ratio
                );
                assert!(
                    (tried.ratio.abs() - theirs).abs() < 1.0,
                    "{} {name}: {} {theirs}",
                    set.name,
                    tried.ratio
                );
            }
            let retained = strings("retained");
            let model = Model::parse(names, retained.iter().map(String::as_str)).unwrap();
            let found = given(&set.histories, &model, &options).unwrap();
            for (share, name, within) in [
                (0.025, "2.5%", 0.04),
                (0.1, "10%", 0.03),
                (0.5, "50%", 0.02),
                (0.9, "90%", 0.04),
                (0.975, "97.5%", 0.06),
            ] {
                let theirs = reference["quantiles"][name].as_f64().unwrap();
                let ours = found.quantile(share);
                assert!(
                    (ours / theirs - 1.0).abs() < within,
                    "{} {field} {name}: {ours}, reference {theirs}",
                    set.name
                );
            }
        }
    }
}
