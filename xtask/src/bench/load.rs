//! Many readers at once, played by wrk.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::parts;
use crate::process::capture;

/// Has each reader ask for one address after the other, and reports at the end.
const SCRIPT: &str = include_str!("load.lua");

/// What the readers saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answers {
    /// Answers in a second, all readers together.
    pub(super) per_second: f64,
    /// 99 of 100 answers took no longer, in milliseconds.
    pub(super) p99_ms: f64,
}

/// Asks a server for these paths in turn, for so many seconds, after a short warming up; every answer must be a success.
///
/// `cookie` signs the readers in; empty for readers without an account.
pub(super) fn ask(server: &str, paths: &[String], cookie: &str, seconds: u32, readers: u32) -> Result<Answers> {
    ask_for(server, paths, cookie, 2, readers)?;
    ask_for(server, paths, cookie, seconds, readers)
}

fn ask_for(server: &str, paths: &[String], cookie: &str, seconds: u32, readers: u32) -> Result<Answers> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("load.lua");
    let list = folder.path().join("paths");
    fs::write(&script, SCRIPT)?;
    fs::write(&list, paths.join("\n"))?;
    let report = capture(
        Command::new(parts::program("wrk")?)
            .args(["--threads", "1", "--connections", &readers.to_string()])
            .args(["--duration", &format!("{seconds}s"), "--timeout", "30s", "--script"])
            .arg(&script)
            .args([server, "--"])
            .arg(&list)
            .arg(cookie),
    )?;
    parse(&report)
}

/// Reads the line that the script prints at the end.
fn parse(report: &str) -> Result<Answers> {
    let line = report
        .lines()
        .find_map(|line| line.strip_prefix("answers "))
        .with_context(|| format!("wrk gave no answer:\n{report}"))?;
    let mut numbers = line.split_whitespace().map(str::parse::<f64>);
    let mut next = || -> Result<f64> { Ok(numbers.next().context("wrk's line is too short")??) };
    let (n, microseconds, p99_microseconds, faults) = (next()?, next()?, next()?, next()?);
    ensure!(n > 0.0, "the server gave no answer");
    ensure!(faults == 0.0, "{faults} of {n} answers were no success");
    Ok(Answers {
        per_second: n / (microseconds / 1e6),
        p99_ms: p99_microseconds / 1e3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scripts_line_is_read() {
        let answers = parse("Running 10s test\nanswers 50000 10000000 12500 0\n").unwrap();
        assert_eq!(
            answers,
            Answers {
                per_second: 5000.0,
                p99_ms: 12.5
            }
        );
    }

    #[test]
    fn an_answer_that_is_no_success_spoils_the_run() {
        let error = parse("answers 50000 10000000 12500 3\n").unwrap_err();
        assert!(error.to_string().contains("3 of 50000"), "{error}");
    }

    #[test]
    fn a_server_that_says_nothing_is_an_error() {
        assert!(parse("answers 0 10000000 0 0\n").is_err());
        assert!(parse("unable to connect").is_err());
    }
}
