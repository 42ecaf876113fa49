//! Recording a measurement.

use domain::cycle::{CycleState, Jurisdiction};
use domain::ids::{CycleId, EvidenceId, IndicatorVersionId, MeasurementId, ObservationId};
use domain::indicator::Statistic;
use domain::permission::{Action, Relation};
use domain::series::Origin;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{cycle_indicator, indicator_version, measurement, observation, series};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What it takes to record a measurement. Numbers are as typed; the command reads them.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The cycle.
    pub cycle: Option<CycleId>,
    /// The indicator version; one of those the cycle froze.
    pub indicator: Option<IndicatorVersionId>,
    /// Code of the measure: `I13a`.
    pub measure: String,
    /// The stratum in words; `all` for everyone.
    pub stratum: String,
    /// Code of the jurisdiction.
    pub jurisdiction: String,
    /// Numerator, for shares, rates and ratios; or empty.
    pub numerator: String,
    /// Denominator, likewise.
    pub denominator: String,
    /// The value; for a share it may be left empty and is computed from the two.
    pub value: String,
    /// The observation it is taken from; then value, unit, source and vintage come from there.
    pub observation: Option<ObservationId>,
    /// Whether it comes from a sample: only then an interval is shown.
    pub is_sample: bool,
    /// What was left out, or empty.
    pub excluded: String,
    /// Share of people or cases for whom it is unknown, 0 to 1, or empty.
    pub missing_share: String,
    /// Whose data it is.
    pub whose: String,
    /// Where it was read.
    pub source: String,
    /// Address, or empty.
    pub source_url: String,
    /// When that was published, ISO.
    pub vintage_on: String,
    /// The item of evidence it rests on, if any.
    pub evidence: Option<EvidenceId>,
    /// Anything a reader should know, or empty.
    pub note: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Reads a number as people type it.
fn number(errors: &mut FieldErrors, field: &str, text: &str) -> Option<f64> {
    let text = text.trim().replace(',', "");
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse::<f64>().ok().filter(|number| number.is_finite());
    if parsed.is_none() {
        errors.add(field, format!("“{text}” is not a number"));
    }
    parsed
}

/// Records a measurement; recording the same measure, stratum and jurisdiction again replaces it
/// while the cycle is open.
///
/// A sample of a share gets Wilson's 95% interval; an administrative count gets none, because there
/// is nothing it was drawn from.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<MeasurementId, AppError> {
    let mut errors = FieldErrors::new();
    errors.code(
        "jurisdiction",
        Jurisdiction::parse(&input.jurisdiction),
        "Choose where it holds",
    );
    let stratum = errors.required("stratum", &input.stratum, "Say for whom: “all”, or the group");
    let numerator = number(&mut errors, "numerator", &input.numerator);
    let denominator = number(&mut errors, "denominator", &input.denominator);
    let mut value = number(&mut errors, "value", &input.value);
    let missing_share = number(&mut errors, "missing_share", &input.missing_share);
    if missing_share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
        errors.add("missing_share", "Enter a share between 0 and 1");
    }
    if let (Some(n), Some(d)) = (numerator, denominator)
        && (d <= 0.0 || n < 0.0)
    {
        errors.add(
            "denominator",
            "The denominator must be more than 0, and the numerator not less",
        );
    }
    if input.observation.is_none() {
        errors.required("source", &input.source, "Say where the figure was read");
        errors.day("vintage_on", &input.vintage_on);
    }
    errors.into_result()?;
    let invalid = |field: &str, words: &str| AppError::Invalid(FieldErrors::of(field, words));
    let cycle = input.cycle.ok_or_else(|| invalid("cycle", "Choose the cycle"))?;
    let version = input
        .indicator
        .ok_or_else(|| invalid("indicator", "Choose the indicator"))?;
    let member = cx.member()?;

    let work = cx.begin(Action::RecordMeasurement, Relation::Coalition).await?;
    crate::cycle::require(
        &crate::cycle::row(&work.tx, cycle).await?,
        &[CycleState::Gathering, CycleState::Assessing],
    )?;
    if cycle_indicator::Entity::find_by_id((cycle.0, version.0))
        .one(&work.tx)
        .await?
        .is_none()
    {
        return Err(invalid(
            "indicator",
            "This cycle did not freeze that version of the indicator",
        ));
    }
    let definition = indicator_version::Entity::find_by_id(version.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("indicator"))?;
    let measure = crate::indicator::measures(&definition)?
        .into_iter()
        .find(|measure| measure.code == input.measure)
        .ok_or_else(|| invalid("measure", "The indicator has no measure of that code"))?;
    let observed = match input.observation {
        Some(id) => Some(observed(&work.tx, id).await?),
        None => None,
    };
    if let Some((observation, _)) = &observed {
        value = Some(observation.value.ok_or_else(|| {
            invalid(
                "observation",
                "The publisher suppressed this value: there is nothing to take",
            )
        })?);
    }
    if value.is_none()
        && let (Statistic::Share, Some(n), Some(d)) = (measure.statistic, numerator, denominator)
    {
        value = Some(n / d * 100.0);
    }
    let value = value.ok_or_else(|| invalid("value", "Enter the value"))?;
    if measure.statistic == Statistic::Share && numerator.zip(denominator).is_some_and(|(n, d)| n > d) {
        return Err(invalid("numerator", "A share cannot be more than the whole"));
    }
    let interval = match (input.is_sample, measure.statistic, numerator, denominator) {
        (true, Statistic::Share, Some(n), Some(d)) => wilson_percent(n, d),
        _ => None,
    };
    let unit = observed
        .as_ref()
        .map_or(measure.unit, |(_, series)| series.unit.clone());
    let source = observed
        .as_ref()
        .map_or(input.source.trim().to_owned(), |(row, _)| row.source_title.clone());
    let source_url = observed
        .as_ref()
        .map_or(input.source_url.trim().to_owned(), |(row, _)| row.source_url.clone());
    let vintage_on = observed
        .as_ref()
        .map_or(input.vintage_on.trim().to_owned(), |(row, _)| row.published_on.clone());
    replace(&work.tx, (cycle, version), &measure.code, &stratum, &input.jurisdiction).await?;
    let id = cx.ids.ordered();
    measurement::ActiveModel {
        id: Set(id),
        cycle_id: Set(cycle.0),
        indicator_version_id: Set(version.0),
        measure: Set(measure.code),
        stratum: Set(stratum),
        jurisdiction: Set(input.jurisdiction),
        numerator: Set(numerator),
        denominator: Set(denominator),
        value: Set(value),
        unit: Set(unit),
        origin: Set(if observed.is_some() {
            Origin::Official
        } else {
            Origin::Typed
        }
        .code()
        .to_owned()),
        is_sample: Set(input.is_sample),
        lower: Set(interval.map(|i| i.0)),
        upper: Set(interval.map(|i| i.1)),
        excluded: Set(input.excluded.trim().to_owned()),
        missing_share: Set(missing_share),
        whose: Set(input.whose.trim().to_owned()),
        source: Set(source),
        source_url: Set(source_url),
        vintage_on: Set(vintage_on),
        observation_id: Set(input.observation.map(Uuid::from)),
        evidence_id: Set(input.evidence.map(Uuid::from)),
        note: Set(input.note.trim().to_owned()),
        is_invented: Set(input.is_invented),
        member_id: Set(member.0),
        recorded_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "measurement", Some(id)).await?;
    Ok(MeasurementId(id))
}

/// Makes room for a figure of the same measure, stratum and jurisdiction.
async fn replace(
    tx: &impl ConnectionTrait,
    (cycle, version): (CycleId, IndicatorVersionId),
    measure: &str,
    stratum: &str,
    jurisdiction: &str,
) -> Result<(), AppError> {
    measurement::Entity::delete_many()
        .filter(measurement::Column::CycleId.eq(cycle.0))
        .filter(measurement::Column::IndicatorVersionId.eq(version.0))
        .filter(measurement::Column::Measure.eq(measure))
        .filter(measurement::Column::Stratum.eq(stratum))
        .filter(measurement::Column::Jurisdiction.eq(jurisdiction))
        .exec(tx)
        .await?;
    Ok(())
}

async fn observed(
    tx: &impl ConnectionTrait,
    id: ObservationId,
) -> Result<(observation::Model, series::Model), AppError> {
    let row = observation::Entity::find_by_id(id.0)
        .one(tx)
        .await?
        .ok_or(AppError::NotFound("figure"))?;
    let series = series::Entity::find_by_id(row.series_id)
        .one(tx)
        .await?
        .ok_or(AppError::NotFound("series"))?;
    Ok((row, series))
}

/// Wilson's 95% interval of a share, in per cent; none where the parts are not whole cases.
fn wilson_percent(n: f64, d: f64) -> Option<(f64, f64)> {
    let interval = statistics::interval::wilson(whole(n)?, whole(d)?, statistics::interval::Z95)?;
    Some((interval.lower * 100.0, interval.upper * 100.0))
}

/// A count of cases as a whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be a whole number within range"
)]
fn whole(number: f64) -> Option<u64> {
    ((0.0..=9e15).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}
