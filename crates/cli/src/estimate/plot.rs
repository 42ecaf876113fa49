//! The estimates as one SVG picture that stands alone: the same picture as on the page of a list study, of numbers that nobody
//! rounded.

use statistics::multiple_systems::panel::Panel;
use statistics::multiple_systems::{Estimate, Histories};
use web::estimates::{Heading, Row, draw as drawn};

use super::text::people;

/// The most steps of a histogram.
const STEPS: usize = 48;

/// The picture. Its scale begins with the people seen.
pub(super) fn draw(histories: &Histories, panel: &Panel) -> String {
    let seen = histories.observed() as f64;
    let heading = Heading {
        title: format!(
            "Estimates from {} people seen on {} lists",
            people(seen),
            histories.lists()
        ),
        description: panel.verdict.to_string(),
    };
    let rows: Vec<Row> = panel.results.iter().map(row).collect();
    drawn(&rows, Some(seen), None, Some(&heading)).unwrap_or_default()
}

fn row(estimate: &Estimate) -> Row {
    let end = |value: f64| value.is_finite().then_some(value);
    let interval = estimate
        .interval
        .map(|interval| (end(interval.lower), end(interval.upper)));
    let words = match interval {
        None => people(estimate.estimate),
        Some((lower, upper)) => format!(
            "{} ({} to {})",
            people(estimate.estimate),
            lower.map_or_else(|| "no limit".to_owned(), people),
            upper.map_or_else(|| "no limit".to_owned(), people)
        ),
    };
    let steps = estimate.spread().and_then(|spread| spread.steps(|_| 1.0, STEPS));
    let bars = steps.map(|steps| {
        let edge = |nth: usize| steps.from + nth as f64 * steps.step;
        let shares = steps.shares.iter().enumerate();
        shares.map(|(nth, share)| (edge(nth), edge(nth + 1), *share)).collect()
    });
    Row {
        name: estimate.method.to_string(),
        words,
        estimate: end(estimate.estimate),
        interval,
        bars: bars.unwrap_or_default(),
    }
}
