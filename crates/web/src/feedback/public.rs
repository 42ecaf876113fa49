//! What anyone sees: the page of an organisation in their language, the receipt, and the way back with its code.

use access::code::Receipt;
use access::secret::Secret;
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use casework::feedback::{self, Give, LONGEST};
use casework::text::{Language, TextCode, english, find, languages};
use store::{AppError, FieldErrors};
use uuid::Uuid;

use super::NEUTRAL;
use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;

/// Keeps an answer out of every cache, the browser's own included.
fn uncached(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Template)]
#[template(path = "feedback/give.html")]
struct Asking {
    page: Page,
    form: Form,
    organisation: Uuid,
    house: String,
    language: &'static Language,
    languages: &'static [Language],
}

impl Asking {
    fn guidance(&self) -> Vec<&'static str> {
        self.language.text(TextCode::Feedback).paragraphs()
    }

    fn safety(&self) -> Vec<&'static str> {
        self.language.text(TextCode::Safety).paragraphs()
    }

    fn question(&self) -> &'static str {
        &self.language.text(TextCode::LabelWords).words
    }

    fn send(&self) -> &'static str {
        &self.language.text(TextCode::LabelSend).words
    }

    fn is_english(&self) -> bool {
        self.language.tag == "en"
    }

    fn caution(&self) -> Option<String> {
        self.language.caution(TextCode::Feedback).filter(|_| !self.is_english())
    }
}

async fn asking(visitor: &Visitor, organisation: Uuid, form: Form, tag: &str) -> Result<Asking, WebError> {
    let house = feedback::house(&visitor.cx(), organisation).await;
    Ok(Asking {
        page: Page::new(visitor, NEUTRAL),
        form,
        organisation,
        house: house.map_err(|error| WebError::of(visitor, error))?,
        language: find(tag).unwrap_or_else(english),
        languages: languages(),
    })
}

pub(super) async fn show(
    Path(organisation): Path<Uuid>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    // No draft: what a visitor types leaves their browser once, when they send it.
    let form = Form::small(&visitor);
    page(&asking(&visitor, organisation, form, query.get("in")).await?).map(uncached)
}

#[derive(Template)]
#[template(path = "feedback/received.html")]
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

pub(super) async fn give(
    State(app): State<App>,
    Path(organisation): Path<Uuid>,
    posted: Posted,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let tag = posted.values.get("in").to_owned();
    if !app.answering.takes_answer(&visitor.network) {
        let words = "Much came from your network, or from everywhere, in a short time. Nothing of yours was kept. It still \
                     stands below: try again in an hour";
        let form = posted.again(FieldErrors::of("form", words));
        let response = page(&asking(&visitor, organisation, form, &tag).await?)?;
        return Ok(uncached((StatusCode::TOO_MANY_REQUESTS, response).into_response()));
    }
    let receipt = Receipt::of(&secret(&posted));
    let input = Give {
        words: posted.values.get("words").to_owned(),
        contact: posted.values.get("contact").to_owned(),
    };
    let taken = feedback::give(&posted.cx(), organisation, &input, &receipt).await;
    match outcome(taken.map(|()| organisation)).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(_) => page(&Received {
            page: Page::new(&visitor, NEUTRAL),
            receipt: receipt.text(),
        })
        .map(uncached),
        Outcome::Again(errors) => {
            again(&asking(&visitor, organisation, posted.again(errors), &tag).await?).map(uncached)
        }
    }
}

#[derive(Template)]
#[template(path = "feedback/receipt.html")]
struct LookUp {
    page: Page,
    form: Form,
    /// What became of it: a heading and what it means.
    found: Option<(&'static str, &'static str)>,
    /// The code of what is there and can be erased; empty otherwise.
    code: String,
}

fn look_up_page(visitor: &Visitor, form: Form, found: Option<(&'static str, &'static str)>) -> LookUp {
    LookUp {
        page: Page::new(visitor, NEUTRAL),
        form,
        found,
        code: String::new(),
    }
}

pub(super) async fn receipt(visitor: Visitor) -> Result<Response, WebError> {
    page(&look_up_page(&visitor, Form::small(&visitor), None)).map(uncached)
}

/// What a receipt tells: whether it was read.
const fn told(is_read: Option<bool>) -> (&'static str, &'static str) {
    match is_read {
        Some(false) => ("Received", "What you wrote is here, sealed. Nobody has opened it yet."),
        Some(true) => ("Read", "Someone who answers for the help has read it."),
        None => (
            "There is nothing with this code",
            "Compare it with what you wrote down. What was erased has no code any more.",
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
    let found = feedback::look_up(&visitor.cx(), &receipt).await;
    let found = found.map_err(|error: AppError| WebError::of(&visitor, error))?;
    page(&LookUp {
        code: found.map_or_else(String::new, |_| receipt.text()),
        ..look_up_page(&visitor, Form::small(&visitor), Some(told(found)))
    })
    .map(uncached)
}

pub(super) async fn withdraw(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    if !app.answering.looks_up(&visitor.network) {
        return too_many_codes(&visitor, posted);
    }
    let gone = feedback::withdraw(&visitor.cx(), &Receipt::typed(posted.values.get("receipt"))).await;
    let found = if gone.map_err(|error| WebError::of(&visitor, error))? {
        ("It is erased", "Its key is destroyed, and its code is no longer known.")
    } else {
        told(None)
    };
    page(&look_up_page(&visitor, Form::small(&visitor), Some(found))).map(uncached)
}
