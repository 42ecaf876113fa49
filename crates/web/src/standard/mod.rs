//! Standards: the list, loading those that the program carries, and browsing one.

mod browse;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::Instant;
use domain::permission::Action;
use monitoring::standard::{self, Standard, Summary};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Posted};
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/standards", Action::ReadAudit, get(list)),
        route("/standards/load", Action::LoadStandards, get(list).post(load)),
        route("/standards/{id}", Action::ReadAudit, get(browse::browse)),
    ]
}

/// The day a standard was loaded.
fn loaded_on(row: &Standard) -> String {
    Instant(row.loaded_at).day().to_string()
}

/// The page of a standard.
pub(crate) fn address(row: &Standard) -> String {
    format!("/standards/{}", row.id)
}

#[derive(Template)]
#[template(path = "standard/list.html")]
struct List {
    page: Page,
    summaries: Vec<Summary>,
    form: Form,
    may_load: bool,
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    page(&List {
        page: Page::new(&visitor, "Standards").within("/audit"),
        summaries: standard::summaries(&visitor.cx()).await?,
        form: Form::small(&visitor),
        may_load: visitor.may(Action::LoadStandards),
    })
}

/// Loads the standards that the program carries. Pressing the button twice loads them once.
async fn load(posted: Posted) -> Result<Response, WebError> {
    match standard::load(&posted.cx(), standard::library()).await {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/standards").into_response()),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}
