//! The door for estimates of list studies, and for the sizes of their lists.
//!
//! **The rule.** An estimate is shown to two significant figures, and to the nearest ten at the finest. The lower end of its
//! interval is rounded down and the upper end up, so that rounding never makes an interval narrower. An estimate under the
//! study's threshold is refused. So no figure of a study is exact, and the number of people seen, of which every estimate is
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
    /// The ends of the 95 % interval; an upper end that is infinite says that there is none.
    pub interval: Option<(f64, f64)>,
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
    // Without an upper end there is no interval, only a warning, which the page gives in words.
    let interval = given
        .interval
        .filter(|(lower, upper)| lower.is_finite() && upper.is_finite())
        .map(|(lower, upper)| (rounded(lower.max(0.0), f64::floor), rounded(upper, f64::ceil)));
    checked(Figure {
        value: Some(rounded(given.people, f64::round)),
        mark: String::new(),
        unit: "people".to_owned(),
        n: None,
        d: None,
        interval,
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
    let numbers = [figure.value, figure.interval.map(|i| i.0), figure.interval.map(|i| i.1)];
    let has_parts = figure.n.is_some() || figure.d.is_some();
    if has_parts || figure.value.is_none() || !numbers.into_iter().flatten().all(is_rounded) {
        return Err(Refused::NotRounded);
    }
    checked(figure)
}

/// Two significant figures, and tens at the finest.
fn rounded(value: f64, to: impl Fn(f64) -> f64) -> f64 {
    let mut step = FINEST;
    while value / step >= 100.0 {
        step *= 10.0;
    }
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
    static_assertions::assert_not_impl_any!(Measured: std::fmt::Display, Serialize);
    static_assertions::assert_impl_all!(Banded: std::fmt::Display);

    fn given(people: f64, interval: Option<(f64, f64)>) -> Estimate {
        Estimate {
            people,
            interval,
            threshold: 11,
            source: "List study “Specimen”".into(),
            vintage: "2025-06-01".into(),
            is_invented: false,
        }
    }

    #[test]
    fn an_estimate_has_two_figures_and_its_interval_only_grows() {
        for (people, interval, words, ends) in [
            (12_345.6, (11_211.0, 14_101.0), "12,000", (11_000.0, 15_000.0)),
            (994.9, (901.0, 999.1), "990", (900.0, 1_000.0)),
            (996.0, (990.0, 1_010.0), "1,000", (990.0, 1_100.0)),
            (47.0, (31.0, 88.0), "50", (30.0, 90.0)),
            (1_200.0, (1_200.0, 1_200.0), "1,200", (1_200.0, 1_200.0)),
        ] {
            let gated = estimate(given(people, Some(interval))).expect("it passes");
            assert_eq!(gated.to_string(), words);
            assert_eq!(gated.interval(), Some(ends), "{people}");
            assert_eq!(gated.origin(), Origin::Study);
        }
    }

    #[test]
    fn an_interval_without_an_upper_end_is_not_printed() {
        let gated = estimate(given(500.0, Some((300.0, f64::INFINITY)))).expect("it passes");
        assert_eq!(gated.interval_words(), "");
    }

    #[test]
    fn a_number_that_is_none_or_too_small_is_refused() {
        assert_eq!(estimate(given(f64::INFINITY, None)), Err(Refused::NotFinite));
        assert_eq!(estimate(given(f64::NAN, None)), Err(Refused::NotFinite));
        assert_eq!(estimate(given(10.9, None)), Err(Refused::TooSmall));
    }

    #[test]
    fn nothing_but_its_own_door_makes_an_estimate_and_a_frozen_one_is_read_back_only_rounded() {
        let gated = estimate(given(12_345.6, Some((11_211.0, 14_101.0)))).expect("it passes");
        let frozen = serde_json::to_string(&gated).expect("it is written");
        assert_eq!(serde_json::from_str::<Gated>(&frozen).expect("it is read"), gated);
        let forged = frozen.replace("12000.0", "12346.0");
        assert_ne!(forged, frozen);
        assert!(serde_json::from_str::<Gated>(&forged).is_err());
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
