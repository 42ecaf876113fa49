//! Measures from cases, for the benchmark beside DuckDB:
//! `cargo run --release -p measures --example measures -- make FOLDER ROWS SEED` invents rows and writes `rows.csv` and
//! `pack.json` into the folder; `... -- compute FOLDER` reads them, computes every measure and writes `ours.json`.
//!
//! The pack is the shipped one, except that each measure is broken down by the same six columns.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant as Clock;

use anyhow::{Context as _, Result, bail};
use domain::indicator::Statistic;
use domain::pack::{Aggregate, Kind, Pack, Quarter};
use measures::{quantile, read, shipped_pack};
use serde_json::{Value, json};
use uuid::Builder;

/// Columns that every measure is broken down by.
const STRATA: [&str; 6] = [
    "age_band",
    "gender",
    "nationality",
    "exploitation",
    "immigration_status",
    "region",
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder, rows, seed] => make(Path::new(folder), rows.parse()?, seed.parse()?),
        ["compute", folder] => compute(Path::new(folder)),
        _ => bail!("say `make FOLDER ROWS SEED` or `compute FOLDER`"),
    }
}

fn make(folder: &Path, rows: u64, seed: u64) -> Result<()> {
    let mut pack = shipped_pack("benchmark");
    for definition in &mut pack.definitions {
        definition.strata = STRATA.map(str::to_owned).to_vec();
    }
    fs::write(folder.join("pack.json"), serde_json::to_vec(&pack)?)?;
    let mut out = BufWriter::new(File::create(folder.join("rows.csv"))?);
    let columns = pack.schema.columns();
    write!(out, "row")?;
    for column in columns {
        write!(out, ",{}", column.name)?;
    }
    writeln!(out)?;
    // The column of which each counts a part.
    let place = |name: &Option<String>| Some(pack.schema.column(name.as_deref()?)?.0);
    let wholes: HashMap<usize, usize> = pack
        .definitions
        .iter()
        .filter(|definition| definition.statistic == Statistic::Share)
        .filter_map(|definition| Some((place(&definition.of)?, place(&definition.out_of)?)))
        .collect();
    let mut random = Random(seed);
    let mut numbers = vec![None; columns.len()];
    for _ in 0..rows {
        let id = (u128::from(random.next()) << 64) | u128::from(random.next());
        write!(out, "{}", Builder::from_random_bytes(id.to_be_bytes()).into_uuid())?;
        for (index, column) in columns.iter().enumerate() {
            write!(out, ",")?;
            // Who somebody is, is nearly always known; what else happened, less often.
            let known = if STRATA.contains(&column.name.as_str()) { 95 } else { 40 };
            let is_known = random.below(100) < known;
            numbers[index] = None;
            if !is_known {
                continue;
            }
            match column.kind {
                Kind::Number { top, .. } => {
                    let top: u64 = wholes
                        .get(&index)
                        .and_then(|whole| numbers[*whole])
                        .unwrap_or(top.into());
                    // Most are short; some are cut at the top code.
                    let number = (random.below(top + 1) * random.below(top + 1) * 11 / 10 / (top + 1)).min(top);
                    numbers[index] = Some(number);
                    write!(out, "{number}")?;
                }
                Kind::Quarter => {
                    let quarter = Quarter::from_number(96 + u16::try_from(random.below(8))?).context("a quarter")?;
                    write!(out, "{quarter}")?;
                }
                Kind::Code(_) | Kind::Flag => {
                    let codes = pack.schema.codes(column);
                    let place = usize::try_from(random.below(codes.len() as u64))?;
                    write!(out, "{}", codes[place].code)?;
                }
            }
        }
        writeln!(out)?;
    }
    out.flush()?;
    Ok(())
}

fn compute(folder: &Path) -> Result<()> {
    let pack = read::pack(&fs::read(folder.join("pack.json"))?)?;
    let start = Clock::now();
    let rows = read::csv(&pack, File::open(folder.join("rows.csv"))?)?;
    let read_seconds = start.elapsed().as_secs_f64();
    let start = Clock::now();
    let aggregates = measures::evaluate(&rows, &pack.definitions)
        .map_err(|faults| anyhow::anyhow!("a definition does not fit: {}", faults[0]))?;
    let evaluate_seconds = start.elapsed().as_secs_f64();
    let mut cells = Vec::new();
    for table in &aggregates.tables {
        let mut put = |column: &str, code: &str, of: &Aggregate| {
            cells.push(cell(&pack, &table.measure, column, code, of));
        };
        put("", "", &table.total);
        for stratum in &table.strata {
            for (code, of) in &stratum.cells {
                put(&stratum.column, code, of);
            }
            put(&stratum.column, "", &stratum.not_recorded);
        }
    }
    let result = json!({ "read_seconds": read_seconds, "evaluate_seconds": evaluate_seconds, "cells": cells });
    fs::write(folder.join("ours.json"), serde_json::to_vec(&result)?)?;
    Ok(())
}

/// Measure, column, code, n, d, missing, sum, `out_of` and, for medians and percentiles, the value.
fn cell(pack: &Pack, measure: &str, column: &str, code: &str, of: &Aggregate) -> Value {
    let definition = pack.definitions.iter().find(|one| one.code == measure);
    let share = definition.and_then(|one| match one.statistic {
        Statistic::Median => Some(0.5),
        Statistic::P90 => Some(0.9),
        _ => None,
    });
    let value = share
        .and_then(|share| quantile::quantile(&of.histogram, share, u32::MAX))
        .map(|found| found.value);
    json!([measure, column, code, of.n, of.d, of.missing, of.sum, of.out_of, value])
}

/// Random numbers of `SplitMix64` (G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014): the same rows from the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
