//! What is kept, given out: everything that an organisation keeps of the people it supports, so that leaving is easy; and
//! everything about one person, in words, for the person.

mod house;
mod htcds;
mod person;
mod read;
mod tables;
#[cfg(test)]
mod tests;

use domain::permission::{Action, Relation};
use interchange::table::Cell;
use interchange::xlsx_out::Sheet;
use interchange::{archive, csv_out, xlsx_out};
use store::{AppError, Cx};

pub use person::for_person;

use house::House;
use read::Whole;

/// A file that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What to call it.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many cases are in it.
    pub n_cases: usize,
}

/// Everything that the member's organisation keeps of its casework as one archive: a JSON file for each case and one for what stands
/// beside them, tables as a workbook, one CSV that can be brought in again, and the cases by the case data standard. Every case has its row in the log. Whether a second person
/// has agreed is asked by the caller, who knows the policy. About a millisecond a case.
pub async fn everything(cx: &Cx<'_>) -> Result<Made, AppError> {
    cx.permit(Action::ExportCases, Relation::OwnOrganisation)?;
    let all = read::all(cx).await?;
    let house = house::of(cx).await?;
    let (made_on, n_cases) = (cx.now.british_day().iso(), all.len());
    let day: jiff::civil::Date = made_on
        .parse()
        .map_err(|error: jiff::Error| AppError::Internal(error.into()))?;
    let build = move || build(&all, &house, day);
    let bytes = tokio::task::spawn_blocking(build)
        .await
        .map_err(|error| AppError::Internal(error.into()))??;
    Ok(Made {
        name: format!("cases-{made_on}.zip"),
        media_type: "application/zip",
        bytes,
        n_cases,
    })
}

fn csv((headers, rows): (Vec<String>, Vec<Vec<Cell>>)) -> Vec<u8> {
    csv_out::write(&headers, &rows)
}

fn build(all: &[Whole], house: &House, made_on: jiff::civil::Date) -> Result<Vec<u8>, AppError> {
    let refused = |fault: interchange::Fault| AppError::Refused(fault.to_string());
    let sheets: Vec<Sheet> = tables::all(all, house);
    let standard = htcds::table(all);
    let mut files = vec![
        ("README.txt".to_owned(), readme(all, made_on).into_bytes()),
        ("bring-in-again.csv".to_owned(), csv(tables::again(all))),
        ("htcds.csv".to_owned(), csv(standard)),
    ];
    for sheet in &sheets {
        let table = csv_out::for_spreadsheets(&sheet.headers, &sheet.rows);
        files.push((format!("tables/{}.csv", sheet.name), table));
    }
    // A workbook holds at most a million rows of a sheet and 32,767 characters of a cell: where that is not enough, the CSV
    // files are there.
    if let Ok(workbook) = xlsx_out::write(&sheets, made_on) {
        files.push(("tables.xlsx".to_owned(), workbook));
    }
    files.push(("organisation.json".to_owned(), serde_json::to_vec_pretty(house)?));
    for whole in all {
        files.push((format!("cases/{}.json", whole.id), serde_json::to_vec_pretty(whole)?));
    }
    archive::write(&files, made_on).map_err(refused)
}

/// What an organisation has to do with and the archive does not hold.
const NOT_IN: &[&str] = &[
    "what a referral brought that nobody has answered yet: it is listed, and its copy stays sealed until it is accepted",
    "the passphrase-protected files that were made for organisations outside; what went in them is with the case",
    "contributions that were replaced, refused or withdrawn: of those only the record is kept, here too",
    "which case each coded row of a contribution was made from",
    "files that wait to be brought in, and rows of them that were refused",
    "texts as they were before their present revision",
    "clocks of unpaid time that are still running",
    "forms that somebody began and did not send, accounts and keys of members, and the log of acts, which has an export of its own",
    "what the organisation recorded for the audit itself: evidence, assessments and statistics have exports of their own",
];
/// What cannot be brought in again.
const NOT_AGAIN: &[&str] = &[
    "entries that were corrected or marked as recorded by mistake, and what corrected them: only the last one is there",
    "what episodes, needs, background, contacts and words of the person said before they were amended, and earlier ways to contact them",
    "who recorded what and when, who works on a case, and who gave unpaid time: all are those who bring the file in",
    "what came about by a button: a plan that was looked at, a reminder that was done, a link to an earlier case of the person",
    "referrals to and from other organisations, feedback, contributions, texts and settings",
    "unpaid time that belongs to no case",
    "that a case is closed, but for the end of support or a death; and that it is still open after one of these",
    "that a case is marked as invented",
    "that a case has no reference of its own: it comes back with its id in this archive as its reference",
    "that several cases share a reference: each comes back with one of its own (where there are such cases, they are listed below)",
];

fn lines<S: AsRef<str>>(all: &[S]) -> String {
    all.iter().map(|line| format!("- {}\n", line.as_ref())).collect()
}

/// The references that had to be made distinct, if there are any.
fn made_distinct(all: &[Whole]) -> String {
    let shared = tables::shared_references(all);
    if shared.is_empty() {
        return String::new();
    }
    format!(
        "\n\
         References that several cases share, and what bring-in-again.csv calls each of these cases so that they stay apart (the end of\n\
         the case’s id stands behind it)\n\n{}",
        lines(&shared)
    )
}

fn readme(all: &[Whole], made_on: jiff::civil::Date) -> String {
    let n = all.len();
    format!(
        "Everything that this organisation kept of its casework on {made_on}: {n} {}.\n\n\
         THIS ARCHIVE NAMES PEOPLE AND IS NOT ENCRYPTED. Keep it on an encrypted disk, and destroy it when it has done its work.\n\n\
         What is in it\n\n\
         cases/*.json        one file for each case: the person, the description, every event with what corrected it, episodes, needs,\n\
         \x20                   background, whom to speak to, what they say, each with what it said before it was amended, unpaid time,\n\
         \x20                   referrals to others with what went, what was answered and who holds a copy, who works on it. Codes are\n\
         \x20                   those of the program; days are ISO; moments are microseconds since 1970.\n\
         organisation.json   referrals that came, feedback, contributions to the audit, unpaid time that belongs to no case, the texts that\n\
         \x20                   people are given or read when they are asked to agree (events say which one it was), settings, and what\n\
         \x20                   columns of files held\n\
         tables.xlsx         the same as tables, in words, for a spreadsheet program; formulas are never run\n\
         tables/*.csv        the same tables, each as a file\n\
         bring-in-again.csv  one row for each event and each other part, with the program's own codes as headings: `rapporteur import\n\
         \x20                   cases` and the page “Bring cases in” take it as it is; who has two cases in it is pointed out as perhaps\n\
         \x20                   known, and taken all the same where you say so (on the command line --also-known)\n\
         htcds.csv           the cases by the Human Trafficking Case Data Standard 2.0 (UN Migration, CC BY 4.0)\n\n\
         What is not in it\n\n{}\n\
         What bring-in-again.csv leaves out: it holds what stands\n\n{}{}\n\
         What htcds.csv leaves out, or holds more coarsely\n\n{}\n\
         What htcds.csv leaves out although the case data standard has a place for it\n\n{}",
        if n == 1 { "case" } else { "cases" },
        lines(NOT_IN),
        lines(NOT_AGAIN),
        made_distinct(all),
        lines(&htcds::losses()),
        lines(htcds::LEFT_OUT),
    )
}
