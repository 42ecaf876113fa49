//! Whether aggregates can have come from rows: their parts add up, and small ones were merged.

use std::collections::HashSet;

use domain::indicator::Statistic;
use domain::pack::{Aggregate, Aggregates, Definition, Kind, Pack, Table};

use super::{Fault, MOST_FAULTS, Refused};
use crate::definition::{is_code, needed};

/// The most cases that one organisation's aggregates may be of.
const MOST_CASES: u64 = 10_000_000;

/// Checks aggregates against the pack.
///
/// # Errors
///
/// Every figure that no rows can give, every measure, column and code that the pack does not have, and every cell under
/// the threshold, by measure, column and code.
pub fn check(pack: &Pack, given: &Aggregates) -> Result<(), Refused> {
    let mut checking = Checking {
        pack,
        cases: given.cases,
        faults: Vec::new(),
        more: 0,
    };
    if given.cases == 0 || given.cases > MOST_CASES {
        checking.fault(
            "",
            format!("it is of {} cases", given.cases),
            format!("send aggregates of 1 to {MOST_CASES} cases"),
        );
    }
    let mut measures = HashSet::new();
    for table in &given.tables {
        if measures.insert(&table.measure) {
            checking.table(table);
        } else {
            checking.fault(
                &table.measure,
                "the measure stands there twice",
                "send each measure once",
            );
        }
    }
    if checking.faults.is_empty() {
        Ok(())
    } else {
        Err(Refused {
            faults: checking.faults,
            more: checking.more,
        })
    }
}

struct Checking<'a> {
    pack: &'a Pack,
    cases: u64,
    faults: Vec<Fault>,
    more: u64,
}

impl Checking<'_> {
    fn fault(&mut self, place: &str, what: impl Into<String>, remedy: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault::new(None, place, what, remedy));
        } else {
            self.more += 1;
        }
    }

    fn table(&mut self, table: &Table) {
        let pack = self.pack;
        let name = crate::rows::shown(table.measure.as_bytes());
        let Some(definition) = pack.definitions.iter().find(|one| one.code == table.measure) else {
            return self.fault(&name, "the pack has no such measure", "remove it");
        };
        let name = &table.measure;
        if definition.version != table.version {
            return self.fault(
                name,
                format!("it was computed by version {}", table.version),
                format!("compute it by version {}, which the pack holds", definition.version),
            );
        }
        self.aggregate(name, definition, &table.total);
        for (column, n) in &table.recorded {
            let place = format!("{name}, recorded, {}", crate::rows::shown(column.as_bytes()));
            if !needed(definition).contains(&column.as_str()) {
                self.fault(&place, "the measure does not need this column", "remove it");
            } else if *n > table.cases() {
                self.fault(
                    &place,
                    format!("it is recorded in {n} of {} cases", table.cases()),
                    "count the cases in `d` and `missing` alone",
                );
            }
        }
        let mut columns = HashSet::new();
        for stratum in &table.strata {
            let place = format!("{name}, {}", crate::rows::shown(stratum.column.as_bytes()));
            let found = pack.schema.column(&stratum.column);
            let Some((_, column)) = found.filter(|_| definition.strata.contains(&stratum.column)) else {
                self.fault(&place, "the measure is not broken down by it", "remove it");
                continue;
            };
            if !columns.insert(&stratum.column) {
                self.fault(&place, "the breakdown stands there twice", "keep one");
                continue;
            }
            let merged = [
                ("not_recorded", &stratum.not_recorded),
                ("remainder", &stratum.remainder),
            ];
            let cells = stratum.cells.iter().map(|(code, cell)| (code.as_str(), cell));
            for (code, cell) in cells.clone().chain(merged) {
                let place = format!("{name}, {}, {}", stratum.column, crate::rows::shown(code.as_bytes()));
                self.aggregate(&place, definition, cell);
            }
            for (code, cell) in cells {
                let place = format!("{name}, {}, {}", stratum.column, crate::rows::shown(code.as_bytes()));
                if !is_code(&pack.schema, column, code) {
                    self.fault(&place, "it is not a code of this column", "use the pack's codes");
                } else if cell.d < pack.threshold {
                    self.fault(
                        &place,
                        format!("it is of fewer than {} cases", pack.threshold),
                        "merge it into the remainder",
                    );
                }
            }
            if self.faults.is_empty() && stratum.sum() != table.total {
                self.fault(
                    &place,
                    "its parts do not add up to the total",
                    "compute both from the same rows",
                );
            }
        }
    }

    /// Whether some cases can give these figures.
    fn aggregate(&mut self, place: &str, definition: &Definition, given: &Aggregate) {
        let known = given.d.saturating_add(given.missing);
        if given.n > given.d {
            self.fault(
                place,
                format!("n is {} and d is {}", given.n, given.d),
                "n is a part of d",
            );
        }
        if known > self.cases {
            self.fault(
                place,
                format!("d and missing are {known} cases of {}", self.cases),
                "count each case once",
            );
        }
        let top = |name: &Option<String>| match self.pack.schema.column(name.as_deref()?)?.1.kind {
            Kind::Number { top, .. } => Some(top),
            _ => None,
        };
        let is_timed = matches!(definition.statistic, Statistic::Median | Statistic::P90);
        let (top_of, top_out_of) = (top(&definition.of), top(&definition.out_of));
        let most = |top: Option<u32>, cases: u64| u64::from(top.unwrap_or(0)).saturating_mul(cases);
        let most_sum = if is_timed { 0 } else { most(top_of, given.n) };
        // Whoever counts has at least 1, and at most the top code.
        let is_summed = !is_timed && top_of.is_some();
        if given.sum > most_sum || (is_summed && given.sum < given.n) {
            self.fault(
                place,
                format!("a sum of {} cannot come from {} cases", given.sum, given.n),
                "send the sum of top-coded numbers, and none where nothing is summed",
            );
        }
        let is_part = definition.statistic == Statistic::Share && top_of.is_some();
        if given.out_of > most(top_out_of, given.d)
            || (top_out_of.is_some() && given.out_of < given.d)
            || (is_part && given.sum > given.out_of)
        {
            self.fault(
                place,
                format!(
                    "out_of cannot be {} for {} cases and a sum of {}",
                    given.out_of, given.d, given.sum
                ),
                "send the sum of top-coded numbers, and none where nothing is divided by one",
            );
        }
        let counted = given
            .histogram
            .values()
            .fold(0_u64, |sum, count| sum.saturating_add(*count));
        if is_timed && (given.n != given.d || counted != given.d) {
            self.fault(
                place,
                format!("the histogram holds {counted} cases, n {} and d {}", given.n, given.d),
                "each case with a number stands in all three",
            );
        }
        let highest = given.histogram.keys().next_back().copied().unwrap_or(0);
        let has_zero = given.histogram.values().any(|count| *count == 0);
        if (!is_timed && !given.histogram.is_empty()) || highest > top_of.unwrap_or(0) || has_zero {
            self.fault(
                place,
                "its histogram has a number above the top code, a number without a case, or should not be there",
                "send top-coded numbers that cases have, for medians and percentiles alone",
            );
        }
    }
}
