//! Where the table of a file begins, which only its sender can say: the sheet, the row of headings. Imports of statistics and
//! of cases ask it on the same page.

use askama::Template;
use axum::response::Response;
use interchange::plan::{Plan, Question};
use store::{AppError, FieldErrors};

use crate::error::{WebError, page};
use crate::form::{Form, Values};
use crate::page::Page;

#[derive(Template)]
#[template(path = "import/question.html")]
struct Ask {
    page: Page,
    form: Form,
    /// Of the import.
    address: String,
    step: &'static str,
    heading: String,
    why: String,
    options: Vec<(String, String)>,
    /// What the rows of the file are.
    holds: &'static str,
}

/// Asks about the file of the import at `address`, whose rows are, in one word, `holds`; `frame` makes the page of a title.
pub(crate) fn ask(
    question: Question,
    frame: impl FnOnce(&str) -> Page,
    form: Form,
    (address, holds): (String, &'static str),
) -> Result<Response, WebError> {
    match question {
        Question::Sheet(sheets) => page(&Ask {
            page: frame("Which sheet?"),
            form,
            address,
            step: "sheet",
            heading: format!("Which sheet holds the {holds}?"),
            why: "Several sheets of this workbook hold something.".to_owned(),
            options: sheets.into_iter().map(|sheet| (sheet.clone(), sheet)).collect(),
            holds,
        }),
        Question::HeaderRow(why, rows) => page(&Ask {
            page: frame("Which row holds the headings?"),
            form,
            address,
            step: "header_row",
            heading: "Which row holds the headings?".to_owned(),
            why,
            options: rows
                .into_iter()
                .map(|(row, begins)| (row.to_string(), format!("Row {row}: {begins}")))
                .collect(),
            holds,
        }),
    }
}

/// The plan with the answer that was posted; `None` where it was no answer to this question.
pub(crate) fn answered<M>(posted: &Values, known: &Plan<M>) -> Option<Result<Plan<M>, AppError>> {
    match posted.get("step") {
        "sheet" => Some(Ok(Plan {
            sheet: Some(posted.get("sheet").to_owned()),
            header_row: None,
            mapping: None,
        })),
        "header_row" => Some(match posted.get("header_row").parse() {
            Ok(row) => Ok(Plan {
                sheet: known.sheet.clone(),
                header_row: Some(row),
                mapping: None,
            }),
            Err(_) => Err(AppError::Invalid(FieldErrors::of(
                "header_row",
                "Choose the row that holds the headings",
            ))),
        }),
        _ => None,
    }
}
