//! Withdrawing a finding that its own authors no longer hold, before its cycle closes. What was published
//! already is withdrawn from the edition instead.

use domain::assessment::{FindingState, Verdict};
use domain::ids::FindingId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::{finding, finding_review};
use store::{AppError, Cx, FieldErrors};

/// What it takes to withdraw a finding.
#[derive(Debug, Clone, Default)]
pub struct Withdraw {
    /// Why; kept among the reviews.
    pub reason: String,
    /// The revision that was read.
    pub revision: i32,
}

/// Withdraws a finding: it is not printed, and stays where it was with the reason. Amending it makes it a
/// draft again.
pub async fn withdraw(cx: &Cx<'_>, id: FindingId, input: Withdraw) -> Result<FindingId, AppError> {
    let mut errors = FieldErrors::new();
    let reason = errors.required("reason", &input.reason, "Say why it is withdrawn");
    errors.into_result()?;
    let (organisation, member) = (cx.organisation()?, cx.member()?);
    let work = cx.begin(Action::WithdrawFinding, Relation::Coalition).await?;
    let row = super::row(&work.tx, id).await?;
    super::record::require_open(&work.tx, row.cycle_id).await?;
    if row.revision != input.revision {
        return Err(AppError::Conflict("finding"));
    }
    if row.state == FindingState::Withdrawn.code() {
        return Err(AppError::Refused("This finding is withdrawn already".into()));
    }
    // In place of what this member may have said of the same revision before.
    finding_review::Entity::delete_by_id((id.0, member.0, row.revision))
        .exec(&work.tx)
        .await?;
    finding_review::ActiveModel {
        finding_id: Set(id.0),
        member_id: Set(member.0),
        organisation_id: Set(organisation.0),
        revision: Set(row.revision),
        verdict: Set(Verdict::Withdraw.code().to_owned()),
        note: Set(reason),
        at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    let mut row: finding::ActiveModel = row.into();
    row.state = Set(FindingState::Withdrawn.code().to_owned());
    row.update(&work.tx).await?;
    work.finish(cx, "finding", Some(id.0)).await?;
    Ok(id)
}
