//! The list of evidence, with its search and its filters.

use std::sync::Arc;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::Day;
use domain::evidence::{Credibility, EvidenceKind, Form, Group, Handling, Reliability};
use domain::permission::Action;
use monitoring::evidence::{self, Filter, Page as Found};

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;

/// The fields of the filter, besides the words; those of a date count once.
const FIELDS: [&str; 10] = [
    "provision",
    "form",
    "group",
    "area",
    "kind",
    "reliability",
    "credibility",
    "handling",
    "publisher",
    "from",
];
/// The parts of both dates.
const PARTS: [&str; 6] = [
    "from_day",
    "from_month",
    "from_year",
    "until_day",
    "until_month",
    "until_year",
];

type Options = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "evidence/list.html")]
struct List {
    page: Page,
    found: Arc<Found>,
    values: Values,
    /// Filters that are on, as hidden fields of the search.
    kept: Options,
    chosen: usize,
    base: String,
    from_error: String,
    until_error: String,
    may_record: bool,
    may_unseal: bool,
}

impl List {
    fn is_narrowed(&self) -> bool {
        self.chosen > 0 || !self.values.get("words").trim().is_empty()
    }
}

/// A day of the filter, with what is wrong with it.
fn day(values: &Values, field: &str) -> (Option<Day>, String) {
    match values.day(field) {
        text if text.is_empty() => (None, String::new()),
        text => match Day::parse(&text) {
            Ok(day) => (Some(day), String::new()),
            Err(_) => (None, "This is not a day of the calendar, so it was left out".to_owned()),
        },
    }
}

pub(super) async fn list(RawQuery(query): RawQuery, visitor: Visitor) -> Result<Response, WebError> {
    let values = Values::parse(query.as_deref().unwrap_or_default());
    let (from, from_error) = day(&values, "from");
    let (until, until_error) = day(&values, "until");
    let filter = Filter {
        words: values.get("words").to_owned(),
        provision: values.get("provision").parse().ok(),
        form: Form::parse(values.get("form")).ok(),
        group: Group::parse(values.get("group")).ok(),
        area: Some(values.get("area").to_owned()).filter(|code| !code.is_empty()),
        kind: EvidenceKind::parse(values.get("kind")).ok(),
        reliability: Reliability::parse(values.get("reliability")).ok(),
        credibility: Credibility::parse(values.get("credibility")).ok(),
        handling: Handling::parse(values.get("handling")).ok(),
        publisher: values.get("publisher").to_owned(),
        from,
        until,
    };
    let number = values.get("page").parse().unwrap_or(1);
    let cx = visitor.cx();
    let found = evidence::list(&cx, &filter, number).await?;
    let kept: Options = FIELDS
        .iter()
        .chain(&PARTS)
        .map(|field| ((*field).to_owned(), values.get(field).to_owned()))
        .filter(|(_, value)| !value.trim().is_empty())
        .collect();
    let chosen = kept
        .iter()
        .filter(|(field, _)| !PARTS.contains(&field.as_str()))
        .count()
        + usize::from(from.is_some())
        + usize::from(until.is_some());
    let mut carried = Values::default();
    for (field, value) in &kept {
        carried.add(field, value);
    }
    carried.add("words", values.get("words"));
    page(&List {
        page: Page::new(&visitor, "Evidence").within("/evidence"),
        base: format!("/evidence?{}&page=", carried.encode()),
        may_record: visitor.may(Action::RecordEvidence),
        may_unseal: visitor.may(Action::RedactEvidence),
        found,
        values,
        kept,
        chosen,
        from_error,
        until_error,
    })
}
