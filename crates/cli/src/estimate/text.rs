//! The answer for a person at a terminal: every method on one line, then what must be said about each.

use statistics::multiple_systems::panel::Panel;
use statistics::multiple_systems::{Estimate, Histories, IntervalKind};

/// The most steps of the histogram drawn in one line of text.
const STEPS: usize = 48;
const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The panel as text.
pub(super) fn answer(histories: &Histories, panel: &Panel) -> String {
    let mut lines = vec![
        format!(
            "{} people seen on {} lists: {}",
            people(histories.observed() as f64),
            histories.lists(),
            histories.names().join(", ")
        ),
        String::new(),
        format!("{:<10} {:>10}  {:<40} {}", "method", "estimate", "interval", "model"),
    ];
    for estimate in &panel.results {
        let model = if estimate.model.is_empty() {
            String::new()
        } else {
            estimate.model.join(" ")
        };
        let (total, interval) = (people(estimate.estimate), interval(estimate));
        lines.push(
            format!("{:<10} {total:>10}  {interval:<40} {model}", estimate.method.code())
                .trim_end()
                .to_owned(),
        );
    }
    lines.push(String::new());
    lines.push(format!("Verdict: {}", panel.verdict));
    for estimate in &panel.results {
        about(estimate, &mut lines);
    }
    if !panel.left_out.is_empty() {
        lines.push(String::new());
        lines.push("No number from:".to_owned());
        lines.extend(panel.left_out.iter().map(|(method, why)| format!("  {method}: {why}")));
    }
    lines.join("\n")
}

/// The histogram and the warnings of one method.
fn about(estimate: &Estimate, lines: &mut Vec<String>) {
    let steps = estimate.spread().and_then(|spread| spread.steps(|_| 1.0, STEPS));
    if steps.is_none() && estimate.warnings.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(format!("{}:", estimate.method));
    if let Some(steps) = steps {
        let highest = steps.shares.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 8")]
        let bar = |share: &f64| HEIGHTS[(share / highest * 8.0).ceil() as usize];
        lines.push(format!(
            "  {} {} {}",
            people(steps.from),
            steps.shares.iter().map(bar).collect::<String>(),
            people(steps.from + steps.step * steps.shares.len() as f64)
        ));
        lines.push(match &estimate.bootstrap {
            Some(resampled) => format!(
                "  {} resamples, seed {}",
                resampled.estimates.len(),
                estimate.seed.unwrap_or_default()
            ),
            None => "  posterior".to_owned(),
        });
    }
    lines.extend(estimate.warnings.iter().map(|warning| format!("  {warning}")));
}

/// An interval, each limit with its Monte Carlo error where resampling made one.
fn interval(estimate: &Estimate) -> String {
    let Some(interval) = estimate.interval else {
        return "no interval".to_owned();
    };
    let limit = |value: f64, p: f64| {
        let resampled = estimate.bootstrap.as_ref().and_then(|resampled| resampled.limit(p));
        match resampled.map(|limit| limit.monte_carlo_error) {
            _ if value.is_infinite() => "no limit".to_owned(),
            None => people(value),
            Some(None) => format!("{} (error unknown)", people(value)),
            Some(Some(error)) => format!("{} (±{})", people(value), people(error)),
        }
    };
    let tail = 0.5 - interval.level / 2.0;
    let kind = match interval.kind {
        IntervalKind::Wald => "log-normal",
        IntervalKind::Profile => "profile",
        IntervalKind::Bca => "bootstrap",
        IntervalKind::Credible => "posterior",
    };
    format!(
        "{} to {}, {kind}",
        limit(interval.lower, tail),
        limit(interval.upper, 1.0 - tail)
    )
}

/// A number of people, rounded, with commas.
pub(super) fn people(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::people;

    #[test]
    fn people_are_whole_and_grouped_by_thousands() {
        assert_eq!(
            [0.4, 999.0, 1_000.0, 25_311.3, 1_234_567.0].map(people),
            ["0", "999", "1,000", "25,311", "1,234,567"]
        );
    }
}
