//! What is kept, given out: everything that an organisation keeps of the people it supports, so that leaving is easy; and
//! everything about one person, in words, for the person.

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

/// Everything in the cases of the member's organisation as one archive: a JSON file for each, tables as a workbook, one CSV that
/// can be brought in again, and the cases by the case data standard. Every case has its row in the log. Whether a second person
/// has agreed is asked by the caller, who knows the policy. About a millisecond a case.
pub async fn everything(cx: &Cx<'_>) -> Result<Made, AppError> {
    cx.permit(Action::ExportCases, Relation::OwnOrganisation)?;
    let all = read::all(cx).await?;
    let (made_on, n_cases) = (cx.now.british_day().iso(), all.len());
    let day: jiff::civil::Date = made_on
        .parse()
        .map_err(|error: jiff::Error| AppError::Internal(error.into()))?;
    let build = move || build(&all, day);
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

fn build(all: &[Whole], made_on: jiff::civil::Date) -> Result<Vec<u8>, AppError> {
    let refused = |fault: interchange::Fault| AppError::Refused(fault.to_string());
    let sheets: Vec<Sheet> = tables::all(all);
    let standard = htcds::table(all);
    let mut files = vec![
        ("README.txt".to_owned(), readme(all.len(), made_on).into_bytes()),
        ("bring-in-again.csv".to_owned(), csv(tables::again(all))),
        ("htcds.csv".to_owned(), csv(standard)),
    ];
    for sheet in &sheets {
        let table = (sheet.headers.clone(), sheet.rows.clone());
        files.push((format!("tables/{}.csv", sheet.name), csv(table)));
    }
    // A workbook holds at most a million rows of a sheet and 32,767 characters of a cell: where that is not enough, the CSV
    // files are there.
    if let Ok(workbook) = xlsx_out::write(&sheets, made_on) {
        files.push(("tables.xlsx".to_owned(), workbook));
    }
    for whole in all {
        files.push((format!("cases/{}.json", whole.id), serde_json::to_vec_pretty(whole)?));
    }
    archive::write(&files, made_on).map_err(refused)
}

fn readme(n: usize, made_on: jiff::civil::Date) -> String {
    format!(
        "Everything that this organisation kept in its cases on {made_on}: {n} {}.\n\n\
         THIS ARCHIVE NAMES PEOPLE AND IS NOT ENCRYPTED. Keep it on an encrypted disk, and destroy it when it has done its work.\n\n\
         cases/*.json        one file for each case: the person, the description, every event with what corrected it, episodes, needs,\n\
         \x20                   background, whom to speak to, what they say, unpaid time, who works on it. Codes are those of the program; days are ISO.\n\
         tables.xlsx         the same as tables, in words, for a spreadsheet program; formulas are never run\n\
         tables/*.csv        the same tables, each as a file\n\
         bring-in-again.csv  one row for each event, with the program's own codes as headings: `rapporteur import cases` and the\n\
         \x20                   page “Bring cases in” take it as it is. It holds what stands: no entry that was corrected or struck,\n\
         \x20                   no need and no unpaid time, and no case is closed in it but by the end of support\n\
         htcds.csv           the cases by the Human Trafficking Case Data Standard 2.0 (UN Migration, CC BY 4.0)\n\n\
         What has no place in that standard, and is therefore not in htcds.csv:\n{}\n",
        if n == 1 { "case" } else { "cases" },
        htcds::LOSSES
            .iter()
            .map(|loss| format!("- {loss}\n"))
            .collect::<String>()
    )
}
