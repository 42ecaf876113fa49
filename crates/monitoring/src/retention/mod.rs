//! Retention: how long sealed records are kept, and the list of those whose term is over.
//!
//! Nothing is erased by itself. A rule only puts a record on the list; a person looks at it, and erases it or keeps
//! it for another while.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use access::key::COALITION;
use domain::Day;
use domain::permission::{Action, Relation};
use domain::word_list;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{call_answer, personal_evidence, retention_keep, retention_rule};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

word_list! {
    /// The kinds of record that have a term.
    pub enum Kind {
        PersonalEvidence = "personal_evidence", "Sealed evidence about a person";
        CallAnswer = "call_answer", "Answers to a call for evidence";
    }
}

/// The term before anyone has set one, in months: long enough for two cycles.
pub const DEFAULT_MONTHS: i32 = 36;
/// The shortest and the longest term, in months.
const MONTHS: std::ops::RangeInclusive<i32> = 1..=240;
/// How much longer a record is kept that someone keeps, in months.
const KEPT_MONTHS: i32 = 12;

impl Kind {
    /// Whose records of this kind the member answers for, and how they relate to them; `None` where they answer
    /// for none.
    fn owner(self, cx: &Cx<'_>) -> Option<(Uuid, Relation)> {
        let (owner, relation) = match self {
            Self::PersonalEvidence => (cx.actor.organisation?.0, Relation::OwnOrganisation),
            Self::CallAnswer => (COALITION, Relation::Coalition),
        };
        cx.actor
            .may(Action::ReviewRetention, relation)
            .then_some((owner, relation))
    }
}

/// A record whose term is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The record.
    pub id: Uuid,
    /// What it hangs on: the call of an answer.
    pub of: Option<Uuid>,
    /// The day it came.
    pub came_on: String,
    /// The day its term was over.
    pub due_on: String,
}

/// A kind of record with its rule and what is due.
#[derive(Debug, Clone)]
pub struct Ruled {
    /// The kind.
    pub kind: Kind,
    /// Its term in months.
    pub months: i32,
    /// Whether someone has set it.
    pub is_set: bool,
    /// What is due, earliest first.
    pub due: Vec<Due>,
}

/// Every kind the member answers for. Linear in the number of records.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Ruled>, AppError> {
    let db = cx.db.reader();
    let keeps: HashMap<Uuid, String> = retention_keep::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.record_id, row.until_on))
        .collect();
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        let Some((owner, _)) = kind.owner(cx) else { continue };
        let rule = retention_rule::Entity::find_by_id((owner, kind.code().to_owned()))
            .one(db)
            .await?;
        let months = rule.as_ref().map_or(DEFAULT_MONTHS, |rule| rule.months);
        let records: Vec<(Uuid, Option<Uuid>, String)> = match kind {
            Kind::PersonalEvidence => personal_evidence::Entity::find()
                .filter(personal_evidence::Column::OrganisationId.eq(owner))
                .order_by_asc(personal_evidence::Column::RecordedOn)
                .all(db)
                .await?
                .into_iter()
                .map(|row| (row.id, None, row.recorded_on))
                .collect(),
            Kind::CallAnswer => call_answer::Entity::find()
                .order_by_asc(call_answer::Column::ReceivedOn)
                .all(db)
                .await?
                .into_iter()
                .map(|row| (row.id, Some(row.call_id), row.received_on))
                .collect(),
        };
        let today = cx.now.day().iso();
        let due = records.into_iter().filter_map(|(id, of, came_on)| {
            let due_on = match keeps.get(&id) {
                Some(until) => until.clone(),
                None => later(Day::parse(&came_on).ok()?, months)?.iso(),
            };
            (due_on <= today).then_some(Due {
                id,
                of,
                came_on,
                due_on,
            })
        });
        kinds.push(Ruled {
            kind: *kind,
            months,
            is_set: rule.is_some(),
            due: due.collect(),
        });
    }
    Ok(kinds)
}

/// The same day some months later, or the last of a shorter month.
fn later(day: Day, months: i32) -> Option<Day> {
    let all = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + months;
    let (year, month) = (i16::try_from(all / 12).ok()?, i8::try_from(all % 12 + 1).ok()?);
    (0..4).find_map(|less| Day::new(year, month, day.day_of_month() - less))
}

/// Sets the term of a kind of record.
pub async fn set(cx: &Cx<'_>, kind: &str, months: &str) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    let kind = errors.code("kind", Kind::parse(kind), "Choose a kind of record");
    let months = months.trim().parse().ok().filter(|months| MONTHS.contains(months));
    if months.is_none() {
        errors.add("months", "Enter a number of months from 1 to 240");
    }
    errors.into_result()?;
    let (kind, months) = (kind.expect("checked"), months.expect("checked"));
    let (owner, relation) = kind
        .owner(cx)
        .ok_or(AppError::Forbidden(Action::ReviewRetention.words()))?;
    let work = cx.begin(Action::ReviewRetention, relation).await?;
    retention_rule::Entity::insert(retention_rule::ActiveModel {
        owner_id: Set(owner),
        kind: Set(kind.code().to_owned()),
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

/// Keeps a record that is due for another year. Only one that is on the member's own list.
pub async fn keep(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    let lists = list(cx).await?;
    let of = lists.iter().find(|list| list.due.iter().any(|due| due.id == id));
    let (_, relation) = of
        .and_then(|list| list.kind.owner(cx))
        .ok_or(AppError::NotFound("record whose term is over"))?;
    let until = later(cx.now.day(), KEPT_MONTHS)
        .ok_or_else(|| AppError::Refused("this record cannot be kept any longer".into()))?;
    let work = cx.begin(Action::ReviewRetention, relation).await?;
    retention_keep::Entity::insert(retention_keep::ActiveModel {
        record_id: Set(id),
        until_on: Set(until.iso()),
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
