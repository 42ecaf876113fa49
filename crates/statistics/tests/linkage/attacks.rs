//! Published attacks on plain and hardened encodings, with the re-identification rate of each.

use std::collections::{BTreeMap, HashMap};

use statistics::linkage::attack::{self, Background};
use statistics::linkage::bits::Filters;
use statistics::linkage::encode::{EncodedList, encode};
use statistics::linkage::field::Role;
use statistics::linkage::harden;
use statistics::linkage::normalise::Kind;
use statistics::linkage::schema::Schema;

use crate::people::World;

/// How many people are attacked.
const PEOPLE: usize = 2000;
/// The share of bits that noise turns over here, and how many those are of 256.
const NOISE: f64 = 0.05;
const FLIPS: u32 = 13;

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

fn people() -> Vec<Vec<String>> {
    let mut world = World::new(11);
    (0..PEOPLE).map(|_| world.person().to_vec()).collect()
}

/// The filters of one role alone.
fn of_role(list: &EncodedList, role: Role) -> Filters {
    let fields = list.layout.fields();
    let place = fields.iter().position(|field| field.role == role).expect("a field");
    let range = list.layout.ranges()[place].clone();
    let mut filters = Filters::new(fields[place].bits);
    list.fields
        .iter()
        .for_each(|fields| filters.push(&fields[range.clone()]));
    filters
}

fn given_names(list: &EncodedList) -> Filters {
    of_role(list, Role::GivenName)
}

/// Values, the commonest first, each with how often it is here.
fn common<'a>(values: impl Iterator<Item = &'a str>) -> Vec<(String, f64)> {
    let mut counts: HashMap<&str, f64> = HashMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1.0);
    let mut common: Vec<(String, f64)> = counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    common.sort_by(|(name, one), (other_name, other)| other.total_cmp(one).then(name.cmp(other_name)));
    common
}

fn places(common: &[(String, f64)], values: &[&str]) -> Vec<Option<usize>> {
    let place = |value: &&str| common.iter().position(|(name, _)| name == value);
    values.iter().map(place).collect()
}

/// Attacks groups of filters one by one, each with the given names behind them. The worst case: the attacker knows exactly how
/// common each given name is in that very group.
fn attacked(name: &str, groups: &[(Filters, Vec<&str>)], k: usize) -> Found {
    let (mut frequency, mut patterns, mut all) = (0.0, 0.0, 0.0);
    for (filters, given) in groups {
        let names = common(given.iter().copied());
        let truth = places(&names, given);
        let background = Background {
            names: &names,
            tokens: &runs,
            k,
        };
        let n = given.len() as f64;
        frequency += n * attack::rate(&attack::frequency(filters, &background), &truth);
        patterns += n * attack::rate(&attack::patterns(filters, &background), &truth);
        all += n;
    }
    let found = Found {
        frequency: frequency / all,
        patterns: patterns / all,
    };
    report(&format!(
        "{name}: given names found by frequency {:.1} %, by patterns {:.1} %",
        100.0 * found.frequency,
        100.0 * found.patterns
    ));
    found
}

#[expect(clippy::print_stdout, reason = "prints the rates for docs/reference/linkage.md")]
fn report(line: &str) {
    println!("{line}");
}

/// People and their encodings.
fn encoded(schema: &Schema) -> (Vec<Vec<String>>, EncodedList) {
    let people = people();
    let list = encode(schema, b"invented secret of a test", &people).expect("good rows");
    (people, list)
}

/// All filters as one group.
fn whole(people: &[Vec<String>], filters: Filters) -> Vec<(Filters, Vec<&str>)> {
    vec![(filters, people.iter().map(|person| person[0].as_str()).collect())]
}

#[test]
fn filters_of_their_own_give_common_names_away() {
    let (people, list) = encoded(&Schema::default());
    let plain = attacked("own filters", &whole(&people, given_names(&list)), 6);
    assert!(plain.frequency > 0.05, "the attack works at all: {}", plain.frequency);
    assert!(plain.frequency < 0.25, "what the table says: {}", plain.frequency);
}

#[test]
fn a_salt_is_attacked_within_each_mark() {
    let (people, list) = encoded(&Schema::default());
    let plain = attacked("own filters", &whole(&people, given_names(&list)), 6);
    let mut schema = Schema::default();
    schema.hardening.salt = Some(Kind::BirthDate);
    let (people, list) = encoded(&schema);
    let (filters, marks) = (given_names(&list), of_role(&list, Role::Salt));
    let mut groups: BTreeMap<&[u64], (Filters, Vec<&str>)> = BTreeMap::new();
    for ((filter, mark), person) in filters.iter().zip(marks.iter()).zip(&people) {
        let (filters, names) = groups
            .entry(mark)
            .or_insert_with(|| (Filters::new(filters.bits()), Vec::new()));
        filters.push(filter);
        names.push(&person[0]);
    }
    assert!(groups.len() > 40, "a mark for each year");
    // Pinned, as the fields of an unsalted list are beside the schema's fingerprint: whoever changes it raises the version.
    assert_eq!(marks.get(0), [0xdade_b4d5_6a11_a891]);
    let groups: Vec<_> = groups.into_values().collect();
    let salted = attacked("own filters, salted by year of birth", &groups, 6);
    assert!(
        salted.frequency < plain.frequency,
        "{} of {}",
        salted.frequency,
        plain.frequency
    );
}

#[test]
fn noise_is_taken_away_from_columns_own_filters_and_so_is_not_offered_for_them() {
    let (people, list) = encoded(&Schema::default());
    let plain = attacked("own filters", &whole(&people, given_names(&list)), 6);
    let noisy = harden::noisy(&given_names(&list), NOISE, [5; 32]);
    let naive = attacked(
        "own filters, 5 % of noise, as they are",
        &whole(&people, noisy.clone()),
        6,
    );
    let clean = attack::denoised(&noisy, FLIPS);
    let found = attacked("own filters, 5 % of noise taken away", &whole(&people, clean), 6);
    assert!(naive.frequency < 0.01, "no two filters are equal: {}", naive.frequency);
    assert!(
        found.frequency > 0.8 * plain.frequency,
        "noise protects nobody: {} of {}",
        found.frequency,
        plain.frequency
    );
}

#[test]
fn years_are_told_by_how_common_they_are_and_by_nothing_else() {
    let (people, list) = encoded(&Schema::default());
    let years: Vec<&str> = people.iter().map(|person| &person[2][..4]).collect();
    let filters = of_role(&list, Role::BirthYear);
    let rate = |known: &[(String, f64)]| attack::rate(&attack::ranks(&filters), &places(known, &years));
    // The worst case, and somebody who knows how old such people usually are.
    let exact = rate(&common(years.iter().copied()));
    let others: Vec<Vec<String>> = {
        let mut world = World::new(12);
        (0..PEOPLE).map(|_| world.person().to_vec()).collect()
    };
    let usual = rate(&common(others.iter().map(|person| &person[2][..4])));
    report(&format!(
        "own filters: years of birth found by rank {:.1} % with exact counts, {:.1} % with those of other people",
        100.0 * exact,
        100.0 * usual
    ));
    assert!(usual < 0.15, "{usual}");
    // No chain: whoever sorts by shared bits finds no neighbour.
    let of_year: BTreeMap<&str, &[u64]> = years.iter().copied().zip(filters.iter()).collect();
    let ordered: Vec<&[u64]> = of_year.into_values().collect();
    let dice = |one: &[u64], other: &[u64]| statistics::linkage::bits::dice(one, other);
    let beside: Vec<f64> = ordered.windows(2).map(|pair| dice(pair[0], pair[1])).collect();
    let apart: Vec<f64> = ordered.windows(8).map(|pair| dice(pair[0], pair[7])).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!(
        (mean(&beside) - mean(&apart)).abs() < 0.05,
        "{} beside, {} apart",
        mean(&beside),
        mean(&apart)
    );
}

#[test]
fn clks_give_less_away_than_filters_of_their_own() {
    let (people, list) = encoded(&Schema::default());
    let record = attacked("CLK", &whole(&people, list.clks.clone()), 12);
    assert!(record.frequency < 0.01, "no two records have equal CLKs");
    let noisy = harden::noisy(&list.clks, NOISE, [6; 32]);
    // Nothing can be taken away: two people's CLKs differ in more bits than the noise of both turned over.
    let flips = u32::try_from(list.clks.bits() / 20).expect("a few");
    assert!(
        attack::denoised(&list.clks, flips) == list.clks,
        "no two people are within reach of one noise"
    );
    let noisy = attacked("CLK, 5 % of noise", &whole(&people, noisy), 12);
    assert!(noisy.frequency < 0.01 && noisy.patterns <= record.patterns + 0.01);
}
