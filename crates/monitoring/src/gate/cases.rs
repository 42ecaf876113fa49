//! The door for figures computed from members' cases.
//!
//! **The rule.** What comes in is a `measures::Measurement`, of which everything small was withheld when it was made, beside
//! everything shown before. The gate does not take that on trust. It counts again: every group of people that a figure tells
//! apart, and what is left of a total when the cells that are shown are taken from it, must be nobody or at least the threshold;
//! a breakdown that holds less than that, or of which a part cannot be told, is withheld whole, and a measure whose total does is
//! refused. So a row that was changed in the database shows no more than one that was not. And a measure in which the cases of one
//! organisation alone count is withheld whole, however many they are: it would be that organisation's figure.
//!
//! A figure carries whose cases it is of in its source, wherever it goes. The same rule holds on pages for members and in
//! editions. docs/adr/0021-pooled-figures.md says why it is so, and what it does not promise.

use domain::indicator::Statistic;
use domain::pack::{Column, Definition, Kind, Schema, THRESHOLD};
use domain::series::{Origin, SourceKind};
use measures::definition::in_words;
use measures::pool::{Breakdown, Figure as Value, Measurement};

use super::recorded::{Recorded, recorded};
use super::{Figure, Gated, Refused, checked};

/// What stands where a number is withheld.
pub(super) const WITHHELD: &str = "withheld";
/// The fewest organisations whose cases count in a measure that is shown.
const FEWEST_ORGANISATIONS: u32 = 2;
/// What stands before a value that rests on a top-coded number.
pub(super) const AT_LEAST: &str = "at least";

/// What was computed of pooled cases: anyone may make one and nobody can show it.
#[derive(Debug, Clone)]
pub struct Pooled<'a> {
    /// The measurement.
    pub measurement: &'a Measurement,
    /// The definition that it was computed by.
    pub definition: &'a Definition,
    /// What its columns and codes mean.
    pub schema: &'a Schema,
    /// The least number of people that may be told apart.
    pub threshold: u64,
    /// When it was computed, as ISO text.
    pub computed_on: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// A pooled measure that may be shown; made by the gate alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    total: Gated,
    words: String,
    whose: String,
    links: String,
    missing: String,
    recorded: Option<Recorded>,
    breakdowns: Vec<Parts>,
}

/// A breakdown that may be shown; made by the gate alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    column: String,
    by: String,
    cells: Vec<Part>,
    missing: String,
}

/// One part of a breakdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The code.
    pub code: String,
    /// What it means.
    pub words: String,
    /// Its figure, or that it is withheld.
    pub figure: Gated,
}

/// Counts again, and lets a measure computed from cases through.
pub fn cases(given: &Pooled<'_>) -> Result<Shown, Refused> {
    let of = given.measurement;
    let threshold = given.threshold.max(THRESHOLD);
    if of.code != given.definition.code || of.version != given.definition.version {
        return Err(Refused::FromCases);
    }
    if of.cases.is_some_and(|cases| cases < threshold) {
        return Err(Refused::FromCases);
    }
    let total = shown_total(of);
    if total.is_some_and(|total| !is_large(of.statistic, total, threshold)) {
        return Err(Refused::FromCases);
    }
    let breakdowns = of
        .strata
        .iter()
        .map(|part| parts(given, part, threshold))
        .collect::<Result<_, _>>()?;
    let missing = match total.map(|total| total.missing) {
        None if !is_of_several(of) => {
            "Withheld: the cases of fewer than two organisations count in it, and one organisation’s figures are shown to nobody."
                .to_owned()
        }
        None => {
            "Withheld: it would tell of fewer people than may be told apart, or did so beside what was shown before."
                .to_owned()
        }
        Some(Some(0)) => "Every case says enough.".to_owned(),
        Some(Some(missing)) if missing >= threshold => {
            format!(
                "{} cases do not say enough and are left out.",
                super::number(missing as f64)
            )
        }
        Some(_) => format!(
            "Fewer than {threshold} cases, or a number that would tell of so few, do not say enough and are left out."
        ),
    };
    Ok(Shown {
        total: gated(given, total)?,
        words: in_words(given.definition, given.schema),
        whose: of.whose(),
        links: links(given, total.is_some()),
        missing,
        recorded: recorded(given, total, threshold),
        breakdowns,
    })
}

/// How far doubtful links carry a total that is shown. Its limits were rounded outwards; of a total that is withheld nothing is
/// said.
fn links(given: &Pooled<'_>, is_shown: bool) -> String {
    let Some(links) = given.measurement.links.as_ref().filter(|_| is_shown) else {
        return String::new();
    };
    match links.range {
        Some((low, high)) if low < high => format!(
            "Links may be wrong: in 95 of 100 draws of them by their chances the figure lies from {} to {}.",
            super::number(low),
            super::number(high)
        ),
        Some((low, _)) => format!(
            "Links may be wrong, which hardly changes it: in 95 of 100 draws of them by their chances the figure is {}, rounded.",
            super::number(low)
        ),
        None => "Links may be wrong; how far that carries the figure was not computed.".to_owned(),
    }
}

/// What may be shown of a measure that was computed again, beside everything shown of it before: the rule stands in
/// [`measures::disclosure::succeed`]. `None` where nothing of it may. A measure of one organisation's cases is blank.
pub(crate) fn succeed(new: Measurement, earlier: &[Measurement], threshold: u64) -> Option<Measurement> {
    // What is withheld is not kept either.
    let new = if is_of_several(&new) { new } else { new.blank() };
    measures::disclosure::succeed(new, earlier, threshold.max(THRESHOLD))
}

/// Whether the cases of several organisations count in a measure.
fn is_of_several(of: &Measurement) -> bool {
    of.seen_by >= FEWEST_ORGANISATIONS
}

/// What may be shown over every case, or nothing.
fn shown_total(of: &Measurement) -> Option<&Value> {
    of.total.as_ref().filter(|_| is_of_several(of))
}

/// Whether every group that a figure tells apart has at least so many people.
fn is_large(statistic: Statistic, figure: &Value, threshold: u64) -> bool {
    figure.n <= figure.d && figure.groups(statistic).iter().all(|people| *people >= threshold)
}

/// A breakdown as it may be shown: whole, with cells withheld, or withheld whole.
fn parts(given: &Pooled<'_>, of: &Breakdown, threshold: u64) -> Result<Parts, Refused> {
    let statistic = given.measurement.statistic;
    let total = shown_total(given.measurement);
    let is_shown = total.is_some_and(|total| holds(statistic, total, of, threshold));
    let column = given.schema.column(&of.column).map(|(_, column)| column);
    let cells = of.cells.iter().map(|(code, cell)| {
        let cell = cell.as_ref().filter(|_| is_shown);
        Ok(Part {
            code: code.clone(),
            words: label(given.schema, column, code),
            figure: gated(given, cell)?,
        })
    });
    let any_shown = is_shown && of.cells.iter().any(|(_, cell)| cell.is_some());
    let missing = match of.missing {
        _ if !any_shown => {
            "Withheld whole: a part of it would tell of too few people, or would beside what was shown before."
                .to_owned()
        }
        Some(0) => "Every case of the total is in it.".to_owned(),
        Some(missing) => format!(
            "{} cases of the total are in no part that is shown: withheld, or not recorded.",
            super::number(missing as f64)
        ),
        None => "How many cases are in no part is withheld.".to_owned(),
    };
    Ok(Parts {
        column: of.column.clone(),
        by: column.map_or_else(|| of.column.clone(), |column| column.label.clone()),
        cells: cells.collect::<Result<_, Refused>>()?,
        missing,
    })
}

/// Whether nothing small is in a breakdown or left of its total.
fn holds(statistic: Statistic, total: &Value, of: &Breakdown, threshold: u64) -> bool {
    let mut rest: Vec<Option<u64>> = total.groups(statistic).into_iter().map(Some).collect();
    for cell in of.cells.iter().filter_map(|(_, cell)| cell.as_ref()) {
        if !is_large(statistic, cell, threshold) {
            return false;
        }
        for (left, people) in rest.iter_mut().zip(cell.groups(statistic)) {
            *left = left.and_then(|left| left.checked_sub(people));
        }
    }
    let is_whole = of.cells.iter().all(|(_, cell)| cell.is_some()) && rest.iter().all(|left| *left == Some(0));
    is_whole || rest.iter().all(|left| left.is_some_and(|left| left >= threshold))
}

/// What a code means.
fn label(schema: &Schema, column: Option<&Column>, code: &str) -> String {
    let codes = column.map(|column| schema.codes(column)).unwrap_or_default();
    let found = codes.iter().find(|known| known.code == code);
    found.map_or_else(|| code.to_owned(), |known| known.words.clone())
}

/// A value, or that it is withheld.
fn gated(given: &Pooled<'_>, of: Option<&Value>) -> Result<Gated, Refused> {
    let statistic = given.measurement.statistic;
    let is_divided = matches!(statistic, Statistic::Share | Statistic::Rate) && given.definition.of.is_none();
    let people = |number: u64| number as f64;
    let mark = match of {
        None => WITHHELD,
        Some(value) if value.value.is_none() => "none to divide by",
        Some(value) if value.is_at_least => AT_LEAST,
        Some(_) => "",
    };
    checked(Figure {
        value: of.and_then(|of| of.value),
        mark: mark.to_owned(),
        unit: unit(given.definition, given.schema, statistic),
        n: of.filter(|of| is_divided && of.value.is_some()).map(|of| people(of.n)),
        d: of.filter(|of| of.value.is_some()).map(|of| people(of.d)),
        interval: None,
        origin: Origin::Cases,
        source_kind: SourceKind::Primary,
        is_unverified: false,
        source: format!("Contributions of organisations, {}", given.measurement.whose()),
        source_url: String::new(),
        vintage: given.computed_on.clone(),
        vintage_note: "the day on which it was computed".to_owned(),
        licence: String::new(),
        is_invented: given.is_invented,
    })
}

/// The unit of what a definition computes.
fn unit(definition: &Definition, schema: &Schema, statistic: Statistic) -> String {
    let of = definition
        .of
        .as_deref()
        .and_then(|name| match schema.column(name)?.1.kind {
            Kind::Number { unit, .. } => Some(unit.words()),
            _ => None,
        });
    match statistic {
        Statistic::Share => "%".to_owned(),
        Statistic::Rate => match of {
            Some(of) => format!("{of} per {} cases", definition.per.unwrap_or(1)),
            None => format!("per {} cases", definition.per.unwrap_or(1)),
        },
        Statistic::Ratio => "to one".to_owned(),
        Statistic::Count => "cases".to_owned(),
        _ => of.unwrap_or("cases").to_owned(),
    }
}

/// A figure that came through here and is read back from a frozen edition; one that tells of few is refused.
pub(super) fn again(figure: Figure) -> Result<Gated, Refused> {
    let least = THRESHOLD as f64;
    let is_sound = match (figure.value, figure.n, figure.d) {
        (None, None, None) => !figure.mark.is_empty(),
        (Some(_), None, Some(d)) => d >= least,
        (Some(_), Some(n), Some(d)) => n >= least && d - n >= least,
        _ => false,
    };
    if !is_sound || figure.interval.is_some() {
        return Err(Refused::FromCases);
    }
    checked(figure)
}

impl Shown {
    /// Over every case, or that it is withheld.
    pub fn total(&self) -> &Gated {
        &self.total
    }

    /// What is counted of whom, in plain English.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// “of N cases seen by M organisations; may include the same person twice”.
    pub fn whose(&self) -> &str {
        &self.whose
    }

    /// How far doubtful links carry it, in a sentence; empty where nothing was linked.
    pub fn links(&self) -> &str {
        &self.links
    }

    /// How many cases do not say enough, in words.
    pub fn missing(&self) -> &str {
        &self.missing
    }

    /// How much is recorded of what it needs; `None` where that would tell of few people, or was not contributed.
    pub fn recorded(&self) -> Option<&Recorded> {
        self.recorded.as_ref()
    }

    /// Its breakdowns, one column at a time.
    pub fn breakdowns(&self) -> &[Parts] {
        &self.breakdowns
    }

    /// What it computes, whose cases it is of, and how many are missing, in sentences.
    pub fn note(&self) -> String {
        let links = if self.links.is_empty() {
            String::new()
        } else {
            format!("{} ", self.links)
        };
        format!("{} It is computed {}. {links}{}", self.words, self.whose, self.missing)
    }
}

impl Parts {
    /// The column's name.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// What it is broken down by, in words.
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Each code with its figure, or that it is withheld.
    pub fn cells(&self) -> &[Part] {
        &self.cells
    }

    /// How many cases are in no part that is shown, in words.
    pub fn missing(&self) -> &str {
        &self.missing
    }

    /// Whether any part is shown.
    pub fn is_shown(&self) -> bool {
        self.cells.iter().any(|part| part.figure.mark() != WITHHELD)
    }
}

#[cfg(test)]
mod tests {
    use domain::pack::{Aggregate, Aggregates, Pack, Stratum, Table};
    use proptest::prelude::*;
    use serde::Serialize;

    use super::*;
    use crate::gate::pass;

    static_assertions::assert_not_impl_any!(Pooled<'static>: std::fmt::Display, Serialize);
    static_assertions::assert_not_impl_any!(Shown: serde::de::DeserializeOwned);

    /// The shipped pack with one share, by gender.
    fn pack() -> Pack {
        let mut pack = measures::shipped_pack("2025");
        pack.definitions
            .retain(|one| one.statistic == Statistic::Share && one.of.is_none());
        pack.definitions.truncate(1);
        pack.definitions[0].strata = vec!["gender".to_owned()];
        pack
    }

    /// Of these cases, half of them one organisation's and half another's.
    fn measured(pack: &Pack, cells: [(u64, u64); 3]) -> Measurement {
        let halves = cells.map(|(n, more)| (n / 2, more / 2));
        let place = |at: usize| (cells[at].0 - halves[at].0, cells[at].1 - halves[at].1);
        pooled(pack, &[halves, [place(0), place(1), place(2)]])
    }

    fn pooled(pack: &Pack, organisations: &[[(u64, u64); 3]]) -> Measurement {
        let mut pooled = measures::pool::Pooled::new();
        for cells in organisations {
            pooled.take(pack, &sent(pack, *cells)).expect("it is added");
        }
        pooled.measurements(pack).remove(0)
    }

    fn sent(pack: &Pack, cells: [(u64, u64); 3]) -> measures::read::Contents {
        let of = |(n, more): (u64, u64)| Aggregate {
            n,
            d: n + more,
            ..Aggregate::default()
        };
        let mut stratum = Stratum::empty("gender");
        for (code, people) in ["female", "male", "other"].into_iter().zip(cells) {
            if people != (0, 0) {
                stratum.cells.insert(code.to_owned(), of(people));
            }
        }
        let total = stratum.sum();
        measures::read::Contents::Aggregates(Aggregates {
            cases: total.d,
            tables: vec![Table {
                measure: pack.definitions[0].code.clone(),
                version: pack.definitions[0].version,
                recorded: std::collections::BTreeMap::new(),
                total,
                strata: vec![stratum],
            }],
        })
    }

    fn shown(pack: &Pack, measurement: &Measurement) -> Result<Shown, Refused> {
        cases(&Pooled {
            measurement,
            definition: &pack.definitions[0],
            schema: &pack.schema,
            threshold: pack.threshold,
            computed_on: "2025-06-01".into(),
            is_invented: true,
        })
    }

    #[test]
    fn a_pooled_share_says_whose_cases_it_is_of_and_what_is_missing() {
        let pack = pack();
        let of = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
        let shown = shown(&pack, &of).expect("it passes");
        assert_eq!(shown.total().to_string(), "50%");
        assert_eq!(shown.total().basis(), "70 of 140");
        assert_eq!(shown.total().origin(), Origin::Cases);
        let whose = "of 140 cases seen by 2 organisations; may include the same person twice";
        assert_eq!(shown.whose(), whose);
        assert!(shown.total().source().ends_with(whose));
        assert_eq!(shown.missing(), "Every case says enough.");
        assert!(shown.note().contains("may include the same person twice. Every case"));
        assert_eq!(shown.breakdowns()[0].cells()[0].figure.to_string(), "60%");
        let of = measured(&pack, [(30, 20), (20, 30), (0, 0)]);
        let shown = self::shown(&pack, &of).expect("it passes");
        assert_eq!(
            shown.breakdowns()[0].cells()[2].figure.to_string(),
            "withheld",
            "nobody is few"
        );
    }

    #[test]
    fn what_one_organisation_alone_has_cases_of_is_withheld_whole_however_many_they_are() {
        let pack = pack();
        let one = pooled(&pack, &[[(300, 200), (200, 300), (200, 200)], [(0, 0); 3]]);
        let shown = shown(&pack, &one).expect("it passes");
        assert_eq!(shown.total().to_string(), "withheld");
        assert!(!shown.breakdowns()[0].is_shown());
        assert!(shown.missing().contains("fewer than two organisations"));
        assert_eq!(
            succeed(one.clone(), &[], 11).map(|kept| kept.total),
            Some(None),
            "nor is it kept"
        );
        let more = pooled(&pack, &[[(300, 200), (200, 300), (200, 200)], [(1, 0), (0, 0), (0, 0)]]);
        assert!(self::shown(&pack, &more).expect("it passes").total().is_given());
    }

    #[test]
    fn a_row_that_somebody_changed_shows_no_more() {
        let pack = pack();
        let mut total = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
        if let Some(total) = &mut total.total {
            total.n = total.d - 3;
        }
        assert_eq!(shown(&pack, &total), Err(Refused::FromCases));
        let mut cell = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
        if let Some(cell) = &mut cell.strata[0].cells[0].1 {
            cell.n = 4;
        }
        let cell = shown(&pack, &cell).expect("the total passes");
        assert!(!cell.breakdowns()[0].is_shown(), "the breakdown is withheld whole");
        let mut rest = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
        if let Some(total) = &mut rest.total {
            total.d += 2;
        }
        let rest = shown(&pack, &rest).expect("the total passes");
        assert!(!rest.breakdowns()[0].is_shown(), "two people would be left");
        let mut other = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
        other.version += 1;
        assert_eq!(shown(&pack, &other), Err(Refused::FromCases));
    }

    #[test]
    fn a_frozen_figure_is_read_back_and_a_forged_one_is_not() {
        let pack = pack();
        let of = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
        let gated = shown(&pack, &of).expect("it passes").total().clone();
        let frozen = serde_json::to_string(&gated).expect("it is written");
        assert_eq!(serde_json::from_str::<Gated>(&frozen).expect("it is read"), gated);
        for (from, to) in [
            ("\"n\":70.0", "\"n\":5.0"),
            ("\"n\":70.0", "\"n\":135.0"),
            ("\"d\":140.0", "\"d\":null"),
        ] {
            let forged = frozen.replace(from, to);
            assert_ne!(forged, frozen);
            assert!(serde_json::from_str::<Gated>(&forged).is_err(), "{to}");
        }
        let figure: Figure = serde_json::from_str(&frozen).expect("a figure");
        assert_eq!(pass(figure), Err(Refused::FromCases), "no other door");
        let none = measured(&pack, [(3, 2), (0, 0), (0, 0)]);
        let none = shown(&pack, &none).expect("it passes").total().clone();
        assert_eq!(none.to_string(), "withheld");
        let frozen = serde_json::to_string(&none).expect("it is written");
        assert_eq!(serde_json::from_str::<Gated>(&frozen).expect("it is read"), none);
    }

    proptest! {
        /// Whoever subtracts what is shown of a table from its total is left with nobody or with many.
        #[test]
        fn subtracting_within_a_table_leaves_nobody_or_many(
            cells in prop::array::uniform3((0_u64..40, 0_u64..40)),
        ) {
            let pack = pack();
            let of = measured(&pack, cells);
            let shown = shown(&pack, &of).expect("what was withheld passes");
            let people = |figure: &Gated| figure.n().zip(figure.d()).map(|(n, d)| [n, d - n, d]);
            let Some(mut rest) = people(shown.total()) else {
                prop_assert!(shown.breakdowns().iter().all(|part| !part.is_shown()));
                return Ok(());
            };
            for part in shown.breakdowns()[0].cells() {
                let Some(groups) = people(&part.figure) else { continue };
                prop_assert!(groups.iter().all(|people| *people >= 11.0), "{groups:?}");
                for (left, people) in rest.iter_mut().zip(groups) {
                    *left -= people;
                }
            }
            prop_assert!(rest.iter().all(|left| *left == 0.0) || rest.iter().all(|left| *left >= 11.0), "{rest:?}");
        }
    }
}
