//! Writing a redacted copy, and comparing it with its original.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::evidence::{Handling, Quoting};
use monitoring::personal::{self, Copy, Opened, Redaction, Verdict};
use store::AppError;
use uuid::Uuid;

use super::frame;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "personal/redact.html")]
struct Write {
    page: Page,
    form: Form,
    of: Opened,
}

#[derive(Template)]
#[template(path = "personal/compare.html")]
struct Compare {
    page: Page,
    form: Form,
    of: Opened,
    copy: Redaction,
}

/// What the form holds at first: the original's words, to be gone through.
fn first(of: &Opened) -> Values {
    let mut values = Values::default();
    let copy = of.copies.last().map(|last| &last.copy);
    let original = &of.original;
    let pick = |copied: Option<&String>, original: &String| copied.unwrap_or(original).clone();
    values.set("title", pick(copy.map(|copy| &copy.title), &original.title));
    values.set("summary", pick(copy.map(|copy| &copy.summary), &original.summary));
    values.set("publisher", pick(copy.map(|copy| &copy.publisher), &original.publisher));
    values.set("origin", pick(copy.map(|copy| &copy.origin), &original.origin));
    values.set(
        "source_url",
        pick(copy.map(|copy| &copy.source_url), &original.source_url),
    );
    values.set("handling", pick(copy.map(|copy| &copy.handling), &original.handling));
    values.set("quoting", pick(copy.map(|copy| &copy.quoting), &original.quoting));
    values.set_day(
        "effective_on",
        &pick(copy.map(|copy| &copy.effective_on), &original.effective_on),
    );
    for (n, passage) in (1..).zip(&original.passages) {
        values.set(&format!("quote_{n}"), &passage.quote);
        values.set(&format!("page_{n}"), &passage.page);
    }
    values
}

impl Write {
    /// The numbers of the passages that the original has.
    fn passages(&self) -> impl Iterator<Item = (String, String)> + '_ {
        (1..=self.of.original.passages.len()).map(|n| (format!("quote_{n}"), format!("page_{n}")))
    }
}

async fn opened(visitor: &Visitor, id: Uuid) -> Result<Opened, WebError> {
    personal::open(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(visitor, error))
}

pub(super) async fn form(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let of = opened(&visitor, id).await?;
    let form = Form::open(&visitor, first(&of)).await?;
    page(&Write {
        page: frame(&visitor, "Write the redacted copy"),
        form,
        of,
    })
}

fn typed(values: &Values, n_passages: usize) -> Copy {
    let get = |field: &str| values.get(field).to_owned();
    Copy {
        title: get("title"),
        summary: get("summary"),
        publisher: get("publisher"),
        origin: get("origin"),
        source_url: get("source_url"),
        effective_on: values.day("effective_on"),
        handling: get("handling"),
        quoting: get("quoting"),
        quotes: (1..=n_passages)
            .map(|n| (get(&format!("page_{n}")), get(&format!("quote_{n}"))))
            .filter(|(_, quote)| !quote.trim().is_empty())
            .collect(),
    }
}

pub(super) async fn redact(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let of = opened(&visitor, id).await?;
    let copy = typed(&posted.values, of.original.passages.len());
    let answer = personal::redact(&posted.cx(), id, copy, posted.values.get("strike")).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/personal/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&Write {
            page: frame(&visitor, "Write the redacted copy"),
            form: posted.again(errors),
            of,
        }),
    }
}

/// The copy that waits to be compared.
fn waiting(of: &Opened) -> Result<Redaction, AppError> {
    of.copies
        .iter()
        .find(|copy| copy.state == "proposed")
        .cloned()
        .ok_or_else(|| AppError::Refused("no redacted copy waits to be compared".into()))
}

pub(super) async fn compare(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let of = opened(&visitor, id).await?;
    let copy = waiting(&of).map_err(|error| WebError::of(&visitor, error))?;
    page(&Compare {
        page: frame(&visitor, "Compare the copy with the original"),
        form: Form::small(&visitor),
        of,
        copy,
    })
}

pub(super) async fn review(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let of = opened(&visitor, id).await?;
    let copy = waiting(&of).map_err(shown)?;
    let verdict = match posted.values.get("verdict") {
        "approve" => Verdict::Approve,
        _ => Verdict::Return(posted.values.get("note").to_owned()),
    };
    let answer = personal::review(&posted.cx(), copy.id, verdict).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/personal/{id}")).into_response()),
        Outcome::Again(errors) => again(&Compare {
            page: frame(&visitor, "Compare the copy with the original"),
            form: posted.again(errors),
            of,
            copy,
        }),
    }
}
