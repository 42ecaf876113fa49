//! A member's own account: where they are signed in, their second factors, their passphrase.

use access::factor::{self, Standing, passkey, recovery, required, totp};
use access::invitation::change_passphrase;
use access::session;
use access::strength;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::permission::Action;
use store::{AppError, FieldErrors};
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sign_in::{answer, begun_as_json};

#[cfg(test)]
mod passkey_tests;
#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/account", Action::ReadAccount, get(show)),
        route("/account/stay", Action::ReadAccount, get(stay)),
        route("/account/sessions/{id}/end", Action::EndSession, post(end)),
        route("/account/sessions/end-others", Action::EndSession, post(end_others)),
        route(
            "/account/passphrase",
            Action::ChangePassphrase,
            get(passphrase_form).post(change),
        ),
        route(
            "/account/authenticator",
            Action::ChangeFactors,
            get(authenticator).post(begin_totp),
        ),
        route(
            "/account/authenticator/finish",
            Action::ChangeFactors,
            post(finish_totp),
        ),
        route(
            "/account/authenticator/remove",
            Action::ChangeFactors,
            post(remove_totp),
        ),
        route(
            "/account/passkeys/new",
            Action::ChangeFactors,
            get(passkey_form).post(add_passkey),
        ),
        route("/account/passkeys/begin", Action::ChangeFactors, post(begin_passkey)),
        route(
            "/account/passkeys/{id}/remove",
            Action::ChangeFactors,
            post(remove_passkey),
        ),
        route("/account/recovery-codes", Action::ChangeFactors, post(new_codes)),
    ]
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct Account {
    page: Page,
    form: Form,
    sessions: Vec<session::Listed>,
    standing: Standing,
    passkeys: Vec<passkey::Listed>,
    has_site: bool,
    /// Whether the session opens seals.
    has_key: bool,
    /// Whether a role of theirs needs a second factor and they have none yet.
    needs_factor: bool,
}

async fn account(visitor: &Visitor, errors: FieldErrors) -> Result<Account, AppError> {
    let cx = visitor.cx();
    Ok(Account {
        page: Page::new(visitor, "Your account").within("/account"),
        form: Form {
            errors,
            ..Form::small(visitor)
        },
        sessions: session::list(&cx, visitor.secret.as_ref()).await?,
        standing: factor::standing(cx.db, cx.member()?).await?,
        passkeys: passkey::list(&cx).await?,
        has_site: visitor.app.site.is_some(),
        has_key: visitor.key.is_some(),
        needs_factor: required::is_missing(cx.db, cx.actor).await?,
    })
}

async fn show(visitor: Visitor) -> Result<Response, WebError> {
    page(
        &account(&visitor, FieldErrors::new())
            .await
            .map_err(|error| WebError::of(&visitor, error))?,
    )
}

/// Keeps the session awake: asking is enough. Says how many seconds it lasts from now.
async fn stay(visitor: Visitor) -> String {
    visitor.seconds_left().to_string()
}

/// A command of one button: done leads back to the account, a refusal is shown there.
async fn done(posted: &Posted, answer: Result<(), AppError>) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    match answer {
        Ok(()) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/account").into_response()),
        Err(AppError::Refused(words)) => {
            let shown = account(visitor, FieldErrors::of("form", words)).await;
            again(&shown.map_err(|error| WebError::of(visitor, error))?)
        }
        Err(error) => Err(WebError::of(visitor, error)),
    }
}

fn id(visitor: &Visitor, text: &str, what: &'static str) -> Result<Uuid, WebError> {
    text.parse()
        .map_err(|_| WebError::of(visitor, AppError::NotFound(what)))
}

async fn end(Path(which): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let which = id(&posted.visitor, &which, "session")?;
    done(&posted, session::end(&posted.cx(), which).await).await
}

async fn end_others(posted: Posted) -> Result<Response, WebError> {
    let answer = match &posted.visitor.secret {
        Some(secret) => session::end_others(&posted.cx(), secret).await,
        None => Err(AppError::Forbidden("sign in first")),
    };
    done(&posted, answer).await
}

#[derive(Template)]
#[template(path = "account/passphrase.html")]
struct Passphrase {
    page: Page,
    form: Form,
    suggestion: String,
}

fn passphrase_page(visitor: &Visitor, form: Form) -> Passphrase {
    Passphrase {
        page: Page::new(visitor, "Change your passphrase").under("/account", "Your account"),
        form,
        suggestion: strength::suggested(),
    }
}

async fn passphrase_form(visitor: Visitor) -> Result<Response, WebError> {
    page(&passphrase_page(&visitor, Form::small(&visitor)))
}

async fn change(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let values = &posted.values;
    let Some(secret) = &visitor.secret else {
        return Err(WebError::of(visitor, AppError::Forbidden("sign in first")));
    };
    let chosen = (values.get("passphrase"), values.get("again"));
    match change_passphrase(&posted.cx(), visitor.knock(), values.get("current"), chosen, secret).await {
        Ok(()) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/account").into_response()),
        Err(AppError::Invalid(errors)) => {
            let form = Form {
                errors,
                ..Form::small(visitor)
            };
            again(&passphrase_page(visitor, form))
        }
        Err(error) => Err(WebError::of(visitor, error)),
    }
}

#[derive(Template)]
#[template(path = "account/authenticator.html")]
struct Authenticator {
    page: Page,
    form: Form,
    setup: Option<totp::Setup>,
}

async fn authenticator_page(visitor: &Visitor, form: Form) -> Result<Authenticator, AppError> {
    Ok(Authenticator {
        page: Page::new(visitor, "Set up an authenticator").under("/account", "Your account"),
        form,
        setup: totp::setup(&visitor.cx()).await?,
    })
}

async fn authenticator(visitor: Visitor) -> Result<Response, WebError> {
    if !visitor.is_fresh() {
        return Ok(crate::confirm::first(&visitor.path));
    }
    let shown = authenticator_page(&visitor, Form::small(&visitor)).await;
    page(&shown.map_err(|error| WebError::of(&visitor, error))?)
}

async fn begin_totp(posted: Posted) -> Result<Response, WebError> {
    match totp::begin(&posted.cx()).await {
        Ok(()) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/account/authenticator").into_response()),
        Err(error) => done(&posted, Err(error)).await,
    }
}

#[derive(Template)]
#[template(path = "account/codes.html")]
struct Printed {
    page: Page,
    codes: Vec<String>,
    name: String,
}

/// Shows recovery codes this once, or leads back where there are none to show.
fn codes_shown(visitor: &Visitor, codes: Vec<String>) -> Result<Response, WebError> {
    if codes.is_empty() {
        return Ok(Redirect::to("/account").into_response());
    }
    page(&Printed {
        page: Page::new(visitor, "Recovery codes").under("/account", "Your account"),
        codes,
        name: visitor.actor.name.clone(),
    })
}

async fn finish_totp(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    match totp::finish(&posted.cx(), posted.values.get("one_time_code")).await {
        Ok(codes) => codes_shown(visitor, codes),
        Err(AppError::Invalid(errors)) => {
            let form = Form {
                errors,
                ..Form::small(visitor)
            };
            let shown = authenticator_page(visitor, form).await;
            again(&shown.map_err(|error| WebError::of(visitor, error))?)
        }
        Err(error) => done(&posted, Err(error)).await,
    }
}

async fn remove_totp(posted: Posted) -> Result<Response, WebError> {
    done(&posted, totp::remove(&posted.cx()).await).await
}

#[derive(Template)]
#[template(path = "account/passkey.html")]
struct AddPasskey {
    page: Page,
    form: Form,
    has_site: bool,
}

fn passkey_page(visitor: &Visitor, form: Form) -> AddPasskey {
    AddPasskey {
        page: Page::new(visitor, "Add a passkey").under("/account", "Your account"),
        form,
        has_site: visitor.app.site.is_some(),
    }
}

async fn passkey_form(visitor: Visitor) -> Result<Response, WebError> {
    if !visitor.is_fresh() {
        return Ok(crate::confirm::first(&visitor.path));
    }
    page(&passkey_page(&visitor, Form::small(&visitor)))
}

fn no_site(visitor: &Visitor) -> WebError {
    WebError::of(
        visitor,
        AppError::Refused("Passkeys need a host name: this program was started without one (--origin)".into()),
    )
}

async fn begin_passkey(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let site = visitor.app.site.as_ref().ok_or_else(|| no_site(visitor))?;
    let begun = passkey::begin_adding(&visitor.cx(), site)
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    Ok(begun_as_json(&begun)?.into_response())
}

async fn add_passkey(posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let site = visitor.app.site.as_ref().ok_or_else(|| no_site(visitor))?;
    let answer = answer(&posted.values);
    match passkey::add(&posted.cx(), site, &answer, posted.values.get("name")).await {
        Ok(codes) => codes_shown(visitor, codes),
        Err(AppError::Invalid(errors)) => {
            let mut form = Form::small(visitor);
            form.values.set("name", posted.values.get("name"));
            form.errors = errors;
            again(&passkey_page(visitor, form))
        }
        Err(error) => done(&posted, Err(error)).await,
    }
}

async fn remove_passkey(Path(which): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let which = id(&posted.visitor, &which, "passkey")?;
    done(&posted, passkey::remove(&posted.cx(), which).await).await
}

async fn new_codes(posted: Posted) -> Result<Response, WebError> {
    match recovery::issue(&posted.cx()).await {
        Ok(codes) => codes_shown(&posted.visitor, codes),
        Err(error) => done(&posted, Err(error)).await,
    }
}
