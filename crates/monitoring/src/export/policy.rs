//! Which exports need the agreement of a second person.

use domain::export::ExportKind;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use store::row::export_policy::{ActiveModel, Column, Entity};
use store::{AppError, Cx};

/// Whether an export of this kind needs a second person. The log and cases do until the coalition says
/// otherwise: they tell who did what, and to whom what was done.
pub async fn needs_agreement(db: &impl ConnectionTrait, kind: ExportKind) -> Result<bool, AppError> {
    let row = Entity::find_by_id(kind.code().to_owned()).one(db).await?;
    Ok(row.map_or(matches!(kind, ExportKind::Log | ExportKind::Cases), |row| {
        row.is_on_request
    }))
}

/// Every kind with whether it needs a second person.
pub async fn policies(cx: &Cx<'_>) -> Result<Vec<(ExportKind, bool)>, AppError> {
    cx.permit(Action::AskExport, Relation::Coalition)?;
    let mut found = Vec::new();
    for kind in ExportKind::ALL {
        found.push((*kind, needs_agreement(cx.db.reader(), *kind).await?));
    }
    Ok(found)
}

/// Says which kinds need a second person; all others do not. Coordinators only. Requests that wait keep
/// waiting.
pub async fn set_policy(cx: &Cx<'_>, on_request: &[ExportKind]) -> Result<(), AppError> {
    let work = cx.begin(Action::SetExportPolicy, Relation::Coalition).await?;
    let rows = ExportKind::ALL.iter().map(|kind| {
        Ok(ActiveModel {
            kind: Set(kind.code().to_owned()),
            is_on_request: Set(on_request.contains(kind)),
            member_id: Set(cx.member()?.0),
            at: Set(cx.now.0),
        })
    });
    Entity::insert_many(rows.collect::<Result<Vec<_>, AppError>>()?)
        .on_conflict(
            OnConflict::column(Column::Kind)
                .update_columns([Column::IsOnRequest, Column::MemberId, Column::At])
                .to_owned(),
        )
        .exec_without_returning(&work.tx)
        .await?;
    work.finish(cx, "export_policy", None).await
}
