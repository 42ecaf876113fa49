//! Cycles: one audit each, from opening to closing.
//!
//! Opening freezes the standards and the agreed indicator versions; leaving the gathering state
//! freezes the evidence at its cut-off; a closed cycle changes no more.

mod advance;
mod frozen;
mod open;

#[cfg(test)]
mod tests;

use domain::assessment::AssessmentState;
use domain::cycle::CycleState;
use domain::ids::CycleId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{assessment, cycle};
use store::{AppError, Cx};

pub(crate) use advance::refusal;
pub use advance::{advance, obstacles};
pub use frozen::{Frozen, frozen};
pub use open::{Open, open};
pub use store::row::cycle::Model as Cycle;

/// Every cycle, newest first.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Cycle>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    Ok(cycle::Entity::find()
        .order_by_desc(cycle::Column::PeriodStart)
        .all(cx.db.reader())
        .await?)
}

/// One cycle.
pub async fn get(cx: &Cx<'_>, id: CycleId) -> Result<Cycle, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    row(cx.db.reader(), id).await
}

/// The cycle of a code, such as `2025`.
pub async fn find(cx: &Cx<'_>, code: &str) -> Result<Option<Cycle>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    Ok(cycle::Entity::find()
        .filter(cycle::Column::Code.eq(code))
        .one(cx.db.reader())
        .await?)
}

/// The row, for other slices.
pub(crate) async fn row(db: &impl ConnectionTrait, id: CycleId) -> Result<Cycle, AppError> {
    cycle::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("cycle"))
}

/// Where a cycle stands.
pub fn state(cycle: &Cycle) -> Result<CycleState, AppError> {
    CycleState::parse(&cycle.state).map_err(|error| AppError::Internal(error.into()))
}

/// Refuses a change to a cycle that is not in one of these states.
pub(crate) fn require(cycle: &Cycle, states: &[CycleState]) -> Result<(), AppError> {
    let now = state(cycle)?;
    if states.contains(&now) {
        return Ok(());
    }
    let wanted: Vec<String> = states.iter().map(|state| format!("“{state}”")).collect();
    Err(AppError::Refused(format!(
        "{} is in the state “{now}”; this can be done only while it is {}",
        cycle.title,
        wanted.join(" or ")
    )))
}

/// A cycle and those before it, newest first.
pub(crate) async fn lineage(db: &impl ConnectionTrait, id: CycleId) -> Result<Vec<Cycle>, AppError> {
    let mut found = Vec::new();
    let mut next = Some(id.0);
    while let Some(id) = next {
        let cycle = row(db, CycleId(id)).await?;
        next = cycle
            .previous_id
            .filter(|previous| !found.iter().any(|seen: &Cycle| seen.id == *previous));
        found.push(cycle);
    }
    Ok(found)
}

/// How many assessments of a cycle are in each state.
pub async fn progress(cx: &Cx<'_>, id: CycleId) -> Result<Vec<(AssessmentState, usize)>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let states: Vec<String> = assessment::Entity::find()
        .filter(assessment::Column::CycleId.eq(id.0))
        .select_only()
        .column(assessment::Column::State)
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    Ok(AssessmentState::ALL
        .iter()
        .map(|state| (*state, states.iter().filter(|code| *code == state.code()).count()))
        .collect())
}
