//! How long feedback is kept: a term that the organisation chooses, and the list of what is older. Nothing is erased by itself: its
//! manager looks at each, and erases it or keeps it for another year, as with other sealed records.

use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::retention::{self, Keeps};
use store::row::feedback;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// The term before anyone has chosen one, in months: what was said is long answered by then.
pub const DEFAULT_MONTHS: i32 = 24;
/// Under which kind the rule is kept, beside those of other records.
pub const KIND: &str = "feedback";

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

/// After how many months the member's own organisation looks at feedback again. Those who read it.
pub async fn months(cx: &Cx<'_>) -> Result<i32, AppError> {
    cx.permit(Action::ReadFeedback, Relation::OwnOrganisation)?;
    let chosen = retention::rule(cx.db.reader(), cx.organisation()?.0, KIND).await?;
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
    let chosen = retention::rule(db, owner.0, KIND).await?;
    let months = chosen.unwrap_or(DEFAULT_MONTHS);
    let rows = feedback::Entity::find()
        .filter(feedback::Column::OrganisationId.eq(owner.0))
        .order_by_asc(feedback::Column::ReceivedOn)
        .order_by_asc(feedback::Column::Id)
        .all(db)
        .await?;
    let keeps = Keeps::read(db).await?;
    let due = rows.into_iter().filter_map(|row| {
        let due_on = keeps.due_on(row.id, &row.received_on, months, cx.now.day())?;
        Some(Due {
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
    let mut errors = FieldErrors::new();
    let months = retention::months(months, &mut errors).ok_or(AppError::Invalid(errors))?;
    let owner = cx.organisation()?.0;
    let work = cx.begin(Action::ReviewRetention, Relation::OwnOrganisation).await?;
    retention::set(&work.tx, cx, owner, KIND, months).await?;
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
    retention::keep(&work.tx, cx, id).await?;
    work.finish(cx, "retention_keep", Some(id)).await?;
    Ok(id)
}
