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

#[test]
fn every_field_of_the_form_stands_in_the_table_once() {
    let Some(folder) = std::env::var_os("RAPPORTEUR_REFERENCE") else {
        println!("NOT RUN: RAPPORTEUR_REFERENCE is not set");
        return;
    };
    let text = std::fs::read_to_string(Path::new(&folder).join("uk-nrm-form/fields.json")).expect("the form");
    let form: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let named: Vec<&str> = rows().into_iter().flat_map(|(fields, _)| quoted(fields)).collect();
    let once: BTreeSet<&str> = named.iter().copied().collect();
    assert_eq!(once.len(), named.len(), "a field stands there twice");
    assert_eq!(once, form.keys().map(String::as_str).collect());
}
