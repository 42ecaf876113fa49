//! The door for estimates of list studies, and for the sizes of their lists.
//!
//! **The rule.** An estimate is shown to two significant figures, and to the nearest ten at the finest. An estimate under the
//! study's threshold is refused. An interval is a [`Span`]: its lower end is rounded down and its upper end up, once, so that
//! rounding never makes it narrower; a lower end under the threshold is “fewer than” it, and where there is no upper end the
//! words say so. So no figure of a study is exact, and the number of people seen, of which every estimate is
//! a sum with something unknown, cannot be had by subtraction. The size of a list is a band, or “fewer than” where it is small.

use domain::series::{Origin, SourceKind};

use super::{Figure, Gated, Refused, checked, number};

/// The finest step, in people.
const FINEST: f64 = 10.0;

/// An estimate as a method gave it: anyone may make one and nobody can show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// How many people there are, seen or not.
    pub people: f64,
    /// The study's threshold, in people.
    pub threshold: u32,
    /// The study, as a source.
    pub source: String,
    /// When it was estimated, as ISO text.
    pub vintage: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Rounds an estimate and lets it through.
pub fn estimate(given: Estimate) -> Result<Gated, Refused> {
    if !given.people.is_finite() || given.people < 0.0 {
        return Err(Refused::NotFinite);
    }
    if given.people < f64::from(given.threshold) {
        return Err(Refused::TooSmall);
    }
    checked(Figure {
        value: Some(rounded(given.people, f64::round)),
        mark: String::new(),
        unit: "people".to_owned(),
        n: None,
        d: None,
        interval: None,
        origin: Origin::Study,
        source_kind: SourceKind::Primary,
        is_unverified: false,
        source: given.source,
        source_url: String::new(),
        vintage: given.vintage,
        vintage_note: String::new(),
        licence: String::new(),
        is_invented: given.is_invented,
    })
}

/// A figure that was rounded here and is read back; one that was not is refused.
pub(super) fn again(figure: Figure) -> Result<Gated, Refused> {
    let is_rounded = |value: f64| value.is_finite() && (rounded(value, f64::round) - value).abs() < 1e-6;
    let has_parts = figure.n.is_some() || figure.d.is_some() || figure.interval.is_some();
    if has_parts || !figure.value.is_some_and(is_rounded) {
        return Err(Refused::NotRounded);
    }
    checked(figure)
}

/// The ends of an interval, or of several together, as methods gave them: anyone may make one and nobody can show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// The lower end, in people.
    pub lower: f64,
    /// The upper end, in people; `None` where there is none.
    pub upper: Option<f64>,
    /// The study's threshold, in people.
    pub threshold: u32,
}

/// An interval, rounded outwards; made by the gate alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    lower: String,
    upper: Option<String>,
    at: (Option<f64>, Option<f64>),
}

/// Rounds an interval outwards and lets it through.
pub fn span(ends: Ends) -> Result<Span, Refused> {
    let threshold = f64::from(ends.threshold);
    if !ends.lower.is_finite() || ends.upper.is_some_and(|upper| !upper.is_finite()) {
        return Err(Refused::NotFinite);
    }
    if ends.upper.is_some_and(|upper| upper < threshold) {
        return Err(Refused::TooSmall);
    }
    let lower = rounded(ends.lower.max(0.0), f64::floor);
    let lower = (lower >= threshold).then_some(lower);
    let upper = ends.upper.map(|upper| rounded(upper, f64::ceil));
    Ok(Span {
        lower: lower.map_or_else(|| format!("fewer than {}", number(threshold)), number),
        upper: upper.map(number),
        at: (lower, upper),
    })
}

impl Span {
    /// The lower end, as people read it.
    pub fn lower(&self) -> &str {
        &self.lower
    }

    /// The upper end, as people read it; `None` where there is none.
    pub fn upper(&self) -> Option<&str> {
        self.upper.as_deref()
    }

    /// Both ends as they are rounded, in people, to be drawn; `None` for a lower end under the threshold and for an upper end
    /// that there is not.
    pub fn at(&self) -> (Option<f64>, Option<f64>) {
        self.at
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.upper {
            Some(upper) => write!(f, "{} to {upper}", self.lower),
            None => write!(f, "{} upwards, no upper end", self.lower),
        }
    }
}

/// How coarsely a number of people is rounded, in people.
pub(crate) fn grain(value: f64) -> f64 {
    let mut step = FINEST;
    while value.is_finite() && value / step >= 100.0 {
        step *= 10.0;
    }
    step
}

/// Two significant figures, and tens at the finest.
fn rounded(value: f64, to: impl Fn(f64) -> f64) -> f64 {
    let step = grain(value);
    // A hair of floating point must not push a round number to the next step.
    let steps = value / step;
    let nearest = steps.round();
    if (steps - nearest).abs() < 1e-9 {
        nearest * step
    } else {
        to(steps) * step
    }
}

/// How many people were counted: anyone may make one and nobody can show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured(pub u64);

/// A count as a band; made by the gate alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banded(String);

/// Where bands begin, up to which they are printed.
const BANDS: [u64; 10] = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];

/// The band of a count.
pub fn band(count: Measured) -> Banded {
    let Some(place) = BANDS.iter().rposition(|begin| *begin <= count.0) else {
        return Banded(format!("fewer than {}", number(BANDS[0] as f64)));
    };
    let begin = number(BANDS[place] as f64);
    Banded(match BANDS.get(place + 1) {
        Some(next) => format!("{begin} to {}", number((*next - 1) as f64)),
        None => format!("{begin} or more"),
    })
}

impl std::fmt::Display for Banded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;
    use crate::gate::pass;

    static_assertions::assert_not_impl_any!(Estimate: std::fmt::Display, Serialize);
    static_assertions::assert_not_impl_any!(Ends: std::fmt::Display, Serialize);
    static_assertions::assert_not_impl_any!(Measured: std::fmt::Display, Serialize);
    static_assertions::assert_impl_all!(Banded: std::fmt::Display);

    fn given(people: f64) -> Estimate {
        Estimate {
            people,
            threshold: 11,
            source: "List study “Specimen”".into(),
            vintage: "2025-06-01".into(),
            is_invented: false,
        }
    }

    fn ends(lower: f64, upper: Option<f64>) -> Ends {
        Ends {
            lower,
            upper,
            threshold: 11,
        }
    }

    #[test]
    fn an_estimate_has_two_figures_and_its_interval_only_grows() {
        for (people, interval, words, shown) in [
            (12_345.6, (11_211.0, 14_101.0), "12,000", "11,000 to 15,000"),
            (994.9, (901.0, 999.1), "990", "900 to 1,000"),
            (996.0, (990.0, 1_010.0), "1,000", "990 to 1,100"),
            (47.0, (31.0, 88.0), "50", "30 to 90"),
            (1_200.0, (1_200.0, 1_200.0), "1,200", "1,200 to 1,200"),
        ] {
            let gated = estimate(given(people)).expect("it passes");
            assert_eq!(gated.to_string(), words);
            assert_eq!(gated.origin(), Origin::Study);
            let rounded = span(ends(interval.0, Some(interval.1))).expect("it passes");
            assert_eq!(rounded.to_string(), shown, "{people}");
        }
    }

    #[test]
    fn an_interval_without_an_upper_end_says_so_and_keeps_its_lower_end() {
        let open = span(ends(345.0, None)).expect("it passes");
        assert_eq!(open.to_string(), "340 upwards, no upper end");
        assert_eq!((open.lower(), open.upper()), ("340", None));
        assert_eq!(open.at(), (Some(340.0), None));
    }

    #[test]
    fn a_lower_end_under_the_threshold_is_fewer_than_it_and_hides_nothing_else() {
        for lower in [0.0, 4.0, 10.9, 12.0] {
            let low = span(ends(lower, Some(340.0))).expect("it passes");
            assert_eq!(low.to_string(), "fewer than 11 to 340");
            assert_eq!(low.at(), (None, Some(340.0)));
        }
        assert_eq!(span(ends(4.0, Some(10.0))), Err(Refused::TooSmall));
        assert_eq!(span(ends(f64::NAN, Some(340.0))), Err(Refused::NotFinite));
        assert_eq!(span(ends(20.0, Some(f64::INFINITY))), Err(Refused::NotFinite));
    }

    #[test]
    fn a_number_that_is_none_or_too_small_is_refused() {
        assert_eq!(estimate(given(f64::INFINITY)), Err(Refused::NotFinite));
        assert_eq!(estimate(given(f64::NAN)), Err(Refused::NotFinite));
        assert_eq!(estimate(given(10.9)), Err(Refused::TooSmall));
    }

    #[test]
    fn nothing_but_its_own_door_makes_an_estimate_and_a_frozen_one_is_read_back_only_rounded() {
        let gated = estimate(given(12_345.6)).expect("it passes");
        let frozen = serde_json::to_string(&gated).expect("it is written");
        assert_eq!(serde_json::from_str::<Gated>(&frozen).expect("it is read"), gated);
        let forged = frozen.replace("12000.0", "12346.0");
        assert_ne!(forged, frozen);
        assert!(serde_json::from_str::<Gated>(&forged).is_err());
        let forged = frozen.replace("\"interval\":null", "\"interval\":[11211.0,14101.0]");
        assert_ne!(forged, frozen);
        assert!(serde_json::from_str::<Gated>(&forged).is_err(), "an interval is a span");
        let figure: Figure = serde_json::from_str(&frozen).expect("a figure");
        assert_eq!(pass(figure), Err(Refused::NotRounded));
    }

    #[test]
    fn the_size_of_a_list_is_a_band() {
        for (count, words) in [
            (0, "fewer than 50"),
            (49, "fewer than 50"),
            (50, "50 to 99"),
            (199, "100 to 199"),
            (1_999, "1,000 to 1,999"),
            (50_000, "50,000 or more"),
        ] {
            assert_eq!(band(Measured(count)).to_string(), words);
        }
    }
}
