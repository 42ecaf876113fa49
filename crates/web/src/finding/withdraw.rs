//! The page on which a finding is withdrawn, with a reason.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use monitoring::finding::{self, Read, Withdraw};
use store::{AppError, FieldErrors};

use super::{finding_id, frame};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "finding/withdraw.html")]
struct Open {
    page: Page,
    form: Form,
    of: Read,
}

fn opened(visitor: &Visitor, form: Form, of: Read) -> Open {
    let page = frame(visitor, "Withdraw a finding", Some(&of));
    Open { page, form, of }
}

pub(super) async fn open(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = finding::read(&visitor.cx(), finding_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    let form = Form::open(&visitor, Values::default()).await.map_err(shown)?;
    page(&opened(&visitor, form, of))
}

pub(super) async fn withdraw(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = finding_id(&id).map_err(shown)?;
    let input = Withdraw {
        reason: posted.values.get("reason").to_owned(),
        revision: posted.revision(),
    };
    let (answer, status) = match finding::withdraw(&posted.cx(), id, input).await {
        Err(AppError::Conflict(_)) => {
            let words = "The finding was amended since you opened it. What you see now is the new revision: read it, then decide again";
            (Ok(Outcome::Again(FieldErrors::of("form", words))), StatusCode::CONFLICT)
        }
        answer => (outcome(answer), StatusCode::UNPROCESSABLE_ENTITY),
    };
    match answer.map_err(shown)? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/findings/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let of = finding::read(&visitor.cx(), id).await.map_err(shown)?;
            let mut answer = again(&opened(&visitor, posted.again(errors), of))?;
            *answer.status_mut() = status;
            Ok(answer)
        }
    }
}
