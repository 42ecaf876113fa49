//! An organisation's contributions, what is due, and preparing one.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use casework::contribution::{self, Listed, Prepare};
use domain::contribution::{ContributionState, Holds};
use domain::cycle::CycleState;
use domain::pack::{Aggregates, Pack, Row};
use domain::permission::Action;
use domain::received::ReceivedState;
use measures::{evaluate, read, small};
use monitoring::contribution::Received;
use monitoring::cycle;
use store::{AppError, FieldErrors};
use uuid::Uuid;

use super::pack;
use super::table::{Missing, missing};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;

/// A cycle that contributions can be sent into.
struct Open {
    code: String,
    title: String,
    /// What is to be done for it, and the look of its tag.
    due: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "contribution/list.html")]
struct List {
    page: Page,
    form: Form,
    open: Vec<Open>,
    /// Codes and titles of those, for the choice.
    cycles: Vec<(String, String)>,
    holds: Vec<(&'static str, &'static str, &'static str)>,
    contributions: Vec<Listed>,
    /// Files that a coordinator took in as the organisation's, each with the title of its cycle.
    taken_in: Vec<(String, Received)>,
    /// Codes and titles of closed cycles: nothing more is sent into them.
    closed: Vec<(String, String)>,
    may_prepare: bool,
    missing: Vec<Missing>,
    /// Why nothing can be opened, where it cannot.
    sealed: String,
}

impl List {
    /// What was chosen to be sent; figures, until something was.
    fn kept_holds(&self) -> &str {
        match self.form.kept("holds") {
            "" => Holds::Aggregates.code(),
            chosen => chosen,
        }
    }

    /// Whether a new contribution is due in place of one, and can still be sent.
    fn is_due(&self, one: &Listed) -> bool {
        one.is_due && self.title_of_closed(one).is_none()
    }

    /// Contributions to closed cycles in which somebody can no longer be counted, each with the cycle's title.
    fn too_late(&self) -> Vec<(&str, &Listed)> {
        self.contributions
            .iter()
            .filter(|one| one.is_due)
            .filter_map(|one| Some((self.title_of_closed(one)?, one)))
            .collect()
    }

    /// The title of the cycle of a contribution, where it is closed.
    fn title_of_closed(&self, one: &Listed) -> Option<&str> {
        self.closed
            .iter()
            .find(|(code, _)| *code == one.cycle)
            .map(|(_, title)| title.as_str())
    }
}

/// What is to be done for a cycle, told from the organisation's contributions to it.
fn due(code: &str, contributions: &[Listed]) -> (&'static str, &'static str) {
    let of = |state: ContributionState| contributions.iter().find(|one| one.cycle == code && one.state == state);
    let sent = of(ContributionState::Sent);
    if of(ContributionState::Approved).is_some() {
        ("due", "Approved: send it")
    } else if of(ContributionState::Prepared).is_some() {
        ("due", "Prepared: a second person looks at it")
    } else if sent.is_some_and(|sent| sent.is_due) {
        ("overdue", "A new contribution is due")
    } else if sent.is_some() {
        ("done", "Sent")
    } else {
        ("due", "Nothing sent yet")
    }
}

/// Whether a coordinator took it in, and it waits or counts.
fn is_taken_in(one: &Received) -> bool {
    one.is_taken_in && matches!(one.state, ReceivedState::Waiting | ReceivedState::Current)
}

async fn listed(visitor: &Visitor, form: Form) -> Result<List, AppError> {
    let cx = visitor.cx();
    let (contributions, sealed) = match contribution::list(&cx, &visitor.app.caseload).await {
        Ok(found) => (found, String::new()),
        Err(AppError::Refused(words)) => (Vec::new(), words),
        Err(error) => return Err(error),
    };
    let is_open = |cycle: &cycle::Cycle| {
        matches!(
            CycleState::parse(&cycle.state),
            Ok(CycleState::Opened | CycleState::Gathering | CycleState::Assessing)
        )
    };
    let cycles = cycle::list(&cx).await?;
    let closed = cycles
        .iter()
        .filter(|cycle| super::is_closed(cycle))
        .map(|cycle| (cycle.code.clone(), cycle.title.clone()))
        .collect();
    let mut taken_in = Vec::new();
    for cycle in &cycles {
        if is_open(cycle) {
            let received = monitoring::contribution::receipts(&cx, cycle.id.into()).await?;
            let found = received.into_iter().filter(is_taken_in);
            taken_in.extend(found.map(|one| (cycle.title.clone(), one)));
        }
    }
    let open: Vec<Open> = cycles
        .into_iter()
        .filter(is_open)
        .map(|cycle| Open {
            due: due(&cycle.code, &contributions),
            code: cycle.code,
            title: cycle.title,
        })
        .collect();
    Ok(List {
        page: Page::new(visitor, "Contributions").within("/contributions"),
        form,
        cycles: open.iter().map(|one| (one.code.clone(), one.title.clone())).collect(),
        open,
        holds: vec![
            (
                Holds::Aggregates.code(),
                "Figures, added up",
                "For each measure how many were counted of how many. Parts with few cases are merged before they leave.",
            ),
            (
                Holds::Rows.code(),
                "Coded rows",
                "A line of codes for each case. You see beforehand which cases could be told apart, and can say less of them.",
            ),
        ],
        contributions,
        taken_in,
        closed,
        may_prepare: visitor.may(Action::PrepareContribution),
        missing: missing(&domain::pack::Schema::shipped()),
        sealed,
    })
}

pub(super) async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let form = Form::small(&visitor);
    page(
        &listed(&visitor, form)
            .await
            .map_err(|error| WebError::of(&visitor, error))?,
    )
}

/// Adds rows up by the pack's definitions, small cells merged: what an organisation sends as figures.
pub fn add_up(pack: &Pack, rows: &[Row]) -> Result<Aggregates, AppError> {
    let inside = |what: String| AppError::Internal(std::io::Error::other(what).into());
    let rows = read::rows(pack, rows).map_err(|refused| inside(refused.to_string()))?;
    let mut aggregates = evaluate(&rows, &pack.definitions).map_err(|faults| inside(format!("{faults:?}")))?;
    small::merge_small(&mut aggregates, pack.threshold);
    Ok(aggregates)
}

async fn prepared(posted: &Posted) -> Result<Uuid, AppError> {
    let cycle = cycle::find(&posted.visitor.cx(), posted.values.get("cycle")).await?;
    let mut errors = FieldErrors::new();
    if cycle.is_none() {
        errors.add("cycle", "Choose a cycle");
    }
    let holds = errors.code("holds", Holds::parse(posted.values.get("holds")), "Choose what to send");
    let (Some(cycle), Some(holds)) = (cycle, holds) else {
        return Err(AppError::Invalid(errors));
    };
    super::require_open(&cycle)?;
    let (pack, period) = pack(&posted.visitor, &cycle).await?;
    let input = Prepare {
        pack: &pack,
        period,
        holds,
    };
    contribution::prepare(&posted.cx(), input, &add_up).await
}

pub(super) async fn prepare(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    match outcome(prepared(&posted).await).map_err(shown)? {
        Outcome::Done(id) => Ok(Redirect::to(&format!("/contributions/{id}")).into_response()),
        Outcome::Again(errors) => again(&listed(&visitor, posted.again(errors)).await.map_err(shown)?),
    }
}
