//! Times of the Bayesian estimates, on five lists of invented people.
//!
//! `cargo bench -p statistics --bench bayes`; set `RAYON_NUM_THREADS=1` for processor seconds.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use statistics::multiple_systems::{Histories, classes, graphs, threshold};

/// 2,748 people on five lists, with overlaps of the sizes that occur among organisations.
fn five_lists() -> Histories {
    let mut counts = vec![0; 32];
    for (history, count) in [
        (0b00001, 60),
        (0b00010, 450),
        (0b00100, 990),
        (0b01000, 700),
        (0b10000, 320),
        (0b00011, 14),
        (0b00101, 21),
        (0b01001, 3),
        (0b00110, 64),
        (0b01010, 18),
        (0b10010, 1),
        (0b01100, 78),
        (0b10100, 12),
        (0b11000, 9),
        (0b00111, 1),
        (0b01011, 1),
        (0b01110, 5),
        (0b01111, 1),
    ] {
        counts[history] = count;
    }
    Histories::new(["A", "B", "C", "D", "E"], counts).expect("good histories")
}

fn graphs(criterion: &mut Criterion) {
    let histories = five_lists();
    criterion.bench_function("graphs/five lists, 20,000 points", |bencher| {
        bencher.iter(|| graphs::average(black_box(&histories), &graphs::Options::default()));
    });
}

fn threshold(criterion: &mut Criterion) {
    let histories = five_lists();
    criterion.bench_function("threshold/five lists, 4 chains of 2,500 draws", |bencher| {
        bencher.iter(|| threshold::threshold(black_box(&histories), &threshold::Options::default()));
    });
}

fn classes(criterion: &mut Criterion) {
    let histories = five_lists();
    // One tenth of the sweeps that an estimate takes.
    let options = classes::Options {
        burn_in: 500,
        draws: 100,
        ..classes::Options::default()
    };
    criterion.bench_function("classes/five lists, 8 chains of 1,500 sweeps", |bencher| {
        bencher.iter(|| classes::sample(black_box(&histories), &options));
    });
}

criterion_group!(benches, graphs, threshold, classes);
criterion_main!(benches);
