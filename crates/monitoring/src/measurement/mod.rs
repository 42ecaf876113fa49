//! Measurements: a measure's value in a cycle, a stratum and a jurisdiction, typed in with its
//! source or taken from a series.

pub(crate) mod compare;
pub(crate) mod record;

#[cfg(test)]
mod tests;

use domain::ids::CycleId;
use domain::permission::{Action, Relation};
use domain::series::{Origin, SourceKind};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{measurement, observation};
use store::{AppError, Cx};

pub use record::{Record, record};
pub use store::row::measurement::Model as Measurement;

use crate::gate::Figure;

/// A cycle's measurements in a stable order.
pub async fn list(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Measurement>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    of_cycle(cx.db.reader(), cycle).await
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
        source_kind: from.map_or(Ok(SourceKind::Primary), |o| SourceKind::parse(&o.source_kind)).map_err(|error| AppError::Internal(error.into()))?,
        is_unverified: from.is_some_and(|o| o.is_unverified),
        source: row.source.clone(),
        source_url: row.source_url.clone(),
        vintage: row.vintage_on.clone(),
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
        is_invented: false,
    })
}
