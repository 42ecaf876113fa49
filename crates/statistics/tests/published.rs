//! Numbers printed in papers, each under the name of its paper and table.
//!
//! Estimates must round to what is printed. Bootstrap limits were printed for one seed; ours must lie
//! within the spread that 1,000 resamples leave, on the scale of levels.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

use statistics::multiple_systems::bootstrap::Resampled;
use statistics::multiple_systems::{
    Estimate, Histories, Model, Refusal, Settings, downhill, hierarchical, poisson, stepwise,
};

const UNITED_KINGDOM: &str = include_str!("tables/united_kingdom.csv");
const UNITED_KINGDOM_5: &str = include_str!("tables/united_kingdom_5.csv");
const NEW_ORLEANS: &str = include_str!("tables/new_orleans.csv");
const NEW_ORLEANS_5: &str = include_str!("tables/new_orleans_5.csv");
const NEW_ORLEANS_CORRECTED: &str = include_str!("tables/new_orleans_corrected.csv");
const NEW_ORLEANS_5_CORRECTED: &str = include_str!("tables/new_orleans_5_corrected.csv");

fn read(text: &str) -> Histories {
    Histories::read(text).unwrap()
}

/// Ball, P., Shin, E. and Yang, H. (2018), Human Rights Data Analysis Group: three lists of women held at Palembang.
fn korea() -> Histories {
    Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12]).unwrap()
}

fn point() -> Settings {
    Settings {
        resamples: 0,
        ..Settings::default()
    }
}

fn resampled(resamples: usize) -> Settings {
    Settings {
        resamples,
        ..Settings::default()
    }
}

fn rounds_to(estimate: &Estimate, printed: f64) {
    assert!(
        (estimate.estimate - printed).abs() <= 0.5,
        "{} is printed as {printed}",
        estimate.estimate
    );
}

/// Whether a limit printed for one seed and 1,000 resamples lies where ours can be, four standard errors either way.
fn limit_is_near(resampled: &Resampled, p: f64, printed: f64) {
    let limit = resampled.limit(p).unwrap();
    let count = resampled.estimates.len() as f64;
    let allowed = 4.0 * limit.level_error * (1.0 + count / 1_000.0).sqrt() + 0.005;
    let (low, high) = (limit.level - allowed, limit.level + allowed);
    // Printed without decimals.
    assert!(
        low <= 0.0 || resampled.quantile(low) <= printed + 0.5,
        "{p}: {limit:?}, printed {printed}"
    );
    assert!(
        high >= 1.0 || resampled.quantile(high) >= printed - 0.5,
        "{p}: {limit:?}, printed {printed}"
    );
}

#[test]
fn bales_hesketh_and_silverman_2015_modern_slavery_in_the_united_kingdom() {
    let histories = read(UNITED_KINGDOM_5);
    let estimate = stepwise::estimate(&histories, &point()).unwrap();
    rounds_to(&estimate, 11_313.0);
    // Printed 9,859 to 12,970; no formula gives exactly these, and the Wald interval is within half a per cent.
    let model = stepwise::choose(&histories, 0.02).unwrap().model;
    let wald = poisson::fit(&histories, &model).unwrap().wald(0.95);
    assert!(
        (wald.lower / 9_859.0 - 1.0).abs() < 0.005 && (wald.upper / 12_970.0 - 1.0).abs() < 0.005,
        "{wald:?}"
    );
}

#[test]
fn chan_silverman_and_vincent_2021_section_4_1_new_orleans_eight_lists() {
    let histories = read(NEW_ORLEANS);
    let estimate = stepwise::estimate(&histories, &resampled(2_000)).unwrap();
    rounds_to(&estimate, 1_184.0);
    assert_eq!(estimate.model[0], "D:E", "the only pair chosen");
    assert_eq!(estimate.model.len(), 7);
    let resampled = estimate.bootstrap.unwrap();
    limit_is_near(&resampled, 0.025, 717.0);
    limit_is_near(&resampled, 0.975, 1_657.0);
    rounds_to(&poisson::main_effects(&histories, 0.95).unwrap(), 997.0);
    // At the threshold 0 no pair is chosen: independent lists, resampled.
    let independent = Settings {
        p: 0.0,
        ..self::resampled(2_000)
    };
    let resampled = stepwise::estimate(&histories, &independent).unwrap().bootstrap.unwrap();
    limit_is_near(&resampled, 0.025, 644.0);
    limit_is_near(&resampled, 0.975, 1_618.0);
}

#[test]
fn chan_silverman_and_vincent_2021_section_4_1_new_orleans_five_lists() {
    let histories = read(NEW_ORLEANS_5);
    let estimate = stepwise::estimate(&histories, &resampled(2_000)).unwrap();
    rounds_to(&estimate, 1_034.0);
    assert_eq!(estimate.model.len(), 5, "main effects");
    let resampled = estimate.bootstrap.unwrap();
    limit_is_near(&resampled, 0.025, 589.0);
    limit_is_near(&resampled, 0.975, 1_703.0);
}

#[test]
fn chan_silverman_and_vincent_2021_tables_2_and_3_models_without_an_estimate() {
    let histories = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 0, 0, 0]).unwrap();
    for (generators, code) in [
        (&["A:B", "A:C", "B:C"][..], 2),
        (&["A:B"][..], 1),
        (&["A:C", "B:C"][..], 0),
    ] {
        let model = Model::parse(histories.names(), generators.iter().copied()).unwrap();
        let found = match poisson::fit(&histories, &model) {
            Ok(fit) => fit.checks.code(),
            Err(Refusal::NoEstimate { checks, .. }) => checks.code(),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, code, "{generators:?}");
    }
}

#[test]
fn silverman_chan_and_vincent_2024_tables_3_to_6_korea() {
    let histories = korea();
    for (competitors, printed) in [
        (1, [131.0, 136.0, 198.0, 248.0]),
        (2, [130.0, 135.0, 286.0, 348.0]),
        (8, [128.0, 135.0, 288.0, 349.0]),
    ] {
        let estimate = hierarchical::estimate_among(&histories, &resampled(4_000), competitors).unwrap();
        rounds_to(&estimate, 157.0);
        let resampled = estimate.bootstrap.unwrap();
        for (p, printed) in [0.025, 0.1, 0.9, 0.975].into_iter().zip(printed) {
            limit_is_near(&resampled, p, printed);
        }
    }
}

#[test]
fn silverman_chan_and_vincent_2024_table_6_lowest_bic() {
    let best = |text, order| hierarchical::rank(&read(text), order).unwrap().models[0].total;
    for (total, printed) in [
        (best(UNITED_KINGDOM_5, 4), 25_311.0),
        (best(UNITED_KINGDOM_5, 2), 22_991.0),
        (best(NEW_ORLEANS_5_CORRECTED, 4), 981.0),
        (best(NEW_ORLEANS_5_CORRECTED, 2), 981.0),
    ] {
        assert!((total - printed).abs() < 0.5, "{total} is printed as {printed}");
    }
}

#[test]
fn silverman_chan_and_vincent_2024_table_6_limits_of_the_lowest_bic() {
    let settings = |max_order| Settings {
        resamples: 1_000,
        max_order,
        ..Settings::default()
    };
    for (text, order, printed) in [
        (UNITED_KINGDOM_5, 4, [11_168.0, 56_052.0]),
        (UNITED_KINGDOM_5, 2, [11_456.0, 43_894.0]),
        (NEW_ORLEANS_5_CORRECTED, 4, [397.0, 1_511.0]),
        (NEW_ORLEANS_5_CORRECTED, 2, [397.0, 1_505.0]),
    ] {
        let estimate = hierarchical::estimate(&read(text), &settings(order)).unwrap();
        let resampled = estimate.bootstrap.unwrap();
        limit_is_near(&resampled, 0.025, printed[0]);
        limit_is_near(&resampled, 0.975, printed[1]);
    }
}

#[test]
fn silverman_chan_and_vincent_2024_table_6_limits_downhill_on_the_five_lists_of_new_orleans() {
    let settings = Settings {
        max_order: 4,
        ..resampled(1_000)
    };
    let estimate = downhill::estimate(&read(NEW_ORLEANS_5_CORRECTED), &settings).unwrap();
    rounds_to(&estimate, 981.0);
    let resampled = estimate.bootstrap.unwrap();
    limit_is_near(&resampled, 0.025, 397.0);
    limit_is_near(&resampled, 0.975, 1_564.0);
}

#[test]
fn silverman_chan_and_vincent_2024_table_6_downhill_from_independent_lists() {
    for (text, order, printed) in [
        (UNITED_KINGDOM, 2, 12_350.0),
        (UNITED_KINGDOM_5, 2, 12_262.0),
        (UNITED_KINGDOM_5, 4, 12_262.0),
        (NEW_ORLEANS_CORRECTED, 2, 1_110.0),
        (NEW_ORLEANS_5_CORRECTED, 4, 981.0),
    ] {
        let histories = read(text);
        let descents = downhill::search(&histories, order, 1).unwrap();
        let plain = descents
            .iter()
            .find(|descent| descent.start == Model::main_effects(histories.lists()))
            .unwrap();
        assert!(
            (plain.total - printed).abs() < 0.5,
            "{} is printed as {printed}",
            plain.total
        );
    }
}

#[test]
fn silverman_chan_and_vincent_2024_table_6_limits_downhill_from_independent_lists() {
    for (text, order, printed) in [
        (UNITED_KINGDOM, 5, [9_622.0, 27_889.0]),
        (UNITED_KINGDOM, 2, [9_643.0, 25_508.0]),
        (UNITED_KINGDOM_5, 4, [9_330.0, 32_115.0]),
        (UNITED_KINGDOM_5, 2, [9_332.0, 28_954.0]),
        (NEW_ORLEANS_CORRECTED, 2, [586.0, 1_512.0]),
        (NEW_ORLEANS_5_CORRECTED, 4, [397.0, 1_564.0]),
    ] {
        let settings = Settings {
            max_order: order,
            ..resampled(1_000)
        };
        let estimate = downhill::from_independent_lists(&read(text), &settings).unwrap();
        let resampled = estimate.bootstrap.unwrap();
        eprintln!("{order} {printed:?} {:?}", resampled.interval(0.95));
        limit_is_near(&resampled, 0.025, printed[0]);
        limit_is_near(&resampled, 0.975, printed[1]);
    }
}

#[test]
fn several_starts_find_what_one_start_misses_on_the_five_british_lists() {
    let descents = downhill::search(&read(UNITED_KINGDOM_5), 4, 1).unwrap();
    assert!((descents[0].total - 12_262.0).abs() > 1_000.0, "{descents:?}");
    let estimate = downhill::estimate(
        &read(UNITED_KINGDOM_5),
        &Settings {
            max_order: 4,
            ..point()
        },
    )
    .unwrap();
    assert!(
        estimate.warnings.iter().any(|warning| warning.contains("starts ended")),
        "{:?}",
        estimate.warnings
    );
}
