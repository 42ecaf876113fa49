//! Saying less of cases that could be told apart. Pure.
//!
//! A value is told by a wider code where the pack has one (an age as child or adult, a region as England, a quarter as its year),
//! and left empty where it has none or where that is not enough. Empty reads as “not recorded”. What a wider code says to a
//! measure the pack says itself: the answer that all codes it stands for give, or none.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::pack::{Definition, Pack, Row, Schema, Value};
use serde::{Deserialize, Serialize};

use super::reading::{IDENTIFYING, order, recorded, small};

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
    /// Tells columns by wider codes in the cases in small classes, or leaves them out, so that no class is small: as few cells as
    /// it takes, and rather of columns that few measures need.
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

    /// Takes the step in rows that answer a pack. Says in how many cells less is said.
    pub fn take(&self, rows: &mut [Row], pack: &Pack, threshold: u64) -> u64 {
        let schema = &pack.schema;
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
            Self::Small => until_none_is_small(rows, pack, threshold),
        }
        let told = |row: &Row, other: &Row| {
            let is_other = |(column, value): &(&String, &Value)| other.values.get(*column) != Some(*value);
            row.values.iter().filter(is_other).count() as u64
        };
        before.iter().zip(&*rows).map(|(row, other)| told(row, other)).sum()
    }
}

/// How less is said in a cell.
#[derive(Debug, Clone, Copy)]
enum Way {
    Wider,
    Without,
}

impl Way {
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

/// Says less in the cases of small classes until none is small. They are emptied of everything that identifies, and each column
/// is given back where those who say the same of it are still enough: of a class the column first that is worth most, by what
/// measures make of it and in how many of its cases it can be said again. So what few measures need makes way for what many do.
///
/// Ends, because each class loses a column with every turn. Time grows with rows times columns squared, and the logarithm of rows.
fn until_none_is_small(rows: &mut [Row], pack: &Pack, threshold: u64) {
    let columns = recorded(rows);
    let mut places = small(rows, &columns, threshold);
    if places.is_empty() {
        return;
    }
    let enough = usize::try_from(threshold).unwrap_or(usize::MAX);
    if places.len() < enough {
        // They are too few to be a class: as many as are needed of the largest other class say less with them.
        let joining = largest(rows, &columns, &places);
        places.extend(joining);
    }
    let before = rows.to_vec();
    for column in &columns {
        Way::Without.go(rows, &places, &pack.schema, column);
    }
    let columns: Vec<(&str, u64)> = columns.iter().map(|column| (*column, weight(pack, column))).collect();
    let mut classes = vec![(places, columns)];
    while let Some((places, mut columns)) = classes.pop() {
        let tried = columns.iter().enumerate().map(|(at, (column, weight))| {
            let split = Split::of(&before, &places, &pack.schema, column, enough);
            ((weight + 1) * split.worth(&before, column), at, split)
        });
        // Of columns that are worth as much the first.
        let Some((worth, at, split)) = tried.max_by_key(|(worth, at, _)| (*worth, Reverse(*at))) else {
            continue;
        };
        if worth == 0 {
            continue;
        }
        let (column, _) = columns.remove(at);
        for (value, places) in split.kept {
            for place in &places {
                rows[*place].values.insert(column.to_owned(), value.clone());
            }
            classes.push((places, columns.clone()));
        }
        if !split.rest.is_empty() {
            classes.push((split.rest, columns));
        }
    }
}

/// How many of the pack's measures need a column: they are broken down by it, or ask it which cases are looked at or counted.
fn weight(pack: &Pack, column: &str) -> u64 {
    let needs = |one: &&Definition| {
        let mut tests = one.population.tests().chain(one.counted.tests());
        one.strata.iter().any(|stratum| stratum == column) || tests.any(|test| test.column == column)
    };
    pack.definitions.iter().filter(needs).count() as u64
}

/// A class told apart by one column more.
#[derive(Default)]
struct Split {
    /// What is said, and by which rows: by enough of them each.
    kept: Vec<(Value, Vec<usize>)>,
    /// Rows that say nothing of it: enough, or none at all.
    rest: Vec<usize>,
}

impl Split {
    /// Splits a class by what its rows said of a column before: in the same words where enough did, else by a wider code where
    /// enough share that, else not at all. Of a class with fewer rows than are enough nothing is kept.
    fn of(before: &[Row], places: &[usize], schema: &Schema, column: &str, enough: usize) -> Self {
        let mut split = Self::default();
        let mut said: BTreeMap<_, (&Value, Vec<usize>)> = BTreeMap::new();
        for place in places {
            match before[*place].values.get(column) {
                Some(value) => said
                    .entry(order(Some(value)))
                    .or_insert_with(|| (value, Vec::new()))
                    .1
                    .push(*place),
                None => split.rest.push(*place),
            }
        }
        // By the wider code, if there is one: its values that enough share, and the rows of the others.
        let mut families: BTreeMap<Option<String>, Self> = BTreeMap::new();
        for (value, places) in said.into_values() {
            let wide = match schema.widened(column, value) {
                Some(Value::Code(code)) => Some(code),
                _ => None,
            };
            let family = families.entry(wide).or_default();
            if places.len() >= enough {
                family.kept.push((value.clone(), places));
            } else {
                family.rest.extend(places);
            }
        }
        for (wide, mut family) in families {
            if let Some(code) = wide {
                family.fill(enough);
                if family.rest.len() >= enough {
                    let rest = std::mem::take(&mut family.rest);
                    family.kept.push((Value::Code(code), rest));
                }
            }
            split.kept.extend(family.kept);
            split.rest.extend(family.rest);
        }
        split.fill(enough);
        split
    }

    /// Adds to a rest that is not enough: rows of whom most say the same where those are enough without them, and otherwise all
    /// rows of whom fewest do.
    fn fill(&mut self, enough: usize) {
        while !self.rest.is_empty() && self.rest.len() < enough {
            let missing = enough - self.rest.len();
            let most = self.kept.iter_mut().max_by_key(|(_, places)| places.len());
            if let Some((_, places)) = most
                && places.len() >= enough + missing
            {
                let spare = places.split_off(places.len() - missing);
                self.rest.extend(spare);
                return;
            }
            let fewest = (0..self.kept.len()).min_by_key(|at| self.kept[*at].1.len());
            let Some(fewest) = fewest else { return };
            let (_, places) = self.kept.remove(fewest);
            self.rest.extend(places);
        }
    }

    /// What it keeps: two for a cell that says what it said, one for a wider code.
    fn worth(&self, before: &[Row], column: &str) -> u64 {
        let cell = |value: &Value, place: &usize| match before[*place].values.get(column) {
            Some(said) if said == value => 2_u64,
            _ => 1,
        };
        let of = |(value, places): &(Value, Vec<usize>)| places.iter().map(|place| cell(value, place)).sum::<u64>();
        self.kept.iter().map(of).sum()
    }
}

/// The rows of the largest class that is not among these rows.
fn largest(rows: &[Row], columns: &[&str], without: &[usize]) -> Vec<usize> {
    let mut classes: BTreeMap<Vec<_>, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate().filter(|(place, _)| !without.contains(place)) {
        let key = columns.iter().map(|column| order(row.values.get(*column)));
        classes.entry(key.collect()).or_default().push(place);
    }
    classes.into_values().max_by_key(Vec::len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::indicator::Statistic;
    use domain::pack::{Condition, THRESHOLD};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::reading::{left_out, n_recorded, reading};
    use super::super::tests::pack;
    use super::*;

    /// A measure that is broken down by one column.
    fn by(column: &str) -> Definition {
        Definition {
            code: "I13a".to_owned(),
            version: 1,
            statistic: Statistic::Count,
            of: None,
            out_of: None,
            per: None,
            population: Condition::default(),
            counted: Condition::default(),
            strata: vec![column.to_owned()],
            note: String::new(),
        }
    }

    fn n_said(rows: &[Row], column: &str) -> usize {
        rows.iter().filter(|row| row.values.contains_key(column)).count()
    }

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
        let pack = pack();
        assert_eq!(Step::Rare("region".to_owned()).take(&mut some, &pack, THRESHOLD), 3);
        assert_eq!(some.iter().filter(|row| row.values.contains_key("region")).count(), 20);
        assert_eq!(Step::Without("region".to_owned()).take(&mut some, &pack, THRESHOLD), 20);
        assert_eq!(Step::parse("without", "unpaid_hours"), None, "only what identifies");
    }

    #[test]
    fn a_wider_code_stands_where_there_is_one_and_nothing_where_it_is_rare_itself() {
        let pack = pack();
        let age = |row: &Row| match row.values.get("age_band") {
            Some(Value::Code(code)) => code.clone(),
            _ => String::new(),
        };
        let ages = |rows: &[Row]| rows.iter().map(age).collect::<std::collections::BTreeSet<_>>();
        // Eight of 18 to 24, six of 25 to 34, four under 16.
        let cases = [vec![(1, 0, 0); 8], vec![(2, 0, 0); 6], vec![(0, 0, 0); 4]].concat();
        let mut all = rows(&cases);
        assert_eq!(Step::Wider("age_band".to_owned()).take(&mut all, &pack, THRESHOLD), 18);
        assert_eq!(ages(&all), ["adult".to_owned(), "child".to_owned()].into());
        assert_eq!(Step::Wider("age_band".to_owned()).take(&mut all, &pack, THRESHOLD), 0);
        let mut some = rows(&cases);
        // Fourteen adults are enough; four children are not.
        assert_eq!(Step::Rare("age_band".to_owned()).take(&mut some, &pack, THRESHOLD), 18);
        assert_eq!(ages(&some), ["adult".to_owned(), String::new()].into());
        let mut small = rows(&[vec![(1, 0, 0); 8], vec![(2, 0, 0); 6]].concat());
        assert_eq!(Step::Small.take(&mut small, &pack, THRESHOLD), 14);
        assert_eq!(
            ages(&small),
            ["adult".to_owned()].into(),
            "and nothing else is left out"
        );
        assert!(small.iter().all(|row| row.values.len() == 4));
    }

    /// 128 cases, four of each gender, language and region.
    fn crossed() -> Vec<Row> {
        let languages = ["english", "albanian", "vietnamese", "arabic"];
        let regions = ["wales", "scotland", "northern_ireland", "london"];
        let row = |n: usize| {
            let values = [
                ("gender", ["female", "male"][n % 2]),
                ("language", languages[n / 2 % 4]),
                ("region", regions[n / 8 % 4]),
            ];
            let values = values.map(|(column, code)| (column.to_owned(), Value::Code(code.to_owned())));
            Row {
                id: Uuid::from_u128(n as u128),
                values: values.into(),
            }
        };
        (0..128).map(row).collect()
    }

    #[test]
    fn what_many_measures_need_is_kept_where_giving_up_what_few_need_is_enough() {
        // Without the language sixteen are alike, and without the region too.
        for (heavy, light) in [("language", "region"), ("region", "language")] {
            let mut pack = pack();
            pack.definitions = vec![
                by("gender"),
                by("gender"),
                by("gender"),
                by(heavy),
                by(heavy),
                by(light),
            ];
            let mut rows = crossed();
            assert_eq!(reading(&rows, &pack.schema, THRESHOLD).n_small, 128);
            let n = Step::Small.take(&mut rows, &pack, THRESHOLD);
            assert_eq!(reading(&rows, &pack.schema, THRESHOLD).n_small, 0);
            let said = ["gender", heavy, light].map(|column| n_said(&rows, column));
            assert_eq!((said, n), ([128, 128, 0], 128), "{heavy} before {light}");
            let before = crossed();
            let is_same = |(one, other): (&Row, &Row)| one.values[heavy] == other.values[heavy];
            assert!(before.iter().zip(&rows).all(is_same), "{heavy} is told as before");
        }
    }

    #[test]
    fn of_a_large_class_no_more_cases_than_are_needed_say_less_beside_a_few() {
        let mut rows = rows(&[vec![(1, 0, 0); 40], vec![(0, 1, 2); 5]].concat());
        let before = rows.clone();
        Step::Small.take(&mut rows, &pack(), THRESHOLD);
        let found = reading(&rows, &Schema::shipped(), THRESHOLD);
        assert_eq!((found.n_small, found.n_classes), (0, 2));
        let same = before.iter().zip(&rows).filter(|(one, other)| one == other);
        assert_eq!(same.count(), 34, "six of forty hide the five");
    }

    #[test]
    fn how_much_was_given_up_is_counted_in_cells_of_what_identifies() {
        let mut rows = rows(&[(1, 0, 0); 12]);
        let before = n_recorded(&rows);
        assert_eq!(left_out(&before, &rows), (0, 36));
        Step::Without("gender".to_owned()).take(&mut rows, &pack(), THRESHOLD);
        assert_eq!(left_out(&before, &rows), (12, 36));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn after_one_click_no_class_is_small_nothing_is_added_and_nobody_is_left_out(
            cases in prop::collection::vec((0_u8..5, 0_u8..3, 0_u8..4), 0..80),
            threshold in 2_u64..12,
            weights in prop::collection::vec(0_usize..3, 0..6),
        ) {
            let before = rows(&cases);
            let mut after = before.clone();
            let mut pack = pack();
            pack.definitions = weights.iter().map(|at| by(["age_band", "gender", "region"][*at])).collect();
            let schema = Schema::shipped();
            let n = Step::Small.take(&mut after, &pack, threshold);
            let found = reading(&after, &schema, threshold);
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
