//! Assessments: a provision rated by two assessors who cannot see each other until both are in,
//! then reconciled, and what each organisation says of it.

use axum::extract::Path;
use axum::routing::get;
use domain::Instant;
use domain::assessment::{Confidence, Trend};
use domain::ids::AssessmentId;
use domain::permission::Action;
use domain::standard::Force;
use monitoring::assessment::{self, Assessment};
use store::AppError;

use crate::door::Visitor;
use crate::error::WebError;
use crate::page::Page;
use crate::routes::{Route, route};

mod assign;
mod citing;
mod figures;
pub(crate) mod line;
mod opinion;
mod position;
mod reconcile;
mod scale;
mod show;
#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route(
            "/cycles/{id}/assessments/new",
            Action::AssignAssessment,
            get(assign::form).post(assign::assign),
        ),
        route("/assessments/{id}", Action::ReadAudit, get(show::show)),
        route(
            "/assessments/{id}/opinion",
            Action::SubmitOpinion,
            get(opinion::form).post(opinion::submit),
        ),
        route(
            "/assessments/{id}/reconcile",
            Action::ReconcileAssessment,
            get(reconcile::form).post(reconcile::reconcile),
        ),
        route(
            "/assessments/{id}/position",
            Action::PositionAssessment,
            get(position::form).post(position::take),
        ),
    ]
}

/// The assessment of an address, as the visitor may see it.
async fn found(visitor: &Visitor, id: &Path<String>) -> Result<Assessment, WebError> {
    let missing = || WebError::of(visitor, AppError::NotFound("assessment"));
    let id: AssessmentId = id.parse().map_err(|_| missing())?;
    assessment::get(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(visitor, error))
}

/// Refuses what the matrix does not allow on this assessment.
fn permit(visitor: &Visitor, seen: &Assessment, action: Action) -> Result<(), AppError> {
    let cx = visitor.cx();
    let relation = if action == Action::PositionAssessment {
        domain::permission::Relation::OwnOrganisation
    } else {
        seen.relation(&cx)
    };
    cx.permit(action, relation)
}

/// What every page about an assessment says first: the duty, how far it binds, and where.
struct Head {
    id: AssessmentId,
    number: String,
    title: String,
    obligation: String,
    force: Force,
    qualifier: String,
    provision: uuid::Uuid,
    jurisdiction: String,
    cycle: String,
    is_invented: bool,
}

impl Head {
    fn new(seen: &Assessment) -> Result<Self, AppError> {
        let provision = &seen.provision;
        Ok(Self {
            id: seen.row.id.into(),
            number: provision.number.clone(),
            title: provision.title.clone(),
            obligation: provision.obligation.clone(),
            force: Force::parse(&provision.force).map_err(|error| AppError::Internal(error.into()))?,
            qualifier: provision.qualifier.clone(),
            provision: provision.id,
            jurisdiction: crate::page::jurisdiction(&seen.row.jurisdiction).to_owned(),
            cycle: seen.cycle.title.clone(),
            is_invented: seen.cycle.is_invented,
        })
    }
}

/// The frame of a page below an assessment's own.
fn frame(visitor: &Visitor, title: &str, seen: &Assessment) -> Page {
    crate::cycle::frame(visitor, title, &seen.cycle).under(
        format!("/assessments/{}", seen.row.id),
        format!("Assessment of {}", seen.provision.number),
    )
}

/// Words of a trend with the look of its mark.
fn trend_words(code: Option<&str>) -> Option<(&'static str, &'static str)> {
    let trend = Trend::parse(code?).ok()?;
    let look = match trend {
        Trend::Better => "better",
        Trend::Worse => "worse",
        Trend::Same => "unchanged",
        Trend::New => "first",
        Trend::Broken => "incomparable",
    };
    Some((look, trend.words()))
}

/// Words of a confidence.
fn confidence_words(code: Option<&str>) -> &'static str {
    code.and_then(|code| Confidence::parse(code).ok())
        .map_or("", Confidence::words)
}

/// An instant in words.
fn instant_words(at: i64) -> String {
    Instant(at).to_string()
}

/// The paragraphs of a text.
fn paragraphs(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}
