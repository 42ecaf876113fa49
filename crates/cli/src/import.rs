//! `rapporteur import`: statistics, areas or cases from a file, faults first.

mod cases;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use monitoring::{area, import};

use self::cases::cases;
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
    /// Published statistics, one row per figure: all rows, or none if one has a fault.
    Series {
        /// CSV, XLSX or ODS.
        file: PathBuf,
        /// Take the good rows, although others are refused.
        #[arg(long)]
        good_rows: bool,
    },
    /// Cases of the member's organisation, with what happened: all rows, or none if one has a fault.
    Cases(cases::Cases),
    /// Areas: code, name, kind, parent, dates.
    Areas {
        /// CSV, XLSX or ODS.
        file: PathBuf,
    },
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    if let What::Cases(asked) = &arguments.what {
        return cases(&folder, &arguments.who, asked).await;
    }
    let actor = arguments.who.actor(&folder).await?;
    let cx = cx(&folder, &actor);
    match arguments.what {
        What::Series { file, good_rows } => {
            let (name, bytes) = read(&file)?;
            say(format!("Reading {name}"));
            let summary = import::check_file(&cx, &name, bytes.into(), None).await?;
            for fault in &summary.faults {
                say(format!("  {fault}"));
            }
            let is_taken = summary.n_good > 0 && (summary.n_refused == 0 || good_rows);
            if is_taken {
                import::take(&cx, summary.import).await?;
            } else {
                import::drop_all(&cx, summary.import).await?;
            }
            say(format!(
                "{name}: {} rows, {} taken, {} known already, {} refused",
                summary.n_rows,
                if is_taken { summary.n_good } else { 0 },
                summary.n_known,
                summary.n_refused
            ));
            if summary.n_refused > 0 && !is_taken {
                return Err(Failure::found(
                    "nothing was taken: correct the rows, or take the others with --good-rows",
                ));
            }
            if summary.n_refused > 0 {
                return Err(Failure::found("some rows were refused"));
            }
        }
        What::Cases(_) => {}
        What::Areas { file } => {
            let (name, bytes) = read(&file)?;
            let loaded = area::load_file(&cx, &name, &bytes).await?;
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
