//! The questions of an event, and the forms that correct it and strike it out.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use casework::case;
use casework::event::{self, Basis, Correct, Kind, common};
use casework::sheet::Sheet as _;
use domain::casework::ReadingSet;
use store::AppError;
use uuid::Uuid;

use crate::case::{back, pressed};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, forget_draft, outcome};
use crate::page::Page;
use crate::sheet::{Asking, filled, frame, typed};

#[derive(Template)]
#[template(path = "event/strike.html")]
struct Strike {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    /// The entry that would be struck out: nobody strikes out another than they mean.
    event: event::Event,
    /// Its answers that were given: caption and words.
    answers: Vec<(&'static str, String)>,
}

/// What is said above the questions of a kind.
const fn lead(kind: Kind) -> &'static str {
    match kind {
        Kind::Recognition => {
            "Tick what you saw or were told, and nothing else. Do not ask the person to fill this in: what nobody has seen or said stays empty."
        }
        Kind::Outcomes => {
            "Each question is the person’s own to answer, to leave out or to answer in words. Who was not asked is not rated."
        }
        Kind::Review => "A minute, now and then: what is not known here is never counted as a no.",
        Kind::Interview => {
            "What a referral asks for beyond who they are and what was done to them. Ask only what nobody has written down before."
        }
        _ => "",
    }
}

/// The questions of a kind of event.
pub(super) fn asking(visitor: &Visitor, id: Uuid, kind: Kind, form: Form, whose: String) -> Asking {
    let (on, note) = common();
    // Nobody goes through the signs of another list: which list it is was chosen before.
    let set = ReadingSet::parse(form.kept("set"))
        .ok()
        .filter(|_| kind == Kind::Recognition);
    let hidden = set.map(|set| ("set", set.code().to_owned())).into_iter().collect();
    let mut groups = if let Some(set) = set {
        crate::recognition::groups(set, on, note)
    } else {
        let mut questions = vec![on];
        questions.extend(kind.fields());
        // A note is nothing but words: it needs no more of them.
        if kind != Kind::Note {
            questions.push(note);
        }
        vec![("", questions)]
    };
    // What is still to be done is known from nowhere.
    if let Some((_, last)) = groups.last_mut().filter(|_| kind != Kind::Reminder) {
        last.extend(Basis::fields());
    }
    Asking {
        page: frame(visitor, "Record what happened", id),
        form,
        heading: kind.words(),
        lead: lead(kind),
        whose,
        groups,
        action: format!("/cases/{id}/events/new"),
        verb: "Record it",
        back: format!("/cases/{id}"),
        revision: None,
        hidden,
        differs: Vec::new(),
        alike: Vec::new(),
    }
}

/// The form of a correction: the event's own answers, to be put right.
fn correcting(visitor: &Visitor, id: Uuid, event: &event::Event, form: Form, whose: String) -> Asking {
    Asking {
        page: frame(visitor, "Correct an event", id),
        lead: "What you record now takes the place of the earlier entry, which stays and can be read.",
        action: format!("/cases/{id}/events/{}/correct", event.id),
        verb: "Record the correction",
        ..asking(visitor, id, event.entry.what.kind(), form, whose)
    }
}

async fn found(visitor: &Visitor, id: Uuid, event: Uuid) -> Result<(event::Event, String), AppError> {
    let of = case::open(&visitor.cx(), id).await?;
    let event = of.history.find(event).cloned().ok_or(AppError::NotFound("event"))?;
    Ok((event, of.person.identity.name.0))
}

pub(super) async fn reopen(Path((id, event)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let (event, whose) = found(&visitor, id, event).await.map_err(shown)?;
    let answers = [event.entry.what.kept(), event.entry.basis.kept()].concat();
    let mut values = filled(answers);
    values.set_day("on", &event.entry.on.iso());
    values.set("note", &event.entry.note);
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&correcting(&visitor, id, &event, form, whose))
}

pub(super) async fn correct(Path((id, event)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let input = Correct {
        event,
        typed: typed(&posted.values),
    };
    let answer = event::correct(&posted.cx(), id, input).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let (event, whose) = found(&visitor, id, event).await.map_err(shown)?;
            correcting(&visitor, id, &event, posted.again(errors), whose).again()
        }
    }
}

async fn striking(visitor: &Visitor, id: Uuid, event: Uuid, form: Form) -> Result<Strike, AppError> {
    let (event, whose) = found(visitor, id, event).await?;
    let mut answers = event.entry.what.shown();
    answers.retain(|(_, words)| !words.is_empty());
    Ok(Strike {
        page: frame(visitor, "Recorded by mistake", id),
        form,
        id,
        whose,
        event,
        answers,
    })
}

pub(super) async fn ask(Path((id, event)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let form = Form::small(&visitor);
    page(&striking(&visitor, id, event, form).await.map_err(shown)?)
}

pub(super) async fn strike(Path((id, event)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let answer = event::strike(&posted.cx(), id, event, posted.values.get("reason")).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => Ok(back(id)),
        Outcome::Again(errors) => {
            let form = posted.again(errors);
            again(&striking(&visitor, id, event, form).await.map_err(shown)?)
        }
    }
}

pub(super) async fn done(Path((id, event)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let answer = event::done(&posted.cx(), id, event).await;
    pressed(&posted, id, answer)
}
