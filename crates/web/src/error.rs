//! The one place where an error becomes a status code and a page. Details go to the log, with a
//! reference number that the page shows; never to the page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::mode::Mode;
use store::AppError;

use crate::door::Visitor;
use crate::feedback;
use crate::page::Page;

/// An answer that is not the page asked for.
pub(crate) struct WebError(Box<Response>);

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    heading: &'static str,
    words: String,
    reference: String,
}

impl WebError {
    /// An error shown to a known visitor, inside the program's own frame.
    pub(crate) fn of(visitor: &Visitor, error: AppError) -> Self {
        Self::render(Some(visitor), error)
    }

    /// The page for a file that is too large: what was sent is gone, so it says what to do instead.
    pub(crate) fn too_large(visitor: &Visitor) -> Self {
        let megabytes = store::files::MAX_BYTES / 1024 / 1024;
        let page = ErrorPage {
            page: Page::new(visitor, "The file is too large"),
            heading: "The file is too large",
            words: format!(
                "Nothing of it was kept: at most {megabytes} MB are taken in at once. Split the file, leave out pictures and \
                 sheets that are not needed, or send several smaller ones; then go back and send the form again."
            ),
            reference: String::new(),
        };
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        let html = feedback::failed(visitor, status, "")
            .unwrap_or_else(|| page.render().unwrap_or_else(|_| "The file is too large".to_owned()));
        Self(Box::new((status, Html(html)).into_response()))
    }

    /// The page for someone who knocks too often: what to do, and for how long not to.
    pub(crate) fn too_often(visitor: &Visitor, seconds: i64) -> Self {
        let page = ErrorPage {
            page: Page::new(visitor, "Too many attempts"),
            heading: "Too many attempts",
            words: format!(
                "Too many attempts came from your network. Wait {} and try again.",
                wait_words(seconds)
            ),
            reference: String::new(),
        };
        let html = page.render().unwrap_or_else(|_| "Too many attempts".to_owned());
        let wait = [(header::RETRY_AFTER, seconds.to_string())];
        Self(Box::new(
            (StatusCode::TOO_MANY_REQUESTS, wait, Html(html)).into_response(),
        ))
    }

    fn render(visitor: Option<&Visitor>, error: AppError) -> Self {
        let mut reference = String::new();
        let (status, heading, words) = match error {
            AppError::NotFound(what) => (
                StatusCode::NOT_FOUND,
                "Not found",
                format!(
                    "There is no such {what}, or it is not for you to see. Check the address, or start from the home page."
                ),
            ),
            AppError::Forbidden(what) => {
                // Not in the log of acts, which whoever tries doors at random could fill.
                let member = visitor.and_then(|visitor| visitor.actor.member);
                tracing::warn!(member = member.map(tracing::field::display), what, "refused");
                (
                    StatusCode::FORBIDDEN,
                    "You may not do this",
                    format!(
                        "Your roles do not include this: {}. Ask a coordinator if you think they should.",
                        lower_first(what)
                    ),
                )
            }
            AppError::Refused(words) => (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be done", words),
            AppError::Restricted(Mode::ReadOnly) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Nothing can be changed now",
                "A coordinator has set the program to read-only. Everything can still be read; what you have not sent yet \
                 has to wait, so keep a copy of it. Ask a coordinator how long."
                    .to_owned(),
            ),
            AppError::Restricted(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Closed for now",
                "This part of the site is not open at the moment. What is published can still be read.".to_owned(),
            ),
            AppError::Conflict(what) => (
                StatusCode::CONFLICT,
                "Someone else changed this meanwhile",
                format!("The {what} was changed while you were editing it. Go back to see both versions."),
            ),
            AppError::Invalid(errors) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Some answers need attention",
                errors.iter().map(|(_, message)| message).collect::<Vec<_>>().join(". "),
            ),
            AppError::Repeated(_) => (
                StatusCode::CONFLICT,
                "Already sent",
                "This form was sent before; what it made is in its list.".to_owned(),
            ),
            AppError::Unavailable(error) => {
                tracing::error!(error = format!("{error:#}"), "the database does not answer");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Back in a moment",
                    "The database does not answer just now. Nothing was saved. Try again in a minute: in most browsers, going back shows the form as you filled it in.".to_owned(),
                )
            }
            AppError::Full(error) => {
                tracing::error!(error = format!("{error:#}"), "the disk is full");
                (
                    StatusCode::INSUFFICIENT_STORAGE,
                    "The disk is full",
                    "Nothing was saved, and nothing that was there before is lost. Tell whoever runs this program that its disk is full; then go back and send the form again.".to_owned(),
                )
            }
            AppError::Internal(error) => {
                reference = fresh_reference();
                tracing::error!(reference, error = format!("{error:#}"), "a request failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong",
                    "The fault is ours and has been logged. Try again in a minute; if it stays, give the reference below to whoever runs this program.".to_owned(),
                )
            }
        };
        // Who reads the public pages of feedback in another language reads this in it, too.
        let told = visitor.and_then(|visitor| feedback::failed(visitor, status, &reference));
        let html = told.unwrap_or_else(|| {
            let page = visitor.map_or_else(|| Page::bare(heading), |visitor| Page::new(visitor, heading));
            let page = ErrorPage {
                page,
                heading,
                words,
                reference,
            };
            page.render().unwrap_or_else(|_| heading.to_owned())
        });
        let mut response = (status, Html(html)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        Self(Box::new(response))
    }
}

/// A wait as people say it: seconds below a minute, then minutes, rounded up.
pub(crate) fn wait_words(seconds: i64) -> String {
    let minutes = (seconds + 59) / 60;
    match (seconds, minutes) {
        (1, _) => "1 second".to_owned(),
        (..60, _) => format!("{seconds} seconds"),
        (_, 1) => "1 minute".to_owned(),
        _ => format!("{minutes} minutes"),
    }
}

/// What the page and the log both carry, so that one can be found by the other.
fn fresh_reference() -> String {
    access::secret::Secret::random()
        .expose()
        .get(..8)
        .unwrap_or_default()
        .to_owned()
}

/// Lower-cases the first letter, for a phrase inside a sentence.
fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl From<AppError> for WebError {
    fn from(error: AppError) -> Self {
        Self::render(None, error)
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// Renders a page; a template that fails is our fault.
pub(crate) fn page(template: &impl Template) -> Result<Response, WebError> {
    Ok(Html(template.render().map_err(|error| AppError::Internal(error.into()))?).into_response())
}

/// Renders a form again with its faults: 422, so that a program notices.
pub(crate) fn again(template: &impl Template) -> Result<Response, WebError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(template)?).into_response())
}
