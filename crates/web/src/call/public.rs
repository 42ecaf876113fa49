//! What anyone sees: open calls, the form that answers one, the receipt.

use access::key::{self, COALITION};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::call::AnswerState;
use domain::ids::CallId;
use domain::permission::Action;
use monitoring::call::{self, Call, Receipt, Standing};
use store::{AppError, Cx, FieldErrors};

use super::paragraphs;
use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::{Page, day};
use crate::receipt::{InEnglish, Kept, Look, NEUTRAL, Told, Words, secret, too_often};

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
    page(&shown(&visitor, Form::small(&visitor), call))
}

#[derive(Template)]
#[template(path = "call/received.html")]
struct Received {
    page: Page,
    receipt: String,
}

pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<CallId>,
    posted: Posted,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let call = found(&visitor, id).await?;
    if !app.anonymous.takes(&visitor.network) {
        let words = "Many answers came from your network, or from everywhere, in a short time. Nothing of yours was \
                     kept. It still stands below: try again in an hour";
        let form = posted.again(FieldErrors::of("form", words));
        let response = shown(&visitor, form, call);
        return too_often(&response);
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
        }),
        Outcome::Again(errors) => again(&shown(&visitor, posted.again(errors), call)),
    }
}

/// An answer, to whoever has its receipt.
pub(super) struct Answer;

impl Kept for Answer {
    fn words(_: &str) -> Words {
        Words {
            asks: "What became of your answer",
            erase: "Erase your answer",
            none: (
                "There is no answer with this code",
                "Compare it with what you wrote down. An answer that was erased has no code any more.",
            ),
            erased: (
                "Your answer is erased",
                "Its key is destroyed, and its code is no longer known. If it was used before, the copy without anything that \
                 points to a person stays part of the evidence.",
            ),
            no_code: "Enter the code you were given",
            too_many: "Too many codes were looked up from your network: try again in a few minutes",
        }
    }

    fn page(visitor: &Visitor, _: &str, look: Look) -> Result<Response, WebError> {
        page(&InEnglish {
            page: Page::new(visitor, NEUTRAL)
                .within("/calls")
                .under("/calls", "Calls for evidence"),
            look,
            address: "/calls/receipt",
        })
    }

    async fn look_up(cx: &Cx<'_>, receipt: &Receipt, _: &str) -> Result<Option<Told>, AppError> {
        let state = call::look_up(cx, receipt).await?;
        Ok(state.map(|state| match state {
            AnswerState::New => ("Received", "Your answer is here, sealed. Nobody has opened it yet."),
            AnswerState::Reading => (
                "Being read",
                "Someone has opened your answer. It is not decided yet whether it will be used.",
            ),
            AnswerState::Recorded => (
                "Used",
                "A copy without anything that points to a person is now part of the evidence.",
            ),
            AnswerState::SetAside => ("Not used", "Your answer was read and will not be used."),
        }))
    }

    async fn withdraw(cx: &Cx<'_>, receipt: &Receipt) -> Result<bool, AppError> {
        call::withdraw(cx, receipt).await
    }
}
