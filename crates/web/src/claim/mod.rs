//! Claims: what the state says it has done about a provision, and the form that records and amends.

mod form;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use domain::Day;
use domain::cycle::Jurisdiction;
use domain::ids::ClaimId;
use domain::permission::Action;
use monitoring::claim::{self, Line};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/claims", Action::ReadAudit, get(list)),
        route("/claims/new", Action::RecordClaim, get(form::open).post(form::record)),
        route("/claims/{id}", Action::ReadAudit, get(show)),
        route(
            "/claims/{id}/amend",
            Action::AmendClaim,
            get(form::reopen).post(form::amend),
        ),
    ]
}

/// The words of a jurisdiction's code.
fn jurisdiction(code: &str) -> &str {
    Jurisdiction::parse(code).map_or(code, |known| known.words())
}

/// ISO text as people write a day.
fn day_words(iso: &str) -> String {
    Day::parse(iso).map_or_else(|_| iso.to_owned(), |day| day.to_string())
}

fn claim_id(text: &str) -> Result<ClaimId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("claim"))
}

/// A page under the list of claims.
fn frame(visitor: &Visitor, title: &str) -> Page {
    Page::new(visitor, title)
        .within("/evidence")
        .under("/claims", "Claims of the state")
}

/// What the page of a claim is called.
fn title_of(line: &Line) -> String {
    format!("Claim about {}", line.provision)
}

#[derive(Template)]
#[template(path = "claim/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    /// The provision that the list is narrowed to, as its address; empty for all.
    of: String,
    /// Where another is recorded.
    new: String,
    base: String,
    current: u64,
    last: u64,
    may_record: bool,
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    let of = match query.get("provision") {
        "" => None,
        text => Some(text.parse().map_err(|_| AppError::NotFound("provision"))?),
    };
    let current = query.get("page").parse().unwrap_or(1).max(1);
    let (lines, last) = claim::list(&visitor.cx(), of, current).await?;
    let of = of.map(|id| id.to_string()).unwrap_or_default();
    let base = if of.is_empty() {
        "/claims?page=".to_owned()
    } else {
        format!("/claims?provision={of}&page=")
    };
    let new = if of.is_empty() {
        "/claims/new".to_owned()
    } else {
        format!("/claims/new?provision={of}")
    };
    page(&List {
        page: Page::new(&visitor, "Claims of the state").within("/evidence"),
        lines,
        of,
        new,
        base,
        current,
        last,
        may_record: visitor.may(Action::RecordClaim),
    })
}

#[derive(Template)]
#[template(path = "claim/show.html")]
struct Show {
    page: Page,
    line: Line,
    said_by: String,
    may_amend: bool,
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let line = claim::find(&visitor.cx(), claim_id(&id)?).await?;
    let said_by = if line.body.is_empty() {
        "the state".to_owned()
    } else {
        line.body.clone()
    };
    page(&Show {
        page: frame(&visitor, &title_of(&line)),
        line,
        said_by,
        may_amend: visitor.may(Action::AmendClaim),
    })
}
