//! An assessor's own rating, typed blind to the other's.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::permission::Action;
use monitoring::assessment::{self, Assessment, Submit};

use super::citing::{self, Citing};
use super::figures::Figures;
use super::{Head, found, frame, permit};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "assessment/opinion.html")]
struct Opinion {
    page: Page,
    form: Form,
    head: Head,
    /// What the rating has to weigh beside the evidence.
    figures: Figures,
    citing: Citing,
    /// Whether the visitor's own rating is already in.
    is_in: bool,
}

async fn opinion_page(visitor: &Visitor, seen: &Assessment, form: Form) -> Result<Opinion, WebError> {
    let framed = |error| WebError::of(visitor, error);
    let me = visitor.actor.member;
    Ok(Opinion {
        page: frame(visitor, "Your rating", seen),
        head: Head::new(seen).map_err(framed)?,
        figures: Figures::read(visitor, seen).await.map_err(framed)?,
        citing: Citing::read(visitor, seen, &form.values).await.map_err(framed)?,
        is_in: seen
            .opinions
            .iter()
            .any(|one| me.is_some_and(|me| me.0 == one.opinion.member_id) && one.opinion.submitted_at.is_some()),
        form,
    })
}

/// The scores, reasons and citations that were typed.
pub(super) fn typed(values: &Values) -> Submit {
    let value = |field: &str| values.get(field).to_owned();
    Submit {
        structure: value("structure"),
        process: value("process"),
        outcome: value("outcome"),
        confidence: value("confidence"),
        reasons: value("reasons"),
        cites: citing::chosen(values),
    }
}

pub(super) async fn form(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let seen = found(&visitor, &id).await?;
    permit(&visitor, &seen, Action::SubmitOpinion).map_err(|error| WebError::of(&visitor, error))?;
    let form = Form::open(&visitor, Values::default()).await?;
    page(&opinion_page(&visitor, &seen, form).await?)
}

pub(super) async fn submit(id: Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let seen = found(&visitor, &id).await?;
    permit(&visitor, &seen, Action::SubmitOpinion).map_err(|error| WebError::of(&visitor, error))?;
    if citing::is_looking(&posted.values) {
        return page(&opinion_page(&visitor, &seen, posted.again(store::FieldErrors::new())).await?);
    }
    match outcome(assessment::submit(&posted.cx(), seen.row.id.into(), typed(&posted.values)).await)
        .map_err(|error| WebError::of(&visitor, error))?
    {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/assessments/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&opinion_page(&visitor, &seen, posted.again(errors)).await?),
    }
}
