//! Sessions: a secret in a cookie, its hash in the key store, so any node can answer.
//!
//! The row keeps the member's private key too, sealed under a key that only the cookie's secret gives: whoever
//! has the database opens nothing with it, and ending the session ends what it could open.

use domain::Instant;
use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use store::row::session;
use store::seal::{Identity, PrivateKey, SealKey};
use store::work::{Actor, log};
use store::{AppError, Cx, Db};

use uuid::Uuid;

use crate::member;
use crate::secret::Secret;

/// A session ends after this long without a request.
pub const IDLE_SECONDS: i64 = 2 * 60 * 60;
/// A session ends after this long in any case.
pub const LONGEST_SECONDS: i64 = 12 * 60 * 60;
/// `seen_at` is written at most this often, so that reading a page seldom writes.
const SEEN_EVERY_SECONDS: i64 = 60;

/// A live session.
#[derive(Clone)]
pub struct Session {
    /// Who.
    pub actor: Actor,
    /// The token that every form carries.
    pub csrf: String,
    /// The member's private key, where they signed in with what unwraps it.
    pub key: Option<PrivateKey>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("member", &self.actor.member)
            .finish_non_exhaustive()
    }
}

/// What a session's secret seals.
fn identity(id: Uuid) -> Identity {
    Identity::new("session", id, "sealed_key")
}

fn sealing(secret: &Secret) -> SealKey {
    SealKey::derive(secret.expose().as_bytes(), "rapporteur session")
}

/// Checks a sign-in and opens a session. `None`: wrong name or password. Both outcomes are logged.
pub async fn open(
    cx: &Cx<'_>,
    sign_in: &str,
    password: &str,
    secret: &Secret,
    csrf: &Secret,
) -> Result<Option<Actor>, AppError> {
    let Some((actor, key)) = member::authenticate(cx.db, sign_in, password).await? else {
        refused(cx).await?;
        return Ok(None);
    };
    start(cx, &actor, key.as_ref(), secret, csrf).await?;
    Ok(Some(actor))
}

/// Logs a sign-in that was refused.
async fn refused(cx: &Cx<'_>) -> Result<(), AppError> {
    let tx = cx.db.begin().await?;
    log(&tx, cx, Action::SignIn, "session", None, "refused").await?;
    tx.commit().await.map_err(AppError::from)
}

/// Starts the session of a member who has proved who they are, keeping their private key for it.
pub async fn start(
    cx: &Cx<'_>,
    actor: &Actor,
    key: Option<&PrivateKey>,
    secret: &Secret,
    csrf: &Secret,
) -> Result<(), AppError> {
    let own = Cx { actor, ..cx.clone() };
    let id = cx.ids.random();
    let keys = cx.db.begin_keys().await?;
    // Sessions that have run out are swept here, where one is written anyway.
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(cx.now.0))
        .exec(&keys)
        .await?;
    session::ActiveModel {
        id: Set(id),
        member_id: Set(own.member()?.0),
        secret_hash: Set(secret.hash()),
        csrf: Set(csrf.expose().to_owned()),
        sealed_key: Set(key.map(|key| sealing(secret).seal(&identity(id), key.expose()))),
        created_at: Set(cx.now.0),
        seen_at: Set(cx.now.0),
        expires_at: Set(cx.now.plus_seconds(LONGEST_SECONDS).0),
    }
    .insert(&keys)
    .await?;
    // Logged first: a session that is not in the log would be worse than one logged that never opened.
    let tx = cx.db.begin().await?;
    log(&tx, &own, Action::SignIn, "session", Some(id), "done").await?;
    tx.commit().await.map_err(AppError::from)?;
    keys.commit().await.map_err(AppError::from)
}

/// The session of a presented secret, if it is live.
pub async fn find(db: &Db, secret: &Secret, now: Instant) -> Result<Option<Session>, AppError> {
    let Some(row) = session::Entity::find()
        .filter(session::Column::SecretHash.eq(secret.hash()))
        .one(db.key_reader())
        .await?
    else {
        return Ok(None);
    };
    let idle_since = now.plus_seconds(-IDLE_SECONDS).0;
    if row.expires_at <= now.0 || row.seen_at < idle_since {
        return Ok(None);
    }
    if row.seen_at < now.plus_seconds(-SEEN_EVERY_SECONDS).0 {
        let tx = db.begin_keys().await?;
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(now.0))
            .filter(session::Column::Id.eq(row.id))
            .exec(&tx)
            .await?;
        tx.commit().await.map_err(AppError::from)?;
    }
    let actor = member::actor(db, MemberId(row.member_id)).await?;
    let key = match &row.sealed_key {
        Some(sealed) => Some(sealing(secret).open_private(&identity(row.id), sealed)?),
        None => None,
    };
    Ok(actor.map(|actor| Session {
        actor,
        csrf: row.csrf,
        key,
    }))
}

/// Ends the session of a secret.
pub async fn close(cx: &Cx<'_>, secret: &Secret) -> Result<(), AppError> {
    let work = cx.begin(Action::SignOut, Relation::Coalition).await?;
    let keys = cx.db.begin_keys().await?;
    session::Entity::delete_many()
        .filter(session::Column::SecretHash.eq(secret.hash()))
        .exec(&keys)
        .await?;
    keys.commit().await.map_err(AppError::from)?;
    work.finish(cx, "session", None).await
}
