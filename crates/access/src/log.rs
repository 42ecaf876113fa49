//! The log of acts, read: who did what to which record, and when. Rows hold ids only; names are
//! looked up for the page.

use std::collections::HashMap;

use domain::Instant;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
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

/// What the log is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Acts of this kind; without one, everything but drafts.
    pub action: Option<Action>,
    /// Acts on this record.
    pub record: Option<Uuid>,
}

/// The log, newest first: one page, and the number of pages. Coordinators see all of it, managers
/// what their own organisation did and, of a record that their organisation made, what anybody did.
///
/// Counting is linear in the number of acts kept.
pub async fn list(cx: &Cx<'_>, filter: Filter, page: u64) -> Result<(Vec<Act>, u64), AppError> {
    let mut query = narrowed(filter);
    if !cx.actor.may(Action::ReadLog, Relation::OtherOrganisation) {
        cx.permit(Action::ReadLog, Relation::OwnOrganisation)?;
        let own = cx.organisation()?.0;
        let mut seen = sea_orm::Condition::any().add(audit::Column::OrganisationId.eq(own));
        if filter.record.is_some() {
            seen = seen.add(audit::Column::SubjectId.in_subquery(first_by(audit::Column::OrganisationId, own)));
        }
        query = query.filter(seen);
    }
    paged(cx, query, page).await
}

/// What others did to records that this member made: who opened them, who changed them. Newest first;
/// one page, and the number of pages.
pub async fn trace(cx: &Cx<'_>, filter: Filter, page: u64) -> Result<(Vec<Act>, u64), AppError> {
    cx.permit(Action::ReadOwnTrace, Relation::Coalition)?;
    let own = cx.member()?.0;
    let query = narrowed(filter)
        .filter(audit::Column::MemberId.ne(own))
        .filter(audit::Column::SubjectId.in_subquery(first_by(audit::Column::MemberId, own)));
    paged(cx, query, page).await
}

fn narrowed(filter: Filter) -> Select<audit::Entity> {
    audit::Entity::find()
        .filter(match filter.action {
            Some(action) => audit::Column::Action.eq(action.code()),
            None => audit::Column::Action.ne(Action::SaveDraft.code()),
        })
        .apply_if(filter.record, |query, id| query.filter(audit::Column::SubjectId.eq(id)))
}

/// Records whose first act is by this member, or by this organisation: those that they made.
fn first_by(who: audit::Column, id: Uuid) -> SelectStatement {
    use audit::Column::{At, Id, Outcome, SubjectId};
    use sea_orm::ExprTrait as _;
    let (made, before) = (Alias::new("made"), Alias::new("earlier"));
    let of = |table: &Alias, column: audit::Column| Expr::col((table.clone(), column));
    let sooner = of(&before, At)
        .lt(of(&made, At))
        .or(of(&before, At).eq(of(&made, At)).and(of(&before, Id).lt(of(&made, Id))));
    let earlier = Query::select()
        .expr(Expr::cust("1"))
        .from_as(audit::Entity, before.clone())
        .and_where(of(&before, SubjectId).eq(of(&made, SubjectId)))
        .and_where(of(&before, who).ne(id))
        .and_where(sooner)
        .take();
    Query::select()
        .column((made.clone(), SubjectId))
        .from_as(audit::Entity, made.clone())
        .and_where(of(&made, who).eq(id))
        .and_where(of(&made, Outcome).eq("done"))
        .and_where(of(&made, SubjectId).is_not_null())
        .and_where(Expr::exists(earlier).not())
        .take()
}

async fn paged(cx: &Cx<'_>, query: Select<audit::Entity>, page: u64) -> Result<(Vec<Act>, u64), AppError> {
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
