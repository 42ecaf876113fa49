//! What a cycle froze: the definitions when it opened, the evidence at its cut-off.

use domain::ids::CycleId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use store::row::{cycle_evidence, cycle_indicator, cycle_standard, measurement, standard};
use store::{AppError, Cx};

/// What a cycle rests on.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// The version of each standard, by code.
    pub standards: Vec<standard::Model>,
    /// Agreed indicator versions.
    pub n_indicators: u64,
    /// Items of evidence; none before the cut-off.
    pub n_evidence: u64,
    /// Measurements recorded so far.
    pub n_measurements: u64,
}

/// What a cycle froze. Four queries, whatever its size.
pub async fn frozen(cx: &Cx<'_>, id: CycleId) -> Result<Frozen, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let links = cycle_standard::Entity::find()
        .filter(cycle_standard::Column::CycleId.eq(id.0))
        .all(db)
        .await?;
    Ok(Frozen {
        standards: standard::Entity::find()
            .filter(standard::Column::Id.is_in(links.iter().map(|row| row.standard_id)))
            .order_by_asc(standard::Column::Code)
            .all(db)
            .await?,
        n_indicators: cycle_indicator::Entity::find()
            .filter(cycle_indicator::Column::CycleId.eq(id.0))
            .count(db)
            .await?,
        n_evidence: cycle_evidence::Entity::find()
            .filter(cycle_evidence::Column::CycleId.eq(id.0))
            .count(db)
            .await?,
        n_measurements: measurement::Entity::find()
            .filter(measurement::Column::CycleId.eq(id.0))
            .count(db)
            .await?,
    })
}
