//! Plans: what is planned for a need, and what a supervisor says to it where the organisation wants that. An answer holds the
//! plan that it is about: when the plan changes, it waits again.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use domain::casework::PlanAnswer;
use domain::permission::{Action, Relation, Role};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{case_setting, member, member_role};
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

/// Who wrote the plan of a need as it now is: whoever changed it to these words, else whoever recorded the need. `None` where it
/// came in a file or with a referral, and where an older program recorded it.
pub fn writer(need: &Kept<Need>) -> Option<Uuid> {
    let mut before = need.earlier.iter().rev();
    let changed = before.find(|before| before.sheet.plan != need.sheet.plan);
    changed.map_or(need.by, |before| Some(before.by))
}

/// The other active supervisors of the member's own organisation, by name: they answer a plan that the member wrote.
pub async fn others(cx: &Cx<'_>) -> Result<Vec<String>, AppError> {
    cx.permit(Action::ApprovePlan, Relation::OwnOrganisation)?;
    let db = cx.db.reader();
    let members = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(cx.organisation()?.0))
        .filter(member::Column::IsActive.eq(true))
        .filter(member::Column::Id.ne(cx.member()?.0))
        .order_by_asc(member::Column::SignIn)
        .all(db)
        .await?;
    let supervisors: HashSet<Uuid> = member_role::Entity::find()
        .filter(member_role::Column::MemberId.is_in(members.iter().map(|member| member.id)))
        .filter(member_role::Column::Role.eq(Role::Supervisor.code()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.member_id)
        .collect();
    let others = members.into_iter().filter(|member| supervisors.contains(&member.id));
    Ok(others.map(|member| member.name).collect())
}

/// A supervisor's answer to the plan of a need. `plan` is the plan as they read it: [`AppError::Conflict`] when it has
/// changed since. Sending back needs a reason. Whoever wrote the plan leaves it to another supervisor; where there is none, the log
/// says that they approved their own.
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
    let is_own = writer(kept) == Some(cx.member()?.0);
    let others = if is_own { others(cx).await? } else { Vec::new() };
    if !others.is_empty() {
        return Err(AppError::Refused(format!(
            "you wrote this plan, so another supervisor answers it: {}",
            others.join(" or ")
        )));
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
    let action = match answer {
        PlanAnswer::Approved if is_own => Action::ApproveOwnPlan,
        PlanAnswer::Approved | PlanAnswer::SentBack => Action::ApprovePlan,
    };
    event::append(cx, action, &of, event::Fresh::today(cx, what, reason)).await
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
