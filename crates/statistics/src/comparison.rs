//! Whether one figure is better than another.
//!
//! Four things keep an honest comparison from being made, and each is a refusal with its reason:
//! a break between the two, another unit, no stated direction, no stated minimum change. Where
//! none does, a change smaller than the stated minimum is no change, and so is one that the
//! uncertainty of a sample could explain alone. Only what is left is better or worse.
//!
//! Figures are compared in their latest vintage. What an earlier edition printed is shown beside
//! it, because readers remember the number they were given.

use std::fmt;

use crate::interval::{Estimate, Interval, Z95, difference, wilson};

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither is better in itself.
    Neither,
}

/// How sure a figure is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Certainty {
    /// Everything was counted: no interval.
    Complete,
    /// A sample, with its interval in the figure's own unit.
    Sample(Interval),
    /// A share of a sample of cases: `n` of `d`. The figure is in parts of `whole` (100 for per cent).
    Share {
        /// Cases that have it.
        n: u64,
        /// Cases looked at.
        d: u64,
        /// What the figure is a part of: 1 for shares, 100 for per cent.
        whole: f64,
    },
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure<'a> {
    /// The value in its latest vintage.
    pub latest: f64,
    /// The value that an earlier edition printed, where it printed one.
    pub frozen: Option<f64>,
    /// Its unit, compared as text.
    pub unit: &'a str,
    /// How sure it is.
    pub certainty: Certainty,
}

impl Figure<'_> {
    /// The value with its interval, which shrinks to the value where everything was counted.
    fn estimate(&self) -> Option<Estimate> {
        let interval = match self.certainty {
            Certainty::Complete => Interval {
                lower: self.latest,
                upper: self.latest,
            },
            Certainty::Sample(interval) => interval,
            Certainty::Share { n, d, whole } => {
                let share = wilson(n, d, Z95)?;
                Interval {
                    lower: share.lower * whole,
                    upper: share.upper * whole,
                }
            }
        };
        let is_sound = self.latest.is_finite() && interval.lower <= interval.upper;
        is_sound.then_some((self.latest, interval))
    }
}

/// The rules under which two figures are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms<'a> {
    /// Which way is better.
    pub direction: Direction,
    /// The smallest change that matters, in the figures' unit, stated before looking; at least 0.
    pub minimum_change: Option<f64>,
    /// Why the figures on either side of a break between them are not comparable, one reason a break.
    pub breaks: &'a [&'a str],
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The counting changed between the two.
    Break(Vec<String>),
    /// They are in different units.
    Unit(String, String),
    /// Nobody has said which way is better.
    NoDirection,
    /// Nobody has said how much change matters.
    NoMinimumChange,
    /// A value, interval or count that cannot be.
    NotANumber,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Break(reasons) => write!(f, "not comparable across a break: {}", reasons.join("; ")),
            Self::Unit(earlier, later) => write!(f, "not comparable: one is in {earlier}, the other in {later}"),
            Self::NoDirection => f.write_str("neither direction is better in itself"),
            Self::NoMinimumChange => f.write_str("nobody has stated how much change would matter"),
            Self::NotANumber => f.write_str("one of the figures is missing or impossible"),
        }
    }
}

/// What can be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Changed for the better, by at least the minimum and beyond chance.
    Better,
    /// Changed for the worse, by at least the minimum and beyond chance.
    Worse,
    /// Changed by less than matters, or by no more than chance explains.
    NoClearChange,
    /// Nothing may be said, for this reason.
    Refused(Reason),
}

/// A comparison with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What can be said.
    pub verdict: Verdict,
    /// Later less earlier, latest vintages; `None` where the two may not be subtracted.
    pub change: Option<f64>,
    /// The interval of the change, where either figure is a sample.
    pub interval: Option<Interval>,
    /// Later less earlier as editions printed them, where that differs from `change`.
    pub frozen_change: Option<f64>,
}

impl Comparison {
    fn refused(reason: Reason) -> Self {
        Self {
            verdict: Verdict::Refused(reason),
            change: None,
            interval: None,
            frozen_change: None,
        }
    }
}

/// Compares two figures of the same measure.
///
/// ```
/// use statistics::comparison::{Certainty, Direction, Figure, Terms, Verdict, compare};
/// let figure = |latest| Figure { latest, frozen: None, unit: "days", certainty: Certainty::Complete };
/// let terms = Terms { direction: Direction::Lower, minimum_change: Some(10.0), breaks: &[] };
/// assert_eq!(compare(&figure(512.0), &figure(548.0), &terms).verdict, Verdict::Worse);
/// ```
pub fn compare(earlier: &Figure<'_>, later: &Figure<'_>, terms: &Terms<'_>) -> Comparison {
    if !terms.breaks.is_empty() {
        return Comparison::refused(Reason::Break(
            terms.breaks.iter().map(|&reason| reason.to_owned()).collect(),
        ));
    }
    if earlier.unit != later.unit {
        return Comparison::refused(Reason::Unit(earlier.unit.to_owned(), later.unit.to_owned()));
    }
    let (Some(before), Some(after)) = (earlier.estimate(), later.estimate()) else {
        return Comparison::refused(Reason::NotANumber);
    };
    let change = after.0 - before.0;
    let is_sample = [earlier, later]
        .iter()
        .any(|figure| figure.certainty != Certainty::Complete);
    let interval = is_sample.then(|| difference(after, before));
    let printed = later.frozen.unwrap_or(later.latest) - earlier.frozen.unwrap_or(earlier.latest);
    #[expect(
        clippy::float_cmp,
        reason = "the same figures give the same difference to the last bit"
    )]
    let frozen_change = (printed != change).then_some(printed);
    let verdict = match (terms.direction, terms.minimum_change) {
        (Direction::Neither, _) => Verdict::Refused(Reason::NoDirection),
        (_, None) => Verdict::Refused(Reason::NoMinimumChange),
        (_, Some(least)) if !(least.is_finite() && least >= 0.0) => Verdict::Refused(Reason::NotANumber),
        (direction, Some(least)) => judge(direction, change, least, interval),
    };
    Comparison {
        verdict,
        change: Some(change),
        interval,
        frozen_change,
    }
}

fn judge(direction: Direction, change: f64, least: f64, interval: Option<Interval>) -> Verdict {
    let is_small = change == 0.0 || change.abs() < least;
    if is_small || interval.is_some_and(|interval| interval.holds(0.0)) {
        return Verdict::NoClearChange;
    }
    if (change > 0.0) == (direction == Direction::Higher) {
        Verdict::Better
    } else {
        Verdict::Worse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms<'static> = Terms {
        direction: Direction::Higher,
        minimum_change: Some(5.0),
        breaks: &[],
    };

    fn counted(latest: f64) -> Figure<'static> {
        Figure {
            latest,
            frozen: None,
            unit: "%",
            certainty: Certainty::Complete,
        }
    }

    fn of(n: u64, d: u64) -> Figure<'static> {
        let latest = n as f64 / d as f64 * 100.0;
        Figure {
            latest,
            frozen: None,
            unit: "%",
            certainty: Certainty::Share { n, d, whole: 100.0 },
        }
    }

    fn verdict(earlier: &Figure<'_>, later: &Figure<'_>, terms: &Terms<'_>) -> Verdict {
        compare(earlier, later, terms).verdict
    }

    #[test]
    fn a_comparison_across_a_break_is_refused_with_the_reason_and_without_a_number() {
        let terms = Terms {
            breaks: &["the test was raised on 30 January 2023"],
            ..TERMS
        };
        let answer = compare(&counted(88.0), &counted(55.0), &terms);
        assert_eq!(answer.change, None);
        let Verdict::Refused(reason) = answer.verdict else {
            panic!("not refused")
        };
        assert_eq!(
            reason.to_string(),
            "not comparable across a break: the test was raised on 30 January 2023"
        );
    }

    #[test]
    fn nothing_is_better_without_a_direction_and_a_minimum_change() {
        let neither = Terms {
            direction: Direction::Neither,
            ..TERMS
        };
        assert_eq!(
            verdict(&counted(1.0), &counted(90.0), &neither),
            Verdict::Refused(Reason::NoDirection)
        );
        let unstated = Terms {
            minimum_change: None,
            ..TERMS
        };
        assert_eq!(
            verdict(&counted(1.0), &counted(90.0), &unstated),
            Verdict::Refused(Reason::NoMinimumChange)
        );
        assert_eq!(
            compare(&counted(1.0), &counted(90.0), &unstated).change,
            Some(89.0),
            "the change itself is a fact"
        );
    }

    #[test]
    fn a_change_of_the_minimum_counts_and_a_smaller_one_does_not() {
        assert_eq!(verdict(&counted(50.0), &counted(55.0), &TERMS), Verdict::Better);
        assert_eq!(verdict(&counted(50.0), &counted(45.0), &TERMS), Verdict::Worse);
        assert_eq!(verdict(&counted(50.0), &counted(54.9), &TERMS), Verdict::NoClearChange);
        let lower = Terms {
            direction: Direction::Lower,
            ..TERMS
        };
        assert_eq!(verdict(&counted(50.0), &counted(45.0), &lower), Verdict::Better);
        let any = Terms {
            minimum_change: Some(0.0),
            ..TERMS
        };
        assert_eq!(verdict(&counted(50.0), &counted(50.0), &any), Verdict::NoClearChange);
    }

    #[test]
    fn a_change_that_chance_explains_is_no_clear_change() {
        // Newcombe 1998 (17:873-890), Table II: 5 of 56 against 0 of 29 has an interval that holds 0.
        let answer = compare(&of(0, 29), &of(5, 56), &TERMS);
        assert_eq!(answer.verdict, Verdict::NoClearChange);
        assert!(answer.interval.unwrap().holds(0.0));
        // 56 of 70 against 48 of 80 has one that does not.
        assert_eq!(verdict(&of(48, 80), &of(56, 70), &TERMS), Verdict::Better);
        let sample = |latest, lower, upper| Figure {
            certainty: Certainty::Sample(Interval { lower, upper }),
            ..counted(latest)
        };
        assert_eq!(
            verdict(&sample(50.0, 40.0, 60.0), &sample(60.0, 52.0, 68.0), &TERMS),
            Verdict::NoClearChange
        );
        assert_eq!(
            verdict(&sample(50.0, 47.0, 53.0), &counted(60.0), &TERMS),
            Verdict::Better
        );
    }

    #[test]
    fn the_latest_vintage_decides_and_the_frozen_one_is_shown() {
        // 4,142 was restated to 4,134 after an edition had printed it.
        let earlier = Figure {
            frozen: Some(4142.0),
            unit: "persons",
            ..counted(4134.0)
        };
        let later = Figure {
            unit: "persons",
            ..counted(4524.0)
        };
        let answer = compare(
            &earlier,
            &later,
            &Terms {
                direction: Direction::Higher,
                minimum_change: Some(100.0),
                breaks: &[],
            },
        );
        assert_eq!(
            (answer.verdict, answer.change, answer.frozen_change),
            (Verdict::Better, Some(390.0), Some(382.0))
        );
        assert_eq!(compare(&counted(1.0), &counted(2.0), &TERMS).frozen_change, None);
    }

    #[test]
    fn impossible_figures_and_other_units_are_refused() {
        let days = Figure {
            unit: "days",
            ..counted(5.0)
        };
        assert_eq!(
            verdict(&counted(5.0), &days, &TERMS),
            Verdict::Refused(Reason::Unit("%".into(), "days".into()))
        );
        assert_eq!(
            verdict(&counted(f64::NAN), &counted(5.0), &TERMS),
            Verdict::Refused(Reason::NotANumber)
        );
        assert_eq!(
            verdict(
                &of(0, 5),
                &Figure {
                    certainty: Certainty::Share { n: 6, d: 5, whole: 1.0 },
                    ..of(1, 5)
                },
                &TERMS
            ),
            Verdict::Refused(Reason::NotANumber)
        );
        let negative = Terms {
            minimum_change: Some(-1.0),
            ..TERMS
        };
        assert_eq!(
            verdict(&counted(5.0), &counted(9.0), &negative),
            Verdict::Refused(Reason::NotANumber)
        );
    }
}
