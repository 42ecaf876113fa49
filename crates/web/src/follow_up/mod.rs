//! How many of the people who returned to another country were reached afterwards.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use casework::case::{self, Listed};
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
    /// Cases in which a contact is due and nothing is recorded: as many as a page takes.
    due: Vec<Listed>,
    /// How many there are in all.
    n_due: usize,
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
    let (due, n_due) = if sealed.is_empty() {
        let due = case::awaited(&visitor.cx(), &visitor.app.caseload).await;
        due.map_err(|error| WebError::of(&visitor, error))?
    } else {
        (Vec::new(), 0)
    };
    page(&Returns {
        page: Page::new(&visitor, "After a return")
            .within("/cases")
            .under("/cases", "Cases"),
        n: points.first().map_or(0, |of| of.n_returned),
        points,
        due,
        n_due,
        sealed,
    })
}
