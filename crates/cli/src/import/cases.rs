//! `rapporteur import cases`: an organisation's cases from a file, as its pages take them.

use std::path::PathBuf;

use casework::import::{self, Fault, Mapping, Others, Plan, Question, Summary, Taking};
use casework::sheet::Input;
use clap::Args;
use store::{AppError, Cx};

use super::read;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::say;
use crate::who::{Who, cx};

/// Faults, people who may be known, and days out of order, that are printed at most of each.
const SHOWN: usize = 50;
/// Cases after each of which is said how far it is, where there is no terminal.
const TOLD: usize = 5_000;

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
    #[arg(long, conflicts_with = "also_known")]
    only_new: bool,
    /// Take people who may be known already as cases of their own, too.
    #[arg(long)]
    also_known: bool,
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
    if let Some(there) = asked.refused.as_ref().filter(|out| out.exists()) {
        return Err(Failure::wrong_use(format!(
            "{} is there already: give --refused a file that is not",
            there.display()
        )));
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
    let (mut n_cases, mut n_events) = (summary.n_cases, summary.n_events);
    let n_known = import::n_alike(&summary.twins);
    let held = held(&summary, n_known, asked);
    if held.is_none() {
        let n_left_out = if asked.only_new { n_known } else { 0 };
        let n_to_take = summary.n_cases.saturating_sub(n_left_out);
        let bar = indicatif::ProgressBar::new(n_to_take as u64);
        let told = |n: usize| {
            bar.set_position(n as u64);
            // A file or another program gets no bar.
            if bar.is_hidden() && n.is_multiple_of(TOLD) {
                eprintln!("{n} of {n_to_take} cases written");
            }
        };
        let taking = Taking {
            only_new: asked.only_new,
            is_invented: folder.is_demo,
        };
        import::take(&cx, summary.import, taking, &told).await?;
        bar.finish_and_clear();
        let taken = import::find(&cx, summary.import).await?.content;
        (n_cases, n_events) = (taken.n_cases, taken.n_events);
        if asked.refused.is_some() {
            import::destroy(&cx, summary.import).await?;
        }
    } else {
        import::drop_all(&cx, summary.import).await?;
    }
    say(format!(
        "{name}: {} rows, {n_cases} cases with {n_events} events {}, {} rows refused, {n_known} cases perhaps known",
        summary.n_rows,
        if held.is_none() { "taken" } else { "not taken" },
        summary.n_refused,
    ));
    match (held, summary.n_refused) {
        (Some(why), _) => Err(Failure::found(why)),
        (None, 0) => Ok(()),
        (None, _) => Err(Failure::found("some rows were refused")),
    }
}

/// Why nothing is taken, and what to do; `None` where the good rows are. The same file sent twice brings nobody twice unless
/// that is asked for.
fn held(summary: &Summary, n_known: usize, asked: &Cases) -> Option<&'static str> {
    if summary.n_refused > 0 && !asked.good_rows {
        Some("nothing was taken: correct the rows, or take the others with --good-rows")
    } else if summary.n_rows == 0 {
        Some("nothing was taken: below its headings the file holds no row")
    } else if summary.n_cases == 0 {
        Some("nothing was taken: there is no good row")
    } else if asked.only_new && n_known == summary.n_cases {
        Some("nothing was taken: everybody in the file may be known already")
    } else if n_known > 0 && !asked.only_new && !asked.also_known {
        Some(
            "nothing was taken, because some of these people may be known already: leave them out with --only-new, or take them \
             too with --also-known",
        )
    } else {
        None
    }
}

/// Prints what was found in a file: how it was read, what is kept in words or left out, faults, who may be known, and days out
/// of order.
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
        say(fault_line(fault));
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
    if !summary.disorder.is_empty() {
        say("  Days out of order, for which nothing is refused:");
    }
    for disorder in summary.disorder.iter().take(SHOWN) {
        say(fault_line(disorder));
    }
    let lengths = [summary.faults.len(), summary.twins.len(), summary.disorder.len()];
    let hidden: usize = lengths.iter().map(|n| n.saturating_sub(SHOWN)).sum();
    if hidden > 0 {
        say(format!("  and {hidden} more"));
    }
}

/// A fault with its row, and the column and the value where there are any.
fn fault_line(fault: &Fault) -> String {
    let column = match fault.column.as_str() {
        "" => String::new(),
        column => format!(", {column}"),
    };
    let value = match fault.value.as_str() {
        "" => String::new(),
        value => format!(", “{value}”"),
    };
    format!("  row {}{column}{value}: {} {}", fault.row, fault.message, fault.remedy)
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
    use casework::import::Twin;
    use clap::Parser as _;

    use super::*;

    /// A command line that asks for an import.
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        asked: Cases,
    }

    /// A file of two good rows of which some may be known.
    fn summary(n_known: u32) -> Summary {
        // Each is like two others.
        let twins = (0..n_known).flat_map(|row| [row, row]).map(|row| Twin {
            row,
            other: None,
            case: Some(uuid::Uuid::nil()),
            by_reference: true,
        });
        Summary {
            import: uuid::Uuid::nil(),
            n_rows: 2,
            n_cases: 2,
            n_events: 0,
            n_refused: 0,
            faults: Vec::new(),
            twins: twins.collect(),
            disorder: Vec::new(),
            others: Vec::new(),
            fate: Others::Keep,
            notes: Vec::new(),
        }
    }

    #[test]
    fn who_may_be_known_is_taken_only_when_that_is_said() {
        let asked = |options: &[&str]| Line::parse_from([&["import", "file.csv"], options].concat()).asked;
        let why = |n_known, options: &[&str]| {
            let summary = summary(n_known);
            held(&summary, import::n_alike(&summary.twins), &asked(options))
        };
        assert_eq!(why(0, &[]), None);
        for n_known in [1, 2] {
            assert!(why(n_known, &[]).expect("held").contains("--also-known"));
            assert_eq!(why(n_known, &["--also-known"]), None);
        }
        assert_eq!(why(1, &["--only-new"]), None);
        assert!(why(2, &["--only-new"]).expect("held").contains("everybody"));
        assert!(Line::try_parse_from(["import", "file.csv", "--only-new", "--also-known"]).is_err());
    }

    #[test]
    fn a_fault_is_told_without_what_it_does_not_have() {
        let line = |column: &str, value: &str| {
            fault_line(&Fault {
                row: 2,
                column: column.to_owned(),
                value: value.to_owned(),
                message: "It is wrong.".to_owned(),
                remedy: "Correct it.".to_owned(),
            })
        };
        assert_eq!(line("Born", "1066"), "  row 2, Born, “1066”: It is wrong. Correct it.");
        assert_eq!(line("Born", ""), "  row 2, Born: It is wrong. Correct it.");
        assert_eq!(line("", ""), "  row 2: It is wrong. Correct it.");
    }

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
