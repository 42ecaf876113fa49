//! `rapporteur standards`: checks a folder of standards, naming file, line and fault; or loads it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::pack::Schema;
use monitoring::standard::{files, load};

use crate::failure::Failure;
use crate::who::{Who, cx};
use crate::{Where, say};

/// Arguments of `standards`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Check a folder; needs no data folder.
    Check {
        /// The folder of standards.
        dir: PathBuf,
        /// Answer as JSON, for a program.
        #[arg(long)]
        json: bool,
    },
    /// Load a checked folder, or the standards this program ships.
    Load {
        /// The folder of standards; the shipped ones when left out.
        from: Option<PathBuf>,
        #[command(flatten)]
        folder: Where,
        #[command(flatten)]
        who: Who,
    },
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.act {
        Act::Check { dir, json } => {
            let library = read(&dir, json)?;
            let measures = measures_of(&dir, json)?;
            let provisions: usize = library.standards.iter().map(|standard| standard.provisions.len()).sum();
            if json {
                say(
                    serde_json::json!({ "faults": [], "standards": library.standards.len(), "provisions": provisions, "indicators": library.indicators.len(), "measures": measures }),
                );
            } else {
                say(format!(
                    "{}: {} standards, {provisions} provisions, {} indicators, {measures} measures from cases, no fault",
                    dir.display(),
                    library.standards.len(),
                    library.indicators.len()
                ));
            }
        }
        Act::Load { from, folder, who } => {
            let library = match &from {
                Some(dir) => read(dir, false)?,
                None => files::shipped(),
            };
            let folder = folder.open().await?;
            let actor = who.actor(&folder).await?;
            let loaded = load(&cx(&folder, &actor), &library).await?;
            say(format!(
                "{} new standards, {} new provisions, {} new indicators",
                loaded.standards, loaded.provisions, loaded.indicators
            ));
        }
    }
    Ok(())
}

/// How many measures from cases the folder `measures` holds, after checking each; none where there is no such folder.
fn measures_of(dir: &std::path::Path, json: bool) -> Result<usize, Failure> {
    let folder = dir.join("measures");
    if !folder.is_dir() {
        return Ok(0);
    }
    let could_not = |error: std::io::Error| Failure::could_not(format!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(could_not)? {
        let path = entry.map_err(could_not)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((
                format!("measures/{name}"),
                std::fs::read_to_string(&path).map_err(could_not)?,
            ));
        }
    }
    files.sort();
    let named: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let schema = Schema::shipped();
    measures::definition::read(&named, &schema).map_or_else(
        |faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            if json {
                let list: Vec<_> = faults
                    .iter()
                    .map(|fault| serde_json::json!({ "file": fault.file, "message": fault.to_string(), "remedy": fault.remedy }))
                    .collect();
                say(serde_json::json!({ "faults": list }));
            } else {
                for line in &lines {
                    say(line);
                }
            }
            Err(found(faults.len()))
        },
        |library| Ok(library.definitions.len()),
    )
}

fn found(n_faults: usize) -> Failure {
    Failure::found(format!("{n_faults} {}", if n_faults == 1 { "fault" } else { "faults" }))
}

/// Reads a folder, or reports every fault in it.
fn read(dir: &std::path::Path, json: bool) -> Result<files::Library, Failure> {
    if !dir.is_dir() {
        return Err(Failure::wrong_use(format!(
            "{}: there is no such folder",
            dir.display()
        )));
    }
    files::read(dir).map_err(|faults| {
        if json {
            let list: Vec<_> = faults
                .iter()
                .map(|fault| serde_json::json!({ "file": fault.file, "line": fault.line, "column": fault.column, "message": fault.message, "remedy": fault.remedy }))
                .collect();
            say(serde_json::json!({ "faults": list }));
        } else {
            for fault in &faults {
                say(fault);
            }
        }
        found(faults.len())
    })
}
