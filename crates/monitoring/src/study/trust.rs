//! How far to trust the estimate: the checks of the stepwise choice, as a study's job keeps them.

use serde::{Deserialize, Serialize};
use statistics::multiple_systems::reliability::{HeldOut, Report};

/// The most overlaps that are kept: those that the chosen model predicts worst.
const SURPRISES: usize = 3;

/// What the checks found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Trust {
    pub(super) conditioned: Vec<Conditioned>,
    /// The most surprising first.
    pub(super) surprises: Vec<Surprise>,
    /// `None` where no population had an interval.
    pub(super) covered: Option<Covered>,
}

/// The people on one list, estimated from the other lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Conditioned {
    /// The list's place among those that were linked.
    pub(super) place: usize,
    /// Estimate over the number that is known; `None` without an estimate.
    pub(super) ratio: Option<f64>,
    /// Whether the interval holds that number.
    pub(super) holds: Option<bool>,
}

/// An overlap, predicted from all others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Surprise {
    /// The lists' places: people on these and on no other.
    pub(super) places: Vec<usize>,
    /// Standard deviations more than expected; below 0, fewer.
    pub(super) deviations: f64,
}

/// How the method fares on populations that are drawn from its own model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Covered {
    /// How many populations were drawn.
    pub(super) n: usize,
    /// The share of intervals that hold the true number, 0 to 1.
    pub(super) share: f64,
    /// The middle estimate over the true number.
    pub(super) ratio: Option<f64>,
}

impl Trust {
    /// What is kept of a report.
    pub(super) fn of(report: &Report) -> Self {
        let conditioned = report.conditioned.iter().map(|one| Conditioned {
            place: one.list,
            ratio: one.ratio().filter(|ratio| ratio.is_finite()),
            holds: one.is_held(),
        });
        let surprise = |one: &HeldOut| {
            let deviations = one.surprise().filter(|deviations| deviations.is_finite())?;
            let places = (0..16).filter(|place| one.history >> place & 1 == 1).collect();
            Some(Surprise { places, deviations })
        };
        Self {
            conditioned: conditioned.collect(),
            surprises: report.held_out.iter().filter_map(surprise).take(SURPRISES).collect(),
            covered: report.coverage.share().map(|(share, _)| Covered {
                n: report.coverage.simulations,
                share,
                ratio: report.coverage.median_ratio(),
            }),
        }
    }
}
