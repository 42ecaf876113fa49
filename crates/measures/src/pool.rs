//! What several organisations sent, added up: a measure's value “of N cases seen by M organisations”.
//!
//! Adding up is all there is to pooling, so it can be done one by one as contributions come, in any order. No names and
//! no tokens are compared here, so one person whom two organisations support counts twice, unless [`once`](crate::once) was told
//! which rows are one person.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::indicator::Statistic;
use domain::pack::{Aggregate, Aggregates, Definition, Kind, Pack, Schema, Stratum, Table};
use serde::{Deserialize, Serialize};

use crate::definition::Fault;
use crate::disclosure::{Holders, Part, Recorded, groups, is_apart, recorded, withhold};
use crate::once::{Drawn, Links};
use crate::quantile::quantile;
use crate::read::{Contents, Refused, check_aggregates};

/// The aggregates of several organisations, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pooled {
    organisations: u32,
    aggregates: Aggregates,
    /// For each measure, whose its cases are, part by part: those counted, and all.
    holders: BTreeMap<String, [Holders; 2]>,
    /// How many of them gave coded rows of which any was linked.
    linked: u32,
    /// Whether anything in it was not linked.
    has_unlinked: bool,
}

impl Pooled {
    /// No organisation yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many organisations' cases are in it.
    pub const fn organisations(&self) -> u32 {
        self.organisations
    }

    /// How many cases are in it.
    pub const fn cases(&self) -> u64 {
        self.aggregates.cases
    }

    /// Adds one organisation's aggregates, those of its newest contribution alone.
    ///
    /// # Errors
    ///
    /// What [`check_aggregates`] finds in them; then nothing is added.
    pub fn add(&mut self, pack: &Pack, given: &Aggregates) -> Result<(), Refused> {
        check_aggregates(pack, given)?;
        self.sum_linked(given, false, false);
        Ok(())
    }

    /// Adds one organisation's contribution, its newest alone, as it was read. Of coded rows every cell is added, however small;
    /// what is small in the sum is withheld when it is shown.
    ///
    /// # Errors
    ///
    /// Faults of the definitions, which a pack that was read does not have.
    pub fn take(&mut self, pack: &Pack, contents: &Contents) -> Result<(), Vec<Fault>> {
        let aggregates = contents.aggregates(pack)?;
        self.sum_linked(&aggregates, false, false);
        Ok(())
    }

    /// Adds what was pooled elsewhere, of other organisations under the same pack.
    pub fn merge(&mut self, other: &Self) {
        for (measure, holders) in &other.holders {
            let own = self.holders.entry(measure.clone()).or_default();
            for (own, others) in own.iter_mut().zip(holders) {
                own.add(others, self.organisations);
            }
        }
        self.sum(other.organisations, &other.aggregates);
        self.linked += other.linked;
        self.has_unlinked |= other.has_unlinked;
    }

    /// Adds what was computed of one organisation's cases; of coded rows, whether any was linked, and whether all were.
    pub(crate) fn sum_linked(&mut self, given: &Aggregates, is_linked: bool, is_all_linked: bool) {
        for table in &given.tables {
            let [counted, known] = self.holders.entry(table.measure.clone()).or_default();
            counted.add(&Holders::of(table, |of| of.n), self.organisations);
            known.add(&Holders::of(table, |of| of.d), self.organisations);
        }
        self.sum(1, given);
        self.linked += u32::from(is_linked);
        self.has_unlinked |= !is_all_linked;
    }

    pub(crate) fn sum(&mut self, organisations: u32, given: &Aggregates) {
        self.organisations += organisations;
        self.aggregates.cases = self.aggregates.cases.saturating_add(given.cases);
        for table in &given.tables {
            match self
                .aggregates
                .tables
                .iter_mut()
                .find(|own| own.measure == table.measure)
            {
                Some(own) => merge_table(own, table),
                None => self.aggregates.tables.push(table.clone()),
            }
        }
    }

    /// The measures of a pack, in its order, with everything small withheld. A measure that nobody sent is of no case.
    pub fn measurements(&self, pack: &Pack) -> Vec<Measurement> {
        pack.definitions
            .iter()
            .map(|definition| {
                let sent = self
                    .aggregates
                    .tables
                    .iter()
                    .find(|table| table.measure == definition.code);
                let table = complete(definition, sent);
                self.measurement(pack, definition, &table)
            })
            .collect()
    }

    /// The same, and between which values each lies in the draws of the links.
    pub fn measurements_of(&self, pack: &Pack, drawn: Drawn) -> Vec<Measurement> {
        let mut measured = self.measurements(pack);
        for (one, range) in measured.iter_mut().zip(drawn.ranges(pack)) {
            // Beside a total that is withheld it would tell of it.
            if let Some(links) = one.links.as_mut().filter(|_| one.total.is_some()) {
                links.range = range;
            }
        }
        measured
    }

    /// The value of each measure over every case, in the order of the pack, however few: for ranges alone.
    pub(crate) fn values(&self, pack: &Pack) -> Vec<Option<f64>> {
        let of = |definition: &Definition| {
            let sent = self
                .aggregates
                .tables
                .iter()
                .find(|table| table.measure == definition.code)?;
            Figure::of(definition, &pack.schema, &sent.total, 0).value
        };
        pack.definitions.iter().map(of).collect()
    }

    fn measurement(&self, pack: &Pack, definition: &Definition, table: &Table) -> Measurement {
        let nobodys = <[Holders; 2]>::default();
        let [counted, known] = self.holders.get(&definition.code).unwrap_or(&nobodys);
        // A count shows nobody but those counted.
        let holders = if definition.statistic == Statistic::Count {
            counted
        } else {
            known
        };
        let shown = withhold(definition, &pack.schema, table, holders, pack.threshold);
        let figure = |of: &Aggregate| Figure::of(definition, &pack.schema, of, pack.threshold);
        let all = self.cases();
        let is_beside_all = |cases: u64| is_apart(&[all], cases, pack.threshold);
        let mut measured = Measurement {
            code: definition.code.clone(),
            version: definition.version,
            statistic: definition.statistic,
            cases: (all >= pack.threshold).then_some(all),
            organisations: self.organisations,
            seen_by: holders.organisations(),
            may_count_twice: self.linked == 0 || self.has_unlinked,
            links: (self.linked > 0).then_some(Links {
                organisations: self.linked,
                range: None,
            }),
            total: shown.total.as_ref().map(figure),
            recorded: shown
                .total
                .as_ref()
                .and_then(|_| recorded(definition, table, pack.threshold))
                .filter(|recorded| is_beside_all(recorded.cases)),
            strata: shown
                .strata
                .iter()
                .map(|part| {
                    Breakdown::of(part, |of| Figure {
                        missing: None,
                        ..figure(of)
                    })
                })
                .collect(),
        };
        // What it is of is subtracted from what stands beside every figure: of how many cases everything was computed.
        if let Some(total) = &mut measured.total {
            total.missing = total.missing.filter(|_| is_beside_all(table.cases()));
        }
        if measured.total.as_ref().is_some_and(|total| !is_beside_all(total.d)) {
            measured = measured.without_figures();
        }
        measured
    }
}

fn merge_table(own: &mut Table, other: &Table) {
    // A breakdown that only one of them has is, for the other's cases, not recorded.
    let without = |total: &Aggregate, column: &str| Stratum {
        not_recorded: total.clone(),
        ..Stratum::empty(column)
    };
    for stratum in &other.strata {
        if !own.strata.iter().any(|known| known.column == stratum.column) {
            own.strata.push(without(&own.total, &stratum.column));
        }
    }
    for stratum in &mut own.strata {
        match other.strata.iter().find(|others| others.column == stratum.column) {
            Some(others) => stratum.merge(others),
            None => stratum.merge(&without(&other.total, &stratum.column)),
        }
    }
    own.merge_recorded(other);
    own.total.merge(&other.total);
}

/// The table with every breakdown of its definition, in the definition's order.
fn complete(definition: &Definition, sent: Option<&Table>) -> Table {
    let mut whole = Table {
        measure: definition.code.clone(),
        version: definition.version,
        total: Aggregate::default(),
        recorded: BTreeMap::new(),
        strata: definition.strata.iter().map(|column| Stratum::empty(column)).collect(),
    };
    if let Some(sent) = sent {
        merge_table(&mut whole, sent);
    }
    whole
}

/// A measure's value from pooled cases, as it may be shown. Made here alone, or read back from where it was kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Measurement {
    /// The measure, such as `I13a`.
    pub code: String,
    /// The version of its definition.
    pub version: u32,
    /// What was computed.
    pub statistic: Statistic,
    /// Of how many cases; `None` where they are fewer than the threshold, and where the measure was withheld beside what was shown
    /// before or as one organisation's.
    pub cases: Option<u64>,
    /// Seen by how many organisations.
    pub organisations: u32,
    /// How many of them have a case that counts in this very measure (of a count, one that is counted); 0 where the measure was
    /// withheld likewise.
    #[serde(default)]
    pub seen_by: u32,
    /// Whether the same person may be counted twice: always, unless every case is a coded row that was linked.
    pub may_count_twice: bool,
    /// What the links say, where any coded rows were linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Links>,
    /// Over every case; `None` where it is withheld.
    pub total: Option<Figure>,
    /// How much is recorded of what it needs; `None` where that is withheld, or was not contributed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
    /// One for each column of the definition's strata, in its order.
    pub strata: Vec<Breakdown>,
}

impl Measurement {
    /// The same measure with nothing shown of it, not even of how many cases it is: beside what was shown before, that alone could
    /// tell of a few people.
    #[must_use]
    pub fn blank(self) -> Self {
        Self {
            cases: None,
            seen_by: 0,
            ..self.without_figures()
        }
    }

    /// The same measure with how many cases everything is of, and nothing else.
    pub(crate) fn without_figures(mut self) -> Self {
        self.total = None;
        self.recorded = None;
        if let Some(links) = &mut self.links {
            links.range = None;
        }
        for part in &mut self.strata {
            part.withhold(0);
            part.missing = None;
        }
        self
    }

    /// What stands beside every number: “of N cases seen by M organisations; may include the same person twice”, or who is
    /// counted once.
    pub fn whose(&self) -> String {
        let cases = self.cases.map_or_else(
            || "cases whose number is withheld,".to_owned(),
            |cases| format!("{} cases", thousands(cases)),
        );
        let word = if self.organisations == 1 {
            "organisation"
        } else {
            "organisations"
        };
        let twice = match (&self.links, self.may_count_twice) {
            (None, _) => "; may include the same person twice".to_owned(),
            (Some(_), false) => {
                "; a person whom several know is counted once, as far as links without names tell".to_owned()
            }
            (Some(links), true) => format!(
                "; may include the same person twice, although people in coded rows of {} of them, which were linked, are counted once",
                links.organisations
            ),
        };
        format!("of {cases} seen by {} {word}{twice}", self.organisations)
    }
}

/// A number with its thousands told apart.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A figure that may be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Figure {
    /// A share in per cent, a rate per its `per`, a median, percentile or mean in the unit of its column, a count, a
    /// sum or a ratio; `None` where there is nothing to divide by.
    pub value: Option<f64>,
    /// Whether the value rests on a top-coded number and is a lower bound.
    pub is_at_least: bool,
    /// Cases counted; for a mean the same as `d`, since in how many the number is not 0 is nobody’s to know.
    pub n: u64,
    /// Cases in the population of which that is known; for a count the same as `n`.
    pub d: u64,
    /// The sum of the column that is summed; 0 where none is.
    pub sum: u64,
    /// The sum that it is divided by; 0 where it is divided by cases or not at all.
    pub out_of: u64,
    /// Cases that do not say enough; `None` where they are some, and fewer than the threshold, and in breakdowns, where
    /// it would tell of the cells that are withheld.
    pub missing: Option<u64>,
}

impl Figure {
    /// The groups of people that it tells apart, as numbers; the last holds the others.
    pub fn groups(&self, statistic: Statistic) -> Vec<u64> {
        groups(statistic, self.n, self.d)
    }

    fn of(definition: &Definition, schema: &Schema, of: &Aggregate, threshold: u64) -> Self {
        let over = |some: u64, all: u64, times: f64| (all > 0).then(|| some as f64 / all as f64 * times);
        let top = definition
            .of
            .as_deref()
            .and_then(|name| match schema.column(name)?.1.kind {
                Kind::Number { top, .. } => Some(top),
                _ => None,
            });
        let timed = |share| quantile(&of.histogram, share, top.unwrap_or(u32::MAX));
        let per = f64::from(definition.per.unwrap_or(1));
        let is_summed = definition.of.is_some();
        let (value, is_at_least) = match definition.statistic {
            Statistic::Share if is_summed => (over(of.sum, of.out_of, 100.0), false),
            Statistic::Share => (over(of.n, of.d, 100.0), false),
            Statistic::Rate if is_summed => (over(of.sum, of.d, per), false),
            Statistic::Rate => (over(of.n, of.d, per), false),
            Statistic::Mean => (over(of.sum, of.d, 1.0), false),
            Statistic::Ratio => (over(of.sum, of.out_of, 1.0), false),
            Statistic::Count => (Some(of.n as f64), false),
            Statistic::Sum => (Some(of.sum as f64), false),
            Statistic::Median | Statistic::P90 => {
                let share = if definition.statistic == Statistic::P90 {
                    0.9
                } else {
                    0.5
                };
                let found = timed(share);
                (found.map(|one| one.value), found.is_some_and(|one| one.is_at_least))
            }
            Statistic::Ordinal => (None, false),
        };
        Self {
            value,
            is_at_least,
            n: if definition.statistic == Statistic::Mean {
                of.d
            } else {
                of.n
            },
            d: if definition.statistic == Statistic::Count {
                of.n
            } else {
                of.d
            },
            sum: of.sum,
            out_of: of.out_of,
            missing: (of.missing == 0 || of.missing >= threshold).then_some(of.missing),
        }
    }
}

/// A breakdown as it may be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Breakdown {
    /// The column.
    pub column: String,
    /// By code; `None` where the cell is withheld.
    pub cells: Vec<(String, Option<Figure>)>,
    /// How many cases of the total are in no cell that is shown; `None` where the total is withheld.
    pub missing: Option<u64>,
}

impl Breakdown {
    /// The same breakdown without a cell; `whole` is how many of the total's cases are in none then: all.
    pub(crate) fn withhold(&mut self, whole: u64) {
        for (_, cell) in &mut self.cells {
            *cell = None;
        }
        self.missing = Some(whole);
    }

    fn of(part: &Part, figure: impl Fn(&Aggregate) -> Figure) -> Self {
        Self {
            column: part.column.clone(),
            cells: part
                .cells
                .iter()
                .map(|(code, cell)| (code.clone(), cell.as_ref().map(&figure)))
                .collect(),
            missing: part.missing,
        }
    }
}
