//! What a program costs: seconds and memory, as the kernel counted them.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::parts;
use crate::process::run;

/// What one run of a program took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    /// From its start to its end, seconds of the clock.
    pub(super) seconds: f64,
    /// The most memory that it held at once, in millions of bytes.
    pub(super) peak_mb: f64,
}

impl Cost {
    /// Runs a program to its end under GNU time, so often, and keeps the run of median duration.
    pub(super) fn of<A: AsRef<OsStr>>(program: &Path, arguments: &[A], runs: usize) -> Result<Self> {
        ensure!(runs > 0, "nothing is measured in no run");
        let time = parts::program("time")?;
        let report = tempfile::NamedTempFile::new()?;
        let mut costs = (0..runs)
            .map(|_| {
                run(Command::new(&time)
                    .args(["--format", "%e %M", "--output"])
                    .arg(report.path())
                    .arg(program)
                    .args(arguments))?;
                Self::parse(&fs::read_to_string(report.path())?)
            })
            .collect::<Result<Vec<_>>>()?;
        costs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        Ok(costs[costs.len() / 2])
    }

    /// Reads seconds and kibibytes.
    fn parse(report: &str) -> Result<Self> {
        let numbers = report.split_once(' ').and_then(|(seconds, kibibytes)| {
            Some((seconds.trim().parse().ok()?, kibibytes.trim().parse::<f64>().ok()?))
        });
        let (seconds, kibibytes) = numbers.with_context(|| format!("GNU time reported `{report}`"))?;
        Ok(Self {
            seconds,
            peak_mb: megabytes(kibibytes),
        })
    }
}

/// The most memory that a running process has held so far, in millions of bytes.
pub(super) fn peak_mb_of(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kibibytes = status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .strip_suffix("kB")?
                .trim()
                .parse::<f64>()
                .ok()
        })
        .context("the kernel does not say how much memory a process held")?;
    Ok(megabytes(kibibytes))
}

fn megabytes(kibibytes: f64) -> f64 {
    kibibytes * 1024.0 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_kibibytes_are_read() {
        let cost = Cost::parse("1.25 250000\n").unwrap();
        assert_eq!(
            cost,
            Cost {
                seconds: 1.25,
                peak_mb: 256.0
            }
        );
    }

    #[test]
    fn an_unreadable_report_is_an_error() {
        assert!(Cost::parse("Command exited with non-zero status 1").is_err());
    }

    #[test]
    fn this_process_has_held_some_memory() {
        assert!(peak_mb_of(std::process::id()).unwrap() > 0.1);
    }
}
