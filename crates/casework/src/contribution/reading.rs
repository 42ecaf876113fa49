//! How far coded rows could point back to a person: cases that are alike in what others may know of somebody stand in one
//! class, and a class with few cases is a risk. Shown to the sender alone. Pure.
//!
//! This is k-anonymity (L. Sweeney, International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems 10, 2002):
//! it says who could be singled out by these columns, and nothing of what somebody learns who finds a person in a class in
//! which everyone has the same answer.

use std::collections::BTreeMap;

use domain::pack::{Kind, Row, Schema, Value};

/// Columns that somebody outside may know of a person. Those that the pack does not have are passed over.
pub const IDENTIFYING: &[&str] = &[
    "age_band",
    "gender",
    "nationality",
    "immigration_status",
    "language",
    "disability",
    "region",
    "exploitation",
    "referrer",
    "referral_quarter",
    "rg_quarter",
    "cg_quarter",
];

/// How many of the rarest combinations a reading names.
const SHOWN: usize = 10;

/// What the identifying columns say of a case, in their order; `None` where it is not recorded, which is a value like
/// another: two cases are alike in what they do not say too.
type Key<'a> = Vec<Option<&'a Value>>;

/// A combination and how many cases have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Label and words of each column that is recorded.
    pub says: Vec<(String, String)>,
    /// How many cases.
    pub n: u64,
}

/// What leaving a column out would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Without {
    /// The column's name.
    pub column: String,
    /// Its label.
    pub label: String,
    /// In how many cases it is recorded.
    pub n_recorded: u64,
    /// In how many of them with a value that fewer cases than the threshold share.
    pub n_rare: u64,
    /// In how many of them a wider code could stand.
    pub n_wider: u64,
    /// How many cases would then be in small classes.
    pub n_small: u64,
}

/// A re-identification reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Classes with fewer cases are small.
    pub threshold: u64,
    /// How many cases there are.
    pub n_rows: u64,
    /// How many classes.
    pub n_classes: u64,
    /// How many cases are in small classes.
    pub n_small: u64,
    /// How many are alone in theirs.
    pub n_alone: u64,
    /// The rarest combinations, smallest first; none that reaches the threshold.
    pub rarest: Vec<Class>,
    /// Each identifying column that any case records.
    pub without: Vec<Without>,
}

fn keys<'a>(rows: &'a [Row], columns: &[&str]) -> Vec<Key<'a>> {
    rows.iter()
        .map(|row| columns.iter().map(|column| row.values.get(*column)).collect())
        .collect()
}

/// A combination as it is sorted.
type Order<'a> = Vec<(u8, u32, &'a str)>;

pub(super) fn order(value: Option<&Value>) -> (u8, u32, &str) {
    match value {
        None => (0, 0, ""),
        Some(Value::Number(number)) => (1, *number, ""),
        Some(Value::Code(code)) => (2, 0, code),
    }
}

/// How many cases each combination has.
fn classes<'a, 'b>(keys: &'b [Key<'a>]) -> BTreeMap<Order<'a>, (u64, &'b Key<'a>)> {
    let mut classes: BTreeMap<_, (u64, &Key<'a>)> = BTreeMap::new();
    for key in keys {
        let order: Vec<_> = key.iter().map(|value| order(*value)).collect();
        classes.entry(order).or_insert((0, key)).0 += 1;
    }
    classes
}

/// For each row, how many cases are in its class.
fn sizes(rows: &[Row], columns: &[&str]) -> Vec<u64> {
    let keys = keys(rows, columns);
    let classes = classes(&keys);
    keys.iter()
        .map(|key| {
            let order: Vec<_> = key.iter().map(|value| order(*value)).collect();
            classes.get(&order).map_or(0, |(n, _)| *n)
        })
        .collect()
}

fn n_small(rows: &[Row], columns: &[&str], threshold: u64) -> u64 {
    sizes(rows, columns).iter().filter(|n| **n < threshold).count() as u64
}

/// The words of a value.
pub fn words(schema: &Schema, column: &str, value: &Value) -> String {
    match (value, schema.column(column)) {
        (Value::Number(number), _) => number.to_string(),
        (Value::Code(code), Some((_, column))) if column.kind != Kind::Quarter => {
            let known = schema.codes(column).iter().find(|known| known.code == *code);
            let wider = || schema.wider(column).iter().find(|wide| wide.code == *code);
            let words = known.map(|known| &known.words);
            words
                .or_else(|| wider().map(|wide| &wide.words))
                .unwrap_or(code)
                .clone()
        }
        (Value::Code(code), _) => code.clone(),
    }
}

fn label(schema: &Schema, column: &str) -> String {
    let found = schema.column(column);
    found.map_or_else(|| column.to_owned(), |(_, column)| column.label.clone())
}

/// The identifying columns that any row records.
pub(super) fn recorded(rows: &[Row]) -> Vec<&'static str> {
    let is_recorded = |column: &&str| rows.iter().any(|row| row.values.contains_key(*column));
    IDENTIFYING.iter().copied().filter(is_recorded).collect()
}

/// In how many rows each identifying column is recorded that any row records.
pub(super) fn n_recorded(rows: &[Row]) -> BTreeMap<String, u64> {
    let n = |column: &str| rows.iter().filter(|row| row.values.contains_key(column)).count() as u64;
    let columns = recorded(rows).into_iter();
    columns.map(|column| (column.to_owned(), n(column))).collect()
}

/// How many cells of identifying columns are empty that were recorded before, and how many were recorded.
pub fn left_out(before: &BTreeMap<String, u64>, rows: &[Row]) -> (u64, u64) {
    let (of, now): (u64, u64) = (before.values().sum(), n_recorded(rows).values().sum());
    (of.saturating_sub(now), of)
}

/// Reads rows. Time grows with rows times columns squared; nothing else.
pub fn reading(rows: &[Row], schema: &Schema, threshold: u64) -> Reading {
    let columns = recorded(rows);
    let keys = keys(rows, &columns);
    let classes = classes(&keys);
    let is_small = |n: u64| n < threshold;
    let mut rarest: Vec<(u64, &Key<'_>)> = classes.values().copied().filter(|(n, _)| is_small(*n)).collect();
    rarest.sort_by_key(|(n, _)| *n);
    let class = |(n, key): (u64, &Key<'_>)| Class {
        says: columns
            .iter()
            .zip(key)
            .filter_map(|(column, value)| Some((label(schema, column), words(schema, column, (*value)?))))
            .collect(),
        n,
    };
    let without = |column: &&'static str| {
        let others: Vec<&str> = columns.iter().copied().filter(|other| other != column).collect();
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        for row in rows {
            if let Some(value) = row.values.get(*column) {
                *counts.entry(order(Some(value))).or_default() += 1;
            }
        }
        Without {
            column: (*column).to_owned(),
            label: label(schema, column),
            n_recorded: counts.values().sum(),
            n_wider: rows
                .iter()
                .filter_map(|row| row.values.get(*column))
                .filter(|value| schema.widened(column, value).is_some())
                .count() as u64,
            n_rare: counts.values().filter(|n| is_small(**n)).sum(),
            n_small: n_small(rows, &others, threshold),
        }
    };
    Reading {
        threshold,
        n_rows: rows.len() as u64,
        n_classes: classes.len() as u64,
        n_small: classes.values().map(|(n, _)| *n).filter(|n| is_small(*n)).sum(),
        n_alone: classes.values().filter(|(n, _)| *n == 1).count() as u64,
        without: columns.iter().map(without).collect(),
        rarest: rarest.into_iter().take(SHOWN).map(class).collect(),
    }
}

/// The rows in small classes, by their place.
pub(super) fn small(rows: &[Row], columns: &[&str], threshold: u64) -> Vec<usize> {
    let sizes = sizes(rows, columns);
    (0..rows.len()).filter(|place| sizes[*place] < threshold).collect()
}
