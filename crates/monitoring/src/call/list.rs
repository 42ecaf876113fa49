//! Calls and their answers, as lists.

use std::collections::HashMap;

use domain::Day;
use domain::call::{AnswerState, SetAsideReason};
use domain::ids::{AnswerId, CallId, EvidenceId};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{call, call_answer};
use store::{AppError, Cx};
use uuid::Uuid;

/// Where a call stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its first day has not come.
    Coming,
    /// It takes answers.
    Open,
    /// Its last day has passed, or it was closed.
    Closed,
}

/// A call for evidence.
#[derive(Debug, Clone)]
pub struct Call {
    /// The row.
    pub row: call::Model,
    /// Where it stands.
    pub standing: Standing,
    /// How many of its answers nobody has opened yet; 0 for whoever may not moderate.
    pub n_new: usize,
    /// How many it has; 0 for whoever may not moderate.
    pub n_answers: usize,
}

/// Where a call stands on a day.
pub(super) fn standing(row: &call::Model, today: Day) -> Standing {
    // ISO days sort as text.
    let today = today.iso();
    if row.closed_on.is_some() || row.closes_on < today {
        Standing::Closed
    } else if row.opens_on > today {
        Standing::Coming
    } else {
        Standing::Open
    }
}

/// Calls, latest first. The public sees those that are open; coordinators see all, with how many answers wait.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Call>, AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let rows = call::Entity::find()
        .order_by_desc(call::Column::Id)
        .all(cx.db.reader())
        .await?;
    let sees_all = cx.actor.may(Action::ManageCalls, Relation::Coalition);
    let counts = if sees_all { counts(cx).await? } else { HashMap::new() };
    Ok(rows
        .into_iter()
        .map(|row| with_counts(cx, row, &counts))
        .filter(|call| sees_all || call.standing == Standing::Open)
        .collect())
}

/// One call. One that has not opened yet is for coordinators alone to see.
pub async fn find(cx: &Cx<'_>, id: CallId) -> Result<Call, AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let row = call::Entity::find_by_id(id.0).one(cx.db.reader()).await?;
    let row = row.ok_or(AppError::NotFound("call"))?;
    let sees_all = cx.actor.may(Action::ManageCalls, Relation::Coalition);
    let counts = if sees_all { counts(cx).await? } else { HashMap::new() };
    let call = with_counts(cx, row, &counts);
    if call.standing == Standing::Coming && !sees_all {
        return Err(AppError::NotFound("call"));
    }
    Ok(call)
}

/// Answers by call: how many are new, and how many there are.
type Counts = HashMap<Uuid, (usize, usize)>;

fn with_counts(cx: &Cx<'_>, row: call::Model, counts: &Counts) -> Call {
    let (n_new, n_answers) = counts.get(&row.id).copied().unwrap_or_default();
    Call {
        standing: standing(&row, cx.now.day()),
        n_new,
        n_answers,
        row,
    }
}

async fn counts(cx: &Cx<'_>) -> Result<Counts, AppError> {
    let states: Vec<(Uuid, String)> = call_answer::Entity::find()
        .select_only()
        .columns([call_answer::Column::CallId, call_answer::Column::State])
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    let mut counts = Counts::new();
    for (call, state) in states {
        let (n_new, n) = counts.entry(call).or_default();
        *n_new += usize::from(state == AnswerState::New.code());
        *n += 1;
    }
    Ok(counts)
}

/// An answer as the list shows it: nothing of what it says.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The answer.
    pub id: AnswerId,
    /// The day it came.
    pub received_on: String,
    /// Where it stands.
    pub state: AnswerState,
    /// Whether a redacted copy waits for approval.
    pub is_redacted: bool,
    /// Whether the member asking redacted it, so that someone else approves.
    pub is_own_redaction: bool,
    /// Why it was set aside.
    pub set_aside_for: Option<SetAsideReason>,
    /// The evidence it became.
    pub evidence: Option<EvidenceId>,
}

/// The answers to a call, by the day they came; within a day in no order at all.
pub async fn answers(cx: &Cx<'_>, call: CallId) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::ModerateAnswers, Relation::Coalition)?;
    let rows = call_answer::Entity::find()
        .filter(call_answer::Column::CallId.eq(call.0))
        .order_by_asc(call_answer::Column::ReceivedOn)
        .order_by_asc(call_answer::Column::Id)
        .all(cx.db.reader())
        .await?;
    rows.into_iter().map(|row| listed(cx, row)).collect()
}

pub(super) fn listed(cx: &Cx<'_>, row: call_answer::Model) -> Result<Listed, AppError> {
    let unknown = |error: domain::words::UnknownCode| AppError::Internal(error.into());
    let reason = row.set_aside_for.as_deref().map(SetAsideReason::parse);
    Ok(Listed {
        id: AnswerId(row.id),
        state: AnswerState::parse(&row.state).map_err(unknown)?,
        is_redacted: row.sealed_redaction.is_some(),
        is_own_redaction: cx.actor.member.is_some_and(|me| row.redacted_by_id == Some(me.0)),
        set_aside_for: reason.transpose().map_err(unknown)?,
        evidence: row.evidence_id.map(EvidenceId),
        received_on: row.received_on,
    })
}
