//! The register of public bodies: addressees, decision-makers, publishers.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::permission::Action;
use monitoring::body;
use store::row::body::Model;

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/bodies", Action::ReadAudit, get(list)),
        route("/bodies/new", Action::RecordBody, get(form).post(record)),
    ]
}

#[derive(Template)]
#[template(path = "body/list.html")]
struct List {
    page: Page,
    bodies: Vec<Model>,
    may_record: bool,
}

async fn list(State(_): State<App>, visitor: Visitor) -> Result<Response, WebError> {
    let bodies = body::list(&visitor.cx()).await?;
    page(&List {
        page: Page::new(&visitor, "Public bodies").within("/audit"),
        bodies,
        may_record: visitor.may(Action::RecordBody),
    })
}

#[derive(Template)]
#[template(path = "body/form.html")]
struct Record {
    page: Page,
    form: Form,
}

fn frame(visitor: &Visitor) -> Page {
    Page::new(visitor, "Add a public body")
        .within("/audit")
        .under("/bodies", "Public bodies")
}

async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let form = Form::open(&visitor, Values::default()).await?;
    page(&Record {
        page: frame(&visitor),
        form,
    })
}

async fn record(posted: Posted) -> Result<Response, WebError> {
    let input = body::Record {
        name: posted.values.get("name").to_owned(),
        about: posted.values.get("about").to_owned(),
        is_invented: false,
    };
    match outcome(body::record(&posted.cx(), input).await)? {
        Outcome::Done(_) => {
            forget_draft(&posted.visitor, "/bodies/new").await;
            Ok(Redirect::to("/bodies").into_response())
        }
        Outcome::Again(errors) => again(&Record {
            page: frame(&posted.visitor),
            form: posted.again(errors),
        }),
    }
}
