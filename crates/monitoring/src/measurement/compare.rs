//! Comparing a measurement with the cycle before, by the audit's own rules.
//!
//! Refused across a break in the series or a definition that is not comparable, with the reason.
//! “Better” and “worse” need a change of a stated size: five percentage points for shares, a tenth
//! of the earlier value for everything else. The latest vintage is what is compared; the value
//! frozen at the time is shown beside it.

use domain::indicator::Direction;
use statistics::comparison::{self, Certainty, Comparison, Terms, Verdict};

use super::Measurement;

/// The smallest change of a share that is called better or worse, in percentage points.
const POINTS: f64 = 5.0;
/// The smallest change of anything else, as a part of the earlier value.
const PART: f64 = 0.1;

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
    let is_share = crate::gate::is_share(&pair.later.unit);
    let minimum = if is_share { POINTS } else { (latest * PART).abs() };
    let terms = Terms {
        direction: match direction {
            Direction::Higher => comparison::Direction::Higher,
            Direction::Lower => comparison::Direction::Lower,
            Direction::None => comparison::Direction::Neither,
        },
        minimum_change: Some(minimum),
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
    let rule = if is_share {
        "5 percentage points".to_owned()
    } else {
        "a tenth".to_owned()
    };
    let words = match &compared.verdict {
        Verdict::Better => format!("Better: the change is more than {rule}, and more than chance."),
        Verdict::Worse => format!("Worse: the change is more than {rule}, and more than chance."),
        Verdict::NoClearChange => format!("No clear change: less than {rule}, or no more than chance."),
        Verdict::Refused(reason) => format!("Not compared: {reason}."),
    };
    (compared, words)
}

/// A sample has its interval; anything else was counted whole.
fn certainty(row: &Measurement) -> Certainty {
    match row.lower.zip(row.upper) {
        Some((lower, upper)) if row.is_sample => Certainty::Sample(statistics::interval::Interval { lower, upper }),
        _ => Certainty::Complete,
    }
}
