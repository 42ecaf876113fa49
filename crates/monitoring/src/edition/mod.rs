//! Editions: what a cycle publishes, frozen, and how it is corrected or withdrawn.
//!
//! An edition has revisions; each is frozen as JSON, from which a job renders its files once. The
//! web serves those bytes and nothing else. A revision is never changed, except that an emergency
//! withdrawal removes a passage from all of them and leaves a tombstone.

mod build;
mod correct;
pub mod frozen;
mod passage;
mod publish;
pub mod verify;
pub mod withdraw;

#[cfg(test)]
mod tests;

use domain::ids::{EditionId, RevisionId};
use domain::publication::RevisionState;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{cycle, edition, edition_file, edition_revision};
use store::{AppError, Cx};

pub use build::Words;
pub use correct::{Correct, correct};
pub use publish::{JOB, Rendered, keep, pending, publish, renderable, take_up};

/// A published edition, for lists.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The edition.
    pub id: EditionId,
    /// The cycle.
    pub cycle: cycle::Model,
    /// Its revisions, newest first; those being built among them.
    pub revisions: Vec<Revision>,
}

/// One revision, without its content.
#[derive(Debug, Clone)]
pub struct Revision {
    /// The revision.
    pub id: RevisionId,
    /// 1 for the first.
    pub number: i32,
    /// Where it stands.
    pub state: RevisionState,
    /// Why it was made.
    pub reason: String,
    /// ISO day.
    pub published_on: String,
}

impl Listed {
    /// The newest revision that can be read.
    pub fn newest(&self) -> Option<&Revision> {
        self.revisions
            .iter()
            .find(|revision| revision.state == RevisionState::Published)
    }
}

/// Every edition, newest cycle first. What is published is for everyone to read.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Listed>, AppError> {
    let db = cx.db.reader();
    let mut found = Vec::new();
    for (row, cycle) in edition_and_cycle(db).await? {
        let revisions = edition_revision::Entity::find()
            .filter(edition_revision::Column::EditionId.eq(row.id))
            .order_by_desc(edition_revision::Column::Number)
            .all(db)
            .await?
            .into_iter()
            .map(revision)
            .collect::<Result<_, _>>()?;
        found.push(Listed {
            id: EditionId(row.id),
            cycle,
            revisions,
        });
    }
    found.sort_by(|a, b| b.cycle.period_start.cmp(&a.cycle.period_start));
    Ok(found)
}

async fn edition_and_cycle(db: &impl ConnectionTrait) -> Result<Vec<(edition::Model, cycle::Model)>, AppError> {
    let cycles = cycle::Entity::find().all(db).await?;
    Ok(edition::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .filter_map(|row| {
            cycles
                .iter()
                .find(|cycle| cycle.id == row.cycle_id)
                .map(|cycle| (row.clone(), cycle.clone()))
        })
        .collect())
}

fn revision(row: edition_revision::Model) -> Result<Revision, AppError> {
    Ok(Revision {
        id: RevisionId(row.id),
        number: row.number,
        state: RevisionState::parse(&row.state).map_err(|error| AppError::Internal(error.into()))?,
        reason: row.reason,
        published_on: row.published_on,
    })
}

/// The edition of a cycle's code.
pub async fn find(cx: &Cx<'_>, code: &str) -> Result<Listed, AppError> {
    list(cx)
        .await?
        .into_iter()
        .find(|listed| listed.cycle.code == code)
        .ok_or(AppError::NotFound("edition"))
}

/// The frozen content of a revision.
pub async fn content(db: &impl ConnectionTrait, id: RevisionId) -> Result<frozen::Edition, AppError> {
    let row = edition_revision::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("revision"))?;
    Ok(serde_json::from_str(&row.frozen)?)
}

/// A file of a published revision, as it was rendered. `number` is the revision; `None` the newest.
pub async fn file(
    cx: &Cx<'_>,
    code: &str,
    number: Option<i32>,
    path: &str,
) -> Result<(edition_file::Model, bytes::Bytes), AppError> {
    let listed = find(cx, code).await?;
    let revision = match number {
        Some(number) => listed
            .revisions
            .iter()
            .find(|revision| revision.number == number && revision.state == RevisionState::Published),
        None => listed.newest(),
    }
    .ok_or(AppError::NotFound("edition"))?;
    let row = edition_file::Entity::find_by_id((revision.id.0, path.to_owned()))
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("page"))?;
    let bytes = cx.files.get(&row.sha256).await?.ok_or(AppError::NotFound("page"))?;
    Ok((row, bytes))
}

/// Every file of a published revision, for writing the edition to a folder again.
pub async fn all_files(cx: &Cx<'_>, id: RevisionId) -> Result<Vec<edition_file::Model>, AppError> {
    Ok(edition_file::Entity::find()
        .filter(edition_file::Column::RevisionId.eq(id.0))
        .order_by_asc(edition_file::Column::Path)
        .all(cx.db.reader())
        .await?)
}
