//! Recording an item.

use domain::ids::EvidenceId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};
use store::row::evidence;
use store::{AppError, Cx};
use uuid::Uuid;

use super::input::{Checked, Record, check};

/// Records an item for the member's own organisation: everyone but observers and publishers.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<EvidenceId, AppError> {
    cx.permit(Action::RecordEvidence, Relation::Coalition)?;
    let checked = check(cx, input, 0, None).await?;
    let work = cx.begin(Action::RecordEvidence, Relation::Coalition).await?;
    let id = insert_record(&work.tx, cx, checked, cx.member()?.0).await?;
    work.finish(cx, "evidence", Some(id.0)).await?;
    Ok(id)
}

/// The checks of a new item alone, for what becomes one later.
pub(crate) async fn check_record(cx: &Cx<'_>, input: &Record) -> Result<Checked, AppError> {
    check(cx, input.clone(), 0, None).await
}

/// Writes a new item of the member's own organisation, recorded by one of its members.
pub(crate) async fn insert_record(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    checked: Checked,
    member: Uuid,
) -> Result<EvidenceId, AppError> {
    let id = cx.ids.ordered();
    let row = evidence::ActiveModel {
        id: Set(id),
        organisation_id: Set(cx.organisation()?.0),
        member_id: Set(member),
        is_invented: Set(checked.is_invented()),
        revision: Set(1),
        recorded_at: Set(cx.now.0),
        ..checked.columns()
    };
    row.insert(tx).await?;
    checked.write(tx, cx, id, Vec::new()).await?;
    Ok(EvidenceId(id))
}
