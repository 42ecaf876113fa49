//! The names by which lists of evidence call things: provisions, areas, organisations. The same for whoever
//! asks, so they are kept while nothing changes.

use std::collections::HashMap;
use std::sync::Arc;

use domain::permission::{Action, Relation};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, QueryOrder, QuerySelect};
use store::row::{organisation, provision};
use store::{AppError, Cx};
use uuid::Uuid;

use super::{areas, choices};

/// Names of everything that evidence is about.
#[derive(Debug, Default)]
pub struct Names {
    /// Provisions to choose from, in the order of their standards, of which the version loaded last: the id,
    /// and “Trafficking Convention 12(1) Assistance”.
    pub provisions: Vec<(String, String)>,
    /// Areas to choose from: code and name, by kind and then by name.
    pub areas: Vec<(String, String)>,
    /// Organisations.
    pub(super) organisations: HashMap<Uuid, String>,
    /// Of every provision, its place in its standard and its number.
    pub(super) numbers: HashMap<Uuid, (Uuid, i32, String)>,
}

/// The names as they are now. Seldom more than one small query.
pub async fn names(cx: &Cx<'_>) -> Result<Arc<Names>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    cx.db.kept(async |db: &DatabaseConnection| read(db).await).await
}

async fn read(db: &impl ConnectionTrait) -> Result<Names, AppError> {
    let rows: Vec<(Uuid, Uuid, i32, String, String)> = provision::Entity::find()
        .select_only()
        .columns([
            provision::Column::Id,
            provision::Column::StandardId,
            provision::Column::Position,
            provision::Column::Number,
            provision::Column::Title,
        ])
        .order_by_asc(provision::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let mut provisions = Vec::with_capacity(rows.len());
    for standard in choices::newest_standards(db).await? {
        for (id, _, _, number, title) in rows.iter().filter(|(_, of, ..)| *of == standard.id) {
            provisions.push((id.to_string(), format!("{} {number} {title}", standard.short_title)));
        }
    }
    let organisations: Vec<(Uuid, String)> = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .column(organisation::Column::Name)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Names {
        provisions,
        areas: areas(db)
            .await?
            .into_iter()
            .map(|area| (area.code, area.name))
            .collect(),
        organisations: organisations.into_iter().collect(),
        numbers: rows
            .into_iter()
            .map(|(id, standard, position, number, _)| (id, (standard, position, number)))
            .collect(),
    })
}
