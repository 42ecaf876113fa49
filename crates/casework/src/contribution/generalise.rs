//! Saying less of cases that could be told apart. Pure.
//!
//! What is generalised is left empty, which the pack reads as “not recorded” and every measure counts as missing. No code is
//! put in the place of another: a code means what the pack says, and a wider one that the pack does not have could not be
//! read by anyone.

use std::collections::BTreeMap;

use domain::pack::{Row, Value};
use serde::{Deserialize, Serialize};

use super::reading::{IDENTIFYING, recorded, small};

/// One way of saying less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Leaves an identifying column out of every case.
    Without(String),
    /// Leaves a column out of the cases whose value in it fewer cases than the threshold share.
    Rare(String),
    /// Leaves columns out of the cases in small classes, one column after the other, until no class is small. Each time the
    /// column that helps most.
    Small,
}

impl Step {
    /// The step that a form names: what, and of which column.
    pub fn parse(what: &str, column: &str) -> Option<Self> {
        let known = || IDENTIFYING.contains(&column).then(|| column.to_owned());
        match what {
            "without" => known().map(Self::Without),
            "rare" => known().map(Self::Rare),
            "small" => Some(Self::Small),
            _ => None,
        }
    }

    /// Takes the step. Says in how many cells less is said.
    pub fn take(&self, rows: &mut [Row], threshold: u64) -> u64 {
        match self {
            Self::Without(column) => rows
                .iter_mut()
                .map(|row| u64::from(row.values.remove(column).is_some()))
                .sum(),
            Self::Rare(column) => rare(rows, column, threshold),
            Self::Small => until_none_is_small(rows, threshold),
        }
    }
}

fn rare(rows: &mut [Row], column: &str, threshold: u64) -> u64 {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let name = |value: &Value| match value {
        Value::Number(number) => number.to_string(),
        Value::Code(code) => code.clone(),
    };
    for value in rows.iter().filter_map(|row| row.values.get(column)) {
        *counts.entry(name(value)).or_default() += 1;
    }
    let mut n = 0;
    for row in rows {
        let is_rare = |value: &Value| counts.get(&name(value)).is_some_and(|n| *n < threshold);
        if row.values.get(column).is_some_and(is_rare) {
            row.values.remove(column);
            n += 1;
        }
    }
    n
}

/// Leaves a column out of some rows; the number of cells in which it was.
fn empty(rows: &mut [Row], places: &[usize], column: &str) -> u64 {
    let mut n = 0;
    for place in places {
        n += u64::from(rows[*place].values.remove(column).is_some());
    }
    n
}

fn until_none_is_small(rows: &mut [Row], threshold: u64) -> u64 {
    let columns = recorded(rows);
    let mut n = 0;
    loop {
        let places = small(rows, &columns, threshold);
        if places.is_empty() {
            return n;
        }
        let left: Vec<&'static str> = columns
            .iter()
            .copied()
            .filter(|column| places.iter().any(|place| rows[*place].values.contains_key(*column)))
            .collect();
        let after = |column: &&'static str| {
            let mut tried = rows.to_vec();
            empty(&mut tried, &places, column);
            small(&tried, &columns, threshold).len()
        };
        if let Some(best) = left.iter().copied().min_by_key(after) {
            n += empty(rows, &places, best);
            continue;
        }
        // Those that say nothing any more are too few to be a class: the smallest other class joins them.
        let Some(next) = smallest(rows, &columns, &places) else {
            return n;
        };
        for column in &columns {
            n += empty(rows, &next, column);
        }
    }
}

/// The rows of the smallest class that is not among these rows.
fn smallest(rows: &[Row], columns: &[&str], without: &[usize]) -> Option<Vec<usize>> {
    let mut classes: BTreeMap<Vec<Option<String>>, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate().filter(|(place, _)| !without.contains(place)) {
        let key = columns
            .iter()
            .map(|column| row.values.get(*column).map(|value| format!("{value:?}")));
        classes.entry(key.collect()).or_default().push(place);
    }
    classes.into_values().min_by_key(Vec::len)
}

#[cfg(test)]
mod tests {
    use domain::pack::{Schema, THRESHOLD};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::reading::reading;
    use super::*;

    fn rows(cases: &[(u8, u8, u8)]) -> Vec<Row> {
        let pick = |codes: &[&str], n: u8| {
            let n = usize::from(n) % (codes.len() + 1);
            codes.get(n).map(|code| Value::Code((*code).to_owned()))
        };
        (0..)
            .zip(cases)
            .map(|(n, (age, gender, region))| {
                let ages = ["under_16", "18_24", "25_34", "45_over"];
                let values = [
                    ("age_band", pick(&ages, *age)),
                    ("gender", pick(&["female", "male"], *gender)),
                    ("region", pick(&["london", "wales", "scotland"], *region)),
                    ("unpaid_hours", Some(Value::Number(3))),
                ];
                Row {
                    id: Uuid::from_u128(n),
                    values: values
                        .into_iter()
                        .filter_map(|(column, value)| Some((column.to_owned(), value?)))
                        .collect(),
                }
            })
            .collect()
    }

    #[test]
    fn a_case_that_is_alone_is_named_by_what_makes_it_so() {
        let mut cases = vec![(1, 0, 0); 20];
        cases.push((0, 1, 2));
        let rows = rows(&cases);
        let found = reading(&rows, &Schema::shipped(), THRESHOLD);
        assert_eq!(
            (found.n_rows, found.n_classes, found.n_small, found.n_alone),
            (21, 2, 1, 1)
        );
        let says: Vec<&str> = found.rarest[0].says.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(says, ["Under 16", "Man or boy", "Scotland"]);
        assert_eq!(found.without.len(), 3, "hours say nothing that others know");
        assert!(found.without.iter().all(|one| one.n_small == 1 && one.n_rare == 1));
    }

    #[test]
    fn a_column_is_left_out_of_all_cases_or_of_those_with_a_rare_value() {
        let mut cases = vec![(1, 0, 0); 20];
        cases.extend([(1, 0, 1); 3]);
        let mut some = rows(&cases);
        assert_eq!(Step::Rare("region".to_owned()).take(&mut some, THRESHOLD), 3);
        assert_eq!(some.iter().filter(|row| row.values.contains_key("region")).count(), 20);
        assert_eq!(Step::Without("region".to_owned()).take(&mut some, THRESHOLD), 20);
        assert_eq!(Step::parse("without", "unpaid_hours"), None, "only what identifies");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn after_one_click_no_class_is_small_nothing_is_added_and_nobody_is_left_out(
            cases in prop::collection::vec((0_u8..5, 0_u8..3, 0_u8..4), 0..80),
            threshold in 2_u64..12,
        ) {
            let before = rows(&cases);
            let mut after = before.clone();
            let n = Step::Small.take(&mut after, threshold);
            let found = reading(&after, &Schema::shipped(), threshold);
            prop_assert!(found.n_small == 0 || (found.n_rows < threshold && found.n_classes == 1));
            prop_assert_eq!(before.len(), after.len());
            let mut emptied = 0;
            for (one, other) in before.iter().zip(&after) {
                prop_assert_eq!(one.id, other.id);
                for (column, value) in &other.values {
                    prop_assert_eq!(one.values.get(column), Some(value));
                }
                emptied += (one.values.len() - other.values.len()) as u64;
            }
            prop_assert_eq!(n, emptied);
            prop_assert!(after.iter().all(|row| row.values.contains_key("unpaid_hours")));
        }
    }
}
