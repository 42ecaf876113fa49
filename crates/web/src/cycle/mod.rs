//! Cycles: the Audit room's front page, the list, opening one, one cycle with its assessments, and
//! its steps from opened to closed.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::cycle::CycleState;
use domain::ids::CycleId;
use domain::permission::Action;
use monitoring::cycle::{self, Cycle};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::{Page, day};
use crate::routes::{Route, route};

mod audit;
mod show;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/audit", Action::ReadAudit, get(audit::front)),
        route("/cycles", Action::ReadAudit, get(list)),
        route("/cycles/new", Action::OpenCycle, get(form).post(open)),
        route("/cycles/{id}", Action::ReadAudit, get(show::show)),
        route(
            "/cycles/{id}/advance",
            Action::MoveCycle,
            get(show::show).post(show::advance),
        ),
    ]
}

/// A cycle as a line of a list.
struct Line {
    cycle: Cycle,
    period: String,
    cutoff: String,
    state: CycleState,
}

impl Line {
    fn new(cycle: Cycle) -> Result<Self, AppError> {
        Ok(Self {
            period: period(&cycle),
            cutoff: day(&cycle.cutoff_on),
            state: cycle::state(&cycle)?,
            cycle,
        })
    }
}

/// The days audited, in words.
fn period(cycle: &Cycle) -> String {
    format!("{} to {}", day(&cycle.period_start), day(&cycle.period_end))
}

/// The look of a state's tag.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn look(state: &CycleState) -> &'static str {
    if *state == CycleState::Closed { "done" } else { "due" }
}

#[derive(Template)]
#[template(path = "cycle/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    may_open: bool,
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let lines = cycle::list(&visitor.cx())
        .await?
        .into_iter()
        .map(Line::new)
        .collect::<Result<_, _>>()?;
    let frame = Page::new(&visitor, "Cycles").within("/audit").under("/audit", "Audit");
    page(&List {
        page: frame,
        lines,
        may_open: visitor.may(Action::OpenCycle),
    })
}

#[derive(Template)]
#[template(path = "cycle/form.html")]
struct Open {
    page: Page,
    form: Form,
    /// Cycles that this one may follow: (code, title).
    previous: Vec<(String, String)>,
}

async fn open_page(visitor: &Visitor, form: Form) -> Result<Open, WebError> {
    let previous = cycle::list(&visitor.cx())
        .await?
        .into_iter()
        .map(|row| (row.code, row.title))
        .collect();
    let frame = Page::new(visitor, "Open a cycle")
        .within("/audit")
        .under("/audit", "Audit")
        .under("/cycles", "Cycles");
    Ok(Open {
        page: frame,
        form,
        previous,
    })
}

/// A cycle usually follows the newest one and keeps its method.
async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let mut values = Values::default();
    if let Some(newest) = cycle::list(&visitor.cx()).await?.into_iter().next() {
        values.set("previous", newest.code);
        values.set("method", newest.method);
    }
    let form = Form::open(&visitor, values).await?;
    page(&open_page(&visitor, form).await?)
}

async fn open(posted: Posted) -> Result<Response, WebError> {
    let value = |field: &str| posted.values.get(field).to_owned();
    let input = cycle::Open {
        code: value("code"),
        title: value("title"),
        period_start: posted.values.day("period_start"),
        period_end: posted.values.day("period_end"),
        cutoff_on: posted.values.day("cutoff_on"),
        previous: value("previous"),
        method: value("method"),
        is_invented: posted.visitor.app.settings.is_demo,
    };
    match outcome(cycle::open(&posted.cx(), input).await).map_err(|error| WebError::of(&posted.visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&posted.visitor, "/cycles/new").await;
            Ok(Redirect::to(&format!("/cycles/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&open_page(&visitor, posted.again(errors)).await?)
        }
    }
}

/// The cycle of an address.
pub(crate) async fn found(visitor: &Visitor, id: &Path<String>) -> Result<Cycle, WebError> {
    let missing = || WebError::of(visitor, AppError::NotFound("cycle"));
    let id: CycleId = id.parse().map_err(|_| missing())?;
    cycle::get(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(visitor, error))
}

/// The frame of a page about a cycle.
pub(crate) fn frame(visitor: &Visitor, title: &str, cycle: &Cycle) -> Page {
    Page::new(visitor, title)
        .within("/audit")
        .under("/audit", "Audit")
        .under(format!("/cycles/{}", cycle.id), &cycle.title)
}
