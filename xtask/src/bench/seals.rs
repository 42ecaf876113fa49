//! What seals add to a page and to a list, beside reading the same rows and leaving them sealed.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::demonstration::helper;
use crate::process::capture;

/// Measures and prints.
pub(super) fn run(records: u32) -> Result<()> {
    let report = capture(Command::new(helper("bench-seals")?).arg(records.to_string()))?;
    println!("\nSeals, median of 15 runs on the embedded database:");
    println!("{}", table(&report)?);
    Ok(())
}

/// From the program's line: how many records, then milliseconds for all titles, a page read, a page opened.
fn table(report: &str) -> Result<String> {
    let numbers: Vec<f64> = report
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .with_context(|| format!("the benchmark of seals printed `{report}`"))?;
    let [n, cold, read, opened] = numbers[..] else {
        anyhow::bail!("the benchmark of seals printed `{report}`");
    };
    Ok(format!(
        "titles of {n:.0} records, nothing kept from before: {cold:.1} ms\n\
         50 records left sealed: {read:.2} ms; opened, with their rows in the log: {opened:.2} ms; added: {:.2} ms, {:.1} times",
        opened - read,
        opened / read
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_is_the_difference() {
        let text = table("5000 400.0 2.0 9.0\n").unwrap();
        assert!(text.ends_with("added: 7.00 ms, 4.5 times"), "{text}");
        assert!(table("5000 400.0").is_err());
    }
}
