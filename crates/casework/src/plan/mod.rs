//! Plans: what is planned for a need, and what a supervisor says to it where the organisation wants that. An answer holds the
//! plan that it is about: when the plan changes, it waits again.

#[cfg(test)]
mod tests;

use domain::casework::PlanAnswer;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::case_setting;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::case;
use crate::event::{self, History, What, what};
use crate::need::Need;
use crate::part::Kept;
use crate::sheet::Words;

/// How a plan stands to a supervisor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is no plan, or the need is over.
    NoPlan,
    /// Nobody has answered it as it now is.
    Waiting,
    /// It was approved.
    Approved(Uuid),
    /// It was sent back, with these words.
    SentBack(Uuid, String),
}

/// How the plan of a need stands: by the last answer to it as it now is.
pub fn standing(history: &History, need: &Kept<Need>) -> Standing {
    let Some(plan) = need.sheet.plan.as_ref().filter(|_| need.sheet.ended_on.is_none()) else {
        return Standing::NoPlan;
    };
    let last = history.standing().rev().find_map(|event| match &event.entry.what {
        What::PlanAnswered(sheet) if sheet.need.0 == need.id && sheet.plan == *plan => Some((event, sheet.answer)),
        _ => None,
    });
    match last {
        None => Standing::Waiting,
        Some((event, PlanAnswer::Approved)) => Standing::Approved(event.entry.by),
        Some((event, PlanAnswer::SentBack)) => Standing::SentBack(event.entry.by, event.entry.note.clone()),
    }
}

/// How many plans of a case wait for a supervisor, and how many were sent back and wait for whoever wrote them.
pub(crate) fn waiting(history: &History, needs: &[Kept<Need>]) -> (usize, usize) {
    needs
        .iter()
        .fold((0, 0), |(asked, back), need| match standing(history, need) {
            Standing::Waiting => (asked + 1, back),
            Standing::SentBack(..) => (asked, back + 1),
            Standing::NoPlan | Standing::Approved(_) => (asked, back),
        })
}

/// A supervisor's answer to the plan of a need. `plan` is the plan as they read it: [`AppError::Conflict`] when it has
/// changed since. Sending back needs a reason.
pub async fn answer(
    cx: &Cx<'_>,
    case: Uuid,
    need: Uuid,
    plan: &str,
    answer: PlanAnswer,
    reason: &str,
) -> Result<Uuid, AppError> {
    let of = case::unseal(cx, case, Action::ApprovePlan).await?;
    let needs = crate::need::of(cx.db.reader(), &of).await?;
    let found = needs.iter().find(|kept| kept.id == need);
    let kept = found.ok_or(AppError::NotFound("need"))?;
    let Some(stored) = kept.sheet.plan.clone() else {
        return Err(AppError::Refused("this need has no plan to be approved".to_owned()));
    };
    // A form sends line ends of its own.
    if stored.0.replace("\r\n", "\n").trim() != plan.replace("\r\n", "\n").trim() {
        return Err(AppError::Conflict("plan"));
    }
    let mut errors = FieldErrors::new();
    let reason = match answer {
        PlanAnswer::SentBack => errors.required("reason", reason, "Say what is missing, in a few words"),
        PlanAnswer::Approved => reason.trim().to_owned(),
    };
    errors.into_result()?;
    let what = What::PlanAnswered(what::PlanAnswered {
        need: what::About(need),
        plan: Words(stored.0),
        answer,
    });
    event::append(cx, Action::ApprovePlan, &of, event::Fresh::today(cx, what, reason)).await
}

/// What an organisation wants of its casework.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// That a supervisor approves plans.
    pub approval: bool,
    /// Which revision of it this is; 0 where nobody ever said.
    pub revision: i32,
}

/// What the member's own organisation wants of its casework.
pub async fn wanted(cx: &Cx<'_>) -> Result<Wanted, AppError> {
    let owner = cx.organisation()?.0;
    let row = case_setting::Entity::find_by_id(owner).one(cx.db.reader()).await?;
    Ok(row.map_or_else(Wanted::default, |row| Wanted {
        approval: row.wants_approval,
        revision: row.revision,
    }))
}

/// Says whether plans of the member's own organisation are approved by a supervisor. [`AppError::Conflict`] when someone
/// else said so since `revision`.
pub async fn want(cx: &Cx<'_>, approval: bool, revision: i32) -> Result<Uuid, AppError> {
    let owner = cx.organisation()?.0;
    let work = cx.begin(Action::SetCasework, Relation::OwnOrganisation).await?;
    // Whoever changes something of an organisation's cases holds its row first, so that two come one after the other.
    case::bump(&work.tx, owner).await?;
    let row = case_setting::Entity::find_by_id(owner).one(&work.tx).await?;
    if row.as_ref().map_or(0, |row| row.revision) != revision {
        return Err(AppError::Conflict("setting"));
    }
    let setting = case_setting::ActiveModel {
        organisation_id: Set(owner),
        wants_approval: Set(approval),
        revision: Set(revision + 1),
    };
    match row {
        Some(_) => setting.update(&work.tx).await?,
        None => setting.insert(&work.tx).await?,
    };
    work.finish(cx, "case_setting", Some(owner)).await?;
    Ok(owner)
}
