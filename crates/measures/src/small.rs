//! Small cells of one organisation, merged before they are sent.

use domain::pack::{Aggregate, Aggregates, Stratum};

/// Merges, in every breakdown, the codes with fewer than `threshold` cases (known or missing) into the remainder, and
/// then the smallest others until the remainder itself has as many. So totals stand, each cell that is left has at
/// least `threshold` cases in its denominator, and the remainder has as many too, or holds the whole breakdown. Cases in
/// which the column is not recorded are merged likewise where they are few.
///
/// Counted cases (`n`) may still be few in a large cell: the coalition needs them to add up what several organisations
/// sent, and [`withhold`](crate::disclosure::withhold) looks at them again after pooling.
pub fn merge_small(aggregates: &mut Aggregates, threshold: u64) {
    for table in &mut aggregates.tables {
        for stratum in &mut table.strata {
            merge(stratum, threshold);
        }
    }
}

fn merge(stratum: &mut Stratum, threshold: u64) {
    let is_small = |cell: &Aggregate| cell.d < threshold;
    let small: Vec<String> = stratum
        .cells
        .iter()
        .filter(|(_, cell)| is_small(cell))
        .map(|(code, _)| code.clone())
        .collect();
    for code in small {
        take(stratum, &code);
    }
    if is_small(&stratum.not_recorded) && !stratum.not_recorded.is_zero() {
        stratum.remainder.merge(&std::mem::take(&mut stratum.not_recorded));
    }
    while !stratum.remainder.is_zero() && is_small(&stratum.remainder) {
        let smallest = stratum
            .cells
            .iter()
            .min_by_key(|(code, cell)| (cell.d, *code))
            .map(|(code, _)| code.clone());
        match smallest {
            Some(code) => take(stratum, &code),
            None if stratum.not_recorded.is_zero() => return,
            None => stratum.remainder.merge(&std::mem::take(&mut stratum.not_recorded)),
        }
    }
}

fn take(stratum: &mut Stratum, code: &str) {
    if let Some(cell) = stratum.cells.remove(code) {
        stratum.remainder.merge(&cell);
    }
}

#[cfg(test)]
mod tests {
    use domain::pack::Table;
    use proptest::prelude::*;

    use super::*;

    fn stratum(cells: &[(&str, u64)], not_recorded: u64) -> Stratum {
        let of = |d| Aggregate {
            n: d / 2,
            d,
            ..Aggregate::default()
        };
        Stratum {
            cells: cells.iter().map(|(code, d)| ((*code).to_owned(), of(*d))).collect(),
            not_recorded: of(not_recorded),
            ..Stratum::empty("gender")
        }
    }

    fn left(mut of: Stratum) -> (Vec<String>, u64, u64) {
        merge(&mut of, 11);
        (of.cells.keys().cloned().collect(), of.remainder.d, of.not_recorded.d)
    }

    #[test]
    fn small_codes_are_merged_and_take_the_smallest_other_with_them() {
        assert_eq!(
            left(stratum(&[("a", 40), ("b", 30)], 0)),
            (vec!["a".into(), "b".into()], 0, 0)
        );
        // 4 and 8 make 12: enough.
        assert_eq!(
            left(stratum(&[("a", 40), ("b", 4), ("c", 8)], 0)),
            (vec!["a".into()], 12, 0)
        );
        // 4 alone would be told by subtraction.
        assert_eq!(
            left(stratum(&[("a", 40), ("b", 4), ("c", 30)], 0)),
            (vec!["a".into()], 34, 0)
        );
        assert_eq!(left(stratum(&[("a", 40), ("c", 30)], 3)), (vec!["a".into()], 33, 0));
        assert_eq!(left(stratum(&[("a", 4)], 20)), (vec![], 24, 0));
        assert_eq!(left(stratum(&[("a", 4)], 0)), (vec![], 4, 0));
    }

    proptest! {
        #[test]
        fn totals_stand_and_nothing_small_is_left(
            cells in prop::collection::btree_map("[a-h]", (0_u64..30, 0_u64..30, 0_u64..5), 0..8),
            not_recorded in 0_u64..30,
        ) {
            let mut of = stratum(&[], not_recorded);
            of.cells = cells.into_iter().map(|(code, (n, more, missing))| {
                (code, Aggregate { n, d: n + more, missing, ..Aggregate::default() })
            }).collect();
            let total = of.sum();
            let mut aggregates = Aggregates {
                cases: 1000,
                tables: vec![Table { measure: "I13c".into(), version: 1, recorded: std::collections::BTreeMap::new(), total: total.clone(), strata: vec![of] }],
            };
            merge_small(&mut aggregates, 11);
            let of = &aggregates.tables[0].strata[0];
            prop_assert_eq!(of.sum(), total);
            prop_assert!(of.cells.values().all(|cell| cell.d >= 11));
            let is_all = of.cells.is_empty() && of.not_recorded.is_zero();
            prop_assert!(of.remainder.is_zero() || of.remainder.d >= 11 || is_all);
            prop_assert!(of.not_recorded.is_zero() || of.not_recorded.d >= 11);
        }
    }
}
