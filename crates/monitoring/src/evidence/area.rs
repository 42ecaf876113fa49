//! The areas that evidence can name, from the register of areas.

use domain::area::AreaKind;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
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

/// Every area that has a name today, by kind and then by name. One query, whatever their number.
pub async fn areas(db: &impl ConnectionTrait) -> Result<Vec<AreaChoice>, AppError> {
    let mut query = area::Entity::find()
        .filter(area_name::Column::UntilOn.is_null())
        .select_only()
        .column(area::Column::Code)
        .column(area::Column::Kind)
        .column(area_name::Column::Name)
        .column(area_name::Column::NameFolded);
    QueryTrait::query(&mut query).inner_join(
        area_name::Entity,
        sea_orm::ExprTrait::equals(
            Expr::col((area_name::Entity, area_name::Column::AreaId)),
            (area::Entity, area::Column::Id),
        ),
    );
    let mut rows: Vec<(String, String, String, String)> = query.into_tuple().all(db).await?;
    rows.sort_by(|(.., one), (.., other)| one.cmp(other));
    let mut areas: Vec<AreaChoice> = rows
        .into_iter()
        .filter_map(|(code, kind, name, _)| {
            let kind = AreaKind::parse(&kind).ok()?;
            Some(AreaChoice { code, kind, name })
        })
        .collect();
    areas.sort_by_key(|area| area.kind);
    Ok(areas)
}
