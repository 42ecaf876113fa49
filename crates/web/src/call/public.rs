//! What anyone sees: open calls, the form that answers one, the receipt.

use access::key::{self, COALITION};
use access::secret::Secret;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::call::AnswerState;
use domain::ids::CallId;
use domain::permission::Action;
use monitoring::call::{self, Call, Receipt, Standing};
use store::{AppError, FieldErrors};

use super::{NEUTRAL, paragraphs, uncached};
use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::{Page, day};

#[derive(Template)]
#[template(path = "call/list.html")]
struct List {
    page: Page,
    calls: Vec<Call>,
    may_manage: bool,
    /// Whether the coalition has the key that answers are sealed to.
    has_key: bool,
}

pub(super) async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let calls = call::list(&visitor.cx()).await?;
    page(&List {
        page: Page::new(&visitor, NEUTRAL).within("/calls"),
        calls,
        may_manage: visitor.may(Action::ManageCalls),
        has_key: key::public(&visitor.app.db, COALITION).await.is_ok(),
    })
}

#[derive(Template)]
#[template(path = "call/show.html")]
struct Show {
    page: Page,
    form: Form,
    call: Call,
    may_manage: bool,
}

fn shown(visitor: &Visitor, form: Form, call: Call) -> Show {
    Show {
        page: Page::new(visitor, NEUTRAL)
            .within("/calls")
            .under("/calls", "Calls for evidence"),
        form,
        call,
        may_manage: visitor.may(Action::ManageCalls),
    }
}

async fn found(visitor: &Visitor, id: CallId) -> Result<Call, WebError> {
    let call = call::find(&visitor.cx(), id).await;
    call.map_err(|error| WebError::of(visitor, error))
}

pub(super) async fn show(Path(id): Path<CallId>, visitor: Visitor) -> Result<Response, WebError> {
    let call = found(&visitor, id).await?;
    // No draft: what a visitor types leaves their browser once, when they send it.
    page(&shown(&visitor, Form::small(&visitor), call)).map(uncached)
}

#[derive(Template)]
#[template(path = "call/received.html")]
struct Received {
    page: Page,
    receipt: String,
}

/// The secret that the form was opened with; a form without one gets another.
fn secret(posted: &Posted) -> Secret {
    let once = posted.values.get("once");
    if once.len() == 64 && once.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Secret::presented(once)
    } else {
        Secret::random()
    }
}

pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<CallId>,
    posted: Posted,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let call = found(&visitor, id).await?;
    if !app.answering.takes_answer(&visitor.network) {
        let words = "Many answers came from your network, or from everywhere, in a short time. Nothing of yours was \
                     kept. It still stands below: try again in an hour";
        let form = posted.again(FieldErrors::of("form", words));
        let response = page(&shown(&visitor, form, call))?;
        return Ok(uncached((StatusCode::TOO_MANY_REQUESTS, response).into_response()));
    }
    let receipt = Receipt::of(&secret(&posted));
    let input = call::Answer {
        call: id,
        words: posted.values.get("words").to_owned(),
        contact: posted.values.get("contact").to_owned(),
    };
    let taken = call::answer(&posted.cx(), input, &receipt).await;
    match outcome(taken.map(|()| id.0)).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => page(&Received {
            page: Page::new(&visitor, NEUTRAL).within("/calls"),
            receipt: receipt.text(),
        })
        .map(uncached),
        Outcome::Again(errors) => again(&shown(&visitor, posted.again(errors), call)).map(uncached),
    }
}

#[derive(Template)]
#[template(path = "call/receipt.html")]
struct LookUp {
    page: Page,
    form: Form,
    /// What became of the answer: a heading and what it means.
    found: Option<(&'static str, &'static str)>,
    /// The code of an answer that is there and can be erased; empty otherwise.
    code: String,
}

fn look_up_page(visitor: &Visitor, form: Form, found: Option<(&'static str, &'static str)>) -> LookUp {
    LookUp {
        page: Page::new(visitor, NEUTRAL)
            .within("/calls")
            .under("/calls", "Calls for evidence"),
        form,
        found,
        code: String::new(),
    }
}

pub(super) async fn receipt(visitor: Visitor) -> Result<Response, WebError> {
    page(&look_up_page(&visitor, Form::small(&visitor), None)).map(uncached)
}

/// What a receipt tells.
const fn told(state: Option<AnswerState>) -> (&'static str, &'static str) {
    match state {
        Some(AnswerState::New) => ("Received", "Your answer is here, sealed. Nobody has opened it yet."),
        Some(AnswerState::Reading) => (
            "Being read",
            "Someone has opened your answer. It is not decided yet whether it will be used.",
        ),
        Some(AnswerState::Recorded) => (
            "Used",
            "A copy without anything that points to a person is now part of the evidence.",
        ),
        Some(AnswerState::SetAside) => ("Not used", "Your answer was read and will not be used."),
        None => (
            "There is no answer with this code",
            "Compare it with what you wrote down. An answer that was erased has no code any more.",
        ),
    }
}

fn too_many_codes(visitor: &Visitor, posted: Posted) -> Result<Response, WebError> {
    let words = "Too many codes were looked up from your network: try again in a few minutes";
    let form = posted.again(FieldErrors::of("receipt", words));
    let response = page(&look_up_page(visitor, form, None))?;
    Ok(uncached((StatusCode::TOO_MANY_REQUESTS, response).into_response()))
}

pub(super) async fn look_up(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    if !app.answering.looks_up(&visitor.network) {
        return too_many_codes(&visitor, posted);
    }
    let typed = posted.values.get("receipt");
    if typed.trim().is_empty() {
        let form = posted.again(FieldErrors::of("receipt", "Enter the code you were given"));
        return again(&look_up_page(&visitor, form, None)).map(uncached);
    }
    let receipt = Receipt::typed(typed);
    let state = call::look_up(&visitor.cx(), &receipt).await;
    let state = state.map_err(|error: AppError| WebError::of(&visitor, error))?;
    page(&LookUp {
        code: state.map_or_else(String::new, |_| receipt.text()),
        ..look_up_page(&visitor, Form::small(&visitor), Some(told(state)))
    })
    .map(uncached)
}

pub(super) async fn withdraw(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    if !app.answering.looks_up(&visitor.network) {
        return too_many_codes(&visitor, posted);
    }
    let gone = call::withdraw(&visitor.cx(), &Receipt::typed(posted.values.get("receipt"))).await;
    let found = if gone.map_err(|error| WebError::of(&visitor, error))? {
        (
            "Your answer is erased",
            "Its key is destroyed, and its code is no longer known. If it was used before, the copy without anything \
             that points to a person stays part of the evidence.",
        )
    } else {
        told(None)
    };
    page(&look_up_page(&visitor, Form::small(&visitor), Some(found))).map(uncached)
}
