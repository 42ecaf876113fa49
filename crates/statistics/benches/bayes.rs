//! Times of the Bayesian estimates, on five lists of invented people.
//!
//! `cargo bench -p statistics --bench bayes`; set `RAYON_NUM_THREADS=1` for processor seconds.
#![expect(missing_docs, reason = "criterion's macros make public items")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use statistics::multiple_systems::{Histories, graphs};

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

criterion_group!(benches, graphs);
criterion_main!(benches);
