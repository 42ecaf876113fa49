//! Graphs counted, checked for chords, and averaged over as published.

use super::*;

fn korea() -> Histories {
    Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12]).unwrap()
}

/// The average by the formula, graph by graph and point by point, with nothing shared or left out.
fn by_the_formula(histories: &Histories, options: &Options) -> (Vec<f64>, Vec<f64>) {
    let average = average(histories, options).unwrap();
    let cells = histories.counts().len();
    let delta = average.options.delta.unwrap();
    let of_set = |set: usize, unseen: u64| {
        let of_cell = delta * cells as f64 / f64::from(1 << set.count_ones());
        let margin = |cell: usize| -> f64 {
            let seen = histories
                .counts()
                .iter()
                .enumerate()
                .filter(|(history, _)| history & set == cell);
            seen.map(|(_, count)| *count as f64).sum::<f64>() + if cell == 0 { unseen as f64 } else { 0.0 }
        };
        (0..cells)
            .filter(|cell| cell & !set == 0)
            .map(|cell| libm::lgamma(margin(cell) + of_cell) - libm::lgamma(of_cell))
            .sum::<f64>()
    };
    let mut weights = vec![vec![0.0; average.totals.len()]; average.graphs.len()];
    for (line, weighed) in weights.iter_mut().zip(&average.graphs) {
        let graph = &weighed.graph;
        for (entry, total) in line.iter_mut().zip(&average.totals) {
            let unseen = total - histories.observed();
            let sum = |sets: &[u16]| sets.iter().map(|set| of_set(usize::from(*set), unseen)).sum::<f64>();
            let whole = libm::lgamma(delta * cells as f64) - libm::lgamma(*total as f64 + delta * cells as f64);
            let parts = graph.cliques.len() as f64 - graph.separators.len() as f64;
            *entry = sum(&graph.cliques) - sum(&graph.separators) + parts * whole + libm::lgamma(*total as f64 + 1.0)
                - libm::lgamma(unseen as f64 + 1.0);
            if options.prior == Prior::Reciprocal {
                *entry -= (*total as f64).ln();
            }
        }
    }
    let best = weights.iter().flatten().copied().fold(f64::MIN, f64::max);
    let whole: f64 = weights.iter().flatten().map(|weight| (weight - best).exp()).sum();
    let share = |weight: f64| (weight - best).exp() / whole;
    let points = (0..average.totals.len()).map(|point| weights.iter().map(|line| share(line[point])).sum());
    (
        points.collect(),
        weights
            .iter()
            .map(|line| line.iter().map(|weight| share(*weight)).sum())
            .collect(),
    )
}

#[test]
fn blocks_and_shared_factors_give_what_the_formula_gives() {
    let four = Histories::new(
        ["A", "B", "C", "D"],
        vec![0, 40, 31, 6, 25, 9, 0, 2, 80, 1, 14, 0, 3, 0, 0, 1],
    )
    .unwrap();
    let large: Vec<u64> = korea().counts().iter().map(|count| count * 400).collect();
    let large = Histories::new(["b", "c", "d"], large).unwrap();
    for (histories, prior, points) in [
        (korea(), Prior::Uniform, 500),
        (four, Prior::Reciprocal, 333),
        (large, Prior::Reciprocal, 700),
    ] {
        let options = Options {
            prior,
            points,
            ..Options::default()
        };
        let average = average(&histories, &options).unwrap();
        let (points, graphs) = by_the_formula(&histories, &options);
        for (ours, theirs) in average.posterior.iter().zip(points) {
            assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
        }
        for (ours, theirs) in average.graphs.iter().zip(graphs) {
            assert!((ours.probability - theirs).abs() < 1e-9, "{ours:?} {theirs}");
        }
    }
}

#[test]
fn the_answer_is_the_same_on_one_thread_and_on_three() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| average(&korea(), &Options::default()).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn the_result_carries_the_choices_it_rests_on() {
    let average = average(&korea(), &Options::default()).unwrap();
    assert_eq!(average.options.delta, Some(0.125));
    assert_eq!(average.options.most_unseen, Some(30 * 123));
    assert_eq!(average.options.points, 30 * 123, "no more points than whole numbers");
}

#[test]
fn a_grid_that_ends_too_soon_is_warned_of() {
    let short = Options {
        most_unseen: Some(60),
        ..Options::default()
    };
    let warnings = average(&korea(), &short).unwrap().estimate().unwrap().warnings;
    assert!(
        warnings
            .iter()
            .any(|warning| warning.starts_with("The grid ends too soon")),
        "{warnings:?}"
    );
    let long = average(&korea(), &Options::default())
        .unwrap()
        .estimate()
        .unwrap()
        .warnings;
    assert!(
        !long.iter().any(|warning| warning.starts_with("The grid ends too soon")),
        "{long:?}"
    );
}

#[test]
fn peaks_are_parted_by_deep_valleys_only() {
    let with = |posterior: &[f64]| {
        let mut average = average(&korea(), &Options::default()).unwrap();
        average.posterior = posterior.to_vec();
        average.totals = (100..100 + posterior.len() as u64).collect();
        average.peaks().iter().map(|peak| peak.at).collect::<Vec<_>>()
    };
    assert_eq!(with(&[0.1, 0.3, 0.1, 0.05, 0.2, 0.25]), [101, 105]);
    assert_eq!(with(&[0.1, 0.3, 0.2, 0.25, 0.1, 0.05]), [101], "a dent is no valley");
    assert_eq!(with(&[0.1, 0.8, 0.01, 0.02, 0.04, 0.03]), [101, 104]);
    assert_eq!(
        with(&[0.1, 0.86, 0.001, 0.02, 0.019, 0.0]),
        [101],
        "too little in the second"
    );
    assert_eq!(with(&[0.5, 0.3, 0.1, 0.1]), [100]);
}

#[test]
fn where_nearly_all_of_the_posterior_fits_any_table_there_is_no_number() {
    let counts = vec![0, 1_000, 900, 400, 800, 350, 300, 250];
    let dependent = Histories::new(["A", "B", "C"], counts).unwrap();
    let found = average(&dependent, &Options::default()).unwrap();
    assert!(found.share_on_all() > 0.99, "{}", found.share_on_all());
    let Err(refusal) = found.estimate() else {
        panic!("a number from a model that has none")
    };
    assert!(
        matches!(refusal, Refusal::AllDependent { share } if share > 0.99),
        "{refusal}"
    );
    assert!(
        refusal.to_string().contains("says nothing of people on no list"),
        "{refusal}"
    );
}

#[test]
fn a_part_of_the_posterior_that_fits_any_table_is_said() {
    let found = average(&korea(), &Options::default()).unwrap();
    let share = found.share_on_all();
    assert!((0.08..0.09).contains(&share), "{share}");
    let warnings = found.estimate().unwrap().warnings;
    assert!(
        warnings[0].starts_with("8 % of the posterior lies on the graph that joins all lists"),
        "{warnings:?}"
    );
    let independent = Histories::new(["A", "B", "C"], vec![0, 203, 187, 43, 151, 37, 29, 12]).unwrap();
    let found = average(&independent, &Options::default()).unwrap();
    assert!(found.share_on_all() < 0.05, "{}", found.share_on_all());
    let warnings = found.estimate().unwrap().warnings;
    assert!(
        !warnings.iter().any(|warning| warning.contains("joins all lists")),
        "{warnings:?}"
    );
}

#[test]
fn what_says_nothing_is_refused() {
    let apart = Histories::new(["A", "B", "C"], vec![0, 9, 8, 0, 7, 0, 0, 0]).unwrap();
    assert_eq!(average(&apart, &Options::default()), Err(Refusal::NoOverlap));
    let mut counts = vec![3; 128];
    counts[0] = 0;
    let seven = Histories::new(["A", "B", "C", "D", "E", "F", "G"], counts).unwrap();
    assert_eq!(
        average(&seven, &Options::default()),
        Err(Refusal::TooManyLists { lists: 7, most: 6 })
    );
}

#[test]
fn log_gamma_agrees_with_factorials() {
    let mut sum = 0.0_f64;
    for n in 1..200_u32 {
        sum += f64::from(n).ln();
        assert!(
            (log_gamma(f64::from(n) + 1.0) - sum).abs() < 1e-12 * sum.max(1.0),
            "{n}"
        );
    }
}
