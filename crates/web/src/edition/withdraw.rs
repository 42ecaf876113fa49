//! Emergency withdrawal: one proposes, another approves.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use monitoring::edition::withdraw::{self, Propose};
use store::AppError;
use uuid::Uuid;

use super::manage::{edition_of, frame};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "edition/withdraw.html")]
struct WithdrawPage {
    page: Page,
    passages: Vec<(String, String)>,
    unreachable: &'static str,
    form: Form,
}

async fn withdraw_page(visitor: &Visitor, code: &str, form: Form) -> Result<WithdrawPage, WebError> {
    let listed = edition_of(visitor, code).await?;
    let mut passages: Vec<(String, String)> = Vec::new();
    for revision in &listed.revisions {
        let content = monitoring::edition::content(visitor.app.db.reader(), revision.id).await?;
        for (subject, id, title) in withdraw::passages(&content) {
            let key = format!("{subject}/{id}");
            if !passages.iter().any(|(known, _)| *known == key) {
                passages.push((key, title));
            }
        }
    }
    Ok(WithdrawPage {
        page: frame(visitor, "Emergency withdrawal", &listed.cycle),
        passages,
        unreachable: withdraw::UNREACHABLE,
        form,
    })
}

pub(super) async fn form(Path(code): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let form = Form::small(&visitor);
    page(&withdraw_page(&visitor, &code, form).await?)
}

pub(super) async fn propose(Path(code): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let listed = edition_of(&posted.visitor, &code).await?;
    let (subject, id) = posted.values.get("passage").split_once('/').unwrap_or_default();
    let input = Propose {
        subject: subject.to_owned(),
        id: id.to_owned(),
        reason: posted.values.get("reason").to_owned(),
    };
    match outcome(withdraw::propose(&posted.cx(), listed.id, input).await)? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/publish/{code}")).into_response()),
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&withdraw_page(&visitor, &code, posted.again(errors)).await?)
        }
    }
}

pub(super) async fn approve(Path((code, id)): Path<(String, String)>, posted: Posted) -> Result<Response, WebError> {
    let not_found = || WebError::of(&posted.visitor, AppError::NotFound("withdrawal"));
    let id: Uuid = id.parse().map_err(|_| not_found())?;
    edition_of(&posted.visitor, &code).await?;
    match outcome(withdraw::approve(&posted.cx(), id).await).map_err(|error| WebError::of(&posted.visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/publish/{code}")).into_response()),
        Outcome::Again(errors) => {
            let words = errors.iter().map(|(_, words)| words).collect::<Vec<_>>().join(" ");
            Err(WebError::of(&posted.visitor, AppError::Refused(words)))
        }
    }
}
