//! Sessions: a secret in a cookie, its hash in the key store, so any node can answer.
//!
//! The row keeps the member's private key too, sealed under a key that only the cookie's secret gives: whoever
//! has the database opens nothing with it, and ending the session ends what it could open.

use std::collections::HashSet;

use domain::Instant;
use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::row::session;
use store::seal::{Identity, PrivateKey, SealKey};
use store::work::{Actor, log};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use crate::member;
use crate::secret::Secret;

mod own;

pub(crate) use own::delete_of;
pub use own::{Listed, end, end_all, end_of, end_others, list};

/// A session ends after this long without a request.
pub const IDLE_SECONDS: i64 = 2 * 60 * 60;
/// A session ends after this long in any case.
pub const LONGEST_SECONDS: i64 = 12 * 60 * 60;
/// A session waits this long for a second factor.
const WAITING_SECONDS: i64 = 10 * 60;
/// `seen_at` is written at most this often, so that reading a page seldom writes.
const SEEN_EVERY_SECONDS: i64 = 60;

/// A live session.
#[derive(Clone)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// Who.
    pub actor: Actor,
    /// The token that every form carries.
    pub csrf: String,
    /// The member's private key, where they signed in with what unwraps it.
    pub key: Option<PrivateKey>,
    /// When the member last showed who they are.
    pub confirmed_at: Instant,
    /// When it ends in any case.
    pub expires_at: Instant,
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

/// What a new session is made of.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What the cookie carries.
    pub secret: Secret,
    /// The token that every form carries.
    pub csrf: Secret,
    /// The browser as a member would name it, coarsely: “Firefox on Windows”.
    pub browser: String,
}

impl Opening {
    /// Fresh secrets for this browser. Only the edges of the program call this.
    pub fn random(browser: impl Into<String>) -> Self {
        Self {
            secret: Secret::random(),
            csrf: Secret::random(),
            browser: browser.into(),
        }
    }
}

/// Logs a sign-in that was refused.
pub(crate) async fn refused(cx: &Cx<'_>) -> Result<(), AppError> {
    let tx = cx.db.begin().await?;
    log(&tx, cx, Action::SignIn, "session", None, "refused").await?;
    tx.commit().await.map_err(AppError::from)
}

/// Starts the session of a member who has proved who they are, keeping their private key for it.
pub async fn start(cx: &Cx<'_>, actor: &Actor, key: Option<&PrivateKey>, opening: &Opening) -> Result<(), AppError> {
    let own = Cx { actor, ..cx.clone() };
    let id = cx.ids.random();
    // Logged first: a session that is not in the log would be worse than one logged that never opened.
    let tx = cx.db.begin().await?;
    log(&tx, &own, Action::SignIn, "session", Some(id), "done").await?;
    tx.commit().await.map_err(AppError::from)?;
    keep(&own, id, key, opening).await
}

/// Starts the session of a member who still has to show a second factor: until [`pass`], it lets nobody in.
pub(crate) async fn start_waiting(
    cx: &Cx<'_>,
    actor: &Actor,
    key: Option<&PrivateKey>,
    opening: &Opening,
) -> Result<(), AppError> {
    let own = Cx { actor, ..cx.clone() };
    insert(&own, cx.ids.random(), key, opening, true).await
}

/// Writes the row of a session. The test kit signs members in with this alone.
pub async fn keep(cx: &Cx<'_>, id: Uuid, key: Option<&PrivateKey>, opening: &Opening) -> Result<(), AppError> {
    insert(cx, id, key, opening, false).await
}

async fn insert(
    cx: &Cx<'_>,
    id: Uuid,
    key: Option<&PrivateKey>,
    opening: &Opening,
    awaits_factor: bool,
) -> Result<(), AppError> {
    let ends = if awaits_factor {
        WAITING_SECONDS
    } else {
        LONGEST_SECONDS
    };
    let keys = cx.db.begin_keys().await?;
    // Sessions that have run out are swept here, where one is written anyway.
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(cx.now.0))
        .exec(&keys)
        .await?;
    session::ActiveModel {
        id: Set(id),
        member_id: Set(cx.member()?.0),
        secret_hash: Set(opening.secret.hash()),
        csrf: Set(opening.csrf.expose().to_owned()),
        sealed_key: Set(key.map(|key| sealing(&opening.secret).seal(&identity(id), key.expose()))),
        created_at: Set(cx.now.0),
        seen_at: Set(cx.now.0),
        expires_at: Set(cx.now.plus_seconds(ends).0),
        confirmed_at: Set(cx.now.0),
        awaits_factor: Set(awaits_factor),
        browser: Set(opening.browser.clone()),
    }
    .insert(&keys)
    .await?;
    keys.commit().await.map_err(AppError::from)
}

async fn row(db: &Db, secret: &Secret, now: Instant) -> Result<Option<session::Model>, AppError> {
    let row = session::Entity::find()
        .filter(session::Column::SecretHash.eq(secret.hash()))
        .one(db.key_reader())
        .await?;
    let idle_since = now.plus_seconds(-IDLE_SECONDS).0;
    Ok(row.filter(|row| row.expires_at > now.0 && row.seen_at >= idle_since))
}

fn key_of(row: &session::Model, secret: &Secret) -> Result<Option<PrivateKey>, AppError> {
    match &row.sealed_key {
        Some(sealed) => Ok(Some(sealing(secret).open_private(&identity(row.id), sealed)?)),
        None => Ok(None),
    }
}

async fn session_of(db: &Db, row: session::Model, secret: &Secret) -> Result<Option<Session>, AppError> {
    let Some(actor) = member::actor(db, MemberId(row.member_id)).await? else {
        return Ok(None);
    };
    Ok(Some(Session {
        key: key_of(&row, secret)?,
        id: row.id,
        actor,
        csrf: row.csrf,
        confirmed_at: Instant(row.confirmed_at),
        expires_at: Instant(row.expires_at),
    }))
}

/// The session of a presented secret that still awaits a second factor.
pub(crate) async fn waiting(db: &Db, secret: &Secret, now: Instant) -> Result<Option<Session>, AppError> {
    match row(db, secret, now).await?.filter(|row| row.awaits_factor) {
        Some(row) => session_of(db, row, secret).await,
        None => Ok(None),
    }
}

/// The second factor was shown: the session opens.
pub(crate) async fn pass(cx: &Cx<'_>, session: &Session) -> Result<(), AppError> {
    let own = Cx {
        actor: &session.actor,
        ..cx.clone()
    };
    let tx = cx.db.begin().await?;
    log(&tx, &own, Action::SignIn, "session", Some(session.id), "done").await?;
    tx.commit().await.map_err(AppError::from)?;
    let keys = cx.db.begin_keys().await?;
    session::Entity::update_many()
        .col_expr(session::Column::AwaitsFactor, Expr::value(false))
        .col_expr(session::Column::ConfirmedAt, Expr::value(cx.now.0))
        .col_expr(session::Column::SeenAt, Expr::value(cx.now.0))
        .col_expr(
            session::Column::ExpiresAt,
            Expr::value(cx.now.plus_seconds(LONGEST_SECONDS).0),
        )
        .filter(session::Column::Id.eq(session.id))
        .exec(&keys)
        .await?;
    keys.commit().await.map_err(AppError::from)
}

/// The member has shown again who they are. With a key, the session opens seals from now on.
pub(crate) async fn confirmed(
    cx: &Cx<'_>,
    id: Uuid,
    secret: &Secret,
    key: Option<&PrivateKey>,
) -> Result<(), AppError> {
    let work = cx.begin(Action::ConfirmIdentity, Relation::Coalition).await?;
    let keys = cx.db.begin_keys().await?;
    let mut change = session::Entity::update_many()
        .col_expr(session::Column::ConfirmedAt, Expr::value(cx.now.0))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::SecretHash.eq(secret.hash()));
    if let Some(key) = key {
        let sealed = sealing(secret).seal(&identity(id), key.expose());
        change = change.col_expr(session::Column::SealedKey, Expr::value(sealed));
    }
    change.exec(&keys).await?;
    work.finish(cx, "session", Some(id)).await?;
    keys.commit().await.map_err(AppError::from)
}

/// The session of a presented secret, if it is live.
pub async fn find(db: &Db, secret: &Secret, now: Instant) -> Result<Option<Session>, AppError> {
    let Some(row) = row(db, secret, now).await?.filter(|row| !row.awaits_factor) else {
        return Ok(None);
    };
    if row.seen_at < now.plus_seconds(-SEEN_EVERY_SECONDS).0 {
        let tx = db.begin_keys().await?;
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(now.0))
            .filter(session::Column::Id.eq(row.id))
            .exec(&tx)
            .await?;
        tx.commit().await.map_err(AppError::from)?;
    }
    session_of(db, row, secret).await
}

/// The organisations of which somebody is signed in: what a node keeps in memory for the others is wiped.
pub async fn organisations(db: &Db, now: Instant) -> Result<HashSet<Uuid>, AppError> {
    let members: Vec<Uuid> = session::Entity::find()
        .select_only()
        .column(session::Column::MemberId)
        .filter(session::Column::ExpiresAt.gt(now.0))
        .filter(session::Column::SeenAt.gte(now.plus_seconds(-IDLE_SECONDS).0))
        .filter(session::Column::AwaitsFactor.eq(false))
        .into_tuple()
        .all(db.key_reader())
        .await?;
    let rows = store::row::member::Entity::find()
        .filter(store::row::member::Column::Id.is_in(members))
        .all(db.reader())
        .await?;
    Ok(rows.into_iter().map(|row| row.organisation_id).collect())
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
