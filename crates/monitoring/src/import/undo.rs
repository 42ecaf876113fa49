//! Undoing an import: exactly its figures go, unless a measurement rests on one.

use domain::ids::ImportId;
use domain::permission::Action;
use domain::series::ImportState;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, SqlErr};
use store::row::{import, measurement, observation};
use store::{AppError, Cx};

use super::find;

/// Removes the figures that an import brought and marks it undone. Coordinators, and contributors and
/// assessors of the organisation that imported it.
pub async fn undo(cx: &Cx<'_>, id: ImportId) -> Result<ImportId, AppError> {
    let line = find(cx, id).await?;
    let work = cx
        .begin(Action::UndoImport, cx.actor.relation(line.organisation_id))
        .await?;
    let changed = import::Entity::update_many()
        .col_expr(import::Column::State, Expr::value(ImportState::Undone.code()))
        .filter(import::Column::Id.eq(id.0))
        .filter(import::Column::State.eq(ImportState::Taken.code()))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected != 1 {
        return Err(AppError::Refused(line.state.cannot_be_undone()));
    }
    let own = Query::select()
        .column(observation::Column::Id)
        .from(observation::Entity)
        .and_where(observation::Column::ImportId.eq(id.0))
        .to_owned();
    let used = measurement::Entity::find()
        .filter(measurement::Column::ObservationId.in_subquery(own))
        .count(&work.tx)
        .await?;
    if used > 0 {
        return Err(AppError::Refused(format!(
            "{used} {} on figures of this import, so it stays: take other figures for {} first, or import a corrected vintage beside it",
            if used == 1 {
                "measurement rests"
            } else {
                "measurements rest"
            },
            if used == 1 { "it" } else { "them" },
        )));
    }
    observation::Entity::delete_many()
        .filter(observation::Column::ImportId.eq(id.0))
        .exec(&work.tx)
        .await
        .map_err(|error| {
            // A measurement came in between the count and here.
            if matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) {
                AppError::Refused("A measurement was just taken from one of these figures, so the import stays".into())
            } else {
                error.into()
            }
        })?;
    work.finish(cx, "import", Some(id.0)).await?;
    Ok(id)
}
