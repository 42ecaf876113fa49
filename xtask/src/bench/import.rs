//! Bringing cases in from a file, beside reading and checking the same file and taking nothing.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::demonstration::Demonstration;

/// The columns of the file, by what they hold.
const COLUMNS: &str = "case.reference,person.name,person.born,case.nation,case.opened_on,event.encounter.on,\
    event.encounter.agency,consent.support.said,consent.referral.said,consent.monitoring.said,event.nrm_referral.on,\
    event.nrm_referral.agency,event.reasonable_grounds.outcome,event.reasonable_grounds.on,\
    event.conclusive_grounds.outcome,event.conclusive_grounds.on,episode.forms,event.exit.on,event.exit.reason,\
    event.exit.destination";

/// Measures and prints.
pub(super) fn run(cases: u32) -> Result<()> {
    let demonstration = Demonstration::build()?;
    let sign_ins =
        std::fs::read_to_string(demonstration.data().join("sign-ins.txt")).context("the demonstration's sign-ins")?;
    let password = sign_ins
        .lines()
        .filter_map(|line| line.strip_prefix("shelter-supervisor\t"))
        .find_map(|rest| rest.split('\t').next())
        .context("the sign-ins name no supervisor")?;
    let secret = demonstration.beside("password");
    std::fs::write(&secret, password)?;
    let file = |name: &str, text: String| -> Result<std::path::PathBuf> {
        let path = demonstration.beside(name);
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let good = rows(cases);
    // One row with a fault, and nothing is taken: what reading and checking cost alone.
    let checked = file("checked.csv", format!("{good}X,,,,,,,,,,,,,,,,,,,\n"))?;
    let taken = file("taken.csv", good)?;
    let time = |path: &std::path::Path, succeeds: bool| -> Result<f64> {
        let mut command: Command = demonstration.command("import");
        command.args(["--as", "shelter-supervisor", "--password-file"]);
        command.arg(&secret).arg("cases").arg(path);
        let begun = Instant::now();
        let output = command.output().context("rapporteur import cases")?;
        ensure!(
            output.status.success() == succeeds,
            "rapporteur import cases: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(begun.elapsed().as_secs_f64())
    };
    let (check, take) = (time(&checked, false)?, time(&taken, true)?);
    println!(
        "\nCases from a file, {cases} with {} events, on the embedded database:\n\
         read and checked, nothing taken: {check:.1} s; taken: {take:.1} s, {:.1} times",
        events(cases),
        take / check
    );
    Ok(())
}

/// How many events the rows have.
fn events(cases: u32) -> u32 {
    cases * 6 + cases / 2 + cases / 5
}

/// A row for each case; nobody stands behind one.
fn rows(cases: u32) -> String {
    let mut text = format!("{COLUMNS}\n");
    for n in 0..cases {
        let (year, month, day) = (2022 + n % 3, 1 + n % 12, 1 + n % 28);
        let on = |years: u32| format!("{}-{month:02}-{day:02}", year + years);
        let (positive, decided) = if n % 2 == 0 {
            ("positive", format!("positive,{}", on(1)))
        } else {
            ("negative", ",".to_owned())
        };
        let exit = if n % 5 == 0 {
            format!("{},planned,family", on(1))
        } else {
            ",,".to_owned()
        };
        let from = on(0);
        let _ = writeln!(
            text,
            "B-{n},Sample Person {n},{},england,{from},{from},own,given,given,given,{from},police,{positive},{from},{decided},labour,{exit}",
            1960 + n % 40
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_cell_for_each_column() {
        let text = rows(10);
        let n = COLUMNS.split(',').count();
        assert!(text.lines().all(|line| line.split(',').count() == n));
        assert_eq!(events(10), 67);
    }
}
