//! Unpaid time: two presses on the page of a case, or a form for another length or day.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use casework::case;
use casework::sheet::Sheet as _;
use casework::time_entry::{self, Given};
use domain::permission::Action;
use uuid::Uuid;

use crate::case::{back, pressed};
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
    ]
}

fn asking(visitor: &Visitor, id: Uuid, form: Form, whose: String) -> Asking {
    Asking {
        page: frame(visitor, "Add unpaid time", id),
        form,
        heading: "Add unpaid time",
        lead: "Time that you gave and that was a public body’s duty. The audit adds it up; your own hours are nobody’s business.",
        whose,
        groups: vec![("", Given::fields())],
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
