//! The areas that evidence can name, from the register of areas.

use domain::area::AreaKind;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::AppError;
use store::row::{area, area_name};

/// An area to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaChoice {
    /// Its code, which evidence keeps.
    pub code: String,
    /// What it is.
    pub kind: AreaKind,
    /// What it is called today.
    pub name: String,
}

/// Every area that has a name today, by kind and then by name. Two queries, whatever their number.
pub async fn areas(db: &impl ConnectionTrait) -> Result<Vec<AreaChoice>, AppError> {
    let mut names: std::collections::HashMap<_, _> = area_name::Entity::find()
        .filter(area_name::Column::UntilOn.is_null())
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.area_id, (row.name_folded, row.name)))
        .collect();
    let mut areas: Vec<(String, AreaChoice)> = area::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .filter_map(|row| {
            let (folded, name) = names.remove(&row.id)?;
            let kind = AreaKind::parse(&row.kind).ok()?;
            Some((
                folded,
                AreaChoice {
                    code: row.code,
                    kind,
                    name,
                },
            ))
        })
        .collect();
    areas.sort_by(|(one, a), (other, b)| (a.kind, one).cmp(&(b.kind, other)));
    Ok(areas.into_iter().map(|(_, area)| area).collect())
}
