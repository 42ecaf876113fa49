//! Unpaid time that belongs to no case, and the organisation's total of it and of all its cases.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use casework::own_time::{self, Entry, Sum, Total};
use casework::sheet::Sheet as _;
use casework::time_entry::{self, Given};
use domain::casework::Agency;
use domain::permission::{Action, Relation};
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sheet::{Asking, typed};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/time", Action::RecordOwnTime, get(show)),
        route("/time/new", Action::RecordOwnTime, get(open).post(record)),
        route("/time/total", Action::CountTime, post(total)),
        route("/time/{entry}/remove", Action::RecordOwnTime, post(remove)),
    ]
}

#[derive(Template)]
#[template(path = "own_time/list.html")]
struct List {
    page: Page,
    form: Form,
    entries: Vec<Entry>,
    /// Of the entries.
    sum: Sum,
    /// The rates that they are valued at.
    stated: String,
    may_count: bool,
    /// Where it was asked for.
    total: Option<Total>,
}

#[expect(
    clippy::unused_self,
    reason = "the template asks the page for everything that it shows"
)]
impl List {
    fn minutes(&self, minutes: u32) -> String {
        time_entry::say(minutes)
    }

    /// Time by whose duty it was, in words.
    fn by_duty(&self, of: &Total) -> Vec<(&'static str, String)> {
        let words = |(agency, minutes): &(Agency, u32)| (agency.words(), time_entry::say(*minutes));
        of.by_duty.iter().map(words).collect()
    }

    fn sum_words(&self, sum: &Sum) -> String {
        format!("{}, worth {} or more", time_entry::say(sum.minutes), sum.worth.say())
    }

    fn words(&self, entry: &Entry) -> String {
        format!("{}, {}", entry.given.say(), entry.by)
    }
}

async fn listed(visitor: &Visitor, total: Option<Total>) -> Result<Response, WebError> {
    let entries = own_time::list(&visitor.cx())
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    page(&List {
        page: Page::new(visitor, "Unpaid time outside cases").within("/cases"),
        form: Form::small(visitor),
        sum: Sum::of(entries.iter().map(|entry| &entry.given)),
        stated: time_entry::stated(entries.iter().map(|entry| &entry.given)),
        entries,
        may_count: visitor.actor.may(Action::CountTime, Relation::OwnOrganisation),
        total,
    })
}

async fn show(visitor: Visitor) -> Result<Response, WebError> {
    listed(&visitor, None).await
}

async fn total(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let total = own_time::total(&posted.cx())
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    listed(&visitor, Some(total)).await
}

fn asking(visitor: &Visitor, form: Form) -> Asking {
    Asking {
        page: Page::new(visitor, "Add unpaid time")
            .within("/cases")
            .under("/time", "Unpaid time outside cases"),
        form,
        heading: "Add unpaid time",
        lead: "Time that belongs to no case. Time given to one person is recorded in their case.",
        whose: String::new(),
        groups: vec![("", time_entry::questions(Given::fields()))],
        action: "/time/new".to_owned(),
        verb: "Add it",
        back: "/time".to_owned(),
        revision: None,
        hidden: Vec::new(),
        differs: Vec::new(),
        alike: Vec::new(),
    }
}

async fn open(visitor: Visitor) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set_day("on", &visitor.now.british_day().iso());
    let form = Form::open(&visitor, values)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&asking(&visitor, form))
}

async fn record(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let answer = own_time::record(&posted.cx(), &typed(&posted.values)).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to("/time").into_response())
        }
        Outcome::Again(errors) => asking(&visitor, posted.again(errors)).again(),
    }
}

async fn remove(Path(entry): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    match own_time::remove(&posted.cx(), entry).await {
        Ok(()) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/time").into_response()),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}
