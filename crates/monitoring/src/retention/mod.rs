//! Retention: how long sealed records are kept, and the list of those whose term is over.
//!
//! Nothing is erased by itself. A rule only puts a record on the list; a person looks at it, and erases it or keeps
//! it for another while.

#[cfg(test)]
mod tests;

use access::key::COALITION;
use domain::permission::{Action, Relation};
use domain::word_list;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::retention::{self, Keeps};
use store::row::{call_answer, personal_evidence};
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
    let keeps = Keeps::read(db).await?;
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        let Some((owner, _)) = kind.owner(cx) else { continue };
        let rule = retention::rule(db, owner, kind.code()).await?;
        let months = rule.unwrap_or(DEFAULT_MONTHS);
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
        let due = records.into_iter().filter_map(|(id, of, came_on)| {
            let due_on = keeps.due_on(id, &came_on, months, cx.now.day())?;
            Some(Due {
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

/// Sets the term of a kind of record.
pub async fn set(cx: &Cx<'_>, kind: &str, months: &str) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    let kind = errors.code("kind", Kind::parse(kind), "Choose a kind of record");
    let months = retention::months(months, &mut errors);
    errors.into_result()?;
    let (kind, months) = (kind.expect("checked"), months.expect("checked"));
    let (owner, relation) = kind
        .owner(cx)
        .ok_or(AppError::Forbidden(Action::ReviewRetention.words()))?;
    let work = cx.begin(Action::ReviewRetention, relation).await?;
    retention::set(&work.tx, cx, owner, kind.code(), months).await?;
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
    let work = cx.begin(Action::ReviewRetention, relation).await?;
    retention::keep(&work.tx, cx, id).await?;
    work.finish(cx, "retention_keep", Some(id)).await?;
    Ok(id)
}
