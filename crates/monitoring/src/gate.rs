//! The one door between a figure and a reader.
//!
//! A [`Figure`] can be made by anyone and shown by nobody: it has no `Display` and no `Serialize`.
//! A [`Gated`] can be shown by anyone and made by the gate alone. Templates and exports take only
//! `Gated`, so a number of the wrong kind cannot be printed; the compiler refuses it.
//!
//! The gate passes official statistics and figures typed in with a source. What is computed from members'
//! cases has a door of its own ([`cases()`]), which counts again what was withheld, and so have estimates of list
//! studies ([`estimate()`]), which it rounds; nothing else makes a figure of either origin.

mod cases;
mod estimate;
mod recorded;
mod spread;

use std::borrow::Cow;

use domain::series::{Origin, SourceKind};
use serde::{Deserialize, Serialize};

pub use cases::{Part, Parts, Pooled, Shown, cases};
pub(crate) use cases::{beside, succeed};
pub(crate) use estimate::grain;
pub use estimate::{Banded, Ends, Estimate, Measured, Span, band, estimate, span};
pub use recorded::Recorded;
pub use spread::{Bar, Shares, Spread, spread};

/// A number with everything that has to be said beside it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Figure {
    /// The value; `None` where the publisher suppressed it or there is none.
    pub value: Option<f64>,
    /// The publisher's own mark where there is no value (`[c]`, `*`, `..`), else empty.
    #[serde(default)]
    pub mark: String,
    /// The unit in words: persons, per cent, days, pounds.
    pub unit: String,
    /// Numerator, where the figure is a share, rate or ratio.
    #[serde(default)]
    pub n: Option<f64>,
    /// Denominator, likewise.
    #[serde(default)]
    pub d: Option<f64>,
    /// Lower and upper end of the 95% interval; only where the figure comes from a sample.
    #[serde(default)]
    pub interval: Option<(f64, f64)>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it was read in the publisher's own publication.
    pub source_kind: SourceKind,
    /// Whether nobody has yet checked it against its source.
    pub is_unverified: bool,
    /// The publication it was read in.
    pub source: String,
    /// Its address, or empty.
    #[serde(default)]
    pub source_url: String,
    /// When that publication appeared, as ISO text: the vintage.
    pub vintage: String,
    /// What has to be said of the vintage: that the day is not recorded, what was restated; or empty.
    #[serde(default)]
    pub vintage_note: String,
    /// The licence of that publication as it states it, or empty.
    #[serde(default)]
    pub licence: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Why a figure was not let through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Computed from members' cases, and not through the gate's own door, or telling of too few people.
    #[error("a figure computed from members' cases is shown only as a pooled measure that tells of nobody")]
    FromCases,
    /// No source, so nobody could follow it back.
    #[error("a figure without a source cannot be published")]
    NoSource,
    /// Not a number at all.
    #[error("the figure is not a finite number")]
    NotFinite,
    /// An estimate of a list study that did not come through the gate's own door.
    #[error("an estimate of a list study is rounded by the gate, or not shown")]
    NotRounded,
    /// An estimate so small that it would say something of a few people.
    #[error("an estimate under the study's threshold is not shown")]
    TooSmall,
}

/// A figure that may be shown.
///
/// `Display` prints the value as people read it, with the publisher's mark where there is no value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Figure")]
pub struct Gated(Figure);

/// Lets a figure through, or says why not.
pub fn pass(figure: Figure) -> Result<Gated, Refused> {
    match figure.origin {
        Origin::Cases => Err(Refused::FromCases),
        Origin::Study => Err(Refused::NotRounded),
        Origin::Official | Origin::Typed => checked(figure),
    }
}

/// What every figure must have, whatever its origin.
fn checked(figure: Figure) -> Result<Gated, Refused> {
    if figure.source.trim().is_empty() {
        return Err(Refused::NoSource);
    }
    let numbers = [
        figure.value,
        figure.n,
        figure.d,
        figure.interval.map(|i| i.0),
        figure.interval.map(|i| i.1),
    ];
    if numbers.iter().flatten().any(|number| !number.is_finite()) {
        return Err(Refused::NotFinite);
    }
    Ok(Gated(figure))
}

/// Reading a frozen edition goes through the same door as making one.
impl TryFrom<Figure> for Gated {
    type Error = Refused;

    fn try_from(figure: Figure) -> Result<Self, Refused> {
        match figure.origin {
            Origin::Study => estimate::again(figure),
            Origin::Cases => cases::again(figure),
            Origin::Official | Origin::Typed => pass(figure),
        }
    }
}

/// The shape in which a gated figure is frozen; it mirrors [`Figure`].
#[derive(Serialize)]
struct Frozen<'a> {
    value: Option<f64>,
    mark: &'a str,
    unit: &'a str,
    n: Option<f64>,
    d: Option<f64>,
    interval: Option<(f64, f64)>,
    origin: Origin,
    source_kind: SourceKind,
    is_unverified: bool,
    source: &'a str,
    source_url: &'a str,
    vintage: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    vintage_note: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    licence: &'a str,
    is_invented: bool,
}

impl Serialize for Gated {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let f = &self.0;
        Frozen {
            value: f.value,
            mark: &f.mark,
            unit: &f.unit,
            n: f.n,
            d: f.d,
            interval: f.interval,
            origin: f.origin,
            source_kind: f.source_kind,
            is_unverified: f.is_unverified,
            source: &f.source,
            source_url: &f.source_url,
            vintage: &f.vintage,
            vintage_note: &f.vintage_note,
            licence: &f.licence,
            is_invented: f.is_invented,
        }
        .serialize(serializer)
    }
}

/// Whether a unit counts in hundredths, however it is written.
pub(crate) fn is_share(unit: &str) -> bool {
    matches!(unit, "%" | "per cent" | "percent")
}

fn is_pounds(unit: &str) -> bool {
    matches!(unit, "GBP" | "pounds")
}

/// Whether the value is a step of a scale, which is named and not counted: “level 3”.
pub(crate) fn is_level(unit: &str) -> bool {
    unit == "level"
}

/// The unit of one: “day” for “days”, “conviction per charge” for “convictions per charge”. What is counted
/// stands before “per”, and its last word carries the number.
fn of_one(unit: &str) -> String {
    if unit.starts_with("per ") {
        return unit.to_owned();
    }
    let (counted, rest) = unit.find(" per ").map_or((unit, ""), |at| unit.split_at(at));
    let (before, noun) = counted.rfind(' ').map_or(("", counted), |at| counted.split_at(at + 1));
    let noun = match noun {
        "people" => "person".to_owned(),
        "children" => "child".to_owned(),
        _ => match noun.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None if noun.ends_with("ss") => noun.to_owned(),
            None => noun.strip_suffix('s').unwrap_or(noun).to_owned(),
        },
    };
    format!("{before}{noun}{rest}")
}

/// Thousands separated by commas; at most one decimal, and none where it says nothing.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    let text = if (rounded - rounded.trunc()).abs() < f64::EPSILON {
        format!("{rounded:.0}")
    } else {
        format!("{rounded:.1}")
    };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(w, d)| (w, Some(d)));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match decimals {
        Some(decimals) => format!("{sign}{grouped}.{decimals}"),
        None => format!("{sign}{grouped}"),
    }
}

impl std::fmt::Display for Gated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.value.is_some() && self.0.mark == cases::AT_LEAST {
            f.write_str("at least ")?;
        }
        match self.0.value {
            Some(value) if is_share(&self.0.unit) => write!(f, "{}%", number(value)),
            Some(value) if is_pounds(&self.0.unit) => write!(f, "£{}", number(value)),
            Some(value) if is_level(&self.0.unit) => write!(f, "level {}", number(value)),
            Some(value) => f.write_str(&number(value)),
            None if self.0.mark.is_empty() => f.write_str("not published"),
            None => f.write_str(&self.0.mark),
        }
    }
}

impl Gated {
    /// The unit, where the figure in words does not carry it: “referrals”, “day” for one, and nothing for
    /// “62%”, “£400” or “level 3”.
    pub fn unit_beside(&self) -> Cow<'_, str> {
        let unit = self.unit();
        match self.value() {
            None => Cow::Borrowed(""),
            Some(_) if is_share(unit) || is_pounds(unit) || is_level(unit) => Cow::Borrowed(""),
            Some(value) if number(value) == "1" => Cow::Owned(of_one(unit)),
            Some(_) => Cow::Borrowed(unit),
        }
    }

    /// The same figure without its source's name and address: what it rests on is withheld.
    #[must_use]
    pub(crate) fn hiding_source(mut self) -> Self {
        "withheld: see the evidence cited".clone_into(&mut self.0.source);
        self.0.source_url.clear();
        self.0.vintage_note.clear();
        self.0.licence.clear();
        self
    }

    /// Whether there is a value, and not only a mark.
    pub fn is_given(&self) -> bool {
        self.0.value.is_some()
    }

    /// The number itself, for a chart or a data file.
    pub fn value(&self) -> Option<f64> {
        self.0.value
    }

    /// The publisher's mark where there is no value.
    pub fn mark(&self) -> &str {
        &self.0.mark
    }

    /// The unit in words.
    pub fn unit(&self) -> &str {
        &self.0.unit
    }

    /// “n of d”, where the figure has both; else empty.
    pub fn basis(&self) -> String {
        match (self.0.n, self.0.d) {
            (Some(n), Some(d)) => format!("{} of {}", number(n), number(d)),
            _ => String::new(),
        }
    }

    /// Numerator.
    pub fn n(&self) -> Option<f64> {
        self.0.n
    }

    /// Denominator.
    pub fn d(&self) -> Option<f64> {
        self.0.d
    }

    /// The 95% interval, in words; empty where the figure is not a sample.
    pub fn interval_words(&self) -> String {
        self.0.interval.map_or_else(String::new, |(low, high)| {
            format!("95% interval {} to {}", number(low), number(high))
        })
    }

    /// The ends of the 95% interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.0.interval
    }

    /// Where it comes from.
    pub fn origin(&self) -> Origin {
        self.0.origin
    }

    /// Whether it was read in the publisher's own publication.
    pub fn source_kind(&self) -> SourceKind {
        self.0.source_kind
    }

    /// Whether nobody has yet checked it against its source.
    pub fn is_unverified(&self) -> bool {
        self.0.is_unverified
    }

    /// The publication.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Its address, or empty.
    pub fn source_url(&self) -> &str {
        &self.0.source_url
    }

    /// The vintage, as ISO text.
    pub fn vintage(&self) -> &str {
        &self.0.vintage
    }

    /// What has to be said of the vintage, or empty.
    pub fn vintage_note(&self) -> &str {
        &self.0.vintage_note
    }

    /// The licence of the publication as it states it, or empty.
    pub fn licence(&self) -> &str {
        &self.0.licence
    }

    /// Whether it was invented for a demonstration.
    pub fn is_invented(&self) -> bool {
        self.0.is_invented
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static_assertions::assert_not_impl_any!(Figure: std::fmt::Display, Serialize);
    static_assertions::assert_impl_all!(Gated: std::fmt::Display, Serialize);

    fn figure() -> Figure {
        Figure {
            value: Some(17_004.0),
            mark: String::new(),
            unit: "persons".into(),
            n: None,
            d: None,
            interval: None,
            origin: Origin::Official,
            source_kind: SourceKind::Primary,
            is_unverified: false,
            source: "Annual bulletin".into(),
            source_url: String::new(),
            vintage: "2024-03-07".into(),
            vintage_note: String::new(),
            licence: String::new(),
            is_invented: false,
        }
    }

    #[test]
    fn a_unit_is_said_once_however_it_is_written() {
        for (unit, words, beside) in [
            ("%", "62%", ""),
            ("per cent", "62%", ""),
            ("percent", "62%", ""),
            ("GBP", "£62", ""),
            ("pounds", "£62", ""),
            ("referrals", "62", "referrals"),
            ("level", "level 62", ""),
        ] {
            let given = Figure {
                value: Some(62.0),
                unit: unit.into(),
                ..figure()
            };
            let gated = pass(given).expect("it passes");
            assert_eq!(
                (gated.to_string().as_str(), gated.unit_beside().as_ref()),
                (words, beside),
                "{unit}"
            );
        }
    }

    #[test]
    fn one_of_something_is_in_the_singular() {
        for (unit, beside) in [
            ("persons", "person"),
            ("people", "person"),
            ("working days", "working day"),
            ("convictions per charge", "conviction per charge"),
            ("per 100 workplaces", "per 100 workplaces"),
            ("bodies", "body"),
        ] {
            let given = Figure {
                value: Some(1.0),
                unit: unit.into(),
                ..figure()
            };
            assert_eq!(pass(given).expect("it passes").unit_beside(), beside);
        }
    }

    #[test]
    fn what_is_said_of_a_vintage_is_frozen_and_an_older_edition_says_nothing() {
        let note = "day of publication not recorded";
        let said = pass(Figure {
            vintage_note: note.into(),
            ..figure()
        })
        .expect("it passes");
        let frozen = serde_json::to_string(&said).expect("serialises");
        let again: Gated = serde_json::from_str(&frozen).expect("reads");
        assert_eq!(again.vintage_note(), note);
        let silent = serde_json::to_string(&pass(figure()).expect("it passes")).expect("serialises");
        assert!(!silent.contains("vintage_note"), "{silent}");
    }

    #[test]
    fn a_figure_whose_evidence_is_withheld_names_no_source() {
        let named = pass(Figure {
            source: "Specimen House, casework note".into(),
            source_url: "https://example.org/note".into(),
            ..figure()
        });
        let told = named.expect("it passes").hiding_source();
        let shown = serde_json::to_string(&told).expect("json");
        assert!(
            !shown.contains("Specimen House") && !shown.contains("example.org"),
            "{shown}"
        );
        assert_eq!(told.value(), Some(17_004.0), "the figure itself stays");
    }

    #[test]
    fn an_official_figure_passes_and_reads_as_people_write_it() {
        let gated = pass(figure()).expect("official figures pass");
        assert_eq!(gated.to_string(), "17,004");
        let share = pass(Figure {
            value: Some(53.25),
            unit: "per cent".into(),
            ..figure()
        })
        .expect("passes");
        assert_eq!(share.to_string(), "53.3%");
        let none = pass(Figure {
            value: None,
            mark: "[c]".into(),
            ..figure()
        })
        .expect("passes");
        assert_eq!(none.to_string(), "[c]");
    }

    #[test]
    fn a_figure_from_cases_is_refused_when_made_and_when_read_back() {
        assert_eq!(
            pass(Figure {
                origin: Origin::Cases,
                ..figure()
            }),
            Err(Refused::FromCases)
        );
        let frozen = serde_json::to_string(&pass(figure()).expect("passes")).expect("serialises");
        let forged = frozen.replace("\"official\"", "\"cases\"");
        assert!(serde_json::from_str::<Gated>(&frozen).is_ok());
        assert!(serde_json::from_str::<Gated>(&forged).is_err());
    }

    #[test]
    fn a_figure_without_a_source_or_without_a_number_is_refused() {
        assert_eq!(
            pass(Figure {
                source: " ".into(),
                ..figure()
            }),
            Err(Refused::NoSource)
        );
        assert_eq!(
            pass(Figure {
                value: Some(f64::NAN),
                ..figure()
            }),
            Err(Refused::NotFinite)
        );
    }
}
