//! Pooled measures as members and readers see them: each through the gate, with its words.

use std::collections::HashMap;

use domain::Instant;
use domain::ids::{CycleId, IndicatorVersionId, ProvisionId};
use domain::permission::{Action, Relation};
use domain::received::ReceivedState;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{case_computation, case_measurement, indicator_provision, indicator_version, received_contribution};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::cycle::Cycle;
use crate::gate::{self, Pooled, Shown};
use crate::indicator::measures;

/// A pooled measure of a cycle.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The measure, such as `I13a`.
    pub code: String,
    /// The version of its definition.
    pub version: u32,
    /// What may be shown of it.
    pub shown: Shown,
    /// Whether it rests on a contribution that was replaced since.
    pub is_stale: bool,
    /// When the measures were computed again and this one was not changed, because the newer one would tell of a few people
    /// beside it.
    pub kept_at: Option<Instant>,
}

impl Line {
    /// What has to be said of it beside its words, in sentences; empty where there is nothing.
    pub fn remarks(&self) -> String {
        let mut parts = Vec::new();
        if let Some(at) = self.kept_at {
            parts.push(format!(
                "It was computed again on {}, and what was shown before stays: beside it, the newer figure would tell of a few people, or of one organisation.",
                at.day()
            ));
        }
        if self.is_stale {
            parts.push("It rests on a contribution that was replaced since.".to_owned());
        }
        parts.join(" ")
    }
}

/// The pooled measures of a cycle, in the order of its pack; empty before the first computation. Four queries.
pub async fn measured(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Line>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let row = crate::cycle::row(db, cycle).await?;
    shown_of(db, &row).await
}

/// The pooled measures of an indicator version, by the id and code of the cycle, newest first. Queries grow with the cycles that
/// computed any.
pub async fn of_version(cx: &Cx<'_>, id: IndicatorVersionId) -> Result<Vec<(Uuid, String, Vec<Line>)>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let version = indicator_version::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("indicator"))?;
    let frozen: Vec<Uuid> = store::row::cycle_indicator::Entity::find()
        .filter(store::row::cycle_indicator::Column::IndicatorVersionId.eq(id.0))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.cycle_id)
        .collect();
    let codes: Vec<String> = measures(&version)?.into_iter().map(|measure| measure.code).collect();
    let mut found = Vec::new();
    for cycle in crate::cycle::list(cx).await? {
        if !frozen.contains(&cycle.id) {
            continue;
        }
        let mut lines = shown_of(db, &cycle).await?;
        lines.retain(|line| codes.contains(&line.code));
        if !lines.is_empty() {
            found.push((cycle.id, cycle.code, lines));
        }
    }
    Ok(found)
}

/// The pooled measures of the indicators that a cycle froze for a provision. Six queries.
pub async fn of_provision(cx: &Cx<'_>, cycle: CycleId, provision: ProvisionId) -> Result<Vec<Line>, AppError> {
    let mut lines = measured(cx, cycle).await?;
    if lines.is_empty() {
        return Ok(lines);
    }
    let measuring: Vec<Uuid> = indicator_provision::Entity::find()
        .filter(indicator_provision::Column::ProvisionId.eq(provision.0))
        .all(cx.db.reader())
        .await?
        .into_iter()
        .map(|link| link.indicator_version_id)
        .collect();
    let mut codes = Vec::new();
    for version in crate::indicator::of_cycle(cx, cycle).await? {
        if measuring.contains(&version.id) {
            codes.extend(measures(&version)?.into_iter().map(|measure| measure.code));
        }
    }
    lines.retain(|line| codes.contains(&line.code));
    Ok(lines)
}

/// The same for other slices.
pub(crate) async fn shown_of(db: &impl ConnectionTrait, cycle: &Cycle) -> Result<Vec<Line>, AppError> {
    let computations = case_computation::Entity::find()
        .filter(case_computation::Column::CycleId.eq(cycle.id))
        .order_by_asc(case_computation::Column::Number)
        .all(db)
        .await?;
    let Some(last) = computations.last() else {
        return Ok(Vec::new());
    };
    let rows = case_measurement::Entity::find()
        .filter(case_measurement::Column::ComputationId.is_in(computations.iter().map(|row| row.id)))
        .all(db)
        .await?;
    let replaced: Vec<Uuid> = received_contribution::Entity::find()
        .filter(received_contribution::Column::CycleId.eq(cycle.id))
        .filter(received_contribution::Column::State.ne(ReceivedState::Current.code()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let mut newest: HashMap<(&str, i32), (&case_computation::Model, &case_measurement::Model)> = HashMap::new();
    // Oldest first, so that the newest stays.
    for of in &computations {
        for row in rows.iter().filter(|row| row.computation_id == of.id) {
            newest.insert((&row.measure, row.version), (of, row));
        }
    }
    let pack = crate::definition::of_cycle(db, cycle).await?;
    let mut lines = Vec::new();
    for definition in &pack.definitions {
        let version = i32::try_from(definition.version).unwrap_or(i32::MAX);
        let Some((of, row)) = newest.get(&(definition.code.as_str(), version)) else {
            continue;
        };
        let rests_on: Vec<Uuid> = serde_json::from_str(&of.rests_on)?;
        let shown = gate::cases(&Pooled {
            measurement: &serde_json::from_str(&row.measurement)?,
            definition,
            schema: &pack.schema,
            threshold: pack.threshold.max(u64::try_from(of.threshold).unwrap_or_default()),
            computed_on: Instant(of.computed_at).day().iso(),
            is_invented: cycle.is_invented,
        });
        let shown = shown.map_err(|refused| AppError::Refused(format!("{}: {refused}", definition.code)))?;
        lines.push(Line {
            code: definition.code.clone(),
            version: definition.version,
            shown,
            is_stale: rests_on.iter().any(|id| replaced.contains(id)),
            kept_at: (of.id != last.id).then_some(Instant(last.computed_at)),
        });
    }
    Ok(lines)
}
