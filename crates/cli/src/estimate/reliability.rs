//! How far to trust the numbers: the checks of the stepwise choice, for a person and for a program.

use serde_json::{Value, json};
use statistics::multiple_systems::reliability::{Change, Conditioned, HeldOut, NoAnswer, Report};
use statistics::multiple_systems::{Estimate, Histories, Refusal};

use super::text::people;

/// Overlaps that are named to a person; a program gets all.
const NAMED: usize = 3;

/// The fewest lists of which one can be left out.
const FEWEST: usize = 4;

/// For a program: estimates that do not exist are `null`, with the reason.
pub(super) fn json(histories: &Histories, report: &Result<Report, Refusal>) -> Value {
    let report = match report {
        Ok(report) => report,
        Err(refusal) => return json!({ "method": "stepwise", "reason": refusal.to_string() }),
    };
    let name = |list: usize| &histories.names()[list];
    let (mut without, mut merged) = (Vec::new(), Vec::new());
    for changed in &report.changed {
        let (estimate, reason) = (number(&changed.estimate), reason(&changed.estimate));
        match changed.change {
            Change::Without(list) => {
                without.push(json!({ "list": name(list), "estimate": estimate, "reason": reason }));
            }
            Change::Merged(one, other) => {
                merged.push(json!({ "lists": [name(one), name(other)], "estimate": estimate, "reason": reason }));
            }
        }
    }
    let conditioned = report.conditioned.iter().map(|one| {
        json!({
            "list": name(one.list),
            "known": one.known,
            "estimate": number(&one.estimate),
            "interval": interval(one).map(|(lower, upper)| [lower, upper]),
            "held": one.is_held(),
            "reason": reason(&one.estimate),
        })
    });
    let held_out = report.held_out.iter().map(|one| {
        json!({
            "lists": names(histories, one.history),
            "seen": one.seen,
            "expected": one.expected,
            "surprise": one.surprise(),
        })
    });
    let coverage = &report.coverage;
    let share = coverage.share();
    json!({
        "method": "stepwise",
        "interval": "wald",
        "without": without,
        "merged": merged,
        "consistency": conditioned.collect::<Vec<_>>(),
        "held_out": held_out.collect::<Vec<_>>(),
        "coverage": {
            "truth": coverage.truth,
            "simulations": coverage.simulations,
            "without_interval": coverage.without_interval,
            "held": coverage.held,
            "share": share.map(|(share, _)| share),
            "share_interval": share.map(|(_, interval)| [interval.lower, interval.upper]),
            "median_ratio": coverage.median_ratio(),
        },
    })
}

fn number(estimate: &Result<Estimate, NoAnswer>) -> Option<f64> {
    estimate.as_ref().ok().map(|estimate| estimate.estimate)
}

fn reason(estimate: &Result<Estimate, NoAnswer>) -> Option<String> {
    estimate.as_ref().err().map(ToString::to_string)
}

fn interval(one: &Conditioned) -> Option<(f64, f64)> {
    let interval = one.estimate.as_ref().ok()?.interval?;
    Some((interval.lower, interval.upper))
}

fn names(histories: &Histories, history: u16) -> Vec<&str> {
    let names = histories.names().iter().enumerate();
    names
        .filter(|(list, _)| history >> list & 1 == 1)
        .map(|(_, name)| name.as_str())
        .collect()
}

/// For a person.
pub(super) fn text(histories: &Histories, report: &Report) -> String {
    let mut lines = vec![
        String::new(),
        "How far to trust it (stepwise, with log-normal intervals). A wrong model can pass all of these; one that fails should not be believed:"
            .to_owned(),
    ];
    changes(histories, report, &mut lines);
    conditioned(histories, report, &mut lines);
    surprises(histories, report, &mut lines);
    coverage(report, &mut lines);
    lines.join("\n")
}

/// What the estimate is on other lists.
fn changes(histories: &Histories, report: &Report, lines: &mut Vec<String>) {
    if histories.lists() < FEWEST {
        lines.push(
            "  With three lists none can be left out and no two counted as one: no method takes fewer.".to_owned(),
        );
        return;
    }
    let of = |estimate: &Result<Estimate, NoAnswer>| number(estimate).map_or_else(|| "no number".to_owned(), people);
    let name = |list: usize| &histories.names()[list];
    let (mut without, mut merged) = (Vec::new(), Vec::new());
    for changed in &report.changed {
        let people = of(&changed.estimate);
        match changed.change {
            Change::Without(list) => without.push(format!("{} {people}", name(list))),
            Change::Merged(one, other) => merged.push(format!("{}+{} {people}", name(one), name(other))),
        }
    }
    lines.push(format!("  Without one list: {}", without.join("; ")));
    lines.push(format!("  Two lists as one: {}", merged.join("; ")));
}

/// Whether the other lists find the people of each list, of whom it is known how many they are.
fn conditioned(histories: &Histories, report: &Report, lines: &mut Vec<String>) {
    let found: Vec<String> = report
        .conditioned
        .iter()
        .filter_map(|one| {
            let (estimate, (lower, upper)) = (number(&one.estimate)?, interval(one)?);
            let misses = if one.is_held() == Some(true) { "" } else { ", misses" };
            Some(format!(
                "{} has {}, found {} ({} to {}{misses})",
                histories.names()[one.list],
                people(one.known as f64),
                people(estimate),
                people(lower),
                people(upper)
            ))
        })
        .collect();
    if histories.lists() < FEWEST {
        return;
    }
    lines.push(if found.is_empty() {
        "  People of one list, estimated from the others: no list can be.".to_owned()
    } else {
        format!("  People of one list, estimated from the others: {}", found.join("; "))
    });
}

/// The overlaps that the chosen model predicts worst.
fn surprises(histories: &Histories, report: &Report, lines: &mut Vec<String>) {
    let said = |one: &HeldOut| {
        let surprise = one.surprise()?;
        Some(format!(
            "{} and no other: {} seen, {} expected ({surprise:+.1} standard deviations)",
            names(histories, one.history).join(", "),
            one.seen,
            people(one.expected?)
        ))
    };
    let worst: Vec<String> = report.held_out.iter().filter_map(said).take(NAMED).collect();
    lines.push(if worst.is_empty() {
        "  No overlap can be predicted from the others.".to_owned()
    } else {
        format!("  Overlaps that the chosen model predicts worst: {}", worst.join("; "))
    });
}

/// How the method fares where the truth is known.
fn coverage(report: &Report, lines: &mut Vec<String>) {
    let coverage = &report.coverage;
    let Some((share, interval)) = coverage.share() else {
        lines.push("  On no population drawn from the chosen model does the method have an interval.".to_owned());
        return;
    };
    let mut line = format!(
        "  Of {} populations of {} drawn from the chosen model, the interval holds the true number in {:.0} % ({:.0} to {:.0} %)",
        coverage.simulations,
        people(coverage.truth as f64),
        100.0 * share,
        100.0 * interval.lower,
        100.0 * interval.upper
    );
    if let Some(ratio) = coverage.median_ratio() {
        line += &format!("; half of the estimates are below {ratio:.2} times it");
    }
    if coverage.without_interval > 0 {
        line += &format!("; {} have no interval", coverage.without_interval);
    }
    lines.push(line);
}

#[cfg(test)]
mod tests {
    use statistics::multiple_systems::{Settings, reliability};

    use super::*;

    #[test]
    fn every_check_is_said_and_given() {
        let counts = vec![0, 150, 120, 36, 90, 28, 22, 8, 210, 62, 50, 16, 38, 11, 9, 3];
        let histories = Histories::new(["A", "B", "C", "D"], counts).expect("histories");
        let report = reliability::report(&histories, &Settings::default()).expect("a report");
        let said = text(&histories, &report);
        for words in [
            "Without one list: A ",
            "Two lists as one: A+B ",
            "A has 314, found ",
            "standard deviations)",
            "Of 200 populations",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        let given = json(&histories, &Ok(report));
        let length = |field: &str| given[field].as_array().map(Vec::len);
        assert_eq!((length("without"), length("merged")), (Some(4), Some(6)));
        assert_eq!((length("consistency"), length("held_out")), (Some(4), Some(11)));
        assert_eq!(given["coverage"]["simulations"], 200);
        assert!(
            given["coverage"]["share"].as_f64().is_some_and(|share| share > 0.8),
            "{given}"
        );
    }

    #[test]
    fn three_lists_say_what_cannot_be_done() {
        let histories = Histories::new(["A", "B", "C"], vec![0, 203, 187, 43, 151, 37, 29, 12]).expect("histories");
        let report = reliability::report(&histories, &Settings::default()).expect("a report");
        let said = text(&histories, &report);
        assert!(said.contains("With three lists none can be left out"), "{said}");
        assert!(
            !said.contains("no number") && said.contains("Of 200 populations"),
            "{said}"
        );
    }
}
