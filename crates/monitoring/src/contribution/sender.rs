//! Whose signing key is whose: a coordinator compares the fingerprint by voice and says so, or refuses what came under another.

use access::key::{self, COALITION};
use domain::ids::ReceivedId;
use domain::permission::{Action, Relation};
use domain::received::ReceivedState;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{received_contribution, sender_key};
use store::{AppError, Cx};

use super::receive::{before, end};

/// Says that the key which signed a waiting contribution is its organisation's: what waits under that key counts from now on, in
/// every cycle, and replaces what counted. A key confirmed before is given up.
pub async fn confirm(cx: &Cx<'_>, id: ReceivedId) -> Result<(), AppError> {
    let work = cx.begin(Action::ReceiveContribution, Relation::Coalition).await?;
    let row = waiting(&work.tx, id).await?;
    let signer = row.signing_key.clone().ok_or(AppError::NotFound("signing key"))?;
    let known = sender_key::Entity::find_by_id(row.organisation_id)
        .one(&work.tx)
        .await?;
    let changed = sender_key::ActiveModel {
        organisation_id: Set(row.organisation_id),
        public_key: Set(signer.clone()),
        member_id: Set(cx.member()?.0),
        confirmed_at: Set(cx.now.0),
    };
    if known.is_some() {
        changed.update(&work.tx).await?;
    } else {
        changed.insert(&work.tx).await?;
    }
    let waiting = received_contribution::Entity::find()
        .filter(received_contribution::Column::OrganisationId.eq(row.organisation_id))
        .filter(received_contribution::Column::SigningKey.eq(signer))
        .filter(received_contribution::Column::State.eq(ReceivedState::Waiting.code()))
        .order_by_asc(received_contribution::Column::Number)
        .all(&work.tx)
        .await?;
    let mut keys = Vec::new();
    for row in waiting {
        let replaced = before(&work.tx, row.cycle_id, row.organisation_id, row.number, true).await?;
        keys.extend(end(cx, &work.tx, replaced, ReceivedState::Replaced).await?);
        received_contribution::Entity::update_many()
            .col_expr(
                received_contribution::Column::State,
                Expr::value(ReceivedState::Current.code()),
            )
            .filter(received_contribution::Column::Id.eq(row.id))
            .exec(&work.tx)
            .await?;
    }
    work.finish(cx, "sender_key", Some(row.organisation_id)).await?;
    key::person::erase(cx, COALITION, &keys).await
}

/// Refuses a waiting contribution, whose fingerprint is not the one that its organisation read out, and erases it.
pub async fn refuse(cx: &Cx<'_>, id: ReceivedId) -> Result<(), AppError> {
    let work = cx.begin(Action::ReceiveContribution, Relation::Coalition).await?;
    let row = waiting(&work.tx, id).await?;
    let record = row.id;
    let keys = end(cx, &work.tx, vec![row], ReceivedState::Refused).await?;
    work.finish(cx, "received_contribution", Some(record)).await?;
    key::person::erase(cx, COALITION, &keys).await
}

async fn waiting(tx: &impl ConnectionTrait, id: ReceivedId) -> Result<received_contribution::Model, AppError> {
    let row = received_contribution::Entity::find_by_id(id.0)
        .one(tx)
        .await?
        .ok_or(AppError::NotFound("contribution"))?;
    if row.state == ReceivedState::Waiting.code() {
        return Ok(row);
    }
    Err(AppError::Refused(
        "this contribution does not wait any more: open the page again to see what became of it".to_owned(),
    ))
}
