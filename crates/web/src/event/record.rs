//! Recording an event: first which kind, then its questions. The choice is posted, so that neither the browser's history nor
//! a proxy's log tells that someone died or took their consent back.

use std::collections::HashSet;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use casework::case;
use casework::consent::OUR_TEXT;
use casework::event::{self, Kind, Record};
use domain::casework::{Purpose, ReadingSet};
use domain::permission::Action;
use store::{AppError, draft};
use uuid::Uuid;

use super::form::asking;
use crate::case::back;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::recognition::reading;
use crate::sheet::{Asking, frame, typed};

/// What a form is opened for: the code of a kind, and what the page before knows of the answers already, as
/// `consent/litigation/withdrawn`, `recognition/adult_labour` or `outcomes/month_6`.
struct Choice {
    code: String,
    kind: Kind,
    /// Fields with the answers that are known.
    known: Vec<(&'static str, String)>,
}

impl Choice {
    fn parse(code: &str) -> Option<Self> {
        let mut parts = code.split('/');
        let kind = Kind::parse(parts.next()?).ok().filter(|kind| kind.is_recorded())?;
        let fields: &[&'static str] = match kind {
            Kind::Recognition => &["set"],
            Kind::Outcomes | Kind::ReturnContact => &["point"],
            Kind::NeedsAssessment => &["occasion"],
            _ => &["purpose", "said"],
        };
        let known: Vec<_> = fields.iter().copied().zip(parts.map(ToOwned::to_owned)).collect();
        // Without a list there is nothing to go through.
        let is_whole = kind != Kind::Recognition || known.iter().any(|(_, set)| ReadingSet::parse(set).is_ok());
        is_whole.then(|| Self {
            code: code.to_owned(),
            kind,
            known,
        })
    }

    /// What a form was opened for that was posted or kept.
    fn of(values: &Values) -> Option<Self> {
        Self::parse(values.get("choice")).or_else(|| Self::parse(values.get("kind")))
    }

    /// The name under which its draft is kept. It says nothing of the kind to anyone else.
    fn draft(&self, visitor: &Visitor, id: Uuid) -> Result<String, AppError> {
        draft::name(&visitor.cx(), &address(id), &self.code)
    }
}

fn address(id: Uuid) -> String {
    format!("/cases/{id}/events/new")
}

#[derive(Template)]
#[template(path = "event/kinds.html")]
struct Kinds {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    /// Kinds of which a draft is kept.
    drafts: HashSet<Kind>,
}

async fn kinds(visitor: &Visitor, id: Uuid) -> Result<Kinds, AppError> {
    let whose = case::name(&visitor.cx(), id, Action::RecordEvent).await?;
    let mut names = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| kind.is_recorded()) {
        names.push((*kind, draft::name(&visitor.cx(), &address(id), kind.code())?));
    }
    let all: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
    let kept = draft::kept(&visitor.cx(), &all).await?;
    Ok(Kinds {
        page: frame(visitor, "Record what happened", id),
        form: Form::small(visitor),
        id,
        whose,
        drafts: names
            .into_iter()
            .filter(|(_, name)| kept.contains(name))
            .map(|(kind, _)| kind)
            .collect(),
    })
}

async fn recording(visitor: &Visitor, id: Uuid, choice: Choice, form: Form, whose: String) -> Asking {
    let mut asking = asking(visitor, id, choice.kind, form, whose);
    if choice.kind == Kind::Consent {
        let purpose = Purpose::parse(asking.form.kept("purpose")).ok();
        let receivers = crate::consent::receivers(visitor).await;
        for (_, questions) in &mut asking.groups {
            *questions = crate::consent::fitted(std::mem::take(questions), purpose, &receivers);
        }
    }
    let mut hidden = asking.hidden.clone();
    hidden.extend([("kind", choice.kind.code().to_owned()), ("choice", choice.code)]);
    Asking { hidden, ..asking }
}

/// The questions of a kind, with the draft that was kept of them.
async fn questions(visitor: &Visitor, id: Uuid, choice: Choice) -> Result<Asking, AppError> {
    let mut fresh = Values::default();
    fresh.set_day("on", &visitor.now.british_day().iso());
    let whose = if choice.kind == Kind::Consent {
        // Nothing is asked twice: the language is known from the person.
        let identity = case::open(&visitor.cx(), id).await?.person.identity;
        fresh.set("wording", OUR_TEXT);
        if let Some(language) = identity.language {
            fresh.set("language", language.0);
        }
        identity.name.0
    } else {
        case::name(&visitor.cx(), id, Action::RecordEvent).await?
    };
    for (field, answer) in &choice.known {
        fresh.set(field, answer.as_str());
    }
    let mut form = Form::open_as(visitor, choice.draft(visitor, id)?, fresh.clone()).await?;
    // Whoever presses “Take it back” of one purpose is not shown what was typed of another.
    if choice.known.iter().any(|(field, answer)| form.kept(field) != answer) {
        (form.values, form.is_restored) = (fresh, false);
    }
    Ok(recording(visitor, id, choice, form, whose).await)
}

/// The kinds to choose from; or the form that outlived its session, which signing in again keeps under its address.
pub(super) async fn open(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let form = Form::open(&visitor, Values::default()).await.map_err(shown)?;
    let asked = Choice::parse(form.kept("ask"));
    let typed = Choice::of(&form.values);
    let Some(choice) = asked.or(typed) else {
        return page(&kinds(&visitor, id).await.map_err(shown)?);
    };
    if form.kept("ask").is_empty() {
        // From now on under its own name, so that another kind can be chosen before this one is sent.
        let name = choice.draft(&visitor, id).map_err(shown)?;
        draft::save(&visitor.cx(), &name, &form.values.encode())
            .await
            .map_err(shown)?;
    }
    forget_draft(&visitor, &visitor.path).await;
    page(&questions(&visitor, id, choice).await.map_err(shown)?)
}

/// Shows the questions of the kind that was chosen, or records what was answered.
pub(super) async fn record(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let asked = posted.values.get("ask");
    let choice = if asked.is_empty() {
        Choice::of(&posted.values)
    } else {
        Choice::parse(asked)
    };
    let choice = choice.ok_or_else(|| shown(AppError::NotFound("kind of event")))?;
    if !asked.is_empty() {
        return page(&questions(&visitor, id, choice).await.map_err(shown)?);
    }
    let input = Record {
        kind: choice.kind,
        typed: typed(&posted.values),
    };
    let answer = event::record(&posted.cx(), id, input).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(made) => {
            forget_draft(&visitor, &choice.draft(&visitor, id).map_err(shown)?).await;
            // A reading ends in what to do now.
            if choice.kind == Kind::Recognition {
                return Ok(Redirect::to(&reading(id, made)).into_response());
            }
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let whose = case::name(&visitor.cx(), id, Action::RecordEvent)
                .await
                .map_err(shown)?;
            let form = Form {
                draft: choice.draft(&visitor, id).map_err(shown)?,
                ..posted.again(errors)
            };
            recording(&visitor, id, choice, form, whose).await.again()
        }
    }
}
