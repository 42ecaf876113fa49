//! Opening and closing calls.

use access::key::{self, COALITION};
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::CallId;
use monitoring::call;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "call/form.html")]
struct Open {
    page: Page,
    form: Form,
    has_key: bool,
}

async fn shown(visitor: &Visitor, form: Form) -> Open {
    Open {
        page: Page::new(visitor, "Open a call for evidence")
            .within("/calls")
            .under("/calls", "Calls for evidence"),
        form,
        has_key: key::public(&visitor.app.db, COALITION).await.is_ok(),
    }
}

pub(super) async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set_day("opens_on", &visitor.now.day().iso());
    let form = Form::open(&visitor, values).await?;
    page(&shown(&visitor, form).await)
}

pub(super) async fn open(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let input = call::Open {
        title: posted.values.get("title").to_owned(),
        asks: posted.values.get("asks").to_owned(),
        opens_on: posted.values.day("opens_on"),
        closes_on: posted.values.day("closes_on"),
        is_invented: visitor.app.settings.is_demo,
    };
    let opened = call::open(&posted.cx(), input).await;
    match outcome(opened).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, "/calls/new").await;
            Ok(Redirect::to(&format!("/calls/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&shown(&visitor, posted.again(errors)).await),
    }
}

pub(super) async fn close(Path(id): Path<CallId>, posted: Posted) -> Result<Response, WebError> {
    let closed = call::close(&posted.cx(), id).await;
    closed.map_err(|error| WebError::of(&posted.visitor, error))?;
    Ok(Redirect::to(&format!("/calls/{id}")).into_response())
}
