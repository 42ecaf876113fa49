//! List studies: the coordinator opens one, organisations send their token files, the linkage officer links elsewhere, and
//! what the gate lets through of the estimate is published. Two pages say how it works: one for whoever sends a list, one for
//! whoever reads the number.
//!
//! No figure reaches a template here but as a gated one, and no count but as a band.

mod manage;
mod picture;
mod public;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::ids::{JobId, StudyId, TokenFileId};
use domain::permission::Action;
use domain::study::StudyState;
use monitoring::study::{self, List, Shown, Study};
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::upload::Upload;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/studies", Action::ReadStudy, get(list)),
        route("/studies/new", Action::OpenStudy, get(manage::form).post(manage::open)),
        route("/studies/lists-without-names", Action::ReadPublic, get(public::how)),
        route("/studies/method", Action::ReadPublic, get(public::method)),
        route("/studies/published", Action::ReadPublic, get(public::list)),
        route("/studies/published/{id}", Action::ReadPublic, get(public::show)),
        route("/studies/{id}", Action::ReadStudy, get(show)),
        route("/studies/{id}/tokens", Action::SendTokens, post(send)),
        route("/studies/{id}/tokens/{file}", Action::TakeTokens, get(take)),
        route("/studies/{id}/collected", Action::OpenStudy, post(manage::collected)),
        route("/studies/{id}/reopen", Action::OpenStudy, post(manage::reopen)),
        route("/studies/{id}/links", Action::RecordLinks, post(record_links)),
        route("/studies/{id}/estimate", Action::EstimateStudy, post(manage::estimate)),
        route("/studies/{id}/publish", Action::PublishStudy, post(manage::publish)),
        route("/studies/{id}/close", Action::OpenStudy, post(manage::close)),
    ]
}

#[derive(Template)]
#[template(path = "study/list.html")]
struct Listed {
    page: Page,
    studies: Vec<Study>,
    may_open: bool,
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let studies = study::list(&visitor.cx()).await?;
    page(&Listed {
        page: Page::new(&visitor, "List studies").within("/studies"),
        studies,
        may_open: visitor.may(Action::OpenStudy),
    })
}

/// How far the job of a study is.
struct Work {
    /// What it is doing, in words.
    words: String,
    done: i32,
    total: i32,
    /// Why it was given up.
    fault: String,
}

#[derive(Template)]
#[template(path = "study/show.html")]
struct Show {
    page: Page,
    form: Form,
    study: Study,
    lists: Vec<List>,
    /// The panel, for those who may read it.
    shown: Option<Shown>,
    /// The picture of it; empty where there is nothing to draw.
    picture: String,
    work: Option<Work>,
    may_open: bool,
    may_estimate: bool,
    may_publish: bool,
    megabytes: usize,
}

impl Show {
    /// The list of the reader's own organisation, where it may send a file for it now.
    fn own(&self) -> Option<&List> {
        self.lists.iter().find(|list| list.is_own)
    }

    fn state(&self) -> &'static str {
        self.study.state.name()
    }

    /// Whether publishing would publish numbers.
    fn gives_numbers(&self) -> bool {
        // A publisher who does not see the panel is told of the usual case; the command decides.
        self.shown.as_ref().is_none_or(|shown| shown.gives_numbers)
    }

    /// Whether models, histograms and the estimate on other lists would go out with the numbers.
    fn goes_out(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.goes_out)
    }

    /// Token files that the officer can download now, with the numbers of their lists.
    fn waiting(&self) -> Vec<(i32, TokenFileId)> {
        let present = |list: &List| {
            let file = list.files.iter().find(|file| file.end.is_none())?;
            Some((list.number, file.id))
        };
        self.lists.iter().filter_map(present).collect()
    }

    fn steps(&self) -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
        let now = StudyState::ALL.iter().position(|state| *state == self.study.state);
        let words = [
            "Organisations send their token files",
            "The linkage officer links them, elsewhere",
            "The overlaps are counted, the token files destroyed",
            "The methods have estimated",
            "Closed",
        ];
        (0..)
            .zip(words)
            .map(|(place, words)| match now.map(|now| now.cmp(&place)) {
                Some(std::cmp::Ordering::Greater) => ("", words, "done", "done"),
                Some(std::cmp::Ordering::Equal) => ("", words, "due", "now"),
                _ => ("", words, "", "to come"),
            })
            .collect()
    }
}

async fn show_page(visitor: &Visitor, id: StudyId, form: Form) -> Result<Show, WebError> {
    let cx = visitor.cx();
    let (study, lists) = study::get(&cx, id)
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    let may_estimate = visitor.may(Action::EstimateStudy);
    let (shown, work) = if may_estimate {
        (study::shown(&cx, id).await?, work(visitor, id).await?)
    } else {
        (None, None)
    };
    Ok(Show {
        page: Page::new(visitor, &study.title)
            .within("/studies")
            .under("/studies", "List studies"),
        form,
        study,
        lists,
        picture: shown.as_ref().map(picture::of).unwrap_or_default(),
        shown,
        work,
        may_open: visitor.may(Action::OpenStudy),
        may_estimate,
        may_publish: visitor.may(Action::PublishStudy),
        megabytes: study::MOST_BYTES / 1024 / 1024,
    })
}

/// The newest job of a study, while it waits or works, or when it was given up.
async fn work(visitor: &Visitor, id: StudyId) -> Result<Option<Work>, AppError> {
    let found = store::jobs::of(&visitor.app.db, study::JOB, &id.to_string()).await?;
    Ok(found.and_then(|job| match job.state.as_str() {
        "queued" | "running" => Some(Work {
            words: format!("Methods that have run{}", named(&job.note)),
            done: job.done,
            total: job.total.max(1),
            fault: String::new(),
        }),
        "failed" => Some(Work {
            words: String::new(),
            done: 0,
            total: 1,
            fault: format!(
                "It was given up, under the number {}: ask whoever keeps the machine running.",
                JobId(job.id)
            ),
        }),
        _ => None,
    }))
}

/// What runs now, if the job said so.
fn named(note: &str) -> String {
    if note.is_empty() {
        String::new()
    } else {
        format!("; now: {note}")
    }
}

async fn show(Path(id): Path<StudyId>, visitor: Visitor) -> Result<Response, WebError> {
    page(&show_page(&visitor, id, Form::small(&visitor)).await?)
}

fn chosen(upload: &Upload) -> bytes::Bytes {
    upload.file("file").map(|file| file.bytes.clone()).unwrap_or_default()
}

/// Lands on the study's page, or shows it again with the faults.
async fn land<T: From<uuid::Uuid>>(
    posted: Posted,
    id: StudyId,
    answer: Result<T, AppError>,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/studies/{id}")).into_response()),
        Outcome::Again(errors) => again(&show_page(&visitor, id, posted.again(errors)).await?),
    }
}

async fn send(Path(id): Path<StudyId>, upload: Upload) -> Result<Response, WebError> {
    let input = study::Send {
        n_people: upload.posted.values.get("n_people").to_owned(),
        bytes: chosen(&upload),
    };
    let sent = study::send(&upload.posted.cx(), id, input).await;
    land(upload.posted, id, sent).await
}

async fn record_links(Path(id): Path<StudyId>, upload: Upload) -> Result<Response, WebError> {
    let bytes = chosen(&upload);
    let recorded = if bytes.is_empty() {
        // Whose study it is decides before anything about the form is said.
        match study::get(&upload.posted.visitor.cx(), id).await {
            Ok(_) => Err(AppError::Invalid(FieldErrors::of(
                "file",
                "Choose the file that `rapporteur link` wrote",
            ))),
            Err(error) => Err(error),
        }
    } else {
        let input = study::Links {
            bytes,
            draws: upload.file("draws").map(|file| file.bytes.clone()).unwrap_or_default(),
            is_destroyed: upload.posted.values.get("is_destroyed") == "yes",
        };
        study::record_links(&upload.posted.cx(), id, input).await
    };
    land(upload.posted, id, recorded).await
}

async fn take(Path((id, file)): Path<(StudyId, TokenFileId)>, visitor: Visitor) -> Result<Response, WebError> {
    let taken = study::take(&visitor.cx(), id, file).await;
    let (name, bytes) = taken.map_err(|error| WebError::of(&visitor, error))?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}
