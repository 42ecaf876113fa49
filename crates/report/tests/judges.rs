//! Outside judges of what is published.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use report::{pdf, sample, site};

fn part(name: &str) -> PathBuf {
    env::var_os(name)
        .unwrap_or_else(|| panic!("{name} is unset: run `cargo xtask test`, which finds or installs what tests need"))
        .into()
}

#[test]
fn frictionless_finds_no_fault_in_the_data_package() {
    let judge = part("RAPPORTEUR_TEST_FRICTIONLESS");
    let folder = tempfile::tempdir().expect("a folder of its own");
    for file in site::files(&sample::edition(), "").expect("the sample can be published") {
        if let Some(name) = file.path.strip_prefix("data/") {
            std::fs::write(folder.path().join(name), &file.bytes).expect("a file of the package is written");
        }
    }
    let said = Command::new(judge)
        .args(["validate", "datapackage.json"])
        .current_dir(folder.path())
        .output()
        .expect("frictionless runs");
    assert!(
        said.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr)
    );
}

/// Longest run of single letters with spaces between them: what a spaced-out word is read as.
fn longest_run_of_single_letters(text: &str) -> usize {
    let mut longest = 0;
    for line in text.lines() {
        let mut run = 0;
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            let is_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
            run = if is_letter { run + 1 } else { 0 };
            longest = longest.max(run);
        }
    }
    longest
}

#[test]
fn words_in_capitals_can_be_searched_and_copied_whole() {
    assert_eq!(longest_run_of_single_letters("C H A P T E R two"), 7);
    let edition = sample::edition();
    let folder = tempfile::tempdir().expect("a folder of its own");
    let printed = [
        (
            "edition.pdf",
            pdf::edition(&edition).expect("prints"),
            &[
                "INDEPENDENT MONITORING OF A PROMISE",
                "WHAT THE STATE SAYS",
                "SECONDARY SOURCE",
            ][..],
        ),
        (
            "brief.pdf",
            pdf::brief(&edition).expect("prints"),
            &["BRIEF FOR PARLIAMENT", "WHAT MATTERS MOST"],
        ),
        ("reply.pdf", pdf::reply(&edition).expect("prints"), &[]),
    ];
    for (name, bytes, words) in printed {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the document is written");
        let said = Command::new(part("RAPPORTEUR_TEST_PDFTOTEXT"))
            .arg(&path)
            .arg("-")
            .output()
            .expect("pdftotext runs");
        let text = String::from_utf8(said.stdout).expect("it writes UTF-8");
        for whole in words {
            assert!(text.contains(whole), "{name} does not hold “{whole}” in one piece");
        }
        // “S P O”, the three scores, is the longest there should be.
        assert!(longest_run_of_single_letters(&text) <= 3, "{name} spaces a word out");
    }
}
