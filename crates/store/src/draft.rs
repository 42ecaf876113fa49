//! Drafts: what a member has typed and not yet sent, so that nothing is lost to a time-out.
//!
//! A draft is sealed to the member's own public key: it can be kept when their session has just run out, and
//! read only in a session of theirs.

use std::collections::HashSet;
use std::fmt::Write as _;

use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait as _, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::db::Db;
use crate::error::AppError;
use crate::row::{draft, member_key};
use crate::seal::{Identity, PublicKey, SealKey};
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
    let key = member_key::Entity::find_by_id(member.0)
        .one(cx.db.reader())
        .await?
        .ok_or_else(|| AppError::Refused("drafts are kept from your first sign-in with a passphrase on".into()))?;
    // The form's address is sealed with the words, so that a draft cannot be moved to another form.
    let sealed = PublicKey::from_bytes(&key.public_key)?.seal(&identity(member), format!("{form}\0{body}").as_bytes());
    let work = cx.begin(Action::SaveDraft, Relation::Coalition).await?;
    draft::Entity::insert(draft::ActiveModel {
        member_id: Set(member.0),
        form: Set(form.to_owned()),
        sealed_body: Set(sealed),
        saved_at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::columns([draft::Column::MemberId, draft::Column::Form])
            .update_columns([draft::Column::SealedBody, draft::Column::SavedAt])
            .to_owned(),
    )
    .exec_without_returning(&work.tx)
    .await?;
    // Drafts are not acts on the audit's records, but every write leaves its row.
    work.finish(cx, "draft", None).await
}

/// The draft of a form, if the member left one and their session opens it. One that it does not open (after a
/// reset, or of a session without the passphrase) counts as none.
pub async fn find(cx: &Cx<'_>, form: &str) -> Result<Option<String>, AppError> {
    let (Some(member), Some(key)) = (cx.actor.member, cx.key) else {
        return Ok(None);
    };
    let row = draft::Entity::find_by_id((member.0, form.to_owned()))
        .one(cx.db.reader())
        .await?;
    let Some(Ok(opened)) = row.map(|row| key.open(&identity(member), &row.sealed_body)) else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&opened);
    Ok(text
        .split_once('\0')
        .filter(|(of, _)| *of == form)
        .map(|(_, body)| body.to_owned()))
}

fn identity(member: MemberId) -> Identity {
    Identity::new("draft", member.0, "sealed_body")
}

/// Forgets the draft of a form; called in the transaction of the command that the form became.
pub async fn clear(tx: &impl sea_orm::ConnectionTrait, member: Uuid, form: &str) -> Result<(), AppError> {
    draft::Entity::delete_by_id((member, form.to_owned())).exec(tx).await?;
    Ok(())
}

/// Forgets every draft of the forms at and under an address, whoever left them: what was half typed about a record goes when
/// the record is erased.
pub async fn forget_under(tx: &impl sea_orm::ConnectionTrait, address: &str) -> Result<(), AppError> {
    draft::Entity::delete_many()
        .filter(
            draft::Column::Form
                .eq(address)
                .or(draft::Column::Form.starts_with(format!("{address}/"))),
        )
        .exec(tx)
        .await?;
    Ok(())
}

/// The forms under an address of which anyone keeps a draft, each once.
pub async fn under(db: &Db, address: &str) -> Result<Vec<String>, AppError> {
    Ok(draft::Entity::find()
        .select_only()
        .column(draft::Column::Form)
        .distinct()
        .filter(draft::Column::Form.starts_with(address))
        .into_tuple()
        .all(db.reader())
        .await?)
}

/// Those of some forms of which the member asking keeps a draft.
pub async fn kept(cx: &Cx<'_>, forms: &[String]) -> Result<HashSet<String>, AppError> {
    let rows: Vec<String> = draft::Entity::find()
        .select_only()
        .column(draft::Column::Form)
        .filter(draft::Column::MemberId.eq(cx.member()?.0))
        .filter(draft::Column::Form.is_in(forms))
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    Ok(rows.into_iter().collect())
}

/// A name for the draft of one of several forms at an address, that tells nobody but the member which one it is: the
/// address, and a number that follows from `which` and the member's own key.
pub fn name(cx: &Cx<'_>, address: &str, which: &str) -> Result<String, AppError> {
    let number = SealKey::derive(cx.key()?.expose(), &format!("draft\0{address}\0{which}"));
    let hex = number.expose()[..16].iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Ok(format!("{address}/{hex}"))
}
