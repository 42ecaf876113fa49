//! A cycle's measurements beside those of the cycle before, each through the gate.

use std::collections::HashMap;

use domain::ids::CycleId;
use domain::indicator::{Comparability, Direction};
use domain::permission::{Action, Relation};
use domain::series::SourceKind;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{indicator_version, observation, series_break};
use store::{AppError, Cx};
use uuid::Uuid;

use super::compare::{Pair, compare};
use super::{Measurement, figure, observed, of_cycle};
use crate::gate::{self, Figure, Gated};
use crate::indicator::{Measure, measures};
use crate::series::{Period, breaks_between};

/// One measurement, ready to be read.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The row.
    pub row: Measurement,
    /// The indicator version it measures.
    pub indicator: indicator_version::Model,
    /// The name of the measure.
    pub measure: String,
    /// The figure.
    pub now: Gated,
    /// The series it was taken from, if it was.
    pub series: Option<Uuid>,
    /// The figure of the cycle before, as it was frozen then.
    pub before: Option<Gated>,
    /// The item of evidence that the figure before rested on, if any.
    pub evidence_before: Option<Uuid>,
    /// Today's vintage of that figure, where it was revised since.
    pub restated: Option<Gated>,
    /// The comparison in a sentence.
    pub words: String,
}

/// A cycle's measurements by indicator, each compared with the cycle before by the audit's rule: the
/// latest vintage counts, a break or an incomparable definition refuses the comparison. Seven
/// queries; linear in measurements and in the vintages of the figures they were taken from.
pub async fn compared(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Compared>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    compared_as_of(cx.db.reader(), cycle, None).await
}

/// The same with what was published by a day, for an edition that knows nothing later.
pub(crate) async fn compared_as_of(
    db: &impl ConnectionTrait,
    cycle: CycleId,
    day: Option<&str>,
) -> Result<Vec<Compared>, AppError> {
    let row = crate::cycle::row(db, cycle).await?;
    let now = of_cycle(db, cycle).await?;
    let before = match row.previous_id {
        Some(previous) => of_cycle(db, CycleId(previous)).await?,
        None => Vec::new(),
    };
    let mut past = Past::read(db, now.iter().chain(&before)).await?;
    if let Some(day) = day {
        past.vintages.retain(|row| row.published_on.as_str() <= day);
        past.breaks.retain(|row| row.from_on.as_str() <= day);
    }
    let mut lines = Vec::new();
    for row in now {
        let Some(indicator) = past.versions.get(&row.indicator_version_id) else {
            continue;
        };
        let earlier = before.iter().find(|earlier| {
            let is_same = (&earlier.measure, &earlier.stratum, &earlier.jurisdiction)
                == (&row.measure, &row.stratum, &row.jurisdiction);
            is_same
                && past
                    .versions
                    .get(&earlier.indicator_version_id)
                    .is_some_and(|version| version.code == indicator.code)
        });
        lines.push(past.line(row.clone(), indicator, earlier)?);
    }
    lines.sort_by_key(|line| {
        (
            crate::indicator::natural(&line.indicator.code),
            line.row.measure.clone(),
            line.row.stratum.clone(),
            line.row.jurisdiction.clone(),
        )
    });
    Ok(lines)
}

/// What the two cycles' measurements were taken from.
struct Past {
    versions: HashMap<Uuid, indicator_version::Model>,
    observations: HashMap<Uuid, observation::Model>,
    /// Every vintage of the figures taken.
    vintages: Vec<observation::Model>,
    breaks: Vec<series_break::Model>,
}

impl Past {
    async fn read(
        db: &impl ConnectionTrait,
        rows: impl Iterator<Item = &Measurement> + Clone,
    ) -> Result<Self, AppError> {
        let versions = indicator_version::Entity::find()
            .filter(indicator_version::Column::Id.is_in(rows.clone().map(|row| row.indicator_version_id)))
            .all(db)
            .await?;
        let taken: Vec<observation::Model> = observation::Entity::find()
            .filter(observation::Column::Id.is_in(rows.filter_map(|row| row.observation_id)))
            .all(db)
            .await?;
        let series = || taken.iter().map(|row| row.series_id);
        let vintages = observation::Entity::find()
            .filter(observation::Column::SeriesId.is_in(series()))
            .filter(observation::Column::PeriodStart.is_in(taken.iter().map(|row| row.period_start.clone())))
            .all(db)
            .await?;
        let breaks = series_break::Entity::find()
            .filter(series_break::Column::SeriesId.is_in(series()))
            .all(db)
            .await?;
        Ok(Self {
            versions: versions.into_iter().map(|row| (row.id, row)).collect(),
            observations: taken.into_iter().map(|row| (row.id, row)).collect(),
            vintages,
            breaks,
        })
    }

    fn line(
        &self,
        row: Measurement,
        indicator: &indicator_version::Model,
        earlier: Option<&Measurement>,
    ) -> Result<Compared, AppError> {
        let taken = self.taken(&row);
        let name = measures(indicator)?
            .into_iter()
            .find(|measure| measure.code == row.measure)
            .map_or_else(String::new, |Measure { name, .. }| name);
        let now = pass(figure(&row, taken)?, &row.measure)?;
        let mut line = Compared {
            indicator: indicator.clone(),
            measure: name,
            now,
            series: taken.map(|observation| observation.series_id),
            before: None,
            evidence_before: None,
            restated: None,
            words: "Not measured in the cycle before.".to_owned(),
            row,
        };
        let Some(earlier) = earlier else { return Ok(line) };
        let taken_then = self.taken(earlier);
        line.evidence_before = earlier.evidence_id;
        line.before = Some(pass(figure(earlier, taken_then)?, &earlier.measure)?);
        let newest = taken_then
            .and_then(|then| self.newest(then))
            .filter(|newest| Some(newest.id) != earlier.observation_id && newest.value != Some(earlier.value));
        if let Some(newest) = newest {
            line.restated = Some(pass(observed(newest, &earlier.unit)?, &earlier.measure)?);
        }
        let mut reasons: Vec<&str> = Vec::new();
        let between: Vec<series_break::Model>;
        if let (Some(then), Some(now)) = (taken_then, taken) {
            if then.series_id == now.series_id {
                between = self.breaks_between(then, now);
                reasons.extend(between.iter().map(|at| at.reason.as_str()));
            } else {
                reasons.push("the two figures were taken from different series");
            }
        }
        let is_other_version = earlier.indicator_version_id != indicator.id;
        let is = |comparability: Comparability| {
            is_other_version && indicator.comparability.as_deref() == Some(comparability.code())
        };
        if is(Comparability::NotComparable) {
            reasons.push(&indicator.comparability_why);
        }
        let direction = Direction::parse(&indicator.direction).map_err(|error| AppError::Internal(error.into()))?;
        let pair = Pair {
            earlier,
            restated: newest.and_then(|newest| newest.value),
            later: &line.row,
        };
        let (_, mut words) = compare(pair, direction, &reasons);
        if is(Comparability::WithCare) {
            words = format!("{words} Compare with care: {}", indicator.comparability_why);
        }
        line.words = words;
        Ok(line)
    }

    fn taken(&self, row: &Measurement) -> Option<&observation::Model> {
        row.observation_id.and_then(|id| self.observations.get(&id))
    }

    /// The vintage of a figure that counts today: a report about a figure does not supersede it.
    fn newest(&self, of: &observation::Model) -> Option<&observation::Model> {
        let key = |row: &observation::Model| {
            (
                row.series_id,
                row.period_start.clone(),
                row.period_end.clone(),
                row.breakdown.clone(),
                row.category.clone(),
            )
        };
        let wanted = key(of);
        let rank = |row: &observation::Model| {
            (
                row.source_kind != SourceKind::Secondary.code(),
                row.published_on.clone(),
                std::cmp::Reverse(row.source_title.clone()),
            )
        };
        self.vintages
            .iter()
            .filter(|row| key(row) == wanted)
            .max_by_key(|row| rank(row))
    }

    fn breaks_between(&self, then: &observation::Model, now: &observation::Model) -> Vec<series_break::Model> {
        let own: Vec<series_break::Model> = self
            .breaks
            .iter()
            .filter(|at| at.series_id == now.series_id)
            .cloned()
            .collect();
        let period = |row: &observation::Model| Period {
            start: row.period_start.clone(),
            end: row.period_end.clone(),
        };
        breaks_between(&own, &period(then), &period(now))
            .into_iter()
            .cloned()
            .collect()
    }
}

/// Lets a figure through the gate, or says which may not pass.
fn pass(figure: Figure, measure: &str) -> Result<Gated, AppError> {
    gate::pass(figure).map_err(|refused| AppError::Refused(format!("{measure}: {refused}")))
}
