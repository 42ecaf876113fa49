//! `rapporteur import`: statistics or areas from a file, faults first.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::who::{Who, cx};
use crate::{Where, say};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    folder: Where,
    #[command(flatten)]
    who: Who,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Published statistics, one row per figure. Good rows are taken; refused ones are listed.
    Series {
        /// CSV, XLSX or ODS.
        file: PathBuf,
    },
    /// Areas: code, name, kind, parent, dates.
    Areas {
        /// CSV, XLSX or ODS.
        file: PathBuf,
    },
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let actor = arguments.who.actor(&folder).await?;
    let cx = cx(&folder, &actor);
    match arguments.what {
        What::Series { file } => {
            let (name, bytes) = read(&file)?;
            say(format!("Reading {name}"));
            let summary = monitoring::import::take_file(&cx, &name, bytes.into(), None).await?;
            say(format!(
                "{name}: {} rows, {} taken, {} known already, {} refused",
                summary.n_rows, summary.n_good, summary.n_known, summary.n_refused
            ));
            for fault in &summary.faults {
                say(format!("  {fault}"));
            }
            if summary.n_refused > 0 {
                return Err(Failure::found("some rows were refused"));
            }
        }
        What::Areas { file } => {
            let (name, bytes) = read(&file)?;
            let loaded = monitoring::area::load_file(&cx, &name, &bytes).await?;
            say(format!(
                "{name}: {} added, {} changed, {} known already",
                loaded.n_added, loaded.n_changed, loaded.n_known
            ));
        }
    }
    Ok(())
}

fn read(file: &std::path::Path) -> Result<(String, Vec<u8>), Failure> {
    let bytes = std::fs::read(file).map_err(|error| Failure::wrong_use(format!("{}: {error}", file.display())))?;
    let name = file
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok((name, bytes))
}
