//! The numbers of an edition: measurements with their comparison, series with every vintage. Each
//! passes the gate here, or the edition is not built.

use std::collections::{BTreeSet, HashMap};

use domain::indicator::{Comparability, Direction, IndicatorKind};
use domain::series::SourceKind;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::AppError;
use store::row::{
    cycle_indicator, indicator_provision, indicator_version, measurement, observation, series, series_break,
};
use uuid::Uuid;

use super::Source;
use super::evidence::References;
use crate::contribution::{Line, shown_of};
use crate::edition::frozen;
use crate::gate::{self, Figure, Gated, Parts};
use crate::indicator::measures;
use crate::measurement::{Compared, compared_as_of};

/// What was measured in this cycle and the one before, with what it was taken from.
pub(super) struct Figures {
    indicators: Vec<indicator_version::Model>,
    by_provision: HashMap<Uuid, Vec<Uuid>>,
    /// This cycle's measurements, compared by what was published by the cut-off.
    measured: Vec<Compared>,
    /// What was computed of pooled cases.
    pooled: Vec<Line>,
    before_code: String,
    observations: HashMap<Uuid, observation::Model>,
    newest: HashMap<Key, observation::Model>,
    series: HashMap<Uuid, series::Model>,
    breaks: Vec<series_break::Model>,
}

/// What makes two observations vintages of one value.
type Key = (Uuid, String, String, String, String);

fn key(row: &observation::Model) -> Key {
    (
        row.series_id,
        row.period_start.clone(),
        row.period_end.clone(),
        row.breakdown.clone(),
        row.category.clone(),
    )
}

/// Lets a figure through the gate; one that may not pass stops the edition, and says which it is.
fn pass(figure: Figure, what: &str) -> Result<Gated, AppError> {
    gate::pass(figure).map_err(|refused| AppError::Refused(format!("{what}: {refused}")))
}

impl Figures {
    /// Reads everything once.
    pub(super) async fn read<C: ConnectionTrait>(source: &Source<'_, C>) -> Result<Self, AppError> {
        let db = source.db;
        let ids: Vec<Uuid> = cycle_indicator::Entity::find()
            .filter(cycle_indicator::Column::CycleId.eq(source.cycle.id))
            .all(db)
            .await?
            .into_iter()
            .map(|row| row.indicator_version_id)
            .collect();
        let indicators = indicator_version::Entity::find()
            .filter(indicator_version::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(indicator_version::Column::Code)
            .all(db)
            .await?;
        let mut by_provision: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for link in indicator_provision::Entity::find()
            .filter(indicator_provision::Column::IndicatorVersionId.is_in(ids))
            .all(db)
            .await?
        {
            by_provision
                .entry(link.provision_id)
                .or_default()
                .push(link.indicator_version_id);
        }
        let cutoff = &source.cycle.cutoff_on;
        let measured = compared_as_of(db, source.cycle.id.into(), Some(cutoff)).await?;
        let pooled = shown_of(db, &source.cycle).await?;
        let mut observations = HashMap::new();
        let mut newest: HashMap<Key, observation::Model> = HashMap::new();
        for row in observation::Entity::find()
            .filter(observation::Column::PublishedOn.lte(cutoff))
            .order_by_asc(observation::Column::PublishedOn)
            .all(db)
            .await?
        {
            // A report about a figure does not supersede the publisher's own.
            let is_better = |known: &observation::Model| {
                known.source_kind == row.source_kind || row.source_kind == SourceKind::Primary.code()
            };
            if newest.get(&key(&row)).is_none_or(is_better) {
                newest.insert(key(&row), row.clone());
            }
            observations.insert(row.id, row);
        }
        Ok(Self {
            indicators,
            by_provision,
            measured,
            pooled,
            before_code: source
                .lineage
                .get(1)
                .map(|cycle| cycle.code.clone())
                .unwrap_or_default(),
            observations,
            newest,
            series: series::Entity::find()
                .all(db)
                .await?
                .into_iter()
                .map(|row| (row.id, row))
                .collect(),
            breaks: series_break::Entity::find()
                .filter(series_break::Column::FromOn.lte(cutoff))
                .order_by_asc(series_break::Column::FromOn)
                .all(db)
                .await?,
        })
    }

    /// The indicators of a provision with their measurements in a jurisdiction-independent order.
    pub(super) fn of_provision(
        &self,
        provision: Uuid,
        references: &mut References,
    ) -> Result<Vec<frozen::Indicator>, AppError> {
        let Some(ids) = self.by_provision.get(&provision) else {
            return Ok(Vec::new());
        };
        self.indicators
            .iter()
            .filter(|row| ids.contains(&row.id))
            .map(|row| self.indicator(row, references))
            .collect()
    }

    fn indicator(
        &self,
        row: &indicator_version::Model,
        references: &mut References,
    ) -> Result<frozen::Indicator, AppError> {
        let broken = |error: domain::words::UnknownCode| AppError::Internal(error.into());
        let direction = Direction::parse(&row.direction).map_err(broken)?;
        let comparability = match &row.comparability {
            Some(code) => Some((
                Comparability::parse(code).map_err(broken)?,
                row.comparability_why.clone(),
            )),
            None => None,
        };
        let mut measurements: Vec<frozen::Measurement> = self
            .measured
            .iter()
            .filter(|line| line.row.indicator_version_id == row.id)
            .map(|line| self.measurement(line, references))
            .collect();
        for measure in measures(row)? {
            let lines = self.pooled.iter().filter(|line| line.code == measure.code);
            measurements.extend(lines.map(|line| pooled(line, &measure.name)));
        }
        Ok(frozen::Indicator {
            code: row.code.clone(),
            version: u32::try_from(row.version).unwrap_or_default(),
            name: row.name.clone(),
            definition: row.definition.clone(),
            kind: IndicatorKind::parse(&row.kind).map_err(broken)?,
            direction,
            limits: row.limits.clone(),
            comparability,
            measurements,
        })
    }

    fn measurement(&self, line: &Compared, references: &mut References) -> frozen::Measurement {
        let row = &line.row;
        let series = line.series.and_then(|id| self.series.get(&id));
        // What a figure says of its source must not name what the evidence behind it withholds.
        let told = |figure: Gated, evidence: Option<Uuid>| {
            if evidence.is_some_and(|id| references.hides_source(id)) {
                figure.hiding_source()
            } else {
                figure
            }
        };
        let before = line
            .before
            .clone()
            .map(|then| told(then, line.evidence_before))
            .map(|then| (self.before_code.clone(), then, line.restated.clone()));
        let now = told(line.now.clone(), row.evidence_id);
        let place =
            domain::cycle::Jurisdiction::parse(&row.jurisdiction).map_or("", domain::cycle::Jurisdiction::words);
        let stratum = if row.jurisdiction == "uk" {
            row.stratum.clone()
        } else {
            format!("{}, {place}", row.stratum)
        };
        frozen::Measurement {
            slug: format!(
                "m-{}",
                crate::standard::slug(&row.measure, &format!("{} {}", row.stratum, row.jurisdiction))
            ),
            measure: row.measure.clone(),
            name: line.measure.clone(),
            stratum,
            now,
            before,
            comparison: line.words.clone(),
            note: note(row),
            cites: references.cite_all(row.evidence_id),
            series: series.map(|series| series.code.clone()).unwrap_or_default(),
            breakdowns: Vec::new(),
        }
    }

    /// The series that the edition charts: those its measurements come from, and the others that
    /// have a total for several years. Every vintage up to the cut-off.
    pub(super) fn series(&self) -> Result<Vec<frozen::Series>, AppError> {
        let mut rows: Vec<&observation::Model> = self.observations.values().collect();
        rows.sort_by(|a, b| {
            (
                &a.series_id,
                &a.breakdown,
                &a.category,
                &a.period_start,
                &a.period_end,
                &a.published_on,
                &a.source_title,
            )
                .cmp(&(
                    &b.series_id,
                    &b.breakdown,
                    &b.category,
                    &b.period_start,
                    &b.period_end,
                    &b.published_on,
                    &b.source_title,
                ))
        });
        let used: BTreeSet<Uuid> = rows.iter().map(|row| row.series_id).collect();
        let mut found: Vec<&series::Model> = self
            .series
            .values()
            .filter(|series| used.contains(&series.id))
            .collect();
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found
            .into_iter()
            .map(|series| {
                let points = rows
                    .iter()
                    .filter(|row| row.series_id == series.id)
                    .map(|row| self.point(row, series))
                    .collect::<Result<_, _>>()?;
                let counting_rule = domain::series::CountingRule::parse(&series.counting_rule)
                    .map_or_else(|_| series.counting_rule.clone(), |rule| rule.to_string());
                Ok(frozen::Series {
                    code: series.code.clone(),
                    title: series.title.clone(),
                    publisher: series.publisher.clone(),
                    unit: series.unit.clone(),
                    counting_rule,
                    points,
                })
            })
            .collect()
    }

    fn point(&self, row: &observation::Model, series: &series::Model) -> Result<frozen::Point, AppError> {
        Ok(frozen::Point {
            period: (row.period_start.clone(), row.period_end.clone()),
            breakdown: row.breakdown.clone(),
            category: row.category.clone(),
            figure: pass(crate::measurement::observed(row, &series.unit)?, &series.code)?,
            is_superseded: self
                .newest
                .get(&key(row))
                .is_some_and(|newest| newest.id != row.id && newest.published_on > row.published_on),
        })
    }

    /// Everything that must not be compared across.
    pub(super) fn breaks(&self) -> Vec<frozen::Break> {
        let mut found: Vec<frozen::Break> = self
            .breaks
            .iter()
            .filter_map(|row| {
                let series = self.series.get(&row.series_id)?;
                Some(frozen::Break {
                    what: series.title.clone(),
                    code: series.code.clone(),
                    on: row.from_on.clone(),
                    reason: row.reason.clone(),
                })
            })
            .collect();
        found.extend(
            self.indicators
                .iter()
                .filter(|row| {
                    row.version > 1 && row.comparability.as_deref() == Some(Comparability::NotComparable.code())
                })
                .map(|row| frozen::Break {
                    what: row.name.clone(),
                    code: row.code.clone(),
                    on: domain::Instant(row.created_at).day().iso(),
                    reason: row.comparability_why.clone(),
                }),
        );
        found
    }
}

/// A measure of pooled cases, with the words that stand beside it on every page.
fn pooled(line: &Line, name: &str) -> frozen::Measurement {
    let shown = &line.shown;
    let remarks = line.remarks();
    let gap = if remarks.is_empty() { "" } else { " " };
    // Where the total is withheld, so is every part of it: that is all there is to say, and a measure that says nothing takes
    // no column of print.
    let (note, parts) = if shown.total().is_given() {
        (shown.note(), shown.breakdowns())
    } else {
        (shown.missing().to_owned(), <&[Parts]>::default())
    };
    frozen::Measurement {
        slug: format!("m-{}", crate::standard::slug(&line.code, "pooled cases")),
        measure: line.code.clone(),
        name: name.to_owned(),
        stratum: "pooled cases".to_owned(),
        now: shown.total().clone(),
        before: None,
        comparison: "Not compared with the audit before: who contributes, and of which cases, is not the same."
            .to_owned(),
        note: format!("{note}{gap}{remarks}"),
        cites: Vec::new(),
        series: String::new(),
        breakdowns: parts.iter().map(breakdown).collect(),
    }
}

fn breakdown(of: &Parts) -> frozen::Breakdown {
    let cells = if of.is_shown() { of.cells() } else { &[] };
    frozen::Breakdown {
        column: of.column().to_owned(),
        by: of.by().to_owned(),
        parts: cells
            .iter()
            .map(|part| frozen::Part {
                code: part.code.clone(),
                words: part.words.clone(),
                figure: part.figure.clone(),
            })
            .collect(),
        missing: of.missing().to_owned(),
    }
}

/// Whose data, what was left out and what is missing, in sentences.
fn note(row: &measurement::Model) -> String {
    let mut parts = Vec::new();
    if !row.whose.is_empty() {
        parts.push(format!("Data: {}.", row.whose));
    }
    if !row.excluded.is_empty() {
        parts.push(format!("Left out: {}.", row.excluded));
    }
    if let Some(share) = row.missing_share {
        parts.push(format!("Unknown for {:.0}%.", share * 100.0));
    }
    if !row.note.is_empty() {
        parts.push(row.note.clone());
    }
    parts.join(" ")
}
