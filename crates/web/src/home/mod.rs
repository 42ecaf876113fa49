//! The home page: for a visitor, what this is and what has been published; for a member, what waits
//! for them besides.

mod contributions;
#[cfg(test)]
mod tests;
pub(crate) mod waiting;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::permission::{Action, Role};
use monitoring::edition::{self, Listed};
use store::AppError;

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;
use crate::routes::{Route, route};
use waiting::Waiting;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/", Action::ReadPublic, get(home)),
        route("/accessibility", Action::ReadPublic, get(accessibility)),
    ]
}

/// The most editions shown here; the others are in their own list.
const SHOWN: usize = 4;

#[derive(Template)]
#[template(path = "home/home.html")]
struct Home {
    page: Page,
    is_member: bool,
    /// What waits for the member; empty for a visitor.
    waiting: Vec<Waiting>,
    /// Where the member may go at once: address, words, explanation.
    quick: Vec<(&'static str, &'static str, &'static str)>,
    /// The newest editions that can be read.
    editions: Vec<Listed>,
    has_more: bool,
}

/// Ways to begin, with what it takes to see each.
const QUICK: &[(&str, &str, &str, Action)] = &[
    (
        "/cases",
        "Open your cases",
        "What is due, what is late, and a search by name.",
        Action::ReadCase,
    ),
    (
        "/cases/new",
        "Record a person",
        "Who they are, and the case you begin for them.",
        Action::RecordCase,
    ),
    (
        "/casework",
        "Say how your casework is done",
        "Whether a supervisor approves plans.",
        Action::SetCasework,
    ),
    (
        "/evidence/new",
        "Record evidence",
        "A document, a statistic, an answer or what someone saw.",
        Action::RecordEvidence,
    ),
    (
        "/imports/new",
        "Import statistics",
        "From a CSV or Excel file, with its faults shown first.",
        Action::ImportSeries,
    ),
    (
        "/findings/new",
        "Record a finding",
        "A claim with the evidence for it and against it.",
        Action::RecordFinding,
    ),
    (
        "/standards",
        "Read the standards",
        "What was promised, paragraph by paragraph.",
        Action::ReadAudit,
    ),
    (
        "/coverage",
        "See the coverage",
        "Where there is evidence, and where nobody has looked.",
        Action::ReadAudit,
    ),
    (
        "/recommendations",
        "Follow recommendations",
        "Who should do what, and what became of it.",
        Action::ReadAudit,
    ),
];

/// Whether a member's roles are those of casework alone.
fn is_casework_only(roles: &[Role]) -> bool {
    let supports = |role: &Role| matches!(role, Role::Caseworker | Role::Supervisor);
    roles.iter().any(supports) && roles.iter().all(|role| supports(role) || *role == Role::Contributor)
}

async fn home(State(_): State<App>, visitor: Visitor) -> Result<Response, WebError> {
    // Whoever supports people, and does nothing else here, begins the day with what is late and due.
    if is_casework_only(&visitor.actor.roles) {
        return Ok(Redirect::to("/cases").into_response());
    }
    let shown = |error| WebError::of(&visitor, error);
    let is_member = visitor.may(Action::ReadAudit);
    let mut editions: Vec<Listed> = edition::list(&visitor.cx())
        .await
        .map_err(shown)?
        .into_iter()
        .filter(|listed| listed.newest().is_some())
        .collect();
    let has_more = editions.len() > SHOWN;
    editions.truncate(SHOWN);
    page(&Home {
        page: Page::new(&visitor, "Home"),
        is_member,
        waiting: if is_member {
            waiting::waiting(&visitor).await.map_err(shown)?
        } else {
            Vec::new()
        },
        quick: QUICK
            .iter()
            .filter(|(_, _, _, action)| visitor.may(*action))
            .map(|(href, words, why, _)| (*href, *words, *why))
            .collect(),
        editions,
        has_more,
    })
}

#[derive(Template)]
#[template(path = "home/accessibility.html")]
struct Accessibility {
    page: Page,
}

async fn accessibility(visitor: Visitor) -> Result<Response, WebError> {
    page(&Accessibility {
        page: Page::new(&visitor, "Accessibility"),
    })
}

/// Any address we do not have.
pub(crate) async fn not_found(visitor: Visitor) -> Response {
    let mut response = WebError::of(&visitor, AppError::NotFound("page")).into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
