//! A figure with its vintages: which one counts today, and what it was before.

use std::collections::BTreeMap;

use domain::Day;
use domain::series::SourceKind;
use store::row::observation::Model;

use super::Period;

/// One figure of a series, in every vintage that was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is of.
    pub period: Period,
    /// `total` or a part of the breakdown.
    pub category: String,
    /// The one that counts first, then as they were before; never empty. The publisher's own
    /// publications go before secondary sources, whatever their dates: a report about a figure does
    /// not supersede it.
    vintages: Vec<Model>,
}

/// How a vintage differs from the one after it.
#[derive(Debug, Clone, PartialEq)]
pub enum Restated {
    /// The publisher gave another value: old, new, and the day of the new one.
    Changed(String, String, String),
    /// The same value was published again on this day.
    Again(String),
    /// Two sources of one day disagree: the other value and its source.
    Beside(String, String),
    /// Only a secondary source says so: its value and its title.
    Secondary(String, String),
}

impl std::fmt::Display for Restated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed(old, new, on) => write!(f, "restated from {old} to {new} on {on}"),
            Self::Again(on) => write!(f, "published again unchanged on {on}"),
            Self::Beside(value, source) => write!(f, "given as {value} on the same day by {source}"),
            Self::Secondary(value, source) => write!(f, "given as {value} by a secondary source: {source}"),
        }
    }
}

impl Figure {
    /// The vintage that counts.
    pub fn current(&self) -> &Model {
        &self.vintages[0]
    }

    /// The vintages that it superseded, latest first, each with how it differs from its successor.
    pub fn superseded(&self) -> Vec<(&Model, Restated)> {
        self.vintages
            .windows(2)
            .map(|pair| (&pair[1], restated(&pair[1], &pair[0])))
            .collect()
    }

    /// All vintages, the one that counts first.
    pub fn vintages(&self) -> &[Model] {
        &self.vintages
    }
}

fn restated(old: &Model, new: &Model) -> Restated {
    let is_secondary = |model: &Model| model.source_kind == SourceKind::Secondary.code();
    if is_secondary(old) && !is_secondary(new) {
        return Restated::Secondary(value_words(old), old.source_title.clone());
    }
    let on = day_words(&new.published_on);
    let is_same = old.value == new.value && old.mark == new.mark;
    if is_same {
        Restated::Again(on)
    } else if old.published_on == new.published_on {
        Restated::Beside(value_words(old), old.source_title.clone())
    } else {
        Restated::Changed(value_words(old), value_words(new), on)
    }
}

fn day_words(iso: &str) -> String {
    Day::parse(iso).map_or_else(|_| iso.to_owned(), |day| day.to_string())
}

/// Puts the vintages of each figure together; latest period first, the total before its parts.
/// Cost: n log n.
pub fn figures(observations: Vec<Model>) -> Vec<Figure> {
    let mut grouped: BTreeMap<(Period, String), Vec<Model>> = BTreeMap::new();
    for observation in observations {
        let period = Period {
            start: observation.period_start.clone(),
            end: observation.period_end.clone(),
        };
        grouped
            .entry((period, observation.category.clone()))
            .or_default()
            .push(observation);
    }
    let mut figures: Vec<Figure> = grouped
        .into_iter()
        .map(|((period, category), mut vintages)| {
            let rank = |model: &Model| model.source_kind == SourceKind::Secondary.code();
            vintages.sort_by(|a, b| {
                rank(a)
                    .cmp(&rank(b))
                    .then_with(|| b.published_on.cmp(&a.published_on))
                    .then_with(|| a.source_title.cmp(&b.source_title))
            });
            Figure {
                period,
                category,
                vintages,
            }
        })
        .collect();
    figures.sort_by(|a, b| {
        let key = |figure: &Figure| (figure.category != "total", figure.category.clone());
        b.period
            .end
            .cmp(&a.period.end)
            .then_with(|| b.period.start.cmp(&a.period.start))
            .then_with(|| key(a).cmp(&key(b)))
    });
    figures
}

/// A value as it was published, with thousands separated, or the publisher's mark in its place.
pub fn value_words(observation: &Model) -> String {
    observation.value.map_or_else(|| observation.mark.clone(), number_words)
}

/// A number with thousands separated. Nothing is rounded: a restatement in the second decimal must show.
pub fn number_words(value: f64) -> String {
    let text = value.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, decimals) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut words = sign.to_owned();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words + decimals
}
