//! Averages over decomposable graphs against those of the R package dga 2.0.2.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod expected;

use statistics::multiple_systems::graphs::{Options, average};

#[test]
fn every_posterior_is_that_of_the_reference() {
    for set in expected::data_sets() {
        for grid in ["dga_mult10", "dga_mult30"] {
            let reference = &set.expected[grid];
            let number = |field: &str| reference[field].as_f64().unwrap();
            let Some(points) = reference["grid_points"].as_u64() else {
                continue;
            };
            let options = Options {
                delta: Some(number("delta")),
                most_unseen: reference["Nmissing_max"].as_u64(),
                points,
                ..Options::default()
            };
            let average = average(&set.histories, &options).unwrap();
            assert_eq!(average.graphs.len(), reference["n_graphs"], "{}", set.name);
            for (ours, field) in [
                (average.mean, "mean"),
                (average.median as f64, "median"),
                (average.interval.lower, "q025"),
                (average.interval.upper, "q975"),
            ] {
                let theirs = number(field);
                assert!(
                    (ours - theirs).abs() <= 1e-4 * theirs,
                    "{} {grid} {field}: {ours}, reference {theirs}",
                    set.name
                );
            }
            let mut likeliest: Vec<f64> = average.graphs.iter().map(|weighed| weighed.probability).collect();
            likeliest.truncate(5);
            for (ours, theirs) in likeliest.iter().zip(reference["top_graphs"].as_array().unwrap()) {
                let theirs = theirs["prob"].as_f64().unwrap();
                assert!(
                    (ours - theirs).abs() <= 1e-4 * theirs + 1e-9,
                    "{} {grid}: {ours}, reference {theirs}",
                    set.name
                );
            }
        }
    }
}

#[test]
fn the_likeliest_graph_of_the_united_kingdom_is_that_of_the_reference_and_its_two_peaks_are_told() {
    let Some(set) = expected::data_sets().into_iter().find(|set| set.name == "UKdat_5") else {
        return;
    };
    let average = average(&set.histories, &Options::default()).unwrap();
    // [123][34][25] in the reference's numbers.
    assert_eq!(
        average.graphs[0].graph.named(set.histories.names()),
        ["LA:NG:PFNCA", "PFNCA:GO", "NG:GP"]
    );
    assert_eq!(average.peaks().len(), 2, "{:?}", average.peaks());
}

#[test]
fn six_lists_are_averaged_over_all_their_graphs() {
    let Some(set) = expected::data_sets().into_iter().find(|set| set.name == "Synth6_pairs") else {
        return;
    };
    let average = average(
        &set.histories,
        &Options {
            points: 2_000,
            ..Options::default()
        },
    )
    .unwrap();
    assert_eq!(average.graphs.len(), 18_154);
    // The invented population has 8,000 people.
    assert!(
        (average.interval.lower..average.interval.upper).contains(&8_000.0),
        "{:?}",
        average.interval
    );
}
