//! Drafts: what a member has typed and not yet sent, so that nothing is lost to a time-out.

use domain::permission::{Action, Relation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

use crate::error::AppError;
use crate::row::draft;
use crate::work::Cx;

/// The longest draft kept, in bytes.
const MAX_BYTES: usize = 512 * 1024;

/// Keeps the draft of a form, replacing the one before. `form` is the form's address.
pub async fn save(cx: &Cx<'_>, form: &str, body: &str) -> Result<(), AppError> {
    if body.len() > MAX_BYTES {
        return Err(AppError::Refused(
            "this draft is too long to keep: save the form itself".into(),
        ));
    }
    let member = cx.member()?;
    let work = cx.begin(Action::SaveDraft, Relation::Coalition).await?;
    draft::Entity::insert(draft::ActiveModel {
        member_id: Set(member.0),
        form: Set(form.to_owned()),
        body: Set(body.to_owned()),
        saved_at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::columns([draft::Column::MemberId, draft::Column::Form])
            .update_columns([draft::Column::Body, draft::Column::SavedAt])
            .to_owned(),
    )
    .exec_without_returning(&work.tx)
    .await?;
    // Drafts are not acts on the audit's records, but every write leaves its row.
    work.finish(cx, "draft", None).await
}

/// The draft of a form, if the member left one.
pub async fn find(cx: &Cx<'_>, form: &str) -> Result<Option<String>, AppError> {
    let Some(member) = cx.actor.member else { return Ok(None) };
    Ok(draft::Entity::find_by_id((member.0, form.to_owned()))
        .one(cx.db.reader())
        .await?
        .map(|row| row.body))
}

/// Forgets the draft of a form; called in the transaction of the command that the form became.
pub async fn clear(tx: &impl sea_orm::ConnectionTrait, member: Uuid, form: &str) -> Result<(), AppError> {
    draft::Entity::delete_by_id((member, form.to_owned())).exec(tx).await?;
    Ok(())
}
