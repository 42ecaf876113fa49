//! What coordinators do: open a study, end the collection, ask for the estimate, publish, close.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::StudyId;
use monitoring::study::{self, Choices};
use store::AppError;

use super::show_page;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "study/form.html")]
struct Open {
    page: Page,
    form: Form,
    choices: Choices,
}

async fn open_page(visitor: &Visitor, form: Form) -> Result<Open, WebError> {
    Ok(Open {
        page: Page::new(visitor, "Open a list study")
            .within("/studies")
            .under("/studies", "List studies"),
        form,
        choices: study::choices(&visitor.cx()).await?,
    })
}

pub(super) async fn form(visitor: Visitor) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set("threshold", study::THRESHOLD.to_string());
    values.set("fingerprint", study::default_fingerprint());
    let form = Form::open(&visitor, values).await?;
    page(&open_page(&visitor, form).await?)
}

pub(super) async fn open(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let typed = &posted.values;
    let input = study::Open {
        title: typed.get("title").to_owned(),
        question: typed.get("question").to_owned(),
        from_on: typed.day("from_on"),
        to_on: typed.day("to_on"),
        threshold: typed.get("threshold").to_owned(),
        organisations: typed
            .all("organisations")
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        officer: typed.get("officer").parse().ok(),
        recipient: typed.get("recipient").to_owned(),
        fingerprint: typed.get("fingerprint").to_owned(),
        is_invented: visitor.app.settings.is_demo,
        true_size: None,
    };
    let opened = study::open(&posted.cx(), input).await;
    match outcome(opened).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, "/studies/new").await;
            Ok(Redirect::to(&format!("/studies/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&open_page(&visitor, posted.again(errors)).await?),
    }
}

/// Goes back to the study's page, or shows it with what stands in the way.
async fn back(posted: Posted, id: StudyId, answer: Result<(), AppError>) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match outcome(answer.map(|()| id)).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/studies/{id}")).into_response()),
        Outcome::Again(errors) => again(&show_page(&visitor, id, posted.again(errors)).await?),
    }
}

pub(super) async fn collected(Path(id): Path<StudyId>, posted: Posted) -> Result<Response, WebError> {
    let answer = study::collected(&posted.cx(), id).await;
    back(posted, id, answer).await
}

pub(super) async fn reopen(Path(id): Path<StudyId>, posted: Posted) -> Result<Response, WebError> {
    let answer = study::reopen(&posted.cx(), id).await;
    back(posted, id, answer).await
}

pub(super) async fn estimate(Path(id): Path<StudyId>, posted: Posted) -> Result<Response, WebError> {
    let resamples = posted.values.get("resamples").parse().unwrap_or(study::RESAMPLES[0]);
    let answer = study::ask(&posted.cx(), id, resamples).await;
    back(posted, id, answer).await
}

pub(super) async fn publish(Path(id): Path<StudyId>, posted: Posted) -> Result<Response, WebError> {
    let answer = study::publish(&posted.cx(), id).await;
    match answer {
        Ok(()) => Ok(Redirect::to(&format!("/studies/published/{id}")).into_response()),
        Err(error) => back(posted, id, Err(error)).await,
    }
}

pub(super) async fn close(Path(id): Path<StudyId>, posted: Posted) -> Result<Response, WebError> {
    let answer = study::close(&posted.cx(), id).await;
    back(posted, id, answer).await
}
