//! Encodes, searches and links CSV lists and measures it, for `cargo xtask bench linkage`.
//!
//! - `encode SCHEMA.json LIST.csv CLKS.json` writes CLKs as clkhash does;
//! - `search A.json B.json N THRESHOLD` compares the first N CLKs of each list, all with all, on the fastest engine;
//! - `link SCHEMA.json LIST.csv [LIST.csv] TRUTH.csv` links two lists, or finds duplicates in one, and counts against the truth.
//! - `records NOISE` does the same with CLKs alone, with that share of noise, at several thresholds.
//!
//! The first column of a list is an id, the truth has two columns of ids, and columns of the schema are found by their
//! headings. Each line that is printed is a name and a number.

use std::collections::HashMap;
use std::error::Error;
use std::time::Instant;

use statistics::linkage::bits::Filters;
use statistics::linkage::blocking::{self, Blocks};
use statistics::linkage::clks;
use statistics::linkage::encode::{EncodedList, encode};
use statistics::linkage::harden::noisy;
use statistics::linkage::link::{Options, link};
use statistics::linkage::pool::Pool;
use statistics::linkage::popcount::Engine;
use statistics::linkage::quality::Quality;
use statistics::linkage::records;
use statistics::linkage::schema::Schema;
use statistics::linkage::search::search;

const SECRET: &[u8] = b"invented secret of a measurement";

/// Rows of a file: ids, and the values of the schema's columns.
type Rows = (Vec<String>, Vec<Vec<String>>);

fn read(path: &str, schema: &Schema) -> Result<Rows, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headings = reader.headers()?.clone();
    let columns: Vec<usize> = schema
        .features
        .iter()
        .map(|feature| {
            let found = headings.iter().position(|heading| heading == feature.identifier);
            found.ok_or_else(|| format!("{path} has no column {}", feature.identifier))
        })
        .collect::<Result<_, _>>()?;
    let (mut ids, mut rows) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record?;
        ids.push(record[0].to_owned());
        rows.push(columns.iter().map(|column| record[*column].to_owned()).collect());
    }
    Ok((ids, rows))
}

#[expect(clippy::print_stdout, reason = "a measurement prints what it measured")]
fn say(name: &str, number: impl std::fmt::Display) {
    println!("{name} {number}");
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["encode", schema, list, out] => {
            let schema = Schema::read(&std::fs::read_to_string(schema)?)?;
            let (_, rows) = read(list, &schema)?;
            let started = Instant::now();
            let encoded = encode(&schema, SECRET, &rows)?;
            say("rows_per_second", rows.len() as f64 / started.elapsed().as_secs_f64());
            std::fs::write(out, clks::write(&encoded.clks))?;
            Ok(())
        }
        ["search", one, other, n, threshold] => compare(one, other, n.parse()?, threshold.parse()?),
        ["link", schema, lists @ .., truth] => measure(schema, lists, truth, None),
        ["records", noise, schema, lists @ .., truth] => measure(schema, lists, truth, Some(noise.parse()?)),
        _ => Err("encode, search or link".into()),
    }
}

fn compare(one: &str, other: &str, n: usize, threshold: f64) -> Result<(), Box<dyn Error>> {
    let first = |path: &str| -> Result<Filters, Box<dyn Error>> {
        let all = clks::read(&std::fs::read_to_string(path)?)?;
        let words = all.words()[..n.min(all.len()) * all.stride()].to_vec();
        Ok(Filters::from_words(all.bits(), words))
    };
    let (one, other) = (first(one)?, first(other)?);
    let engine = Engine::best();
    let started = Instant::now();
    let found = search(&one, &other, threshold, engine);
    let seconds = started.elapsed().as_secs_f64();
    say("engine", engine.name());
    say("seconds", seconds);
    say(
        "million_per_second",
        one.len() as f64 * other.len() as f64 / seconds / 1e6,
    );
    say("found", found.len());
    Ok(())
}

fn measure(schema: &str, lists: &[&str], truth: &str, noise: Option<f64>) -> Result<(), Box<dyn Error>> {
    let schema = Schema::read(&std::fs::read_to_string(schema)?)?;
    let lists = lists
        .iter()
        .map(|path| read(path, &schema))
        .collect::<Result<Vec<_>, _>>()?;
    let started = Instant::now();
    let encoded = lists
        .iter()
        .map(|(_, rows)| encode(&schema, SECRET, rows))
        .collect::<Result<Vec<EncodedList>, _>>()?;
    say("encode_seconds", started.elapsed().as_secs_f64());
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    for (id, number) in lists.iter().flat_map(|(ids, _)| ids).zip(0..) {
        numbers.insert(id, number);
    }
    let mut pairs = Vec::new();
    for record in csv::Reader::from_path(truth)?.records() {
        let record = record?;
        if let (Some(one), Some(other)) = (numbers.get(&record[0]), numbers.get(&record[1])) {
            pairs.push((*one, *other));
        }
    }
    let is_free = lists.len() > 1;
    let started = Instant::now();
    if let Some(noise) = noise {
        let seeds = [[3; 32], [4; 32]];
        let clks: Vec<Filters> = encoded
            .iter()
            .zip(seeds)
            .map(|(list, seed)| noisy(&list.clks, noise, seed))
            .collect();
        let clks: Vec<(&Filters, bool)> = clks.iter().map(|clks| (clks, is_free)).collect();
        let mut best = 0.0_f64;
        for threshold in [0.7, 0.73, 0.76, 0.79, 0.82, 0.85] {
            let (_, clusters, _) = records::link(&clks, threshold)?;
            let quality = Quality::of(&clusters.pairs(), &pairs);
            say(&format!("{threshold}_f1"), quality.f1());
            best = best.max(quality.f1());
        }
        say("best_f1", best);
        return Ok(());
    }
    let fields: Vec<(&Filters, bool)> = encoded.iter().map(|list| (&list.fields, is_free)).collect();
    let pool = Pool::new(&encoded[0].layout, &fields)?;
    say("pool_seconds", started.elapsed().as_secs_f64());
    let linked = link(&pool, &Options::default())?;
    say("link_seconds", started.elapsed().as_secs_f64());
    say("compared", linked.compared);
    say("doubtful", linked.for_review(0.1, 0.9).len());
    let quality = Quality::of(&linked.clusters.pairs(), &pairs);
    say("precision", quality.precision());
    say("recall", quality.recall());
    say("f1", quality.f1());
    let limits = [quality.precision_interval(), quality.recall_interval()];
    for (name, limits) in ["precision", "recall"].iter().zip(limits) {
        if let Some(limits) = limits {
            say(&format!("{name}_lower"), limits.lower);
            say(&format!("{name}_upper"), limits.upper);
        }
    }
    let (precision, recall) = linked.expected_quality();
    say("expected_precision", precision);
    say("expected_recall", recall);
    if std::env::var_os("LINKAGE_BLOCKING").is_some() {
        let started = Instant::now();
        let blocks = Blocks::new(&pool, &blocking::Options::default());
        say("blocking_seconds", started.elapsed().as_secs_f64());
        say("blocking_recall", blocks.recall(&pairs));
    }
    Ok(())
}
