//! What leaves, as tables: figures by measure, or coded rows.

use std::collections::BTreeMap;

use casework::contribution::{IDENTIFYING, NOT_FILLED, words};
use domain::pack::{Aggregate, Aggregates, Pack, Row, Schema, Stratum, Table};
use measures::definition::{in_words, needed};

/// Rows on a page.
const PAGE: usize = 50;

/// A column that the program cannot fill in yet.
pub(super) struct Missing {
    pub label: String,
    pub why: &'static str,
}

pub(super) fn missing(schema: &Schema) -> Vec<Missing> {
    let column = |(name, why): &(&str, &'static str)| {
        let (_, column) = schema.column(name)?;
        let label = column.label.clone();
        Some(Missing { label, why })
    };
    NOT_FILLED.iter().filter_map(column).collect()
}

/// One line of a measure's table: the total, or a part of it.
pub(super) struct Line {
    pub words: String,
    pub n: u64,
    pub d: u64,
    pub missing: u64,
    /// Sums and numbers, where the measure has any.
    pub more: String,
}

impl Line {
    fn of(words: impl Into<String>, from: &Aggregate) -> Self {
        let mut more = Vec::new();
        if from.sum > 0 || from.out_of > 0 {
            let of = if from.out_of > 0 {
                format!(" of {}", from.out_of)
            } else {
                String::new()
            };
            more.push(format!("sum {}{of}", from.sum));
        }
        let times = |(number, cases): (&u32, &u64)| format!("{number} ({cases})");
        more.extend(from.histogram.iter().map(times));
        Self {
            words: words.into(),
            n: from.n,
            d: from.d,
            missing: from.missing,
            more: more.join(", "),
        }
    }
}

/// In how many cases a column is recorded that breakdowns use, or that others may know of a person.
pub(super) struct Recorded {
    pub label: String,
    pub n: usize,
    /// In how many it was before less was said, where those are others.
    pub before: Option<u64>,
}

/// What is recorded in the fewest cases first. `before`: in how many each identifying column was recorded before less was said.
pub(super) fn recorded(pack: &Pack, rows: &[Row], before: &BTreeMap<String, u64>) -> Vec<Recorded> {
    let is_used = |name: &str| {
        let mut strata = pack.definitions.iter().flat_map(|one| &one.strata);
        IDENTIFYING.contains(&name) || strata.any(|stratum| stratum == name)
    };
    let columns = pack.schema.columns().iter();
    let mut found: Vec<Recorded> = columns
        .filter(|column| is_used(&column.name))
        .map(|column| {
            let n = rows.iter().filter(|row| row.values.contains_key(&column.name)).count();
            let before = before.get(&column.name).copied();
            Recorded {
                label: column.label.clone(),
                n,
                before: before.filter(|before| *before != n as u64),
            }
        })
        .collect();
    found.sort_by_key(|one| one.n);
    found
}

/// The breakdowns in which parts with few cases were merged, as “I13c by region”.
pub(super) fn merged(pack: &Pack, aggregates: &Aggregates) -> Vec<String> {
    let label = |name: &str| {
        let found = pack.schema.column(name);
        found.map_or_else(|| name.to_owned(), |(_, column)| column.label.clone())
    };
    let merged = |table: &Table| -> Vec<String> {
        let strata = table.strata.iter().filter(|stratum| !stratum.remainder.is_zero());
        strata
            .map(|stratum| format!("{} by {}", table.measure, label(&stratum.column)))
            .collect()
    };
    aggregates.tables.iter().flat_map(merged).collect()
}

/// A measure as it would leave.
pub(super) struct Figures {
    /// Whether no case is counted in it: all that leaves is of how many it is not known.
    pub is_silent: bool,
    pub code: String,
    pub words: String,
    pub lines: Vec<Line>,
    /// By column that it needs, in how many of its cases that is recorded; of how many it is.
    pub recorded: Vec<Recorded>,
    pub n_cases: u64,
}

/// The measures of which anything is counted or missing.
pub(super) fn figures(pack: &Pack, aggregates: &Aggregates) -> Vec<Figures> {
    let counted = aggregates.tables.iter().filter(|table| !table.total.is_zero());
    counted
        .filter_map(|table| {
            let definition = pack.definitions.iter().find(|one| one.code == table.measure)?;
            let label = |name: &str| {
                let found = pack.schema.column(name);
                found.map_or_else(|| name.to_owned(), |(_, column)| column.label.clone())
            };
            let recorded = needed(definition).into_iter().filter_map(|name| {
                Some(Recorded {
                    label: label(name),
                    n: usize::try_from(*table.recorded.get(name)?).ok()?,
                    before: None,
                })
            });
            let parts = table.strata.iter().flat_map(|stratum| parts(&pack.schema, stratum));
            Some(Figures {
                is_silent: table.total.n == 0 && table.total.d == 0,
                code: table.measure.clone(),
                words: in_words(definition, &pack.schema),
                lines: std::iter::once(Line::of("All", &table.total)).chain(parts).collect(),
                recorded: recorded.collect(),
                n_cases: table.cases(),
            })
        })
        .collect()
}

fn parts(schema: &Schema, stratum: &Stratum) -> Vec<Line> {
    let Some((_, column)) = schema.column(&stratum.column) else {
        return Vec::new();
    };
    let words = |code: &str| {
        let known = schema.codes(column).iter().find(|known| known.code == code);
        known.map_or_else(|| code.to_owned(), |known| known.words.clone())
    };
    let line = |words: &str, of: &Aggregate| Line::of(format!("{}: {words}", column.label), of);
    let mut lines: Vec<Line> = stratum.cells.iter().map(|(code, of)| line(&words(code), of)).collect();
    for (words, of) in [
        ("few cases, merged", &stratum.remainder),
        ("not recorded", &stratum.not_recorded),
    ] {
        if !of.is_zero() {
            lines.push(line(words, of));
        }
    }
    lines
}

/// A page of coded rows: every column that any row fills in.
pub(super) struct Coded {
    pub headings: Vec<String>,
    /// The row's random id, then a cell for each heading; empty where it is not recorded.
    pub rows: Vec<(String, Vec<String>)>,
    pub page: usize,
    pub last: usize,
}

pub(super) fn coded(schema: &Schema, rows: &[Row], page: usize) -> Coded {
    let columns: Vec<_> = schema
        .columns()
        .iter()
        .filter(|column| rows.iter().any(|row| row.values.contains_key(&column.name)))
        .collect();
    let last = rows.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, last);
    let line = |row: &Row| {
        let cell = |name: &str| {
            let value = row.values.get(name);
            value.map_or_else(String::new, |value| words(schema, name, value))
        };
        let cells = columns.iter().map(|column| cell(&column.name)).collect();
        (row.id.to_string(), cells)
    };
    Coded {
        headings: columns.iter().map(|column| column.label.clone()).collect(),
        rows: rows.iter().skip((page - 1) * PAGE).take(PAGE).map(line).collect(),
        page,
        last,
    }
}
