//! Series: the list, one series with its chart and every vintage, the form that records and amends, and the breaks within it.

mod form;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::Day;
use domain::ids::SeriesId;
use domain::permission::Action;
use domain::series::{CountingRule, SourceKind};
use monitoring::series::{self, Figure, Grain, Line, value_words};
use store::AppError;
use store::row::{observation, series as row, series_break};
use uuid::Uuid;

use crate::component::chart;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

/// Lines of a list on one page.
const LINES: usize = 50;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/series", Action::ReadAudit, get(list)),
        route("/series/new", Action::RecordSeries, get(form::open).post(form::record)),
        route("/series/{id}", Action::ReadAudit, get(show)),
        route(
            "/series/{id}/amend",
            Action::AmendSeries,
            get(form::reopen).post(form::amend),
        ),
        route(
            "/series/{id}/breaks/new",
            Action::MarkBreak,
            get(break_form).post(mark_break),
        ),
    ]
}

#[derive(Template)]
#[template(path = "series/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    is_empty: bool,
    current: usize,
    last: usize,
    may_import: bool,
    may_record: bool,
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let all = series::list(&visitor.cx()).await?;
    let (current, last) = pages(&Values::parse(&query.unwrap_or_default()), all.len());
    page(&List {
        page: Page::new(&visitor, "Official statistics").within("/evidence"),
        is_empty: all.is_empty(),
        lines: all.into_iter().skip((current - 1) * LINES).take(LINES).collect(),
        current,
        last,
        may_import: visitor.may(Action::ImportSeries),
        may_record: visitor.may(Action::RecordSeries),
    })
}

fn series_id(text: &str) -> Result<SeriesId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("series"))
}

/// A page under the list of series.
fn frame(visitor: &Visitor, title: &str) -> Page {
    Page::new(visitor, title)
        .within("/evidence")
        .under("/series", "Official statistics")
}

/// The page asked for and the last one there is, from 1.
fn pages(query: &Values, lines: usize) -> (usize, usize) {
    let last = lines.div_ceil(LINES).max(1);
    (query.get("page").parse().unwrap_or(1).clamp(1, last), last)
}

/// ISO text as people write a day.
fn day_words(iso: &str) -> String {
    Day::parse(iso).map_or_else(|_| iso.to_owned(), |day| day.to_string())
}

/// A figure as a line of the table.
struct FigureLine<'f> {
    period: String,
    category: String,
    value: String,
    current: &'f observation::Model,
    published: String,
    /// Vintages before this one: value, day, source, note, and how it came to be superseded.
    earlier: Vec<(String, String, &'f observation::Model, String)>,
}

impl FigureLine<'_> {
    fn is_secondary(&self) -> bool {
        self.current.source_kind == SourceKind::Secondary.code()
    }
}

fn line(figure: &Figure) -> FigureLine<'_> {
    let current = figure.current();
    let earlier = figure
        .superseded()
        .into_iter()
        .map(|(old, how)| (value_words(old), day_words(&old.published_on), old, how.to_string()));
    FigureLine {
        period: figure.period.to_string(),
        category: figure.category.replace('_', " "),
        value: value_words(current),
        current,
        published: day_words(&current.published_on),
        earlier: earlier.collect(),
    }
}

#[derive(Template)]
#[template(path = "series/show.html")]
struct Show<'v> {
    page: Page,
    series: &'v row::Model,
    counting_rule: &'static str,
    /// Links: address, words.
    breakdowns: Vec<(String, String)>,
    grains: Vec<(String, String)>,
    here: String,
    grain_here: String,
    plot: Option<String>,
    plotted: Vec<FigureLine<'v>>,
    caption: String,
    source: String,
    left_out: String,
    has_doubt: bool,
    lines: Vec<FigureLine<'v>>,
    breaks: &'v [series_break::Model],
    base: String,
    current: usize,
    last: usize,
    /// Where it is amended, for those who may.
    amend: Option<String>,
    may_break: bool,
    may_import: bool,
}

/// An address with values in its query.
fn address(id: Uuid, breakdown: &str, grain: &str) -> String {
    let mut query = Values::default();
    query.set("breakdown", breakdown);
    if !grain.is_empty() {
        query.set("periods", grain);
    }
    format!("/series/{id}?{}", query.encode())
}

async fn show(visitor: Visitor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let id = series_id(&id)?;
    let query = Values::parse(&query.unwrap_or_default());
    let view = series::find(&visitor.cx(), id, query.get("breakdown")).await?;
    let counted = |grain: Grain| {
        view.figures
            .iter()
            .filter(|figure| figure.period.grain() == grain)
            .count()
    };
    let chartable = Grain::ALL.iter().copied().filter(|grain| counted(*grain) > 0);
    let asked = chartable.clone().find(|grain| grain.code() == query.get("periods"));
    // Of equally many, the first of `ALL`: years.
    let grain = asked
        .or_else(|| chartable.clone().rev().max_by_key(|grain| counted(*grain)))
        .unwrap_or(Grain::Years);
    let plotted: Vec<&Figure> = view
        .figures
        .iter()
        .filter(|figure| figure.period.grain() == grain)
        .collect();
    let drawn = chart::series(&plotted, &view.breaks);
    let (plot, left_out) = drawn.map_or((None, Vec::new()), |(svg, left_out)| (Some(svg), left_out));
    let doubtful = |row: &observation::Model| row.is_unverified || row.source_kind == SourceKind::Secondary.code();
    let newest = plotted
        .iter()
        .map(|figure| figure.current())
        .max_by(|a, b| a.published_on.cmp(&b.published_on));
    let rule = CountingRule::parse(&view.series.counting_rule).map_or("", CountingRule::words);
    let breakdown_words = if view.breakdown == "total" {
        String::new()
    } else {
        format!(" by {}", view.breakdown.replace('_', " "))
    };
    let (current, last) = pages(&query, view.figures.len());
    let here = address(id.0, &view.breakdown, "");
    page(&Show {
        page: frame(&visitor, &view.series.title),
        series: &view.series,
        counting_rule: rule,
        breakdowns: view
            .breakdowns
            .iter()
            .map(|(breakdown, n)| {
                (
                    address(id.0, breakdown, ""),
                    format!("{} ({n})", breakdown.replace('_', " ")),
                )
            })
            .collect(),
        grains: chartable
            .map(|grain| {
                (
                    address(id.0, &view.breakdown, grain.code()),
                    format!("{} ({})", grain.words(), counted(grain)),
                )
            })
            .collect(),
        grain_here: address(id.0, &view.breakdown, grain.code()),
        caption: format!(
            "{}{breakdown_words}, in {}: {}",
            view.series.title,
            view.series.unit,
            grain.words().to_lowercase()
        ),
        source: newest.map_or_else(String::new, |row| {
            format!(
                "{}. Latest publication drawn: {}, {}. The value of each period is its latest vintage.",
                view.series.publisher,
                row.source_title,
                day_words(&row.published_on)
            )
        }),
        left_out: left_out
            .iter()
            .map(|category| category.replace('_', " "))
            .collect::<Vec<_>>()
            .join(", "),
        has_doubt: plotted.iter().any(|figure| doubtful(figure.current())),
        plotted: plotted.iter().map(|figure| line(figure)).collect(),
        plot,
        lines: view
            .figures
            .iter()
            .skip((current - 1) * LINES)
            .take(LINES)
            .map(line)
            .collect(),
        breaks: &view.breaks,
        base: format!("{here}&page="),
        here,
        current,
        last,
        amend: visitor.may(Action::AmendSeries).then(|| format!("/series/{id}/amend")),
        may_break: visitor.may(Action::MarkBreak),
        may_import: visitor.may(Action::ImportSeries),
    })
}

#[derive(Template)]
#[template(path = "series/break.html")]
struct BreakForm {
    page: Page,
    form: Form,
    id: SeriesId,
    title: String,
}

async fn break_page(visitor: &Visitor, id: SeriesId, form: Form) -> Result<BreakForm, WebError> {
    let view = series::find(&visitor.cx(), id, "").await?;
    Ok(BreakForm {
        page: frame(visitor, "Mark a break").under(format!("/series/{id}"), &view.series.title),
        form,
        id,
        title: view.series.title,
    })
}

async fn break_form(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let id = series_id(&id)?;
    let form = Form::open(&visitor, Values::default()).await?;
    page(&break_page(&visitor, id, form).await?)
}

async fn mark_break(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let id = series_id(&id)?;
    let input = series::Break {
        series: id,
        from_on: posted.values.day("from_on"),
        reason: posted.values.get("reason").to_owned(),
        source: posted.values.get("source").to_owned(),
    };
    match outcome(series::mark_break(&posted.cx(), input).await)? {
        Outcome::Done(_) => {
            forget_draft(&posted.visitor, &posted.visitor.path).await;
            Ok(Redirect::to(&format!("/series/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&break_page(&visitor, id, posted.again(errors)).await?)
        }
    }
}
