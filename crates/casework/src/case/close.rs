//! Closing a case and opening it again. What happened stays; a closed case only leaves the day's list.

use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::support_case;
use store::{AppError, Cx};
use uuid::Uuid;

use super::{hold, sealed};

/// Closes a case.
pub async fn close(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    set(cx, id, false).await
}

/// Opens a closed case again.
pub async fn reopen(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    set(cx, id, true).await
}

async fn set(cx: &Cx<'_>, id: Uuid, is_open: bool) -> Result<Uuid, AppError> {
    let (row, relation) = sealed(cx, id, Action::AmendCase).await?;
    let work = cx.begin(Action::AmendCase, relation).await?;
    let counter = hold(&work.tx, &row).await?;
    support_case::ActiveModel {
        id: Set(id),
        is_open: Set(is_open),
        changed: Set(counter),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    work.finish(cx, "support_case", Some(id)).await?;
    Ok(id)
}
