//! Recording what happened in a case; correcting it, striking it out, marking a reminder as done.

mod form;
mod record;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use domain::permission::Action;

use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        // The kind stands in what is posted, and never in an address.
        route(
            "/cases/{id}/events/new",
            Action::RecordEvent,
            get(record::open).post(record::record),
        ),
        route(
            "/cases/{id}/events/{event}/correct",
            Action::RecordEvent,
            get(form::reopen).post(form::correct),
        ),
        route(
            "/cases/{id}/events/{event}/strike",
            Action::RecordEvent,
            get(form::ask).post(form::strike),
        ),
        route("/cases/{id}/events/{event}/done", Action::RecordEvent, post(form::done)),
    ]
}
