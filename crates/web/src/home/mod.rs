//! The home page: for a visitor, what has been published; for a member, what waits for them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::permission::Action;
use store::AppError;

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/", Action::ReadPublic, get(home)), route("/accessibility", Action::ReadPublic, get(accessibility))]
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct Home {
    page: Page,
}

async fn home(State(_): State<App>, visitor: Visitor) -> Result<Response, WebError> {
    page(&Home { page: Page::new(&visitor, "Home") })
}

#[derive(Template)]
#[template(path = "home/accessibility.html")]
struct Accessibility {
    page: Page,
}

async fn accessibility(visitor: Visitor) -> Result<Response, WebError> {
    page(&Accessibility { page: Page::new(&visitor, "Accessibility") })
}

/// Any address we do not have.
pub(crate) async fn not_found(visitor: Visitor) -> Response {
    let mut response = WebError::of(&visitor, AppError::NotFound("page")).into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
