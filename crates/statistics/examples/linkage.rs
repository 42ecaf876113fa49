//! Links two CSV lists (or finds duplicates in one) and measures it: seconds, pairs compared, precision and recall.
//!
//! `cargo run --release -p statistics --example linkage -- SCHEMA.json A.csv [B.csv] TRUTH.csv`. The first column of each
//! list is an id, the truth has two columns of ids; columns of the schema are found by their headings. `cargo xtask bench
//! linkage` calls this.

use std::collections::HashMap;
use std::error::Error;
use std::time::Instant;

use statistics::linkage::blocking::{self, Blocks};
use statistics::linkage::encode::{EncodedList, encode};
use statistics::linkage::link::{Options, link};
use statistics::linkage::pool::Pool;
use statistics::linkage::popcount::Engine;
use statistics::linkage::quality::Quality;
use statistics::linkage::schema::Schema;
use statistics::linkage::search::search;

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
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [schema, lists @ .., truth] = arguments.as_slice() else {
        return Err("SCHEMA.json A.csv [B.csv] TRUTH.csv".into());
    };
    let schema = Schema::read(&std::fs::read_to_string(schema)?)?;
    let started = Instant::now();
    let lists = lists
        .iter()
        .map(|path| read(path, &schema))
        .collect::<Result<Vec<_>, _>>()?;
    println!("read {:.2} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    let encoded = lists
        .iter()
        .map(|(_, rows)| encode(&schema, b"invented secret", rows, [7; 32]))
        .collect::<Result<Vec<EncodedList>, _>>()?;
    let n: usize = encoded.iter().map(|list| list.clks.len()).sum();
    let seconds = started.elapsed().as_secs_f64();
    println!("encode {seconds:.2} s, {:.0} rows/s", n as f64 / seconds);
    let is_free = lists.len() > 1;
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    for (id, number) in lists.iter().flat_map(|(ids, _)| ids).zip(0..) {
        numbers.insert(id, number);
    }
    let mut pairs = Vec::new();
    let mut reader = csv::Reader::from_path(truth)?;
    for record in reader.records() {
        let record = record?;
        if let (Some(one), Some(other)) = (numbers.get(&record[0]), numbers.get(&record[1])) {
            pairs.push((*one, *other));
        }
    }
    if std::env::var_os("LINKAGE_SEARCH").is_some() && encoded.len() == 2 {
        for engine in Engine::available() {
            for threshold in [0.7, 0.8] {
                let started = Instant::now();
                let found = search(&encoded[0].clks, &encoded[1].clks, threshold, engine);
                let seconds = started.elapsed().as_secs_f64();
                let compared = encoded[0].clks.len() as f64 * encoded[1].clks.len() as f64;
                println!(
                    "search {} at {threshold}: {seconds:.3} s, {:.0} million comparisons/s, {} pairs",
                    engine.name(),
                    compared / seconds / 1e6,
                    found.len()
                );
            }
        }
    }
    let started = Instant::now();
    let fields: Vec<(_, bool)> = encoded.iter().map(|list| (&list.fields, is_free)).collect();
    let pool = Pool::new(&encoded[0].layout, &fields, schema.hardening.keeps_equality())?;
    println!("pool {:.2} s", started.elapsed().as_secs_f64());
    if std::env::var_os("LINKAGE_RECALL").is_some() {
        let blocks = Blocks::new(&pool, &blocking::Options::default());
        println!("blocking recall {:.4}", blocks.recall(&pairs));
    }
    let linked = link(&pool, &Options::default());
    println!(
        "link {:.2} s with the pool, {} pairs compared, {} kept",
        started.elapsed().as_secs_f64(),
        linked.compared,
        linked.pairs.len()
    );
    let quality = Quality::of(&linked.clusters.pairs(), &pairs);
    println!("{quality}");
    let (precision, recall) = linked.expected_quality();
    println!("expected precision {precision:.4}, recall {recall:.4}");
    for kept in [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9] {
        let clusters =
            statistics::linkage::resolve::by_model(&pool, &linked.model, &linked.pairs, &linked.chances, kept);
        println!("threshold {kept}: {}", Quality::of(&clusters.pairs(), &pairs));
    }
    if std::env::var_os("LINKAGE_MODEL").is_some() {
        for table in &linked.blocking {
            println!("table: {table}");
        }
        for (field, (m, u)) in pool
            .layout()
            .fields()
            .iter()
            .zip(linked.model.m.iter().zip(&linked.model.u))
        {
            println!("{}: m {m:.4?} u {u:.6?}", field.column);
        }
        println!("crossed {:?} prior {:e}", linked.model.crossed, linked.model.prior);
    }
    Ok(())
}
