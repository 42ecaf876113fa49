//! `cargo xtask check`: the one command that says whether a change may be taken.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process::{cargo, run as run_command};
use crate::{licences, test, tidy};

/// One thing that must hold: its name and what tells whether it does.
type Step = (&'static str, fn() -> Result<()>);

/// Cheap steps first. Every step runs even if one before it failed, so that one run tells everything.
const STEPS: &[Step] = &[
    ("format", format),
    ("tidy", tidy::run),
    ("licences", licences::run),
    ("lints", lints),
    ("documentation", documentation),
    ("tests", || test::run(&[])),
];

/// Runs every step, prints how long each took, and fails if one did.
pub(crate) fn run() -> Result<()> {
    let mut report = Vec::new();
    for (name, step) in STEPS {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = step();
        if let Err(error) = &outcome {
            println!("{error:#}");
        }
        report.push((*name, start.elapsed(), outcome.is_ok()));
    }
    println!("\n{}", summary(&report));
    if report.iter().all(|(_, _, passed)| *passed) {
        Ok(())
    } else {
        bail!("the check failed")
    }
}

fn format() -> Result<()> {
    run_command(cargo().args(["fmt", "--all", "--check"]))?;
    run_command(cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

fn lints() -> Result<()> {
    run_command(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn documentation() -> Result<()> {
    run_command(
        cargo()
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

fn summary(report: &[(&str, Duration, bool)]) -> String {
    let total: Duration = report.iter().map(|(_, time, _)| *time).sum();
    let mut lines: Vec<String> = report
        .iter()
        .map(|(name, time, passed)| {
            format!(
                "{name:<14} {:>8} {}",
                minutes(*time),
                if *passed { "passed" } else { "FAILED" }
            )
        })
        .collect();
    lines.push(format!("{:<14} {:>8}", "in all", minutes(total)));
    lines.join("\n")
}

/// Minutes and seconds, as `12:07`.
fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_what_failed_and_adds_up() {
        let text = summary(&[
            ("format", Duration::from_secs(2), true),
            ("tests", Duration::from_secs(725), false),
        ]);
        assert_eq!(
            text,
            "format             0:02 passed\ntests             12:05 FAILED\nin all            12:07"
        );
    }
}
