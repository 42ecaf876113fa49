//! How much is recorded of what a pooled measure needs, as it may be shown. Like everything at this door it is counted again:
//! the numbers that stand together (nobody, those counted, those known, all, and those in whom a column is recorded) are equal
//! or at least the threshold apart, or they are withheld.

use measures::definition::needed;
use measures::disclosure::is_apart;
use measures::pool::Figure as Value;

use super::cases::{Pooled, WITHHELD};

/// In how many cases each column is recorded that a measure needs; made by the gate alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    cases: String,
    lines: Vec<(String, String)>,
}

impl Recorded {
    /// Of how many cases: those that are looked at, or may belong to them.
    pub fn cases(&self) -> &str {
        &self.cases
    }

    /// By column, in words: in how many of them it is recorded, or that it is withheld.
    pub fn lines(&self) -> &[(String, String)] {
        &self.lines
    }
}

/// Counts again beside a total that is shown.
pub(super) fn recorded(given: &Pooled<'_>, total: Option<&Value>, threshold: u64) -> Option<Recorded> {
    let of = given.measurement.recorded.as_ref()?;
    let total = total?;
    let mut known = vec![0, total.n, of.cases.checked_sub(total.missing?)?, of.cases];
    let is_beside_all = given
        .measurement
        .cases
        .is_none_or(|all| is_apart(&[all], of.cases, threshold));
    if !is_beside_all || !known.iter().all(|n| is_apart(&known, *n, threshold)) {
        return None;
    }
    let needed = needed(given.definition);
    let columns = of.columns.iter().filter(|(name, _)| needed.contains(&name.as_str()));
    let lines = columns.map(|(name, n)| {
        let column = given.schema.column(name).map(|(_, column)| column.label.as_str());
        let n = n.filter(|n| *n <= of.cases && is_apart(&known, *n, threshold));
        known.extend(n);
        let said = n.map_or_else(|| WITHHELD.to_owned(), |n| super::number(n as f64));
        (column.unwrap_or(name).to_owned(), said)
    });
    Some(Recorded {
        lines: lines.collect(),
        cases: super::number(of.cases as f64),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::pack::{Aggregate, Aggregates, Pack, Table};
    use measures::pool::Measurement;
    use measures::read::Contents;

    use super::*;
    use crate::gate::cases;

    /// The share decided within five working days: of a few columns, none of which is broken down.
    fn pack() -> Pack {
        let mut pack = measures::shipped_pack("2025");
        pack.definitions.retain(|one| one.code == "I13c");
        pack.definitions[0].strata.clear();
        pack
    }

    /// Two organisations with alike figures: 40 counted of 100 known and 30 that do not say enough, of whom these columns are
    /// recorded.
    fn measured(pack: &Pack, recorded: &[(&str, u64)]) -> Measurement {
        let mut pooled = measures::pool::Pooled::new();
        for _ in 0..2 {
            let aggregates = Aggregates {
                cases: 65,
                tables: vec![Table {
                    measure: "I13c".to_owned(),
                    version: pack.definitions[0].version,
                    total: Aggregate {
                        n: 20,
                        d: 50,
                        missing: 15,
                        ..Aggregate::default()
                    },
                    recorded: recorded.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect(),
                    strata: Vec::new(),
                }],
            };
            pooled.take(pack, &Contents::Aggregates(aggregates)).expect("no fault");
        }
        pooled.measurements(pack).remove(0)
    }

    fn lines(pack: &Pack, of: &Measurement) -> BTreeMap<String, String> {
        let shown = cases(&Pooled {
            measurement: of,
            definition: &pack.definitions[0],
            schema: &pack.schema,
            threshold: 11,
            computed_on: String::new(),
            is_invented: true,
        });
        let shown = shown.expect("it passes");
        let recorded = shown.recorded().map(Recorded::lines).unwrap_or_default();
        recorded.iter().cloned().collect()
    }

    const OUTCOME: &str = "decision on reasonable grounds";
    const IN_PERIOD: &str = "decision on reasonable grounds within the period";
    const DAYS: &str = "working days from referral to the decision on reasonable grounds";

    #[test]
    fn how_much_is_recorded_is_told_of_each_column_unless_it_tells_of_few() {
        let pack = pack();
        let all = [("rg_outcome", 65), ("rg_in_period", 60), ("rg_working_days", 50)];
        let said = lines(&pack, &measured(&pack, &all));
        assert_eq!(said[OUTCOME], "130");
        // 120 of 130 tells of ten in whom it is not.
        assert_eq!(said[IN_PERIOD], WITHHELD);
        assert_eq!(said[DAYS], "100");
        let near = [("rg_outcome", 59), ("rg_in_period", 57), ("rg_working_days", 65)];
        let said = lines(&pack, &measured(&pack, &near));
        assert_eq!(
            (said[OUTCOME].as_str(), said[IN_PERIOD].as_str()),
            ("118", WITHHELD),
            "four apart"
        );
    }

    #[test]
    fn a_row_that_somebody_changed_tells_no_more_and_an_older_one_tells_nothing() {
        let pack = pack();
        let all = [("rg_outcome", 65), ("rg_in_period", 65), ("rg_working_days", 50)];
        let mut changed = measured(&pack, &all);
        if let Some(recorded) = &mut changed.recorded {
            recorded.columns[1].1 = Some(127);
            recorded.columns.push(("gender".to_owned(), Some(130)));
        }
        let said = lines(&pack, &changed);
        assert_eq!((said[IN_PERIOD].as_str(), said.len()), (WITHHELD, 3));
        assert!(lines(&pack, &measured(&pack, &[])).is_empty());
    }
}
