//! Using a link: an invitation to join, or a reset.

use access::invitation::{self, Kind, Shown};
use access::key;
use access::secret::Secret;
use access::session::Opening;
use access::sign_in::Opened;
use access::strength;
use askama::Template;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::permission::Action;
use store::AppError;

use crate::cookie;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sign_in::{come_in, family, refusal};

#[cfg(test)]
pub(crate) mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![route(
        "/invitation/{secret}",
        Action::AcceptInvitation,
        get(show).post(accept),
    )]
}

#[derive(Template)]
#[template(path = "invitation/form.html")]
struct Choosing {
    page: Page,
    form: Form,
    shown: Shown,
    secret: String,
    suggestion: String,
}

async fn choosing(visitor: &Visitor, form: Form, secret: &str) -> Result<Choosing, AppError> {
    let shown = invitation::find(&visitor.app.db, &Secret::presented(secret), visitor.now).await?;
    Ok(Choosing {
        page: Page::new(visitor, shown.kind.words()),
        form,
        shown,
        secret: secret.to_owned(),
        suggestion: strength::suggested(),
    })
}

async fn show(Path(secret): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = choosing(&visitor, Form::small(&visitor), &secret).await;
    page(&shown.map_err(|error| WebError::of(&visitor, error))?)
}

async fn accept(Path(secret): Path<String>, headers: HeaderMap, posted: Posted) -> Result<Response, WebError> {
    let visitor = &posted.visitor;
    let chosen = (posted.values.get("passphrase"), posted.values.get("again"));
    let opening = Opening::random(family(&headers));
    let link = Secret::presented(&secret);
    let answer = invitation::accept(&visitor.cx(), visitor.knock(), &link, chosen, &opening).await;
    match answer {
        Ok(Opened::Done(actor)) => {
            // Nothing can be sealed before there is a key, and this member is the first who may make it.
            let is_keyless = key::awaits(&visitor.app.db, &actor).await;
            let next = if is_keyless.map_err(|error| WebError::of(visitor, error))? {
                "/keys"
            } else {
                "/"
            };
            come_in(visitor, &actor, &opening.secret, next, "").await
        }
        Ok(Opened::AwaitsFactor) => {
            let mut answer = Redirect::to("/sign-in/factor").into_response();
            cookie::set_session(answer.headers_mut(), &visitor.app.settings, &opening.secret)?;
            Ok(answer)
        }
        Ok(opened) => Err(WebError::of(
            visitor,
            AppError::Refused(refusal(&opened, "This link cannot be used now")),
        )),
        Err(AppError::Invalid(errors)) => {
            let form = Form {
                errors,
                ..Form::small(visitor)
            };
            let shown = choosing(visitor, form, &secret).await;
            again(&shown.map_err(|error| WebError::of(visitor, error))?)
        }
        Err(error) => Err(WebError::of(visitor, error)),
    }
}

/// A link to be passed on, shown this once.
#[derive(Template)]
#[template(path = "invitation/link.html")]
struct Made {
    page: Page,
    kind: Kind,
    name: String,
    link: String,
}

/// The page that shows a link to whoever made it.
pub(crate) fn link(visitor: &Visitor, kind: Kind, name: &str, secret: &Secret) -> Result<Response, WebError> {
    page(&Made {
        page: Page::new(visitor, kind.words())
            .within("/members")
            .under("/members", "Members"),
        kind,
        name: name.to_owned(),
        link: format!(
            "{}/invitation/{}",
            visitor.app.settings.origin.trim_end_matches('/'),
            secret.expose()
        ),
    })
}
