//! Saying less of cases that could be told apart. Pure.
//!
//! A value is told by a wider code where the pack has one (an age as child or adult, a region as England, a quarter as its year),
//! and left empty where it has none or where that is not enough. Empty reads as “not recorded”. What a wider code says to a
//! measure the pack says itself: the answer that all codes it stands for give, or none.

use std::collections::BTreeMap;

use domain::pack::{Row, Schema, Value};
use serde::{Deserialize, Serialize};

use super::reading::{IDENTIFYING, recorded, small};

/// One way of saying less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Tells an identifying column by wider codes in every case.
    Wider(String),
    /// Leaves an identifying column out of every case.
    Without(String),
    /// Tells a column by wider codes in the cases whose value in it fewer cases than the threshold share, and leaves it out of
    /// them where that is still so.
    Rare(String),
    /// Tells columns by wider codes in the cases in small classes, or leaves them out, one after the other, until no class is
    /// small. Each time what helps most, and of what helps as much a wider code.
    Small,
}

impl Step {
    /// The step that a form names: what, and of which column.
    pub fn parse(what: &str, column: &str) -> Option<Self> {
        let known = || IDENTIFYING.contains(&column).then(|| column.to_owned());
        match what {
            "wider" => known().map(Self::Wider),
            "without" => known().map(Self::Without),
            "rare" => known().map(Self::Rare),
            "small" => Some(Self::Small),
            _ => None,
        }
    }

    /// Takes the step. Says in how many cells less is said.
    pub fn take(&self, rows: &mut [Row], schema: &Schema, threshold: u64) -> u64 {
        let before = rows.to_vec();
        let all: Vec<usize> = (0..rows.len()).collect();
        match self {
            Self::Wider(column) => Way::Wider.go(rows, &all, schema, column),
            Self::Without(column) => Way::Without.go(rows, &all, schema, column),
            Self::Rare(column) => {
                for way in [Way::Wider, Way::Without] {
                    let places = rare(rows, column, threshold);
                    way.go(rows, &places, schema, column);
                }
            }
            Self::Small => until_none_is_small(rows, schema, threshold),
        }
        let told = |row: &Row, other: &Row| {
            let is_other = |(column, value): &(&String, &Value)| other.values.get(*column) != Some(*value);
            row.values.iter().filter(is_other).count() as u64
        };
        before.iter().zip(&*rows).map(|(row, other)| told(row, other)).sum()
    }
}

/// How less is said in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Wider,
    Without,
}

impl Way {
    /// Whether it says less of a column in any of some rows.
    fn helps(self, rows: &[Row], places: &[usize], schema: &Schema, column: &str) -> bool {
        let mut values = places.iter().filter_map(|place| rows[*place].values.get(column));
        values.any(|value| self == Self::Without || schema.widened(column, value).is_some())
    }

    /// Says less of a column in some rows. Where there is no wider code, the wider way says the same as before.
    fn go(self, rows: &mut [Row], places: &[usize], schema: &Schema, column: &str) {
        for place in places {
            let values = &mut rows[*place].values;
            match self {
                Self::Wider => {
                    if let Some(value) = values.get_mut(column)
                        && let Some(wide) = schema.widened(column, value)
                    {
                        *value = wide;
                    }
                }
                Self::Without => {
                    values.remove(column);
                }
            }
        }
    }
}

/// The rows whose value in a column fewer rows than the threshold share.
fn rare(rows: &[Row], column: &str, threshold: u64) -> Vec<usize> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        if let Some(value) = row.values.get(column) {
            places.entry(format!("{value:?}")).or_default().push(place);
        }
    }
    let few = places.into_values().filter(|of| (of.len() as u64) < threshold);
    few.flatten().collect()
}

fn until_none_is_small(rows: &mut [Row], schema: &Schema, threshold: u64) {
    let columns = recorded(rows);
    loop {
        let places = small(rows, &columns, threshold);
        if places.is_empty() {
            return;
        }
        let ways = columns
            .iter()
            .flat_map(|column| [(Way::Wider, *column), (Way::Without, *column)]);
        let after = |(way, column): &(Way, &str)| {
            let mut tried = rows.to_vec();
            way.go(&mut tried, &places, schema, column);
            (small(&tried, &columns, threshold).len(), *way)
        };
        let helping = ways.filter(|(way, column)| way.helps(rows, &places, schema, column));
        if let Some((way, column)) = helping.min_by_key(after) {
            way.go(rows, &places, schema, column);
            continue;
        }
        // Those that say nothing any more are too few to be a class: the smallest other class joins them.
        let Some(next) = smallest(rows, &columns, &places) else {
            return;
        };
        for column in &columns {
            Way::Without.go(rows, &next, schema, column);
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
        let schema = Schema::shipped();
        assert_eq!(Step::Rare("region".to_owned()).take(&mut some, &schema, THRESHOLD), 3);
        assert_eq!(some.iter().filter(|row| row.values.contains_key("region")).count(), 20);
        assert_eq!(
            Step::Without("region".to_owned()).take(&mut some, &schema, THRESHOLD),
            20
        );
        assert_eq!(Step::parse("without", "unpaid_hours"), None, "only what identifies");
    }

    #[test]
    fn a_wider_code_stands_where_there_is_one_and_nothing_where_it_is_rare_itself() {
        let schema = Schema::shipped();
        let age = |row: &Row| match row.values.get("age_band") {
            Some(Value::Code(code)) => code.clone(),
            _ => String::new(),
        };
        let ages = |rows: &[Row]| rows.iter().map(age).collect::<std::collections::BTreeSet<_>>();
        // Eight of 18 to 24, six of 25 to 34, four under 16.
        let cases = [vec![(1, 0, 0); 8], vec![(2, 0, 0); 6], vec![(0, 0, 0); 4]].concat();
        let mut all = rows(&cases);
        assert_eq!(
            Step::Wider("age_band".to_owned()).take(&mut all, &schema, THRESHOLD),
            18
        );
        assert_eq!(ages(&all), ["adult".to_owned(), "child".to_owned()].into());
        assert_eq!(Step::Wider("age_band".to_owned()).take(&mut all, &schema, THRESHOLD), 0);
        let mut some = rows(&cases);
        // Fourteen adults are enough; four children are not.
        assert_eq!(
            Step::Rare("age_band".to_owned()).take(&mut some, &schema, THRESHOLD),
            18
        );
        assert_eq!(ages(&some), ["adult".to_owned(), String::new()].into());
        let mut small = rows(&[vec![(1, 0, 0); 8], vec![(2, 0, 0); 6]].concat());
        assert_eq!(Step::Small.take(&mut small, &schema, THRESHOLD), 14);
        assert_eq!(
            ages(&small),
            ["adult".to_owned()].into(),
            "and nothing else is left out"
        );
        assert!(small.iter().all(|row| row.values.len() == 4));
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
            let schema = Schema::shipped();
            let n = Step::Small.take(&mut after, &schema, threshold);
            let found = reading(&after, &Schema::shipped(), threshold);
            prop_assert!(found.n_small == 0 || (found.n_rows < threshold && found.n_classes == 1));
            prop_assert_eq!(before.len(), after.len());
            let mut changed = 0;
            for (one, other) in before.iter().zip(&after) {
                prop_assert_eq!(one.id, other.id);
                for (column, value) in &other.values {
                    let old = one.values.get(column).expect("nothing is added");
                    prop_assert!(old == value || schema.widened(column, old).as_ref() == Some(value));
                    changed += u64::from(old != value);
                }
                changed += (one.values.len() - other.values.len()) as u64;
            }
            prop_assert_eq!(n, changed);
            prop_assert!(after.iter().all(|row| row.values.contains_key("unpaid_hours")));
        }
    }
}
