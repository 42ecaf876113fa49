//! Comparing a measurement with the cycle before, by the audit's own rules.
//!
//! Refused across a break in the series or a definition that is not comparable, with the reason.
//! “Better” and “worse” need a change of a stated size: five percentage points for shares, one level
//! for steps of a scale, a tenth of the earlier value for everything else. Only of a sample is it said
//! whether chance explains the change. The latest vintage is what is compared; the value frozen at the
//! time is shown beside it.

use domain::indicator::Direction;
use statistics::comparison::{self, Certainty, Comparison, Reason, Terms, Verdict};

use super::Measurement;

/// The smallest change of a share that is called better or worse, in percentage points.
const POINTS: f64 = 5.0;
/// The smallest change of a step of a scale, which has nothing between two steps.
const LEVELS: f64 = 1.0;
/// The smallest change of anything else, as a part of the earlier value.
const PART: f64 = 0.1;

/// The smallest change that is called better or worse, in the unit of the figures, and in words. `None` where a tenth
/// of the earlier value is nothing, so that any change would pass.
fn minimum(unit: &str, earlier: f64) -> (Option<f64>, &'static str) {
    if crate::gate::is_share(unit) {
        (Some(POINTS), "5 percentage points")
    } else if crate::gate::is_level(unit) {
        (Some(LEVELS), "one level")
    } else {
        let part = (earlier * PART).abs();
        ((part > 0.0).then_some(part), "a tenth")
    }
}

/// Two values of one measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'a> {
    /// The earlier measurement as it was frozen.
    pub(crate) earlier: &'a Measurement,
    /// Today's vintage of the earlier value, where a later one exists.
    pub(crate) restated: Option<f64>,
    /// The later measurement.
    pub(crate) later: &'a Measurement,
}

/// Compares, and says it in a sentence.
pub(crate) fn compare(pair: Pair<'_>, direction: Direction, breaks: &[&str]) -> (Comparison, String) {
    let latest = pair.restated.unwrap_or(pair.earlier.value);
    let (least, rule) = minimum(&pair.later.unit, latest);
    let terms = Terms {
        direction: match direction {
            Direction::Higher => comparison::Direction::Higher,
            Direction::Lower => comparison::Direction::Lower,
            Direction::None => comparison::Direction::Neither,
        },
        minimum_change: least,
        breaks,
    };
    let earlier = comparison::Figure {
        latest,
        frozen: Some(pair.earlier.value),
        unit: &pair.earlier.unit,
        certainty: certainty(pair.earlier),
    };
    let later = comparison::Figure {
        latest: pair.later.value,
        frozen: None,
        unit: &pair.later.unit,
        certainty: certainty(pair.later),
    };
    let compared = comparison::compare(&earlier, &later, &terms);
    let words = words(&compared, least, rule);
    (compared, words)
}

fn words(compared: &Comparison, least: Option<f64>, rule: &str) -> String {
    // What was counted whole did not come about by a draw, so nothing is said of chance.
    let is_sample = compared.interval.is_some();
    let beyond = if is_sample {
        ", and more than chance explains"
    } else {
        ""
    };
    let is_small = compared
        .change
        .zip(least)
        .is_some_and(|(change, least)| change.abs() < least);
    match &compared.verdict {
        Verdict::Better => format!("Better: the change is at least {rule}{beyond}."),
        Verdict::Worse => format!("Worse: the change is at least {rule}{beyond}."),
        Verdict::NoClearChange if is_small || !is_sample => format!("No clear change: less than {rule}."),
        Verdict::NoClearChange => format!("No clear change: at least {rule}, but no more than chance explains."),
        Verdict::Refused(Reason::NoMinimumChange) => {
            "Not compared: the earlier value is 0, so a tenth of it says nothing.".to_owned()
        }
        Verdict::Refused(reason) => format!("Not compared: {reason}."),
    }
}

/// A sample has its interval; anything else was counted whole.
fn certainty(row: &Measurement) -> Certainty {
    match row.lower.zip(row.upper) {
        Some((lower, upper)) if row.is_sample => Certainty::Sample(statistics::interval::Interval { lower, upper }),
        _ => Certainty::Complete,
    }
}
