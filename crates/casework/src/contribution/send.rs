//! Sending an approved contribution: its file is taken, and then it is marked as sent, which replaces the one before.

use access::key;
use domain::contribution::ContributionState;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::envelope::Envelope;
use store::row::contribution;
use store::{AppError, Cx};
use uuid::Uuid;

use super::decide::gone_since;
use super::kept::{end, own, state, unseal};
use crate::case::{self, Caseload};

/// The file of a contribution that was approved, or sent and not replaced. Not while somebody in it does not agree to being
/// counted, or was forgotten.
pub async fn file(cx: &Cx<'_>, caseload: &Caseload, id: Uuid) -> Result<Envelope, AppError> {
    let row = own(cx, id, Action::SendContribution).await?;
    let Some(bytes) = row.file.clone() else {
        return Err(AppError::Refused(
            "there is no file of this contribution: it was not approved, or it was replaced".into(),
        ));
    };
    let opener = key::opener(cx, row.organisation_id).await?;
    let of = unseal(cx, &opener, row).await?;
    if !of.is_within(&case::agreed(cx, caseload).await?)? {
        return Err(gone_since());
    }
    Envelope::read(bytes).map_err(|error| AppError::Internal(error.into()))
}

/// Says that the file left. Whatever was sent to the cycle before is replaced, and what it held is destroyed here. Sent
/// twice, it is sent once.
pub async fn sent(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    let row = own(cx, id, Action::SendContribution).await?;
    if state(&row)? == ContributionState::Sent {
        return Ok(());
    }
    let work = cx.begin(Action::SendContribution, Relation::OwnOrganisation).await?;
    let changed = contribution::Entity::update_many()
        .col_expr(contribution::Column::State, Expr::value(ContributionState::Sent.code()))
        .col_expr(contribution::Column::SentAt, Expr::value(Some(cx.now.0)))
        .filter(contribution::Column::Id.eq(id))
        .filter(contribution::Column::State.eq(ContributionState::Approved.code()))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(AppError::Conflict("contribution"));
    }
    let earlier = contribution::Entity::find()
        .filter(contribution::Column::OrganisationId.eq(row.organisation_id))
        .filter(contribution::Column::Cycle.eq(row.cycle.as_str()))
        .filter(
            contribution::Column::State
                .is_in([ContributionState::Sent, ContributionState::Approved].map(ContributionState::code)),
        )
        .filter(contribution::Column::Number.lt(row.number))
        .all(&work.tx)
        .await?;
    let gone = end(&work.tx, &earlier, ContributionState::Replaced).await?;
    work.finish(cx, "contribution", Some(id)).await?;
    key::person::erase(cx, row.organisation_id, &gone).await
}
