//! Staging a file, and saying how it is to be read.

use bytes::Bytes;
use domain::ids::ImportId;
use domain::permission::{Action, Relation};
use domain::series::ImportState;
use interchange::plan::heading_digest;
use interchange::{Fault, Kind};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::row::{file, import, import_mapping};
use store::{AppError, Cx, FieldErrors, Work};

use super::check::Checked;
use super::{KIND, Line, Plan, Question, check, find, kept_file, reading, state_of};
use crate::series;

/// Keeps a file and stages an import of it. A file that cannot be read as a table, or that has columns
/// about people, is refused and not kept. Coordinators, contributors and assessors.
pub async fn stage(cx: &Cx<'_>, name: &str, media_type: &str, bytes: Bytes) -> Result<ImportId, AppError> {
    cx.permit(Action::ImportSeries, Relation::Coalition)?;
    if let Some(fault) = reading::hopeless(bytes.clone(), name.to_owned()).await? {
        return Err(AppError::Invalid(FieldErrors::of("file", fault.to_string())));
    }
    let work = cx.begin(Action::ImportSeries, Relation::Coalition).await?;
    let file = cx.files.keep(&work.tx, cx, name, media_type, bytes).await?;
    let id = cx.ids.ordered();
    import::ActiveModel {
        id: Set(id),
        kind: Set(KIND.to_owned()),
        file_id: Set(file.0),
        organisation_id: Set(cx.organisation()?.0),
        member_id: Set(cx.member()?.0),
        state: Set(ImportState::Staged.code().to_owned()),
        mapping: Set(serde_json::to_string(&Plan::default())?),
        n_rows: Set(0),
        n_good: Set(0),
        n_refused: Set(0),
        n_known: Set(0),
        faults: Set("[]".to_owned()),
        at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "import", Some(id)).await?;
    Ok(ImportId(id))
}

/// Says how a staged file is to be read: sheet, row of headings, and, once those are clear, the mapping.
/// With a mapping the rows are checked, the faults kept, and the mapping remembered for files with the
/// same headings.
pub async fn plan(cx: &Cx<'_>, id: ImportId, plan: Plan) -> Result<ImportId, AppError> {
    cx.permit(Action::ImportSeries, Relation::Coalition)?;
    let line = staged(cx, id).await?;
    let (file, bytes) = kept_file(cx, id).await?;
    let Some(mapping) = &plan.mapping else {
        if let Err(fault) = reading::table(bytes, file.name, plan.clone()).await?
            && Question::of(&fault).is_none_or(|_| plan.header_row.is_some())
        {
            return refuse(cx, id, &fault).await;
        }
        let work = begin(cx, &line).await?;
        keep_plan(&work, id, &plan, None).await?;
        work.finish(cx, "import", Some(id.0)).await?;
        return Ok(id);
    };
    let (table, read) = match reading::rows(bytes, file.name, plan.clone()).await? {
        Ok(read) => read,
        Err(fault) => return refuse(cx, id, &fault).await,
    };
    let work = begin(cx, &line).await?;
    let checked = check::check(&work.tx, cx, id, read).await?;
    keep_plan(&work, id, &plan, Some((table.rows.len(), &checked))).await?;
    import_mapping::Entity::insert(import_mapping::ActiveModel {
        organisation_id: Set(line.organisation_id),
        header: Set(heading_digest(&table.headers)),
        mapping: Set(serde_json::to_string(mapping)?),
        at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::columns([import_mapping::Column::OrganisationId, import_mapping::Column::Header])
            .update_columns([import_mapping::Column::Mapping, import_mapping::Column::At])
            .to_owned(),
    )
    .exec_without_returning(&work.tx)
    .await?;
    work.finish(cx, "import", Some(id.0)).await?;
    Ok(id)
}

/// Adds series that a staged file names, all or none of them, and checks the file again. Faults name
/// the fields as `title-0`, `unit-0` and so on, counted as in `new`.
pub async fn add_series(cx: &Cx<'_>, id: ImportId, new: Vec<series::Record>) -> Result<ImportId, AppError> {
    let line = staged(cx, id).await?;
    let (file, bytes) = kept_file(cx, id).await?;
    let read = reading::rows(bytes, file.name, line.plan.clone()).await?;
    let (table, read) = read.map_err(|fault| AppError::Refused(fault.to_string()))?;
    let work = begin(cx, &line).await?;
    let mut errors = FieldErrors::new();
    for (nth, record) in new.into_iter().enumerate() {
        match series::record_within(&work.tx, cx, record).await {
            Ok(_) => {}
            Err(AppError::Invalid(faults)) => faults
                .iter()
                .for_each(|(field, words)| errors.add(&format!("{field}-{nth}"), words)),
            Err(error) => return Err(error),
        }
        // A broken unique rule ends a transaction on PostgreSQL, so nothing more may follow it.
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
    }
    let checked = check::check(&work.tx, cx, id, read).await?;
    keep_plan(&work, id, &line.plan, Some((table.rows.len(), &checked))).await?;
    work.finish(cx, "import", Some(id.0)).await?;
    Ok(id)
}

/// An import that still waits for a decision.
pub(super) async fn staged(cx: &Cx<'_>, id: ImportId) -> Result<Line, AppError> {
    let line = find(cx, id).await?;
    match line.state {
        ImportState::Staged => Ok(line),
        state => {
            // The second click of one button finds what the first one did.
            drop(cx.begin(Action::ImportSeries, Relation::Coalition).await?);
            Err(AppError::Refused(state.decided_already()))
        }
    }
}

pub(super) async fn begin(cx: &Cx<'_>, line: &Line) -> Result<Work, AppError> {
    cx.begin(Action::ImportSeries, cx.actor.relation(line.organisation_id))
        .await
}

/// Keeps the plan and, once rows were checked, the number of rows and what was found.
pub(super) async fn keep_plan(
    work: &Work,
    id: ImportId,
    plan: &Plan,
    found: Option<(usize, &Checked)>,
) -> Result<(), AppError> {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let (n_rows, n_good, n_refused, n_known, faults) = match found {
        Some((n_rows, checked)) => {
            let faults = serde_json::to_string(&checked.faults)?;
            (
                count(n_rows),
                count(checked.new.len()),
                count(checked.n_refused()),
                count(checked.n_known),
                faults,
            )
        }
        None => (0, 0, 0, 0, "[]".to_owned()),
    };
    let changed = import::Entity::update_many()
        .col_expr(import::Column::Mapping, Expr::value(serde_json::to_string(plan)?))
        .col_expr(import::Column::NRows, Expr::value(n_rows))
        .col_expr(import::Column::NGood, Expr::value(n_good))
        .col_expr(import::Column::NRefused, Expr::value(n_refused))
        .col_expr(import::Column::NKnown, Expr::value(n_known))
        .col_expr(import::Column::Faults, Expr::value(faults))
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

/// Refuses what was said of the file. A file that turns out to have columns about people is not kept.
async fn refuse<T>(cx: &Cx<'_>, id: ImportId, fault: &Fault) -> Result<T, AppError> {
    if matches!(fault.kind, Kind::Personal { .. }) {
        discard(cx, id).await?;
    }
    Err(AppError::Invalid(FieldErrors::of("form", fault.to_string())))
}

/// Removes a staged import with its file, row and bytes.
async fn discard(cx: &Cx<'_>, id: ImportId) -> Result<(), AppError> {
    let cx = Cx {
        once: None,
        ..cx.clone()
    };
    let work = cx.begin(Action::ImportSeries, Relation::Coalition).await?;
    let import = import::Entity::find_by_id(id.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("import"))?;
    state_of(&import.state)?;
    import::Entity::delete_by_id(id.0).exec(&work.tx).await?;
    let kept = file::Entity::find_by_id(import.file_id).one(&work.tx).await?;
    file::Entity::delete_by_id(import.file_id).exec(&work.tx).await?;
    let hash = kept.map(|file| file.sha256).unwrap_or_default();
    let others = file::Entity::find()
        .filter(file::Column::Sha256.eq(hash.as_str()))
        .count(&work.tx)
        .await?;
    work.finish(&cx, "import", Some(id.0)).await?;
    if others == 0 && !hash.is_empty() {
        cx.files.remove(&hash).await?;
    }
    Ok(())
}
