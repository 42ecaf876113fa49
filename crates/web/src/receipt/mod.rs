//! What answers to calls for evidence and feedback share, because anyone sends them without an account: the secret that a form
//! is opened with and its receipt comes from, and the page on which the receipt's code is looked up, or erases what was sent.

use access::code::Receipt;
use access::secret::Secret;
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::{AppError, Cx, FieldErrors};

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Posted, Values};
use crate::page::Page;

/// The title of every page on which something is sent without an account: a browser keeps titles.
pub(crate) const NEUTRAL: &str = "Questions";

/// What became of something: a heading, and what it means.
pub(crate) type Told = (&'static str, &'static str);

/// What the page for a code says of one kind of thing, in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// Its heading.
    pub asks: &'static str,
    /// What a button calls erasing it.
    pub erase: &'static str,
    /// There is nothing with a code.
    pub none: Told,
    /// It was erased.
    pub erased: Told,
    /// No code was typed.
    pub no_code: &'static str,
    /// Too many codes were tried.
    pub too_many: &'static str,
}

/// What the page for a code shows.
pub(crate) struct Look {
    pub form: Form,
    pub words: Words,
    pub found: Option<Told>,
    /// The code of what is there and can be erased; empty otherwise.
    pub code: String,
}

/// Something that anyone sends without an account, and finds again with its receipt. `tag`: the language that they read.
pub(crate) trait Kept: 'static {
    /// What its page says.
    fn words(tag: &str) -> Words;

    /// The page, with its neutral title, where it belongs.
    fn page(visitor: &Visitor, tag: &str, look: Look) -> Result<Response, WebError>;

    /// What became of it; `None` where there is nothing with this receipt.
    fn look_up(
        cx: &Cx<'_>,
        receipt: &Receipt,
        tag: &str,
    ) -> impl Future<Output = Result<Option<Told>, AppError>> + Send;

    /// Erases it; `false` where there is nothing with this receipt.
    fn withdraw(cx: &Cx<'_>, receipt: &Receipt) -> impl Future<Output = Result<bool, AppError>> + Send;
}

/// The secret that the form was opened with; a form without one gets another.
pub(crate) fn secret(posted: &Posted) -> Secret {
    let once = posted.values.get("once");
    if once.len() == 64 && once.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Secret::presented(once)
    } else {
        Secret::random()
    }
}

/// A page again, after too much came from one network or from everywhere.
pub(crate) fn too_often(template: &impl Template) -> Result<Response, WebError> {
    Ok((StatusCode::TOO_MANY_REQUESTS, page(template)?).into_response())
}

/// The page for a code in English, in the frame of the program.
#[derive(Template)]
#[template(path = "receipt/look_up.html")]
pub(crate) struct InEnglish {
    pub page: Page,
    pub look: Look,
    /// The address of the page; it is erased below that.
    pub address: &'static str,
}

fn show<K: Kept>(visitor: &Visitor, tag: &str, form: Form, found: Option<Told>) -> Result<Response, WebError> {
    let look = Look {
        form,
        words: K::words(tag),
        found,
        code: String::new(),
    };
    K::page(visitor, tag, look)
}

/// The page with a fault of the code.
fn faulty<K: Kept>(posted: Posted, words: &str, status: StatusCode) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let tag = posted.values.get("in").to_owned();
    let form = posted.again(FieldErrors::of("receipt", words));
    let mut response = show::<K>(&visitor, &tag, form, None)?;
    *response.status_mut() = status;
    Ok(response)
}

/// The page that asks for a code.
pub(crate) async fn form<K: Kept>(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    show::<K>(&visitor, query.get("in"), Form::small(&visitor), None)
}

/// Tells what became of what was sent.
pub(crate) async fn look_up<K: Kept>(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let tag = posted.values.get("in").to_owned();
    let words = K::words(&tag);
    if !app.anonymous.looks_up(&visitor.network) {
        return faulty::<K>(posted, words.too_many, StatusCode::TOO_MANY_REQUESTS);
    }
    let typed = posted.values.get("receipt");
    if typed.trim().is_empty() {
        return faulty::<K>(posted, words.no_code, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let receipt = Receipt::typed(typed);
    let found = K::look_up(&visitor.cx(), &receipt, &tag).await;
    let found = found.map_err(|error| WebError::of(&visitor, error))?;
    let look = Look {
        form: Form::small(&visitor),
        words,
        code: found.map_or_else(String::new, |_| receipt.text()),
        found: Some(found.unwrap_or(words.none)),
    };
    K::page(&visitor, &tag, look)
}

/// Erases what was sent, for whoever has its code.
pub(crate) async fn withdraw<K: Kept>(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let tag = posted.values.get("in").to_owned();
    let words = K::words(&tag);
    if !app.anonymous.looks_up(&visitor.network) {
        return faulty::<K>(posted, words.too_many, StatusCode::TOO_MANY_REQUESTS);
    }
    let gone = K::withdraw(&visitor.cx(), &Receipt::typed(posted.values.get("receipt"))).await;
    let is_gone = gone.map_err(|error| WebError::of(&visitor, error))?;
    let found = if is_gone { words.erased } else { words.none };
    show::<K>(&visitor, &tag, Form::small(&visitor), Some(found))
}
