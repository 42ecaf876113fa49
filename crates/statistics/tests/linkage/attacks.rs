//! Published attacks on plain and hardened encodings, with the re-identification rate of each.

use std::collections::HashMap;

use statistics::linkage::attack::{self, Background};
use statistics::linkage::bits::Filters;
use statistics::linkage::encode::{EncodedList, encode};
use statistics::linkage::normalise::Kind;
use statistics::linkage::schema::Schema;

use crate::people::World;

/// What an attacker finds, of given names: by frequency, by patterns.
struct Found {
    frequency: f64,
    patterns: f64,
}

fn runs(name: &str) -> Vec<String> {
    let letters: Vec<char> = format!(" {name} ").chars().collect();
    let mut runs: Vec<String> = letters.windows(2).map(|pair| pair.iter().collect()).collect();
    runs.sort();
    runs.dedup();
    runs
}

/// The filters of given names alone.
fn given_names(list: &EncodedList) -> Filters {
    let range = list.layout.ranges()[0].clone();
    let mut filters = Filters::new(list.layout.fields()[0].bits);
    list.fields
        .iter()
        .for_each(|fields| filters.push(&fields[range.clone()]));
    filters
}

fn attacked(name: &str, schema: &Schema, filters: impl Fn(&EncodedList) -> Filters, k: usize) -> Found {
    let mut world = World::new(11);
    let people: Vec<Vec<String>> = (0..2000).map(|_| world.person().to_vec()).collect();
    // The worst case: the attacker knows exactly how common each given name is on this very list.
    let mut counts: HashMap<&str, f64> = HashMap::new();
    for person in &people {
        *counts.entry(&person[0]).or_default() += 1.0;
    }
    let mut names: Vec<(String, f64)> = counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    names.sort_by(|(name, one), (other_name, other)| other.total_cmp(one).then(name.cmp(other_name)));
    let list = encode(schema, b"invented secret of a test", &people, [5; 32]).expect("good rows");
    let filters = filters(&list);
    let truth: Vec<Option<usize>> = people
        .iter()
        .map(|person| names.iter().position(|(name, _)| *name == person[0]))
        .collect();
    let background = Background {
        names: &names,
        tokens: &runs,
        k,
    };
    let found = Found {
        frequency: attack::rate(&attack::frequency(&filters, &background), &truth),
        patterns: attack::rate(&attack::patterns(&filters, &background), &truth),
    };
    report(name, &found);
    found
}

#[expect(clippy::print_stdout, reason = "prints the rates for docs/reference/linkage.md")]
fn report(name: &str, found: &Found) {
    println!(
        "{name}: given names found by frequency {:.1} %, by patterns {:.1} %",
        100.0 * found.frequency,
        100.0 * found.patterns
    );
}

#[test]
fn filters_of_their_own_give_common_names_away_and_hardening_takes_them_back() {
    let plain = attacked("own filters", &Schema::default(), given_names, 6);
    assert!(plain.frequency > 0.05, "the attack works at all: {}", plain.frequency);
    let mut salted = Schema::default();
    salted.hardening.salt = Some(Kind::BirthDate);
    let salted = attacked("own filters, salted by year of birth", &salted, given_names, 6);
    assert!(salted.frequency < plain.frequency / 2.0);
    let mut noisy = Schema::default();
    noisy.hardening.noise = 0.05;
    let noisy = attacked("own filters, 5 % of noise", &noisy, given_names, 6);
    assert!(noisy.frequency < plain.frequency / 2.0);
}

#[test]
fn clks_give_less_away_than_filters_of_their_own() {
    let record = attacked("CLK", &Schema::default(), |list| list.clks.clone(), 12);
    assert!(record.frequency < 0.01, "no two records have equal CLKs");
    let mut noisy = Schema::default();
    noisy.hardening.noise = 0.05;
    let noisy = attacked("CLK, 5 % of noise", &noisy, |list| list.clks.clone(), 12);
    assert!(noisy.patterns <= record.patterns + 0.01);
}
