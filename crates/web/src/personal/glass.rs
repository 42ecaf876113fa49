//! Opening a colleague's original for a stated reason.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use monitoring::personal;
use uuid::Uuid;

use super::frame;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "personal/glass.html")]
struct Ask {
    page: Page,
    form: Form,
    id: Uuid,
}

pub(super) async fn form(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    // Whether there is such an original at all is told to its own organisation only.
    personal::exists(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&Ask {
        page: frame(&visitor, "Open a colleague’s original"),
        form: Form::small(&visitor),
        id,
    })
}

pub(super) async fn break_glass(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let answer = personal::break_glass(&posted.cx(), id, posted.values.get("reason")).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/personal/{id}")).into_response()),
        Outcome::Again(errors) => again(&Ask {
            page: frame(&visitor, "Open a colleague’s original"),
            form: posted.again(errors),
            id,
        }),
    }
}

pub(super) async fn review(Path(glass): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let is_justified = posted.values.get("verdict") == "justified";
    let id = personal::review_glass(&posted.cx(), glass, is_justified)
        .await
        .map_err(|error| WebError::of(&posted.visitor, error))?;
    Ok(Redirect::to(&format!("/personal/{id}")).into_response())
}
