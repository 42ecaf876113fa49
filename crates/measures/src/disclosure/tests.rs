//! Small cells are gone, and trying every table that agrees with what is left does not bring one back.

use std::collections::BTreeMap;

use domain::pack::THRESHOLD;
use proptest::prelude::*;

use super::*;
use crate::shipped_pack;

fn of(n: u64, d: u64) -> Aggregate {
    Aggregate {
        n,
        d,
        ..Aggregate::default()
    }
}

/// A table of a measure by gender, which has three codes.
fn table(code: &str, cells: [(u64, u64); 3], not_recorded: (u64, u64)) -> (Definition, Schema, Table) {
    let pack = shipped_pack("2026");
    let mut definition = pack
        .definitions
        .iter()
        .find(|one| one.code == code)
        .expect("a measure")
        .clone();
    definition.strata = vec!["gender".to_owned()];
    let stratum = Stratum {
        cells: ["female", "male", "other"]
            .into_iter()
            .zip(cells)
            .filter(|(_, (_, d))| *d > 0)
            .map(|(code, (n, d))| (code.to_owned(), of(n, d)))
            .collect::<BTreeMap<_, _>>(),
        not_recorded: of(not_recorded.0, not_recorded.1),
        ..Stratum::empty("gender")
    };
    let table = Table {
        measure: code.to_owned(),
        version: 1,
        recorded: BTreeMap::new(),
        total: stratum.sum(),
        strata: vec![stratum],
    };
    (definition, pack.schema, table)
}

/// Codes that are shown, and how many cases are in none.
fn shown(code: &str, cells: [(u64, u64); 3], not_recorded: (u64, u64)) -> (Vec<String>, Option<u64>) {
    let (definition, schema, table) = table(code, cells, not_recorded);
    let withheld = withhold(&definition, &schema, &table, &Holders::default(), THRESHOLD);
    let part = &withheld.strata[0];
    let codes = part
        .cells
        .iter()
        .filter(|(_, cell)| cell.is_some())
        .map(|(code, _)| code.clone());
    (codes.collect(), part.missing)
}

#[test]
fn a_table_without_small_cells_is_shown_whole() {
    let (codes, missing) = shown("I13c", [(40, 100), (30, 90), (15, 40)], (0, 0));
    assert_eq!(codes, ["female", "male", "other"]);
    assert_eq!(missing, Some(0));
}

#[test]
fn a_small_cell_takes_the_smallest_other_with_it() {
    // Few people; few counted; few not counted.
    for small in [(2, 5), (10, 40), (30, 40)] {
        let (codes, missing) = shown("I13c", [(40, 100), (30, 90), small], (0, 0));
        assert_eq!(codes, ["female"], "{small:?}");
        assert_eq!(missing, Some(90 + small.1));
    }
    // Nobody at all is small too.
    assert_eq!(shown("I13c", [(40, 100), (30, 90), (0, 0)], (0, 0)).0, ["female"]);
}

#[test]
fn none_and_all_are_withheld_as_shares_and_none_as_a_count() {
    assert_eq!(shown("I13c", [(40, 100), (30, 90), (0, 60)], (0, 0)).0, ["female"]);
    assert_eq!(shown("I13c", [(40, 100), (30, 90), (60, 60)], (0, 0)).0, ["female"]);
    // A count says nothing of those who are not counted.
    assert_eq!(
        shown("I31b", [(40, 100), (30, 90), (60, 60)], (0, 0)).0,
        ["female", "male", "other"]
    );
    assert_eq!(shown("I31b", [(40, 100), (30, 90), (0, 60)], (0, 0)).0, ["female"]);
}

#[test]
fn a_mean_of_which_no_number_is_0_is_shown_and_says_of_nobody_that_theirs_is() {
    // Everybody waited a day at least.
    assert_eq!(
        shown("I15b", [(100, 100), (90, 90), (60, 60)], (0, 0)).0,
        ["female", "male", "other"]
    );
    // All but two; and all but most: two people would have all of the sum.
    assert_eq!(
        shown("I48c", [(100, 100), (88, 90), (60, 60)], (0, 0)).0,
        ["female", "male", "other"]
    );
    assert_eq!(shown("I48c", [(100, 100), (90, 90), (2, 60)], (0, 0)).0, ["female"]);
}

#[test]
fn cases_without_a_code_hide_a_small_cell_if_they_are_many_and_are_hidden_if_they_are_few() {
    assert_eq!(
        shown("I13c", [(40, 100), (30, 90), (2, 5)], (20, 50)),
        (vec!["female".into(), "male".into()], Some(55))
    );
    assert_eq!(
        shown("I13c", [(40, 100), (30, 90), (20, 60)], (1, 3)),
        (vec!["female".into(), "male".into()], Some(63))
    );
    assert_eq!(
        shown("I13c", [(40, 100), (30, 90), (20, 60)], (20, 50)),
        (vec!["female".into(), "male".into(), "other".into()], Some(50))
    );
}

#[test]
fn a_small_total_takes_everything_with_it() {
    let (definition, schema, table) = table("I13c", [(2, 5), (3, 40), (0, 0)], (0, 0));
    let withheld = withhold(&definition, &schema, &table, &Holders::default(), THRESHOLD);
    assert_eq!(withheld.total, None);
    assert_eq!(withheld.strata[0].missing, None);
    assert!(withheld.strata[0].cells.iter().all(|(_, cell)| cell.is_none()));
}

#[test]
fn codes_that_the_population_rules_out_hide_nothing() {
    let pack = shipped_pack("2026");
    let definition = pack
        .definitions
        .iter()
        .find(|one| one.code == "I24a")
        .expect("a measure");
    let stratum = Stratum {
        cells: BTreeMap::from([("under_16".to_owned(), of(20, 50)), ("16_17".to_owned(), of(30, 70))]),
        ..Stratum::empty("age_band")
    };
    let table = Table {
        measure: "I24a".to_owned(),
        version: 1,
        recorded: BTreeMap::new(),
        total: stratum.sum(),
        strata: vec![stratum],
    };
    let withheld = withhold(definition, &pack.schema, &table, &Holders::default(), THRESHOLD);
    assert_eq!(withheld.strata[0].cells.len(), 2);
    assert!(withheld.strata[0].cells.iter().all(|(_, cell)| cell.is_some()));
}

/// The lowest and highest number of people that each of some cells may hold, found by trying every way to part `rest`
/// among them.
fn ranges(cells: usize, rest: u64) -> Vec<(u64, u64)> {
    fn part(place: usize, left: u64, tried: &mut Vec<u64>, found: &mut [(u64, u64)]) {
        if place + 1 == found.len() {
            tried.push(left);
            for (range, people) in found.iter_mut().zip(tried.iter()) {
                *range = (range.0.min(*people), range.1.max(*people));
            }
            tried.pop();
            return;
        }
        for people in 0..=left {
            tried.push(people);
            part(place + 1, left - people, tried, found);
            tried.pop();
        }
    }
    let mut found = vec![(u64::MAX, 0); cells];
    part(0, rest, &mut Vec::new(), &mut found);
    found
}

proptest! {
    /// k = 4, so that every table that agrees can be tried.
    #[test]
    fn no_withheld_cell_is_known_to_within_the_threshold(
        cells in prop::array::uniform3((0_u64..9, 0_u64..9)),
        not_recorded in prop_oneof![Just((0, 0)), (0_u64..9, 0_u64..9)],
        code in prop::sample::select(vec!["I13c", "I13a", "I31b", "I30a", "I48c", "I67a"]),
    ) {
        const K: u64 = 4;
        let is_timed = code == "I13a";
        let people = |(n, others): (u64, u64)| (if is_timed { n + others } else { n }, n + others);
        let cells = cells.map(people);
        let not_recorded = people(not_recorded);
        let (definition, schema, table) = table(code, cells, not_recorded);
        let withheld = withhold(&definition, &schema, &table, &Holders::default(), K);
        let statistic = definition.statistic;
        let part = &withheld.strata[0];
        let Some(total) = &withheld.total else {
            prop_assert!(groups(statistic, table.total.n, table.total.d).iter().any(|people| *people < K));
            prop_assert!(part.cells.iter().all(|(_, cell)| cell.is_none()));
            return Ok(());
        };
        // What is shown is true, and none of it is small.
        prop_assert_eq!(total, &table.total);
        let mut rest = groups(statistic, total.n, total.d);
        for ((_, shown), (n, d)) in part.cells.iter().zip(cells) {
            if let Some(shown) = shown {
                prop_assert_eq!((shown.n, shown.d), (n, d));
                let people = groups(statistic, shown.n, shown.d);
                prop_assert!(people.iter().all(|people| *people >= K));
                for (left, people) in rest.iter_mut().zip(people) {
                    *left -= people;
                }
            }
        }
        prop_assert_eq!(part.missing, rest.last().copied());
        // What is left over belongs to the withheld cells, and to cases without a code where there are any.
        let hidden = part.cells.iter().filter(|(_, cell)| cell.is_none()).count();
        let holders = hidden + usize::from(not_recorded.1 > 0);
        for left in rest {
            prop_assert!(left == 0 || left >= K, "{left} are left over");
            if hidden > 0 {
                for (low, high) in ranges(holders, left) {
                    prop_assert!(high - low >= K, "a withheld cell is known to be {low} to {high}");
                }
            }
        }
    }
}
