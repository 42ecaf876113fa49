//! Making one rating of two. Both opinions stay as they were; the reconciled one says why.

use domain::assessment::{AssessmentState, Trend};
use domain::ids::{AssessmentId, EvidenceId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use store::row::{assessment, assessment_evidence, assessment_position, opinion, opinion_evidence};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::Submit;

/// The agreed rating.
#[derive(Debug, Clone, Default)]
pub struct Reconcile {
    /// Scores, confidence, reasons and citations.
    pub rating: Submit,
    /// Code of the trend against the cycle before.
    pub trend: String,
    /// The revision the form was opened on.
    pub revision: i32,
}

/// Reconciles two opinions, or changes a reconciled rating while the cycle is still assessing.
/// The coordinator or one of the two assessors. A change clears the positions organisations had
/// taken on the rating before it.
pub async fn reconcile(cx: &Cx<'_>, id: AssessmentId, input: Reconcile) -> Result<AssessmentId, AppError> {
    let checked = input.rating.check()?;
    let trend = Trend::parse(&input.trend)
        .map_err(|_| AppError::Invalid(FieldErrors::of("trend", "Say how it stands beside the cycle before")))?;
    let seats = opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.eq(id.0))
        .all(cx.db.reader())
        .await?;
    let is_own = seats
        .iter()
        .any(|seat| cx.actor.member.is_some_and(|me| me.0 == seat.member_id));
    let work = cx
        .begin(
            Action::ReconcileAssessment,
            if is_own {
                Relation::OwnAssignment
            } else {
                Relation::OtherOrganisation
            },
        )
        .await?;
    let row = super::row(&work.tx, id).await?;
    super::require_assessing(&work.tx, &row).await?;
    if row.state == AssessmentState::Open.code() || seats.len() < 2 {
        return Err(AppError::Refused("both assessors must submit first".into()));
    }
    if row.revision != input.revision {
        return Err(AppError::Conflict("assessment"));
    }
    // What an assessor cited may be kept by someone who may not see it; anything else they must see.
    let cited = opinion_evidence::Entity::find()
        .filter(opinion_evidence::Column::OpinionId.is_in(seats.iter().map(|seat| seat.id)));
    let cited: Vec<Uuid> = cited
        .all(&work.tx)
        .await?
        .into_iter()
        .map(|cite| cite.evidence_id)
        .collect();
    let added: Vec<EvidenceId> = input
        .rating
        .cites
        .iter()
        .copied()
        .filter(|id| !cited.contains(&id.0))
        .collect();
    crate::evidence::require_visible(cx, &work.tx, &added).await?;
    let revision = row.revision + 1;
    let mut row: assessment::ActiveModel = row.into();
    row.state = Set(AssessmentState::Reconciled.code().to_owned());
    row.structure = Set(Some(checked.structure.code().to_owned()));
    row.process = Set(Some(checked.process.code().to_owned()));
    row.outcome = Set(Some(checked.outcome.code().to_owned()));
    row.confidence = Set(Some(checked.confidence.code().to_owned()));
    row.trend = Set(Some(trend.code().to_owned()));
    row.reasons = Set(input.rating.reasons.trim().to_owned());
    row.reconciled_by_id = Set(cx.actor.member.map(Uuid::from));
    row.reconciled_at = Set(Some(cx.now.0));
    row.revision = Set(revision);
    row.update(&work.tx).await?;
    assessment_evidence::Entity::delete_many()
        .filter(assessment_evidence::Column::AssessmentId.eq(id.0))
        .exec(&work.tx)
        .await?;
    for evidence in distinct(&input.rating.cites) {
        assessment_evidence::ActiveModel {
            assessment_id: Set(id.0),
            evidence_id: Set(evidence),
        }
        .insert(&work.tx)
        .await?;
    }
    assessment_position::Entity::delete_many()
        .filter(assessment_position::Column::AssessmentId.eq(id.0))
        .exec(&work.tx)
        .await?;
    work.finish(cx, "assessment", Some(id.0)).await?;
    Ok(id)
}

/// Each item once.
pub(super) fn distinct(cites: &[EvidenceId]) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = cites.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
