//! `docs/reference` says what the program reads: the pages and the JSON Schema of the pack are written here. To write them
//! anew: `RAPPORTEUR_WRITE=1 cargo test -p measures --test reference`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::pack::Schema;
use measures::{definition, reference, shipped_pack};
use serde::Deserialize;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn compare(name: &str, text: &str) {
    let page = root().join("docs/reference").join(name);
    if std::env::var_os("RAPPORTEUR_WRITE").is_some() {
        std::fs::write(&page, text).expect("the page can be written");
    }
    let shown = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(
        shown == text,
        "docs/reference/{name} is out of date: run with RAPPORTEUR_WRITE=1"
    );
}

/// Names of measures, as `standards/indicators` has them.
fn names() -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct File {
        indicator: Vec<Indicator>,
    }
    #[derive(Deserialize)]
    struct Indicator {
        measure: Vec<Measure>,
    }
    #[derive(Deserialize)]
    struct Measure {
        code: String,
        name: String,
    }
    let mut names = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("standards/indicators")).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a file");
        let file: File = toml::from_str(&text).expect("TOML");
        let measures = file.indicator.into_iter().flat_map(|indicator| indicator.measure);
        names.extend(measures.map(|measure| (measure.code, measure.name)));
    }
    names
}

#[test]
fn the_json_schema_of_contributions_is_shown_as_it_is() {
    let schema = reference::json_schema(&shipped_pack("2026"));
    compare(
        "contribution.schema.json",
        &format!("{}\n", serde_json::to_string_pretty(&schema).unwrap()),
    );
}

#[test]
fn the_page_of_columns_is_shown_as_it_is() {
    compare("pack.md", &reference::columns_page(&Schema::shipped()));
}

#[test]
fn the_page_of_measures_is_shown_as_it_is() {
    let names = names();
    let library = definition::shipped();
    let page = reference::measures_page(&library, &Schema::shipped(), |code| names[code].clone());
    compare("measures.md", &page);
}
