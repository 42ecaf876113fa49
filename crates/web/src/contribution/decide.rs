//! What is done with a contribution: said less in, withdrawn, approved, refused, sent.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::contribution::{self, Approve, Step};
use monitoring::{cycle, definition};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::show::shown;
use super::{hand_over, require_open_for};
use crate::error::{WebError, again};
use crate::form::{Outcome, Posted, outcome};

/// Goes back to the contribution, or shows it again with what is wrong.
async fn back(posted: Posted, id: Uuid, answer: Result<Uuid, AppError>) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let fault = |error| WebError::of(&visitor, error);
    let answer = match answer {
        Err(AppError::Conflict(_)) => Err(AppError::Refused(
            "somebody else changed this contribution meanwhile: here it is as it stands now, look at it again".into(),
        )),
        answer => answer,
    };
    match outcome(answer).map_err(fault)? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/contributions/{id}")).into_response()),
        Outcome::Again(errors) => again(&shown(&visitor, id, 1, posted.again(errors)).await.map_err(fault)?),
    }
}

/// Says less by the pack of the contribution's cycle.
async fn less(posted: &Posted, id: Uuid, step: Step) -> Result<u64, AppError> {
    let cx = posted.cx();
    let pack = definition::pack(&cx, &contribution::cycle(&cx, id).await?).await?;
    contribution::generalise(&cx, id, step, &pack, posted.revision()).await
}

pub(super) async fn generalise(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    // A button names what to do, and of which column.
    let (what, column) = posted
        .values
        .get("step")
        .split_once(' ')
        .unwrap_or((posted.values.get("step"), ""));
    let answer = match Step::parse(what, column) {
        Some(step) => less(&posted, id, step).await.map(|_| id),
        None => Err(AppError::Invalid(FieldErrors::of("form", "Choose what to leave out"))),
    };
    back(posted, id, answer).await
}

pub(super) async fn withdraw(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = contribution::withdraw(&posted.cx(), id).await.map(|()| id);
    back(posted, id, answer).await
}

/// The lowest number that the coalition still takes, where it works in this same program.
async fn least_number(cx: &Cx<'_>, id: Uuid) -> Result<i32, AppError> {
    match cycle::find(cx, &contribution::cycle(cx, id).await?).await? {
        Some(cycle) => monitoring::contribution::next_number(cx, cycle.id.into()).await,
        None => Ok(1),
    }
}

/// Approves it, while its cycle still takes it in.
async fn approve(posted: &Posted, id: Uuid) -> Result<(), AppError> {
    let cx = posted.cx();
    require_open_for(&cx, id).await?;
    let input = Approve {
        id,
        revision: posted.revision(),
        recipient: posted.values.get("recipient"),
        least_number: least_number(&cx, id).await?,
    };
    contribution::approve(&cx, &posted.visitor.app.caseload, input).await
}

pub(super) async fn decide(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = if posted.values.get("verdict") == "refuse" {
        contribution::refuse(&posted.cx(), id, posted.values.get("reason")).await
    } else {
        match approve(&posted, id).await {
            Ok(()) if posted.values.get("recipient").trim().is_empty() => hand_over(&posted.visitor, id).await,
            answer => answer,
        }
    };
    back(posted, id, answer.map(|()| id)).await
}

/// Hands over what was approved and did not get through then.
pub(super) async fn send(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = hand_over(&posted.visitor, id).await.map(|()| id);
    back(posted, id, answer).await
}

/// The sealed file as a download. From then on it counts as sent.
pub(super) async fn file(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let cx = posted.visitor.cx();
    let made = match require_open_for(&cx, id).await {
        Ok(()) => contribution::file(&cx, &posted.visitor.app.caseload, id).await,
        Err(closed) => Err(closed),
    };
    let envelope = match made {
        Ok(envelope) => envelope,
        Err(error) => return back(posted, id, Err(error)).await,
    };
    contribution::sent(&cx, id)
        .await
        .map_err(|error| WebError::of(&posted.visitor, error))?;
    let name = format!(
        "attachment; filename=\"contribution-{}-{}.sealed\"",
        plain(&envelope.head().cycle),
        envelope.head().number
    );
    let disposition = HeaderValue::from_str(&name)
        .map_err(|error| WebError::of(&posted.visitor, AppError::Internal(error.into())))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, envelope.into_bytes()).into_response())
}

/// What can stand in a file's name.
pub(super) fn plain(code: &str) -> String {
    code.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect()
}
