//! Measures from cases: every shipped measure over invented rows, beside DuckDB computing the same from the same rows.
//!
//! Both read the same CSV, use two threads, and must agree on every figure before any time is printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::cost::Cost;
use crate::parts;
use crate::process::{cargo, run as run_command};

const PYTHON_PARTS: &[&str] = &["duckdb==2.0.1"];
const PEER_SCRIPT: &str = include_str!("measures_peer.py");
const SEED: &str = "7";
const THREADS: &str = "2";
/// How many figures of a cell are counts and sums; behind them stands a quantile, or nothing.
const WHOLE_NUMBERS: usize = 5;

/// Measures and prints.
pub(super) fn run(rows: u32, runs: usize) -> Result<()> {
    ensure!(runs > 0, "nothing is measured in no run");
    let python = parts::python_programs("bench-measures", PYTHON_PARTS)?.join("python");
    run_command(cargo().args(["build", "--release", "--package", "measures", "--example", "measures"]))?;
    let ours = PathBuf::from("target/release/examples/measures");
    let folder = tempfile::tempdir()?;
    let at = folder.path().to_string_lossy().into_owned();
    println!("{rows} invented rows ...");
    run_command(Command::new(&ours).args(["make", &at, &rows.to_string(), SEED]))?;
    let script = folder.path().join("peer.py");
    fs::write(&script, PEER_SCRIPT)?;
    let script = script.to_string_lossy();
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        own.push(Run::of(&ours, &["compute", &at], folder.path(), "ours.json")?);
        peer.push(Run::of(
            &python,
            &[&*script, &at, THREADS],
            folder.path(),
            "theirs.json",
        )?);
    }
    let figures = agree(&own[0].cells, &peer[0].cells)?;
    println!("{figures} figures, equal in both");
    let parts: [Part; 3] = [
        ("computing", |run| run.evaluate),
        ("reading CSV", |run| run.read),
        ("whole program", |run| run.whole),
    ];
    for (what, seconds) in parts {
        println!("{}", compared(what, own.iter().map(seconds), peer.iter().map(seconds))?);
    }
    let most = |runs: &[Run]| runs.iter().map(|run| run.peak_mb).fold(0.0, f64::max);
    println!("most memory: ours {:.0} MB, DuckDB's {:.0} MB", most(&own), most(&peer));
    Ok(())
}

/// What is timed, and where a run keeps its seconds.
type Part = (&'static str, fn(&Run) -> f64);

/// One run of either program.
struct Run {
    read: f64,
    evaluate: f64,
    whole: f64,
    peak_mb: f64,
    cells: Vec<Value>,
}

impl Run {
    fn of(program: &Path, arguments: &[&str], folder: &Path, result: &str) -> Result<Self> {
        let cost = Cost::of(program, arguments, 1)?;
        let result: Value = serde_json::from_slice(&fs::read(folder.join(result))?)?;
        let seconds = |name: &str| {
            result[name]
                .as_f64()
                .with_context(|| format!("the measurement did not give `{name}`"))
        };
        Ok(Self {
            read: seconds("read_seconds")?,
            evaluate: seconds("evaluate_seconds")?,
            whole: cost.seconds,
            peak_mb: cost.peak_mb,
            cells: result["cells"].as_array().cloned().context("there are no cells")?,
        })
    }
}

/// Compares every figure; returns how many there are. A cell of nobody may be left out.
fn agree(ours: &[Value], theirs: &[Value]) -> Result<usize> {
    let (ours, theirs) = (by_place(ours)?, by_place(theirs)?);
    for place in ours.keys().chain(theirs.keys()) {
        let (own, other) = (ours.get(place), theirs.get(place));
        let is_equal = own.zip(other).is_some_and(|(own, other)| {
            let figures = own.iter().zip(other).enumerate();
            own.len() == other.len()
                && figures
                    .into_iter()
                    .all(|(index, (a, b))| (a - b).abs() <= slack(index, *a))
        });
        ensure!(is_equal, "{place}: ours {own:?}, DuckDB's {other:?}");
    }
    Ok(ours.values().map(Vec::len).sum())
}

/// By how much two figures may differ: whole numbers not at all, quantiles by how the last digit is rounded.
fn slack(index: usize, figure: f64) -> f64 {
    if index < WHOLE_NUMBERS {
        0.0
    } else {
        1e-9 * figure.abs().max(1.0)
    }
}

/// The figures of each cell that has any, by measure, column and code.
fn by_place(cells: &[Value]) -> Result<BTreeMap<String, Vec<f64>>> {
    let mut by_place = BTreeMap::new();
    for cell in cells {
        let parts = cell
            .as_array()
            .filter(|parts| parts.len() > 3)
            .context("a cell has a place and figures")?;
        let place = parts[..3]
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        let figures: Vec<f64> = parts[3..].iter().filter_map(Value::as_f64).collect();
        if figures.iter().any(|figure| *figure != 0.0) {
            by_place.insert(place, figures);
        }
    }
    Ok(by_place)
}

/// Medians of both, and how many times as fast ours is.
fn compared(what: &str, ours: impl Iterator<Item = f64>, theirs: impl Iterator<Item = f64>) -> Result<String> {
    let (ours, theirs) = (median(ours)?, median(theirs)?);
    Ok(format!(
        "{what}: ours {ours:.2} s, DuckDB's {theirs:.2} s: {:.1} times",
        theirs / ours
    ))
}

fn median(numbers: impl Iterator<Item = f64>) -> Result<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().context("nothing was measured")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_that_differ_are_named_with_their_place() {
        let ours = [json!(["I13a", "gender", "female", 5, 6, 0, 0, 0, 2.5])];
        assert_eq!(agree(&ours, &ours).unwrap(), 6);
        let theirs = [json!(["I13a", "gender", "female", 5, 7, 0, 0, 0, 2.5])];
        let error = agree(&ours, &theirs).unwrap_err().to_string();
        assert!(error.contains("I13a gender female"), "{error}");
        // One pound in a thousand million is a difference, too.
        let pounds = |sum: u64| [json!(["I53a", "", "", 5, 6, 0, sum, 0, null])];
        assert!(agree(&pounds(10_000_000_001), &pounds(10_000_000_000)).is_err());
        assert!(agree(&ours, &[]).is_err());
    }

    #[test]
    fn a_cell_of_nobody_may_be_left_out() {
        let nobody = [json!(["I13a", "gender", "male", 0, 0, 0, 0, 0, null])];
        assert_eq!(agree(&nobody, &[]).unwrap(), 0);
    }

    #[test]
    fn the_ratio_is_how_many_times_as_fast_ours_is() {
        let text = compared("computing", [3.0, 1.0, 2.0].into_iter(), [8.0].into_iter()).unwrap();
        assert_eq!(text, "computing: ours 2.00 s, DuckDB's 8.00 s: 4.0 times");
    }
}
