//! How the log is proved: the signed checkpoints, the key they are checked with, and an organisation's
//! receipts to keep.

use access::receipt::{self, Whose};
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::Instant;
use domain::permission::{Action, Relation};
use store::AppError;
use store::row::checkpoint::Model as Checkpoint;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

/// How many checkpoints the page lists; older ones are a line away in the address.
const SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "log/proof.html")]
struct Show {
    page: Page,
    /// The public key; empty before the first checkpoint.
    key: String,
    checkpoints: Vec<Checkpoint>,
    n: usize,
    may_take: bool,
    may_take_coalition: bool,
}

/// When a checkpoint was taken.
fn taken(checkpoint: &Checkpoint) -> String {
    Instant(checkpoint.taken_at).to_string()
}

pub(super) async fn show(visitor: Visitor) -> Result<Response, WebError> {
    let mut checkpoints = receipt::checkpoints(&visitor.cx())
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    let n = checkpoints.len();
    checkpoints.truncate(SHOWN);
    page(&Show {
        page: Page::new(&visitor, "How the log is proved").within("/log"),
        key: checkpoints.first().map(|row| row.key.clone()).unwrap_or_default(),
        checkpoints,
        n,
        may_take: visitor.actor.may(Action::TakeReceipt, Relation::OwnOrganisation),
        may_take_coalition: visitor.actor.may(Action::TakeReceipt, Relation::Coalition),
    })
}

pub(super) async fn own(Path(number): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    take(&visitor, &number, Whose::Own).await
}

pub(super) async fn coalition(Path(number): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    take(&visitor, &number, Whose::Coalition).await
}

async fn take(visitor: &Visitor, number: &str, whose: Whose) -> Result<Response, WebError> {
    let shown = |error| WebError::of(visitor, error);
    let number: i32 = number.parse().map_err(|_| shown(AppError::NotFound("checkpoint")))?;
    let receipt = receipt::take(&visitor.cx(), number, whose).await.map_err(shown)?;
    let text = serde_json::to_string_pretty(&receipt).map_err(|error| shown(error.into()))?;
    let name = format!("attachment; filename=\"receipt-{number}.json\"");
    let name = HeaderValue::from_str(&name).map_err(|error| shown(AppError::Internal(error.into())))?;
    let media_type = HeaderValue::from_static("application/json");
    Ok((
        [(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, name)],
        format!("{text}\n"),
    )
        .into_response())
}
