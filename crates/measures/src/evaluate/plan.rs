//! Definitions made ready: names become places, and tests that are alike become one.

use std::collections::BTreeMap;

use domain::indicator::Statistic;
use domain::pack::{self, Aggregate, Column, Definition, Kind, Quarter, Rule, Schema, Stratum, Table};

use super::tally::{Counts, Tally};
use super::{NO, NOT_KNOWN, YES};
use crate::definition::{Fault, check, needed};
use crate::rows::{Cells, YEARS};

/// Everything that one pass computes.
pub(super) struct Plan {
    pub(super) tests: Vec<Test>,
    pub(super) measures: Vec<Measure>,
}

/// A definition by places.
pub(super) struct Measure {
    pub(super) population: Condition,
    pub(super) counted: Condition,
    pub(super) of: Option<usize>,
    pub(super) out_of: Option<usize>,
    /// Whether it is a median or percentile, so that every case with a number counts.
    pub(super) is_timed: bool,
    /// Columns; a measure without any has one stratum that is everybody.
    pub(super) strata: Vec<Option<usize>>,
    /// How many codes each has.
    codes: Vec<usize>,
    /// The top code of `of`, for a histogram.
    top: Option<u32>,
    /// What tells whether each column that it needs is recorded.
    pub(super) needed: Vec<Told>,
}

/// What tells of a case whether a column is recorded.
#[derive(Clone, Copy)]
pub(super) enum Told {
    /// The answer to a test of it.
    Test(usize),
    /// The number that is summed or timed.
    Of,
    /// The number that it is divided by.
    OutOf,
}

/// Places of tests.
pub(super) struct Condition {
    pub(super) all: Vec<usize>,
    pub(super) any: Vec<usize>,
}

/// A test of one column.
pub(super) struct Test {
    pub(super) column: usize,
    asked: Asked,
    /// The answer for each value of a column of codes.
    table: [u8; 256],
}

#[derive(PartialEq, Eq)]
enum Asked {
    /// The answer for each code, by its place.
    Codes(Vec<u8>),
    AtMost(u32),
    AtLeast(u32),
    Recorded(bool),
}

impl Test {
    /// Answers for as many cases as there is room for.
    pub(super) fn answer(&self, cells: &Cells, start: usize, into: &mut [u8]) {
        match cells {
            Cells::Code(cells) => {
                for (answer, value) in into.iter_mut().zip(&cells[start..]) {
                    *answer = self.table[usize::from(*value)];
                }
            }
            Cells::Number(cells) => {
                for (answer, value) in into.iter_mut().zip(&cells[start..]) {
                    *answer = self.of((*value).into());
                }
            }
            Cells::Money(cells) => {
                for (answer, value) in into.iter_mut().zip(&cells[start..]) {
                    *answer = self.of(*value);
                }
            }
        }
    }

    fn new(column: usize, asked: Asked) -> Self {
        let mut test = Self {
            column,
            asked,
            table: [NO; 256],
        };
        // What a byte can hold beyond the last code never occurs.
        test.table = std::array::from_fn(|value| u32::try_from(value).map_or(NO, |value| test.of(value)));
        test
    }

    #[inline]
    fn of(&self, value: u32) -> u8 {
        let known = |yes: bool| match (value, yes) {
            (0, _) => NOT_KNOWN,
            (_, true) => YES,
            (_, false) => NO,
        };
        match &self.asked {
            Asked::Codes(answers) => answers.get(value as usize).copied().unwrap_or(NO),
            Asked::AtMost(number) => known(value <= number + 1),
            Asked::AtLeast(number) => known(value > *number),
            Asked::Recorded(wanted) => {
                if (value > 0) == *wanted {
                    YES
                } else {
                    NO
                }
            }
        }
    }
}

impl Plan {
    /// Makes definitions ready, or finds their faults.
    pub(super) fn of(definitions: &[Definition], schema: &Schema) -> Result<Self, Vec<Fault>> {
        let faults: Vec<Fault> = definitions
            .iter()
            .flat_map(|definition| check("the pack", definition, schema))
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut plan = Self {
            tests: Vec::new(),
            measures: Vec::new(),
        };
        for definition in definitions {
            let place = |name: &Option<String>| schema.column(name.as_deref()?).map(|(place, _)| place);
            let is_timed = matches!(definition.statistic, Statistic::Median | Statistic::P90);
            let mut strata: Vec<Option<usize>> = definition
                .strata
                .iter()
                .map(|name| place(&Some(name.clone())))
                .collect();
            if strata.is_empty() {
                strata.push(None);
            }
            let codes = strata
                .iter()
                .map(|place| place.map_or(0, |place| n_codes(schema, place)))
                .collect();
            let of = place(&definition.of);
            let top = of
                .filter(|_| is_timed)
                .and_then(|place| match schema.columns()[place].kind {
                    Kind::Number { top, .. } => Some(top),
                    _ => None,
                });
            let population = plan.condition(&definition.population, schema);
            let counted = plan.condition(&definition.counted, schema);
            let needed = plan.told(definition, schema, of);
            plan.measures.push(Measure {
                needed,
                population,
                counted,
                of,
                out_of: place(&definition.out_of),
                is_timed,
                strata,
                codes,
                top,
            });
        }
        Ok(plan)
    }

    fn condition(&mut self, condition: &pack::Condition, schema: &Schema) -> Condition {
        let mut places = |tests: &[pack::Test]| tests.iter().filter_map(|test| self.test(test, schema)).collect();
        Condition {
            all: places(&condition.all),
            any: places(&condition.any),
        }
    }

    fn test(&mut self, test: &pack::Test, schema: &Schema) -> Option<usize> {
        let (column, described) = schema.column(&test.column)?;
        let codes = |chosen: &[String], wanted: bool| {
            let answer = |code: &String| if chosen.contains(code) == wanted { YES } else { NO };
            let answers = schema.codes(described).iter().map(|code| answer(&code.code));
            // A code that stands for several says what all of them say, or nothing.
            let wider = schema.wider(described).iter().map(|wide| {
                let mut parts = wide.parts.iter().map(answer);
                let first = parts.next().unwrap_or(NOT_KNOWN);
                if parts.all(|other| other == first) {
                    first
                } else {
                    NOT_KNOWN
                }
            });
            Asked::Codes(std::iter::once(NOT_KNOWN).chain(answers).chain(wider).collect())
        };
        let asked = match &test.rule {
            Rule::Is(chosen) => codes(chosen, true),
            Rule::IsNot(chosen) => codes(chosen, false),
            Rule::AtMost(number) => Asked::AtMost(*number),
            Rule::AtLeast(number) => Asked::AtLeast(*number),
            Rule::Recorded(wanted) => Asked::Recorded(*wanted),
        };
        let alike = self
            .tests
            .iter()
            .position(|other| other.column == column && other.asked == asked);
        Some(alike.unwrap_or_else(|| {
            self.tests.push(Test::new(column, asked));
            self.tests.len() - 1
        }))
    }

    /// What tells whether each column that a definition needs is recorded: a test that is answered anyway, or the number.
    fn told(&self, definition: &Definition, schema: &Schema, of: Option<usize>) -> Vec<Told> {
        let told = |name: &str| {
            let column = schema.column(name)?.0;
            let tells = |test: &Test| test.column == column && !matches!(test.asked, Asked::Recorded(_));
            let number = if of == Some(column) { Told::Of } else { Told::OutOf };
            Some(self.tests.iter().position(tells).map_or(number, Told::Test))
        };
        needed(definition).into_iter().filter_map(told).collect()
    }

    /// Nothing counted yet, of each measure.
    pub(super) fn tallies(&self) -> Vec<Counts> {
        self.measures
            .iter()
            .map(|measure| {
                let has_sums = measure.of.is_some() && !measure.is_timed;
                Counts {
                    strata: measure
                        .codes
                        .iter()
                        .map(|codes| Tally::new(*codes, has_sums, measure.out_of.is_some(), measure.top))
                        .collect(),
                    recorded: vec![0; measure.needed.len()],
                }
            })
            .collect()
    }
}

/// Tallies by the names of definitions.
pub(super) fn tables(definitions: &[Definition], schema: &Schema, counts: Vec<Counts>) -> Vec<Table> {
    definitions
        .iter()
        .zip(counts)
        .map(|(definition, counts)| {
            let mut strata = Vec::new();
            let mut total = None;
            for (index, tally) in counts.strata.iter().enumerate() {
                // The parts of every breakdown add up to the same.
                total.get_or_insert_with(|| tally.total());
                if let Some(name) = definition.strata.get(index) {
                    strata.push(Stratum {
                        not_recorded: tally.aggregate(0),
                        cells: cells(schema, name, tally),
                        remainder: not_told_apart(schema, name, tally),
                        ..Stratum::empty(name)
                    });
                }
            }
            Table {
                measure: definition.code.clone(),
                version: definition.version,
                total: total.unwrap_or_default(),
                recorded: needed(definition)
                    .into_iter()
                    .map(str::to_owned)
                    .zip(counts.recorded)
                    .collect(),
                strata,
            }
        })
        .collect()
}

/// How many codes of a column are cells of a breakdown.
fn n_told(schema: &Schema, column: &Column) -> usize {
    match column.kind {
        Kind::Quarter => Quarter::COUNT.into(),
        _ => schema.codes(column).len(),
    }
}

/// How many codes a column takes, those that stand for several of them too.
fn n_codes(schema: &Schema, place: usize) -> usize {
    let column = &schema.columns()[place];
    let wider = match column.kind {
        Kind::Quarter => YEARS.into(),
        _ => schema.wider(column).len(),
    };
    n_told(schema, column) + wider
}

/// The cases whose code stands for several: they are in no cell, and in the total.
fn not_told_apart(schema: &Schema, name: &str, tally: &Tally) -> Aggregate {
    let mut sum = Aggregate::default();
    if let Some((place, column)) = schema.column(name) {
        for code in n_told(schema, column)..n_codes(schema, place) {
            sum.merge(&tally.aggregate(code + 1));
        }
    }
    sum
}

fn cells(schema: &Schema, name: &str, tally: &Tally) -> BTreeMap<String, Aggregate> {
    let Some((_, column)) = schema.column(name) else {
        return BTreeMap::new();
    };
    (0..n_told(schema, column))
        .filter_map(|code| {
            let aggregate = tally.aggregate(code + 1);
            let name = match column.kind {
                Kind::Quarter => Quarter::from_number(u16::try_from(code).ok()?)?.to_string(),
                _ => schema.codes(column)[code].code.clone(),
            };
            (!aggregate.is_zero()).then_some((name, aggregate))
        })
        .collect()
}
