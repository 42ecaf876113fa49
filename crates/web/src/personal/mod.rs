//! Personal evidence: the list of sealed originals, one of them opened, its redacted copy, and what the person it is
//! about can ask for.

mod access;
mod glass;
mod list;
mod open;
mod redact;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use domain::permission::Action;

use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/personal", Action::RedactEvidence, get(list::list)),
        route("/personal/{id}", Action::RedactEvidence, get(open::open)),
        route(
            "/personal/{id}/files/{file}",
            Action::RedactEvidence,
            get(open::download),
        ),
        route(
            "/personal/{id}/glass",
            Action::BreakGlass,
            get(glass::form).post(glass::break_glass),
        ),
        route(
            "/personal/glass/{glass}/review",
            Action::ReviewGlass,
            post(glass::review),
        ),
        route(
            "/personal/{id}/redact",
            Action::RedactEvidence,
            get(redact::form).post(redact::redact),
        ),
        route(
            "/personal/{id}/review",
            Action::ReviewRedaction,
            get(redact::compare).post(redact::review),
        ),
        route(
            "/personal/{id}/about",
            Action::AnswerPerson,
            get(access::form).post(access::about),
        ),
        route(
            "/personal/{id}/erase",
            Action::ErasePerson,
            get(access::ask).post(access::erase),
        ),
    ]
}

/// Where a page of an original stands.
fn frame(visitor: &crate::door::Visitor, title: &str) -> crate::page::Page {
    crate::page::Page::new(visitor, title)
        .within("/evidence")
        .under("/evidence", "Evidence")
        .under("/personal", "Sealed evidence")
}
