//! The register of areas: nations, regions, police force areas, with dated names, parents and
//! successors, loaded from a file.

mod load;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::area::AreaKind;
use domain::permission::{Action, Relation};
use sea_orm::{EntityTrait, QueryOrder};
use store::row::{area, area_name};
use store::{AppError, Cx};
use uuid::Uuid;

pub use load::{Loaded, load, load_file};

/// An area as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its id.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// What it is.
    pub kind: AreaKind,
    /// The name that holds today.
    pub name: String,
    /// Names that held before: the name, its first day and its last, ISO, empty where not known.
    pub former: Vec<(String, String, String)>,
    /// The name of the area it is part of, or empty.
    pub parent: String,
    /// The name of the area that took its place, or empty.
    pub successor: String,
    /// Whether its last name has ended.
    pub has_ended: bool,
}

/// The register: nations first, then regions and so on, by name; of one kind, or all. Loads the whole
/// register, which has some hundred areas: two queries.
pub async fn list(cx: &Cx<'_>, kind: Option<AreaKind>) -> Result<Vec<Line>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let areas = area::Entity::find().all(cx.db.reader()).await?;
    let mut names: HashMap<Uuid, Vec<area_name::Model>> = HashMap::new();
    for name in area_name::Entity::find()
        .order_by_asc(area_name::Column::FromOn)
        .all(cx.db.reader())
        .await?
    {
        names.entry(name.area_id).or_default().push(name);
    }
    let latest = |id: Option<Uuid>| {
        id.and_then(|id| names.get(&id)?.last())
            .map(|name| name.name.clone())
            .unwrap_or_default()
    };
    let today = cx.now.day().iso();
    let mut lines = Vec::with_capacity(areas.len());
    for area in areas {
        let kind = AreaKind::parse(&area.kind).map_err(|error| AppError::Internal(error.into()))?;
        let mut own = names.get(&area.id).cloned().unwrap_or_default();
        let current = own.pop();
        let ended = current
            .as_ref()
            .and_then(|name| name.until_on.as_ref())
            .is_some_and(|until| *until < today);
        lines.push(Line {
            id: area.id,
            code: area.code,
            kind,
            name: current.map(|name| name.name).unwrap_or_default(),
            former: own
                .into_iter()
                .map(|name| (name.name, name.from_on, name.until_on.unwrap_or_default()))
                .collect(),
            parent: latest(area.parent_id),
            successor: latest(area.successor_id),
            has_ended: ended,
        });
    }
    lines.retain(|line| kind.is_none_or(|kind| kind == line.kind));
    lines.sort_by(|a, b| {
        (a.kind, domain::fold::fold(&a.name), &a.code).cmp(&(b.kind, domain::fold::fold(&b.name), &b.code))
    });
    Ok(lines)
}
