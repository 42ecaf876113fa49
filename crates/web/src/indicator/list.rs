//! The list of indicators, in the order of the articles they measure.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::indicator::{IndicatorKind, IndicatorState};
use domain::permission::Action;
use monitoring::indicator::{self, Line, Which, codes, measures};
use monitoring::standard::library;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;

/// Lines of a page.
const PAGE: usize = 50;
/// The filters, by the names they have in addresses.
const FILTERS: [&str; 3] = ["kind", "state", "source"];

#[derive(Template)]
#[template(path = "indicator/list.html")]
struct List {
    page: Page,
    lines: Vec<Shown>,
    sources: Vec<(String, String)>,
    values: Values,
    chosen: usize,
    n: usize,
    base: String,
    current: usize,
    last: usize,
    may_propose: bool,
}

struct Shown {
    line: Line,
    measures: Vec<String>,
    sources: Vec<String>,
}

pub(super) async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let values = Values::parse(query.as_deref().unwrap_or_default());
    let which = IndicatorState::parse(values.get("state")).map_or(Which::Current, Which::In);
    let kind = IndicatorKind::parse(values.get("kind")).ok();
    let source = values.get("source");
    let mut lines = indicator::lines(&visitor.cx(), which).await?;
    lines.retain(|line| {
        kind.is_none_or(|kind| kind.code() == line.row.kind)
            && (source.is_empty() || codes(&line.row.sources).iter().any(|code| code == source))
    });
    let (n, last) = (lines.len(), lines.len().div_ceil(PAGE).max(1));
    let current = values.get("page").parse().unwrap_or(1).clamp(1, last);
    let shown = lines.into_iter().skip((current - 1) * PAGE).take(PAGE).map(|line| {
        Ok(Shown {
            measures: measures(&line.row)?
                .into_iter()
                .map(|measure| format!("{} ({})", measure.name, measure.unit))
                .collect(),
            sources: super::sources(&line.row.sources),
            line,
        })
    });
    let lines = shown.collect::<Result<Vec<_>, store::AppError>>()?;
    let mut carried = Values::default();
    for field in FILTERS.iter().filter(|field| !values.get(field).is_empty()) {
        carried.add(field, values.get(field));
    }
    page(&List {
        page: Page::new(&visitor, "Indicators").within("/audit"),
        lines,
        sources: library()
            .sources
            .iter()
            .map(|file| (file.code.clone(), file.words.clone()))
            .collect(),
        chosen: FILTERS.iter().filter(|field| !values.get(field).is_empty()).count(),
        n,
        base: format!("/indicators?{}&page=", carried.encode()),
        current,
        last,
        may_propose: visitor.may(Action::ProposeIndicator),
        values,
    })
}
