//! Counting anew what a list shows, where it was counted by other rules: after a correction of lengths or bank holidays,
//! after an update of the program, and where a window has passed.

use domain::permission::Action;
use store::{AppError, Cx};
use uuid::Uuid;

use super::{hold, refresh, unseal};

/// Counts cases anew, each in a transaction of its own; its opening is in the log like any other. What is written changes
/// no record: it follows from what is there.
pub(super) async fn recount(cx: &Cx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    for id in ids {
        match one(cx, *id).await {
            // Forgotten, or given to someone else, since the list was read.
            Ok(()) | Err(AppError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn one(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    let of = unseal(cx, id, Action::ReadCase).await?;
    let tx = cx.db.begin().await?;
    let counter = hold(&tx, &of.row).await?;
    refresh(&tx, cx, &of, counter).await?;
    tx.commit().await?;
    Ok(())
}
