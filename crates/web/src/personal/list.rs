//! The sealed originals of one's own organisation.

use askama::Template;
use axum::response::Response;
use monitoring::personal::{self, Listed};

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

#[derive(Template)]
#[template(path = "personal/list.html")]
struct List {
    page: Page,
    originals: Vec<Listed>,
}

/// What a state of a redacted copy means to a reader of the list.
fn state(code: &str) -> &'static str {
    match code {
        "proposed" => "a copy waits to be compared",
        "approved" => "copy approved",
        "returned" => "copy returned: write it anew",
        _ => "no copy yet",
    }
}

pub(super) async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let originals = personal::list(&visitor.cx())
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&List {
        page: Page::new(&visitor, "Sealed evidence")
            .within("/evidence")
            .under("/evidence", "Evidence"),
        originals,
    })
}
