//! Making the file of an agreed request, giving it out, and removing it.

use bytes::Bytes;
use domain::Instant;
use domain::export::{ExportKind, RequestState};
use domain::ids::{ExportId, FileId, MemberId, SeriesId};
use domain::permission::{Action, Relation};
use interchange::csv_out;
use interchange::table::Cell;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::files::Files;
use store::row::{export_request, file};
use store::{AppError, Cx, Db};

use super::{KEPT_DAYS, kind, state, tables};

/// The kind of the job that makes an export.
pub const JOB: &str = "make-export";

/// Who asked for an export: as them it is made.
pub async fn asker(db: &Db, id: ExportId) -> Result<MemberId, AppError> {
    Ok(MemberId(row(db.reader(), id).await?.member_id))
}

/// Makes the file of an agreed request as its asker, who must be the actor, sees the records now. Doing
/// it again after a crash replaces what was left. A request that is not agreed is passed over.
pub async fn make(cx: &Cx<'_>, id: ExportId) -> Result<(), AppError> {
    let request = row(cx.db.reader(), id).await?;
    if cx.actor.member != Some(MemberId(request.member_id)) {
        return Err(AppError::Forbidden("an export is made as whoever asked for it"));
    }
    if state(&request)? != RequestState::Agreed {
        return Ok(());
    }
    let kind = kind(&request)?;
    let (headings, rows) = match kind {
        // Taken by whoever holds the key, and never made by a job.
        ExportKind::Cases => return Ok(()),
        ExportKind::Log => tables::log(cx).await?,
        ExportKind::Evidence => tables::evidence(cx).await?,
        ExportKind::Measurements => tables::measurements(cx).await?,
        ExportKind::Series => {
            let subject = request.subject_id.ok_or(AppError::NotFound("series"))?;
            tables::series(cx, SeriesId(subject)).await?
        }
    };
    let n = rows.len();
    let name = format!("{}-{}.csv", kind.code(), cx.now.day().iso());
    let bytes = Bytes::from(write(kind, n, cx.now, id, headings, rows));
    let tx = cx.db.begin().await?;
    let file = cx.files.keep(&tx, cx, &name, "text/csv; charset=utf-8", bytes).await?;
    let expires = cx.now.plus_seconds(KEPT_DAYS * 24 * 60 * 60);
    export_request::Entity::update_many()
        .col_expr(export_request::Column::State, Expr::value(RequestState::Ready.code()))
        .col_expr(export_request::Column::FileId, Expr::value(Some(file.0)))
        .col_expr(
            export_request::Column::NRows,
            Expr::value(Some(i64::try_from(n).unwrap_or(i64::MAX))),
        )
        .col_expr(export_request::Column::ExpiresAt, Expr::value(Some(expires.0)))
        .filter(export_request::Column::Id.eq(id.0))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The file: a first line that says what it is and how many rows it has, the headings, the rows. The
/// request's id makes each file's bytes its own, so that removing one never removes another.
fn write(
    kind: ExportKind,
    n: usize,
    now: Instant,
    id: ExportId,
    headings: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
) -> Vec<u8> {
    let about = [
        kind.words().to_owned(),
        format!("{n} {}", if n == 1 { "row" } else { "rows" }),
        format!("made {now}"),
        format!("request {id}"),
    ];
    let headings = headings.into_iter().map(|text| Cell::Text(text.to_owned())).collect();
    let lines: Vec<Vec<Cell>> = std::iter::once(headings).chain(rows).collect();
    csv_out::write(&about, &lines)
}

/// Says that an export could not be made, so that its asker asks again.
pub async fn fail(db: &Db, id: ExportId) -> Result<(), AppError> {
    let tx = db.begin().await?;
    set_state(&tx, id, RequestState::Agreed, RequestState::Failed).await?;
    tx.commit().await?;
    Ok(())
}

/// A file that is ready.
#[derive(Debug, Clone)]
pub struct Made {
    /// What to call it.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Whether a request is one for the organisation's cases that its asker, who must be the actor, may take now: whoever holds
/// the organisation's key then makes the file. `false` for a request of another kind.
pub async fn is_of_cases(cx: &Cx<'_>, id: ExportId) -> Result<bool, AppError> {
    let found = row(cx.db.reader(), id).await?;
    if cx.actor.member != Some(MemberId(found.member_id)) {
        return Err(AppError::NotFound("request"));
    }
    if kind(&found)? != ExportKind::Cases {
        return Ok(false);
    }
    cx.permit(Action::ExportCases, Relation::OwnOrganisation)?;
    let is_kept = found.expires_at.is_some_and(|at| at > cx.now.0);
    if state(&found)? == RequestState::Ready && is_kept {
        Ok(true)
    } else {
        Err(AppError::Refused(
            "this cannot be taken: a second person has not agreed, or did so more than a week ago. Ask for it again."
                .into(),
        ))
    }
}

/// Gives the file to whoever asked for it, and leaves the row of the export.
pub async fn take(cx: &Cx<'_>, id: ExportId) -> Result<Made, AppError> {
    let found = row(cx.db.reader(), id).await?;
    let is_own = cx.actor.member == Some(MemberId(found.member_id));
    // Whose request it is decides before anything about it is said.
    if !is_own {
        return Err(AppError::NotFound("request"));
    }
    cx.permit(Action::TakeExport, Relation::OwnAssignment)?;
    let is_kept = found.expires_at.is_some_and(|at| at > cx.now.0);
    let file = match (state(&found)?, found.file_id) {
        (RequestState::Ready, Some(file)) if is_kept => FileId(file),
        _ => {
            return Err(AppError::Refused(
                "the file is not there: it is not made yet, or has expired. Ask for it again.".into(),
            ));
        }
    };
    let (file, bytes) = cx.files.open(cx.db.reader(), file).await?;
    cx.disclose(Action::TakeExport, Relation::OwnAssignment, "export_request", &[id.0])
        .await?;
    Ok(Made { name: file.name, bytes })
}

/// Removes the files whose time is over: first the bytes, then what points to them, so that a crash
/// between the two leaves nothing but work for the next time.
pub async fn expire(db: &Db, files: &Files, now: Instant) -> Result<(), AppError> {
    let over = export_request::Entity::find()
        .filter(export_request::Column::State.eq(RequestState::Ready.code()))
        .filter(export_request::Column::ExpiresAt.lte(now.0))
        .all(db.reader())
        .await?;
    for request in over {
        if let Some(id) = request.file_id
            && let Some(kept) = file::Entity::find_by_id(id).one(db.reader()).await?
        {
            files.remove(&kept.sha256).await?;
        }
        let tx = db.begin().await?;
        export_request::Entity::update_many()
            .col_expr(export_request::Column::State, Expr::value(RequestState::Expired.code()))
            .col_expr(export_request::Column::FileId, Expr::value(None::<uuid::Uuid>))
            .filter(export_request::Column::Id.eq(request.id))
            .exec(&tx)
            .await?;
        if let Some(id) = request.file_id {
            file::Entity::delete_by_id(id).exec(&tx).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn set_state(
    tx: &impl ConnectionTrait,
    id: ExportId,
    from: RequestState,
    to: RequestState,
) -> Result<(), AppError> {
    export_request::Entity::update_many()
        .col_expr(export_request::Column::State, Expr::value(to.code()))
        .filter(export_request::Column::Id.eq(id.0))
        .filter(export_request::Column::State.eq(from.code()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn row(db: &impl ConnectionTrait, id: ExportId) -> Result<export_request::Model, AppError> {
    export_request::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("request"))
}
