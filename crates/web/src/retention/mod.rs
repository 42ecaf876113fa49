//! How long sealed records are kept, and those whose term is over.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::permission::Action;
use monitoring::retention::{self, Due, Kind, Ruled};
use store::{AppError, FieldErrors};
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/retention", Action::ReviewRetention, get(show).post(set)),
        route("/retention/{id}/keep", Action::ReviewRetention, post(keep)),
    ]
}

#[derive(Template)]
#[template(path = "retention/list.html")]
struct List {
    page: Page,
    form: Form,
    kinds: Vec<Ruled>,
}

/// Where a record is looked at before it is erased.
fn address(kind: Kind, due: &Due) -> String {
    match (kind, due.of) {
        (Kind::CallAnswer, Some(call)) => format!("/calls/{call}/answers/{}", due.id),
        _ => format!("/personal/{}", due.id),
    }
}

async fn listed(visitor: &Visitor, form: Form) -> Result<List, WebError> {
    let kinds = retention::list(&visitor.cx()).await;
    Ok(List {
        page: Page::new(visitor, "How long records are kept").within("/retention"),
        form,
        kinds: kinds.map_err(|error| WebError::of(visitor, error))?,
    })
}

async fn show(visitor: Visitor) -> Result<Response, WebError> {
    page(&listed(&visitor, Form::small(&visitor)).await?)
}

async fn set(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let answer = retention::set(&posted.cx(), posted.values.get("kind"), posted.values.get("months")).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to("/retention").into_response()),
        Outcome::Again(errors) => again(&listed(&visitor, posted.again(errors)).await?),
    }
}

async fn keep(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match retention::keep(&posted.cx(), id).await {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/retention").into_response()),
        Err(AppError::Refused(words)) => {
            let form = posted.again(FieldErrors::of("form", words));
            again(&listed(&visitor, form).await?)
        }
        Err(error) => Err(WebError::of(&visitor, error)),
    }
}
