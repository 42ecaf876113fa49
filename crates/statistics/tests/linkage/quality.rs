//! How good links are, on invented people whose truth is known.

use statistics::linkage::bits::Filters;
use statistics::linkage::blocking::{self, Blocks};
use statistics::linkage::encode::encode;
use statistics::linkage::link::{Linked, Options, link};
use statistics::linkage::normalise::Kind;
use statistics::linkage::pool::Pool;
use statistics::linkage::quality::Quality;
use statistics::linkage::schema::Schema;
use statistics::linkage::uncertainty;
use statistics::multiple_systems::panel::estimate;
use statistics::multiple_systems::{Histories, Method, Settings};

use crate::people::World;

const SECRET: &[u8] = b"invented secret of a test";

struct Study {
    pool: Pool,
    truth: Vec<(u32, u32)>,
    /// The person of each record.
    who: Vec<usize>,
}

impl Study {
    /// How many people really are on exactly which lists.
    fn true_histories(&self, total: usize) -> Vec<u64> {
        let mut masks = vec![0_usize; total];
        for (record, person) in (0_u32..).zip(&self.who) {
            masks[*person] |= 1 << self.pool.list_of(record);
        }
        let mut counts = vec![0; 1 << self.pool.lists().len()];
        masks
            .into_iter()
            .filter(|mask| *mask > 0)
            .for_each(|mask| counts[mask] += 1);
        counts
    }
}

/// Lists of invented people, encoded and pooled.
fn study(schema: &Schema, seed: u64, total: usize, shares: &[f64]) -> Study {
    let lists = World::new(seed).lists(total, shares);
    // The columns that the schema asks for.
    let all = Schema::default();
    let place = |name: &str| all.features.iter().position(|feature| feature.identifier == name);
    let columns: Vec<usize> = schema
        .features
        .iter()
        .map(|feature| place(&feature.identifier).expect("a column of the shipped schema"))
        .collect();
    let encoded: Vec<_> = lists
        .iter()
        .map(|(rows, _)| {
            let chosen = |row: &Vec<String>| columns.iter().map(|column| row[*column].clone()).collect();
            let rows: Vec<Vec<String>> = rows.iter().map(chosen).collect();
            encode(schema, SECRET, &rows).expect("good rows")
        })
        .collect();
    let fields: Vec<(&Filters, bool)> = encoded.iter().map(|list| (&list.fields, true)).collect();
    let pool = Pool::new(&encoded[0].layout, &fields).expect("one form");
    let who: Vec<usize> = lists.into_iter().flat_map(|(_, who)| who).collect();
    let mut rows_of = vec![Vec::new(); total];
    for (record, person) in (0_u32..).zip(&who) {
        rows_of[*person].push(record);
    }
    let truth = rows_of
        .iter()
        .flat_map(|rows| {
            rows.iter()
                .enumerate()
                .flat_map(|(index, one)| rows[index + 1..].iter().map(|other| (*one, *other)))
        })
        .collect();
    Study { pool, truth, who }
}

#[expect(clippy::print_stdout, reason = "shows the quality of which a limit is tested")]
fn linked(study: &Study, name: &str) -> (Linked, Quality) {
    let linked = link(&study.pool, &Options::default()).expect("they tell people apart");
    let quality = Quality::of(&linked.clusters.pairs(), &study.truth);
    println!("{name}: {quality}, {} pairs compared", linked.compared);
    (linked, quality)
}

#[test]
fn two_lists_of_thousands_are_linked_without_a_name() {
    let study = study(&Schema::default(), 1, 6000, &[0.6, 0.6]);
    let (linked, quality) = linked(&study, "two lists of 3,600");
    assert!(quality.f1() > 0.96, "{quality}");
    assert!(linked.blocking.as_ref().is_some_and(|tables| !tables.is_empty()));
    let (precision, recall) = linked.expected_quality();
    assert!((precision - quality.precision()).abs() < 0.02, "{precision}");
    assert!((recall - quality.recall()).abs() < 0.03, "{recall}");
}

#[test]
fn blocking_loses_hardly_anybody() {
    let study = study(&Schema::default(), 2, 6000, &[0.6, 0.6]);
    let blocks = Blocks::new(&study.pool, &blocking::Options::default());
    let recall = blocks.recall(&study.truth);
    assert!(recall > 0.985, "{recall}");
}

#[test]
fn small_lists_are_compared_whole() {
    let study = study(&Schema::default(), 3, 150, &[0.5, 0.5]);
    let (linked, quality) = linked(&study, "two lists of 75");
    assert!(linked.blocking.is_none());
    assert!(quality.f1() > 0.93, "{quality}");
}

#[test]
fn people_on_four_lists_become_one_cluster_each() {
    let study = study(&Schema::default(), 4, 1500, &[0.4, 0.3, 0.35, 0.25]);
    let (linked, quality) = linked(&study, "four lists");
    assert!(quality.f1() > 0.95, "{quality}");
    let histories = linked.clusters.histories(&study.pool);
    assert_eq!(histories[0], 0);
    assert_eq!(histories.iter().sum::<u64>(), linked.clusters.len() as u64);
}

#[test]
fn salted_lists_are_linked_without_too_many_links() {
    let mut schema = Schema::default();
    schema.hardening.salt = Some(Kind::BirthDate);
    let study = study(&schema, 1, 6000, &[0.6, 0.6]);
    let (linked, quality) = linked(&study, "two lists of 3,600, salted by year of birth");
    assert!(quality.precision() > 0.97, "{quality}");
    assert!(
        quality.recall() > 0.75,
        "who has another year or none on one list is lost: {quality}"
    );
    let (precision, _) = linked.expected_quality();
    assert!((precision - quality.precision()).abs() < 0.02, "{precision}");
}

/// The shipped schema with these features alone.
fn with_only(features: &[usize]) -> Schema {
    let mut schema = Schema::default();
    let mut place = 0;
    schema.features.retain(|_| {
        place += 1;
        features.contains(&(place - 1))
    });
    schema
}

#[test]
fn one_column_is_enough_where_it_tells_people_apart() {
    // Family names alone; the mistakes of clerks are in them.
    let lists = World::new(6).lists(4000, &[0.6, 0.6]);
    let rows = |list: usize| -> Vec<Vec<String>> {
        let (rows, who) = &lists[list];
        rows.iter()
            .zip(who)
            .map(|(row, who)| vec![format!("{} {who}", row[1])])
            .collect()
    };
    let mut schema = with_only(&[1]);
    schema.features[0].encoded.as_mut().expect("encoded").kind = Some(Kind::Code);
    let encoded = [0, 1].map(|list| encode(&schema, SECRET, &rows(list)).expect("good rows"));
    let fields = [(&encoded[0].fields, true), (&encoded[1].fields, true)];
    let pool = Pool::new(&encoded[0].layout, &fields).expect("one form");
    let linked = link(&pool, &Options::default()).expect("codes tell people apart");
    assert!(
        linked.blocking.as_ref().is_some_and(|tables| !tables.is_empty()),
        "too many to compare whole"
    );
    assert!(linked.pairs.len() > 500, "those who share the column are compared");
}

#[test]
fn columns_that_tell_nobody_apart_are_refused_and_not_called_compared() {
    for features in [&[3][..], &[3, 4]] {
        let study = study(&with_only(features), 6, 6000, &[0.6, 0.6]);
        let error = link(&study.pool, &Options::default()).expect_err("too coarse");
        assert!(error.to_string().contains("Encode more columns"), "{error}");
    }
}

#[test]
fn draws_have_as_many_links_as_the_chances_say() {
    for (seed, shares) in [(5, &[0.5, 0.5][..]), (7, &[0.4, 0.35, 0.3])] {
        let study = study(&Schema::default(), seed, 1200, shares);
        let linked = link(&study.pool, &Options::default()).expect("they tell people apart");
        let expected: f64 = linked.chances.iter().filter(|chance| **chance >= 0.01).sum();
        let draws = uncertainty::draw(&study.pool, &linked, 60, 7);
        let mean = draws.iter().map(|draw| draw.pairs().len()).sum::<usize>() as f64 / draws.len() as f64;
        assert!(
            (mean / expected - 1.0).abs() < 0.015,
            "{mean} links in a draw, {expected} by their chances"
        );
    }
}

#[test]
fn the_doubt_of_links_widens_an_estimate_and_what_true_links_say_is_inside() {
    let total = 1200;
    let study = study(&Schema::default(), 5, total, &[0.4, 0.35, 0.3]);
    let (linked, _) = linked(&study, "three lists");
    let draws = uncertainty::draw(&study.pool, &linked, 40, 7);
    assert_eq!(draws, uncertainty::draw(&study.pool, &linked, 40, 7), "the same seed");
    let names: Vec<String> = ["A", "B", "C"].map(str::to_owned).to_vec();
    let settings = Settings {
        resamples: 50,
        ..Settings::default()
    };
    let drawn = uncertainty::histories(&study.pool, &names, &draws).expect("three lists with people");
    let carried = uncertainty::carry(&drawn, Method::Stepwise, &settings);
    let (lower, upper) = carried.interval(0.95).expect("resamples");
    let by_links = carried.interval_by_links(0.95).expect("draws");
    assert!(by_links.0 < by_links.1);
    assert!(
        lower < by_links.0 && by_links.1 < upper,
        "{by_links:?} in {lower} to {upper}"
    );
    let histories = Histories::new(names, study.true_histories(total)).expect("three lists with people");
    let settings = Settings {
        resamples: 0,
        ..settings
    };
    let with_names = estimate(&histories, Method::Stepwise, &settings)
        .expect("an estimate")
        .estimate;
    assert!(
        (lower..upper).contains(&with_names),
        "{with_names} in {lower} to {upper}"
    );
}
