//! Forgetting a person: the key of everything about them is destroyed first, then the records, which are noise by then.

use std::collections::HashSet;

use access::key::person as key;
use domain::permission::Action;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use store::row::{person, support_case};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use crate::{case, feedback, referral};

/// Erases everything kept of the person of a case: their cases, events and all that hangs on them. Needs no key, so that
/// whoever lost it can still keep the promise.
pub async fn forget(cx: &Cx<'_>, case: Uuid) -> Result<(), AppError> {
    let (row, relation) = case::sealed(cx, case, Action::ForgetPerson).await?;
    let person = person::Entity::find_by_id(row.person_id)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("case"))?;
    referral::erase_copies(cx, person.id).await?;
    key::erase(cx, row.organisation_id, &[person.person_key_id]).await?;
    let work = cx.begin(Action::ForgetPerson, relation).await?;
    case::bump(&work.tx, row.organisation_id).await?;
    delete(&work.tx, person.id).await?;
    work.finish(cx, "person", Some(person.id)).await
}

/// Deletes a person with everything that hangs on them, and what members typed about them and did not send.
async fn delete(tx: &DatabaseTransaction, person: Uuid) -> Result<(), AppError> {
    let cases = support_case::Entity::find()
        .filter(support_case::Column::PersonId.eq(person))
        .all(tx)
        .await?;
    for case in cases {
        store::draft::forget_under(tx, &format!("/cases/{}", case.id)).await?;
        referral::forget(tx, case.id).await?;
    }
    person::Entity::delete_by_id(person).exec(tx).await?;
    Ok(())
}

/// The case that a draft's form is about.
fn case_of(form: &str) -> Option<Uuid> {
    form.strip_prefix("/cases/")?.split('/').next()?.parse().ok()
}

/// Removes drafts about cases that are gone: a page that was left open may send one after its case was forgotten.
async fn sweep_drafts(db: &Db) -> Result<(), AppError> {
    let forms = store::draft::under(db, "/cases/").await?;
    let about: HashSet<Uuid> = forms.iter().filter_map(|form| case_of(form)).collect();
    let about: Vec<Uuid> = about.into_iter().collect();
    for cases in about.chunks(10_000) {
        let there: Vec<Uuid> = support_case::Entity::find()
            .select_only()
            .column(support_case::Column::Id)
            .filter(support_case::Column::Id.is_in(cases.iter().copied()))
            .into_tuple()
            .all(db.reader())
            .await?;
        let there: HashSet<Uuid> = there.into_iter().collect();
        let tx = db.begin().await?;
        for gone in cases.iter().filter(|case| !there.contains(case)) {
            store::draft::forget_under(&tx, &format!("/cases/{gone}")).await?;
        }
        tx.commit().await.map_err(AppError::from)?;
    }
    Ok(())
}

/// Removes the records that an erasure left behind when it was cut off after the key was gone, copies of referrals and
/// feedback too, and drafts about cases that are gone. At start-up, and after a restore.
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
            delete(&tx, row.id).await?;
        }
        tx.commit().await.map_err(AppError::from)?;
    }
    referral::complete(db).await?;
    feedback::complete(db).await?;
    sweep_drafts(db).await
}
