//! `rapporteur import cases`: an organisation's cases from a file, as its pages take them.

use std::path::PathBuf;

use casework::import::{self, Mapping, Taking};
use clap::Args;
use store::Cx;

use super::read;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::say;
use crate::who::{Who, cx};

/// Faults, and people who may be known, that are printed at most.
const SHOWN: usize = 50;

/// Arguments of `import cases`.
#[derive(Debug, Args)]
pub(crate) struct Cases {
    /// CSV, XLSX or ODS; one row for each case, or one for each event.
    file: PathBuf,
    /// Which column holds what, as JSON [default: as the organisation said of the last file with these headings, or guessed].
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Print which column would be taken for what, and take nothing.
    #[arg(long)]
    show_mapping: bool,
    /// Take the good rows, although others are refused.
    #[arg(long)]
    good_rows: bool,
    /// Leave out people who may be known already.
    #[arg(long)]
    only_new: bool,
    /// Write the refused rows to this file, to be corrected; it names people.
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
}

pub(super) async fn cases(folder: &Folder, who: &Who, asked: &Cases) -> Result<(), Failure> {
    let (name, bytes) = read(&asked.file)?;
    let mapping = match &asked.mapping {
        None => None,
        Some(file) => {
            let (name, bytes) = read(file)?;
            let read: Mapping = serde_json::from_slice(&bytes)
                .map_err(|error| Failure::wrong_use(format!("{name} is no mapping: {error}")))?;
            Some(read)
        }
    };
    let (actor, key) = who.keyed(folder).await?;
    let cx = Cx {
        key: key.as_ref(),
        ..cx(folder, &actor)
    };
    say(format!("Reading {name}"));
    if asked.show_mapping {
        let id = import::stage(&cx, &name, bytes).await?;
        let suggested = import::suggestion(&cx, id).await;
        import::drop_all(&cx, id).await?;
        return match suggested? {
            import::Suggestion::Confirm { mapping, .. } => {
                let json =
                    serde_json::to_string_pretty(&mapping).map_err(|error| Failure::could_not(error.to_string()))?;
                say(json);
                Ok(())
            }
            _ => Err(Failure::wrong_use(
                "several sheets, or several rows, may hold the headings: save the sheet with the cases as a file of its own",
            )),
        };
    }
    let summary = import::check_file(&cx, &name, bytes, mapping).await?;
    for fault in summary.faults.iter().take(SHOWN) {
        say(format!(
            "  row {}, {}, “{}”: {} {}",
            fault.row, fault.column, fault.value, fault.message, fault.remedy
        ));
    }
    for twin in summary.twins.iter().take(SHOWN) {
        let alike = match (twin.other, twin.case) {
            (Some(row), _) => format!("row {row}"),
            (None, Some(case)) => format!("the case {case}"),
            (None, None) => continue,
        };
        let by = if twin.by_reference { "reference" } else { "name" };
        say(format!("  row {} has the same {by} as {alike}", twin.row));
    }
    let hidden = summary.faults.len().saturating_sub(SHOWN) + summary.twins.len().saturating_sub(SHOWN);
    if hidden > 0 {
        say(format!("  and {hidden} more"));
    }
    if let Some(out) = &asked.refused {
        let (_, bytes) = import::refused_rows(&cx, summary.import).await?;
        crate::folder::write_private_bytes(out, &bytes)?;
    }
    let mut n_cases = summary.n_cases;
    let is_taken = summary.n_cases > 0 && (summary.n_refused == 0 || asked.good_rows);
    if is_taken {
        let bar = indicatif::ProgressBar::new(summary.n_cases as u64);
        let taking = Taking {
            only_new: asked.only_new,
            is_invented: folder.is_demo,
        };
        import::take(&cx, summary.import, taking, &|n| bar.set_position(n as u64)).await?;
        bar.finish_and_clear();
        n_cases = import::find(&cx, summary.import).await?.content.n_cases;
        if asked.refused.is_some() {
            import::destroy(&cx, summary.import).await?;
        }
    } else {
        import::drop_all(&cx, summary.import).await?;
    }
    say(format!(
        "{name}: {} rows, {} cases with {} events {}, {} rows refused, {} perhaps known",
        summary.n_rows,
        n_cases,
        summary.n_events,
        if is_taken { "taken" } else { "not taken" },
        summary.n_refused,
        summary.twins.len(),
    ));
    match (summary.n_refused, is_taken) {
        (0, _) => Ok(()),
        (_, true) => Err(Failure::found("some rows were refused")),
        (_, false) => Err(Failure::found(
            "nothing was taken: correct the rows, or take the others with --good-rows",
        )),
    }
}
