//! What each export holds, as whoever asks sees it.

use std::collections::HashMap;

use domain::Instant;
use domain::ids::SeriesId;
use domain::permission::{Action, Relation};
use interchange::table::Cell;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{audit, cycle, evidence as item, measurement, observation, organisation, series as statistic};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::evidence::visible_to;
use crate::gate::{self, Gated};

/// Headings and rows.
pub(super) type Table = (Vec<&'static str>, Vec<Vec<Cell>>);

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn id(id: Option<Uuid>) -> Cell {
    id.map_or(Cell::Empty, |id| text(id.to_string()))
}

fn number(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, Cell::Number)
}

/// The log of acts with what proves it: columns as they are hashed, so that `rapporteur verify` can
/// follow the chain from one receipt to the next. Instants are microseconds since 1970.
pub(super) async fn log(cx: &Cx<'_>) -> Result<Table, AppError> {
    let mut query = audit::Entity::find();
    if !cx.actor.may(Action::ReadLog, Relation::OtherOrganisation) {
        cx.permit(Action::ReadLog, Relation::OwnOrganisation)?;
        query = query.filter(audit::Column::OrganisationId.eq(cx.organisation()?.0));
    }
    let acts = query
        .order_by_asc(audit::Column::OrganisationId)
        .order_by_asc(audit::Column::Sequence)
        .all(cx.db.reader())
        .await?;
    let headings = vec![
        "organisation_id",
        "sequence",
        "id",
        "at",
        "at_utc",
        "member_id",
        "action",
        "subject",
        "subject_id",
        "outcome",
        "hash",
    ];
    let rows = acts.into_iter().map(|act| {
        vec![
            id(act.organisation_id),
            text(act.sequence.to_string()),
            id(Some(act.id)),
            text(act.at.to_string()),
            text(Instant(act.at).to_string()),
            id(act.member_id),
            text(act.action),
            text(act.subject),
            id(act.subject_id),
            text(act.outcome),
            text(act.hash),
        ]
    });
    Ok((headings, rows.collect()))
}

/// Items of evidence that the asker may see: what stands in the list, not the words that are cited.
pub(super) async fn evidence(cx: &Cx<'_>) -> Result<Table, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let organisations: HashMap<Uuid, String> = organisation::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let items = item::Entity::find()
        .filter(visible_to(cx.actor))
        .order_by_asc(item::Column::Id)
        .all(db)
        .await?;
    let headings = vec![
        "id",
        "title",
        "kind",
        "origin",
        "publisher",
        "effective_on",
        "source_url",
        "reliability",
        "credibility",
        "handling",
        "quoting",
        "derived_from_id",
        "recorded_by",
        "recorded_on",
        "is_invented",
    ];
    let rows = items.into_iter().map(|row| {
        vec![
            id(Some(row.id)),
            text(row.title),
            text(row.kind),
            text(row.origin),
            text(row.publisher),
            text(row.effective_on),
            text(row.source_url),
            text(row.reliability),
            text(row.credibility),
            text(row.handling),
            text(row.quoting),
            id(row.derived_from_id),
            text(organisations.get(&row.organisation_id).cloned().unwrap_or_default()),
            text(Instant(row.recorded_at).day().iso()),
            text(row.is_invented.to_string()),
        ]
    });
    Ok((headings, rows.collect()))
}

/// Measurements of every cycle that the gate lets through; of the others the reason stands instead of
/// the value.
pub(super) async fn measurements(cx: &Cx<'_>) -> Result<Table, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let cycles: HashMap<Uuid, String> = cycle::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.code))
        .collect();
    let observations: HashMap<Uuid, observation::Model> = observation::Entity::find()
        .filter(
            observation::Column::Id.in_subquery(
                sea_orm::sea_query::Query::select()
                    .column(measurement::Column::ObservationId)
                    .from(measurement::Entity)
                    .and_where(measurement::Column::ObservationId.is_not_null())
                    .take(),
            ),
        )
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let rows = measurement::Entity::find()
        .order_by_asc(measurement::Column::CycleId)
        .order_by_asc(measurement::Column::Id)
        .all(db)
        .await?;
    let headings = vec![
        "cycle",
        "measure",
        "stratum",
        "jurisdiction",
        "value",
        "unit",
        "numerator",
        "denominator",
        "lower",
        "upper",
        "origin",
        "whose",
        "source",
        "source_url",
        "vintage_on",
        "is_invented",
        "not_shown_because",
    ];
    let rows = rows
        .into_iter()
        .map(|row| {
            let from = row.observation_id.and_then(|id| observations.get(&id));
            let shown = gate::pass(crate::measurement::figure(&row, from)?);
            // Every number comes out of the gate, never out of the row.
            let passed = |part: fn(&Gated) -> Option<f64>| number(shown.as_ref().ok().and_then(part));
            Ok(vec![
                text(cycles.get(&row.cycle_id).cloned().unwrap_or_default()),
                text(row.measure),
                text(row.stratum),
                text(row.jurisdiction),
                passed(Gated::value),
                text(row.unit),
                passed(Gated::n),
                passed(Gated::d),
                passed(|gated| gated.interval().map(|(lower, _)| lower)),
                passed(|gated| gated.interval().map(|(_, upper)| upper)),
                text(row.origin),
                text(row.whose),
                text(row.source),
                text(row.source_url),
                text(row.vintage_on),
                text(row.is_invented.to_string()),
                shown
                    .as_ref()
                    .err()
                    .map_or(Cell::Empty, |refused| text(refused.to_string())),
            ])
        })
        .collect::<Result<_, AppError>>()?;
    Ok((headings, rows))
}

/// Every vintage of every value of a series.
pub(super) async fn series(cx: &Cx<'_>, subject: SeriesId) -> Result<Table, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let of = statistic::Entity::find_by_id(subject.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("series"))?;
    let values = observation::Entity::find()
        .filter(observation::Column::SeriesId.eq(subject.0))
        .order_by_asc(observation::Column::PeriodStart)
        .order_by_asc(observation::Column::Breakdown)
        .order_by_asc(observation::Column::Category)
        .order_by_asc(observation::Column::PublishedOn)
        .all(db)
        .await?;
    let headings = vec![
        "series",
        "period_start",
        "period_end",
        "breakdown",
        "category",
        "value",
        "mark",
        "unit",
        "as_published_on",
        "vintage_note",
        "source_title",
        "source_url",
        "licence",
        "source_kind",
        "is_unverified",
    ];
    let rows = values.into_iter().map(|row| {
        vec![
            text(&of.code),
            text(row.period_start),
            text(row.period_end),
            text(row.breakdown),
            text(row.category),
            number(row.value),
            text(row.mark),
            text(&of.unit),
            text(row.published_on),
            text(row.vintage_note),
            text(row.source_title),
            text(row.source_url),
            text(row.licence),
            text(row.source_kind),
            text(row.is_unverified.to_string()),
        ]
    });
    Ok((headings, rows.collect()))
}
