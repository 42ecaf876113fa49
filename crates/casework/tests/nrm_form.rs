//! `docs/reference/nrm-form.md` names every field of the Home Office's form, and only questions that are asked here.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use casework::background::Background;
use casework::case::About;
use casework::contact::Contact;
use casework::event::Kind;
use casework::exploitation::Episode;
use casework::person::{Identity, SafeContact};
use casework::sheet::{Field, Sheet};

const TABLE: &str = include_str!("../../../docs/reference/nrm-form.md");
/// The heading under which stand the questions that cannot be recorded.
const NOT_RECORDED: &str = "## What cannot be recorded";

/// Pages of the form that ask nothing themselves: what they hold is asked under other names, or they only tell something.
const PAGES: &[&str] = &[
    "are-you-sure",
    "concerns-future-exploitation",
    "confirm",
    "confirmation",
    "continue-report",
    "current-pv-location",
    "fr-details",
    "local-authority-contacted-about-child",
    "organisation",
    "pv-name-dtn",
    "pv-name-referral",
    "pv-nationality-dtn",
    "pv-nationality-referral",
    "reasons-preventing-potential-victim-from-leaving",
    "reports",
    "save-and-exit",
    "send-pdf",
    "start",
    "support-organisations",
    "token-invalid",
    "types-of-exploitation",
    "upload-evidence",
    "what-is-their-background",
    "where-exploitation-happened-overseas",
    "where-exploitation-happened-uk",
];
/// Other names that the last page, on which the answers are checked, has for questions asked before.
const CALLED_OTHERWISE: &[&str] = &["files", "fr-details-email", "fr-details-organisation"];

/// The words between backquotes of a text.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the table: the first cell and the last.
fn rows() -> Vec<(&'static str, &'static str)> {
    TABLE
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            (cells[1], cells[3])
        })
        .collect()
}

fn sheets() -> HashMap<&'static str, Vec<Field>> {
    let mut all = HashMap::from([
        ("identity", Identity::fields()),
        ("safe_contact", SafeContact::fields()),
        ("about", About::fields()),
        ("background", Background::fields()),
        ("contact", Contact::fields()),
        ("exploitation", Episode::fields()),
    ]);
    all.extend(Kind::ALL.iter().map(|kind| (kind.code(), kind.fields())));
    all
}

#[test]
fn the_table_names_only_questions_that_are_asked() {
    let sheets = sheets();
    let rows = rows();
    assert!(rows.len() > 50);
    for (_, place) in rows {
        let named = quoted(place);
        assert!(!named.is_empty(), "{place}");
        for one in named {
            let (sheet, question) = one.split_once('.').expect("a sheet and a question");
            let fields = sheets.get(sheet).unwrap_or_else(|| panic!("no sheet {sheet}"));
            assert!(fields.iter().any(|field| field.key == question), "no question {one}");
        }
    }
}

/// The questions that the page says cannot be recorded: the first name of each line of the list.
fn not_recorded() -> Vec<&'static str> {
    let (_, rest) = TABLE.split_once(NOT_RECORDED).expect("what cannot be recorded");
    rest.lines()
        .filter(|line| line.starts_with("- `"))
        .filter_map(|line| quoted(line).first().copied())
        .collect()
}

#[test]
fn what_cannot_be_recorded_stands_nowhere_else_and_consent_is_kept_as_consent() {
    let rows = rows();
    let without = not_recorded();
    assert!(without.contains(&"upload-file"), "{without:?}");
    for (fields, place) in rows {
        for field in quoted(fields) {
            assert!(!without.contains(&field), "{field} has a place and has none");
            if field == "pv-want-to-submit-nrm" {
                assert!(quoted(place).contains(&"consent.said"), "{place}");
            }
        }
    }
}

/// A file of the form: what is asked or told, by its name.
fn file(folder: &Path, name: &str) -> serde_json::Map<String, serde_json::Value> {
    let text = std::fs::read_to_string(folder.join("uk-nrm-form").join(name)).expect("a file of the form");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn every_question_of_the_form_stands_in_the_table_once_or_among_what_cannot_be_recorded() {
    let Some(folder) = std::env::var_os("RAPPORTEUR_REFERENCE") else {
        println!("NOT RUN: RAPPORTEUR_REFERENCE is not set");
        return;
    };
    let folder = Path::new(&folder);
    let pages = file(folder, "pages.json");
    let checked = pages["confirm"]["fields"].as_object().expect("the answers to check");
    let mut asked: BTreeSet<String> = checked.keys().cloned().collect();
    for name in ["fields.json", "validation.json"] {
        asked.extend(file(folder, name).keys().cloned());
    }
    let is_known = |name: &str| PAGES.contains(&name) || CALLED_OTHERWISE.contains(&name);
    for name in PAGES {
        assert!(pages.contains_key(*name), "{name} is no page of the form");
    }
    asked.extend(pages.keys().cloned());
    asked.retain(|name| !is_known(name));
    let mut named: Vec<&str> = rows().into_iter().flat_map(|(fields, _)| quoted(fields)).collect();
    named.extend(not_recorded());
    let once: BTreeSet<&str> = named.iter().copied().collect();
    assert_eq!(once.len(), named.len(), "a question stands there twice");
    assert_eq!(once, asked.iter().map(String::as_str).collect());
}
