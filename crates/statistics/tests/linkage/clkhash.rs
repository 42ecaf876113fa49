//! The CLKs of invented people are, bit for bit, those that clkhash 0.18.3 made of them (`tests/linkage/fixtures/make.py`).

use serde_json::Value;
use statistics::linkage::encode::encode;
use statistics::linkage::schema::Schema;
use statistics::linkage::{bits, clks};

fn agrees(fixture: &str) {
    let fixture: Value = serde_json::from_str(fixture).expect("JSON");
    let schema = Schema::read(&fixture["schema"].to_string()).expect("a schema");
    let rows: Vec<Vec<String>> = serde_json::from_value(fixture["rows"].clone()).expect("rows");
    let secret = fixture["secret"].as_str().expect("a secret");
    let ours = encode(&schema, secret.as_bytes(), &rows).expect("good values");
    let text = clks::write(&ours.clks);
    let written: Value = serde_json::from_str(&text).expect("JSON");
    for (row, (ours, theirs)) in written["clks"]
        .as_array()
        .expect("a list")
        .iter()
        .zip(fixture["clks"].as_array().expect("a list"))
        .enumerate()
    {
        assert_eq!(ours, theirs, "row {row}");
    }
    let read = clks::read(&text).expect("CLKs");
    assert_eq!(read.len(), rows.len());
    assert_eq!(
        bits::count(read.get(0)),
        bits::count(ours.clks.get(0)),
        "their length is kept in whole bytes"
    );
}

#[test]
fn double_hashing_agrees_to_the_bit() {
    agrees(include_str!("fixtures/double.json"));
}

#[test]
fn blake_hashing_sha_512_salts_and_ignored_columns_agree_to_the_bit() {
    agrees(include_str!("fixtures/blake.json"));
}

#[test]
fn folding_dates_numbers_and_other_charsets_agree_to_the_bit() {
    agrees(include_str!("fixtures/folded.json"));
}

#[test]
fn short_filters_and_their_singularities_agree_to_the_bit() {
    agrees(include_str!("fixtures/short.json"));
}
