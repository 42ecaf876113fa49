//! One original, opened; and its files.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::permission::{Action, Relation};
use monitoring::personal::{self, Opened};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use store::AppError;
use uuid::Uuid;

use super::frame;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that the page offers or leaves out"
)]
#[derive(Template)]
#[template(path = "personal/open.html")]
struct Show {
    page: Page,
    of: Opened,
    /// The token of the small forms.
    csrf: String,
    /// Whether the member writes a copy next.
    may_redact: bool,
    /// Whether a copy of someone else's waits for the member.
    may_review: bool,
    may_judge: bool,
    may_answer: bool,
    /// Who is looking.
    me: Option<Uuid>,
}

impl Show {
    fn is_mine(&self, member: &Uuid) -> bool {
        self.me == Some(*member)
    }
}

pub(super) async fn open(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let of = match personal::open(&visitor.cx(), id).await {
        // A colleague's original: the one way in is to say why.
        Err(AppError::Forbidden(_)) if visitor.actor.may(Action::BreakGlass, Relation::OwnOrganisation) => {
            return Ok(Redirect::to(&format!("/personal/{id}/glass")).into_response());
        }
        answer => answer.map_err(|error| WebError::of(&visitor, error))?,
    };
    let me = visitor.actor.member.map(Uuid::from);
    let last = of.copies.last();
    let may = |action| visitor.actor.may(action, Relation::OwnOrganisation);
    page(&Show {
        page: frame(&visitor, "Sealed original"),
        csrf: visitor.csrf.clone(),
        may_redact: last.is_none_or(|copy| copy.state == "returned"),
        may_review: last.is_some_and(|copy| copy.state == "proposed" && Some(copy.member) != me)
            && may(Action::ReviewRedaction),
        may_judge: may(Action::ReviewGlass),
        may_answer: may(Action::AnswerPerson),
        me,
        of,
    })
}

/// A file of an original, opened and sent, never kept by the browser's cache.
pub(super) async fn download(Path((id, file)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let (name, bytes) = personal::open_file(&visitor.cx(), id, file)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"))
        .map_err(|error| AppError::Internal(error.into()))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}
