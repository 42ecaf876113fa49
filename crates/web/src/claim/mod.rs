//! Claims: what the state says it has done about a provision.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::Day;
use domain::cycle::Jurisdiction;
use domain::ids::ClaimId;
use domain::permission::Action;
use monitoring::claim::{self, Choices, Line};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/claims", Action::ReadAudit, get(list)),
        route("/claims/new", Action::RecordClaim, get(form).post(record)),
        route("/claims/{id}", Action::ReadAudit, get(show)),
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
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let id: ClaimId = id.parse().map_err(|_| AppError::NotFound("claim"))?;
    let line = claim::find(&visitor.cx(), id).await?;
    let page_of = Page::new(&visitor, &format!("Claim about {}", line.provision))
        .within("/evidence")
        .under("/claims", "Claims of the state");
    let said_by = if line.body.is_empty() {
        "the state".to_owned()
    } else {
        line.body.clone()
    };
    page(&Show {
        page: page_of,
        line,
        said_by,
    })
}

#[derive(Template)]
#[template(path = "claim/form.html")]
struct Record {
    page: Page,
    form: Form,
    choices: Choices,
    jurisdictions: Vec<(&'static str, &'static str)>,
}

async fn record_page(visitor: &Visitor, form: Form) -> Result<Record, WebError> {
    let page = Page::new(visitor, "Record a claim")
        .within("/evidence")
        .under("/claims", "Claims of the state");
    Ok(Record {
        page,
        form,
        choices: claim::choices(&visitor.cx()).await?,
        jurisdictions: Jurisdiction::choices(),
    })
}

async fn form(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set("provision", Values::parse(&query.unwrap_or_default()).get("provision"));
    let form = Form::open(&visitor, values).await?;
    page(&record_page(&visitor, form).await?)
}

async fn record(posted: Posted) -> Result<Response, WebError> {
    let value = |field: &str| posted.values.get(field).to_owned();
    let input = claim::Record {
        provision: value("provision").parse().ok(),
        jurisdiction: value("jurisdiction"),
        body: value("body").parse().ok(),
        words: value("words"),
        source: value("source"),
        source_url: value("source_url"),
        made_on: posted.values.day("made_on"),
        is_invented: false,
    };
    match outcome(claim::record(&posted.cx(), input).await)? {
        Outcome::Done(id) => {
            forget_draft(&posted.visitor, "/claims/new").await;
            Ok(Redirect::to(&format!("/claims/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&record_page(&visitor, posted.again(errors)).await?)
        }
    }
}
