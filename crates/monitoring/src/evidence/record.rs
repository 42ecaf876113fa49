//! Recording an item.

use domain::ids::EvidenceId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::evidence;
use store::{AppError, Cx};

use super::input::{Record, check};

/// Records an item for the member's own organisation: everyone but observers and publishers.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<EvidenceId, AppError> {
    cx.permit(Action::RecordEvidence, Relation::Coalition)?;
    let is_invented = input.is_invented;
    let checked = check(cx, input, 0, None).await?;
    let work = cx.begin(Action::RecordEvidence, Relation::Coalition).await?;
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
    row.insert(&work.tx).await?;
    checked.write(&work.tx, cx, id, Vec::new()).await?;
    work.finish(cx, "evidence", Some(id)).await?;
    Ok(EvidenceId(id))
}
