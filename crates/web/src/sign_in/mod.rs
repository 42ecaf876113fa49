//! Signing in and out. A form that outlived its session is kept and comes back filled in.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::permission::Action;
use store::{AppError, Cx, FieldErrors};

use access::secret::Secret;
use access::session;

use crate::app::App;
use crate::door::{COOKIE, Visitor};
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted, Values};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/sign-in", Action::SignIn, get(form).post(sign_in)),
        route("/sign-out", Action::SignOut, post(sign_out)),
    ]
}

#[derive(Template)]
#[template(path = "sign_in/form.html")]
struct SignIn {
    page: Page,
    form: Form,
    /// Where to go afterwards.
    next: String,
    /// A form's body that was posted without a session, to be kept as a draft.
    kept: String,
    demo_sign_ins: Vec<(String, String)>,
}

fn show(visitor: &Visitor, form: Form, next: String, kept: String) -> SignIn {
    SignIn {
        page: Page::new(visitor, "Sign in"),
        form,
        next,
        kept,
        demo_sign_ins: visitor.app.settings.demo_sign_ins.clone(),
    }
}

async fn form(visitor: Visitor, uri: Uri) -> Result<Response, WebError> {
    let next = local(Values::parse(uri.query().unwrap_or_default()).get("next"));
    page(&show(&visitor, Form::small(&visitor), next, String::new()))
}

/// Only addresses of our own: anything else leads home.
fn local(next: &str) -> String {
    if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

/// Asks a visitor without a session to sign in, keeping the form they posted.
pub(crate) async fn ask(visitor: &Visitor, parts: &Parts, body: Body) -> Result<Response, WebError> {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        let next = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
        return Ok(Redirect::to(&format!("/sign-in?next={next}")).into_response());
    }
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let kept = if is_form {
        let bytes = axum::body::to_bytes(body, 512 * 1024).await.unwrap_or_default();
        Values::parse(&String::from_utf8_lossy(&bytes)).encode()
    } else {
        String::new()
    };
    let template = show(visitor, Form::small(visitor), parts.uri.path().to_owned(), kept);
    Ok((StatusCode::UNAUTHORIZED, page(&template)?).into_response())
}

async fn sign_in(State(app): State<App>, posted: Posted) -> Result<Response, WebError> {
    let (name, password) = (
        posted.values.get("sign_in").to_owned(),
        posted.values.get("password").to_owned(),
    );
    let next = local(posted.values.get("next"));
    let kept = posted.values.get("kept").to_owned();
    let (secret, csrf) = (Secret::random(), Secret::random());
    let opened = session::open(&posted.visitor.cx(), &name, &password, &secret, &csrf).await?;
    let Some(actor) = opened else {
        let visitor = posted.visitor.clone();
        let mut form = Form::small(&visitor);
        form.values.set("sign_in", name);
        form.errors = FieldErrors::of("sign_in", "The name or the password is not right");
        return again(&show(&visitor, form, next, kept));
    };
    if !kept.is_empty() {
        let cx = Cx {
            actor: &actor,
            ..posted.visitor.cx()
        };
        if let Err(error) = store::draft::save(&cx, &next, &kept).await {
            tracing::warn!(%error, "a form that outlived its session could not be kept");
        }
    }
    let secure = if app.settings.is_secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax{secure}", secret.expose());
    with_cookie(Redirect::to(&next), &cookie)
}

async fn sign_out(posted: Posted) -> Result<Response, WebError> {
    if let Some(secret) = &posted.visitor.secret {
        session::close(&posted.visitor.cx(), secret).await?;
    }
    with_cookie(
        Redirect::to("/"),
        &format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
    )
}

fn with_cookie(redirect: Redirect, cookie: &str) -> Result<Response, WebError> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::SET_COOKIE,
        HeaderValue::from_str(cookie).map_err(|error| AppError::Internal(error.into()))?,
    );
    Ok((headers, redirect).into_response())
}
