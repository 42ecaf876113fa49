//! Marking a break: from this day on, values are not comparable with those before, and why.

use domain::ids::SeriesId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::{series, series_break};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What it takes to mark a break.
#[derive(Debug, Clone)]
pub struct Break {
    /// The series.
    pub series: SeriesId,
    /// First day of the new way of counting, ISO.
    pub from_on: String,
    /// Why the values on either side are not comparable; printed wherever a comparison is refused.
    pub reason: String,
    /// Where this is said; may be empty when it is our own judgement.
    pub source: String,
}

/// Marks a break. Coordinators, contributors and assessors. Gives the id of the break.
pub async fn mark_break(cx: &Cx<'_>, input: Break) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    let day = errors.day("from_on", &input.from_on);
    let reason = errors.required(
        "reason",
        &input.reason,
        "Say what changed, so that readers know why values are not compared",
    );
    errors.into_result()?;
    let work = cx.begin(Action::MarkBreak, Relation::Coalition).await?;
    series::Entity::find_by_id(input.series.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("series"))?;
    let id = cx.ids.ordered();
    series_break::ActiveModel {
        id: Set(id),
        series_id: Set(input.series.0),
        from_on: Set(day.map(domain::Day::iso).unwrap_or_default()),
        reason: Set(reason),
        source: Set(input.source.trim().to_owned()),
        member_id: Set(cx.actor.member.map(Uuid::from)),
        at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    // The act names it; the record that a reader of the log looks for is the series.
    work.finish(cx, "series", Some(input.series.0)).await?;
    Ok(id)
}
