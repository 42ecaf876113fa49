//! The form that records a claim and amends it: one page for both.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::cycle::Jurisdiction;
use domain::ids::ClaimId;
use monitoring::claim::{self, Amend, Choices, Line, Record};
use store::{AppError, FieldErrors};

use super::{claim_id, frame, title_of};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::{Page, day, jurisdiction};

#[derive(Template)]
#[template(path = "claim/form.html")]
struct Editor {
    page: Page,
    form: Form,
    /// Where the form is sent.
    action: String,
    /// The claim being amended; `None` where one is recorded.
    of: Option<Line>,
    /// The revision the form was opened on.
    revision: i32,
    choices: Choices,
    jurisdictions: Vec<(&'static str, &'static str)>,
    /// Answers that differ from what someone else stored meanwhile: (caption, stored, typed).
    differs: Vec<(&'static str, String, String)>,
}

impl Editor {
    fn verb(&self) -> &'static str {
        if self.of.is_some() {
            "Save the changes"
        } else {
            "Record the claim"
        }
    }
}

/// The page: for a new claim, or for one that exists.
async fn editor(visitor: &Visitor, form: Form, of: Option<Line>) -> Result<Editor, AppError> {
    let (page, action) = match &of {
        Some(line) => {
            let address = format!("/claims/{}", line.claim.id);
            let page = frame(visitor, "Amend a claim").under(address.clone(), title_of(line));
            (page, format!("{address}/amend"))
        }
        None => (frame(visitor, "Record a claim"), "/claims/new".to_owned()),
    };
    Ok(Editor {
        page,
        form,
        action,
        revision: of.as_ref().map_or(0, |line| line.claim.revision),
        of,
        choices: claim::choices(&visitor.cx()).await?,
        jurisdictions: Jurisdiction::choices(),
        differs: Vec::new(),
    })
}

pub(super) async fn open(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set("provision", Values::parse(&query.unwrap_or_default()).get("provision"));
    let form = Form::open(&visitor, values).await?;
    page(&editor(&visitor, form, None).await?)
}

pub(super) async fn reopen(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let line = claim::find(&visitor.cx(), claim_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    let form = Form::open(&visitor, stored(&line)).await.map_err(shown)?;
    let revision = form.opened_on(line.claim.revision);
    let mut editor = editor(&visitor, form, Some(line)).await.map_err(shown)?;
    editor.revision = revision;
    page(&editor)
}

/// What is stored, as the form would have been filled in.
fn stored(line: &Line) -> Values {
    let mut values = Values::default();
    let row = &line.claim;
    values.set("provision", row.provision_id.to_string());
    values.set("jurisdiction", &row.jurisdiction);
    values.set("body", row.body_id.map(|id| id.to_string()).unwrap_or_default());
    values.set("words", &row.words);
    values.set("source", &row.source);
    values.set("source_url", &row.source_url);
    values.set_day("made_on", &row.made_on);
    values.set("of_revision", row.revision.to_string());
    values
}

fn input(posted: &Posted) -> Record {
    let value = |field: &str| posted.values.get(field).to_owned();
    Record {
        provision: value("provision").parse().ok(),
        jurisdiction: value("jurisdiction"),
        body: value("body").parse().ok(),
        words: value("words"),
        source: value("source"),
        source_url: value("source_url"),
        made_on: posted.values.day("made_on"),
        is_invented: posted.visitor.app.settings.is_demo,
    }
}

pub(super) async fn record(posted: Posted) -> Result<Response, WebError> {
    match outcome(claim::record(&posted.cx(), input(&posted)).await)? {
        Outcome::Done(id) => {
            forget_draft(&posted.visitor, "/claims/new").await;
            Ok(Redirect::to(&format!("/claims/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&editor(&visitor, posted.again(errors), None).await?)
        }
    }
}

pub(super) async fn amend(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = claim_id(&id).map_err(shown)?;
    let line = claim::find(&visitor.cx(), id).await.map_err(shown)?;
    let revision = posted.revision();
    let change = Amend {
        record: input(&posted),
        revision,
    };
    let answer = match claim::amend(&posted.cx(), id, change).await {
        Err(AppError::Conflict(_)) => return both_versions(&visitor, posted, id).await,
        answer => outcome(answer).map_err(shown)?,
    };
    match answer {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/claims/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let mut editor = editor(&visitor, posted.again(errors), Some(line))
                .await
                .map_err(shown)?;
            // Still the revision that was read: a change since then must not be missed the second time.
            editor.revision = revision;
            again(&editor)
        }
    }
}

/// Someone else amended it meanwhile: shows what is stored beside what was typed. Sending the form
/// again, with both in view, stores what was typed.
async fn both_versions(visitor: &Visitor, posted: Posted, id: ClaimId) -> Result<Response, WebError> {
    let shown = |error| WebError::of(visitor, error);
    let line = claim::find(&visitor.cx(), id).await.map_err(shown)?;
    let words =
        "Someone else amended this claim while you were editing it: compare both versions, then send the form again";
    let form = posted.again(FieldErrors::of("versions", words));
    let (now, typed) = (stored(&line), form.values.clone());
    let mut editor = editor(visitor, form, Some(line)).await.map_err(shown)?;
    let named = |code: &str| {
        let mut known = editor.choices.provisions.iter().chain(&editor.choices.bodies);
        known
            .find(|(id, _)| id == code)
            .map_or_else(|| code.to_owned(), |(_, words)| words.clone())
    };
    let words = |values: &Values, field: &str| match (field, values.get(field)) {
        ("made_on", _) => day(&values.day(field)),
        ("jurisdiction", code) => jurisdiction(code).to_owned(),
        ("body", "") => "The state as a whole".to_owned(),
        ("provision" | "body", id) => named(id),
        (_, typed) => typed.to_owned(),
    };
    let differs: Vec<_> = [
        ("provision", "Provision"),
        ("jurisdiction", "Which legal system it is about"),
        ("body", "Who said it"),
        ("words", "What was said"),
        ("source", "Where it was said"),
        ("source_url", "Web address of the source"),
        ("made_on", "When it was said"),
    ]
    .into_iter()
    .map(|(field, caption)| (caption, words(&now, field), words(&typed, field)))
    .filter(|(_, now, typed)| now != typed)
    .collect();
    editor.differs = differs;
    Ok((StatusCode::CONFLICT, page(&editor)?).into_response())
}
