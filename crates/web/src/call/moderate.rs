//! Reading answers: the list tells nothing of what they say; opening one is written in the log of acts.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::call::{AnswerState, SetAsideReason};
use domain::ids::{AnswerId, CallId};
use monitoring::call::{self, Call, Listed, Unsealed};
use store::{AppError, FieldErrors};

use super::paragraphs;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::{Page, day};

#[derive(Template)]
#[template(path = "call/answers.html")]
struct Received {
    page: Page,
    call: Call,
    answers: Vec<Listed>,
}

pub(super) fn frame(visitor: &Visitor, call: &Call, title: &str) -> Page {
    Page::new(visitor, title)
        .within("/calls")
        .under("/calls", "Calls for evidence")
        .under(format!("/calls/{}", call.row.id), call.row.title.clone())
}

pub(super) async fn call_of(visitor: &Visitor, id: CallId) -> Result<Call, WebError> {
    let call = call::find(&visitor.cx(), id).await;
    call.map_err(|error| WebError::of(visitor, error))
}

pub(super) async fn list(Path(id): Path<CallId>, visitor: Visitor) -> Result<Response, WebError> {
    let call = call_of(&visitor, id).await?;
    let answers = call::answers(&visitor.cx(), id).await;
    page(&Received {
        page: frame(&visitor, &call, "Answers"),
        answers: answers.map_err(|error| WebError::of(&visitor, error))?,
        call,
    })
}

#[derive(Template)]
#[template(path = "call/answer.html")]
struct Answer {
    page: Page,
    form: Form,
    call: Call,
    unsealed: Unsealed,
}

/// The address of an answer.
pub(super) fn address(call: CallId, answer: AnswerId) -> String {
    format!("/calls/{call}/answers/{answer}")
}

/// Opens an answer of a call for the visitor.
pub(super) async fn opened(visitor: &Visitor, call: CallId, answer: AnswerId) -> Result<(Call, Unsealed), WebError> {
    let shown = |error| WebError::of(visitor, error);
    let found = call_of(visitor, call).await?;
    let listed = call::answers(&visitor.cx(), call).await.map_err(shown)?;
    if listed.iter().all(|listed| listed.id != answer) {
        return Err(shown(AppError::NotFound("answer")));
    }
    let unsealed = call::unseal(&visitor.cx(), answer).await.map_err(shown)?;
    Ok((found, unsealed))
}

pub(super) async fn show(
    Path((call, answer)): Path<(CallId, AnswerId)>,
    visitor: Visitor,
) -> Result<Response, WebError> {
    let (call, unsealed) = opened(&visitor, call, answer).await?;
    let mut values = Values::default();
    values.set("redaction", unsealed.redaction.clone().unwrap_or_default());
    page(&Answer {
        page: frame(&visitor, &call, "An answer").under(format!("/calls/{}/answers", call.row.id), "Answers"),
        form: Form::open(&visitor, values).await?,
        call,
        unsealed,
    })
}

/// The answer again, with what stands in the way.
async fn refused(call: CallId, answer: AnswerId, posted: Posted, errors: FieldErrors) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let (call, unsealed) = opened(&visitor, call, answer).await?;
    let mut posted = posted;
    if posted.values.get("redaction").is_empty() {
        posted
            .values
            .set("redaction", unsealed.redaction.clone().unwrap_or_default());
    }
    let draft = address(CallId(call.row.id), answer);
    again(&Answer {
        page: frame(&visitor, &call, "An answer").under(format!("/calls/{}/answers", call.row.id), "Answers"),
        form: Form {
            draft,
            ..posted.again(errors)
        },
        call,
        unsealed,
    })
}

pub(super) async fn redact(
    Path((call, answer)): Path<(CallId, AnswerId)>,
    posted: Posted,
) -> Result<Response, WebError> {
    let done = call::redact(&posted.cx(), answer, posted.values.get("redaction")).await;
    match outcome(done.map(|()| answer)).map_err(|error| WebError::of(&posted.visitor, error))? {
        Outcome::Done(_) => {
            forget_draft(&posted.visitor, &address(call, answer)).await;
            Ok(Redirect::to(&format!("/calls/{call}/answers")).into_response())
        }
        Outcome::Again(errors) => refused(call, answer, posted, errors).await,
    }
}

pub(super) async fn set_aside(
    Path((call, answer)): Path<(CallId, AnswerId)>,
    posted: Posted,
) -> Result<Response, WebError> {
    let done = call::set_aside(&posted.cx(), answer, posted.values.get("reason")).await;
    match outcome(done.map(|()| answer)).map_err(|error| WebError::of(&posted.visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/calls/{call}/answers")).into_response()),
        Outcome::Again(errors) => refused(call, answer, posted, errors).await,
    }
}

pub(super) async fn erase(
    Path((call, answer)): Path<(CallId, AnswerId)>,
    posted: Posted,
) -> Result<Response, WebError> {
    let erased = call::erase(&posted.cx(), answer).await;
    erased.map_err(|error| WebError::of(&posted.visitor, error))?;
    Ok(Redirect::to(&format!("/calls/{call}/answers")).into_response())
}
