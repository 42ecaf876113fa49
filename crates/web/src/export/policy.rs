//! Which exports need a second person: the coordinator's to say.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use domain::export::ExportKind;
use monitoring::export;
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "export/policy.html")]
struct Policy {
    page: Page,
    form: Form,
    kinds: Vec<(&'static str, &'static str)>,
}

fn policy(visitor: &Visitor, form: Form) -> Policy {
    Policy {
        page: Page::new(visitor, "Which exports need a second person")
            .within("/exports")
            .under("/exports", "Exports"),
        form,
        kinds: ExportKind::choices(),
    }
}

pub(super) async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let mut values = Values::default();
    for (kind, on_request) in export::policies(&visitor.cx()).await.map_err(shown)? {
        if on_request {
            values.add("kinds", kind.code());
        }
    }
    page(&policy(
        &visitor,
        Form {
            values,
            ..Form::small(&visitor)
        },
    ))
}

pub(super) async fn set(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let chosen: Vec<ExportKind> = posted
        .values
        .all("kinds")
        .iter()
        .filter_map(|code| ExportKind::parse(code).ok())
        .collect();
    let answer = match export::set_policy(&posted.cx(), &chosen).await {
        // The policy is no record of its own; a second click has set the same.
        Ok(()) | Err(AppError::Repeated(_)) => Ok(Uuid::nil()),
        Err(error) => Err(error),
    };
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to("/exports").into_response()),
        Outcome::Again(errors) => again(&policy(&visitor, posted.again(errors))),
    }
}
