//! Unpaid time: two presses on the page of a case, a clock that is started and stopped there, or a form for another length or day.

#[cfg(test)]
mod tests;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use casework::case;
use casework::sheet::Sheet as _;
use casework::time_entry::timer::{self, Doing, Length};
use casework::time_entry::{self, Given};
use domain::permission::Action;
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::routes::{Route, route};
use crate::sheet::{Asking, frame, typed};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route(
            "/cases/{id}/time-entries/new",
            Action::RecordTime,
            get(open).post(record),
        ),
        route(
            "/cases/{id}/time-entries/{entry}/remove",
            Action::RecordTime,
            post(remove),
        ),
        route("/cases/{id}/time-entries/start", Action::RecordTime, post(start)),
        route("/cases/{id}/time-entries/stop", Action::RecordTime, post(stop)),
        route("/cases/{id}/time-entries/discard", Action::RecordTime, post(discard)),
    ]
}

/// Back to the part of the case's page that it was pressed in.
fn back(id: Uuid) -> Response {
    Redirect::to(&format!("/cases/{id}#time")).into_response()
}

/// A button's answer, also when the button was pressed twice.
fn pressed(posted: &Posted, id: Uuid, answer: Result<(), AppError>) -> Result<Response, WebError> {
    match answer {
        Ok(()) | Err(AppError::Repeated(_)) => Ok(back(id)),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}

fn asking(visitor: &Visitor, id: Uuid, form: Form, whose: String) -> Asking {
    Asking {
        page: frame(visitor, "Add unpaid time", id),
        form,
        heading: "Add unpaid time",
        lead: "Time that you gave and that was a public body’s duty. The audit adds it up; your own hours are nobody’s business.",
        whose,
        groups: vec![("", time_entry::questions(Given::fields()))],
        action: format!("/cases/{id}/time-entries/new"),
        verb: "Add it",
        back: format!("/cases/{id}"),
        revision: None,
        hidden: Vec::new(),
        differs: Vec::new(),
        alike: Vec::new(),
    }
}

async fn open(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let whose = case::name(&visitor.cx(), id, Action::RecordTime).await.map_err(shown)?;
    let mut values = Values::default();
    values.set_day("on", &visitor.now.british_day().iso());
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&asking(&visitor, id, form, whose))
}

async fn record(Path(id): Path<Uuid>, mut posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    // The buttons of a case's page send no day: it was today.
    if !posted.values.iter().any(|(name, _)| name.starts_with("on_")) {
        posted.values.set_day("on", &visitor.now.british_day().iso());
    }
    let answer = time_entry::record(&posted.cx(), id, &typed(&posted.values)).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let whose = case::name(&visitor.cx(), id, Action::RecordTime).await.map_err(shown)?;
            asking(&visitor, id, posted.again(errors), whose).again()
        }
    }
}

async fn remove(Path((id, entry)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let answer = time_entry::remove(&posted.cx(), id, entry).await;
    pressed(&posted, id, answer)
}

/// A button of the clock: back to the case, or the form that asks what the button could not know.
async fn clocked(
    posted: Posted,
    id: Uuid,
    answer: Result<Uuid, AppError>,
    ask: impl FnOnce(Asking) -> Asking,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => Ok(back(id)),
        Outcome::Again(errors) => {
            let whose = case::name(&visitor.cx(), id, Action::RecordTime).await.map_err(shown)?;
            ask(asking(&visitor, id, posted.again(errors), whose)).again()
        }
    }
}

async fn start(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = timer::start(&posted.cx(), id, &typed(&posted.values)).await;
    clocked(posted, id, answer, |asking| Asking {
        heading: "Start the clock",
        lead: "",
        groups: vec![("", time_entry::questions(Doing::fields()))],
        action: format!("/cases/{id}/time-entries/start"),
        verb: "Start",
        ..asking
    })
    .await
}

async fn stop(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = timer::stop(&posted.cx(), id, &typed(&posted.values)).await;
    // There is nothing that a form could ask about a clock that does not run.
    if let Err(error @ AppError::Refused(_)) = answer {
        return Err(WebError::of(&posted.visitor, error));
    }
    clocked(posted, id, answer, |asking| Asking {
        heading: "How long was it?",
        lead: "",
        groups: vec![("", Length::fields())],
        action: format!("/cases/{id}/time-entries/stop"),
        verb: "Stop and save",
        ..asking
    })
    .await
}

async fn discard(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = timer::discard(&posted.cx(), id).await;
    pressed(&posted, id, answer)
}
