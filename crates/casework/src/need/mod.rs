//! Needs: what a person needs in the thirteen areas of support, what was planned, offered, begun and refused, and whether
//! it suits them, as they say.

#[cfg(test)]
mod tests;

use domain::Day;
use domain::casework::{Area, Horizon, RefusedBy, Suitability, WhyRefused};
use domain::permission::Action;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use store::row::need;
use store::seal::{Disclosure, Identity, SealKey};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::case;
use crate::sheet::{Line, Sheet as _, Typed, Words};

crate::sheet! {
    /// One need.
    pub struct Need {
        area: Area = "Area", "";
        horizon: Horizon = "How soon", "";
        since: Day = "Needed since", "";
        plan: Option<Words> = "What is planned", "";
        provider: Option<Line> = "Who is to give it", "No address of a refuge or safe house.";
        offered_on: Option<Day> = "Offered on", "";
        started_on: Option<Day> = "Began on", "";
        ended_on: Option<Day> = "Ended on", "";
        suitability: Option<Suitability> = "Does it suit them?", "As the person says.";
        refused_on: Option<Day> = "Refused on", "";
        refused_by: Option<RefusedBy> = "Who refused", "";
        why_refused: Vec<WhyRefused> = "Why", "";
    }
}

/// How a need stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing has come of it yet.
    Open,
    /// It was refused, and nothing else has come of it.
    Refused,
    /// Offered and not begun.
    Offered,
    /// Being met.
    Running,
    /// Over.
    Ended,
}

impl Need {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        if self.ended_on.is_some() {
            Standing::Ended
        } else if self.started_on.is_some() {
            Standing::Running
        } else if self
            .refused_on
            .is_some_and(|on| self.offered_on.is_none_or(|offered| offered <= on))
        {
            Standing::Refused
        } else if self.offered_on.is_some() {
            Standing::Offered
        } else {
            Standing::Open
        }
    }

    /// How many days it waits or has waited until it began; `None` where it ended without.
    pub fn waited(&self, today: Day) -> Option<i32> {
        match (self.started_on, self.ended_on) {
            (Some(on), _) => Some(self.since.days_until(on)),
            (None, Some(_)) => None,
            (None, None) => Some(self.since.days_until(today)),
        }
    }
}

/// A need with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The need.
    pub id: Uuid,
    /// Which revision of it this is.
    pub revision: i32,
    /// What is sealed of it.
    pub need: Need,
}

fn place(id: Uuid, case: Uuid) -> Identity {
    Identity::new("need", id, "sealed_need").within(case)
}

/// The needs of a case, those without help first, for someone to whom it was disclosed.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    case: Uuid,
    key: &SealKey,
    shown: &Disclosure,
) -> Result<Vec<Kept>, AppError> {
    let rows = need::Entity::find()
        .filter(need::Column::CaseId.eq(case))
        .all(db)
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let opened = key.open(&place(row.id, case), &row.sealed_need)?;
        all.push(Kept {
            id: row.id,
            revision: row.revision,
            need: serde_json::from_slice(opened.reveal(shown)?)?,
        });
    }
    all.sort_by_key(|kept| (kept.need.standing(), kept.need.horizon, kept.need.since, kept.id));
    Ok(all)
}

/// What was typed, checked.
fn read(typed: &Typed) -> Result<Need, AppError> {
    let mut errors = FieldErrors::new();
    let need = Need::read(typed, &mut errors);
    if let Some(need) = &need {
        let after = [
            (
                "offered_on",
                need.offered_on,
                "It cannot have been offered before it was needed",
            ),
            (
                "started_on",
                need.started_on,
                "It cannot have begun before it was needed",
            ),
            (
                "refused_on",
                need.refused_on,
                "It cannot have been refused before it was needed",
            ),
            ("ended_on", need.ended_on, "It cannot have ended before it was needed"),
        ];
        for (field, on, fault) in after {
            if on.is_some_and(|on| on < need.since) {
                errors.add(field, fault);
            }
        }
        if need
            .ended_on
            .zip(need.started_on)
            .is_some_and(|(ended, started)| ended < started)
        {
            errors.add("ended_on", "It cannot have ended before it began");
        }
        let is_refused = need.refused_by.is_some() || !need.why_refused.is_empty();
        if is_refused && need.refused_on.is_none() {
            errors.add("refused_on", "Enter the day of the refusal");
        }
        if need.refused_on.is_some() && need.refused_by.is_none() {
            errors.add("refused_by", "Choose who refused");
        }
        if need.refused_on.is_some() && need.why_refused.is_empty() {
            errors.add("why_refused", "Choose why: “Another reason” where none fits");
        }
    }
    match need {
        Some(need) if errors.is_empty() => Ok(need),
        _ => Err(AppError::Invalid(errors)),
    }
}

/// Records a need of a case.
pub async fn record(cx: &Cx<'_>, case: Uuid, typed: &Typed) -> Result<Uuid, AppError> {
    case::sealed(cx, case, Action::RecordNeed).await?;
    let need = read(typed)?;
    let of = case::unseal(cx, case, Action::RecordNeed).await?;
    let id = cx.ids.random();
    let work = cx.begin(Action::RecordNeed, of.relation).await?;
    need::ActiveModel {
        id: Set(id),
        case_id: Set(case),
        sealed_need: Set(of.key.seal(&place(id, case), &serde_json::to_vec(&need)?)),
        revision: Set(1),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "need", Some(id)).await?;
    Ok(id)
}

/// Amends a need, as it is offered, begins, ends or is refused. [`AppError::Conflict`] when someone else changed it since
/// `revision`.
pub async fn amend(cx: &Cx<'_>, case: Uuid, id: Uuid, typed: &Typed, revision: i32) -> Result<Uuid, AppError> {
    case::sealed(cx, case, Action::RecordNeed).await?;
    let need = read(typed)?;
    let of = case::unseal(cx, case, Action::RecordNeed).await?;
    let work = cx.begin(Action::RecordNeed, of.relation).await?;
    // Held until the end, so that of two who amend at once the second sees the first one's revision.
    let row = need::Entity::find_by_id(id)
        .filter(need::Column::CaseId.eq(case))
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("need"))?;
    if row.revision != revision {
        return Err(AppError::Conflict("need"));
    }
    need::ActiveModel {
        id: Set(id),
        sealed_need: Set(of.key.seal(&place(id, case), &serde_json::to_vec(&need)?)),
        revision: Set(revision + 1),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    work.finish(cx, "need", Some(id)).await?;
    Ok(id)
}
