//! Work that takes longer than a request: kept in the database, done by whichever node takes it,
//! taken up again after a crash.

use domain::Instant;
use domain::ids::JobId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::db::Db;
use crate::error::AppError;
use crate::row::job;
use crate::work::Cx;

/// A job that has not given a sign of life for so long is taken up by another worker.
const LOST_AFTER_SECONDS: i64 = 60;
/// A job that failed so often is given up, with its reason kept.
const MAX_ATTEMPTS: i32 = 3;

/// Queues a job in the transaction of the command that wants it.
pub async fn queue(tx: &impl ConnectionTrait, cx: &Cx<'_>, kind: &str, payload: &str) -> Result<JobId, AppError> {
    let id = cx.ids.ordered();
    job::ActiveModel {
        id: Set(id),
        kind: Set(kind.to_owned()),
        payload: Set(payload.to_owned()),
        state: Set("queued".to_owned()),
        done: Set(0),
        total: Set(0),
        note: Set(String::new()),
        attempts: Set(0),
        member_id: Set(cx.actor.member.map(Uuid::from)),
        created_at: Set(cx.now.0),
        beat_at: Set(cx.now.0),
    }
    .insert(tx)
    .await?;
    Ok(JobId(id))
}

/// Takes the oldest job that waits or was lost. Two workers never take the same one.
pub async fn take(db: &Db, now: Instant) -> Result<Option<job::Model>, AppError> {
    let tx = db.begin().await?;
    let lost = now.plus_seconds(-LOST_AFTER_SECONDS).0;
    let waiting = Condition::any().add(job::Column::State.eq("queued")).add(
        Condition::all()
            .add(job::Column::State.eq("running"))
            .add(job::Column::BeatAt.lt(lost)),
    );
    let Some(found) = job::Entity::find()
        .filter(waiting.clone())
        .order_by_asc(job::Column::CreatedAt)
        .one(&tx)
        .await?
    else {
        return Ok(None);
    };
    let claimed = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("running"))
        .col_expr(job::Column::BeatAt, Expr::value(now.0))
        .col_expr(job::Column::Attempts, Expr::value(found.attempts + 1))
        .filter(job::Column::Id.eq(found.id))
        .filter(waiting)
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok((claimed.rows_affected == 1).then_some(job::Model {
        attempts: found.attempts + 1,
        ..found
    }))
}

/// Says how far a job is; also its sign of life.
pub async fn progress(db: &Db, id: JobId, now: Instant, done: usize, total: usize, note: &str) -> Result<(), AppError> {
    let tx = db.begin().await?;
    job::Entity::update_many()
        .col_expr(job::Column::Done, Expr::value(i32::try_from(done).unwrap_or(i32::MAX)))
        .col_expr(
            job::Column::Total,
            Expr::value(i32::try_from(total).unwrap_or(i32::MAX)),
        )
        .col_expr(job::Column::Note, Expr::value(note))
        .col_expr(job::Column::BeatAt, Expr::value(now.0))
        .filter(job::Column::Id.eq(id.0))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a job: done, or back in the queue, or given up with its reason.
pub async fn end(db: &Db, job: &job::Model, now: Instant, result: Result<(), String>) -> Result<(), AppError> {
    let (state, note) = match result {
        Ok(()) => ("done", String::new()),
        Err(reason) if job.attempts >= MAX_ATTEMPTS => ("failed", reason),
        Err(reason) => ("queued", reason),
    };
    let tx = db.begin().await?;
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(state))
        .col_expr(job::Column::Note, Expr::value(note))
        .col_expr(job::Column::BeatAt, Expr::value(now.0))
        .filter(job::Column::Id.eq(job.id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Puts jobs back in the queue that a program on the embedded database left running when it was
/// killed. Only one program works on such a folder, so at start-up nobody else can be doing them.
pub async fn reclaim(db: &Db) -> Result<(), AppError> {
    if db.kind() == crate::db::Kind::Postgres {
        return Ok(());
    }
    let tx = db.begin().await?;
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("queued"))
        .filter(job::Column::State.eq("running"))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Puts a job that was given up back in the queue, with all its attempts before it.
pub async fn take_up(db: &Db, kind: &str, payload: &str) -> Result<(), AppError> {
    let tx = db.begin().await?;
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("queued"))
        .col_expr(job::Column::Attempts, Expr::value(0))
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::Payload.eq(payload))
        .filter(job::Column::State.eq("failed"))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// How many jobs were given up.
pub async fn n_given_up(db: &Db) -> Result<u64, AppError> {
    Ok(job::Entity::find()
        .filter(job::Column::State.eq("failed"))
        .count(db.reader())
        .await?)
}

/// A job as it stands.
pub async fn find(db: &Db, id: JobId) -> Result<Option<job::Model>, AppError> {
    Ok(job::Entity::find_by_id(id.0).one(db.reader()).await?)
}

/// The newest job of a kind with this payload.
pub async fn of(db: &Db, kind: &str, payload: &str) -> Result<Option<job::Model>, AppError> {
    Ok(job::Entity::find()
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::Payload.eq(payload))
        .order_by_desc(job::Column::CreatedAt)
        .one(db.reader())
        .await?)
}
