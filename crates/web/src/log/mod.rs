//! The log of acts: who did what to which record, and when; who opened what one recorded oneself; and
//! how all of it is proved.

mod proof;

use access::log::{self, Act, Filter};
use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::permission::{Action, Relation};
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/log", Action::ReadLog, get(list)),
        route("/log/mine", Action::ReadOwnTrace, get(mine)),
        route("/log/proof", Action::ReadAudit, get(proof::show)),
        route("/log/receipts/{number}", Action::TakeReceipt, get(proof::own)),
        route(
            "/log/receipts/{number}/coalition",
            Action::TakeReceipt,
            get(proof::coalition),
        ),
    ]
}

/// Which acts a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Everybody's.
    Everyone,
    /// Those of the member's organisation.
    Organisation,
    /// Those of others on the member's own records.
    Mine,
}

#[derive(Template)]
#[template(path = "log/list.html")]
struct List {
    page: Page,
    acts: Vec<Act>,
    actions: Vec<(&'static str, &'static str)>,
    /// The code of the action the log is narrowed to; empty for all.
    action: String,
    /// The record the log is narrowed to; empty for all.
    record: String,
    chosen: usize,
    scope: Scope,
    /// The address of this page.
    own: &'static str,
    base: String,
    current: u64,
    last: u64,
    may_prove: bool,
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
        "series" => format!("/series/{id}"),
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
    let scope = if visitor.actor.may(Action::ReadLog, Relation::OtherOrganisation) {
        Scope::Everyone
    } else {
        Scope::Organisation
    };
    show(&visitor, query, scope).await
}

async fn mine(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    show(&visitor, query, Scope::Mine).await
}

async fn show(visitor: &Visitor, query: Option<String>, scope: Scope) -> Result<Response, WebError> {
    let shown = |error| WebError::of(visitor, error);
    let query = Values::parse(&query.unwrap_or_default());
    let record = match query.get("record") {
        "" => None,
        text => Some(text.parse::<Uuid>().map_err(|_| shown(AppError::NotFound("record")))?),
    };
    let filter = Filter {
        action: Action::parse(query.get("action")).ok(),
        record,
    };
    let current = query.get("page").parse().unwrap_or(1).max(1);
    let cx = visitor.cx();
    let (acts, last) = match scope {
        Scope::Mine => log::trace(&cx, filter, current).await,
        Scope::Everyone | Scope::Organisation => log::list(&cx, filter, current).await,
    }
    .map_err(shown)?;
    let code = filter.action.map_or("", Action::code);
    let record = record.map(|id| id.to_string()).unwrap_or_default();
    let (own, title) = match scope {
        Scope::Mine => ("/log/mine", "Who opened what you recorded"),
        Scope::Everyone | Scope::Organisation => ("/log", "Log of acts"),
    };
    let mut base = format!("{own}?");
    for (name, value) in [("action", code), ("record", &record)] {
        if !value.is_empty() {
            base.push_str(&format!("{name}={value}&"));
        }
    }
    page(&List {
        page: Page::new(visitor, title).within(own),
        acts,
        actions: actions(),
        action: code.to_owned(),
        chosen: usize::from(filter.action.is_some()) + usize::from(!record.is_empty()),
        record,
        scope,
        own,
        base: format!("{base}page="),
        current: current.min(last),
        last,
        may_prove: visitor.may(Action::TakeReceipt),
    })
}
