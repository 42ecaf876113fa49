//! A reviewer reads a finding whole, then approves it or returns it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::assessment::Verdict;
use monitoring::finding::{self, Read, Review};
use store::{AppError, FieldErrors};

use super::{finding_id, frame};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

/// The verdicts with what each does.
const VERDICTS: [(&str, &str, &str); 2] = [
    (
        "approve",
        Verdict::Approve.words(),
        "The evidence carries the claim at the standard of proof, and the words may be printed as they stand.",
    ),
    (
        "return",
        Verdict::Return.words(),
        "Something should change first. Say what, below.",
    ),
];

#[derive(Template)]
#[template(path = "finding/review.html")]
struct Open {
    page: Page,
    form: Form,
    of: Read,
    /// Whether this member may review it at all, or recorded it.
    may_review: bool,
}

fn opened(visitor: &Visitor, form: Form, of: Read) -> Open {
    Open {
        page: frame(visitor, "Review a finding", Some(&of)),
        form,
        may_review: of.may_review(&visitor.cx()),
        of,
    }
}

pub(super) async fn open(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = finding::read(&visitor.cx(), finding_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    let form = Form::open(&visitor, Values::default()).await.map_err(shown)?;
    page(&opened(&visitor, form, of))
}

pub(super) async fn review(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = finding_id(&id).map_err(shown)?;
    let get = |field: &str| posted.values.get(field).to_owned();
    let input = Review {
        verdict: get("verdict"),
        note: get("note"),
        revision: posted.revision(),
    };
    let (answer, status) = match finding::review(&posted.cx(), id, input).await {
        Err(AppError::Conflict(_)) => {
            let words = "The finding was amended since you opened it. What you see now is the new revision: read it, then send your review again";
            (Ok(Outcome::Again(FieldErrors::of("form", words))), StatusCode::CONFLICT)
        }
        answer => (outcome(answer), StatusCode::UNPROCESSABLE_ENTITY),
    };
    match answer.map_err(shown)? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/findings/{id}#reviews")).into_response())
        }
        Outcome::Again(errors) => {
            let of = finding::read(&visitor.cx(), id).await.map_err(shown)?;
            let mut answer = again(&opened(&visitor, posted.again(errors), of))?;
            *answer.status_mut() = status;
            Ok(answer)
        }
    }
}
