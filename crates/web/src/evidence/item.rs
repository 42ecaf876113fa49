//! One item of evidence, and its files.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::Instant;
use domain::ids::{EvidenceId, FileId};
use monitoring::evidence::{self, Item as Found, Use};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use store::AppError;
use store::row::file;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

#[derive(Template)]
#[template(path = "evidence/item.html")]
struct Show {
    page: Page,
    item: Found,
    may_record: bool,
    /// Where the member sees who opened or changed it, if they may.
    trace: Option<String>,
}

impl Show {
    /// The name of a passage's file.
    fn file_name(&self, id: &uuid::Uuid) -> &str {
        self.item
            .files
            .iter()
            .find(|file| file.id == *id)
            .map_or("", |file| file.name.as_str())
    }

    fn forms(&self) -> String {
        self.item
            .forms
            .iter()
            .map(|form| form.words())
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn groups(&self) -> String {
        self.item
            .groups
            .iter()
            .map(|group| group.words())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// A file's size as people read it.
fn size(file: &file::Model) -> String {
    match file.n_bytes {
        n @ 0..1_000 => format!("{n} bytes"),
        n @ 1_000..1_000_000 => format!("{} kB", n / 1_000),
        n => format!("{}.{} MB", n / 1_000_000, n % 1_000_000 / 100_000),
    }
}

/// When a file was taken in.
fn kept_since(file: &file::Model) -> String {
    Instant(file.created_at).to_string()
}

pub(super) async fn item(Path(id): Path<EvidenceId>, visitor: Visitor) -> Result<Response, WebError> {
    let item = evidence::find(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    let may_record = visitor.may(domain::permission::Action::RecordEvidence);
    // Whoever recorded it sees what others did with it; whoever reads the log sees it there.
    let is_own = visitor.actor.member.is_some_and(|me| me.0 == item.row.member_id);
    let trace = if is_own {
        Some(format!("/log/mine?record={id}"))
    } else if visitor.may(domain::permission::Action::ReadLog) {
        Some(format!("/log?record={id}"))
    } else {
        None
    };
    page(&Show {
        trace,
        page: Page::new(&visitor, &item.row.title)
            .within("/evidence")
            .under("/evidence", "Evidence"),
        item,
        may_record,
    })
}

/// A file, to be saved and never shown by the browser inside our own pages.
pub(super) async fn download(
    Path((id, file)): Path<(EvidenceId, FileId)>,
    visitor: Visitor,
) -> Result<Response, WebError> {
    let found = evidence::open_file(&visitor.cx(), id, file).await;
    let (row, bytes) = found.map_err(|error| WebError::of(&visitor, error))?;
    let name = utf8_percent_encode(&row.name, NON_ALPHANUMERIC);
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"))
        .map_err(|error| AppError::Internal(error.into()))?;
    // What the sender called it is not believed: a page sent as a picture stays a file.
    let media_type = HeaderValue::from_static("application/octet-stream");
    Ok((
        [
            (header::CONTENT_TYPE, media_type),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response())
}
