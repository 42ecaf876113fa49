//! The door: who is asking, whether the matrix lets them in, and the headers of every answer.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::Instant;
use domain::mode::Mode;
use domain::permission::{Action, Relation, Role, allows};
use store::seal::PrivateKey;
use store::work::{Actor, IDS};
use store::{AppError, Cx};

use access::factor::required;
use access::secret::Secret;
use access::sign_in::Knock;
use access::{mode, session};

use crate::app::App;
use crate::error::WebError;
use crate::form::Values;
use crate::{cookie, limit, upload};

/// The largest body of any request, in bytes: the largest file plus its form.
pub(crate) const MAX_BODY: usize = store::files::MAX_BYTES + 1024 * 1024;

/// How recently a member must have shown who they are to do something dangerous, in seconds.
const FRESH_SECONDS: i64 = 10 * 60;

/// Who is asking, and when.
#[derive(Clone)]
pub(crate) struct Visitor {
    /// The app.
    pub app: App,
    /// The member, or nobody.
    pub actor: Actor,
    /// The token their forms carry; empty for nobody.
    pub csrf: String,
    /// The secret of their session, if they presented one.
    pub secret: Option<Secret>,
    /// Their private key, where their session has it.
    pub key: Option<PrivateKey>,
    /// The time of the request.
    pub now: Instant,
    /// The path asked for.
    pub path: String,
    /// The tag of the language that the address asks for; empty where it names none.
    pub asked_in: String,
    /// When they last showed who they are.
    pub confirmed_at: Option<Instant>,
    /// When their session ends if nothing more is asked for.
    pub ends_at: Option<Instant>,
    /// The network they come from; empty where it is not known.
    pub network: String,
    /// Their browser's own lasting secret, if it presented one.
    pub browser: Option<Secret>,
    /// How far the program is open.
    pub mode: Mode,
}

impl Visitor {
    /// The surroundings of a query.
    pub(crate) fn cx(&self) -> Cx<'_> {
        Cx {
            db: &self.app.db,
            files: &self.app.files,
            actor: &self.actor,
            now: self.now,
            ids: &IDS,
            once: None,
            key: self.key.as_ref(),
        }
    }

    /// Where an attempt to come in, or to show again who one is, comes from.
    pub(crate) fn knock(&self) -> Knock<'_> {
        Knock {
            network: &self.network,
            browser: self.browser.as_ref(),
        }
    }

    /// Whether they have shown who they are recently enough for something dangerous.
    pub(crate) fn is_fresh(&self) -> bool {
        self.confirmed_at
            .is_some_and(|at| at.plus_seconds(FRESH_SECONDS).0 > self.now.0)
    }

    /// Seconds until their session ends when nothing more is asked for; nought for nobody.
    pub(crate) fn seconds_left(&self) -> i64 {
        self.ends_at.map_or(0, |at| (at.0 - self.now.0) / 1_000_000)
    }

    /// Whether the matrix allows this on some record, so that the page may offer it.
    pub(crate) fn may(&self, action: Action) -> bool {
        may_somewhere(&self.actor, action)
    }
}

/// Whether there is any record on which the matrix allows this.
fn may_somewhere(actor: &Actor, action: Action) -> bool {
    Relation::ALL
        .iter()
        .any(|relation| allows(&actor.roles, action, *relation))
}

impl FromRequestParts<App> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        if let Some(visitor) = parts.extensions.get::<Self>() {
            return Ok(visitor.clone());
        }
        let visitor = identify(app, parts).await?;
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

async fn identify(app: &App, parts: &Parts) -> Result<Visitor, AppError> {
    let now = (app.clock)();
    let secret = cookie::find(&parts.headers, cookie::session(&app.settings));
    let session = match &secret {
        Some(secret) => session::find(&app.db, secret, now).await?,
        None => None,
    };
    let ends_at = session.as_ref().map(|session| {
        let idle = now.plus_seconds(session::IDLE_SECONDS);
        if idle.0 < session.expires_at.0 {
            idle
        } else {
            session.expires_at
        }
    });
    let confirmed_at = session.as_ref().map(|session| session.confirmed_at);
    let (actor, csrf, key) = session.map_or_else(
        || (Actor::nobody(), String::new(), None),
        |session| (session.actor, session.csrf, session.key),
    );
    Ok(Visitor {
        app: app.clone(),
        actor,
        csrf,
        secret,
        key,
        now,
        path: parts.uri.path().to_owned(),
        asked_in: Values::parse(parts.uri.query().unwrap_or_default())
            .get("in")
            .to_owned(),
        confirmed_at,
        ends_at,
        network: limit::network(parts, app.settings.trusts_proxy),
        browser: cookie::find(&parts.headers, cookie::browser(&app.settings)),
        mode: mode::find(&app.db).await?,
    })
}

/// Lets a request through when the matrix allows its action on some record, the security mode allows it now,
/// and the member has shown as much of who they are as it takes.
pub(crate) async fn guard(
    State((app, action)): State<(App, Action)>,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, &app).await?;
    if upload::is_announced_too_large(&parts.headers) {
        upload::drain(body).await;
        return Err(WebError::too_large(&visitor));
    }
    let writes = !matches!(parts.method, Method::GET | Method::HEAD);
    if writes && !same_origin(&parts.headers, &parts.uri) {
        return Err(WebError::of(
            &visitor,
            AppError::Forbidden("this form was sent from another site"),
        ));
    }
    if writes && is_knock(action) && !app.limits.network(&visitor.network) {
        return Err(WebError::too_often(&visitor, 60));
    }
    if is_shut(&visitor, action, writes) {
        return Err(WebError::of(&visitor, AppError::Restricted(visitor.mode)));
    }
    if !may_somewhere(&visitor.actor, action) {
        if visitor.actor.member.is_none() {
            // A form that outlived its session is kept: signing in again returns to it, filled in.
            return crate::sign_in::ask(&visitor, &parts, body).await;
        }
        return Err(WebError::of(&visitor, AppError::Forbidden(action.words())));
    }
    let is_member = visitor.actor.member.is_some();
    if is_member && !action.is_before_factor() && required::is_missing(&app.db, &visitor.actor).await? {
        return Ok(Redirect::to("/account?needs=factor").into_response());
    }
    if writes && action.is_dangerous() && !visitor.is_fresh() {
        return crate::confirm::ask(&visitor, action, &parts, body).await;
    }
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if is_member {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// What is limited by where it comes from: whatever checks a secret.
const fn is_knock(action: Action) -> bool {
    matches!(
        action,
        Action::SignIn | Action::AcceptInvitation | Action::ConfirmIdentity | Action::ChangePassphrase
    )
}

/// Whether the security mode refuses this. What is published stays up in every mode; while the program is
/// closed, everything else is for coordinators, and anyone may try to sign in as one.
fn is_shut(visitor: &Visitor, action: Action, writes: bool) -> bool {
    if writes && !visitor.mode.allows_write(action) {
        return true;
    }
    visitor.mode == Mode::Closed
        && !matches!(action, Action::ReadPublic | Action::SignIn)
        && !visitor.actor.roles.contains(&Role::Coordinator)
}

/// Whether a form comes from our own pages. Browsers say so twice, in `Origin` and in `Sec-Fetch-Site`; a
/// program that says neither carries no cookie of a browser either. Members' forms carry a token besides.
fn same_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    let said = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = said(header::HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    // HTTP/2 names the host in the address and sends no `Host`.
    let host = uri
        .authority()
        .map(Authority::as_str)
        .or_else(|| said(header::HOST))
        .unwrap_or_default();
    said(header::ORIGIN).is_none_or(|origin| origin.split_once("://").is_some_and(|(_, rest)| rest == host))
}

/// Headers of every answer: nothing inline, nothing from elsewhere, no frame, no guessing, no device.
pub(crate) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    const ALWAYS: [(&str, &str); 7] = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), \
             publickey-credentials-create=(self), publickey-credentials-get=(self)",
        ),
    ];
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Editions and the style say how long they may be kept; everything else, refusals too, is kept nowhere.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in ALWAYS {
        headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if app.settings.is_secure {
        // Two years: the browser does not even try without TLS.
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000"),
        );
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_from_elsewhere_is_known_by_either_header() {
        let from = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("audit.example"));
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            let by_name = same_origin(&headers, &Uri::from_static("/bodies/new"));
            headers.remove(header::HOST);
            let by_address = same_origin(&headers, &Uri::from_static("https://audit.example/bodies/new"));
            assert_eq!(by_name, by_address, "HTTP/1.1 and HTTP/2 are treated alike");
            by_name
        };
        assert!(from(&[]));
        assert!(from(&[
            ("origin", "https://audit.example"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!from(&[("origin", "https://other.example")]));
        assert!(!from(&[("origin", "null")]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("sec-fetch-site", "same-site")]));
    }
}
