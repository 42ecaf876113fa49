//! What doubtful links do to the estimates: each method is run again on every draw of the links.

use std::path::Path;

use serde_json::{Value, json};
use statistics::linkage::uncertainty::{self, CARRIED, Carried};
use statistics::multiple_systems::panel::Panel;
use statistics::multiple_systems::{Histories, Settings};

use super::text::people;
use crate::failure::Failure;

/// The level of the intervals.
const LEVEL: f64 = 0.95;

/// Reads the draws of `rapporteur link --draws`; they must be of the same lists.
pub(super) fn read(path: &Path, histories: &Histories) -> Result<Vec<Histories>, Failure> {
    let name = path.display();
    let draws =
        uncertainty::read(&super::plain_text(path)?).map_err(|error| Failure::found(format!("{name}: {error}")))?;
    if draws[0].names() != histories.names() {
        return Err(Failure::found(format!(
            "{name} is of the lists {}, and the overlaps of {}",
            draws[0].names().join(", "),
            histories.names().join(", ")
        )));
    }
    Ok(draws)
}

/// The methods of a panel on every draw; the resamples are shared among the draws.
pub(super) fn carried(draws: &[Histories], panel: &Panel, settings: &Settings) -> Vec<Carried> {
    if draws.is_empty() {
        return Vec::new();
    }
    let settings = Settings {
        resamples: settings.resamples.div_ceil(draws.len()),
        ..*settings
    };
    let methods = panel.results.iter().map(|estimate| estimate.method);
    methods
        .filter(|method| CARRIED.contains(method))
        .map(|method| uncertainty::carry(draws, method, &settings))
        .collect()
}

/// For a program.
pub(super) fn json(doubt: &[Carried]) -> Value {
    let of = |carried: &Carried| {
        json!({
            "method": carried.method.code(),
            "median": carried.median(),
            "by_links": carried.interval_by_links(LEVEL).map(|(lower, upper)| [lower, upper]),
            "links_and_chance": carried.interval(LEVEL).map(|(lower, upper)| [lower, upper]),
            "without_estimate": carried.without_estimate,
        })
    };
    doubt.iter().map(of).collect()
}

/// A number of people, or that there is none because too many draws have no estimate.
fn end(value: f64) -> String {
    if value.is_infinite() {
        "no limit".to_owned()
    } else {
        people(value)
    }
}

/// For a person.
pub(super) fn text(n_draws: usize, doubt: &[Carried]) -> String {
    let mut lines = vec![
        String::new(),
        format!("With the doubt of the links, from {n_draws} draws of them:"),
    ];
    for carried in doubt {
        let found = carried.interval_by_links(LEVEL).zip(carried.median());
        let Some(((lower, upper), median)) = found.filter(|((lower, _), _)| lower.is_finite()) else {
            lines.push(format!("  {}: no draw has an estimate", carried.method));
            continue;
        };
        let mut line = format!(
            "  {}: {}; links alone {} to {}",
            carried.method,
            end(median),
            people(lower),
            end(upper)
        );
        if let Some((lower, upper)) = carried.interval(LEVEL) {
            line += &format!("; links and chance {} to {}", end(lower), end(upper));
        }
        if carried.without_estimate > 0 {
            line += &format!(
                "; {} draws without an estimate count as larger than every number",
                carried.without_estimate
            );
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use statistics::multiple_systems::Method;

    use super::*;

    #[test]
    fn a_limit_that_draws_without_an_estimate_reach_is_no_number() {
        let carried = Carried {
            method: Method::Stepwise,
            by_links: vec![1_000.0, 1_100.0, f64::INFINITY],
            together: Vec::new(),
            without_estimate: 1,
        };
        let said = text(3, &[carried]);
        assert!(said.contains("1,100; links alone"), "{said}");
        assert!(
            said.contains("to no limit; 1 draws without an estimate count as larger"),
            "{said}"
        );
    }
}
