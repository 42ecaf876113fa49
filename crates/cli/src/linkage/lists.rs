//! `rapporteur lists`: from who is whom to how many people are on exactly which lists.

use std::path::{Path, PathBuf};

use clap::Args;
use statistics::linkage::links;
use statistics::multiple_systems::Histories;

use super::{is_new, of};
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

/// The most lists that overlaps can be of.
const MOST: usize = 10;

/// The lists by first mention, and how many clusters are on exactly which.
fn counted(path: &Path) -> Result<(Vec<String>, Vec<u64>), Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::wrong_use(format!("{} cannot be read: {error}", path.display())))?;
    let links = links::read(&bytes).map_err(|error| of(path, error))?;
    let mut names: Vec<String> = Vec::new();
    let place = |name: &str| {
        let known = names.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        (place < MOST).then_some(place)
    };
    let clusters = links::clusters(links.iter().map(|(_, link)| link), place)
        .map_err(|_| of(path, format!("more than {MOST} lists: at most {MOST} can be used")))?;
    let mut counts = vec![0; 1 << names.len()];
    for lists in clusters.values() {
        counts[*lists] += 1;
    }
    Ok((names, counts))
}
