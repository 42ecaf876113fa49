//! Recording an item.

use domain::ids::EvidenceId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};
use store::row::evidence;
use store::{AppError, Cx};

use super::input::{Checked, Record, check};

/// Records an item for the member's own organisation: everyone but observers and publishers.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<EvidenceId, AppError> {
    let prepared = prepare(cx, input).await?;
    let work = cx.begin(Action::RecordEvidence, Relation::Coalition).await?;
    let id = insert(&work.tx, cx, prepared).await?;
    work.finish(cx, "evidence", Some(id.0)).await?;
    Ok(id)
}

/// An item that may be recorded: what a command needs that records one within its own transaction.
pub(crate) struct Prepared {
    checked: Checked,
    is_invented: bool,
}

/// Checks who may, and what was typed.
pub(crate) async fn prepare(cx: &Cx<'_>, input: Record) -> Result<Prepared, AppError> {
    cx.permit(Action::RecordEvidence, Relation::Coalition)?;
    let is_invented = input.is_invented;
    let checked = check(cx, input, 0, None).await?;
    Ok(Prepared { checked, is_invented })
}

/// Writes a prepared item; the caller logs it.
pub(crate) async fn insert(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    Prepared { checked, is_invented }: Prepared,
) -> Result<EvidenceId, AppError> {
    let id = cx.ids.ordered();
    let row = evidence::ActiveModel {
        id: Set(id),
        organisation_id: Set(cx.organisation()?.0),
        member_id: Set(cx.member()?.0),
        is_invented: Set(is_invented),
        revision: Set(1),
        recorded_at: Set(cx.now.0),
        ..checked.columns()
    };
    row.insert(tx).await?;
    checked.write(tx, cx, id, Vec::new()).await?;
    Ok(EvidenceId(id))
}
