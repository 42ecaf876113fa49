//! Replays the fuzzing corpora, seeds and finds alike, through the fuzz targets' own functions.
#![expect(clippy::unwrap_used, reason = "a panic in a test is the report")]

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "these functions are the public face of the fuzzing crate")]
mod targets;

use std::path::Path;

/// Runs a target on every file of its corpus.
#[expect(clippy::print_stdout, reason = "names the file that a target fails on")]
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        println!("{}", file.display());
        target(&std::fs::read(&file).unwrap());
    }
}

#[test]
fn the_corpus_of_text_holds() {
    replay("text", targets::text);
}

#[test]
fn the_corpus_of_tables_holds() {
    replay("table", targets::table);
}

#[test]
fn the_corpus_of_values_holds() {
    replay("value", targets::value);
}

#[test]
fn the_corpus_of_dates_holds() {
    replay("date", targets::date);
}

#[test]
fn the_corpus_of_series_holds() {
    replay("series", targets::series);
}

#[test]
fn the_corpus_of_mappings_holds() {
    replay("mapping", targets::mapping);
}

#[test]
fn the_corpus_of_areas_holds() {
    replay("area", targets::area);
}

#[test]
fn the_corpus_of_the_case_data_standard_holds() {
    replay("htcds", targets::htcds);
}
