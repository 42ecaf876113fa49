//! Forgetting a person: the key of everything about them is destroyed first, then the records, which are noise by then.

use access::key::person as key;
use domain::permission::Action;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::person;
use store::{AppError, Cx, Db};
use uuid::Uuid;

use crate::case;

/// Erases everything kept of the person of a case: their cases, events and all that hangs on them. Needs no key, so that
/// whoever lost it can still keep the promise.
pub async fn forget(cx: &Cx<'_>, case: Uuid) -> Result<(), AppError> {
    let (row, relation) = case::sealed(cx, case, Action::ForgetPerson).await?;
    let person = person::Entity::find_by_id(row.person_id)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("case"))?;
    key::erase(cx, row.organisation_id, &[person.person_key_id]).await?;
    let work = cx.begin(Action::ForgetPerson, relation).await?;
    case::bump(&work.tx, row.organisation_id).await?;
    person::Entity::delete_by_id(person.id).exec(&work.tx).await?;
    work.finish(cx, "person", Some(person.id)).await
}

/// Removes the records that an erasure left behind when it was cut off after the key was gone. At start-up, and after a
/// restore.
pub async fn complete(db: &Db) -> Result<(), AppError> {
    for keys in key::erased(db).await?.chunks(10_000) {
        let left = person::Entity::find()
            .filter(person::Column::PersonKeyId.is_in(keys.iter().copied()))
            .all(db.reader())
            .await?;
        if left.is_empty() {
            continue;
        }
        let tx = db.begin().await?;
        for row in left {
            case::bump(&tx, row.organisation_id).await?;
            person::Entity::delete_by_id(row.id).exec(&tx).await?;
        }
        tx.commit().await.map_err(AppError::from)?;
    }
    Ok(())
}
