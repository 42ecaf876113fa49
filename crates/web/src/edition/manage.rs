//! The publisher's room: publish a closed cycle, watch it being rendered, correct a passage.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::cycle::CycleState;
use domain::ids::RevisionId;
use domain::publication::RevisionState;
use monitoring::cycle::{self, Cycle};
use monitoring::edition::{self, Correct, Listed, Words, withdraw};
use store::AppError;
use store::row::job;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

/// A cycle as the room lists it.
struct Entry {
    cycle: Cycle,
    state: CycleState,
    edition: Option<Listed>,
}

#[derive(Template)]
#[template(path = "edition/room.html")]
struct Room {
    page: Page,
    entries: Vec<Entry>,
}

pub(super) async fn room(visitor: Visitor) -> Result<Response, WebError> {
    let cx = visitor.cx();
    let mut editions = edition::list(&cx).await?;
    let mut entries = Vec::new();
    for cycle in cycle::list(&cx).await? {
        let at = editions.iter().position(|listed| listed.cycle.id == cycle.id);
        entries.push(Entry {
            state: cycle::state(&cycle)?,
            edition: at.map(|at| editions.remove(at)),
            cycle,
        });
    }
    page(&Room {
        page: Page::new(&visitor, "Publish").within("/editions"),
        entries,
    })
}

/// The cycle of a code.
pub(super) async fn cycle_of(visitor: &Visitor, code: &str) -> Result<Cycle, WebError> {
    let found = cycle::find(&visitor.cx(), code).await?;
    found.ok_or_else(|| WebError::of(visitor, AppError::NotFound("cycle")))
}

/// The edition of a cycle's code.
pub(super) async fn edition_of(visitor: &Visitor, code: &str) -> Result<Listed, WebError> {
    edition::find(&visitor.cx(), code)
        .await
        .map_err(|error| WebError::of(visitor, error))
}

/// Pages above one about an edition.
pub(super) fn frame(visitor: &Visitor, title: &str, cycle: &Cycle) -> Page {
    Page::new(visitor, title)
        .within("/editions")
        .under("/publish", "Publish")
        .under(format!("/publish/{}", cycle.code), cycle.title.clone())
}

#[derive(Template)]
#[template(path = "edition/edition.html")]
struct EditionPage {
    page: Page,
    listed: Listed,
    /// The job that renders what is being built, if there is one.
    job: Option<job::Model>,
    withdrawals: Vec<store::row::withdrawal::Model>,
    me: Option<uuid::Uuid>,
    form: Form,
}

pub(super) async fn edition(Path(code): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let cycle = cycle_of(&visitor, &code).await?;
    let listed = match edition::find(&visitor.cx(), &code).await {
        Ok(listed) => listed,
        Err(AppError::NotFound(_)) => return Ok(Redirect::to(&format!("/publish/{}/new", cycle.code)).into_response()),
        Err(error) => return Err(error.into()),
    };
    let building = listed
        .revisions
        .iter()
        .find(|revision| revision.state == RevisionState::Building);
    let job = match building {
        Some(revision) => store::jobs::of(&visitor.app.db, edition::JOB, &revision.id.to_string()).await?,
        None => None,
    };
    let withdrawals = withdraw::list(&visitor.cx(), listed.id).await?;
    let page_frame = Page::new(&visitor, &cycle.title)
        .within("/editions")
        .under("/publish", "Publish");
    page(&EditionPage {
        page: page_frame,
        listed,
        job,
        withdrawals,
        me: visitor.actor.member.map(uuid::Uuid::from),
        form: Form::small(&visitor),
    })
}

#[derive(Template)]
#[template(path = "edition/publish.html")]
struct PublishPage {
    page: Page,
    cycle: Cycle,
    state: CycleState,
    obstacles: Vec<String>,
    form: Form,
}

async fn publish_page(visitor: &Visitor, cycle: Cycle, form: Form) -> Result<PublishPage, WebError> {
    let obstacles = cycle::obstacles(visitor.app.db.reader(), cycle.id.into()).await?;
    let page = Page::new(visitor, &format!("Publish {}", cycle.title))
        .within("/editions")
        .under("/publish", "Publish");
    Ok(PublishPage {
        page,
        state: cycle::state(&cycle)?,
        obstacles,
        cycle,
        form,
    })
}

pub(super) async fn form(Path(code): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let cycle = cycle_of(&visitor, &code).await?;
    let form = Form::open(&visitor, Values::default()).await?;
    page(&publish_page(&visitor, cycle, form).await?)
}

pub(super) async fn publish(Path(code): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let cycle = cycle_of(&posted.visitor, &code).await?;
    let words = Words {
        summary: posted.values.get("summary").to_owned(),
        headlines: posted.values.get("headlines").to_owned(),
        licence: posted.values.get("licence").to_owned(),
    };
    match outcome(edition::publish(&posted.cx(), cycle.id.into(), &words).await)? {
        Outcome::Done(_) => {
            forget_draft(&posted.visitor, &posted.visitor.path).await;
            Ok(Redirect::to(&format!("/publish/{}", cycle.code)).into_response())
        }
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&publish_page(&visitor, cycle, posted.again(errors)).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "edition/correct.html")]
struct CorrectPage {
    page: Page,
    passages: Vec<(String, String)>,
    now: String,
    form: Form,
}

async fn correct_page(visitor: &Visitor, code: &str, mut form: Form) -> Result<(Listed, CorrectPage), WebError> {
    let listed = edition_of(visitor, code).await?;
    let newest: RevisionId = listed
        .revisions
        .first()
        .map(|revision| revision.id)
        .ok_or_else(|| WebError::of(visitor, AppError::NotFound("edition")))?;
    let content = edition::content(visitor.app.db.reader(), newest).await?;
    let passages = withdraw::passages(&content)
        .into_iter()
        .map(|(subject, id, title)| (format!("{subject}/{id}"), title))
        .collect();
    let chosen = form
        .kept("passage")
        .split_once('/')
        .and_then(|(subject, id)| withdraw::passage(&content, subject, id));
    let now = chosen.map(|(_, words)| words).unwrap_or_default();
    if form.kept("words").is_empty() {
        form.values.set("words", now.clone());
    }
    let page = frame(visitor, "Correct a passage", &listed.cycle);
    Ok((
        listed,
        CorrectPage {
            page,
            passages,
            now,
            form,
        },
    ))
}

pub(super) async fn correct_form(
    Path(code): Path<String>,
    uri: axum::http::Uri,
    visitor: Visitor,
) -> Result<Response, WebError> {
    let mut form = Form::small(&visitor);
    form.values = Values::parse(uri.query().unwrap_or_default());
    page(&correct_page(&visitor, &code, form).await?.1)
}

pub(super) async fn correct(Path(code): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let listed = edition_of(&posted.visitor, &code).await?;
    let (subject, id) = posted.values.get("passage").split_once('/').unwrap_or_default();
    let input = Correct {
        subject: subject.to_owned(),
        id: id.to_owned(),
        words: posted.values.get("words").to_owned(),
        reason: posted.values.get("reason").to_owned(),
    };
    match outcome(edition::correct(&posted.cx(), listed.id, input).await)? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/publish/{code}")).into_response()),
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&correct_page(&visitor, &code, posted.again(errors)).await?.1)
        }
    }
}

impl EditionPage {
    /// Whether the member asking proposed this withdrawal.
    fn is_mine(&self, row: &store::row::withdrawal::Model) -> bool {
        self.me == Some(row.proposed_by_id)
    }

    fn job_done(&self) -> i32 {
        self.job.as_ref().map_or(0, |job| job.done)
    }

    fn job_total(&self) -> i32 {
        self.job.as_ref().map_or(1, |job| job.total.max(1))
    }

    fn correct_href(&self) -> String {
        format!("/publish/{}/correct", self.listed.cycle.code)
    }

    fn withdraw_href(&self) -> String {
        format!("/publish/{}/withdraw", self.listed.cycle.code)
    }
}

impl PublishPage {
    fn state(&self) -> &CycleState {
        &self.state
    }
}
