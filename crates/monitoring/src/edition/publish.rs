//! Publishing: freeze first, render in a job, then keep the bytes. Killed anywhere, it leaves either
//! nothing or a revision that the next worker finishes.

use bytes::Bytes;
use domain::cycle::CycleState;
use domain::ids::{CycleId, RevisionId};
use domain::permission::{Action, Relation};
use domain::publication::{Licence, RevisionState};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{checkpoint, edition, edition_file, edition_revision, file};
use store::{AppError, Cx, Db, FieldErrors};
use uuid::Uuid;

use super::build::{self, Words};
use super::frozen::{Checkpoint, Edition};

/// The kind of the job that renders a revision.
pub const JOB: &str = "render-edition";

/// A rendered file.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Path inside the edition: `index.html`, `data/ratings.csv`.
    pub path: String,
    /// Media type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// Freezes revision 1 of a closed cycle's edition and queues its rendering. Whoever publishes says under
/// what others may use the data.
///
/// Refused while assessments are unreconciled, naming them, and while the cycle is not closed.
pub async fn publish(cx: &Cx<'_>, cycle: CycleId, words: &Words) -> Result<RevisionId, AppError> {
    let mut errors = FieldErrors::new();
    errors.required(
        "summary",
        &words.summary,
        "Write the summary: it is the first page people read",
    );
    let licence = Licence::parse(&words.licence);
    errors.code("licence", licence.clone(), "Choose under what others may use the data");
    errors.into_result()?;
    let licence = licence.map_err(|error| AppError::Internal(error.into()))?;
    let member = cx.member()?;
    let work = cx.begin(Action::PublishEdition, Relation::Coalition).await?;
    let row = crate::cycle::row(&work.tx, cycle).await?;
    let standing = crate::cycle::obstacles(&work.tx, cycle).await?;
    if !standing.is_empty() {
        return Err(AppError::Refused(crate::cycle::refusal(&row, &standing)));
    }
    crate::cycle::require(&row, &[CycleState::Closed])?;
    if edition::Entity::find()
        .filter(edition::Column::CycleId.eq(cycle.0))
        .one(&work.tx)
        .await?
        .is_some()
    {
        return Err(AppError::Refused(format!(
            "{} is already published: a correction makes a new revision",
            row.title
        )));
    }
    let published_on = cx.now.day().iso();
    let content = build::build(&work.tx, cycle, words, licence, &published_on).await?;
    let edition = cx.ids.ordered();
    edition::ActiveModel {
        id: Set(edition),
        cycle_id: Set(cycle.0),
        created_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    let id = freeze(&work.tx, cx, edition, member.0, &content, "First publication").await?;
    work.finish(cx, "edition_revision", Some(id.0)).await?;
    Ok(id)
}

/// Writes a frozen revision and queues its rendering.
pub(super) async fn freeze(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    edition: Uuid,
    member: Uuid,
    content: &Edition,
    reason: &str,
) -> Result<RevisionId, AppError> {
    let id = cx.ids.ordered();
    edition_revision::ActiveModel {
        id: Set(id),
        edition_id: Set(edition),
        number: Set(i32::try_from(content.revision).unwrap_or(i32::MAX)),
        state: Set(RevisionState::Building.code().to_owned()),
        reason: Set(reason.to_owned()),
        frozen: Set(serde_json::to_string(content)?),
        published_on: Set(content.published_on.clone()),
        member_id: Set(member),
        at: Set(cx.now.0),
        withdrawal_id: Set(None),
    }
    .insert(tx)
    .await?;
    store::jobs::queue(tx, cx, JOB, &id.to_string()).await?;
    Ok(RevisionId(id))
}

/// What a worker renders: the frozen content of a revision, with its signed checkpoint if one was taken.
pub async fn renderable(db: &Db, id: RevisionId) -> Result<Edition, AppError> {
    let checkpoint = checkpoint::Entity::find()
        .filter(checkpoint::Column::RevisionId.eq(id.0))
        .one(db.reader())
        .await?;
    Ok(Edition {
        checkpoint: checkpoint.map(|row| Checkpoint {
            note: row.note,
            key: row.key,
        }),
        ..super::content(db.reader(), id).await?
    })
}

/// Keeps the rendered files of a revision and makes it readable, in one transaction. Doing it again
/// replaces what an earlier, interrupted attempt had kept.
pub async fn keep(
    db: &Db,
    files: &store::files::Files,
    id: RevisionId,
    rendered: Vec<Rendered>,
) -> Result<(), AppError> {
    let mut rows = Vec::with_capacity(rendered.len());
    for file in rendered {
        let n_bytes = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
        let sha256 = files.put(file.bytes).await?;
        rows.push((file.path, file.media_type, sha256, n_bytes));
    }
    let tx = db.begin().await?;
    let before: Vec<edition_file::Model> = edition_file::Entity::find()
        .filter(edition_file::Column::RevisionId.eq(id.0))
        .all(&tx)
        .await?;
    let row = edition_revision::Entity::find_by_id(id.0)
        .one(&tx)
        .await?
        .ok_or(AppError::NotFound("revision"))?;
    edition_file::Entity::delete_many()
        .filter(edition_file::Column::RevisionId.eq(id.0))
        .exec(&tx)
        .await?;
    for (path, media_type, sha256, n_bytes) in rows {
        let earlier = before.iter().find(|row| row.path == path);
        // A file that a withdrawal changed keeps the hash it had, so that the change can be proved.
        let changed = earlier.filter(|row| row.sha256 != sha256);
        edition_file::ActiveModel {
            revision_id: Set(id.0),
            path: Set(path),
            media_type: Set(media_type),
            sha256: Set(sha256),
            n_bytes: Set(n_bytes),
            withdrawal_id: Set(changed
                .and(row.withdrawal_id)
                .or(earlier.and_then(|row| row.withdrawal_id))),
            was_sha256: Set(changed
                .map(|row| row.sha256.clone())
                .or_else(|| earlier.and_then(|row| row.was_sha256.clone()))),
        }
        .insert(&tx)
        .await?;
    }
    let mut row: edition_revision::ActiveModel = row.into();
    row.state = Set(RevisionState::Published.code().to_owned());
    row.update(&tx).await?;
    tx.commit().await.map_err(AppError::from)?;
    // Bytes that no file of any edition points to any more are removed for good.
    for row in before {
        let published = edition_file::Entity::find()
            .filter(edition_file::Column::Sha256.eq(&row.sha256))
            .one(db.reader())
            .await?;
        let kept = file::Entity::find()
            .filter(file::Column::Sha256.eq(&row.sha256))
            .one(db.reader())
            .await?;
        if published.is_none() && kept.is_none() {
            files.remove(&row.sha256).await?;
        }
    }
    Ok(())
}

/// Revisions whose rendering is not finished, oldest first.
pub async fn pending(db: &Db) -> Result<Vec<RevisionId>, AppError> {
    Ok(edition_revision::Entity::find()
        .filter(edition_revision::Column::State.eq(RevisionState::Building.code()))
        .order_by_asc(edition_revision::Column::At)
        .all(db.reader())
        .await?
        .into_iter()
        .map(|row| RevisionId(row.id))
        .collect())
}

/// Takes up again the rendering of revisions that was given up, for example after a fault in the program was mended.
pub async fn take_up(db: &Db) -> Result<(), AppError> {
    for id in pending(db).await? {
        store::jobs::take_up(db, JOB, &id.to_string()).await?;
    }
    Ok(())
}
