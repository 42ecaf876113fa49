//! How far the program is open, and which roles need a second factor: the coordinator's page.

use access::factor::required;
use access::mode;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::mode::Mode;
use domain::permission::{Action, Role};
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/security", Action::SetMode, get(show)),
        route("/security/mode", Action::SetMode, post(set_mode)),
        route("/security/factors", Action::RequireFactor, post(require)),
    ]
}

#[derive(Template)]
#[template(path = "security/form.html")]
struct Security {
    page: Page,
    form: Form,
    mode: &'static str,
    modes: Vec<(&'static str, &'static str)>,
    roles: Vec<(&'static str, &'static str)>,
    needed: Vec<&'static str>,
}

async fn security(visitor: &Visitor, errors: FieldErrors) -> Result<Security, AppError> {
    Ok(Security {
        page: Page::new(visitor, "Security").within("/security"),
        form: Form {
            errors,
            ..Form::small(visitor)
        },
        mode: mode::find(&visitor.app.db).await?.code(),
        modes: Mode::choices(),
        roles: Role::choices(),
        needed: required::roles(&visitor.app.db)
            .await?
            .into_iter()
            .map(Role::code)
            .collect(),
    })
}

async fn show(visitor: Visitor) -> Result<Response, WebError> {
    let shown = security(&visitor, FieldErrors::new()).await;
    page(&shown.map_err(|error| WebError::of(&visitor, error))?)
}

async fn set_mode(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let shown = |error| WebError::of(visitor, error);
    let Ok(wanted) = Mode::parse(posted.values.get("mode")) else {
        let errors = FieldErrors::of("mode", "Choose how far the program is open");
        return again(&security(visitor, errors).await.map_err(shown)?);
    };
    match mode::set(&posted.cx(), wanted).await {
        Ok(()) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/security").into_response()),
        Err(error) => Err(shown(error)),
    }
}

async fn require(posted: Posted) -> Result<Response, WebError> {
    let roles: Vec<Role> = posted
        .values
        .all("roles")
        .iter()
        .filter_map(|code| Role::parse(code).ok())
        .collect();
    match required::set(&posted.cx(), &roles).await {
        Ok(()) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/security").into_response()),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}
