//! The door for histograms of list studies: how the answers of a method are spread.
//!
//! **The rule.** The edges of the steps are numbers that the door for estimates would print: two significant figures, and tens
//! at the finest. Shares are whole per cents. Whether a histogram may be shown at all is asked of the overlaps before; this door
//! sees to it that it says no more than the figures beside it.

use super::estimate::grain;
use super::{Refused, number};

/// The share of a method's answers in steps of people: anyone may make one and nobody can show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// Where the first step begins, in people.
    pub from: f64,
    /// The width of a step, in people.
    pub step: f64,
    /// The share in each step, 0 to 1.
    pub shares: Vec<f64>,
    /// The share above the last step, those without a number among them.
    pub above: f64,
    /// The study's threshold, in people.
    pub threshold: u32,
}

/// How answers are spread, rounded; made by the gate alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    bars: Vec<Bar>,
    above: u8,
}

/// A step with its share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Where it begins, in people.
    from: f64,
    /// Where the next begins, in people.
    to: f64,
    /// The share of the answers in it, in whole per cents.
    percent: u8,
}

/// Rounds a histogram and lets it through.
pub fn spread(given: &Shares) -> Result<Spread, Refused> {
    let mut numbers = given.shares.iter().chain([&given.from, &given.step, &given.above]);
    if numbers.any(|number| !number.is_finite() || *number < 0.0) || given.step <= 0.0 {
        return Err(Refused::NotFinite);
    }
    if given.from < f64::from(given.threshold) {
        return Err(Refused::TooSmall);
    }
    let edges: Vec<f64> = (0..=given.shares.len())
        .map(|place| given.from + place as f64 * given.step)
        .collect();
    let is_round = |value: f64| (value / grain(value)).fract().abs() < 1e-9;
    if !edges.iter().copied().all(is_round) {
        return Err(Refused::NotRounded);
    }
    let bars = edges.windows(2).zip(&given.shares);
    Ok(Spread {
        bars: bars
            .map(|(edge, share)| Bar {
                from: edge[0],
                to: edge[1],
                percent: percent(*share),
            })
            .collect(),
        above: percent(given.above),
    })
}

/// A share in whole per cents.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 100"
)]
fn percent(share: f64) -> u8 {
    (share * 100.0).round().clamp(0.0, 100.0) as u8
}

impl Spread {
    /// The steps that at least one in two hundred answers is in, rising.
    pub fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.bars.iter().filter(|bar| bar.percent > 0)
    }

    /// The share above all steps, in whole per cents: answers without an upper end among them.
    pub fn above(&self) -> u8 {
        self.above
    }
}

impl Bar {
    /// Where it begins and ends, in people, to be drawn.
    pub fn at(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// The share of the answers in it, in whole per cents.
    pub fn percent(&self) -> u8 {
        self.percent
    }
}

impl std::fmt::Display for Bar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", number(self.from), number(self.to))
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    static_assertions::assert_not_impl_any!(Shares: std::fmt::Display, Serialize);

    fn given(from: f64, step: f64, shares: &[f64]) -> Shares {
        Shares {
            from,
            step,
            shares: shares.to_vec(),
            above: 0.013,
            threshold: 11,
        }
    }

    #[test]
    fn steps_are_as_coarse_as_figures_and_shares_are_whole_per_cents() {
        let passed = spread(&given(900.0, 100.0, &[0.1234, 0.0041, 0.8625])).expect("it passes");
        let said: Vec<(String, u8)> = passed.bars().map(|bar| (bar.to_string(), bar.percent())).collect();
        assert_eq!(
            said,
            [("900 to 1,000".to_owned(), 12), ("1,100 to 1,200".to_owned(), 86)],
            "a step that hardly any answer is in is not said"
        );
        assert_eq!(passed.above(), 1);
    }

    #[test]
    fn edges_finer_than_figures_are_refused() {
        assert_eq!(spread(&given(905.0, 10.0, &[1.0])), Err(Refused::NotRounded));
        assert_eq!(spread(&given(1_200.0, 50.0, &[0.5, 0.5])), Err(Refused::NotRounded));
        assert_eq!(
            spread(&given(940.0, 20.0, &[0.2; 4])),
            Err(Refused::NotRounded),
            "1,020 is no figure"
        );
        assert!(spread(&given(940.0, 20.0, &[0.2; 3])).is_ok());
        assert_eq!(spread(&given(0.0, 50.0, &[1.0])), Err(Refused::TooSmall));
        assert_eq!(spread(&given(900.0, 0.0, &[1.0])), Err(Refused::NotFinite));
        assert_eq!(spread(&given(900.0, 100.0, &[f64::NAN])), Err(Refused::NotFinite));
    }
}
