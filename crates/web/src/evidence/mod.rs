//! Evidence: the list, one item, its files, and the form that records and amends.

mod form;
mod item;
mod list;
#[cfg(test)]
mod tests;

use axum::routing::get;
use domain::permission::Action;

use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/evidence", Action::ReadEvidence, get(list::list)),
        route(
            "/evidence/new",
            Action::RecordEvidence,
            get(form::open).post(form::record),
        ),
        route("/evidence/{id}", Action::ReadEvidence, get(item::item)),
        route(
            "/evidence/{id}/amend",
            Action::AmendEvidence,
            get(form::reopen).post(form::amend),
        ),
        route("/evidence/{id}/files/{file}", Action::ReadEvidence, get(item::download)),
    ]
}
