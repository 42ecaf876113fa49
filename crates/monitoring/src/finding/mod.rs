//! Findings: claims by the audit, with a standard of proof, evidence for and against, a right of
//! reply, and two reviewers of different organisations.

mod read;
mod record;
mod reply;
mod review;
mod withdraw;

#[cfg(test)]
mod tests;

use domain::ids::{CycleId, FindingId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{finding, finding_evidence, finding_review, reply as reply_row};
use store::{AppError, Cx};

pub use read::{Asked, Line, Read, Reviewed, lines, read};
pub use record::{Amend, Record, amend, record};
pub use reply::{Answer, Send, answer, send};
pub use review::{Requirement, Review, missing, review};
pub use withdraw::{Withdraw, withdraw};

/// A finding with everything around it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The row.
    pub row: finding::Model,
    /// Evidence for and against.
    pub evidence: Vec<finding_evidence::Model>,
    /// Reviews, oldest first.
    pub reviews: Vec<finding_review::Model>,
    /// Rights of reply.
    pub replies: Vec<reply_row::Model>,
}

/// Reads one finding.
pub async fn get(cx: &Cx<'_>, id: FindingId) -> Result<Finding, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let row = row(db, id).await?;
    Ok(Finding {
        evidence: finding_evidence::Entity::find()
            .filter(finding_evidence::Column::FindingId.eq(id.0))
            .all(db)
            .await?,
        reviews: finding_review::Entity::find()
            .filter(finding_review::Column::FindingId.eq(id.0))
            .order_by_asc(finding_review::Column::At)
            .all(db)
            .await?,
        replies: reply_row::Entity::find()
            .filter(reply_row::Column::FindingId.eq(id.0))
            .order_by_asc(reply_row::Column::SentOn)
            .all(db)
            .await?,
        row,
    })
}

/// The findings of a cycle, in the order they were recorded.
pub async fn list(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<finding::Model>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    Ok(finding::Entity::find()
        .filter(finding::Column::CycleId.eq(cycle.0))
        .order_by_asc(finding::Column::RecordedAt)
        .order_by_asc(finding::Column::Id)
        .all(cx.db.reader())
        .await?)
}

/// The findings about a provision, newest first. One query.
pub async fn of_provision(cx: &Cx<'_>, provision: ProvisionId) -> Result<Vec<finding::Model>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    Ok(finding::Entity::find()
        .filter(finding::Column::ProvisionId.eq(provision.0))
        .order_by_desc(finding::Column::RecordedAt)
        .order_by_desc(finding::Column::Id)
        .all(cx.db.reader())
        .await?)
}

/// The row, for commands.
pub(crate) async fn row(db: &impl ConnectionTrait, id: FindingId) -> Result<finding::Model, AppError> {
    finding::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("finding"))
}
