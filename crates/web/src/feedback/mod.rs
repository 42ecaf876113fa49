//! Feedback: a public page of each organisation on which anyone says what was good and what was bad, without an account and
//! in their language; and the pages on which those who answer for the help read it.
//!
//! The public pages have a neutral title, because a browser keeps titles, and no answer of theirs is cached. Nothing typed
//! there reaches the program's own log.

mod public;
mod read;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use domain::permission::Action;

use crate::receipt;
use crate::routes::{Route, route};
use public::Written;
pub(crate) use public::failed;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/feedback", Action::ReadFeedback, get(read::list)),
        route(
            "/feedback/receipt",
            Action::ReadPublic,
            get(receipt::form::<Written>).post(receipt::look_up::<Written>),
        ),
        route(
            "/feedback/receipt/erase",
            Action::WithdrawFeedback,
            post(receipt::withdraw::<Written>),
        ),
        route("/feedback/to", Action::ReadPublic, get(public::choose)),
        route("/feedback/to/{organisation}", Action::ReadPublic, get(public::show)),
        route(
            "/feedback/to/{organisation}/send",
            Action::GiveFeedback,
            post(public::give),
        ),
        route("/feedback/{id}", Action::ReadFeedback, get(read::show)),
        route("/feedback/{id}/erase", Action::EraseFeedback, post(read::erase)),
    ]
}
