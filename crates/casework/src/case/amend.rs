//! Amending what a case is: the day since which a person is supported, the nation whose days count.

use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QuerySelect};
use store::row::support_case;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{About, about, history, hold, refresh, unseal};
use crate::event::check_beginning;

/// Amends what a case is. Support cannot be said to have begun later where outcomes would come too early for their time by that.
/// [`AppError::Conflict`] when someone else changed it since `revision` was read.
pub async fn amend(cx: &Cx<'_>, id: Uuid, input: About, revision: i32) -> Result<Uuid, AppError> {
    let of = unseal(cx, id, Action::AmendCase).await?;
    let mut errors = FieldErrors::new();
    input.check(cx.now.british_day(), of.who()?.identity.born_year(), &mut errors);
    errors.into_result()?;
    let work = cx.begin(Action::AmendCase, of.relation).await?;
    let counter = hold(&work.tx, &of.row).await?;
    // Held until the end, so that of two who amend at once the second sees the first one's revision.
    let row = support_case::Entity::find_by_id(id)
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("case"))?;
    if row.revision != revision {
        return Err(AppError::Conflict("case"));
    }
    let before: About = of.read(&about(id), &row.sealed_about)?;
    if before.opened_on < input.opened_on {
        let mut errors = FieldErrors::new();
        check_beginning(input.opened_on, &history(&work.tx, &of).await?, &mut errors);
        errors.into_result()?;
    }
    support_case::ActiveModel {
        id: Set(id),
        sealed_about: Set(of.seal(&about(id), &input)?),
        revision: Set(revision + 1),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    refresh(&work.tx, cx, &of, counter).await?;
    work.finish(cx, "support_case", Some(id)).await?;
    Ok(id)
}
