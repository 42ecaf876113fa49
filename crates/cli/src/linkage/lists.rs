//! `rapporteur lists`: from who is whom to how many people are on exactly which lists.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;
use statistics::multiple_systems::Histories;

use super::{is_new, of, text};
use crate::failure::Failure;
use crate::folder::write_private;
use crate::say;

/// Arguments of `lists`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What `rapporteur link` wrote: list, row, cluster.
    links: PathBuf,
    /// The file of overlaps to write, for `rapporteur estimate`; it must not be there yet.
    #[arg(long, value_name = "HISTORIES.csv")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    is_new(&arguments.out)?;
    let path = &arguments.links;
    let (names, counts) = counted(path)?;
    let histories = Histories::new(names, counts).map_err(|error| of(path, error))?;
    write_private(&arguments.out, &histories.write())?;
    say(format!("{}: {histories}", arguments.out.display()));
    Ok(())
}

/// The lists by first mention, and how many clusters are on exactly which.
fn counted(path: &Path) -> Result<(Vec<String>, Vec<u64>), Failure> {
    let text = text(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| of(path, error))?.clone();
    let place = |name: &str| {
        headings.iter().position(|heading| heading == name).ok_or_else(|| {
            of(
                path,
                format!("there is no column {name}: is this what `rapporteur link` wrote?"),
            )
        })
    };
    let (list_at, cluster_at) = (place("list")?, place("cluster")?);
    let mut names: Vec<String> = Vec::new();
    let mut masks: HashMap<String, usize> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| of(path, error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let (list, cluster) = (&record[list_at], &record[cluster_at]);
        if cluster.is_empty() || !cluster.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(of(path, format!("line {line}: the cluster must be a number")));
        }
        let bit = names.iter().position(|name| name == list).unwrap_or_else(|| {
            names.push(list.to_owned());
            names.len() - 1
        });
        if bit >= 10 {
            return Err(of(path, "more than 10 lists: at most 10 can be used"));
        }
        *masks.entry(cluster.to_owned()).or_default() |= 1 << bit;
    }
    let mut counts = vec![0; 1 << names.len()];
    for mask in masks.values() {
        counts[*mask] += 1;
    }
    Ok((names, counts))
}
