//! One assessment: the duty, the two opinions, the rating they became, last year's beside it, and
//! what every organisation says.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::assessment::{AssessmentState, Stance};
use domain::cycle::CycleState;
use domain::ids::EvidenceId;
use domain::permission::Action;
use monitoring::assessment::{self, Assessment};
use monitoring::{cycle, evidence};
use store::AppError;
use uuid::Uuid;

use super::figures::Figures;
use super::line::Rating;
use super::{Head, confidence_words, found, instant_words, paragraphs, permit, trend_words};
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

/// An item that is cited: its address, or none where it may not be opened, and its label.
pub(super) type Cite = (String, String);

/// One assessor's opinion as the visitor may see it.
pub(super) struct OpinionView {
    pub(super) member: String,
    pub(super) organisation: String,
    /// Whether it is the visitor's own.
    pub(super) is_own: bool,
    /// Whether it is in and hidden, or hidden whether it is in or not.
    pub(super) is_sealed: bool,
    pub(super) is_in: bool,
    pub(super) submitted: String,
    pub(super) rating: Option<Rating>,
    pub(super) confidence: &'static str,
    pub(super) reasons: Vec<String>,
    pub(super) cites: Vec<Cite>,
}

impl OpinionView {
    /// Both opinions. What is sealed never reaches this far: the query has emptied it.
    pub(super) async fn all(visitor: &Visitor, seen: &Assessment) -> Result<Vec<Self>, AppError> {
        let labels = labels(visitor, seen).await?;
        let me = visitor.actor.member;
        Ok(seen
            .opinions
            .iter()
            .map(|one| {
                let row = &one.opinion;
                Self {
                    member: one.member.clone(),
                    organisation: one.organisation.clone(),
                    is_own: me.is_some_and(|me| me.0 == row.member_id),
                    is_sealed: one.is_sealed,
                    is_in: row.submitted_at.is_some(),
                    submitted: row.submitted_at.map(instant_words).unwrap_or_default(),
                    rating: Rating::of(row.structure.as_deref(), row.process.as_deref(), row.outcome.as_deref()),
                    confidence: confidence_words(row.confidence.as_deref()),
                    reasons: paragraphs(&row.reasons),
                    cites: cites(&one.cites, &labels),
                }
            })
            .collect())
    }
}

/// The labels of everything cited here, in one query.
async fn labels(visitor: &Visitor, seen: &Assessment) -> Result<HashMap<Uuid, Cite>, AppError> {
    let ids: Vec<EvidenceId> = seen
        .cites
        .iter()
        .chain(seen.opinions.iter().flat_map(|one| &one.cites))
        .copied()
        .map(EvidenceId)
        .collect();
    let cited = evidence::cited(&visitor.cx(), &ids).await?;
    Ok(cited
        .into_iter()
        .map(|one| {
            (
                one.id.0,
                (
                    if one.is_visible {
                        format!("/evidence/{}", one.id)
                    } else {
                        String::new()
                    },
                    one.label,
                ),
            )
        })
        .collect())
}

fn cites(ids: &[Uuid], labels: &HashMap<Uuid, Cite>) -> Vec<Cite> {
    let mut found: Vec<Cite> = ids.iter().filter_map(|id| labels.get(id).cloned()).collect();
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

/// A reconciled rating.
struct Reconciled {
    rating: Rating,
    trend: Option<(&'static str, &'static str)>,
    confidence: &'static str,
    reasons: Vec<String>,
    cites: Vec<Cite>,
    at: String,
}

/// Last year's rating.
struct Before {
    id: Uuid,
    cycle: String,
    rating: Rating,
    confidence: &'static str,
}

/// What one organisation says.
struct Position {
    organisation: String,
    look: &'static str,
    words: &'static str,
    reason: String,
}

#[derive(Template)]
#[template(path = "assessment/show.html")]
struct Show {
    page: Page,
    head: Head,
    state: AssessmentState,
    opinions: Vec<OpinionView>,
    reconciled: Option<Reconciled>,
    before: Option<Before>,
    /// Figures of this cycle on the provision.
    figures: Figures,
    positions: Vec<Position>,
    n_silent: usize,
    cycle_state: CycleState,
    may_submit: bool,
    may_reconcile: bool,
    may_position: bool,
    /// Where assessors are assigned, if the visitor may and it still can be.
    assign: String,
}

fn position(standing: &assessment::Standing) -> Position {
    let stance = standing
        .position
        .as_ref()
        .and_then(|position| Stance::parse(&position.stance).ok());
    let (look, words) = match stance {
        Some(Stance::Agree) => ("agrees", "signs"),
        Some(Stance::Dissent) => ("dissents", "dissents"),
        Some(Stance::Abstain) => ("abstains", "abstains"),
        None => ("framework", "has not answered"),
    };
    let reason = standing
        .position
        .as_ref()
        .map(|position| position.reason.clone())
        .unwrap_or_default();
    Position {
        organisation: standing.organisation.name.clone(),
        look,
        words,
        reason,
    }
}

pub(super) async fn show(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let seen = found(&visitor, &id).await?;
    let framed = |error: AppError| WebError::of(&visitor, error);
    let labels = labels(&visitor, &seen).await.map_err(framed)?;
    let state = AssessmentState::parse(&seen.row.state).map_err(|error| framed(AppError::Internal(error.into())))?;
    let cycle_state = cycle::state(&seen.cycle).map_err(framed)?;
    let is_assessing = cycle_state == CycleState::Assessing;
    let row = &seen.row;
    let rating = Rating::of(row.structure.as_deref(), row.process.as_deref(), row.outcome.as_deref());
    let before = seen.earlier.as_ref().and_then(|(earlier, cycle)| {
        Some(Before {
            id: earlier.id,
            cycle: cycle.title.clone(),
            rating: Rating::of(
                earlier.structure.as_deref(),
                earlier.process.as_deref(),
                earlier.outcome.as_deref(),
            )?,
            confidence: confidence_words(earlier.confidence.as_deref()),
        })
    });
    let opinions = OpinionView::all(&visitor, &seen).await.map_err(framed)?;
    let own_is_due = opinions.iter().any(|one| one.is_own && !one.is_in);
    let assign =
        if visitor.may(Action::AssignAssessment) && cycle_state != CycleState::Closed && state == AssessmentState::Open
        {
            format!(
                "/cycles/{}/assessments/new?provision={}&jurisdiction={}",
                row.cycle_id, row.provision_id, row.jurisdiction
            )
        } else {
            String::new()
        };
    page(&Show {
        figures: Figures::read(&visitor, &seen).await.map_err(framed)?,
        page: crate::cycle::frame(
            &visitor,
            &format!("Assessment of {}", seen.provision.number),
            &seen.cycle,
        ),
        head: Head::new(&seen).map_err(framed)?,
        reconciled: rating
            .filter(|_| state == AssessmentState::Reconciled)
            .map(|rating| Reconciled {
                rating,
                trend: trend_words(row.trend.as_deref()),
                confidence: confidence_words(row.confidence.as_deref()),
                reasons: paragraphs(&row.reasons),
                cites: cites(&seen.cites, &labels),
                at: row.reconciled_at.map(instant_words).unwrap_or_default(),
            }),
        n_silent: seen
            .positions
            .iter()
            .filter(|standing| standing.position.is_none())
            .count(),
        positions: seen.positions.iter().map(position).collect(),
        before,
        may_submit: own_is_due
            && matches!(cycle_state, CycleState::Gathering | CycleState::Assessing)
            && permit(&visitor, &seen, Action::SubmitOpinion).is_ok(),
        may_reconcile: is_assessing
            && state != AssessmentState::Open
            && permit(&visitor, &seen, Action::ReconcileAssessment).is_ok(),
        may_position: is_assessing && state == AssessmentState::Reconciled && visitor.may(Action::PositionAssessment),
        opinions,
        state,
        cycle_state,
        assign,
    })
}
