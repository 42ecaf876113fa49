//! The door for figures computed from members' cases.
//!
//! **The rule.** What comes in is a `measures::Measurement`, of which everything small was withheld when it was made, beside
//! everything shown before. The gate does not take that on trust. It counts again: every group of people that a figure tells
//! apart, and what is left of a total when the cells that are shown are taken from it, must be nobody or at least the threshold;
//! a breakdown that holds less than that, or of which a part cannot be told, is withheld whole, and a measure whose total does is
//! refused. So a row that was changed in the database shows no more than one that was not. And a measure in which the cases of one
//! organisation alone count is withheld whole, however many they are: it would be that organisation's figure. (Parts of one
//! organisation were withheld when the measurement was made; whose cases a part holds is not kept, so that is not counted again.)
//!
//! A figure carries whose cases it is of in its source, wherever it goes. The same rule holds on pages for members and in
//! editions. docs/adr/0021-pooled-figures.md says why it is so, and what it does not promise.

#[cfg(test)]
mod tests;

use domain::indicator::Statistic;
use domain::pack::{Column, Definition, Pack, Schema, THRESHOLD};
use domain::series::{Origin, SourceKind};
use measures::definition::{in_words, unit};
use measures::disclosure::{self, is_apart};
use measures::pool::{Breakdown, Figure as Value, Measurement};

use super::recorded::{Recorded, recorded};
use super::{Figure, Gated, Refused, checked};

/// What stands where a number is withheld.
pub(super) const WITHHELD: &str = "withheld";
/// The fewest organisations whose cases count in a measure that is shown.
const FEWEST_ORGANISATIONS: u32 = 2;
/// What stands before a value that rests on a top-coded number.
pub(super) const AT_LEAST: &str = "at least";
/// The unit of a figure that is itself a number of cases, as [`unit`] gives it.
const CASES: &str = "cases";

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
    let total = shown_total(of, threshold);
    if total.is_some_and(|total| !is_large(of.statistic, total, threshold)) {
        return Err(Refused::FromCases);
    }
    let breakdowns = of
        .strata
        .iter()
        .map(|part| parts(given, part, threshold))
        .collect::<Result<_, _>>()?;
    let missing = match total.map(|total| total.missing) {
        None => {
            "Withheld: it would tell of fewer people than may be told apart or of one organisation, alone or beside another figure that is or was shown."
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
    disclosure::succeed(new, earlier, threshold.max(THRESHOLD))
}

/// What may be shown of a measure beside others of its computation that are shown: the rule stands in
/// [`measures::disclosure::beside`].
pub(crate) fn beside(new: Measurement, shown: &[Measurement], pack: &Pack) -> Measurement {
    let definition = |code: &str| pack.definitions.iter().find(|one| one.code == code);
    // Nobody can tell whom it is of.
    let Some(own) = definition(&new.code) else {
        return new.blank();
    };
    let others: Vec<disclosure::Shown<'_>> = shown
        .iter()
        .filter_map(|measurement| {
            Some(disclosure::Shown {
                definition: definition(&measurement.code)?,
                measurement,
            })
        })
        .collect();
    disclosure::beside(new, own, &others, pack.threshold.max(THRESHOLD))
}

/// Whether the cases of several organisations count in a measure.
fn is_of_several(of: &Measurement) -> bool {
    of.seen_by >= FEWEST_ORGANISATIONS
}

/// What may be shown over every case, or nothing.
fn shown_total(of: &Measurement, threshold: u64) -> Option<&Value> {
    let total = of.total.as_ref().filter(|_| is_of_several(of))?;
    // Of how many cases everything was computed stands beside it, to be subtracted from.
    let is_beside_all = of.cases.is_none_or(|all| is_apart(&[all], total.d, threshold));
    is_beside_all.then_some(total)
}

/// Whether every group that a figure tells apart has at least so many people.
fn is_large(statistic: Statistic, figure: &Value, threshold: u64) -> bool {
    figure.n <= figure.d && figure.groups(statistic).iter().all(|people| *people >= threshold)
}

/// A breakdown as it may be shown: whole, with cells withheld, or withheld whole.
fn parts(given: &Pooled<'_>, of: &Breakdown, threshold: u64) -> Result<Parts, Refused> {
    let statistic = given.measurement.statistic;
    let total = shown_total(given.measurement, threshold);
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
            "Withheld whole: a part of it would tell of too few people or of one organisation, alone or beside another figure that is or was shown."
                .to_owned()
        }
        Some(0) => "Every case of the total is in it.".to_owned(),
        Some(missing) => format!(
            "{} cases of the total are in no part that is shown: withheld, not recorded, or merged by an organisation because they were few; a part may be of more cases than it shows.",
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
        unit: unit(given.definition, given.schema),
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

impl Gated {
    /// How many cases a pooled figure is of: “70 of 140” where some are counted among others, “of 347 cases” for a median, a
    /// percentile, a mean or a sum. Empty where nothing is shown, and for a number of cases, which says it itself. Of a figure
    /// that no cases gave it is [`Gated::basis`].
    pub fn of_how_many(&self) -> String {
        let basis = self.basis();
        match self.0.d {
            Some(cases) if basis.is_empty() && self.0.origin == Origin::Cases && self.0.unit != CASES => {
                format!("of {} cases", super::number(cases))
            }
            _ => basis,
        }
    }
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

    /// What it computes, how many cases it is of, whose cases were contributed, and how many are missing, in sentences.
    pub fn note(&self) -> String {
        let of = match self.total.d() {
            Some(cases) if self.total.unit() != CASES => format!("of {} cases, ", super::number(cases)),
            _ => String::new(),
        };
        let links = if self.links.is_empty() {
            String::new()
        } else {
            format!("{} ", self.links)
        };
        format!(
            "{} It is {of}computed from contributions {}. {links}{}",
            self.words, self.whose, self.missing
        )
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
