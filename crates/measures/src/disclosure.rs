//! What is withheld of small numbers, so that nobody's answer can be read off a table or worked out from it.
//!
//! A cell tells three groups of people apart: those counted (n), those not counted (d - n), and both together (d). Where
//! one of them is smaller than the threshold the cell is withheld, so cells of 0 % and of 100 % are, too. A count shows
//! only n; a median, percentile or mean only how many have a number. A mean must also rest on enough people whose number
//! is not 0, but how many they are is not shown. Then further cells of the same breakdown are withheld, the smallest
//! first, until what the withheld ones add up to is no longer small either. L. Willenborg and T. de Waal, Elements of
//! Statistical Disclosure Control (2001), chapter 6, call the two steps primary and secondary suppression.
//!
//! A cell of which all cases are one organisation's would be that organisation's figure: beside a total of several it counts as
//! small, however many they are, and so does what the withheld ones add up to, with cases that were merged before they were sent
//! or have no recorded code, if all of it is one's.
//!
//! Beside every figure stands how many cases everything was computed of, N. So a figure is withheld, too, where its d is not N
//! and comes nearer to it than the threshold: taking one from the other would tell how few it is not of.
//!
//! # What is promised
//!
//! Of one table, for every group that its statistic tells apart, and with R for the total less everything shown in a
//! breakdown: if anything of the breakdown is withheld, or the column is not recorded in some cases, then R is at least
//! the threshold k, and of the cases of two organisations where the total is; and if it holds a withheld cell, there are at
//! least two parts that may hold it. So of a withheld cell
//! every whole number from 0 to R agrees with all that is shown of the table, which are k + 1 values or more. A code that
//! no case has is a withheld cell like others, except where the population rules it out.
//!
//! # What is not promised
//!
//! The promise is about subtraction within one table. Whoever also knows the rule itself, some of the people, what one
//! of the organisations sent, or tables of other measures over the same cases, may know more. Earlier tables of the same
//! measure are compared by [`succeed`], and measures of which one's people are among the other's by [`beside`]. A sum,
//! mean or ratio rests on at least k people, but one of them may have most of it; the top code alone bounds how much.

mod holders;
mod nested;
mod succession;
#[cfg(test)]
mod tests;

pub use holders::Holders;
pub use nested::{Shown, beside};
pub use succession::succeed;

use domain::indicator::Statistic;
use domain::pack::{Aggregate, Definition, Kind, Schema, Stratum, Table};

use serde::{Deserialize, Serialize};

use crate::definition::{codes_in, needed};

/// A table of which everything that is small is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Over every case; `None` where it is small itself, and then nothing else is shown either.
    pub total: Option<Aggregate>,
    /// In the order of the table.
    pub strata: Vec<Part>,
}

/// A breakdown of which everything that is small is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The column.
    pub column: String,
    /// Every code that the population can have, in the order of its list; `None` where it is withheld.
    pub cells: Vec<(String, Option<Aggregate>)>,
    /// How many of the total's cases (of a count, those counted) are in no cell that is shown: withheld, merged before
    /// they were sent, or without a recorded code. 0, or at least the threshold; `None` where the total is withheld.
    pub missing: Option<u64>,
}

/// In how many cases each column is recorded that a measure needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Recorded {
    /// Of how many: those in the population, and those of whom that or whether they are counted is not known.
    pub cases: u64,
    /// By column, in the order in which the definition names them; `None` where the number would tell of few.
    pub columns: Vec<(String, Option<u64>)>,
}

/// What may be shown of how much is recorded, beside a total that is shown. Any two of the numbers that stand there (nobody,
/// those counted, those known, all, and those in whom a column is recorded) are equal, or at least the threshold apart, so that
/// no subtraction of one from another tells of few people. A column that comes too near to one of them is withheld; all of
/// it is, where the total's own numbers do.
pub(crate) fn recorded(definition: &Definition, table: &Table, threshold: u64) -> Option<Recorded> {
    let cases = table.cases();
    let mut known = vec![0, table.total.n, table.total.d, cases];
    if cases == 0 || table.recorded.is_empty() || !known.iter().all(|n| is_apart(&known, *n, threshold)) {
        return None;
    }
    let columns = needed(definition).into_iter().map(|column| {
        let n = table.recorded.get(column).copied();
        let n = n.filter(|n| is_apart(&known, *n, threshold));
        known.extend(n);
        (column.to_owned(), n)
    });
    Some(Recorded {
        columns: columns.collect(),
        cases,
    })
}

/// Whether a number is equal to each of some others, or at least the threshold away from it.
pub fn is_apart(others: &[u64], n: u64, threshold: u64) -> bool {
    others.iter().all(|other| *other == n || other.abs_diff(n) >= threshold)
}

/// The groups of people that a figure of `n` counted among `d` tells apart, as numbers; the last holds the others.
pub(crate) fn groups(statistic: Statistic, n: u64, d: u64) -> Vec<u64> {
    match statistic {
        Statistic::Count => vec![n],
        Statistic::Median | Statistic::P90 => vec![d],
        Statistic::Mean => vec![n, d],
        _ => vec![n, d.saturating_sub(n), d],
    }
}

/// Withholds small cells of a table and those of one organisation, and others that would give them away. See the module for
/// what that promises. `holders` says whose its cases are. `threshold` is the least number of people that may be shown; 1 or more.
pub fn withhold(
    definition: &Definition,
    schema: &Schema,
    table: &Table,
    holders: &Holders,
    threshold: u64,
) -> Withheld {
    let is_small = |of: &Aggregate| {
        groups(definition.statistic, of.n, of.d)
            .iter()
            .any(|people| *people < threshold)
    };
    let is_total_small = is_small(&table.total);
    let strata = table
        .strata
        .iter()
        .map(|stratum| {
            let codes = codes(definition, schema, stratum);
            if is_total_small {
                Part {
                    column: stratum.column.clone(),
                    cells: codes.into_iter().map(|code| (code, None)).collect(),
                    missing: None,
                }
            } else {
                part(definition.statistic, &table.total, stratum, holders, codes, threshold)
            }
        })
        .collect();
    Withheld {
        total: (!is_total_small).then(|| table.total.clone()),
        strata,
    }
}

/// The codes of a breakdown, also those without a case; of quarters those that have one, and of others that the schema
/// no longer has, too.
fn codes(definition: &Definition, schema: &Schema, stratum: &Stratum) -> Vec<String> {
    let mut codes: Vec<String> = match schema.column(&stratum.column) {
        Some((_, column)) if column.kind != Kind::Quarter => codes_in(definition, schema, column)
            .iter()
            .map(|code| code.code.clone())
            .collect(),
        _ => Vec::new(),
    };
    let others: Vec<String> = stratum
        .cells
        .keys()
        .filter(|code| !codes.contains(code))
        .cloned()
        .collect();
    codes.extend(others);
    codes
}

fn part(
    statistic: Statistic,
    total: &Aggregate,
    stratum: &Stratum,
    holders: &Holders,
    codes: Vec<String>,
    threshold: u64,
) -> Part {
    let column = stratum.column.as_str();
    let is_small = |people: &[u64]| people.iter().any(|one| *one < threshold);
    let of = |code: &String| stratum.cells.get(code).cloned().unwrap_or_default();
    let mut cells: Vec<(String, Option<Aggregate>)> = codes
        .into_iter()
        .map(|code| {
            let cell = of(&code);
            let is_shown = !is_small(&groups(statistic, cell.n, cell.d)) && !holders.is_cell_of_one(column, &code);
            (code, is_shown.then_some(cell))
        })
        .collect();
    loop {
        let rest = rest(statistic, total, &cells);
        let is_whole = cells.iter().all(|(_, cell)| cell.is_some()) && rest.iter().all(|people| *people == 0);
        let hidden = cells.iter().filter(|(_, cell)| cell.is_none());
        let hidden = hidden.map(|(code, _)| code.as_str());
        if is_whole || !(is_small(&rest) || holders.is_rest_of_one(column, hidden)) {
            break;
        }
        // The smallest goes with them. When none is left the rest is the total, which is neither.
        let smallest = cells
            .iter_mut()
            .filter(|(_, cell)| cell.is_some())
            .min_by_key(|(_, cell)| cell.as_ref().map_or(0, |cell| cell.d));
        match smallest {
            Some((_, cell)) => *cell = None,
            None => break,
        }
    }
    // The last group is the widest that the statistic shows.
    let missing = rest(statistic, total, &cells).last().copied();
    Part {
        column: stratum.column.clone(),
        cells,
        missing,
    }
}

/// What anyone gets who subtracts the shown cells from the total.
fn rest(statistic: Statistic, total: &Aggregate, cells: &[(String, Option<Aggregate>)]) -> Vec<u64> {
    let mut rest = groups(statistic, total.n, total.d);
    for (_, cell) in cells {
        let Some(cell) = cell else { continue };
        for (left, people) in rest.iter_mut().zip(groups(statistic, cell.n, cell.d)) {
            *left = left.saturating_sub(people);
        }
    }
    rest
}
