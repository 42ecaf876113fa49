//! What a coordinator does with an answer: writes a redacted copy, sets it aside, erases it; and how whoever sent it
//! erases it themselves.

use access::anonymous;
use access::key::{COALITION, person};
use domain::call::{AnswerState, SetAsideReason};
use domain::ids::AnswerId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::draft;
use store::row::call_answer;
use store::{AppError, Cx, Db, FieldErrors};

use super::unseal::key_of;
use super::{REDACTION, Receipt, identity, row_of};

/// The longest redacted copy, in characters: it becomes the summary of an item of evidence.
const LONGEST: usize = 20_000;

/// Keeps a redacted copy of an answer, sealed like the answer until someone else approves it. It takes the place
/// of the copy before it, whoever wrote that.
pub async fn redact(cx: &Cx<'_>, id: AnswerId, text: &str) -> Result<(), AppError> {
    cx.permit(Action::ModerateAnswers, Relation::Coalition)?;
    let mut errors = FieldErrors::new();
    let text = errors.required("redaction", text, "Write the redacted copy");
    if text.chars().count() > LONGEST {
        errors.add("redaction", format!("Use at most {LONGEST} characters"));
    }
    errors.into_result()?;
    let row = row_of(cx.db.reader(), id).await?;
    let key = key_of(cx, &row).await?;
    let work = cx.begin(Action::ModerateAnswers, Relation::Coalition).await?;
    let row = row_of(&work.tx, id).await?;
    still_open(&row)?;
    let number = row.redaction_number + 1;
    let mut row: call_answer::ActiveModel = row.into();
    row.sealed_redaction = Set(Some(key.seal(&identity(id.0, REDACTION), text.as_bytes())));
    row.redaction_number = Set(number);
    row.redacted_by_id = Set(Some(cx.member()?.0));
    row.state = Set(AnswerState::Reading.code().to_owned());
    row.set_aside_for = Set(None);
    row.update(&work.tx).await?;
    work.finish(cx, "call_answer", Some(id.0)).await
}

/// Refuses what would change an answer after it became evidence.
fn still_open(row: &call_answer::Model) -> Result<(), AppError> {
    if row.state == AnswerState::Recorded.code() {
        return Err(AppError::Refused(
            "This answer is evidence already: amend the item of evidence instead".into(),
        ));
    }
    Ok(())
}

/// Sets an answer aside, for a reason from the list. A redacted copy brings it back.
pub async fn set_aside(cx: &Cx<'_>, id: AnswerId, reason: &str) -> Result<(), AppError> {
    cx.permit(Action::ModerateAnswers, Relation::Coalition)?;
    let mut errors = FieldErrors::new();
    let reason = errors.code("reason", SetAsideReason::parse(reason), "Choose why it is set aside");
    errors.into_result()?;
    let work = cx.begin(Action::ModerateAnswers, Relation::Coalition).await?;
    let row = row_of(&work.tx, id).await?;
    still_open(&row)?;
    let mut row: call_answer::ActiveModel = row.into();
    row.state = Set(AnswerState::SetAside.code().to_owned());
    row.set_aside_for = Set(reason.map(|reason| reason.code().to_owned()));
    row.update(&work.tx).await?;
    work.finish(cx, "call_answer", Some(id.0)).await
}

/// Erases an answer for good: its key first, so that no backup of the records gives it back, then the row.
/// Evidence that was made of it stays, since it holds the redacted copy alone.
pub async fn erase(cx: &Cx<'_>, id: AnswerId) -> Result<(), AppError> {
    cx.permit(Action::EraseAnswer, Relation::Coalition)?;
    let row = row_of(cx.db.reader(), id).await?;
    let who = (Action::EraseAnswer, Relation::Coalition);
    let work = anonymous::begin_erasing(cx, who, (COALITION, row.person_key_id)).await?;
    remove(&work.tx, &row).await?;
    work.finish(cx, "call_answer", Some(id.0)).await
}

/// Removes an answer, and what was half typed about it.
async fn remove(tx: &impl ConnectionTrait, row: &call_answer::Model) -> Result<(), AppError> {
    draft::forget_under(tx, &format!("/calls/{}/answers/{}", row.call_id, row.id)).await?;
    call_answer::Entity::delete_by_id(row.id).exec(tx).await?;
    Ok(())
}

/// Removes answers whose key was erased, where the erasing was cut off before they went. Run at start-up; what is
/// left of them opens for nobody.
pub async fn complete(db: &Db) -> Result<(), AppError> {
    let erased = person::erased(db).await?;
    let tx = db.begin().await?;
    // SQLite takes some 32,000 variables in one statement.
    for keys in erased.chunks(10_000) {
        let left = call_answer::Entity::find()
            .filter(call_answer::Column::PersonKeyId.is_in(keys.iter().copied()))
            .all(&tx)
            .await?;
        for row in &left {
            remove(&tx, row).await?;
        }
    }
    tx.commit().await.map_err(AppError::from)
}

/// Erases an answer for whoever has its receipt, as [`erase`] does. `false` when there is none. Nobody is written
/// down but the call.
pub async fn withdraw(cx: &Cx<'_>, receipt: &Receipt) -> Result<bool, AppError> {
    let cx = &cx.as_nobody();
    let row = call_answer::Entity::find()
        .filter(call_answer::Column::ReceiptHash.eq(receipt.hash()))
        .one(cx.db.reader())
        .await?;
    let Some(row) = row else { return Ok(false) };
    let who = (Action::WithdrawAnswer, Relation::Coalition);
    let work = anonymous::begin_erasing(cx, who, (COALITION, row.person_key_id)).await?;
    remove(&work.tx, &row).await?;
    work.finish(cx, "call", Some(row.call_id)).await?;
    Ok(true)
}
