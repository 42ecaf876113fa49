//! The log of acts: who did what to which record, and when.

use access::log::{self, Act};
use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::permission::{Action, Relation};

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/log", Action::ReadLog, get(list))]
}

#[derive(Template)]
#[template(path = "log/list.html")]
struct List {
    page: Page,
    acts: Vec<Act>,
    actions: Vec<(&'static str, &'static str)>,
    /// The code of the action the log is narrowed to; empty for all.
    action: String,
    chosen: usize,
    is_everyone: bool,
    base: String,
    current: u64,
    last: u64,
}

/// Actions that change something, by their words.
fn actions() -> Vec<(&'static str, &'static str)> {
    let mut actions = Action::choices();
    actions.retain(|(code, _)| code.rsplit('.').next() != Some("read"));
    actions.sort_by_key(|(_, words)| *words);
    actions
}

/// The page of the record that an act changed, where it has one.
fn address(act: &Act) -> Option<String> {
    let id = act.id?;
    Some(match act.subject.as_str() {
        "evidence" => format!("/evidence/{id}"),
        "series" | "series_break" => format!("/series/{id}"),
        "claim" => format!("/claims/{id}"),
        "import" => format!("/imports/{id}"),
        "cycle" => format!("/cycles/{id}"),
        "assessment" | "assessment_position" | "opinion" => format!("/assessments/{id}"),
        "finding" | "finding_review" => format!("/findings/{id}"),
        "recommendation" | "recommendation_grade" => format!("/recommendations/{id}"),
        "indicator_version" | "indicator_comment" | "indicator_position" => format!("/indicators/{id}"),
        "member" => "/members".to_owned(),
        "organisation" => "/organisations".to_owned(),
        "body" => "/bodies".to_owned(),
        _ => return None,
    })
}

/// The name of a table as people say it.
fn subject(act: &Act) -> String {
    act.subject.replace('_', " ")
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    let action = Action::parse(query.get("action")).ok();
    let current = query.get("page").parse().unwrap_or(1).max(1);
    let (acts, last) = log::list(&visitor.cx(), action, current)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    let code = action.map_or("", Action::code);
    page(&List {
        page: Page::new(&visitor, "Log of acts").within("/log"),
        acts,
        actions: actions(),
        action: code.to_owned(),
        chosen: usize::from(action.is_some()),
        is_everyone: visitor.actor.may(Action::ReadLog, Relation::OtherOrganisation),
        base: if code.is_empty() {
            "/log?page=".to_owned()
        } else {
            format!("/log?action={code}&page=")
        },
        current: current.min(last),
        last,
    })
}
