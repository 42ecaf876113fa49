//! Interests: what organisations and assessors declare, and who is barred by it.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::Instant;
use domain::assessment::InterestKind;
use domain::permission::Action;
use monitoring::interest::{self, Declare, Line};
use monitoring::{body, evidence};
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/interests", Action::ReadAudit, get(list)),
        route("/interests/new", Action::DeclareInterest, get(form).post(declare)),
    ]
}

#[derive(Template)]
#[template(path = "interest/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    current: u64,
    last: u64,
    may_declare: bool,
}

/// The words of a kind's code.
fn kind_words(code: &str) -> &str {
    InterestKind::parse(code).map_or(code, |kind| kind.words())
}

/// The day of an instant, in words.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn day_of(at: &i64) -> String {
    Instant(*at).day().to_string()
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let asked = Values::parse(&query.unwrap_or_default())
        .get("page")
        .parse()
        .unwrap_or(1);
    let (lines, last) = interest::lines(&visitor.cx(), asked).await?;
    page(&List {
        page: Page::new(&visitor, "Interests")
            .within("/audit")
            .under("/audit", "Audit"),
        lines,
        current: asked.clamp(1, last),
        last,
        may_declare: visitor.may(Action::DeclareInterest),
    })
}

#[derive(Template)]
#[template(path = "interest/form.html")]
struct Declaring {
    page: Page,
    form: Form,
    bodies: Vec<(String, String)>,
    provisions: Vec<(String, String)>,
}

async fn declare_page(visitor: &Visitor, form: Form) -> Result<Declaring, WebError> {
    let cx = visitor.cx();
    let bodies = body::list(&cx)
        .await?
        .into_iter()
        .map(|row| (row.id.to_string(), row.name))
        .collect();
    let provisions = evidence::names(&cx).await?.provisions.clone();
    let frame = Page::new(visitor, "Declare an interest")
        .within("/audit")
        .under("/audit", "Audit")
        .under("/interests", "Interests");
    Ok(Declaring {
        page: frame,
        form,
        bodies,
        provisions,
    })
}

async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set("whose", "own");
    values.set("bars", "yes");
    let form = Form::open(&visitor, values).await?;
    page(&declare_page(&visitor, form).await?)
}

async fn declare(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let value = |field: &str| posted.values.get(field);
    let input = Declare {
        is_personal: value("whose") != "organisation",
        kind: value("kind").to_owned(),
        body: value("body").parse().ok(),
        provision: value("provision").parse().ok(),
        words: value("words").to_owned(),
        // Only a plain no lifts the bar: an answer that is missing errs on the safe side.
        bars: value("bars") != "no",
    };
    let answer: Result<Uuid, _> = interest::declare(&posted.cx(), input).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => {
            forget_draft(&visitor, "/interests/new").await;
            Ok(Redirect::to("/interests").into_response())
        }
        Outcome::Again(errors) => again(&declare_page(&visitor, posted.again(errors)).await?),
    }
}
