//! Sessions: a secret in a cookie, its hash in the database, so any node can answer.

use domain::Instant;
use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use store::row::session;
use store::work::{Actor, log};
use store::{AppError, Cx, Db};

use crate::member;
use crate::secret::Secret;

/// A session ends after this long without a request.
pub const IDLE_SECONDS: i64 = 2 * 60 * 60;
/// A session ends after this long in any case.
pub const LONGEST_SECONDS: i64 = 12 * 60 * 60;
/// `seen_at` is written at most this often, so that reading a page seldom writes.
const SEEN_EVERY_SECONDS: i64 = 60;

/// A live session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub actor: Actor,
    /// The token that every form carries.
    pub csrf: String,
}

/// Checks a sign-in and opens a session. `None`: wrong name or password. Both outcomes are logged.
pub async fn open(
    cx: &Cx<'_>,
    sign_in: &str,
    password: &str,
    secret: &Secret,
    csrf: &Secret,
) -> Result<Option<Actor>, AppError> {
    let actor = member::authenticate(cx.db, sign_in, password).await?;
    let tx = cx.db.begin().await?;
    let Some(actor) = actor else {
        log(&tx, cx, Action::SignIn, "session", None, "refused").await?;
        tx.commit().await.map_err(AppError::from)?;
        return Ok(None);
    };
    let own = Cx {
        actor: &actor,
        ..cx.clone()
    };
    let id = cx.ids.random();
    // Sessions that have run out are swept here, where one is written anyway.
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(cx.now.0))
        .exec(&tx)
        .await?;
    session::ActiveModel {
        id: Set(id),
        member_id: Set(own.member()?.0),
        secret_hash: Set(secret.hash()),
        csrf: Set(csrf.expose().to_owned()),
        created_at: Set(cx.now.0),
        seen_at: Set(cx.now.0),
        expires_at: Set(cx.now.plus_seconds(LONGEST_SECONDS).0),
    }
    .insert(&tx)
    .await?;
    log(&tx, &own, Action::SignIn, "session", Some(id), "done").await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok(Some(actor))
}

/// The session of a presented secret, if it is live.
pub async fn find(db: &Db, secret: &Secret, now: Instant) -> Result<Option<Session>, AppError> {
    let Some(row) = session::Entity::find()
        .filter(session::Column::SecretHash.eq(secret.hash()))
        .one(db.reader())
        .await?
    else {
        return Ok(None);
    };
    let idle_since = now.plus_seconds(-IDLE_SECONDS).0;
    if row.expires_at <= now.0 || row.seen_at < idle_since {
        return Ok(None);
    }
    if row.seen_at < now.plus_seconds(-SEEN_EVERY_SECONDS).0 {
        let tx = db.begin().await?;
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::value(now.0))
            .filter(session::Column::Id.eq(row.id))
            .exec(&tx)
            .await?;
        tx.commit().await.map_err(AppError::from)?;
    }
    let actor = member::actor(db, MemberId(row.member_id)).await?;
    Ok(actor.map(|actor| Session { actor, csrf: row.csrf }))
}

/// Ends the session of a secret.
pub async fn close(cx: &Cx<'_>, secret: &Secret) -> Result<(), AppError> {
    let work = cx.begin(Action::SignOut, Relation::Coalition).await?;
    session::Entity::delete_many()
        .filter(session::Column::SecretHash.eq(secret.hash()))
        .exec(&work.tx)
        .await?;
    work.finish(cx, "session", None).await
}
