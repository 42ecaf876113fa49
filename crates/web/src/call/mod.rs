//! Calls for evidence: the public pages where anyone answers without an account, and the pages where coordinators
//! open calls, read the answers and turn them into evidence.
//!
//! Public pages have a neutral title, because a browser keeps titles, and no answer to them is cached. Nothing
//! typed there, and no address, reaches the program's own log.

mod manage;
mod moderate;
mod public;
mod review;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use domain::permission::Action;

use crate::receipt;
use crate::routes::{Route, route};
use public::Answer;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/calls", Action::ReadPublic, get(public::list)),
        route("/calls/new", Action::ManageCalls, get(manage::form).post(manage::open)),
        route(
            "/calls/receipt",
            Action::ReadPublic,
            get(receipt::form::<Answer>).post(receipt::look_up::<Answer>),
        ),
        route(
            "/calls/receipt/erase",
            Action::WithdrawAnswer,
            post(receipt::withdraw::<Answer>),
        ),
        route("/calls/{id}", Action::ReadPublic, get(public::show)),
        route("/calls/{id}/answer", Action::AnswerCall, post(public::answer)),
        route("/calls/{id}/close", Action::ManageCalls, post(manage::close)),
        route("/calls/{id}/answers", Action::ModerateAnswers, get(moderate::list)),
        route(
            "/calls/{id}/answers/{answer}",
            Action::UnsealAnswer,
            get(moderate::show),
        ),
        route(
            "/calls/{id}/answers/{answer}/redact",
            Action::ModerateAnswers,
            post(moderate::redact),
        ),
        route(
            "/calls/{id}/answers/{answer}/set-aside",
            Action::ModerateAnswers,
            post(moderate::set_aside),
        ),
        route(
            "/calls/{id}/answers/{answer}/erase",
            Action::EraseAnswer,
            post(moderate::erase),
        ),
        route(
            "/calls/{id}/answers/{answer}/review",
            Action::ReviewAnswer,
            get(review::form).post(review::approve),
        ),
    ]
}

/// Text as its paragraphs.
fn paragraphs(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}
