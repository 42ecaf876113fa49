//! One assessor's own rating, unseen by the other until both are in.

use domain::assessment::{AssessmentState, Confidence, Score};
use domain::cycle::CycleState;
use domain::ids::{AssessmentId, CycleId, EvidenceId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use store::row::{assessment, member, opinion, opinion_evidence};
use store::{AppError, Cx, FieldErrors};

/// A rating with its reasons, as typed: codes are checked by the command.
#[derive(Debug, Clone, Default)]
pub struct Submit {
    /// Code of the score of the letter.
    pub structure: String,
    /// Code of the score of what is done.
    pub process: String,
    /// Code of the score of what comes of it.
    pub outcome: String,
    /// Code of the confidence.
    pub confidence: String,
    /// Why.
    pub reasons: String,
    /// Evidence cited; at least one item, unless all three are “not assessable”.
    pub cites: Vec<EvidenceId>,
}

/// Scores and confidence, checked.
pub(super) struct Checked {
    pub(super) structure: Score,
    pub(super) process: Score,
    pub(super) outcome: Score,
    pub(super) confidence: Confidence,
}

impl Submit {
    /// Checks codes, reasons and citations.
    pub(super) fn check(&self) -> Result<Checked, AppError> {
        let mut errors = FieldErrors::new();
        let score = "Choose a level from 0 to 4, or N where it cannot be assessed";
        let structure = errors.code("structure", Score::parse(&self.structure), score);
        let process = errors.code("process", Score::parse(&self.process), score);
        let outcome = errors.code("outcome", Score::parse(&self.outcome), score);
        let confidence = errors.code(
            "confidence",
            Confidence::parse(&self.confidence),
            "Say how sure you are",
        );
        errors.required("reasons", &self.reasons, "Give your reasons: they are printed");
        let all_open = [structure, process, outcome]
            .iter()
            .all(|score| *score == Some(Score::NotAssessable));
        if self.cites.is_empty() && !all_open {
            errors.add("cites", "Cite at least one item of evidence");
        }
        errors.into_result()?;
        match (structure, process, outcome, confidence) {
            (Some(structure), Some(process), Some(outcome), Some(confidence)) => Ok(Checked {
                structure,
                process,
                outcome,
                confidence,
            }),
            _ => Err(AppError::Invalid(FieldErrors::of("structure", score))),
        }
    }
}

/// Submits the asking member's opinion. Only the assigned assessor may, once, until the cycle closes.
pub async fn submit(cx: &Cx<'_>, id: AssessmentId, input: Submit) -> Result<AssessmentId, AppError> {
    let me = cx.member()?;
    let checked = input.check()?;
    let seat = opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.eq(id.0))
        .filter(opinion::Column::MemberId.eq(me.0))
        .one(cx.db.reader())
        .await?;
    let relation = if seat.is_some() {
        Relation::OwnAssignment
    } else {
        Relation::OtherOrganisation
    };
    let work = cx.begin(Action::SubmitOpinion, relation).await?;
    let row = super::row(&work.tx, id).await?;
    // Assessors may begin while evidence still comes in; what they agree on waits for the cut-off.
    let cycle = crate::cycle::row(&work.tx, CycleId(row.cycle_id)).await?;
    crate::cycle::require(&cycle, &[CycleState::Gathering, CycleState::Assessing])?;
    let seat = opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.eq(id.0))
        .filter(opinion::Column::MemberId.eq(me.0))
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("assignment"))?;
    if seat.submitted_at.is_some() {
        return Err(AppError::Refused(
            "you have already submitted this rating: what remains is to reconcile it".into(),
        ));
    }
    let member = member::Entity::find_by_id(me.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("member"))?;
    if let Some(words) = crate::interest::bars(&work.tx, &member, ProvisionId(row.provision_id)).await? {
        return Err(AppError::Refused(format!(
            "a declared interest bars you from rating this: {words}"
        )));
    }
    crate::evidence::require_visible(cx, &work.tx, &input.cites).await?;
    let seat_id = seat.id;
    let mut seat: opinion::ActiveModel = seat.into();
    seat.structure = Set(Some(checked.structure.code().to_owned()));
    seat.process = Set(Some(checked.process.code().to_owned()));
    seat.outcome = Set(Some(checked.outcome.code().to_owned()));
    seat.confidence = Set(Some(checked.confidence.code().to_owned()));
    seat.reasons = Set(input.reasons.trim().to_owned());
    seat.submitted_at = Set(Some(cx.now.0));
    seat.update(&work.tx).await?;
    for evidence in super::reconcile::distinct(&input.cites) {
        opinion_evidence::ActiveModel {
            opinion_id: Set(seat_id),
            evidence_id: Set(evidence),
        }
        .insert(&work.tx)
        .await?;
    }
    let waiting = opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.eq(id.0))
        .filter(opinion::Column::SubmittedAt.is_null())
        .one(&work.tx)
        .await?;
    if waiting.is_none() {
        let mut row: assessment::ActiveModel = row.into();
        row.state = Set(AssessmentState::Reconciling.code().to_owned());
        row.update(&work.tx).await?;
    }
    work.finish(cx, "opinion", Some(id.0)).await?;
    Ok(id)
}
