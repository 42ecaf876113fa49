//! The log of acts, read: who did what to which record, and when. Rows hold ids only; names are
//! looked up for the page.

use std::collections::HashMap;

use domain::Instant;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{audit, member, organisation};
use store::{AppError, Cx};
use uuid::Uuid;

/// How many acts a page of the log has.
pub const PAGE: u64 = 50;

/// One act.
#[derive(Debug, Clone)]
pub struct Act {
    /// When.
    pub at: Instant,
    /// What was done, in words; a code that this version does not know stays as it is.
    pub action: String,
    /// Who did it; empty for nobody (a refused sign-in) and for the program itself.
    pub member: String,
    /// Their organisation, or empty.
    pub organisation: String,
    /// The table it changed.
    pub subject: String,
    /// The record it changed, where it was one.
    pub id: Option<Uuid>,
    /// Whether it was refused.
    pub is_refused: bool,
}

/// The log, newest first: one page, and the number of pages. Coordinators see all of it, managers
/// what their own organisation did. Drafts are left out unless they are asked for.
///
/// Counting is linear in the number of acts kept.
pub async fn list(cx: &Cx<'_>, action: Option<Action>, page: u64) -> Result<(Vec<Act>, u64), AppError> {
    let mut query = audit::Entity::find();
    if !cx.actor.may(Action::ReadLog, Relation::OtherOrganisation) {
        cx.permit(Action::ReadLog, Relation::OwnOrganisation)?;
        query = query.filter(audit::Column::OrganisationId.eq(cx.organisation()?.0));
    }
    query = match action {
        Some(action) => query.filter(audit::Column::Action.eq(action.code())),
        None => query.filter(audit::Column::Action.ne(Action::SaveDraft.code())),
    };
    let db = cx.db.reader();
    let last = query.clone().count(db).await?.div_ceil(PAGE).max(1);
    let rows = query
        .order_by_desc(audit::Column::At)
        .order_by_desc(audit::Column::Id)
        .limit(PAGE)
        .offset(page.clamp(1, last).saturating_sub(1) * PAGE)
        .all(db)
        .await?;
    let members: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::Id.is_in(rows.iter().filter_map(|row| row.member_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let organisations: HashMap<Uuid, String> = organisation::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let named =
        |names: &HashMap<Uuid, String>, id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let acts = rows
        .into_iter()
        .map(|row| Act {
            at: Instant(row.at),
            action: Action::parse(&row.action).map_or(row.action, |action| action.words().to_owned()),
            member: named(&members, row.member_id),
            organisation: named(&organisations, row.organisation_id),
            subject: row.subject,
            id: row.subject_id,
            is_refused: row.outcome != "done",
        })
        .collect();
    Ok((acts, last))
}
