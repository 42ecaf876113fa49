//! What an organisation says of a reconciled rating.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::assessment::Stance;
use domain::permission::Action;
use monitoring::assessment::{self, Assessment, Take};
use store::AppError;
use store::row::assessment_position;

use super::line::Rating;
use super::{Head, found, frame, paragraphs, permit};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

/// What each stance means.
pub(super) const STANCES: [(&str, &str, &str); 3] = [
    (
        Stance::Agree.code(),
        "Sign",
        "Your organisation stands behind the rating.",
    ),
    (
        Stance::Dissent.code(),
        "Dissent",
        "Your organisation disagrees. Your reason is printed beside the rating.",
    ),
    (
        Stance::Abstain.code(),
        "Abstain",
        "Your organisation takes no side. You may say why.",
    ),
];

#[derive(Template)]
#[template(path = "assessment/position.html")]
struct Position {
    page: Page,
    form: Form,
    head: Head,
    rating: Option<Rating>,
    reasons: Vec<String>,
    organisation: String,
}

fn own<'a>(visitor: &Visitor, seen: &'a Assessment) -> Option<(&'a str, Option<&'a assessment_position::Model>)> {
    let own = visitor.actor.organisation?;
    let standing = seen
        .positions
        .iter()
        .find(|standing| standing.organisation.id == own.0)?;
    Some((&standing.organisation.name, standing.position.as_ref()))
}

fn position_page(visitor: &Visitor, seen: &Assessment, form: Form) -> Result<Position, AppError> {
    Ok(Position {
        page: frame(visitor, "Your organisation’s position", seen),
        form,
        head: Head::new(seen)?,
        rating: Rating::of(
            seen.row.structure.as_deref(),
            seen.row.process.as_deref(),
            seen.row.outcome.as_deref(),
        ),
        reasons: paragraphs(&seen.row.reasons),
        organisation: own(visitor, seen)
            .map_or("your organisation", |(name, _)| name)
            .to_owned(),
    })
}

pub(super) async fn form(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let seen = found(&visitor, &id).await?;
    permit(&visitor, &seen, Action::PositionAssessment).map_err(|error| WebError::of(&visitor, error))?;
    let mut values = Values::default();
    if let Some((_, Some(taken))) = own(&visitor, &seen) {
        values.set("stance", taken.stance.clone());
        values.set("reason", taken.reason.clone());
    }
    let form = Form::open(&visitor, values).await?;
    page(&position_page(&visitor, &seen, form)?)
}

pub(super) async fn take(id: Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let seen = found(&visitor, &id).await?;
    permit(&visitor, &seen, Action::PositionAssessment).map_err(|error| WebError::of(&visitor, error))?;
    let input = Take {
        stance: posted.values.get("stance").to_owned(),
        reason: posted.values.get("reason").to_owned(),
    };
    match outcome(assessment::take_position(&posted.cx(), seen.row.id.into(), input).await)
        .map_err(|error| WebError::of(&visitor, error))?
    {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/assessments/{id}#positions")).into_response())
        }
        Outcome::Again(errors) => again(&position_page(&visitor, &seen, posted.again(errors))?),
    }
}
