//! The pages of a part of a case: adding one, and amending it as more is known.

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use casework::case::{self, Opened};
use casework::part::{self, Kept, Part};
use store::AppError;
use uuid::Uuid;

use super::{Asking, filled, frame, outdated, typed};
use crate::case::back;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::routes::{Route, route};

/// How a kind of part is asked for.
pub(crate) trait Asked: Part {
    /// The address where one is added, as routes are written.
    const NEW: &'static str;
    /// The address of one, as routes are written.
    const ONE: &'static str;
    /// What stands between the case and the part in both.
    const FOLDER: &'static str;
    /// Heading of the page that adds one.
    const ADD: &'static str;
    /// Heading of the page that amends one.
    const AMEND: &'static str;
    /// What is said under either.
    const LEAD: &'static str;

    /// Those of an opened case.
    fn of(case: Opened) -> Vec<Kept<Self>>;
}

/// The addresses of a kind of part.
pub(crate) fn routes<P: Asked>() -> Vec<Route> {
    vec![
        route(P::NEW, P::ACTION, get(open::<P>).post(record::<P>)),
        route(P::ONE, P::ACTION, get(reopen::<P>).post(amend::<P>)),
    ]
}

fn asking<P: Asked>(visitor: &Visitor, id: Uuid, form: Form, whose: String) -> Asking {
    Asking {
        page: frame(visitor, P::ADD, id),
        form,
        heading: P::ADD,
        lead: P::LEAD,
        whose,
        groups: vec![("", P::fields())],
        action: format!("/cases/{id}/{}/new", P::FOLDER),
        verb: "Save",
        back: format!("/cases/{id}"),
        revision: None,
        hidden: Vec::new(),
        differs: Vec::new(),
        alike: Vec::new(),
    }
}

fn amending<P: Asked>(visitor: &Visitor, id: Uuid, of: &Kept<P>, form: Form, whose: String) -> Asking {
    Asking {
        page: frame(visitor, P::AMEND, id),
        heading: P::AMEND,
        action: format!("/cases/{id}/{}/{}", P::FOLDER, of.id),
        ..asking::<P>(visitor, id, form, whose)
    }
}

/// What is stored, as the form would have been filled in.
fn stored<P: Asked>(of: &Kept<P>) -> Values {
    let mut values = filled(of.sheet.kept());
    values.set("of_revision", of.revision.to_string());
    values
}

/// One of a case, and whose case it is.
async fn found<P: Asked>(visitor: &Visitor, id: Uuid, one: Uuid) -> Result<(Kept<P>, String), WebError> {
    let find = async {
        let of = case::open(&visitor.cx(), id).await?;
        let whose = of.person.identity.name.0.clone();
        let kept = P::of(of).into_iter().find(|kept| kept.id == one);
        Ok((kept.ok_or(AppError::NotFound(P::WORD))?, whose))
    };
    find.await.map_err(|error| WebError::of(visitor, error))
}

async fn open<P: Asked>(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let whose = case::name(&visitor.cx(), id, P::ACTION).await.map_err(shown)?;
    let form = Form::open(&visitor, Values::default()).await.map_err(shown)?;
    page(&asking::<P>(&visitor, id, form, whose))
}

async fn record<P: Asked>(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let answer = part::record::<P>(&posted.cx(), id, &typed(&posted.values)).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let whose = case::name(&visitor.cx(), id, P::ACTION).await.map_err(shown)?;
            asking::<P>(&visitor, id, posted.again(errors), whose).again()
        }
    }
}

async fn reopen<P: Asked>(Path((id, one)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let (of, whose) = found::<P>(&visitor, id, one).await?;
    let form = Form::open(&visitor, stored(&of)).await;
    let form = form.map_err(|error| WebError::of(&visitor, error))?;
    let revision = Some(form.opened_on(of.revision));
    let asking = amending(&visitor, id, &of, form, whose);
    page(&Asking { revision, ..asking })
}

async fn amend<P: Asked>(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let revision = posted.revision();
    let answer = part::amend::<P>(&posted.cx(), id, one, &typed(&posted.values), revision).await;
    if let Err(AppError::Conflict(_)) = answer {
        let (of, whose) = found::<P>(&visitor, id, one).await?;
        let asking = amending(&visitor, id, &of, outdated(posted), whose);
        return asking.both(&stored(&of), of.revision);
    }
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let (of, whose) = found::<P>(&visitor, id, one).await?;
            let asking = amending(&visitor, id, &of, posted.again(errors), whose);
            // Still the revision that was read: a change since then must not be missed the second time.
            let revision = Some(revision);
            Asking { revision, ..asking }.again()
        }
    }
}
