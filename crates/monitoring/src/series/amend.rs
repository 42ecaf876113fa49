//! Amending a series: what is said of it, never its values.
//!
//! Title, publisher and the words for readers may always be put right. The code, the unit and what is counted say what every
//! value means: each row of a file was checked against the first two, measurements copied the unit, and editions printed all
//! three. While the series holds values they stay. Editions froze their own copy and keep it.

use domain::ids::SeriesId;
use domain::permission::{Action, Relation};
use domain::series::CountingRule;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect,
};
use store::row::{observation, series};
use store::{AppError, Cx, FieldErrors};

use super::record::{Record, check, taken};

/// What to do instead of changing what the values mean.
const REMEDY: &str = "undo the imports that brought them, change it and import them again, or add another series";

/// A series as it shall be from now on.
#[derive(Debug, Clone, Default)]
pub struct Amend {
    /// Everything that is said of it.
    pub record: Record,
    /// The revision that was read before it was amended.
    pub revision: i32,
}

/// Amends a series. Coordinators, contributors and assessors. [`AppError::Conflict`] when someone else changed it since
/// `revision` was read; [`AppError::Invalid`] where a change would give the values it holds another meaning.
pub async fn amend(cx: &Cx<'_>, id: SeriesId, input: Amend) -> Result<SeriesId, AppError> {
    let columns = check(&input.record)?;
    let work = cx.begin(Action::AmendSeries, Relation::Coalition).await?;
    // Held until the end: of two who amend at once the second sees the first one's revision, and an import that is
    // being taken has either brought its values by now or will see what they are checked against.
    let row = series::Entity::find_by_id(id.0)
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("series"))?;
    if row.revision != input.revision {
        return Err(AppError::Conflict("series"));
    }
    keeps_meaning(&work.tx, &row, &input.record).await?;
    let columns = series::ActiveModel {
        id: Set(id.0),
        revision: Set(row.revision + 1),
        ..columns
    };
    columns.update(&work.tx).await.map_err(taken)?;
    work.finish(cx, "series", Some(id.0)).await?;
    Ok(id)
}

/// Refuses another code, unit or counting rule while the series holds values.
async fn keeps_meaning(tx: &impl ConnectionTrait, row: &series::Model, wanted: &Record) -> Result<(), AppError> {
    let mut errors = FieldErrors::new();
    if wanted.code.trim() != row.code {
        let words = format!("Files and editions name its values by “{}”: {REMEDY}", row.code);
        errors.add("code", words);
    }
    if wanted.unit.trim() != row.unit {
        errors.add("unit", format!("Its values are in “{}”: {REMEDY}", row.unit));
    }
    if wanted.counting_rule.trim() != row.counting_rule {
        let rule =
            CountingRule::parse(&row.counting_rule).map_or_else(|_| row.counting_rule.clone(), |rule| rule.to_string());
        errors.add("counting_rule", format!("Its values count “{rule}”: {REMEDY}"));
    }
    if errors.is_empty() {
        return Ok(());
    }
    let n_values = observation::Entity::find()
        .filter(observation::Column::SeriesId.eq(row.id))
        .count(tx)
        .await?;
    if n_values == 0 { Ok(()) } else { errors.into_result() }
}
