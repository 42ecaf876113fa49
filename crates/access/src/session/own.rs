//! The sessions of one member: listed for them, and ended.

use domain::Instant;
use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{member, session};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use super::IDLE_SECONDS;
use crate::secret::Secret;

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id, which ends it and opens nothing.
    pub id: Uuid,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// The browser, coarsely; empty where it was not said.
    pub browser: String,
    /// Whether it is the one asking.
    pub is_this: bool,
    /// Whether it still waits for a second factor.
    pub awaits_factor: bool,
}

/// The live sessions of the member asking, the newest first. `this` is the secret of the one asking.
pub async fn list(cx: &Cx<'_>, this: Option<&Secret>) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::ReadAccount, Relation::Coalition)?;
    let this = this.map(Secret::hash);
    let rows = session::Entity::find()
        .filter(session::Column::MemberId.eq(cx.member()?.0))
        .filter(session::Column::ExpiresAt.gt(cx.now.0))
        .filter(session::Column::SeenAt.gte(cx.now.plus_seconds(-IDLE_SECONDS).0))
        .order_by_desc(session::Column::CreatedAt)
        .order_by_asc(session::Column::Id)
        .all(cx.db.key_reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            id: row.id,
            opened_at: Instant(row.created_at),
            seen_at: Instant(row.seen_at),
            is_this: this.as_ref() == Some(&row.secret_hash),
            awaits_factor: row.awaits_factor,
            browser: row.browser,
        })
        .collect())
}

/// Ends one session of the member asking. Another member's is not found.
pub async fn end(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    let work = cx.begin(Action::EndSession, Relation::Coalition).await?;
    let keys = cx.db.begin_keys().await?;
    let ended = session::Entity::delete_many()
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::MemberId.eq(cx.member()?.0))
        .exec(&keys)
        .await?;
    if ended.rows_affected == 0 {
        return Err(AppError::NotFound("session"));
    }
    keys.commit().await.map_err(AppError::from)?;
    work.finish(cx, "session", Some(id)).await
}

/// Ends every session of the member asking but the one of this secret.
pub async fn end_others(cx: &Cx<'_>, this: &Secret) -> Result<(), AppError> {
    let work = cx.begin(Action::EndSession, Relation::Coalition).await?;
    delete_of(cx.db, cx.member()?, Some(this)).await?;
    work.finish(cx, "session", None).await
}

/// Ends every session of a member: their manager's or a coordinator's act, for a lost device.
pub async fn end_of(cx: &Cx<'_>, id: MemberId) -> Result<(), AppError> {
    let row = member::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("member"))?;
    let work = cx
        .begin(Action::ManageMembers, cx.actor.relation(row.organisation_id))
        .await?;
    delete_of(cx.db, id, None).await?;
    work.finish(cx, "session", Some(id.0)).await
}

/// Ends a member's sessions, except one.
pub(crate) async fn delete_of(db: &Db, member: MemberId, except: Option<&Secret>) -> Result<(), AppError> {
    let keys = db.begin_keys().await?;
    let mut all = session::Entity::delete_many().filter(session::Column::MemberId.eq(member.0));
    if let Some(except) = except {
        all = all.filter(session::Column::SecretHash.ne(except.hash()));
    }
    all.exec(&keys).await?;
    keys.commit().await.map_err(AppError::from)
}

/// Ends every session there is.
pub async fn end_all(db: &Db) -> Result<(), AppError> {
    let keys = db.begin_keys().await?;
    session::Entity::delete_many().exec(&keys).await?;
    keys.commit().await.map_err(AppError::from)
}
