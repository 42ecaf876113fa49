//! Amending an item: by its own organisation, and never over someone else's change.

use std::collections::HashSet;

use domain::ids::{EvidenceId, FileId};
use domain::permission::Action;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use store::row::{
    citation, cycle_evidence, evidence, evidence_facet, evidence_file, evidence_named, evidence_provision, file,
};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::input::{Record, check};
use super::visible_to;

/// An item as it shall be from now on.
#[derive(Debug, Clone)]
pub struct Amend {
    /// Which item.
    pub id: EvidenceId,
    /// The revision that was read before it was edited.
    pub revision: i32,
    /// Everything it says; `files` are added to those it has, `is_invented` stays as recorded.
    pub record: Record,
    /// Files to take away. Refused once a cycle has frozen the item.
    pub drop_files: Vec<FileId>,
}

/// Amends an item. [`AppError::Conflict`] when someone else changed it since `revision` was read.
pub async fn amend(cx: &Cx<'_>, input: Amend) -> Result<EvidenceId, AppError> {
    let reader = cx.db.reader();
    let found = evidence::Entity::find_by_id(input.id.0)
        .filter(visible_to(cx.actor))
        .one(reader)
        .await?;
    let row = found.ok_or(AppError::NotFound("item of evidence"))?;
    let relation = cx.actor.relation(row.organisation_id);
    cx.permit(Action::AmendEvidence, relation)?;
    let dropped: HashSet<Uuid> = input.drop_files.iter().map(|id| id.0).collect();
    let files = evidence_file::Entity::find()
        .filter(evidence_file::Column::EvidenceId.eq(row.id))
        .order_by_asc(evidence_file::Column::Position)
        .all(reader)
        .await?;
    let (gone, kept): (Vec<Uuid>, Vec<Uuid>) = files.iter().map(|row| row.file_id).partition(|id| dropped.contains(id));
    let before = row.derived_from_id.map(EvidenceId);
    let upstream = input.record.derived_from;
    let checked = check(cx, input.record, kept.len(), before).await?;
    let work = cx.begin(Action::AmendEvidence, relation).await?;
    if let Some(upstream) = upstream {
        refuse_circle(&work.tx, input.id, upstream).await?;
    }
    let columns = evidence::ActiveModel {
        revision: Set(input.revision + 1),
        ..checked.columns()
    };
    let changed = evidence::Entity::update_many()
        .set(columns)
        .filter(evidence::Column::Id.eq(row.id))
        .filter(evidence::Column::Revision.eq(input.revision))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(AppError::Conflict("item of evidence"));
    }
    clear(&work.tx, row.id).await?;
    let bytes = drop_files(&work.tx, row.id, &gone).await?;
    checked.write(&work.tx, cx, row.id, kept).await?;
    work.finish(cx, "evidence", Some(row.id)).await?;
    // Only now: had the transaction failed, the bytes would still be needed.
    for hash in bytes {
        cx.files.remove(&hash).await?;
    }
    Ok(input.id)
}

/// Refuses an upstream that was itself derived from this item.
async fn refuse_circle(tx: &impl ConnectionTrait, id: EvidenceId, upstream: EvidenceId) -> Result<(), AppError> {
    let mut at = Some(upstream.0);
    let mut seen = HashSet::new();
    while let Some(step) = at.filter(|step| seen.insert(*step)) {
        if step == id.0 {
            let words = "This item would be derived from itself: name the item that came first";
            return Err(AppError::Invalid(FieldErrors::of("derived_from", words)));
        }
        at = evidence::Entity::find_by_id(step)
            .one(tx)
            .await?
            .and_then(|row| row.derived_from_id);
    }
    Ok(())
}

/// Removes what is written anew on every change.
async fn clear(tx: &impl ConnectionTrait, id: Uuid) -> Result<(), AppError> {
    citation::Entity::delete_many()
        .filter(citation::Column::EvidenceId.eq(id))
        .exec(tx)
        .await?;
    evidence_provision::Entity::delete_many()
        .filter(evidence_provision::Column::EvidenceId.eq(id))
        .exec(tx)
        .await?;
    evidence_facet::Entity::delete_many()
        .filter(evidence_facet::Column::EvidenceId.eq(id))
        .exec(tx)
        .await?;
    evidence_named::Entity::delete_many()
        .filter(evidence_named::Column::EvidenceId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes files away, and gives the hashes of bytes that nothing else keeps.
async fn drop_files(tx: &impl ConnectionTrait, id: Uuid, gone: &[Uuid]) -> Result<Vec<String>, AppError> {
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    if cycle_evidence::Entity::find()
        .filter(cycle_evidence::Column::EvidenceId.eq(id))
        .count(tx)
        .await?
        > 0
    {
        let words = "A cycle has frozen this item, and its files with it: they can no longer be taken away";
        return Err(AppError::Invalid(FieldErrors::of("drop_files", words)));
    }
    evidence_file::Entity::delete_many()
        .filter(evidence_file::Column::EvidenceId.eq(id))
        .filter(evidence_file::Column::FileId.is_in(gone.iter().copied()))
        .exec(tx)
        .await?;
    let rows = file::Entity::find()
        .filter(file::Column::Id.is_in(gone.iter().copied()))
        .all(tx)
        .await?;
    file::Entity::delete_many()
        .filter(file::Column::Id.is_in(gone.iter().copied()))
        .exec(tx)
        .await?;
    let mut orphans = Vec::new();
    for row in rows {
        if file::Entity::find()
            .filter(file::Column::Sha256.eq(row.sha256.as_str()))
            .count(tx)
            .await?
            == 0
        {
            orphans.push(row.sha256);
        }
    }
    Ok(orphans)
}
