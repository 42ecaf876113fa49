//! Standards and their provisions: read from files, kept in the database, browsed by everyone.

mod around;
pub mod files;
mod load;

use domain::ids::{ProvisionId, StandardId};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{provision, standard};
use store::{AppError, Cx};

pub use around::{Asked, Counterpart, Place, Summary, asked, counterparts, library, place, read_against, summaries};
pub use load::{Loaded, load};
pub use store::row::provision::Model as Provision;
pub use store::row::standard::Model as Standard;

/// Every standard, the Convention first.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Standard>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let mut found = standard::Entity::find()
        .order_by_asc(standard::Column::Code)
        .all(cx.db.reader())
        .await?;
    found.sort_by_key(|row| row.code != files::HOME_STANDARD);
    Ok(found)
}

/// One standard with its provisions in order.
pub async fn get(cx: &Cx<'_>, id: StandardId) -> Result<(Standard, Vec<Provision>), AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let row = standard::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("standard"))?;
    let provisions = provision::Entity::find()
        .filter(provision::Column::StandardId.eq(id.0))
        .order_by_asc(provision::Column::Position)
        .all(cx.db.reader())
        .await?;
    Ok((row, provisions))
}

/// One provision with its standard.
pub async fn provision(cx: &Cx<'_>, id: ProvisionId) -> Result<(Standard, Provision), AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let row = provision::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("provision"))?;
    let standard = standard::Entity::find_by_id(row.standard_id)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("standard"))?;
    Ok((standard, row))
}

/// The address of a provision in an edition. Our own sub-numbers are told apart from the
/// instrument's, so that no two provisions share one.
///
/// ```
/// assert_eq!(monitoring::standard::slug("CETS 197", "10(2).2"), "cets-197-10-2-part-2");
/// assert_ne!(monitoring::standard::slug("ECHR 4", "4(1)"), monitoring::standard::slug("ECHR 4", "4.1"));
/// ```
pub fn slug(standard: &str, number: &str) -> String {
    let text = format!("{standard}-{}", number.replace('.', "-part-")).to_lowercase();
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("-")
}
