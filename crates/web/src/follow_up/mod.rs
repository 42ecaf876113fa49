//! How many of the people who returned to another country were reached afterwards.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use casework::case;
use casework::follow_up::Reached;
use domain::permission::Action;
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/cases/returns", Action::ReadCase, get(show))]
}

#[derive(Template)]
#[template(path = "follow_up/returns.html")]
struct Returns {
    page: Page,
    points: Vec<Reached>,
    /// How many people returned.
    n: usize,
    /// Why nothing can be opened, where it cannot.
    sealed: String,
}

async fn show(visitor: Visitor) -> Result<Response, WebError> {
    let (points, sealed) = match case::follow_up(&visitor.cx(), &visitor.app.caseload).await {
        Ok(points) => (points, String::new()),
        Err(AppError::Refused(words)) => (Vec::new(), words),
        Err(error) => return Err(WebError::of(&visitor, error)),
    };
    page(&Returns {
        page: Page::new(&visitor, "After a return")
            .within("/cases")
            .under("/cases", "Cases"),
        n: points.first().map_or(0, |of| of.n_returned),
        points,
        sealed,
    })
}
