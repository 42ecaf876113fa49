//! Measurements of a cycle beside the cycle before, and recording one: typed in with its source, or
//! taken from a series.

use axum::routing::get;
use domain::permission::Action;

use crate::routes::{Route, route};

mod list;
mod record;
#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/cycles/{id}/measurements", Action::ReadAudit, get(list::list)),
        route(
            "/cycles/{id}/measurements/new",
            Action::RecordMeasurement,
            get(record::form).post(record::record),
        ),
    ]
}
