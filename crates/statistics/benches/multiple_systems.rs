//! CPU time of the estimates on published tables.
//!
//! Each measures one whole answer, resamples included. Run on one thread to read CPU seconds:
//! `RAYON_NUM_THREADS=1 cargo bench -p statistics`.
#![expect(clippy::unwrap_used, reason = "a panic in a benchmark is the report")]

use criterion::{Criterion, criterion_group, criterion_main};
use statistics::multiple_systems::{Histories, Method, Settings, panel};

/// Silverman (2014), Bales, Hesketh and Silverman (2015): six lists of the United Kingdom in 2013.
const UNITED_KINGDOM: &str = include_str!("../tests/tables/united_kingdom.csv");
/// The same with two lists merged.
const UNITED_KINGDOM_5: &str = include_str!("../tests/tables/united_kingdom_5.csv");
/// Bales, Murphy and Silverman (2020): eight lists of New Orleans.
const NEW_ORLEANS: &str = include_str!("../tests/tables/new_orleans.csv");

fn estimates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("multiple systems");
    group.sample_size(10);
    let settings = Settings {
        resamples: 1_000,
        ..Settings::default()
    };
    let every_order = Settings {
        max_order: 4,
        ..settings
    };
    let point = Settings {
        resamples: 0,
        ..every_order
    };
    for (name, text, method, settings) in [
        (
            "stepwise, 1,000 resamples, UK 5 lists",
            UNITED_KINGDOM_5,
            Method::Stepwise,
            settings,
        ),
        (
            "stepwise, 1,000 resamples, UK 6 lists",
            UNITED_KINGDOM,
            Method::Stepwise,
            settings,
        ),
        (
            "stepwise, 1,000 resamples, New Orleans 8 lists",
            NEW_ORLEANS,
            Method::Stepwise,
            settings,
        ),
        (
            "BIC over 6,893 models, no resamples, UK 5 lists",
            UNITED_KINGDOM_5,
            Method::Bic,
            point,
        ),
        (
            "BIC over 6,893 models, 1,000 resamples of the best 100, UK 5 lists",
            UNITED_KINGDOM_5,
            Method::Bic,
            every_order,
        ),
        (
            "BIC over 1,024 models, 1,000 resamples of the best 100, UK 5 lists",
            UNITED_KINGDOM_5,
            Method::Bic,
            settings,
        ),
        (
            "downhill, 1,000 resamples, UK 6 lists",
            UNITED_KINGDOM,
            Method::Downhill,
            settings,
        ),
        (
            "downhill, 1,000 resamples, New Orleans 8 lists",
            NEW_ORLEANS,
            Method::Downhill,
            settings,
        ),
        (
            "graphs, 20,000 points, UK 5 lists",
            UNITED_KINGDOM_5,
            Method::Graphs,
            settings,
        ),
    ] {
        let histories = Histories::read(text).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| panel::estimate(&histories, method, &settings).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, estimates);
criterion_main!(benches);
