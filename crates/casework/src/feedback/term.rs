//! How long feedback is kept: a term that the organisation chooses, and the list of what is older. Nothing is erased by itself: its
//! manager looks at each, and erases it or keeps it for another year, as with other sealed records.

use domain::Day;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{feedback, retention_keep, retention_rule};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// The term before anyone has chosen one, in months: what was said is long answered by then.
pub const DEFAULT_MONTHS: i32 = 24;
/// Under which kind the rule is kept, beside those of other records.
pub const KIND: &str = "feedback";
/// The shortest and the longest term, in months.
const MONTHS: std::ops::RangeInclusive<i32> = 1..=240;
/// How much longer is kept what someone keeps, in months.
const KEPT_MONTHS: i32 = 12;

/// Feedback whose term is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub id: Uuid,
    /// The day it came.
    pub came_on: String,
    /// The day its term was over.
    pub due_on: String,
}

/// An organisation's term, and what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// In months, from the day it came.
    pub months: i32,
    /// Whether someone has chosen it.
    pub is_set: bool,
    /// What is due, earliest first.
    pub due: Vec<Due>,
}

async fn rule(db: &impl ConnectionTrait, owner: Uuid) -> Result<Option<i32>, AppError> {
    let row = retention_rule::Entity::find_by_id((owner, KIND.to_owned()))
        .one(db)
        .await?;
    Ok(row.map(|row| row.months))
}

/// After how many months the member's own organisation looks at feedback again. Those who read it.
pub async fn months(cx: &Cx<'_>) -> Result<i32, AppError> {
    cx.permit(Action::ReadFeedback, Relation::OwnOrganisation)?;
    let chosen = rule(cx.db.reader(), cx.organisation()?.0).await?;
    Ok(chosen.unwrap_or(DEFAULT_MONTHS))
}

/// The term of the member's own organisation and what is due by it; `None` for whoever does not answer for that. Linear in what
/// came.
pub async fn term(cx: &Cx<'_>) -> Result<Option<Term>, AppError> {
    let Some(owner) = cx.actor.organisation else {
        return Ok(None);
    };
    let may = |action| cx.actor.may(action, Relation::OwnOrganisation);
    if !may(Action::ReviewRetention) || !may(Action::EraseFeedback) {
        return Ok(None);
    }
    let db = cx.db.reader();
    let chosen = rule(db, owner.0).await?;
    let months = chosen.unwrap_or(DEFAULT_MONTHS);
    let rows = feedback::Entity::find()
        .filter(feedback::Column::OrganisationId.eq(owner.0))
        .order_by_asc(feedback::Column::ReceivedOn)
        .order_by_asc(feedback::Column::Id)
        .all(db)
        .await?;
    let keeps = retention_keep::Entity::find().all(db).await?;
    let today = cx.now.day().iso();
    let due = rows.into_iter().filter_map(|row| {
        let due_on = match keeps.iter().find(|keep| keep.record_id == row.id) {
            Some(keep) => keep.until_on.clone(),
            None => Day::parse(&row.received_on).ok()?.plus_months(months).iso(),
        };
        (due_on <= today).then_some(Due {
            id: row.id,
            came_on: row.received_on,
            due_on,
        })
    });
    Ok(Some(Term {
        months,
        is_set: chosen.is_some(),
        due: due.collect(),
    }))
}

/// Chooses the term of the member's own organisation.
pub async fn set_term(cx: &Cx<'_>, months: &str) -> Result<Uuid, AppError> {
    let Some(months) = months.trim().parse().ok().filter(|months| MONTHS.contains(months)) else {
        return Err(AppError::Invalid(FieldErrors::of(
            "months",
            "Enter a number of months from 1 to 240",
        )));
    };
    let owner = cx.organisation()?.0;
    let work = cx.begin(Action::ReviewRetention, Relation::OwnOrganisation).await?;
    retention_rule::Entity::insert(retention_rule::ActiveModel {
        owner_id: Set(owner),
        kind: Set(KIND.to_owned()),
        months: Set(months),
        member_id: Set(cx.member()?.0),
        set_at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::columns([retention_rule::Column::OwnerId, retention_rule::Column::Kind])
            .update_columns([
                retention_rule::Column::Months,
                retention_rule::Column::MemberId,
                retention_rule::Column::SetAt,
            ])
            .to_owned(),
    )
    .exec_without_returning(&work.tx)
    .await?;
    work.finish(cx, "retention_rule", Some(owner)).await?;
    Ok(owner)
}

/// Keeps what is due for another year. Only what is on the member's own list.
pub async fn keep(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    let is_due = |term: &Term| term.due.iter().any(|due| due.id == id);
    if !term(cx).await?.as_ref().is_some_and(is_due) {
        return Err(AppError::NotFound("record whose term is over"));
    }
    let work = cx.begin(Action::ReviewRetention, Relation::OwnOrganisation).await?;
    retention_keep::Entity::insert(retention_keep::ActiveModel {
        record_id: Set(id),
        until_on: Set(cx.now.day().plus_months(KEPT_MONTHS).iso()),
        member_id: Set(cx.member()?.0),
    })
    .on_conflict(
        OnConflict::column(retention_keep::Column::RecordId)
            .update_columns([retention_keep::Column::UntilOn, retention_keep::Column::MemberId])
            .to_owned(),
    )
    .exec_without_returning(&work.tx)
    .await?;
    work.finish(cx, "retention_keep", Some(id)).await?;
    Ok(id)
}
