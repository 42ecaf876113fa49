//! Amending a claim: to put right what was copied wrongly, never to answer what the state said.
//!
//! No figure rests on a claim, so all that it says may be put right. Editions froze their own copy and keep it.

use domain::ids::ClaimId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QuerySelect};
use store::row::claim;
use store::{AppError, Cx};

use super::record::{Record, check};

/// A claim as it shall be from now on.
#[derive(Debug, Clone, Default)]
pub struct Amend {
    /// Everything it says; `is_invented` stays as recorded.
    pub record: Record,
    /// The revision that was read before it was amended.
    pub revision: i32,
}

/// Amends a claim. Coordinators, contributors and assessors. [`AppError::Conflict`] when someone else changed it since
/// `revision` was read.
pub async fn amend(cx: &Cx<'_>, id: ClaimId, input: Amend) -> Result<ClaimId, AppError> {
    let checked = check(cx, &input.record)?;
    let work = cx.begin(Action::AmendClaim, Relation::Coalition).await?;
    // Held until the end, so that of two who amend at once the second sees the first one's revision.
    let row = claim::Entity::find_by_id(id.0)
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("claim"))?;
    if row.revision != input.revision {
        return Err(AppError::Conflict("claim"));
    }
    checked.linked_exist(&work.tx).await?;
    claim::ActiveModel {
        id: Set(id.0),
        revision: Set(row.revision + 1),
        ..checked.columns()
    }
    .update(&work.tx)
    .await?;
    work.finish(cx, "claim", Some(id.0)).await?;
    Ok(id)
}
