//! Files that every page needs: style, script, mark. Embedded, so nothing is read at run time.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::permission::Action;

use crate::routes::{Route, route};

/// The program's whole style; the published edition carries the same.
pub const STYLE: &str = concat!(
    include_str!("style/tokens.css"),
    include_str!("style/base.css"),
    include_str!("style/program.css"),
    include_str!("style/edition.css"),
    include_str!("style/print.css"),
);
pub(crate) fn routes() -> Vec<Route> {
    vec![
        route(
            "/style.css",
            Action::ReadPublic,
            get(|| async { file("text/css; charset=utf-8", STYLE) }),
        ),
        route(
            "/program.js",
            Action::ReadPublic,
            get(|| async { file("text/javascript; charset=utf-8", include_str!("style/program.js")) }),
        ),
        route(
            "/favicon.svg",
            Action::ReadPublic,
            get(|| async { file("image/svg+xml", include_str!("style/favicon.svg")) }),
        ),
        route(
            "/favicon.ico",
            Action::ReadPublic,
            get(|| async { file("image/svg+xml", include_str!("style/favicon.svg")) }),
        ),
    ]
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, media_type),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        text,
    )
        .into_response()
}
