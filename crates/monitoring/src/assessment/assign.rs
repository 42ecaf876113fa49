//! Giving a provision to two assessors of different organisations.

use std::collections::HashMap;

use domain::assessment::AssessmentState;
use domain::cycle::{CycleState, Jurisdiction};
use domain::fold::fold;
use domain::ids::{AssessmentId, CycleId, MemberId, ProvisionId};
use domain::permission::{Action, Relation, Role};
use domain::standard::Force;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{assessment, cycle_standard, member, member_role, opinion, organisation, provision};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What it takes to assign an assessment.
#[derive(Debug, Clone, Copy)]
pub struct Assign {
    /// The cycle, opened or later and not closed.
    pub cycle: CycleId,
    /// The provision; mandatory or conditional.
    pub provision: ProvisionId,
    /// Where it holds.
    pub jurisdiction: Jurisdiction,
    /// One assessor.
    pub first: MemberId,
    /// The other, of another organisation.
    pub second: MemberId,
}

/// What may be chosen when an assessment is assigned.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Rated provisions of the standards that the cycle froze, in their own order.
    pub provisions: Vec<provision::Model>,
    /// Active members who assess: id, name, organisation; by organisation and then by name.
    pub assessors: Vec<(MemberId, String, String)>,
}

/// What a coordinator may choose from in a cycle. Five queries, linear in provisions and members.
pub async fn choices(cx: &Cx<'_>, cycle: CycleId) -> Result<Choices, AppError> {
    cx.permit(Action::AssignAssessment, Relation::Coalition)?;
    let db = cx.db.reader();
    let frozen = cycle_standard::Entity::find()
        .filter(cycle_standard::Column::CycleId.eq(cycle.0))
        .all(db)
        .await?;
    let rated = Force::ALL
        .iter()
        .filter(|force| force.is_rated())
        .map(|force| force.code());
    let provisions = provision::Entity::find()
        .filter(provision::Column::StandardId.is_in(frozen.iter().map(|row| row.standard_id)))
        .filter(provision::Column::Force.is_in(rated))
        .order_by_asc(provision::Column::StandardId)
        .order_by_asc(provision::Column::Position)
        .all(db)
        .await?;
    let assessors = member_role::Entity::find()
        .filter(member_role::Column::Role.eq(Role::Assessor.code()))
        .all(db)
        .await?;
    let members = member::Entity::find()
        .filter(member::Column::Id.is_in(assessors.iter().map(|row| row.member_id)))
        .filter(member::Column::IsActive.eq(true))
        .all(db)
        .await?;
    let organisations: HashMap<Uuid, organisation::Model> = organisation::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut assessors: Vec<(MemberId, String, String)> = members
        .into_iter()
        .filter_map(|row| {
            Some((
                MemberId(row.id),
                row.name,
                organisations.get(&row.organisation_id)?.name.clone(),
            ))
        })
        .collect();
    assessors.sort_by_key(|(_, name, organisation)| (fold(organisation), fold(name)));
    Ok(Choices { provisions, assessors })
}

/// Assigns two assessors. Coordinators only. Assigning again replaces those who have not submitted.
///
/// Refused: provisions that are not rated or whose standard the cycle did not freeze, two assessors of one organisation, and anyone barred by
/// a declared interest.
pub async fn assign(cx: &Cx<'_>, input: Assign) -> Result<AssessmentId, AppError> {
    let work = cx.begin(Action::AssignAssessment, Relation::Coalition).await?;
    let cycle = crate::cycle::row(&work.tx, input.cycle).await?;
    crate::cycle::require(
        &cycle,
        &[CycleState::Opened, CycleState::Gathering, CycleState::Assessing],
    )?;
    let provision = provision::Entity::find_by_id(input.provision.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("provision"))?;
    if cycle_standard::Entity::find_by_id((input.cycle.0, provision.standard_id))
        .one(&work.tx)
        .await?
        .is_none()
    {
        return Err(AppError::Invalid(FieldErrors::of(
            "provision",
            "Choose a provision of a standard that this cycle froze when it opened",
        )));
    }
    let force = Force::parse(&provision.force).map_err(|error| AppError::Internal(error.into()))?;
    if !force.is_rated() {
        return Err(AppError::Refused(format!(
            "{} is {}: it is never rated as a breach",
            provision.number,
            force.words().to_lowercase()
        )));
    }
    let first = assessor(&work.tx, input.first, "first").await?;
    let second = assessor(&work.tx, input.second, "second").await?;
    if first.organisation_id == second.organisation_id {
        return Err(AppError::Invalid(FieldErrors::of(
            "second",
            "Choose an assessor of another organisation: the two must be independent",
        )));
    }
    for (field, member) in [("first", &first), ("second", &second)] {
        if let Some(words) = crate::interest::bars(&work.tx, member, input.provision).await? {
            return Err(AppError::Invalid(FieldErrors::of(
                field,
                format!("{} declared an interest that bars them: {words}", member.name),
            )));
        }
    }
    let id = ensure(&work.tx, cx, &input).await?;
    let seated = opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.eq(id))
        .all(&work.tx)
        .await?;
    for seat in &seated {
        if seat.submitted_at.is_none() {
            opinion::Entity::delete_by_id(seat.id).exec(&work.tx).await?;
        } else if seat.member_id != first.id && seat.member_id != second.id {
            return Err(AppError::Refused(
                "one of the present assessors has already submitted: only the other can be replaced".into(),
            ));
        }
    }
    for member in [&first, &second] {
        if !seated
            .iter()
            .any(|seat| seat.member_id == member.id && seat.submitted_at.is_some())
        {
            seat(&work.tx, cx, id, member.id, member.organisation_id).await?;
        }
    }
    work.finish(cx, "assessment", Some(id)).await?;
    Ok(AssessmentId(id))
}

/// The member, if they may assess.
async fn assessor(tx: &impl ConnectionTrait, id: MemberId, field: &str) -> Result<member::Model, AppError> {
    let refuse = |words: &str| AppError::Invalid(FieldErrors::of(field, words));
    let member = member::Entity::find_by_id(id.0)
        .one(tx)
        .await?
        .filter(|member| member.is_active)
        .ok_or_else(|| refuse("Choose an assessor"))?;
    let role = member_role::Entity::find_by_id((id.0, Role::Assessor.code().to_owned()))
        .one(tx)
        .await?;
    if role.is_none() {
        return Err(refuse("This member is not an assessor"));
    }
    Ok(member)
}

/// The assessment of this provision and jurisdiction in this cycle, made if it does not exist.
async fn ensure(tx: &impl ConnectionTrait, cx: &Cx<'_>, input: &Assign) -> Result<Uuid, AppError> {
    let found = assessment::Entity::find()
        .filter(assessment::Column::CycleId.eq(input.cycle.0))
        .filter(assessment::Column::ProvisionId.eq(input.provision.0))
        .filter(assessment::Column::Jurisdiction.eq(input.jurisdiction.code()))
        .one(tx)
        .await?;
    if let Some(found) = found {
        if found.state == AssessmentState::Reconciled.code() {
            return Err(AppError::Refused("this assessment is already reconciled".into()));
        }
        return Ok(found.id);
    }
    let id = cx.ids.ordered();
    assessment::ActiveModel {
        id: Set(id),
        cycle_id: Set(input.cycle.0),
        provision_id: Set(input.provision.0),
        jurisdiction: Set(input.jurisdiction.code().to_owned()),
        state: Set(AssessmentState::Open.code().to_owned()),
        structure: Set(None),
        process: Set(None),
        outcome: Set(None),
        trend: Set(None),
        confidence: Set(None),
        reasons: Set(String::new()),
        carried_from_id: Set(None),
        reconciled_by_id: Set(None),
        reconciled_at: Set(None),
        revision: Set(1),
    }
    .insert(tx)
    .await?;
    Ok(id)
}

/// An empty opinion for an assessor to fill in.
pub(crate) async fn seat(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    assessment: Uuid,
    member: Uuid,
    organisation: Uuid,
) -> Result<(), AppError> {
    opinion::ActiveModel {
        id: Set(cx.ids.ordered()),
        assessment_id: Set(assessment),
        member_id: Set(member),
        organisation_id: Set(organisation),
        structure: Set(None),
        process: Set(None),
        outcome: Set(None),
        confidence: Set(None),
        reasons: Set(String::new()),
        submitted_at: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(())
}
