//! Comments, positions, and the coordinator's closing of an agreement.

use domain::assessment::Stance;
use domain::ids::IndicatorVersionId;
use domain::indicator::IndicatorState;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::{indicator_comment, indicator_position, indicator_version};
use store::{AppError, Cx, FieldErrors};

fn require_proposed(row: &indicator_version::Model) -> Result<(), AppError> {
    if row.state == IndicatorState::Proposed.code() {
        return Ok(());
    }
    Err(AppError::Refused(
        "this version is no longer open: propose a new version to change it".into(),
    ))
}

/// Comments on a version.
pub async fn comment(cx: &Cx<'_>, id: IndicatorVersionId, words: &str) -> Result<IndicatorVersionId, AppError> {
    let mut errors = FieldErrors::new();
    let words = errors.required("words", words, "Write a comment");
    errors.into_result()?;
    let (organisation, member) = (cx.organisation()?, cx.member()?);
    let work = cx.begin(Action::CommentIndicator, Relation::Coalition).await?;
    super::row(&work.tx, id).await?;
    indicator_comment::ActiveModel {
        id: Set(cx.ids.ordered()),
        indicator_version_id: Set(id.0),
        member_id: Set(member.0),
        organisation_id: Set(organisation.0),
        words: Set(words),
        at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "indicator_comment", Some(id.0)).await?;
    Ok(id)
}

/// A position.
#[derive(Debug, Clone, Default)]
pub struct Take {
    /// Code of the stance.
    pub stance: String,
    /// Why; required for a dissent.
    pub reason: String,
}

/// Takes a position for the asking manager's organisation, while the version is proposed.
pub async fn take_position(cx: &Cx<'_>, id: IndicatorVersionId, input: Take) -> Result<IndicatorVersionId, AppError> {
    let mut errors = FieldErrors::new();
    let stance = errors.code(
        "stance",
        Stance::parse(&input.stance),
        "Choose what your organisation says",
    );
    if stance == Some(Stance::Dissent) {
        errors.required("reason", &input.reason, "Say why your organisation dissents");
    }
    errors.into_result()?;
    let (organisation, member) = (cx.organisation()?, cx.member()?);
    let work = cx.begin(Action::PositionIndicator, Relation::OwnOrganisation).await?;
    require_proposed(&super::row(&work.tx, id).await?)?;
    let position = indicator_position::ActiveModel {
        indicator_version_id: Set(id.0),
        organisation_id: Set(organisation.0),
        stance: Set(input.stance),
        reason: Set(input.reason.trim().to_owned()),
        member_id: Set(member.0),
        at: Set(cx.now.0),
    };
    indicator_position::Entity::insert(position)
        .on_conflict(
            OnConflict::columns([
                indicator_position::Column::IndicatorVersionId,
                indicator_position::Column::OrganisationId,
            ])
            .update_columns([
                indicator_position::Column::Stance,
                indicator_position::Column::Reason,
                indicator_position::Column::MemberId,
                indicator_position::Column::At,
            ])
            .to_owned(),
        )
        .exec_without_returning(&work.tx)
        .await?;
    work.finish(cx, "indicator_position", Some(id.0)).await?;
    Ok(id)
}

/// Closes the agreement: the version is agreed, or withdrawn. Coordinators only; every position and
/// every silence stays on record.
pub async fn close(cx: &Cx<'_>, id: IndicatorVersionId, state: IndicatorState) -> Result<IndicatorVersionId, AppError> {
    if state == IndicatorState::Proposed {
        return Err(AppError::Refused(
            "choose whether the version is agreed or withdrawn".into(),
        ));
    }
    let work = cx.begin(Action::AgreeIndicator, Relation::Coalition).await?;
    let row = super::row(&work.tx, id).await?;
    require_proposed(&row)?;
    let mut row: indicator_version::ActiveModel = row.into();
    row.state = Set(state.code().to_owned());
    row.update(&work.tx).await?;
    work.finish(cx, "indicator_version", Some(id.0)).await?;
    Ok(id)
}
