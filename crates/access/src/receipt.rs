//! Receipts of checkpoints, for those who speak for an organisation: each its own, and the
//! coordinators the coalition's too. A receipt holds a salt, so nobody gets another's.

use domain::ids::OrganisationId;
use domain::permission::{Action, Relation};
use store::checkpoint::{self, Receipt};
use store::row::checkpoint::Model as Checkpoint;
use store::{AppError, Cx, chain};

/// Whose chain a receipt is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The member's own organisation's.
    Own,
    /// The coalition's: acts of nobody and of the program itself.
    Coalition,
}

/// Every checkpoint, newest first. What they print is for everyone, so every member may see them.
pub async fn checkpoints(cx: &Cx<'_>) -> Result<Vec<Checkpoint>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    checkpoint::list(cx.db.reader()).await
}

/// The receipt of a checkpoint. Giving one out is an export, and leaves its row.
pub async fn take(cx: &Cx<'_>, number: i32, whose: Whose) -> Result<Receipt, AppError> {
    let (relation, chain) = match whose {
        Whose::Own => (
            Relation::OwnOrganisation,
            cx.organisation().map(|OrganisationId(id)| id)?,
        ),
        Whose::Coalition => (Relation::Coalition, chain::COALITION),
    };
    cx.permit(Action::TakeReceipt, relation)?;
    let receipt = checkpoint::receipt(cx.db.reader(), number, chain).await?;
    cx.disclose(Action::TakeReceipt, relation, "receipt", &[chain]).await?;
    Ok(receipt)
}
