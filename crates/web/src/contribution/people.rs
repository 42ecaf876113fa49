//! The people of a contribution, as a file that a passphrase opens: for linking lists without names.

use access::strength;
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use casework::contribution;
use store::AppError;
use uuid::Uuid;

use super::decide::plain;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted};
use crate::page::Page;

/// How many words the suggested passphrase has: the file lies where nobody slows a guesser down.
const N_WORDS: usize = 8;

#[derive(Template)]
#[template(path = "contribution/people.html")]
struct People {
    page: Page,
    form: Form,
    id: Uuid,
    cycle: String,
    number: i32,
    passphrase: String,
}

async fn shown(visitor: &Visitor, id: Uuid, form: Form) -> Result<People, AppError> {
    let (cycle, number) = contribution::of_people(&visitor.cx(), id).await?;
    let typed = form.kept("passphrase").to_owned();
    Ok(People {
        page: Page::new(visitor, "The people of a contribution").within("/contributions"),
        form,
        id,
        cycle,
        number,
        passphrase: if typed.is_empty() {
            strength::drawn(N_WORDS)
        } else {
            typed
        },
    })
}

pub(super) async fn form(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let form = Form::small(&visitor);
    page(
        &shown(&visitor, id, form)
            .await
            .map_err(|error| WebError::of(&visitor, error))?,
    )
}

pub(super) async fn take(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let fault = |error| WebError::of(&visitor, error);
    let passphrase = posted.values.get("passphrase").trim().to_owned();
    let made = contribution::people(&posted.cx(), &visitor.app.caseload, id, &passphrase).await;
    let made = match made {
        Ok(made) => made,
        Err(AppError::Invalid(errors)) => {
            return again(&shown(&visitor, id, posted.again(errors)).await.map_err(fault)?);
        }
        Err(error) => return Err(fault(error)),
    };
    let name = format!(
        "attachment; filename=\"people-{}-{}.csv.age\"",
        plain(&made.cycle),
        made.number
    );
    let disposition = HeaderValue::from_str(&name).map_err(|error| fault(AppError::Internal(error.into())))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, made.bytes).into_response())
}
