//! Emergency withdrawal: a passage that endangers someone is removed from every revision, page, PDF
//! and data file, by two people, with a reason that is printed where it stood.

use domain::ids::EditionId;
use domain::permission::{Action, Relation};
use domain::publication::RevisionState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{edition_revision, withdrawal};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::passage;
pub use super::passage::{all as passages, find as passage, remove};

/// What a withdrawal cannot reach; printed beside every tombstone.
pub const UNREACHABLE: &str = "Copies that others have already downloaded, printed or quoted cannot be recalled.";

/// A proposal.
#[derive(Debug, Clone, Default)]
pub struct Propose {
    /// What kind of passage, as [`passages`] calls it.
    pub subject: String,
    /// Its id.
    pub id: String,
    /// Why; printed, so it must not repeat what endangers.
    pub reason: String,
}

/// Proposes a withdrawal. Publishers and coordinators; nothing changes until another approves it.
pub async fn propose(cx: &Cx<'_>, edition: EditionId, input: Propose) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    let reason = errors.required(
        "reason",
        &input.reason,
        "Say why: it is printed in place of the passage, so do not repeat what endangers",
    );
    errors.into_result()?;
    let subject_id: Uuid = input.id.parse().map_err(|_| AppError::NotFound("passage"))?;
    let member = cx.member()?;
    let work = cx.begin(Action::ProposeWithdrawal, Relation::Coalition).await?;
    let revisions = revisions(&work.tx, edition.0).await?;
    let mut exists = false;
    for row in &revisions {
        let content: super::frozen::Edition = serde_json::from_str(&row.frozen)?;
        exists |= passage::find(&content, &input.subject, &input.id).is_some();
    }
    if !exists {
        return Err(AppError::NotFound("passage"));
    }
    let id = cx.ids.ordered();
    withdrawal::ActiveModel {
        id: Set(id),
        edition_id: Set(edition.0),
        subject: Set(input.subject),
        subject_id: Set(subject_id),
        reason: Set(reason),
        proposed_by_id: Set(member.0),
        proposed_at: Set(cx.now.0),
        approved_by_id: Set(None),
        approved_at: Set(None),
        unreachable: Set(UNREACHABLE.to_owned()),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "withdrawal", Some(id)).await?;
    Ok(id)
}

/// Approves a withdrawal: the passage leaves the frozen content of every revision at once, of every edition that prints it,
/// since a recommendation and an item of evidence go from one cycle to the next. Those revisions cannot be read until they
/// are rendered anew, and their old bytes are then destroyed. Another person than the one who proposed it.
pub async fn approve(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    let member = cx.member()?;
    let work = cx.begin(Action::ApproveWithdrawal, Relation::Coalition).await?;
    let row = withdrawal::Entity::find_by_id(id)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("withdrawal"))?;
    if row.proposed_by_id == member.0 {
        return Err(AppError::Refused(
            "you proposed this withdrawal: another person must approve it".into(),
        ));
    }
    if row.approved_by_id.is_some() {
        return Err(AppError::Refused("this withdrawal is already approved".into()));
    }
    let on = cx.now.day().iso();
    let all = edition_revision::Entity::find()
        .order_by_asc(edition_revision::Column::At)
        .all(&work.tx)
        .await?;
    for revision in all {
        let mut content: super::frozen::Edition = serde_json::from_str(&revision.frozen)?;
        if !remove(
            &mut content,
            &row.subject,
            &row.subject_id.to_string(),
            &on,
            &row.reason,
            &row.unreachable,
        ) {
            continue;
        }
        let revision_id = revision.id;
        let mut revision: edition_revision::ActiveModel = revision.into();
        revision.frozen = Set(serde_json::to_string(&content)?);
        // Until it is rendered anew, nobody reads the old bytes.
        revision.state = Set(RevisionState::Building.code().to_owned());
        revision.withdrawal_id = Set(Some(id));
        revision.update(&work.tx).await?;
        store::jobs::queue(&work.tx, cx, super::JOB, &revision_id.to_string()).await?;
    }
    let mut row: withdrawal::ActiveModel = row.into();
    row.approved_by_id = Set(Some(member.0));
    row.approved_at = Set(Some(cx.now.0));
    row.update(&work.tx).await?;
    work.finish(cx, "withdrawal", Some(id)).await?;
    Ok(id)
}

async fn revisions(tx: &impl ConnectionTrait, edition: Uuid) -> Result<Vec<edition_revision::Model>, AppError> {
    Ok(edition_revision::Entity::find()
        .filter(edition_revision::Column::EditionId.eq(edition))
        .order_by_asc(edition_revision::Column::Number)
        .all(tx)
        .await?)
}

/// Withdrawals of an edition, newest first.
pub async fn list(cx: &Cx<'_>, edition: EditionId) -> Result<Vec<withdrawal::Model>, AppError> {
    cx.permit(Action::ProposeWithdrawal, Relation::Coalition)?;
    Ok(withdrawal::Entity::find()
        .filter(withdrawal::Column::EditionId.eq(edition.0))
        .order_by_desc(withdrawal::Column::ProposedAt)
        .all(cx.db.reader())
        .await?)
}
