//! Coverage: the grid that shows where the audit has evidence, and where nobody has looked.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::Day;
use domain::ids::StandardId;
use domain::permission::Action;
use monitoring::coverage::{self, Cell, Chapter, Column, Grade, Grid, Row};
use monitoring::evidence;
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/coverage", Action::ReadAudit, get(show))]
}

#[derive(Template)]
#[template(path = "coverage/grid.html")]
struct Show {
    page: Page,
    /// `None` where no standard is loaded yet.
    grid: Option<Shown>,
    standards: Vec<(String, String)>,
    cycles: Vec<(String, String)>,
    values: Values,
    chosen: usize,
}

/// The grid, ready to print.
struct Shown {
    standard: String,
    title: String,
    n_items: u32,
    n_gaps: usize,
    n_cells: usize,
    /// Heads of the columns: (what it is about, words).
    heads: Vec<(&'static str, String)>,
    chapters: Vec<(String, Vec<Line>)>,
    totals: Vec<Mark>,
    /// Rated provisions with nothing at all: (id, number, title).
    bare: Vec<(String, String, String)>,
}

/// One provision.
struct Line {
    id: String,
    number: String,
    title: String,
    is_rated: bool,
    /// All evidence first, then one for each column.
    marks: Vec<Mark>,
}

/// One cell.
struct Mark {
    n: u32,
    /// The band of its shade: none, one, a few, several, many.
    depth: u8,
    /// How good and how old: “B2, 2025”.
    note: String,
    /// The list of evidence behind it; empty where there is nothing to list.
    href: String,
}

impl Mark {
    fn new(cell: &Cell, href: String) -> Self {
        let note = match (cell.best, cell.newest) {
            (Some(Grade(reliability, credibility)), Some(year)) => {
                format!("{}{}, {year}", reliability.code(), credibility.code())
            }
            _ => String::new(),
        };
        let depth = match cell.n {
            0 => 0,
            1 => 1,
            2..=3 => 2,
            4..=7 => 3,
            _ => 4,
        };
        Self {
            n: cell.n,
            depth,
            note,
            href: if cell.n == 0 { String::new() } else { href },
        }
    }
}

impl Shown {
    /// `period` is how the list of evidence is asked for the same days: `&from_day=…`, or empty.
    fn new(grid: &Grid, period: &str) -> Self {
        let (n_gaps, n_cells) = grid.gaps();
        let about = |column: &Column| match column.facet {
            evidence::FORM => "Form: ",
            evidence::GROUP => "Group: ",
            _ => "Area: ",
        };
        let line = |row: &Row| {
            let id = row.provision.id.to_string();
            let list = |column: Option<&Column>| {
                let mut asked = Values::default();
                asked.add("provision", id.clone());
                if let Some(column) = column {
                    asked.add(column.facet, column.code.clone());
                }
                format!("/evidence?{}{period}", asked.encode())
            };
            let cells = grid
                .columns
                .iter()
                .zip(&row.cells)
                .map(|(column, cell)| Mark::new(cell, list(Some(column))));
            Line {
                marks: std::iter::once(Mark::new(&row.total, list(None)))
                    .chain(cells)
                    .collect(),
                number: row.provision.number.clone(),
                title: row.provision.title.clone(),
                is_rated: row.is_rated,
                id,
            }
        };
        let heading = |chapter: &Chapter| match chapter.number.as_str() {
            "" => chapter.title.clone(),
            number => format!("{number}. {}", chapter.title),
        };
        let named = |row: &&Row| {
            let provision = &row.provision;
            (
                provision.id.to_string(),
                provision.number.clone(),
                provision.title.clone(),
            )
        };
        Self {
            standard: grid.standard.code.clone(),
            title: grid.standard.title.clone(),
            n_items: grid.total.n,
            n_gaps,
            n_cells,
            heads: grid
                .columns
                .iter()
                .map(|column| (about(column), column.words.clone()))
                .collect(),
            chapters: grid
                .chapters
                .iter()
                .map(|chapter| (heading(chapter), chapter.rows.iter().map(line).collect()))
                .collect(),
            totals: std::iter::once(&grid.total)
                .chain(&grid.totals)
                .map(|cell| Mark::new(cell, String::new()))
                .collect(),
            bare: grid.bare().iter().map(named).collect(),
        }
    }
}

async fn show(RawQuery(query): RawQuery, visitor: Visitor) -> Result<Response, WebError> {
    let values = Values::parse(query.as_deref().unwrap_or_default());
    let cx = visitor.cx();
    let standards = evidence::provision_choices(&cx).await?;
    let asked = values.get("standard");
    let standard = standards.iter().map(|(row, _)| row).find(|row| row.code == asked);
    if !asked.is_empty() && standard.is_none() {
        return Err(WebError::of(&visitor, AppError::NotFound("standard")));
    }
    let standard = standard.or_else(|| standards.first().map(|(row, _)| row));
    let cycles = coverage::cycles(&cx).await?;
    let cycle = cycles.iter().find(|row| row.code == values.get("cycle"));
    let period = cycle.and_then(|row| Some((Day::parse(&row.period_start).ok()?, Day::parse(&row.period_end).ok()?)));
    let mut dates = Values::default();
    if let Some((from, until)) = period {
        dates.set_day("from", &from.iso());
        dates.set_day("until", &until.iso());
    }
    let asked_for = if period.is_some() {
        format!("&{}", dates.encode())
    } else {
        String::new()
    };
    let grid = match standard {
        Some(row) => Some(Shown::new(
            &coverage::grid(&cx, StandardId(row.id), period).await?,
            &asked_for,
        )),
        None => None,
    };
    page(&Show {
        page: Page::new(&visitor, "Coverage")
            .within("/evidence")
            .under("/evidence", "Evidence"),
        grid,
        chosen: usize::from(!asked.is_empty()) + usize::from(cycle.is_some()),
        standards: standards
            .into_iter()
            .map(|(row, _)| (row.code, row.short_title))
            .collect(),
        cycles: cycles.into_iter().map(|row| (row.code, row.title)).collect(),
        values,
    })
}
