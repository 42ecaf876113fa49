//! One value of a series in one vintage, found by what it is.

use domain::ids::ObservationId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{observation, series};
use store::{AppError, Cx};

/// What makes one value of one vintage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Code of the series.
    pub series: String,
    /// First day, ISO.
    pub period_start: String,
    /// Last day, ISO.
    pub period_end: String,
    /// `total` or the dimension.
    pub breakdown: String,
    /// `total` or the category.
    pub category: String,
    /// The vintage, ISO.
    pub published_on: String,
}

/// The observation, if there is one.
pub async fn wanted(cx: &Cx<'_>, value: &Wanted) -> Result<Option<ObservationId>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let Some(series) = series::Entity::find()
        .filter(series::Column::Code.eq(&value.series))
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    let found = observation::Entity::find()
        .filter(observation::Column::SeriesId.eq(series.id))
        .filter(observation::Column::PeriodStart.eq(&value.period_start))
        .filter(observation::Column::PeriodEnd.eq(&value.period_end))
        .filter(observation::Column::Breakdown.eq(&value.breakdown))
        .filter(observation::Column::Category.eq(&value.category))
        .filter(observation::Column::PublishedOn.eq(&value.published_on))
        .order_by_asc(observation::Column::SourceTitle)
        .one(db)
        .await?;
    Ok(found.map(|row| ObservationId(row.id)))
}
