//! The door: who is asking, whether the matrix lets them in, and the headers of every answer.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::Instant;
use domain::permission::{Action, Relation, allows};
use store::seal::PrivateKey;
use store::work::{Actor, IDS};
use store::{AppError, Cx};

use access::secret::Secret;
use access::session;

use crate::app::App;
use crate::error::WebError;
use crate::upload;

/// The largest body of any request, in bytes: the largest file plus its form.
pub(crate) const MAX_BODY: usize = store::files::MAX_BYTES + 1024 * 1024;

/// The session cookie.
pub(crate) const COOKIE: &str = "rapporteur_session";

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
        let visitor = identify(app, &parts.headers, parts.uri.path()).await?;
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

async fn identify(app: &App, headers: &HeaderMap, path: &str) -> Result<Visitor, AppError> {
    let now = (app.clock)();
    let secret = cookie(headers).map(Secret::presented);
    let session = match &secret {
        Some(secret) => session::find(&app.db, secret, now).await?,
        None => None,
    };
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
        path: path.to_owned(),
    })
}

/// The session's secret among the cookies.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

/// Lets a request through when the matrix allows its action on some record.
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
    if writes && !same_origin(&parts.headers) {
        return Err(WebError::of(
            &visitor,
            AppError::Forbidden("this form was sent from another site"),
        ));
    }
    if !may_somewhere(&visitor.actor, action) {
        if visitor.actor.member.is_none() {
            // A form that outlived its session is kept: signing in again returns to it, filled in.
            return crate::sign_in::ask(&visitor, &parts, body).await;
        }
        return Err(WebError::of(&visitor, AppError::Forbidden(action.words())));
    }
    let is_member = visitor.actor.member.is_some();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if is_member {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Whether a form comes from our own pages. Browsers always send an Origin with a post; a program
/// that sends none carries no cookie of a browser either.
fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    origin
        .to_str()
        .is_ok_and(|origin| origin.split_once("://").is_some_and(|(_, rest)| rest == host))
}

/// Headers of every answer: nothing inline, nothing from elsewhere, no frame, no guessing.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}
