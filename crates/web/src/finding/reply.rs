//! The right of reply: to whom a finding was sent, and what they answered. The program sends nothing.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use monitoring::body;
use monitoring::finding::{self, Answer, Asked, Read, Send};
use store::AppError;

use super::{finding_id, frame};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "finding/send.html")]
struct Sending {
    page: Page,
    form: Form,
    of: Read,
    bodies: Vec<(String, String)>,
}

async fn sending(visitor: &Visitor, form: Form, of: Read) -> Result<Sending, AppError> {
    let bodies = body::list(&visitor.cx())
        .await?
        .into_iter()
        .map(|body| (body.id.to_string(), body.name))
        .collect();
    Ok(Sending {
        page: frame(visitor, "Record that a finding was sent", Some(&of)),
        form,
        of,
        bodies,
    })
}

pub(super) async fn open_send(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = finding::read(&visitor.cx(), finding_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    let form = Form::open(&visitor, Values::default()).await.map_err(shown)?;
    page(&sending(&visitor, form, of).await.map_err(shown)?)
}

pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = finding_id(&id).map_err(shown)?;
    let of = finding::read(&visitor.cx(), id).await.map_err(shown)?;
    let values = &posted.values;
    let input = Send {
        body: values.get("body").parse().ok(),
        sent_on: values.day("sent_on"),
        due_on: values.day("due_on"),
    };
    match outcome(finding::send(&posted.cx(), id, input).await).map_err(shown)? {
        Outcome::Done(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/findings/{id}#replies")).into_response())
        }
        Outcome::Again(errors) => again(&sending(&visitor, posted.again(errors), of).await.map_err(shown)?),
    }
}

#[derive(Template)]
#[template(path = "finding/answer.html")]
struct Answering {
    page: Page,
    form: Form,
    of: Read,
    asked: Asked,
}

/// A reply of this finding; one of another finding is not found.
async fn asked(visitor: &Visitor, id: &str, reply: &str) -> Result<(Read, Asked), AppError> {
    let of = finding::read(&visitor.cx(), finding_id(id)?).await?;
    let asked = of
        .replies
        .iter()
        .find(|asked| asked.row.id.to_string() == reply)
        .cloned();
    Ok((of, asked.ok_or(AppError::NotFound("right of reply"))?))
}

fn answering(visitor: &Visitor, form: Form, of: Read, asked: Asked) -> Answering {
    Answering {
        page: frame(visitor, "Record an answer", Some(&of)),
        form,
        of,
        asked,
    }
}

pub(super) async fn open_answer(
    visitor: Visitor,
    Path((id, reply)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let (of, asked) = asked(&visitor, &id, &reply).await.map_err(shown)?;
    let mut values = Values::default();
    values.set("words", &asked.row.words);
    values.set_day("replied_on", asked.row.replied_on.as_deref().unwrap_or_default());
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&answering(&visitor, form, of, asked))
}

pub(super) async fn answer(Path((id, reply)): Path<(String, String)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let (of, asked) = asked(&visitor, &id, &reply).await.map_err(shown)?;
    let input = Answer {
        replied_on: posted.values.day("replied_on"),
        words: posted.values.get("words").to_owned(),
    };
    match outcome(finding::answer(&posted.cx(), asked.row.id, input).await).map_err(shown)? {
        Outcome::Done(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/findings/{}#replies", of.row.id)).into_response())
        }
        Outcome::Again(errors) => again(&answering(&visitor, posted.again(errors), of, asked)),
    }
}
