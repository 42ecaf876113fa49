//! Series: published statistics with every vintage of every value, the breaks between which nothing
//! is compared, and the marks that publishers print in place of a number.

mod amend;
mod figure;
mod mark_break;
mod period;
mod record;
#[cfg(test)]
pub(crate) mod tests;
mod wanted;

use std::collections::HashMap;

use domain::ids::SeriesId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{observation, series, series_break};
use store::{AppError, Cx};
use uuid::Uuid;

pub use amend::{Amend, amend};
pub use figure::{Figure, Restated, figures, number_words, value_words};
pub use mark_break::{Break, mark_break};
pub use period::{Grain, Period};
pub use record::{Record, record, record_within};
pub use wanted::{Wanted, wanted};

/// A series in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The series.
    pub series: series::Model,
    /// How many values it holds, all vintages counted.
    pub n_observations: i64,
    /// The latest day on which any was published, ISO; empty without values.
    pub latest_on: String,
    /// How many breaks are marked.
    pub n_breaks: i64,
}

/// Every series by code. Two grouped queries, however many values there are.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Line>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let mut all = series::Entity::find().all(db).await?;
    // Codes are compared byte by byte, which the two databases do not agree on.
    all.sort_by(|a, b| a.code.cmp(&b.code));
    let counted: Vec<(Uuid, i64, String)> = observation::Entity::find()
        .select_only()
        .column(observation::Column::SeriesId)
        .column_as(observation::Column::Id.count(), "n")
        .column_as(observation::Column::PublishedOn.max(), "latest_on")
        .group_by(observation::Column::SeriesId)
        .into_tuple()
        .all(db)
        .await?;
    let broken: Vec<(Uuid, i64)> = series_break::Entity::find()
        .select_only()
        .column(series_break::Column::SeriesId)
        .column_as(series_break::Column::Id.count(), "n")
        .group_by(series_break::Column::SeriesId)
        .into_tuple()
        .all(db)
        .await?;
    let mut counted: HashMap<Uuid, (i64, String)> =
        counted.into_iter().map(|(id, n, latest)| (id, (n, latest))).collect();
    let broken: HashMap<Uuid, i64> = broken.into_iter().collect();
    Ok(all
        .into_iter()
        .map(|series| {
            let (n_observations, latest_on) = counted.remove(&series.id).unwrap_or_default();
            let n_breaks = broken.get(&series.id).copied().unwrap_or_default();
            Line {
                series,
                n_observations,
                latest_on,
                n_breaks,
            }
        })
        .collect())
}

/// One series, seen by one of its breakdowns.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The series.
    pub series: series::Model,
    /// Its breakdowns with the number of values of each, the total first.
    pub breakdowns: Vec<(String, i64)>,
    /// The breakdown seen.
    pub breakdown: String,
    /// The figures of that breakdown, latest period first.
    pub figures: Vec<Figure>,
    /// The breaks of the series, earliest first.
    pub breaks: Vec<series_break::Model>,
}

/// One series by one breakdown; `""` for the total, or the first there is. Loads that breakdown whole:
/// cost grows with its number of values.
pub async fn find(cx: &Cx<'_>, id: SeriesId, breakdown: &str) -> Result<View, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let series = series::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("series"))?;
    let mut breakdowns: Vec<(String, i64)> = observation::Entity::find()
        .select_only()
        .column(observation::Column::Breakdown)
        .column_as(observation::Column::Id.count(), "n")
        .filter(observation::Column::SeriesId.eq(id.0))
        .group_by(observation::Column::Breakdown)
        .into_tuple()
        .all(db)
        .await?;
    breakdowns.sort_by(|a, b| (a.0 != "total", &a.0).cmp(&(b.0 != "total", &b.0)));
    let breakdown = if breakdown.is_empty() {
        breakdowns.first().map_or("total", |(first, _)| first)
    } else {
        breakdown
    };
    let observations = observation::Entity::find()
        .filter(observation::Column::SeriesId.eq(id.0))
        .filter(observation::Column::Breakdown.eq(breakdown))
        .all(db)
        .await?;
    let breaks = breaks_of(db, id).await?;
    let breakdown = breakdown.to_owned();
    Ok(View {
        series,
        breakdowns,
        breakdown,
        figures: figures(observations),
        breaks,
    })
}

/// The breaks of a series, earliest first.
pub async fn breaks_of(db: &impl sea_orm::ConnectionTrait, id: SeriesId) -> Result<Vec<series_break::Model>, AppError> {
    let found = series_break::Entity::find().filter(series_break::Column::SeriesId.eq(id.0));
    Ok(found.order_by_asc(series_break::Column::FromOn).all(db).await?)
}

/// The breaks that lie between two periods, so that their values may not be compared: those that
/// begin after the first day of the earlier one and not after the last day of the later one. A
/// period whose end is not known is taken to reach as far as it may.
pub fn breaks_between<'b>(breaks: &'b [series_break::Model], a: &Period, b: &Period) -> Vec<&'b series_break::Model> {
    let (earlier, later) = if a <= b { (a, b) } else { (b, a) };
    breaks
        .iter()
        .filter(|at| at.from_on > earlier.start && (later.end.is_empty() || at.from_on <= later.end))
        .collect()
}
