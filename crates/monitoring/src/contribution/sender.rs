//! Whose a contribution is that waits: a coordinator compares the fingerprint by voice and says so, or refuses what came under
//! another; of a file without a signature, or under another key than the one that was confirmed, a second coordinator does.

use access::key::{self, COALITION};
use domain::ids::ReceivedId;
use domain::permission::{Action, Relation};
use domain::received::ReceivedState;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{received_contribution, sender_key};
use store::{AppError, Cx};
use uuid::Uuid;

use super::receive::{before, end, sent_before};

/// Says that a waiting contribution is its organisation's, so that it counts from now on and replaces what counted. Of a signed
/// one, the key is theirs: what else waits under that key counts too, in every cycle, and a key confirmed before is given up.
/// One without a signature, or under a key that takes the place of another, is confirmed by a coordinator who did not take it in.
/// Refused where a newer one counts already.
pub async fn confirm(cx: &Cx<'_>, id: ReceivedId) -> Result<(), AppError> {
    let work = cx.begin(Action::ReceiveContribution, Relation::Coalition).await?;
    let row = waiting(&work.tx, id).await?;
    let mut keys = count(cx, &work.tx, &row).await?;
    let Some(signer) = row.signing_key.clone() else {
        is_second(cx, &row)?;
        work.finish(cx, "received_contribution", Some(row.id)).await?;
        return key::person::erase(cx, COALITION, &keys).await;
    };
    let known = sender_key::Entity::find_by_id(row.organisation_id)
        .one(&work.tx)
        .await?;
    if known.is_some() {
        is_second(cx, &row)?;
    }
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
    let others = received_contribution::Entity::find()
        .filter(received_contribution::Column::OrganisationId.eq(row.organisation_id))
        .filter(received_contribution::Column::SigningKey.eq(signer))
        .filter(received_contribution::Column::State.eq(ReceivedState::Waiting.code()))
        .order_by_asc(received_contribution::Column::Number)
        .all(&work.tx)
        .await?;
    for other in others {
        match count(cx, &work.tx, &other).await {
            Ok(more) => keys.extend(more),
            // It goes on waiting, until a coordinator refuses it.
            Err(AppError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    work.finish(cx, "sender_key", Some(row.organisation_id)).await?;
    key::person::erase(cx, COALITION, &keys).await
}

/// Lets a waiting contribution count in place of what it replaces, and gives the keys of that. Never in place of a newer one.
async fn count(
    cx: &Cx<'_>,
    tx: &impl ConnectionTrait,
    row: &received_contribution::Model,
) -> Result<Vec<Uuid>, AppError> {
    let all = sent_before(tx, row.cycle_id, row.organisation_id).await?;
    let is_newer = |other: &&received_contribution::Model| {
        other.state == ReceivedState::Current.code()
            && (other.number > row.number || other.received_at > row.received_at)
    };
    if let Some(newer) = all.iter().find(is_newer) {
        return Err(AppError::Refused(format!(
            "contribution no. {} came later and counts already: refuse no. {}. If it is the right one all the same, the \
             organisation makes it anew under a higher number and sends it again",
            newer.number, row.number
        )));
    }
    let keys = end(cx, tx, before(all, row.number), ReceivedState::Replaced).await?;
    received_contribution::Entity::update_many()
        .col_expr(
            received_contribution::Column::State,
            Expr::value(ReceivedState::Current.code()),
        )
        .filter(received_contribution::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(keys)
}

/// Refuses whoever took in a file that nothing known vouches for: two people must say that it is the organisation's.
fn is_second(cx: &Cx<'_>, row: &received_contribution::Model) -> Result<(), AppError> {
    if row.member_id != cx.member()?.0 {
        return Ok(());
    }
    Err(AppError::Refused(
        "you took this file in yourself: another coordinator asks the organisation whether it is theirs, and confirms it. Where \
         there is no other, give a second person the role coordinator, or have the organisation sign its file with the key that was \
         confirmed before"
            .to_owned(),
    ))
}

/// Refuses a waiting contribution that is not its organisation's, or whose fingerprint is not the one that they read out, and
/// erases it.
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
