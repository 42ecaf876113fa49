//! Cases: the list that a day begins with, a new person, one case, and what is kept of its person.

mod assign;
mod list;
mod person;
mod record;
mod show;
#[cfg(test)]
pub(crate) mod tests;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use casework::case;
use casework::export::{self, Made};
use domain::permission::Action;
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::WebError;
use crate::form::Posted;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/cases", Action::ReadCase, get(list::list).post(list::search)),
        route("/cases/new", Action::RecordCase, get(record::open).post(record::record)),
        route("/cases/{id}", Action::ReadCase, get(show::show)),
        route(
            "/cases/{id}/person",
            Action::AmendCase,
            get(person::identity).post(person::amend_identity),
        ),
        route(
            "/cases/{id}/about",
            Action::AmendCase,
            get(person::about).post(person::amend_about),
        ),
        route(
            "/cases/{id}/contact",
            Action::AmendCase,
            get(person::contact).post(person::amend_contact),
        ),
        route(
            "/cases/{id}/assign",
            Action::AssignCase,
            get(assign::ask).post(assign::assign),
        ),
        route("/cases/{id}/answer", Action::AnswerCase, post(answer)),
        route("/cases/{id}/close", Action::AmendCase, post(close)),
        route("/cases/{id}/reopen", Action::AmendCase, post(reopen)),
        route(
            "/cases/{id}/forget",
            Action::ForgetPerson,
            get(person::ask).post(person::forget),
        ),
    ]
}

/// Back to the page of a case.
pub(crate) fn back(id: Uuid) -> Response {
    Redirect::to(&format!("/cases/{id}")).into_response()
}

/// A button's answer: back to the case, also when the button was pressed twice.
pub(crate) fn pressed<T>(posted: &Posted, id: Uuid, answer: Result<T, AppError>) -> Result<Response, WebError> {
    match answer {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(back(id)),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}

/// A file of casework as a download.
pub(crate) fn attached(visitor: &Visitor, made: Made) -> Result<Response, WebError> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", made.name))
        .map_err(|error| WebError::of(visitor, AppError::Internal(error.into())))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(made.media_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, made.bytes).into_response())
}

/// What is kept about the person, as a file for the person.
async fn answer(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let made = export::for_person(&posted.cx(), id)
        .await
        .map_err(|error| WebError::of(&posted.visitor, error))?;
    attached(&posted.visitor, made)
}

async fn close(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = case::close(&posted.cx(), id).await;
    pressed(&posted, id, answer)
}

async fn reopen(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = case::reopen(&posted.cx(), id).await;
    pressed(&posted, id, answer)
}
