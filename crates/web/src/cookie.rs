//! The two cookies: the session's, and the browser's own, which outlives sessions and opens nothing.
//!
//! Over TLS their names begin with `__Host-`, so that no other host and no page without TLS can set them;
//! without TLS, on one's own machine, they lose that name and `Secure`.

use access::secret::Secret;
use axum::http::{HeaderMap, HeaderValue, header};
use store::AppError;

use crate::app::Settings;

/// How long a browser is remembered, in seconds: half a year.
const BROWSER_SECONDS: i64 = 180 * 24 * 60 * 60;

/// The name of the session's cookie.
pub(crate) const fn session(settings: &Settings) -> &'static str {
    if settings.is_secure {
        "__Host-rapporteur_session"
    } else {
        "rapporteur_session"
    }
}

/// The name of the browser's own cookie.
pub(crate) const fn browser(settings: &Settings) -> &'static str {
    if settings.is_secure {
        "__Host-rapporteur_browser"
    } else {
        "rapporteur_browser"
    }
}

/// The secret in the cookie of this name.
pub(crate) fn find(headers: &HeaderMap, name: &str) -> Option<Secret> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| Secret::presented(value))
}

/// Sets the session's cookie; it ends with the browser.
pub(crate) fn set_session(headers: &mut HeaderMap, settings: &Settings, secret: &Secret) -> Result<(), AppError> {
    set(headers, settings, session(settings), secret.expose(), None)
}

/// Takes the session's cookie away.
pub(crate) fn clear_session(headers: &mut HeaderMap, settings: &Settings) -> Result<(), AppError> {
    set(headers, settings, session(settings), "", Some(0))
}

/// Sets the browser's own cookie.
pub(crate) fn set_browser(headers: &mut HeaderMap, settings: &Settings, secret: &Secret) -> Result<(), AppError> {
    set(
        headers,
        settings,
        browser(settings),
        secret.expose(),
        Some(BROWSER_SECONDS),
    )
}

fn set(
    headers: &mut HeaderMap,
    settings: &Settings,
    name: &str,
    value: &str,
    seconds: Option<i64>,
) -> Result<(), AppError> {
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let secure = if settings.is_secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    headers.append(
        header::SET_COOKIE,
        HeaderValue::from_str(&cookie).map_err(|error| AppError::Internal(error.into()))?,
    );
    Ok(())
}
