//! Breaking the glass: opening a colleague's original for a stated reason, which someone else reviews.

use std::collections::HashMap;

use access::key::{self, person};
use domain::Instant;
use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use store::row::break_glass;
use store::seal::{Disclosure, SealKey};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::open::text;
use super::{reason, sealed};

/// How long broken glass lets someone look, in seconds.
const OPEN_SECONDS: i64 = 60 * 60;
/// A reason shorter than this says nothing, in characters.
const SHORTEST: usize = 15;

/// One opening by a colleague.
#[derive(Debug, Clone)]
pub struct Glass {
    /// The opening.
    pub id: Uuid,
    /// Who.
    pub member: Uuid,
    /// Their name.
    pub name: String,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// Whether a reviewer found it justified; `None` until someone has looked.
    pub is_justified: Option<bool>,
    /// Who reviewed it.
    pub reviewer: String,
}

/// Lets the member open a colleague's original for an hour. The reason is sealed with the record, and shown to
/// whoever opens it from now on.
pub async fn break_glass(cx: &Cx<'_>, id: Uuid, typed: &str) -> Result<Uuid, AppError> {
    let (row, relation) = sealed(cx, id).await?;
    cx.permit(Action::BreakGlass, relation)?;
    let typed = typed.trim();
    if typed.chars().count() < SHORTEST {
        return Err(AppError::Invalid(FieldErrors::of(
            "reason",
            "Say in a sentence why you must open it: someone else will read it and judge it",
        )));
    }
    let opener = key::opener(cx, row.organisation_id).await?;
    let key = person::open(cx.db, &opener, row.person_key_id).await?;
    let work = cx.begin(Action::BreakGlass, relation).await?;
    let glass = cx.ids.random();
    break_glass::ActiveModel {
        id: Set(glass),
        personal_evidence_id: Set(id),
        member_id: Set(cx.member()?.0),
        sealed_reason: Set(key.seal(&reason(glass), typed.as_bytes())),
        at: Set(cx.now.0),
        reviewer_id: Set(None),
        is_justified: Set(None),
        reviewed_at: Set(None),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "break_glass", Some(glass)).await?;
    Ok(glass)
}

/// Says whether an opening was justified. Never by whoever opened it.
pub async fn review_glass(cx: &Cx<'_>, glass: Uuid, is_justified: bool) -> Result<Uuid, AppError> {
    let row = break_glass::Entity::find_by_id(glass)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("opening"))?;
    let (_, relation) = sealed(cx, row.personal_evidence_id).await?;
    // Whoever recorded the original reviews as a member of the organisation, not as its recorder.
    let relation = match relation {
        domain::permission::Relation::OwnAssignment => domain::permission::Relation::OwnOrganisation,
        other => other,
    };
    let work = cx.begin(Action::ReviewGlass, relation).await?;
    if row.member_id == cx.member()?.0 {
        return Err(AppError::Refused("someone other than who opened it reviews it".into()));
    }
    if row.reviewed_at.is_some() {
        return Err(AppError::Conflict("review"));
    }
    let of = row.personal_evidence_id;
    let mut row = row.into_active_model();
    row.reviewer_id = Set(Some(cx.member()?.0));
    row.is_justified = Set(Some(is_justified));
    row.reviewed_at = Set(Some(cx.now.0));
    row.update(&work.tx).await?;
    work.finish(cx, "break_glass", Some(glass)).await?;
    Ok(of)
}

/// Whether the member broke the glass within the hour, and nobody has called it unjustified since.
pub(super) async fn is_broken(cx: &Cx<'_>, id: Uuid) -> Result<bool, AppError> {
    let latest = break_glass::Entity::find()
        .filter(break_glass::Column::PersonalEvidenceId.eq(id))
        .filter(break_glass::Column::MemberId.eq(cx.member()?.0))
        .order_by_desc(break_glass::Column::At)
        .one(cx.db.reader())
        .await?;
    Ok(latest.is_some_and(|row| row.at > cx.now.plus_seconds(-OPEN_SECONDS).0 && row.is_justified != Some(false)))
}

/// Every opening of an original, latest first.
pub(super) async fn of(
    cx: &Cx<'_>,
    id: Uuid,
    key: &SealKey,
    shown: &Disclosure,
    names: &HashMap<Uuid, String>,
) -> Result<Vec<Glass>, AppError> {
    let rows = break_glass::Entity::find()
        .filter(break_glass::Column::PersonalEvidenceId.eq(id))
        .order_by_desc(break_glass::Column::At)
        .all(cx.db.reader())
        .await?;
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            let opened = key.open(&reason(row.id), &row.sealed_reason)?;
            Ok(Glass {
                id: row.id,
                member: row.member_id,
                name: name(Some(row.member_id)),
                reason: text(opened.reveal(shown)?),
                at: Instant(row.at),
                is_justified: row.is_justified,
                reviewer: name(row.reviewer_id),
            })
        })
        .collect()
}
