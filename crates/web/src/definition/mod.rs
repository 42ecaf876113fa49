//! Measures from cases: what each computes, in words; and the form in which somebody who cannot program changes one, and sees
//! what the change gives before it is saved.

mod form;
mod preview;
#[cfg(test)]
mod tests;
mod write;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use domain::pack::{Code, Schema};
use domain::permission::Action;
use measures::definition::{NotFromCases, in_words, shipped};
use monitoring::definition::{self, Measure, Version};

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/measures", Action::ReadAudit, get(list)),
        route("/measures/{code}", Action::ReadAudit, get(show)),
        route(
            "/measures/{code}/change",
            Action::ReadAudit,
            get(write::open).post(write::look),
        ),
        route("/measures/{code}/save", Action::DefineMeasure, post(write::save)),
        route(
            "/measures/{code}/own-cases",
            Action::PrepareContribution,
            post(write::look_at_own),
        ),
    ]
}

/// A page under the list of measures.
fn frame(visitor: &Visitor, title: &str) -> Page {
    Page::new(visitor, title)
        .within("/audit")
        .under("/measures", "Measures from cases")
}

/// What a measure is called.
fn title_of(measure: &Measure) -> String {
    format!("{} {}", measure.code, measure.name).trim().to_owned()
}

#[derive(Template)]
#[template(path = "definition/list.html")]
struct List {
    page: Page,
    schema: Schema,
    measures: Vec<Measure>,
    /// Measures of such indicators that rows of cases cannot give.
    not_from_cases: Vec<NotFromCases>,
}

impl List {
    fn words(&self, measure: &Measure) -> String {
        in_words(&measure.newest().definition, &self.schema)
    }
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let measures = definition::list(&visitor.cx())
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&List {
        page: Page::new(&visitor, "Measures from cases").within("/audit"),
        schema: definition::schema(),
        measures,
        not_from_cases: shipped().not_from_cases,
    })
}

#[derive(Template)]
#[template(path = "definition/show.html")]
struct Show {
    page: Page,
    schema: Schema,
    measure: Measure,
    may_change: bool,
}

impl Show {
    fn words(&self, version: &Version) -> String {
        in_words(&version.definition, &self.schema)
    }

    /// The columns that the newest version looks at, each with what it means and its codes.
    fn columns(&self) -> Vec<(&str, &str, &[Code])> {
        let definition = &self.measure.newest().definition;
        let tests = definition.population.tests().chain(definition.counted.tests());
        let names = tests
            .map(|test| &test.column)
            .chain(&definition.of)
            .chain(&definition.out_of)
            .chain(&definition.strata);
        let mut seen = Vec::new();
        for name in names {
            if !seen.contains(&name) {
                seen.push(name);
            }
        }
        seen.into_iter()
            .filter_map(|name| self.schema.column(name))
            .map(|(_, column)| (column.label.as_str(), column.words.as_str(), self.schema.codes(column)))
            .collect()
    }
}

async fn show(visitor: Visitor, Path(code): Path<String>) -> Result<Response, WebError> {
    let measure = definition::find(&visitor.cx(), &code)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&Show {
        page: frame(&visitor, &title_of(&measure)),
        schema: definition::schema(),
        measure,
        may_change: visitor.may(Action::DefineMeasure),
    })
}
