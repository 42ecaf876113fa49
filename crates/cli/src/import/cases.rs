//! `rapporteur import cases`: an organisation's cases from a file, as its pages take them.

use std::path::PathBuf;

use casework::import::{self, Mapping, Others, Plan, Question, Summary, Taking};
use casework::sheet::Input;
use clap::Args;
use store::{AppError, Cx};

use super::read;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::say;
use crate::who::{Who, cx};

/// Faults, and people who may be known, that are printed at most.
const SHOWN: usize = 50;

/// Arguments of `import cases`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Cases {
    /// CSV, XLSX or ODS; one row for each case, or one for each event.
    file: PathBuf,
    /// Which column holds what, as JSON [default: as the organisation said of the last file with these headings, or guessed].
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Print which column would be taken for what, and take nothing.
    #[arg(long)]
    show_mapping: bool,
    /// The sheet of a workbook that holds the cases, where several hold something.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The row that holds the headings, where that is in doubt; the first is 1.
    #[arg(long, value_name = "N")]
    header_row: Option<u32>,
    /// Leave out columns that answer no question [default: as said with the mapping, or else keep their words in a note of each
    /// case].
    #[arg(long)]
    leave_out: bool,
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
    let plan = Plan {
        sheet: asked.sheet.clone(),
        header_row: asked.header_row,
        mapping,
    };
    if let Some(question) = import::question(&cx, &name, bytes.clone(), &plan).await? {
        return Err(Failure::wrong_use(doubt(&question)));
    }
    if asked.show_mapping {
        return show_mapping(&cx, &name, bytes, plan).await;
    }
    say(format!("Reading {name}"));
    let fate = asked.leave_out.then_some(Others::LeaveOut);
    let summary = match import::check_file(&cx, &name, bytes, plan, fate).await {
        Err(AppError::Invalid(errors)) => {
            return Err(Failure::wrong_use(incomplete(errors.iter())));
        }
        summary => summary?,
    };
    tell(&summary);
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

/// Prints what was found in a file: how it was read, what is kept in words or left out, faults, and who may be known.
fn tell(summary: &Summary) {
    for note in &summary.notes {
        say(format!("  {note}"));
    }
    let fate = match summary.fate {
        Others::Keep => "its words go into a note of each case",
        Others::LeaveOut => "it is left out",
    };
    for other in &summary.others {
        say(format!(
            "  the column “{}” answers no question and holds something in {} rows: {fate}",
            other.heading, other.n_filled
        ));
    }
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
}

/// What to say where a sheet or a row of headings is in doubt.
fn doubt(question: &Question) -> String {
    match question {
        Question::Sheet(names) => format!(
            "several sheets hold something ({}): say which one with --sheet NAME",
            names.join(", ")
        ),
        Question::HeaderRow(doubt, rows) => {
            let rows: Vec<String> = rows
                .iter()
                .map(|(row, begin)| format!("\n  row {row}: {begin}"))
                .collect();
            format!(
                "{doubt} Say which row holds the headings with --header-row N:{}",
                rows.concat()
            )
        }
    }
}

/// Prints the mapping that would be taken, with an empty answer for what must still be said, and nothing else, so that it can be
/// saved as it is. The file is not kept.
async fn show_mapping(cx: &Cx<'_>, name: &str, bytes: Vec<u8>, plan: Plan) -> Result<(), Failure> {
    let mut mapping = match plan.mapping.clone() {
        Some(mapping) => mapping,
        None => import::suggested(cx, name, bytes, &plan).await?,
    };
    for target in mapping.missing() {
        mapping.fixed.insert(target.code.clone(), String::new());
    }
    let json = serde_json::to_string_pretty(&mapping).map_err(|error| Failure::could_not(error.to_string()))?;
    say(json);
    Ok(())
}

/// What a mapping lacks, and how to complete it.
fn incomplete<'e>(errors: impl Iterator<Item = (&'e str, &'e str)>) -> String {
    let mut words = "which column holds what is not clear yet:".to_owned();
    for (field, message) in errors {
        let code = field.strip_prefix("fixed_").unwrap_or_default();
        let listed = import::target(code).and_then(|target| match &target.field.input {
            Input::Choice(listed) => Some(listed.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")),
            _ => None,
        });
        words.push_str(&match listed {
            Some(listed) => format!("\n  {code}: {message} (one of {listed})"),
            None if code.is_empty() => format!("\n  {message}"),
            None => format!("\n  {code}: {message}"),
        });
    }
    words.push_str(
        "\nRun this again with --show-mapping and save what it prints. Under \"columns\" write what a column holds, under \"fixed\" what \
         is the same in every row. Then run it with --mapping FILE.",
    );
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_and_a_gap_say_the_option_that_settles_them() {
        let rows = vec![(1, "A title".to_owned()), (2, "Name | Nation".to_owned())];
        let said = doubt(&Question::HeaderRow("Row 1 may be a note.".into(), rows));
        assert!(
            said.contains("--header-row N") && said.contains("row 2: Name"),
            "{said}"
        );
        let said = doubt(&Question::Sheet(vec!["A".into(), "B".into()]));
        assert!(said.contains("--sheet NAME") && said.contains("A, B"), "{said}");
        let said = incomplete([("fixed_case.nation", "Choose a column for it")].into_iter());
        assert!(
            said.contains("case.nation") && said.contains("one of england"),
            "{said}"
        );
        assert!(
            said.contains("--show-mapping") && said.contains("--mapping FILE"),
            "{said}"
        );
    }
}
