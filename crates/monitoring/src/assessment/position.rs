//! What an organisation says of a reconciled rating: it signs, dissents or abstains. Saying nothing
//! is recorded too, and all of it is printed.

use domain::assessment::{AssessmentState, Stance};
use domain::ids::AssessmentId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use store::row::assessment_position::{ActiveModel, Column, Entity};
use store::{AppError, Cx, FieldErrors};

/// A position.
#[derive(Debug, Clone, Default)]
pub struct Take {
    /// Code of the stance.
    pub stance: String,
    /// Why; required for a dissent, because it is printed beside the rating.
    pub reason: String,
}

/// Takes a position for the asking manager's organisation. May be changed until the cycle closes.
pub async fn take_position(cx: &Cx<'_>, id: AssessmentId, input: Take) -> Result<AssessmentId, AppError> {
    let mut errors = FieldErrors::new();
    let stance = errors.code(
        "stance",
        Stance::parse(&input.stance),
        "Choose whether your organisation signs, dissents or abstains",
    );
    if stance == Some(Stance::Dissent) {
        errors.required(
            "reason",
            &input.reason,
            "Say why your organisation dissents: it is printed beside the rating",
        );
    }
    errors.into_result()?;
    let (organisation, member) = (cx.organisation()?, cx.member()?);
    let work = cx.begin(Action::PositionAssessment, Relation::OwnOrganisation).await?;
    let row = super::row(&work.tx, id).await?;
    super::require_assessing(&work.tx, &row).await?;
    if row.state != AssessmentState::Reconciled.code() {
        return Err(AppError::Refused("there is no rating yet to take a position on".into()));
    }
    let position = ActiveModel {
        assessment_id: Set(id.0),
        organisation_id: Set(organisation.0),
        stance: Set(input.stance),
        reason: Set(input.reason.trim().to_owned()),
        member_id: Set(member.0),
        at: Set(cx.now.0),
    };
    Entity::insert(position)
        .on_conflict(
            OnConflict::columns([Column::AssessmentId, Column::OrganisationId])
                .update_columns([Column::Stance, Column::Reason, Column::MemberId, Column::At])
                .to_owned(),
        )
        .exec_without_returning(&work.tx)
        .await?;
    work.finish(cx, "assessment_position", Some(id.0)).await?;
    Ok(id)
}
