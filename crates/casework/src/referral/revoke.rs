//! Taking a referral back, reading why one went without consent, and what becomes of copies when a person is forgotten.

use access::key::person as key;
use domain::casework::ReferralState;
use domain::permission::Action;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
};
use store::row::{referral, referral_answer, support_case};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use super::open::{note_of, own};
use super::{note, steps_to};
use crate::case;

/// Takes back an offer that nobody has answered: the copy's key is destroyed, so that nobody can open it any more. A file
/// that went out cannot be called back; it only leaves the lists.
pub async fn revoke(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<Uuid, AppError> {
    let (row, relation) = case::sealed(cx, case, Action::RevokeReferral).await?;
    let work = cx.begin(Action::RevokeReferral, relation).await?;
    case::hold(&work.tx, &row).await?;
    let row = referral::Entity::find_by_id(id)
        .filter(referral::Column::CaseId.eq(case))
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("referral"))?;
    steps_to(&row, ReferralState::Revoked)?;
    // The ledger, the key, then the word that it is done.
    if let (Some(receiver), Some(key_id)) = (row.receiver_id, row.person_key_id) {
        key::erase(cx, receiver, &[key_id]).await?;
    }
    referral::ActiveModel {
        id: Set(id),
        state: Set(ReferralState::Revoked.code().to_owned()),
        ended_on: Set(Some(cx.now.british_day().iso())),
        person_key_id: Set(None),
        sealed_copy: Set(None),
        sealed_file: Set(None),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    work.finish(cx, "referral", Some(id)).await?;
    Ok(id)
}

/// Says that a supervisor has read why a person was referred who had not agreed. Not whoever sent it.
pub async fn review(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<Uuid, AppError> {
    let of = case::unseal(cx, case, Action::ReviewOverride).await?;
    let row = own(cx, &of, id).await?;
    let mut kept = note_of(&of, &row)?;
    let member = cx.member()?.0;
    if kept.by == member {
        return Err(AppError::Refused(
            "you sent this one yourself: another supervisor, or whoever stands in for one, has to read it".into(),
        ));
    }
    let Some(without) = kept.without.as_mut() else {
        return Err(AppError::NotFound("referral"));
    };
    if without.read.is_none() {
        without.read = Some((member, cx.now.british_day()));
    }
    let work = cx.begin(Action::ReviewOverride, of.relation).await?;
    case::hold(&work.tx, &of.row).await?;
    referral::ActiveModel {
        id: Set(id),
        must_review: Set(false),
        sealed_note: Set(Some(of.seal(&note(id, case), &kept)?)),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    work.finish(cx, "referral", Some(id)).await?;
    Ok(id)
}

/// Says that a member of the sender has read that it was accepted or refused, or what came of it: what is at its end leaves
/// their list.
pub async fn read_answer(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<Uuid, AppError> {
    let (row, relation) = case::sealed(cx, case, Action::ReadAnswer).await?;
    let work = cx.begin(Action::ReadAnswer, relation).await?;
    case::hold(&work.tx, &row).await?;
    let read = referral::Entity::update_many()
        .col_expr(referral::Column::HasNews, Expr::value(false))
        .filter(referral::Column::Id.eq(id))
        .filter(referral::Column::CaseId.eq(case))
        .exec(&work.tx)
        .await?;
    if read.rows_affected == 0 {
        return Err(AppError::NotFound("referral"));
    }
    work.finish(cx, "referral", Some(id)).await?;
    Ok(id)
}

/// Destroys the keys of what was sent of a person and not answered yet, and of what was answered about them. Called before
/// their own key is destroyed. Who may has been asked.
pub(crate) async fn erase_copies(cx: &Cx<'_>, person: Uuid) -> Result<(), AppError> {
    let db = cx.db.reader();
    let cases: Vec<Uuid> = support_case::Entity::find()
        .filter(support_case::Column::PersonId.eq(person))
        .select_only()
        .column(support_case::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let rows = referral::Entity::find()
        .filter(referral::Column::CaseId.is_in(cases))
        .all(db)
        .await?;
    for row in &rows {
        if let (Some(receiver), Some(key_id)) = (row.receiver_id, row.person_key_id) {
            key::erase(cx, receiver, &[key_id]).await?;
        }
        let answers: Vec<Uuid> = referral_answer::Entity::find()
            .filter(referral_answer::Column::ReferralId.eq(row.id))
            .select_only()
            .column(referral_answer::Column::PersonKeyId)
            .into_tuple()
            .all(db)
            .await?;
        if !answers.is_empty() {
            key::erase(cx, row.sender_id, &answers).await?;
        }
    }
    Ok(())
}

/// What stays of the referrals of a case that is deleted: who sent to whom, how far it came, and when. What nobody had
/// answered is taken back; what was sealed of it is noise by now and goes.
pub(crate) async fn forget(tx: &DatabaseTransaction, case: Uuid) -> Result<(), AppError> {
    let rows = referral::Entity::find()
        .filter(referral::Column::CaseId.eq(case))
        .all(tx)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    referral_answer::Entity::delete_many()
        .filter(referral_answer::Column::ReferralId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    referral::Entity::update_many()
        .col_expr(referral::Column::State, Expr::value(ReferralState::Revoked.code()))
        .filter(referral::Column::Id.is_in(ids.iter().copied()))
        .filter(referral::Column::State.eq(ReferralState::Offered.code()))
        .exec(tx)
        .await?;
    for id in ids {
        referral::ActiveModel {
            id: Set(id),
            must_review: Set(false),
            has_news: Set(false),
            person_key_id: Set(None),
            sealed_note: Set(None),
            sealed_copy: Set(None),
            sealed_file: Set(None),
            ..Default::default()
        }
        .update(tx)
        .await?;
    }
    Ok(())
}

/// Takes back offers whose copy's key an erasure destroyed before it was cut off: nobody can open them any more.
pub(crate) async fn complete(db: &Db) -> Result<(), AppError> {
    for keys in key::erased(db).await?.chunks(10_000) {
        let tx = db.begin().await?;
        referral::Entity::update_many()
            .col_expr(referral::Column::State, Expr::value(ReferralState::Revoked.code()))
            .col_expr(referral::Column::SealedCopy, Expr::value(None::<Vec<u8>>))
            .filter(referral::Column::PersonKeyId.is_in(keys.iter().copied()))
            .filter(referral::Column::State.eq(ReferralState::Offered.code()))
            .exec(&tx)
            .await?;
        tx.commit().await.map_err(AppError::from)?;
    }
    Ok(())
}
