//! What answers to calls for evidence and feedback share, because anyone sends them without an account: the secret that a form
//! is opened with and its receipt comes from, and the page on which the receipt's code is looked up, or erases what was sent.

use access::code::Receipt;
use access::secret::Secret;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::{AppError, Cx, FieldErrors};

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted};
use crate::page::Page;

/// The title of every page on which something is sent without an account: a browser keeps titles.
pub(crate) const NEUTRAL: &str = "Questions";

/// What became of something: a heading, and what it means.
pub(crate) type Told = (&'static str, &'static str);

/// Something that anyone sends without an account, and finds again with its receipt.
pub(crate) trait Kept: 'static {
    /// The address of the page that looks it up; it is erased below that.
    const ADDRESS: &'static str;
    /// The heading of that page.
    const ASKS: &'static str;
    /// What a button calls erasing it.
    const ERASE: &'static str;
    /// There is nothing with a code.
    const NONE: Told;
    /// It was erased.
    const ERASED: Told;

    /// The page, with its neutral title, where it belongs.
    fn frame(visitor: &Visitor) -> Page;

    /// What became of it; `None` where there is nothing with this receipt.
    fn look_up(cx: &Cx<'_>, receipt: &Receipt) -> impl Future<Output = Result<Option<Told>, AppError>> + Send;

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

#[derive(Template)]
#[template(path = "receipt/look_up.html")]
struct LookUp {
    page: Page,
    form: Form,
    address: &'static str,
    asks: &'static str,
    erase: &'static str,
    found: Option<Told>,
    /// The code of what is there and can be erased; empty otherwise.
    code: String,
}

fn look_up_page<K: Kept>(visitor: &Visitor, form: Form, found: Option<Told>) -> LookUp {
    LookUp {
        page: K::frame(visitor),
        form,
        address: K::ADDRESS,
        asks: K::ASKS,
        erase: K::ERASE,
        found,
        code: String::new(),
    }
}

/// The page that asks for a code.
pub(crate) async fn form<K: Kept>(visitor: Visitor) -> Result<Response, WebError> {
    page(&look_up_page::<K>(&visitor, Form::small(&visitor), None))
}

fn too_many_codes<K: Kept>(visitor: &Visitor, posted: Posted) -> Result<Response, WebError> {
    let words = "Too many codes were looked up from your network: try again in a few minutes";
    let form = posted.again(FieldErrors::of("receipt", words));
    too_often(&look_up_page::<K>(visitor, form, None))
}

/// Tells what became of what was sent.
pub(crate) async fn look_up<K: Kept>(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    if !app.anonymous.looks_up(&visitor.network) {
        return too_many_codes::<K>(&visitor, posted);
    }
    let typed = posted.values.get("receipt");
    if typed.trim().is_empty() {
        let form = posted.again(FieldErrors::of("receipt", "Enter the code you were given"));
        return again(&look_up_page::<K>(&visitor, form, None));
    }
    let receipt = Receipt::typed(typed);
    let found = K::look_up(&visitor.cx(), &receipt).await;
    let found = found.map_err(|error| WebError::of(&visitor, error))?;
    page(&LookUp {
        code: found.map_or_else(String::new, |_| receipt.text()),
        ..look_up_page::<K>(&visitor, Form::small(&visitor), Some(found.unwrap_or(K::NONE)))
    })
}

/// Erases what was sent, for whoever has its code.
pub(crate) async fn withdraw<K: Kept>(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    if !app.anonymous.looks_up(&visitor.network) {
        return too_many_codes::<K>(&visitor, posted);
    }
    let gone = K::withdraw(&visitor.cx(), &Receipt::typed(posted.values.get("receipt"))).await;
    let is_gone = gone.map_err(|error| WebError::of(&visitor, error))?;
    let found = if is_gone { K::ERASED } else { K::NONE };
    page(&look_up_page::<K>(&visitor, Form::small(&visitor), Some(found)))
}
