//! Taking the good rows, or none.

use bytes::Bytes;
use domain::ids::ImportId;
use domain::series::ImportState;
use interchange::series::Mapping;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::row::{import, observation, series};
use store::{AppError, Cx, Work};
use uuid::Uuid;

use super::stage::{begin, keep_plan, plan, stage, staged};
use super::{Fault, Plan, check, faults, find, kept_file, reading, suggested};

/// Rows in one insert: 16 columns of these stay under SQLite's limit of 32,766 values.
const BATCH: usize = 1_000;

/// What became of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The import, kept as a record of it.
    pub import: ImportId,
    /// Rows of the file.
    pub n_rows: i32,
    /// Rows taken in.
    pub n_good: i32,
    /// Rows refused.
    pub n_refused: i32,
    /// Rows that were known already.
    pub n_known: i32,
    /// Why rows were refused.
    pub faults: Vec<Fault>,
}

/// Takes the good rows in, in one transaction. The file is checked once more inside it: where the
/// outcome is no longer what the member was shown, nothing is taken and the new outcome is kept for
/// them to look at.
pub async fn take(cx: &Cx<'_>, id: ImportId) -> Result<ImportId, AppError> {
    let line = staged(cx, id).await?;
    if line.plan.mapping.is_none() {
        return Err(AppError::Refused("Say first which column holds what".into()));
    }
    let (file, bytes) = kept_file(cx, id).await?;
    let read = reading::rows(bytes, file.name, line.plan.clone()).await?;
    let (table, read) = read.map_err(|fault| AppError::Refused(fault.to_string()))?;
    let work = begin(cx, &line).await?;
    hold_series(&work).await?;
    let checked = check::check(&work.tx, cx, id, read).await?;
    let is_as_shown = usize::try_from(line.n_good) == Ok(checked.new.len())
        && usize::try_from(line.n_refused) == Ok(checked.n_refused());
    if !is_as_shown {
        keep_plan(&work, id, &line.plan, Some((table.rows.len(), &checked))).await?;
        work.finish(
            &Cx {
                once: None,
                ..cx.clone()
            },
            "import",
            Some(id.0),
        )
        .await?;
        return Err(AppError::Refused("Figures came in meanwhile, so the file was checked again and nothing was taken: look at the counts, then decide".into()));
    }
    if checked.new.is_empty() {
        return Err(AppError::Refused(
            "There is nothing to take: every row is refused or known already".into(),
        ));
    }
    decide(&work, id, ImportState::Taken).await?;
    let mut rows = checked.new;
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(BATCH));
        observation::Entity::insert_many(rows)
            .exec_without_returning(&work.tx)
            .await
            .map_err(meanwhile)?;
        rows = rest;
    }
    work.finish(cx, "import", Some(id.0)).await?;
    Ok(id)
}

/// Holds every series until the transaction ends, so that nobody changes a unit between the check of the rows and their
/// coming in. (SQLite has one writer, and ignores the lock.)
async fn hold_series(work: &Work) -> Result<(), AppError> {
    let ids = series::Entity::find().select_only().column(series::Column::Id);
    ids.lock_shared().into_tuple::<Uuid>().all(&work.tx).await?;
    Ok(())
}

/// Another import took one of the figures between the check and the insert.
fn meanwhile(error: sea_orm::DbErr) -> AppError {
    if store::error::is_duplicate(&error) {
        AppError::Refused(
            "Another import took some of these figures at this moment: nothing was taken, try again".into(),
        )
    } else {
        error.into()
    }
}

/// Takes none of the rows. The file is kept as a record of what was offered.
pub async fn drop_all(cx: &Cx<'_>, id: ImportId) -> Result<ImportId, AppError> {
    let line = staged(cx, id).await?;
    let work = begin(cx, &line).await?;
    decide(&work, id, ImportState::Dropped).await?;
    work.finish(cx, "import", Some(id.0)).await?;
    Ok(id)
}

/// Moves a staged import to its end. Two members deciding at once: the first wins.
async fn decide(work: &Work, id: ImportId, state: ImportState) -> Result<(), AppError> {
    let changed = import::Entity::update_many()
        .col_expr(import::Column::State, Expr::value(state.code()))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::State.eq(ImportState::Staged.code()))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(AppError::Conflict("import"))
    }
}

/// Stages a file and takes its good rows in one go, for seeding. A file without anything new is kept as not taken.
pub async fn take_file(cx: &Cx<'_>, name: &str, bytes: Bytes, mapping: Option<Mapping>) -> Result<Summary, AppError> {
    let summary = check_file(cx, name, bytes, mapping).await?;
    let cx = &Cx {
        once: None,
        ..cx.clone()
    };
    if summary.n_good > 0 {
        take(cx, summary.import).await?;
    } else {
        drop_all(cx, summary.import).await?;
    }
    Ok(summary)
}

/// Stages a file and checks its rows, and takes nothing yet: [`take`] or [`drop_all`] follows. `mapping`, when it is not
/// given, is what the organisation said of the last file with the same headings, or else guessed from them.
pub async fn check_file(cx: &Cx<'_>, name: &str, bytes: Bytes, mapping: Option<Mapping>) -> Result<Summary, AppError> {
    // Two commands one after another: a form's single-use token would stop the second.
    let cx = &Cx {
        once: None,
        ..cx.clone()
    };
    let id = stage(cx, name, "application/octet-stream", bytes.clone()).await?;
    let mapping = if let Some(mapping) = mapping {
        mapping
    } else {
        let table = reading::table(bytes, name.to_owned(), Plan::default())
            .await?
            .map_err(|fault| AppError::Refused(fault.to_string()))?;
        suggested(cx, cx.organisation()?.0, &table.headers).await?.0
    };
    plan(
        cx,
        id,
        Plan {
            mapping: Some(mapping),
            ..Plan::default()
        },
    )
    .await?;
    let line = find(cx, id).await?;
    let (faults, _) = faults(cx, id).await?;
    Ok(Summary {
        import: id,
        n_rows: line.n_rows,
        n_good: line.n_good,
        n_refused: line.n_refused,
        n_known: line.n_known,
        faults,
    })
}
