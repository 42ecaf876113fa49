//! The security mode as every command sees it. Setting it is `access`'s.

use domain::mode::Mode;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::db::Db;
use crate::error::AppError;
use crate::row::mode;

/// The mode now. A code that this version does not know counts as closed.
pub async fn find(db: &Db) -> Result<Mode, AppError> {
    find_in(db.reader()).await
}

pub(crate) async fn find_in(connection: &impl ConnectionTrait) -> Result<Mode, AppError> {
    let row = mode::Entity::find_by_id(1).one(connection).await?;
    Ok(row.map_or(Mode::Normal, |row| Mode::parse(&row.mode).unwrap_or(Mode::Closed)))
}
