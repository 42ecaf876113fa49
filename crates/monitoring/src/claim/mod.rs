//! Claims: what the state says it has done about a provision, in its words, with source and date.
//! They stand beside the audit's findings and are never corrected by them.

mod amend;
mod record;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::ids::{ClaimId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{body, claim, provision, standard};
use store::{AppError, Cx};
use uuid::Uuid;

pub use amend::{Amend, amend};
pub use record::{Record, record};

/// How many claims a page of the list has.
pub const PAGE: u64 = 50;

/// A claim with the names of what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The claim.
    pub claim: claim::Model,
    /// The provision it speaks of: “CETS 197, 12(1)”.
    pub provision: String,
    /// The title of that provision.
    pub provision_title: String,
    /// The body that said it; empty where it was the state as a whole.
    pub body: String,
}

/// Claims, the latest first; of one provision, or all. One page, and the number of pages.
pub async fn list(cx: &Cx<'_>, provision: Option<ProvisionId>, page: u64) -> Result<(Vec<Line>, u64), AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let mut query = claim::Entity::find();
    if let Some(provision) = provision {
        query = query.filter(claim::Column::ProvisionId.eq(provision.0));
    }
    let last = query.clone().count(cx.db.reader()).await?.div_ceil(PAGE).max(1);
    let found = query
        .order_by_desc(claim::Column::MadeOn)
        .order_by_desc(claim::Column::Id)
        .limit(PAGE)
        .offset(page.saturating_sub(1) * PAGE)
        .all(cx.db.reader())
        .await?;
    Ok((lines(cx, found).await?, last))
}

/// The latest claims about a provision, at most `n`, each with the name of the body that said it;
/// empty where it was the state as a whole. At most two queries.
pub async fn latest(cx: &Cx<'_>, provision: ProvisionId, n: u64) -> Result<Vec<(claim::Model, String)>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let found = claim::Entity::find()
        .filter(claim::Column::ProvisionId.eq(provision.0))
        .order_by_desc(claim::Column::MadeOn)
        .order_by_desc(claim::Column::Id)
        .limit(n)
        .all(db)
        .await?;
    let speakers: Vec<Uuid> = found.iter().filter_map(|claim| claim.body_id).collect();
    let bodies = if speakers.is_empty() {
        Vec::new()
    } else {
        body::Entity::find()
            .filter(body::Column::Id.is_in(speakers))
            .all(db)
            .await?
    };
    let name = |id: Option<Uuid>| {
        bodies
            .iter()
            .find(|body| Some(body.id) == id)
            .map(|body| body.name.clone())
            .unwrap_or_default()
    };
    Ok(found
        .into_iter()
        .map(|claim| (name(claim.body_id), claim))
        .map(|(name, claim)| (claim, name))
        .collect())
}

/// One claim.
pub async fn find(cx: &Cx<'_>, id: ClaimId) -> Result<Line, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let found = claim::Entity::find_by_id(id.0).all(cx.db.reader()).await?;
    lines(cx, found)
        .await?
        .into_iter()
        .next()
        .ok_or(AppError::NotFound("claim"))
}

/// Claims with the names of provisions and bodies: three more queries, however many claims.
async fn lines(cx: &Cx<'_>, found: Vec<claim::Model>) -> Result<Vec<Line>, AppError> {
    let db = cx.db.reader();
    let provisions = provision::Entity::find()
        .filter(provision::Column::Id.is_in(found.iter().map(|claim| claim.provision_id)))
        .all(db)
        .await?;
    let standards = standard::Entity::find()
        .filter(standard::Column::Id.is_in(provisions.iter().map(|of| of.standard_id)))
        .all(db)
        .await?;
    let bodies = body::Entity::find()
        .filter(body::Column::Id.is_in(found.iter().filter_map(|claim| claim.body_id)))
        .all(db)
        .await?;
    let standards: HashMap<Uuid, String> = standards
        .into_iter()
        .map(|standard| (standard.id, standard.short_title))
        .collect();
    let bodies: HashMap<Uuid, String> = bodies.into_iter().map(|body| (body.id, body.name)).collect();
    let provisions: HashMap<Uuid, provision::Model> = provisions.into_iter().map(|of| (of.id, of)).collect();
    Ok(found
        .into_iter()
        .map(|claim| {
            let of = provisions.get(&claim.provision_id);
            Line {
                provision: of.map(|of| named(of, &standards)).unwrap_or_default(),
                provision_title: of.map(|of| of.title.clone()).unwrap_or_default(),
                body: claim
                    .body_id
                    .and_then(|id| bodies.get(&id).cloned())
                    .unwrap_or_default(),
                claim,
            }
        })
        .collect())
}

fn named(of: &provision::Model, standards: &HashMap<Uuid, String>) -> String {
    format!(
        "{}, {}",
        standards.get(&of.standard_id).map_or("", String::as_str),
        of.number
    )
}

/// What a claim may be about: provisions in the order of their standards, and bodies by name, each
/// with its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Provisions.
    pub provisions: Vec<(String, String)>,
    /// Bodies.
    pub bodies: Vec<(String, String)>,
}

/// What a claim may be about.
pub async fn choices(cx: &Cx<'_>) -> Result<Choices, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let standards = standard::Entity::find().all(db).await?;
    let mut provisions = provision::Entity::find()
        .order_by_asc(provision::Column::Position)
        .all(db)
        .await?;
    let place: HashMap<Uuid, usize> = {
        let mut codes: Vec<_> = standards
            .iter()
            .map(|standard| (standard.loaded_at, &standard.code, standard.id))
            .collect();
        codes.sort();
        codes
            .into_iter()
            .enumerate()
            .map(|(nth, (_, _, id))| (id, nth))
            .collect()
    };
    provisions.sort_by_key(|of| (place.get(&of.standard_id).copied(), of.position));
    let standards: HashMap<Uuid, String> = standards
        .into_iter()
        .map(|standard| (standard.id, standard.short_title))
        .collect();
    let bodies = body::Entity::find()
        .order_by_asc(body::Column::NameFolded)
        .all(db)
        .await?;
    Ok(Choices {
        provisions: provisions
            .iter()
            .map(|of| (of.id.to_string(), format!("{} {}", named(of, &standards), of.title)))
            .collect(),
        bodies: bodies
            .into_iter()
            .map(|body| (body.id.to_string(), body.name))
            .collect(),
    })
}
