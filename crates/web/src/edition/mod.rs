//! Editions: what is published, served as the bytes that were rendered; and the room where a
//! publisher publishes, corrects and withdraws.

mod manage;
mod withdraw;

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::permission::Action;
use monitoring::edition::{self, Listed};
use store::AppError;

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/editions", Action::ReadPublic, get(list)),
        route("/editions/{cycle}", Action::ReadPublic, get(front)),
        route("/editions/{cycle}/", Action::ReadPublic, get(newest_front)),
        route("/editions/{cycle}/{*path}", Action::ReadPublic, get(newest)),
        route("/editions/{cycle}/r/{number}/", Action::ReadPublic, get(revision_front)),
        route(
            "/editions/{cycle}/r/{number}/{*path}",
            Action::ReadPublic,
            get(revision),
        ),
        route("/publish", Action::PublishEdition, get(manage::room)),
        route("/publish/{cycle}", Action::PublishEdition, get(manage::edition)),
        route(
            "/publish/{cycle}/new",
            Action::PublishEdition,
            get(manage::form).post(manage::publish),
        ),
        route(
            "/publish/{cycle}/correct",
            Action::PublishEdition,
            get(manage::correct_form).post(manage::correct),
        ),
        route(
            "/publish/{cycle}/withdraw",
            Action::ProposeWithdrawal,
            get(withdraw::form).post(withdraw::propose),
        ),
        route(
            "/publish/{cycle}/withdraw/{id}",
            Action::ApproveWithdrawal,
            post(withdraw::approve),
        ),
    ]
}

#[derive(Template)]
#[template(path = "edition/list.html")]
struct List {
    page: Page,
    editions: Vec<Listed>,
    may_publish: bool,
}

async fn list(State(_): State<App>, visitor: Visitor) -> Result<Response, WebError> {
    let editions = edition::list(&visitor.cx())
        .await?
        .into_iter()
        .filter(|listed| listed.newest().is_some())
        .collect();
    let may_publish = visitor.may(Action::PublishEdition);
    page(&List {
        page: Page::new(&visitor, "Editions").within("/editions"),
        editions,
        may_publish,
    })
}

/// The edition's links are relative, so its address ends in a slash.
async fn front(Path(cycle): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    edition::find(&visitor.cx(), &cycle)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    Ok(Redirect::permanent(&format!("/editions/{}/", encoded(&cycle))).into_response())
}

fn encoded(part: &str) -> String {
    percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn newest_front(Path(cycle): Path<String>, headers: HeaderMap, visitor: Visitor) -> Result<Response, WebError> {
    serve(&visitor, &headers, &cycle, None, "index.html").await
}

async fn newest(
    Path((cycle, path)): Path<(String, String)>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, WebError> {
    serve(&visitor, &headers, &cycle, None, &path).await
}

async fn revision_front(
    Path((cycle, number)): Path<(String, String)>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, WebError> {
    serve(&visitor, &headers, &cycle, Some(&number), "index.html").await
}

async fn revision(
    Path((cycle, number, path)): Path<(String, String, String)>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response, WebError> {
    serve(&visitor, &headers, &cycle, Some(&number), &path).await
}

/// Serves one file as it was rendered. Its hash is its entity tag, so a reader's browser asks again
/// and is told that nothing changed, or that something was corrected or withdrawn.
async fn serve(
    visitor: &Visitor,
    headers: &HeaderMap,
    cycle: &str,
    number: Option<&str>,
    path: &str,
) -> Result<Response, WebError> {
    let number = match number {
        None => None,
        Some(text) => Some(
            text.parse::<i32>()
                .map_err(|_| WebError::of(visitor, AppError::NotFound("revision")))?,
        ),
    };
    let (row, bytes) = edition::file(&visitor.cx(), cycle, number, path)
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    let tag = format!("\"{}\"", row.sha256);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let answer = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| AppError::Internal(error.into()));
    answer.insert(header::CONTENT_TYPE, value(&row.media_type)?);
    answer.insert(header::ETAG, value(&tag)?);
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
