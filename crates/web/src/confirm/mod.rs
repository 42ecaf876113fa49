//! Showing again who one is, before something dangerous. The form that led here is carried through, and goes
//! on with one press of a button.

use access::factor;
use access::sign_in::{Opened, confirm};
use askama::Template;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::permission::Action;
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted, Values};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sign_in::{answer, kept_form, local, proof, refusal};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/confirm", Action::ConfirmIdentity, get(form).post(post))]
}

#[derive(Template)]
#[template(path = "confirm/form.html")]
struct Confirm {
    page: Page,
    form: Form,
    /// Where to go afterwards.
    next: String,
    /// What leads there, in words; empty where it is a page.
    act: String,
    /// The body of the form that was posted there; empty where a page was asked for.
    kept: String,
    standing: factor::Standing,
}

async fn show(visitor: &Visitor, form: Form, next: &str, act: &str, kept: &str) -> Result<Confirm, AppError> {
    Ok(Confirm {
        page: Page::new(visitor, "Show again who you are"),
        form,
        next: next.to_owned(),
        act: act.to_owned(),
        kept: kept.to_owned(),
        standing: factor::standing(&visitor.app.db, visitor.cx().member()?).await?,
    })
}

/// Asks a member who has not shown who they are for a while, keeping the form they posted.
pub(crate) async fn ask(visitor: &Visitor, action: Action, parts: &Parts, body: Body) -> Result<Response, WebError> {
    let kept = kept_form(parts, body).await.encode_with_revision();
    // A form without fields of its own still has to be sent again.
    let kept = if kept.is_empty() { "sent=yes".to_owned() } else { kept };
    let template = show(visitor, Form::small(visitor), parts.uri.path(), action.words(), &kept).await?;
    Ok((StatusCode::UNAUTHORIZED, page(&template)?).into_response())
}

async fn form(visitor: Visitor, uri: Uri) -> Result<Response, WebError> {
    let next = local(Values::parse(uri.query().unwrap_or_default()).get("next"));
    page(&show(&visitor, Form::small(&visitor), &next, "", "").await?)
}

/// Leads to the page that asks, and back to this one.
pub(crate) fn first(path: &str) -> Response {
    let next = percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC);
    Redirect::to(&format!("/confirm?next={next}")).into_response()
}

#[derive(Template)]
#[template(path = "confirm/go_on.html")]
struct GoOn {
    page: Page,
    form: Form,
    next: String,
    act: String,
    kept: Values,
}

async fn post(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let values = &posted.values;
    let (next, act, kept) = (local(values.get("next")), values.get("act"), values.get("kept"));
    let Some(secret) = &visitor.secret else {
        return Err(WebError::of(visitor, AppError::Forbidden("sign in first")));
    };
    let answer = answer(values);
    let opened = confirm(&visitor.cx(), visitor.knock(), secret, proof(visitor, values, &answer))
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    if matches!(opened, Opened::Done(_)) {
        if kept.is_empty() {
            return Ok(Redirect::to(&next).into_response());
        }
        return page(&GoOn {
            page: Page::new(visitor, "Go on"),
            form: Form::small(visitor),
            next,
            act: act.to_owned(),
            kept: Values::parse(kept).without_tokens(),
        });
    }
    let mut form = Form::small(visitor);
    let is_code = values.get("password").is_empty() && !values.get("one_time_code").is_empty();
    let (field, words) = if is_code {
        ("one_time_code", "This code is not right, or was used before")
    } else {
        ("password", "This is not your passphrase")
    };
    form.errors = FieldErrors::of(field, refusal(&opened, words));
    again(&show(visitor, form, &next, act, kept).await?)
}
