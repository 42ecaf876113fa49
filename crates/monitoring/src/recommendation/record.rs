//! Recording and amending a recommendation.

use domain::assessment::Urgency;
use domain::cycle::CycleState;
use domain::ids::{BodyId, CycleId, FindingId, ProvisionId, RecommendationId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{body, finding, recommendation, recommendation_provision};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What a recommendation says.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The cycle that makes it.
    pub cycle: Option<CycleId>,
    /// Whom it is addressed to.
    pub body: Option<BodyId>,
    /// The finding it follows from, if any.
    pub finding: Option<FindingId>,
    /// Code of the urgency.
    pub urgency: String,
    /// What should be done; reads on from “urges the addressee to …”.
    pub wording: String,
    /// How success would be known.
    pub success: String,
    /// By when, ISO.
    pub due_on: String,
    /// The earlier recommendation it repeats, if any.
    pub repeat_of: Option<RecommendationId>,
    /// Provisions it serves.
    pub provisions: Vec<ProvisionId>,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// New content, with the revision the form was opened on.
#[derive(Debug, Clone, Default)]
pub struct Amend {
    /// Everything; the cycle stays as it was.
    pub record: Record,
    /// The revision the form was opened on.
    pub revision: i32,
}

fn check(input: &Record) -> Result<(BodyId, String), AppError> {
    let mut errors = FieldErrors::new();
    if input.body.is_none() {
        errors.add("body", "Choose whom it is addressed to");
    }
    errors.code(
        "urgency",
        Urgency::parse(&input.urgency),
        "Choose how strongly it speaks",
    );
    errors.required("wording", &input.wording, "Say what should be done");
    errors.required("success", &input.success, "Say how success would be known");
    let due = errors.day("due_on", &input.due_on);
    if input.provisions.is_empty() {
        errors.add("provisions", "Choose at least one provision that it serves");
    }
    errors.into_result()?;
    let body = input.body.ok_or(AppError::NotFound("public body"))?;
    Ok((body, due.map(domain::Day::iso).unwrap_or_default()))
}

/// Records a recommendation and numbers it within its cycle. Coordinators, assessors, reviewers.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<RecommendationId, AppError> {
    let (body, due_on) = check(&input)?;
    let cycle = input
        .cycle
        .ok_or_else(|| AppError::Invalid(FieldErrors::of("cycle", "Choose the cycle")))?;
    let member = cx.member()?;
    let work = cx.begin(Action::RecordRecommendation, Relation::Coalition).await?;
    crate::cycle::require(
        &crate::cycle::row(&work.tx, cycle).await?,
        &[CycleState::Gathering, CycleState::Assessing],
    )?;
    linked_exist(&work.tx, body, &input, cycle.0).await?;
    let id = cx.ids.ordered();
    recommendation::ActiveModel {
        id: Set(id),
        cycle_id: Set(cycle.0),
        number: Set(super::next_number(&work.tx, cycle).await?),
        body_id: Set(body.0),
        finding_id: Set(input.finding.map(Uuid::from)),
        urgency: Set(input.urgency.clone()),
        wording: Set(input.wording.trim().to_owned()),
        success: Set(input.success.trim().to_owned()),
        due_on: Set(due_on),
        repeat_of_id: Set(input.repeat_of.map(Uuid::from)),
        is_invented: Set(input.is_invented),
        member_id: Set(member.0),
        revision: Set(1),
        recorded_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    link(&work.tx, id, &input.provisions).await?;
    work.finish(cx, "recommendation", Some(id)).await?;
    Ok(RecommendationId(id))
}

/// Amends a recommendation while its cycle is open.
pub async fn amend(cx: &Cx<'_>, id: RecommendationId, input: Amend) -> Result<RecommendationId, AppError> {
    let (body, due_on) = check(&input.record)?;
    let work = cx.begin(Action::RecordRecommendation, Relation::Coalition).await?;
    let row = super::row(&work.tx, id).await?;
    crate::cycle::require(
        &crate::cycle::row(&work.tx, CycleId(row.cycle_id)).await?,
        &[CycleState::Gathering, CycleState::Assessing],
    )?;
    if row.revision != input.revision {
        return Err(AppError::Conflict("recommendation"));
    }
    linked_exist(&work.tx, body, &input.record, row.cycle_id).await?;
    let revision = row.revision + 1;
    let mut row: recommendation::ActiveModel = row.into();
    row.body_id = Set(body.0);
    row.finding_id = Set(input.record.finding.map(Uuid::from));
    row.urgency = Set(input.record.urgency.clone());
    row.wording = Set(input.record.wording.trim().to_owned());
    row.success = Set(input.record.success.trim().to_owned());
    row.due_on = Set(due_on);
    row.repeat_of_id = Set(input.record.repeat_of.map(Uuid::from));
    row.revision = Set(revision);
    row.update(&work.tx).await?;
    recommendation_provision::Entity::delete_many()
        .filter(recommendation_provision::Column::RecommendationId.eq(id.0))
        .exec(&work.tx)
        .await?;
    link(&work.tx, id.0, &input.record.provisions).await?;
    work.finish(cx, "recommendation", Some(id.0)).await?;
    Ok(id)
}

/// The body, the finding and the repeated recommendation must exist; what is repeated must be earlier.
async fn linked_exist(tx: &impl ConnectionTrait, body: BodyId, input: &Record, cycle: Uuid) -> Result<(), AppError> {
    body::Entity::find_by_id(body.0)
        .one(tx)
        .await?
        .ok_or(AppError::NotFound("public body"))?;
    if let Some(finding) = input.finding {
        finding::Entity::find_by_id(finding.0)
            .one(tx)
            .await?
            .ok_or(AppError::NotFound("finding"))?;
    }
    if let Some(earlier) = input.repeat_of {
        let earlier = super::row(tx, earlier).await?;
        if earlier.cycle_id == cycle {
            return Err(AppError::Invalid(FieldErrors::of(
                "repeat_of",
                "Only a recommendation of an earlier cycle can be repeated",
            )));
        }
    }
    Ok(())
}

async fn link(tx: &impl ConnectionTrait, recommendation: Uuid, provisions: &[ProvisionId]) -> Result<(), AppError> {
    let mut ids: Vec<Uuid> = provisions.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    for provision in ids {
        recommendation_provision::ActiveModel {
            recommendation_id: Set(recommendation),
            provision_id: Set(provision),
        }
        .insert(tx)
        .await?;
    }
    Ok(())
}
