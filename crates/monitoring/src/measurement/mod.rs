//! Measurements: a measure's value in a cycle, a stratum and a jurisdiction, typed in with its
//! source or taken from a series.

pub(crate) mod compare;
mod compared;
mod record;

#[cfg(test)]
mod tests;

use domain::ids::{CycleId, IndicatorVersionId, ProvisionId};
use domain::permission::{Action, Relation};
use domain::series::{Origin, SourceKind};
use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{indicator_provision, measurement, observation};
use store::{AppError, Cx};
use uuid::Uuid;

pub(crate) use compared::compared_as_of;
pub use compared::{Compared, compared};
pub use record::{Record, record};
pub use store::row::measurement::Model as Measurement;

use crate::gate::{self, Figure, Gated, Refused};

/// A cycle's measurements in a stable order.
pub async fn list(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Measurement>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    of_cycle(cx.db.reader(), cycle).await
}

/// A measurement with its figure, or with why the gate does not show it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The row.
    pub row: Measurement,
    /// What may be shown.
    pub shown: Result<Gated, Refused>,
}

/// The measurements of every indicator version that measures a provision. Two queries.
pub async fn of_provision(cx: &Cx<'_>, provision: ProvisionId) -> Result<Vec<Reading>, AppError> {
    let versions = Query::select()
        .column(indicator_provision::Column::IndicatorVersionId)
        .from(indicator_provision::Entity)
        .and_where(indicator_provision::Column::ProvisionId.eq(provision.0))
        .take();
    readings(cx, measurement::Column::IndicatorVersionId.in_subquery(versions)).await
}

/// The measurements of one indicator version in every cycle. Two queries.
pub async fn of_version(cx: &Cx<'_>, version: IndicatorVersionId) -> Result<Vec<Reading>, AppError> {
    readings(cx, measurement::Column::IndicatorVersionId.eq(version.0)).await
}

async fn readings(cx: &Cx<'_>, which: SimpleExpr) -> Result<Vec<Reading>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let rows = measurement::Entity::find()
        .filter(which)
        .order_by_asc(measurement::Column::Measure)
        .order_by_asc(measurement::Column::Stratum)
        .order_by_asc(measurement::Column::Jurisdiction)
        .all(db)
        .await?;
    let taken_from: Vec<Uuid> = rows.iter().filter_map(|row| row.observation_id).collect();
    let observations = if taken_from.is_empty() {
        Vec::new()
    } else {
        observation::Entity::find()
            .filter(observation::Column::Id.is_in(taken_from))
            .all(db)
            .await?
    };
    rows.into_iter()
        .map(|row| {
            let from = row
                .observation_id
                .and_then(|id| observations.iter().find(|o| o.id == id));
            Ok(Reading {
                shown: gate::pass(figure(&row, from)?),
                row,
            })
        })
        .collect()
}

/// The same, for other slices.
pub(crate) async fn of_cycle(db: &impl ConnectionTrait, cycle: CycleId) -> Result<Vec<Measurement>, AppError> {
    Ok(measurement::Entity::find()
        .filter(measurement::Column::CycleId.eq(cycle.0))
        .order_by_asc(measurement::Column::Measure)
        .order_by_asc(measurement::Column::Stratum)
        .order_by_asc(measurement::Column::Jurisdiction)
        .all(db)
        .await?)
}

/// The figure of a measurement, to be offered to the gate.
pub fn figure(row: &Measurement, from: Option<&observation::Model>) -> Result<Figure, AppError> {
    Ok(Figure {
        value: Some(row.value),
        mark: String::new(),
        unit: row.unit.clone(),
        n: row.numerator,
        d: row.denominator,
        interval: row.lower.zip(row.upper),
        origin: Origin::parse(&row.origin).map_err(|error| AppError::Internal(error.into()))?,
        source_kind: from
            .map_or(Ok(SourceKind::Primary), |o| SourceKind::parse(&o.source_kind))
            .map_err(|error| AppError::Internal(error.into()))?,
        is_unverified: from.is_some_and(|o| o.is_unverified),
        source: row.source.clone(),
        source_url: row.source_url.clone(),
        vintage: row.vintage_on.clone(),
        vintage_note: from.map(|o| o.vintage_note.clone()).unwrap_or_default(),
        licence: from.map(|o| o.licence.clone()).unwrap_or_default(),
        is_invented: row.is_invented,
    })
}

/// The figure of an observation, to be offered to the gate.
pub fn observed(row: &observation::Model, unit: &str) -> Result<Figure, AppError> {
    Ok(Figure {
        value: row.value,
        mark: row.mark.clone(),
        unit: unit.to_owned(),
        n: None,
        d: None,
        interval: None,
        origin: Origin::Official,
        source_kind: SourceKind::parse(&row.source_kind).map_err(|error| AppError::Internal(error.into()))?,
        is_unverified: row.is_unverified,
        source: row.source_title.clone(),
        source_url: row.source_url.clone(),
        vintage: row.published_on.clone(),
        vintage_note: row.vintage_note.clone(),
        licence: row.licence.clone(),
        is_invented: false,
    })
}
