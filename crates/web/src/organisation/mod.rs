//! The organisations of the coalition.

use access::organisation;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::permission::Action;
use store::row::organisation::Model;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/organisations", Action::ReadAudit, get(list)),
        route("/organisations/new", Action::ManageOrganisations, get(form).post(add)),
    ]
}

#[derive(Template)]
#[template(path = "organisation/list.html")]
struct List {
    page: Page,
    organisations: Vec<Model>,
    may_add: bool,
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let organisations = organisation::list(&visitor.cx())
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&List {
        page: Page::new(&visitor, "Organisations").within("/organisations"),
        organisations,
        may_add: visitor.may(Action::ManageOrganisations),
    })
}

#[derive(Template)]
#[template(path = "organisation/form.html")]
struct Adding {
    page: Page,
    form: Form,
}

fn adding(visitor: &Visitor, form: Form) -> Adding {
    Adding {
        page: Page::new(visitor, "Add an organisation")
            .within("/organisations")
            .under("/organisations", "Organisations"),
        form,
    }
}

async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let form = Form::open(&visitor, Values::default())
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&adding(&visitor, form))
}

async fn add(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let input = organisation::Add {
        name: posted.values.get("name").to_owned(),
        about: posted.values.get("about").to_owned(),
    };
    match outcome(organisation::add(&posted.cx(), input).await).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to("/organisations").into_response())
        }
        Outcome::Again(errors) => again(&adding(&visitor, posted.again(errors))),
    }
}
