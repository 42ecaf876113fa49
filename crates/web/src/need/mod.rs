//! Needs: adding one to a case, and amending it as it is offered, begins, ends or is refused.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use casework::case;
use casework::need::{self, Need};
use casework::sheet::Sheet as _;
use domain::permission::Action;
use store::AppError;
use uuid::Uuid;

use crate::case::back;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::routes::{Route, route};
use crate::sheet::{Asking, filled, frame, opened_on, outdated, typed};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/cases/{id}/needs/new", Action::RecordNeed, get(open).post(record)),
        route("/cases/{id}/needs/{need}", Action::RecordNeed, get(reopen).post(amend)),
    ]
}

fn asking(visitor: &Visitor, id: Uuid, form: Form, whose: String) -> Asking {
    Asking {
        page: frame(visitor, "Add a need", id),
        form,
        heading: "Add a need",
        lead: "What the person says they need, and what comes of it. Come back to it when something is offered, begins, ends or is refused.",
        whose,
        groups: vec![("", Need::fields())],
        action: format!("/cases/{id}/needs/new"),
        verb: "Save",
        back: format!("/cases/{id}"),
        revision: None,
        hidden: Vec::new(),
        differs: Vec::new(),
    }
}

fn amending(visitor: &Visitor, id: Uuid, of: &need::Kept, form: Form, whose: String) -> Asking {
    Asking {
        page: frame(visitor, "Amend a need", id),
        heading: "Amend a need",
        action: format!("/cases/{id}/needs/{}", of.id),
        ..asking(visitor, id, form, whose)
    }
}

/// What is stored, as the form would have been filled in.
fn stored(of: &need::Kept) -> Values {
    let mut values = filled(of.need.kept());
    values.set("of_revision", of.revision.to_string());
    values
}

/// One of a case, and whose case it is.
async fn found(visitor: &Visitor, id: Uuid, one: Uuid) -> Result<(need::Kept, String), AppError> {
    let of = case::open(&visitor.cx(), id).await?;
    let kept = of.needs.into_iter().find(|kept| kept.id == one);
    Ok((kept.ok_or(AppError::NotFound("need"))?, of.person.identity.name.0))
}

async fn open(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let whose = case::name(&visitor.cx(), id, Action::RecordNeed).await.map_err(shown)?;
    let form = Form::open(&visitor, Values::default()).await.map_err(shown)?;
    page(&asking(&visitor, id, form, whose))
}

async fn record(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let answer = need::record(&posted.cx(), id, &typed(&posted.values)).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let whose = case::name(&visitor.cx(), id, Action::RecordNeed).await.map_err(shown)?;
            asking(&visitor, id, posted.again(errors), whose).again()
        }
    }
}

async fn reopen(Path((id, one)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let (of, whose) = found(&visitor, id, one).await.map_err(shown)?;
    let form = Form::open(&visitor, stored(&of)).await.map_err(shown)?;
    // A draft was typed on the revision it names: what someone else stored since then must be seen.
    let revision = Some(opened_on(&form, of.revision));
    let asking = amending(&visitor, id, &of, form, whose);
    page(&Asking { revision, ..asking })
}

async fn amend(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let revision = posted.revision();
    let answer = need::amend(&posted.cx(), id, one, &typed(&posted.values), revision).await;
    if let Err(AppError::Conflict(_)) = answer {
        let (of, whose) = found(&visitor, id, one).await.map_err(shown)?;
        let asking = amending(&visitor, id, &of, outdated(posted), whose);
        return asking.both(&stored(&of), of.revision);
    }
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let (of, whose) = found(&visitor, id, one).await.map_err(shown)?;
            let asking = amending(&visitor, id, &of, posted.again(errors), whose);
            // Still the revision that was read: a change since then must not be missed the second time.
            let revision = Some(revision);
            Asking { revision, ..asking }.again()
        }
    }
}
