//! Recording a measurement in steps that need no script: the indicator, then either what is typed in
//! or a series and one of its figures. Each step is an address, so going back loses nothing.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use domain::cycle::{CycleState, Jurisdiction};
use domain::ids::SeriesId;
use domain::series::SourceKind;
use monitoring::cycle::{self, Cycle};
use monitoring::gate::{self, Gated};
use monitoring::indicator::{self, Measure, Version};
use monitoring::measurement::{self, Record};
use monitoring::series::{self, View, value_words};
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::{Page, day};

/// What the address has chosen so far.
struct Chosen {
    indicator: Option<(Version, Vec<Measure>)>,
    is_from_series: bool,
    series: Option<View>,
    /// The figure taken, its period and category in words.
    figure: Option<(Uuid, Gated, String)>,
}

#[derive(Template)]
#[template(path = "measurement/form.html")]
struct Recording {
    page: Page,
    form: Form,
    cycle: Cycle,
    is_open: bool,
    chosen: Chosen,
    /// The indicators that the cycle froze.
    indicators: Vec<(String, String)>,
    measures: Vec<(String, String)>,
    series: Vec<(String, String)>,
    /// Breakdowns of the series: (address, words).
    breakdowns: Vec<(String, String)>,
    breakdown_here: String,
    figures: Vec<(String, String)>,
    jurisdictions: Vec<(&'static str, &'static str)>,
    /// The address of this step, where the form is sent.
    here: String,
    /// The address with the indicator chosen, to type a figure in or to take one.
    typing: String,
    taking: String,
}

impl Recording {
    /// The address of the way that was chosen.
    fn way(&self) -> &str {
        if self.chosen.is_from_series {
            &self.taking
        } else {
            &self.typing
        }
    }
}

/// The address of a step.
fn address(cycle: &Cycle, pairs: &[(&str, &str)]) -> String {
    let mut query = Values::default();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.set(name, *value);
    }
    let query = query.encode();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/cycles/{}/measurements/new{mark}{query}", cycle.id)
}

impl Chosen {
    /// Reads what the address names; anything unknown in it is not found.
    async fn read(visitor: &Visitor, versions: &[Version], query: &Values) -> Result<Self, AppError> {
        let indicator = match query.get("indicator") {
            "" => None,
            text => {
                let version = versions
                    .iter()
                    .find(|row| row.id.to_string() == text)
                    .ok_or(AppError::NotFound("indicator of this cycle"))?;
                Some((version.clone(), indicator::measures(version)?))
            }
        };
        let series = match query.get("series") {
            "" => None,
            text => {
                let id: SeriesId = text.parse().map_err(|_| AppError::NotFound("series"))?;
                Some(series::find(&visitor.cx(), id, query.get("breakdown")).await?)
            }
        };
        let figure = match (&series, query.get("observation")) {
            (Some(view), text) if !text.is_empty() => {
                let found = view
                    .figures
                    .iter()
                    .find(|figure| figure.current().id.to_string() == text)
                    .ok_or(AppError::NotFound("figure"))?;
                let row = found.current();
                let gated = gate::pass(measurement::observed(row, &view.series.unit)?)
                    .map_err(|refused| AppError::Refused(refused.to_string()))?;
                Some((
                    row.id,
                    gated,
                    described(&found.period.to_string(), &view.breakdown, &found.category),
                ))
            }
            _ => None,
        };
        Ok(Self {
            indicator,
            is_from_series: query.get("from") == "series" || series.is_some(),
            series,
            figure,
        })
    }
}

/// A figure's period and part in words.
fn described(period: &str, breakdown: &str, category: &str) -> String {
    if category == "total" {
        period.to_owned()
    } else {
        format!(
            "{period}, {} {}",
            breakdown.replace('_', " "),
            category.replace('_', " ")
        )
    }
}

async fn recording(visitor: &Visitor, cycle: Cycle, query: &Values, mut form: Form) -> Result<Recording, WebError> {
    let framed = |error| WebError::of(visitor, error);
    let cx = visitor.cx();
    let versions = indicator::of_cycle(&cx, cycle.id.into()).await.map_err(framed)?;
    let chosen = Chosen::read(visitor, &versions, query).await.map_err(framed)?;
    let is_open = matches!(
        cycle::state(&cycle).map_err(framed)?,
        CycleState::Gathering | CycleState::Assessing
    );
    let asked = |field: &'static str| (field, query.get(field));
    let indicator = asked("indicator");
    let all_series = match (&chosen.series, chosen.is_from_series) {
        (None, true) => series::list(&cx).await.map_err(framed)?,
        _ => Vec::new(),
    };
    let step = |breakdown: &str| {
        let series = query.get("series");
        address(
            &cycle,
            &[
                indicator,
                ("from", "series"),
                ("series", series),
                ("breakdown", breakdown),
            ],
        )
    };
    let (breakdowns, breakdown_here, figures) = chosen.series.as_ref().map_or_else(Default::default, |view| {
        let breakdowns = view
            .breakdowns
            .iter()
            .map(|(code, n)| (step(code), format!("{} ({n})", code.replace('_', " "))))
            .collect();
        // What the publisher suppressed is no figure to take.
        let figures = view
            .figures
            .iter()
            .filter(|figure| figure.current().value.is_some())
            .map(|figure| {
                let row = figure.current();
                let of = described(&figure.period.to_string(), "", &figure.category);
                let doubt = if row.is_unverified { "; not verified" } else { "" };
                let second_hand = if row.source_kind == SourceKind::Secondary.code() {
                    "; from a secondary source"
                } else {
                    ""
                };
                (
                    row.id.to_string(),
                    format!(
                        "{}: {} (published {}{second_hand}{doubt})",
                        of.trim(),
                        value_words(row),
                        day(&row.published_on)
                    ),
                )
            });
        (breakdowns, step(&view.breakdown), figures.collect())
    });
    let here = address(
        &cycle,
        &[
            indicator,
            asked("from"),
            asked("series"),
            asked("breakdown"),
            asked("observation"),
        ],
    );
    form.draft.clone_from(&here);
    Ok(Recording {
        page: crate::cycle::frame(visitor, "Record a measurement", &cycle)
            .under(format!("/cycles/{}/measurements", cycle.id), "Measurements"),
        is_open,
        measures: chosen
            .indicator
            .iter()
            .flat_map(|(_, measures)| measures)
            .map(|row| (row.code.clone(), format!("{} {} ({})", row.code, row.name, row.unit)))
            .collect(),
        indicators: versions
            .iter()
            .map(|row| (row.id.to_string(), format!("{} {}", row.code, row.name)))
            .collect(),
        series: all_series
            .into_iter()
            .map(|line| {
                (
                    line.series.id.to_string(),
                    format!("{} ({})", line.series.title, line.series.publisher),
                )
            })
            .collect(),
        breakdowns,
        breakdown_here,
        figures,
        jurisdictions: Jurisdiction::choices(),
        typing: address(&cycle, &[indicator]),
        taking: address(&cycle, &[indicator, ("from", "series")]),
        here,
        chosen,
        form,
        cycle,
    })
}

/// The visitor as they ask for one step, so that each keeps a draft of its own.
fn at_step(visitor: &Visitor, query: Option<&str>) -> Visitor {
    let mut visitor = visitor.clone();
    if let Some(query) = query {
        visitor.path = format!("{}?{query}", visitor.path);
    }
    visitor
}

pub(super) async fn form(visitor: Visitor, id: Path<String>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&visitor, &id).await?;
    let visitor = at_step(&visitor, query.as_deref());
    let query = Values::parse(&query.unwrap_or_default());
    let mut values = Values::default();
    values.set("stratum", "all");
    values.set("jurisdiction", Jurisdiction::Uk.code());
    let form = Form::open(&visitor, values).await?;
    page(&recording(&visitor, cycle, &query, form).await?)
}

pub(super) async fn record(id: Path<String>, RawQuery(query): RawQuery, posted: Posted) -> Result<Response, WebError> {
    let visitor = at_step(&posted.visitor, query.as_deref());
    let row = crate::cycle::found(&visitor, &id).await?;
    let query = Values::parse(&query.unwrap_or_default());
    let value = |field: &str| posted.values.get(field).to_owned();
    let input = Record {
        cycle: Some(row.id.into()),
        indicator: query.get("indicator").parse().ok(),
        measure: value("measure"),
        stratum: value("stratum"),
        jurisdiction: value("jurisdiction"),
        numerator: value("numerator"),
        denominator: value("denominator"),
        value: value("value"),
        observation: query.get("observation").parse().ok(),
        is_sample: value("is_sample") == "yes",
        excluded: value("excluded"),
        missing_share: value("missing_share"),
        whose: value("whose"),
        source: value("source"),
        source_url: value("source_url"),
        vintage_on: posted.values.day("vintage_on"),
        evidence: None,
        note: value("note"),
        // What is typed into a demonstration is made up; an official figure stays what it is.
        is_invented: visitor.app.settings.is_demo && query.get("observation").is_empty(),
    };
    match outcome(measurement::record(&posted.cx(), input).await).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/cycles/{}/measurements", row.id)).into_response())
        }
        Outcome::Again(errors) => again(&recording(&visitor, row, &query, posted.again(errors)).await?),
    }
}
