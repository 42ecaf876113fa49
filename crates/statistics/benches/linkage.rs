//! Times of encoding, comparing and linking, on random filters and on invented people.
//!
//! `cargo bench -p statistics --bench linkage`; set `RAYON_NUM_THREADS=1` for processor seconds. `cargo xtask bench linkage`
//! measures the whole beside anonlink.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use statistics::linkage::bits::Filters;
use statistics::linkage::encode::encode;
use statistics::linkage::link::{Options, link};
use statistics::linkage::pool::Pool;
use statistics::linkage::popcount::Engine;
use statistics::linkage::schema::Schema;
use statistics::linkage::search::search;

/// Filters of 1,024 bits, some 43 % of them set, as CLKs have.
fn filters(n: usize, seed: u64) -> Filters {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut filters = Filters::new(1024);
    for _ in 0..n {
        let words: Vec<u64> = (0..16)
            .map(|_| (0..64).fold(0, |word, _| word << 1 | u64::from(chance.random::<f64>() < 0.43)))
            .collect();
        filters.push(&words);
    }
    filters
}

/// People with names of a few syllables.
fn people(n: usize, seed: u64) -> Vec<Vec<String>> {
    const SYLLABLES: [&str; 12] = ["ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "ra", "si"];
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut name = |n: usize| -> String { (0..n).map(|_| SYLLABLES[chance.random_range(0..12)]).collect() };
    let names: Vec<(String, String)> = (0..n).map(|_| (name(2), name(4))).collect();
    let mut chance = ChaCha8Rng::seed_from_u64(seed + 1);
    names
        .into_iter()
        .map(|(given, family)| {
            let date = format!(
                "{}-{:02}-{:02}",
                chance.random_range(1960..2005),
                chance.random_range(1..=12),
                chance.random_range(1..=28)
            );
            let place = format!("town {}", chance.random_range(0..50));
            let sex = ["f", "m"][chance.random_range(0..2)].to_owned();
            vec![given, family, date, sex, "exampleland".to_owned(), place]
        })
        .collect()
}

fn searching(criterion: &mut Criterion) {
    let (one, other) = (filters(4096, 1), filters(4096, 2));
    let mut group = criterion.benchmark_group("search/4,096 x 4,096 CLKs at 0.8");
    group.throughput(Throughput::Elements(4096 * 4096));
    for engine in Engine::available() {
        group.bench_function(engine.name(), |bencher| {
            bencher.iter(|| search(black_box(&one), &other, 0.8, engine));
        });
    }
}

fn encoding(criterion: &mut Criterion) {
    let schema = Schema::default();
    let rows = people(2000, 3);
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(2000));
    group.bench_function("2,000 people", |bencher| {
        bencher.iter(|| encode(&schema, b"an invented secret", black_box(&rows)));
    });
}

fn linking(criterion: &mut Criterion) {
    let schema = Schema::default();
    let rows = people(6000, 4);
    let lists =
        [&rows[..4000], &rows[2000..]].map(|rows| encode(&schema, b"an invented secret", rows).expect("good rows"));
    let fields = [(&lists[0].fields, true), (&lists[1].fields, true)];
    let pool = Pool::new(&lists[0].layout, &fields).expect("one form");
    criterion.bench_function("link/4,000 x 4,000 people", |bencher| {
        bencher.iter(|| link(black_box(&pool), &Options::default()));
    });
}

criterion_group!(benches, searching, encoding, linking);
criterion_main!(benches);
