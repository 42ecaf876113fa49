//! Contributions as the coalition receives them: who sent which, whose fingerprint is confirmed, and what is computed of all of
//! them together. No page shows a row of one, or one organisation's figures.

mod pooled;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::cycle::CycleState;
use domain::ids::{MemberId, ReceivedId};
use domain::permission::Action;
use domain::received::ReceivedState;
use monitoring::contribution::{self, Overview, Received, TakeIn};
use monitoring::cycle::{self, Cycle};
use monitoring::definition;
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::upload::Upload;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route(
            "/cycles/{id}/contributions",
            Action::ReceiveContribution,
            get(show).post(take_in),
        ),
        route(
            "/cycles/{id}/contributions/compute",
            Action::ComputeMeasures,
            post(compute),
        ),
        route(
            "/cycles/{id}/contributions/{received}/receipt",
            Action::HandOverContribution,
            get(receipt),
        ),
        route(
            "/cycles/{id}/contributions/{received}/confirm",
            Action::ReceiveContribution,
            post(confirm),
        ),
        route(
            "/cycles/{id}/contributions/{received}/refuse",
            Action::ReceiveContribution,
            post(refuse),
        ),
        route("/cycles/{id}/pack", Action::ReadAudit, get(pack)),
        route("/cycles/{id}/pooled", Action::ReadAudit, get(pooled::list)),
        route("/cycles/{id}/pooled/{measure}", Action::ReadAudit, get(pooled::show)),
    ]
}

#[derive(Template)]
#[template(path = "received/contributions.html")]
struct Show {
    page: Page,
    form: Form,
    cycle: Cycle,
    overview: Overview,
    /// Who looks at it.
    own: Option<MemberId>,
    /// How many measures stay as they were shown before.
    n_kept: usize,
    may_compute: bool,
    /// Whether the cycle is closed: then nothing is computed again, and nothing more is taken in.
    is_closed: bool,
    /// The number and the fingerprint of the coalition's key; `None` where it has none yet, so that nothing can be received.
    coalition_key: Option<(i32, String)>,
}

impl Show {
    fn organisations(&self) -> Vec<(String, String)> {
        self.overview
            .from
            .iter()
            .map(|from| (from.organisation.to_string(), from.name.clone()))
            .collect()
    }

    /// Those of whom nothing counts and nothing waits.
    fn awaited(&self) -> Vec<&str> {
        let is_here = |from: &&contribution::From| {
            from.received
                .iter()
                .any(|one| matches!(one.state, ReceivedState::Current | ReceivedState::Waiting))
        };
        self.overview
            .from
            .iter()
            .filter(|from| !is_here(from))
            .map(|from| from.name.as_str())
            .collect()
    }

    /// Whether the visitor may not confirm it, because they took it in themselves.
    fn needs_another(&self, one: &Received) -> bool {
        self.own.is_some_and(|own| one.needs_another(own))
    }

    /// Whether anything counts, so that there is something to compute.
    fn counts(&self) -> bool {
        self.overview
            .from
            .iter()
            .flat_map(|from| &from.received)
            .any(|one| one.state == ReceivedState::Current)
    }
}

/// The look of a state.
fn look(state: ReceivedState) -> &'static str {
    match state {
        ReceivedState::Current => "done",
        ReceivedState::Waiting => "due",
        ReceivedState::Replaced | ReceivedState::Refused => "framework",
    }
}

/// “First no. 2”, for a list.
fn named(of: &[(String, i32)]) -> String {
    let words: Vec<String> = of.iter().map(|(name, number)| format!("{name} no. {number}")).collect();
    words.join(", ")
}

/// What would be replaced and erased if one that waits were confirmed, for a list; empty where it is nothing.
fn replaced_by(from: &contribution::From, one: &Received) -> String {
    let words: Vec<String> = from
        .received
        .iter()
        .filter(|other| {
            other.number < one.number && matches!(other.state, ReceivedState::Current | ReceivedState::Waiting)
        })
        .map(|other| {
            let how = if other.is_plain() { "a plain file" } else { "signed" };
            format!("no. {} ({how}, received {})", other.number, other.received_at)
        })
        .collect();
    words.join(" and ")
}

async fn show_page(visitor: &Visitor, cycle: Cycle, form: Form) -> Result<Show, WebError> {
    let cx = visitor.cx();
    let framed = |error: AppError| WebError::of(visitor, error);
    let overview = contribution::overview(&cx, cycle.id.into()).await.map_err(framed)?;
    let lines = contribution::measured(&cx, cycle.id.into()).await.map_err(framed)?;
    let is_closed = cycle::state(&cycle).map_err(framed)? == CycleState::Closed;
    let coalition_key = access::key::public(&visitor.app.db, access::key::COALITION).await.ok();
    Ok(Show {
        page: crate::cycle::frame(visitor, "Contributions", &cycle),
        form,
        own: visitor.actor.member,
        n_kept: lines.iter().filter(|line| line.kept_at.is_some()).count(),
        may_compute: !is_closed && visitor.may(Action::ComputeMeasures),
        is_closed,
        coalition_key: coalition_key.map(|(number, key)| (number, key.fingerprint())),
        overview,
        cycle,
    })
}

async fn show(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&visitor, &id).await?;
    page(&show_page(&visitor, cycle, Form::small(&visitor)).await?)
}

/// Lands on the page, or shows it again with the faults.
async fn land<T: From<uuid::Uuid>>(
    posted: Posted,
    cycle: Cycle,
    answer: Result<T, AppError>,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/cycles/{}/contributions", cycle.id)).into_response()),
        Outcome::Again(errors) => again(&show_page(&visitor, cycle, posted.again(errors)).await?),
    }
}

async fn take_in(id: Path<String>, upload: Upload) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&upload.posted.visitor, &id).await?;
    let sent = upload.file("file");
    let input = TakeIn {
        cycle: Some(cycle.id.into()),
        organisation: upload.posted.values.get("organisation").parse().ok(),
        name: sent.map(|file| file.name.clone()).unwrap_or_default(),
        bytes: sent.map(|file| file.bytes.clone()).unwrap_or_default(),
    };
    let taken = contribution::take_in(&upload.posted.cx(), input).await;
    // A file that is refused as a whole is told beside the field.
    let taken = taken.map_err(|error| match error {
        AppError::Refused(words) => AppError::Invalid(FieldErrors::of("file", words)),
        error => error,
    });
    land(upload.posted, cycle, taken.map(|received| received.id)).await
}

async fn compute(id: Path<String>, upload: Upload) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&upload.posted.visitor, &id).await?;
    let clusters = upload.file("clusters").map(|file| file.bytes.clone());
    let is_empty = clusters.is_none() && !upload.posted.values.get("clusters").is_empty();
    let computed = if is_empty {
        Err(AppError::Invalid(FieldErrors::of(
            "clusters",
            "The file is empty: choose the file of clusters, or none",
        )))
    } else {
        contribution::compute(&upload.posted.cx(), cycle.id.into(), clusters).await
    };
    let cycle_id = cycle.id;
    land(upload.posted, cycle, computed.map(|_| ReceivedId(cycle_id))).await
}

/// The cycle and the contribution of an address.
async fn found(visitor: &Visitor, id: String, received: &str) -> Result<(Cycle, ReceivedId), WebError> {
    let cycle = crate::cycle::found(visitor, &Path(id)).await?;
    let received = received
        .parse()
        .map_err(|_| WebError::of(visitor, AppError::NotFound("contribution")))?;
    Ok((cycle, received))
}

async fn confirm(Path((id, received)): Path<(String, String)>, posted: Posted) -> Result<Response, WebError> {
    let (cycle, received) = found(&posted.visitor, id, &received).await?;
    let answer = contribution::confirm(&posted.cx(), received).await;
    land(posted, cycle, answer.map(|()| received)).await
}

async fn refuse(Path((id, received)): Path<(String, String)>, posted: Posted) -> Result<Response, WebError> {
    let (cycle, received) = found(&posted.visitor, id, &received).await?;
    let answer = contribution::refuse(&posted.cx(), received).await;
    land(posted, cycle, answer.map(|()| received)).await
}

/// The pack, for organisations that fill it in elsewhere.
async fn pack(id: Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&visitor, &id).await?;
    let shown = |error| WebError::of(&visitor, error);
    let pack = definition::pack(&visitor.cx(), &cycle.code).await.map_err(shown)?;
    let bytes = serde_json::to_vec_pretty(&pack).map_err(|error| shown(error.into()))?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"pack-{}.json\"", cycle.code))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}

async fn receipt(Path((id, received)): Path<(String, String)>, visitor: Visitor) -> Result<Response, WebError> {
    let (cycle, received) = found(&visitor, id, &received).await?;
    let one = contribution::find(&visitor.cx(), cycle.id.into(), received)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, one.receipt(&cycle)).into_response())
}
