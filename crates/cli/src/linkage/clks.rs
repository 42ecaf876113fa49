//! CLKs in clkhash's own files, for partners who use other tools: written by `encode --clks`, linked by `link --dice`.

use std::path::{Path, PathBuf};

use statistics::linkage::bits::Filters;
use statistics::linkage::clks;
use statistics::linkage::harden;
use statistics::linkage::links::{self, Link};
use statistics::linkage::records;
use statistics::linkage::tokens::RowId;

use super::{of, text};
use crate::failure::Failure;
use crate::folder::write_private;
use crate::say;

/// Writes CLKs, with noise where it was asked for.
pub(super) fn write(path: &Path, list: &Filters, noise: Option<f64>, seed: [u8; 32]) -> Result<(), Failure> {
    let noisy = noise.map(|share| harden::noisy(list, share, seed));
    write_private(path, &clks::write(noisy.as_ref().unwrap_or(list)))?;
    say(format!(
        "{}: {} CLKs in the order of the table's rows, as clkhash writes them. They are not encrypted, because other tools read \
         them so: encrypt the file before it goes anywhere, and only to whoever links and does not have the secret.",
        path.display(),
        list.len()
    ));
    Ok(())
}

/// Links files of CLKs at a Dice coefficient, and writes who is whom. A row has no id of its own: its id is made of the number
/// of its list and its own number in the file, both from 1.
pub(super) fn link(
    paths: &[PathBuf],
    names: &[String],
    dice: f64,
    is_duplicate_free: bool,
    out: &Path,
) -> Result<(), Failure> {
    let lists = paths
        .iter()
        .map(|path| clks::read(&text(path)?).map_err(|error| of(path, error)))
        .collect::<Result<Vec<Filters>, _>>()?;
    for (list, path) in lists.iter().zip(paths).skip(1) {
        if list.bits() != lists[0].bits() {
            return Err(of(
                path,
                format!(
                    "its CLKs have {} bits and those of {} have {}: lists can be linked only when they were encoded by one schema",
                    list.bits(),
                    paths[0].display(),
                    lists[0].bits()
                ),
            ));
        }
    }
    let pooled: Vec<(&Filters, bool)> = lists.iter().map(|list| (list, is_duplicate_free)).collect();
    let (pool, clusters, alike) = records::link(&pooled, dice).map_err(|error| Failure::found(error.to_string()))?;
    let number = |n: usize| u32::try_from(n).map_err(|error| Failure::could_not(error.to_string()));
    let mut found = Vec::with_capacity(pool.len());
    for record in 0..number(pool.len())? {
        let list = usize::from(pool.list_of(record));
        let row = record - pool.lists()[list].start;
        found.push(Link {
            list: names[list].clone(),
            row: row_id(number(list)? + 1, row + 1),
            cluster: u64::from(clusters.of(record)) + 1,
        });
    }
    write_private(out, &links::write(&found))?;
    say(format!(
        "{}: {} CLKs of {} lists are {} people; {alike} pairs have a Dice coefficient of {dice} or more. How good the links are \
         depends on that number, and nothing here can tell: link with token files where you can.",
        out.display(),
        pool.len(),
        names.len(),
        clusters.len()
    ));
    Ok(())
}

fn row_id(list: u32, row: u32) -> RowId {
    let mut id = [0; 16];
    id[8..12].copy_from_slice(&list.to_be_bytes());
    id[12..].copy_from_slice(&row.to_be_bytes());
    id
}
