//! What the person an original is about can ask for: what is kept, and to be forgotten.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use monitoring::personal::{self, About};
use store::AppError;
use uuid::Uuid;

use super::frame;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted};
use crate::page::Page;

#[derive(Template)]
#[template(path = "personal/about.html")]
struct Ask {
    page: Page,
    form: Form,
    id: Uuid,
}

/// The readable form: a page made to be printed or saved as a PDF by the browser.
#[derive(Template)]
#[template(path = "personal/given.html")]
struct Given {
    page: Page,
    about: About,
}

#[derive(Template)]
#[template(path = "personal/erase.html")]
struct Erase {
    page: Page,
    form: Form,
    id: Uuid,
    /// Days that a backup of the key store is kept.
    days: u32,
}

pub(super) async fn form(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    personal::exists(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&Ask {
        page: frame(&visitor, "Give a person what is kept about them"),
        form: Form::small(&visitor),
        id,
    })
}

pub(super) async fn about(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let about = personal::about(&posted.cx(), id, posted.values.get("strike"))
        .await
        .map_err(shown)?;
    match (posted.values.get("as"), visitor.app.print) {
        ("json", _) => {
            let json = about.json().map_err(shown)?;
            Ok(attachment(json, "application/json", "what-is-kept.json"))
        }
        ("pdf", Some(print)) => {
            let title = "What is kept about you".to_owned();
            let printed = tokio::task::spawn_blocking(move || print(&title, &about.paragraphs())).await;
            let pdf = printed
                .map_err(|error| shown(AppError::Internal(error.into())))?
                .map_err(shown)?;
            Ok(attachment(pdf, "application/pdf", "what-is-kept.pdf"))
        }
        _ => page(&Given {
            page: frame(&visitor, "What is kept about you"),
            about,
        }),
    }
}

fn attachment(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    (headers, bytes).into_response()
}

pub(super) async fn ask(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    personal::exists(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    page(&asking(&visitor, Form::small(&visitor), id))
}

fn asking(visitor: &Visitor, form: Form, id: Uuid) -> Erase {
    Erase {
        page: frame(visitor, "Forget a person"),
        form,
        id,
        days: visitor.app.settings.key_backup_days,
    }
}

pub(super) async fn erase(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    if posted.values.get("sure") != "yes" {
        let words = "Tick the box: what is erased can be brought back by nobody";
        let form = posted.again(store::FieldErrors::of("sure", words));
        return again(&asking(&visitor, form, id));
    }
    personal::erase(&posted.cx(), id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    Ok(Redirect::to("/personal").into_response())
}
