//! `rapporteur contribute`: what an organisation with any system does before it sends a contribution. It checks the file
//! against the pack, and writes the pack and a template of it. Needs no data folder.

mod look;
mod seal;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::pack::{Column, Days, Kind, Pack, ROW, Schema};
use domain::{Day, Instant};
use interchange::table::Cell;
use interchange::xlsx_out::{self, Sheet};
use measures::read::{self, Contents, Refused};
use measures::{Rows, shipped_pack};
use monitoring::contribution::ROWS_SHEET;
use serde::Deserialize;

use crate::failure::Failure;
use crate::say;

/// The cycle that a pack names which was written without one.
const NO_CYCLE: &str = "example";

/// How many empty columns are named where not all of them are asked for: more would drown the answer.
const FEW: usize = 5;

/// Arguments of `contribute`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Check a contribution file against a pack: every fault by row and column.
    Check {
        /// CSV, XLSX (or XLS, ODS) or JSON.
        file: PathBuf,
        /// The cycle's pack; otherwise the one that the program carries.
        #[arg(long, value_name = "PACK.json")]
        pack: Option<PathBuf>,
        /// Name every column that is empty throughout, and not a few of them.
        #[arg(long)]
        empty: bool,
        /// Answer as JSON, for a program.
        #[arg(long)]
        json: bool,
    },
    /// Look at a sealed contribution: what its head says, and whether its signature fits. Opens nothing.
    Look {
        /// The sealed file.
        file: PathBuf,
        /// Answer as JSON, for a program.
        #[arg(long)]
        json: bool,
    },
    /// Write the pack that the program carries, as JSON.
    Pack {
        /// The cycle that it names; otherwise `example`.
        #[arg(long, value_name = "CODE")]
        cycle: Option<String>,
        /// The first day that the cycle is about, as 2026-01-01; with `--until`.
        #[arg(long, value_name = "DAY", requires = "until", value_parser = day)]
        from: Option<Day>,
        /// The last day that the cycle is about, as 2026-12-31; with `--from`.
        #[arg(long, value_name = "DAY", requires = "from", value_parser = day)]
        until: Option<Day>,
        /// Where to write it; the file must not be there yet.
        #[arg(long, value_name = "PACK.json")]
        out: PathBuf,
    },
    /// Check a contribution file, seal it to the coalition and sign it.
    Seal(seal::Seal),
    /// Write a workbook to fill in: the columns, what they mean and their codes.
    Template {
        /// The cycle's pack; otherwise the one that the program carries.
        #[arg(long, value_name = "PACK.json")]
        pack: Option<PathBuf>,
        /// Where to write it; the file must not be there yet.
        #[arg(long, value_name = "FILE.xlsx")]
        out: PathBuf,
    },
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.act {
        Act::Check {
            file,
            pack,
            empty,
            json,
        } => check(&file, pack.as_deref(), empty, json),
        Act::Look { file, json } => look::look(&file, json),
        Act::Seal(given) => seal::seal(&given),
        Act::Pack {
            cycle,
            from,
            until,
            out,
        } => {
            let mut pack = shipped_pack(cycle.as_deref().unwrap_or(NO_CYCLE));
            pack.period = from.zip(until).map(|(from, until)| Days { from, until });
            if from > until {
                return Err(Failure::wrong_use(
                    "the period ends before it begins: exchange --from and --until",
                ));
            }
            let text = serde_json::to_string_pretty(&pack).map_err(|error| Failure::could_not(error.to_string()))?;
            write_new(&out, text.as_bytes())?;
            say(format!(
                "{}: the pack of cycle {}, version {}, {} columns, {} measures",
                out.display(),
                pack.cycle,
                pack.version,
                pack.schema.columns().len(),
                pack.definitions.len()
            ));
            tell_period(&pack);
            Ok(())
        }
        Act::Template { pack, out } => {
            let pack = given_pack(pack.as_deref(), false)?.unwrap_or_else(|| shipped_pack(NO_CYCLE));
            write_new(&out, &template(&pack.schema)?)?;
            say(format!(
                "{}: write one row for each case on the sheet “{ROWS_SHEET}”, then `rapporteur contribute check` it",
                out.display()
            ));
            Ok(())
        }
    }
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|error| error.to_string())
}

/// Says of whom a contribution tells.
fn tell_period(pack: &Pack) {
    if let Some(Days { from, until }) = pack.period {
        say(format!(
            "A row for everyone who was supported on any day from {from} to {until} and agrees, now, to being counted"
        ));
    }
}

fn check(file: &Path, pack: Option<&Path>, names_all: bool, json: bool) -> Result<(), Failure> {
    let bytes = bytes(file)?;
    let given = given_pack(pack, json)?;
    let is_given = given.is_some();
    // A file names the cycle that it is for. Without a pack there is nothing to compare that with.
    let pack = given.unwrap_or_else(|| carried(&bytes));
    let contents = match monitoring::contribution::contents(&pack, &bytes, &file.to_string_lossy()) {
        Ok(contents) => contents,
        Err(refused) => return Err(report(&refused, file, json)),
    };
    let empty = match &contents {
        Contents::Rows(rows) => empty_columns(rows),
        Contents::Aggregates(_) => Vec::new(),
    };
    if json {
        let kind = match contents {
            Contents::Rows(_) => "rows",
            Contents::Aggregates(_) => "aggregates",
        };
        say(
            serde_json::json!({ "faults": [], "more": 0, "holds": kind, "cases": contents.cases(), "empty_columns": empty }),
        );
        return Ok(());
    }
    let n = contents.cases();
    match &contents {
        Contents::Rows(_) => say(format!("{}: {n} {}, no fault", file.display(), plural(n, "row"))),
        Contents::Aggregates(given) => {
            let tables = given.tables.len() as u64;
            let measures = plural(tables, "measure");
            let cases = plural(n, "case");
            say(format!(
                "{}: aggregates of {n} {cases}, {tables} {measures}, no fault",
                file.display()
            ));
        }
    }
    if !empty.is_empty() {
        let (n, columns) = (empty.len(), plural(empty.len() as u64, "column"));
        let n_named = if names_all || n <= FEW { n } else { FEW };
        let rest = match n - n_named {
            0 => String::new(),
            more => format!(" and {more} more; --empty names them all"),
        };
        say(format!(
            "Empty throughout, {n} {columns}: {}{rest}",
            empty[..n_named].join(", ")
        ));
    }
    tell_period(&pack);
    if !is_given {
        say("Checked against the columns that this program carries. Give --pack to check it against a cycle’s own.");
    }
    Ok(())
}

/// The word for one of something or several.
fn plural(n: u64, word: &str) -> String {
    if n == 1 { word.to_owned() } else { format!("{word}s") }
}

/// Says every fault.
fn report(refused: &Refused, file: &Path, json: bool) -> Failure {
    if json {
        let faults: Vec<_> = refused
            .faults
            .iter()
            .map(|fault| serde_json::json!({ "row": fault.row, "column": fault.column, "message": fault.what, "remedy": fault.remedy }))
            .collect();
        say(serde_json::json!({ "faults": faults, "more": refused.more }));
    } else {
        for fault in &refused.faults {
            say(fault);
        }
        if refused.more > 0 {
            say(format!("and {} more", refused.more));
        }
    }
    let n = refused.faults.len() as u64 + refused.more;
    Failure::found(format!("{}: {n} {}", file.display(), plural(n, "fault")))
}

fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::wrong_use(format!("{} cannot be read: {error}", file.display())))
}

/// The pack in a file; none where none is named.
fn given_pack(file: Option<&Path>, json: bool) -> Result<Option<Pack>, Failure> {
    let Some(file) = file else { return Ok(None) };
    read::pack(&bytes(file)?)
        .map(Some)
        .map_err(|refused| report(&refused, file, json))
}

/// The pack that the program carries, for the cycle that a file says it is for.
fn carried(bytes: &[u8]) -> Pack {
    #[derive(Deserialize)]
    struct Head {
        cycle: String,
        pack: u32,
    }
    match serde_json::from_slice::<Head>(bytes) {
        Ok(head) => Pack {
            version: head.pack,
            ..shipped_pack(&head.cycle)
        },
        Err(_) => shipped_pack(NO_CYCLE),
    }
}

/// The columns in which no row has a value.
fn empty_columns(rows: &Rows) -> Vec<&str> {
    let columns = rows.schema().columns().iter().enumerate();
    columns
        .filter(|(place, _)| (0..rows.len()).all(|row| rows.value(row, *place).is_none()))
        .map(|(_, column)| column.name.as_str())
        .collect()
}

/// A workbook with a sheet to fill in and two that explain it.
fn template(schema: &Schema) -> Result<Vec<u8>, Failure> {
    let text = |text: &str| Cell::from(text);
    let headings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let columns = schema.columns();
    let id = [
        ROW,
        "a random id (UUID version 4)",
        "Yours alone: nothing of the case may be read from it. Drawn anew for each file.",
    ];
    let rows = Sheet {
        name: ROWS_SHEET.to_owned(),
        headers: std::iter::once(ROW)
            .chain(columns.iter().map(|column| column.name.as_str()))
            .map(str::to_owned)
            .collect(),
        rows: Vec::new(),
    };
    let meanings = columns.iter().map(|column| {
        let means = format!("{}. {}", column.label, column.words);
        vec![text(&column.name), text(&holds(column)), text(&means)]
    });
    let meanings = Sheet {
        name: "columns".to_owned(),
        headers: headings(&["column", "holds", "means"]),
        rows: std::iter::once(id.map(text).to_vec()).chain(meanings).collect(),
    };
    let codes = schema.lists().iter().flat_map(|list| {
        let line = |code: &domain::pack::Code| vec![text(&list.name), text(&code.code), text(&code.words)];
        let wider = list.wider.iter().map(|wide| {
            let means = format!("{}: one of {}", wide.words, wide.parts.join(", "));
            vec![text(&list.name), text(&wide.code), text(&means)]
        });
        list.codes.iter().map(line).chain(wider).collect::<Vec<_>>()
    });
    let codes = Sheet {
        name: "codes".to_owned(),
        headers: headings(&["list", "code", "means"]),
        rows: codes.collect(),
    };
    let today = Instant::now().day();
    let made_on = jiff::civil::Date::new(today.year(), today.month(), today.day_of_month())
        .map_err(|error| Failure::could_not(error.to_string()))?;
    xlsx_out::write(&[rows, meanings, codes], made_on).map_err(|fault| Failure::could_not(fault.to_string()))
}

fn holds(column: &Column) -> String {
    match &column.kind {
        Kind::Code(list) => format!("a code of the list {list}"),
        Kind::Flag => "yes or no".to_owned(),
        Kind::Number { unit, top } => format!("{}, 0 to {top}; {top} stands for more too", unit.words()),
        Kind::Quarter => "a quarter, as 2026-Q1, or its year alone".to_owned(),
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let made = std::fs::File::create_new(path).and_then(|mut file| file.write_all(bytes));
    made.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::wrong_use(format!("{} is there already: it is not written over", path.display()))
        }
        std::io::ErrorKind::NotFound => Failure::wrong_use(format!("{}: there is no such folder", path.display())),
        _ => Failure::could_not(format!("{} cannot be written: {error}", path.display())),
    })
}
