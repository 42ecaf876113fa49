//! Signing in and out: a passphrase and, where the member has one, a second factor; or a passkey. A form that
//! outlived its session is kept and comes back filled in.

use access::attempt;
use access::factor::{Standing, passkey};
use access::secret::Secret;
use access::session::{self, Opening};
use access::sign_in::{self as door, Opened, Proof};
use askama::Template;
use axum::Json;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::fold::fold;
use domain::mode::Mode;
use domain::permission::Action;
use store::work::Actor;
use store::{AppError, Cx, FieldErrors};

use crate::cookie;
use crate::door::Visitor;
use crate::error::{WebError, again, page, wait_words};
use crate::form::{Form, Posted, Values};
use crate::page::Page;
use crate::routes::{Route, route};

mod browser;
#[cfg(test)]
pub(crate) mod factor_tests;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use browser::family;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/sign-in", Action::SignIn, get(form).post(sign_in)),
        route("/sign-in/factor", Action::SignIn, get(factor_form).post(factor)),
        route("/sign-in/passkey", Action::SignIn, post(by_passkey)),
        route("/passkey", Action::SignIn, post(begin)),
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
    /// Whether passkeys can be used at this address.
    has_passkeys: bool,
    /// Whether only coordinators come in.
    is_closed: bool,
}

fn show(visitor: &Visitor, form: Form, next: String, kept: String) -> SignIn {
    SignIn {
        page: Page::new(visitor, "Sign in"),
        form,
        next,
        kept,
        demo_sign_ins: visitor.app.settings.demo_sign_ins.clone(),
        has_passkeys: visitor.app.site.is_some(),
        is_closed: visitor.mode == Mode::Closed,
    }
}

async fn form(visitor: Visitor, uri: Uri) -> Result<Response, WebError> {
    let next = local(Values::parse(uri.query().unwrap_or_default()).get("next"));
    page(&show(&visitor, Form::small(&visitor), next, String::new()))
}

/// Only addresses of our own: anything else leads home.
pub(crate) fn local(next: &str) -> String {
    // Browsers drop tabs and line ends from an address, and take a backslash for a slash.
    let is_plain = !next.contains(|c: char| c == '\\' || c.is_control());
    if next.starts_with('/') && !next.starts_with("//") && is_plain {
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
    let kept = kept_form(parts, body).await.encode();
    let template = show(visitor, Form::small(visitor), parts.uri.path().to_owned(), kept);
    Ok((StatusCode::UNAUTHORIZED, page(&template)?).into_response())
}

/// What was typed in a form that is not taken in now. Files are not kept.
pub(crate) async fn kept_form(parts: &Parts, body: Body) -> Values {
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if !is_form {
        return Values::default();
    }
    let bytes = axum::body::to_bytes(body, 512 * 1024).await.unwrap_or_default();
    Values::parse(&String::from_utf8_lossy(&bytes))
}

/// What a failed attempt is told.
pub(crate) fn refusal(opened: &Opened, refused: &str) -> String {
    match opened {
        Opened::Wait(seconds) => format!(
            "Too many attempts have failed: wait {} and try again",
            wait_words(*seconds)
        ),
        Opened::Closed => "The program is closed for now: only coordinators come in".to_owned(),
        _ => refused.to_owned(),
    }
}

async fn sign_in(headers: HeaderMap, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let (name, words) = (posted.values.get("sign_in"), posted.values.get("password"));
    let (next, kept) = (local(posted.values.get("next")), posted.values.get("kept").to_owned());
    let opening = Opening::random(family(&headers));
    let is_known = attempt::is_known(&visitor.app.db, name, visitor.knock(), visitor.now).await?;
    let opened = if is_known || visitor.app.limits.account(&fold(name)) {
        door::by_passphrase(&visitor.cx(), visitor.knock(), name, words, &opening).await?
    } else {
        Opened::Wait(30)
    };
    if opened == Opened::AwaitsFactor {
        let mut form = Form::small(visitor);
        form.values.set("next", next);
        form.values.set("kept", kept);
        let standing = waiting(visitor, &opening.secret).await?.unwrap_or_default();
        let mut answer = page(&factor_page(visitor, form, &standing))?;
        cookie::set_session(answer.headers_mut(), &visitor.app.settings, &opening.secret)?;
        return Ok(answer);
    }
    if let Opened::Done(actor) = &opened {
        return come_in(visitor, actor, &opening.secret, &next, &kept).await;
    }
    let mut form = Form::small(visitor);
    form.values.set("sign_in", name);
    form.errors = FieldErrors::of("sign_in", refusal(&opened, "The name or the passphrase is not right"));
    again(&show(visitor, form, next, kept))
}

/// The session is open: keeps what was typed, remembers the browser, and goes where they were.
pub(crate) async fn come_in(
    visitor: &Visitor,
    actor: &Actor,
    secret: &Secret,
    next: &str,
    kept: &str,
) -> Result<Response, WebError> {
    let cx = Cx { actor, ..visitor.cx() };
    if !kept.is_empty()
        && let Err(error) = store::draft::save(&cx, next, kept).await
    {
        tracing::warn!(%error, "a form that outlived its session could not be kept");
    }
    let mut answer = Redirect::to(next).into_response();
    let settings = &visitor.app.settings;
    cookie::set_session(answer.headers_mut(), settings, secret)?;
    if let Some(member) = actor.member {
        // Never one that another member of a shared computer is known by.
        let browser = attempt::remember(&cx, member, visitor.browser.as_ref()).await?;
        cookie::set_browser(answer.headers_mut(), settings, &browser)?;
    }
    Ok(answer)
}

#[derive(Template)]
#[template(path = "sign_in/factor.html")]
struct Factor {
    page: Page,
    form: Form,
    standing: Standing,
}

fn factor_page(visitor: &Visitor, form: Form, standing: &Standing) -> Factor {
    Factor {
        page: Page::new(visitor, "Second factor"),
        form,
        standing: standing.clone(),
    }
}

async fn waiting(visitor: &Visitor, secret: &Secret) -> Result<Option<Standing>, AppError> {
    Ok(door::waiting(&visitor.cx(), secret)
        .await?
        .map(|(_, standing)| standing))
}

async fn waiting_for(visitor: &Visitor) -> Result<Option<Standing>, AppError> {
    match &visitor.secret {
        Some(secret) => waiting(visitor, secret).await,
        None => Ok(None),
    }
}

async fn factor_form(visitor: Visitor) -> Result<Response, WebError> {
    match waiting_for(&visitor).await? {
        Some(standing) => page(&factor_page(&visitor, Form::small(&visitor), &standing)),
        None => Ok(Redirect::to("/sign-in").into_response()),
    }
}

/// What a form with a code or a passkey's answer proves.
pub(crate) fn proof<'a>(visitor: &'a Visitor, values: &'a Values, answer: &'a passkey::Answer<'a>) -> Proof<'a> {
    match &visitor.app.site {
        Some(site) if !answer.credential.is_empty() => Proof::Passkey(site, answer),
        _ if !values.get("password").is_empty() => Proof::Passphrase(values.get("password")),
        _ => Proof::Code(values.get("one_time_code")),
    }
}

/// A passkey's answer among what was posted.
pub(crate) fn answer(values: &Values) -> passkey::Answer<'_> {
    passkey::Answer {
        ceremony: values.get("ceremony"),
        credential: values.get("credential"),
        prf: values.get("prf"),
    }
}

async fn factor(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let (Some(standing), Some(secret)) = (waiting_for(visitor).await?, visitor.secret.clone()) else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let answer = answer(&posted.values);
    let proof = proof(visitor, &posted.values, &answer);
    let opened = door::by_factor(&visitor.cx(), visitor.knock(), &secret, proof).await?;
    let (next, kept) = (local(posted.values.get("next")), posted.values.get("kept"));
    if let Opened::Done(actor) = &opened {
        return come_in(visitor, actor, &secret, &next, kept).await;
    }
    let mut form = Form::small(visitor);
    form.values.set("next", next);
    form.values.set("kept", kept);
    form.errors = FieldErrors::of(
        "one_time_code",
        refusal(&opened, "This code is not right, or was used before: type the next one"),
    );
    again(&factor_page(visitor, form, &standing))
}

/// Begins a passkey ceremony for whoever asks: the member of the session, the member whose session waits for a
/// second factor, or anyone who may have a passkey here. The script of the page asks.
async fn begin(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let Some(site) = &visitor.app.site else {
        return Err(WebError::of(visitor, AppError::NotFound("passkey at this address")));
    };
    let member = match (&visitor.secret, visitor.actor.member) {
        (_, Some(member)) => Some(member),
        (Some(secret), None) => door::waiting(&visitor.cx(), secret).await?.map(|(member, _)| member),
        (None, None) => None,
    };
    let begun = passkey::begin(&visitor.app.db, site, member, visitor.now)
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    Ok(begun_as_json(&begun)?.into_response())
}

/// What the script needs to go on.
pub(crate) fn begun_as_json(begun: &passkey::Begun) -> Result<Json<serde_json::Value>, AppError> {
    let options: serde_json::Value = serde_json::from_str(&begun.options)?;
    Ok(Json(
        serde_json::json!({ "ceremony": begun.ceremony.expose(), "options": options }),
    ))
}

async fn by_passkey(headers: HeaderMap, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let (next, kept) = (local(posted.values.get("next")), posted.values.get("kept").to_owned());
    let opening = Opening::random(family(&headers));
    let opened = match &visitor.app.site {
        Some(site) => door::by_passkey(&visitor.cx(), site, &answer(&posted.values), &opening).await?,
        None => Opened::Refused,
    };
    if let Opened::Done(actor) = &opened {
        return come_in(visitor, actor, &opening.secret, &next, &kept).await;
    }
    let mut form = Form::small(visitor);
    let words = "This passkey is not known here, or took too long: try again, or use your passphrase";
    form.errors = FieldErrors::of("sign_in", refusal(&opened, words));
    again(&show(visitor, form, next, kept))
}

async fn sign_out(posted: Posted) -> Result<Response, WebError> {
    if let Some(secret) = &posted.visitor.secret {
        session::close(&posted.visitor.cx(), secret).await?;
        let Visitor { app, now, .. } = &posted.visitor;
        app.caseload.sweep(&app.db, *now).await?;
    }
    let mut answer = Redirect::to("/").into_response();
    cookie::clear_session(answer.headers_mut(), &posted.visitor.app.settings)?;
    Ok(answer)
}
