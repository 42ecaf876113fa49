//! What a person agreed to, all purposes in one form. A later change of one of them is an event of its own, from the case's
//! page.

#[cfg(test)]
mod tests;

use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use casework::sheet::Field;
use casework::{case, consent, referral};
use domain::casework::Purpose;
use domain::permission::Action;
use uuid::Uuid;

use crate::case::back;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::routes::{Route, route};
use crate::sheet::{Asking, frame, typed};

pub(crate) fn routes() -> Vec<Route> {
    vec![route(
        "/cases/{id}/consents/new",
        Action::RecordEvent,
        get(open).post(record),
    )]
}

/// Names of organisations that details may go to, for a form to offer.
pub(crate) async fn receivers(visitor: &Visitor) -> Vec<String> {
    let all = referral::receivers(&visitor.cx()).await.unwrap_or_default();
    all.into_iter().map(|receiver| receiver.name).collect()
}

/// The questions of one answer, fitted to what it is about: whom and what details may go to is asked only where they go to
/// somebody, and the text that was read is not typed.
pub(crate) fn fitted(questions: Vec<Field>, purpose: Option<Purpose>, receivers: &[String]) -> Vec<Field> {
    let mut fitted = Vec::with_capacity(questions.len());
    for mut field in questions {
        match (field.key, purpose) {
            ("to_whom", None | Some(Purpose::Sharing)) => receivers.clone_into(&mut field.suggested),
            ("parts", None | Some(Purpose::Sharing)) => {}
            ("parts", Some(Purpose::Referral)) => {
                field.hint = "Tick nothing for all that the form of a referral asks for.";
            }
            ("to_whom" | "parts", Some(_)) => continue,
            _ => field = consent::offered(field),
        }
        fitted.push(field);
    }
    fitted
}

async fn asking(visitor: &Visitor, id: Uuid, form: Form, whose: String) -> Asking {
    let receivers = receivers(visitor).await;
    Asking {
        page: frame(visitor, "What the person agreed to", id),
        form,
        heading: "What the person agreed to",
        lead: "Read the text with them first, in their language, from “Texts”. Silence is no consent, and a no to one of these is no reason to help them less. What stays at “Not asked” stays as it is.",
        whose,
        groups: vec![
            ("", consent::asked()),
            ("What they said to each", consent::purposes()),
            ("If they agreed to passing details on", consent::sharing(&receivers)),
        ],
        action: format!("/cases/{id}/consents/new"),
        verb: "Record the answers",
        back: format!("/cases/{id}"),
        revision: None,
        hidden: Vec::new(),
        differs: Vec::new(),
        alike: Vec::new(),
    }
}

async fn open(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = case::open(&visitor.cx(), id).await.map_err(shown)?;
    let mut values = Values::default();
    values.set_day("on", &visitor.now.british_day().iso());
    values.set("wording", consent::OUR_TEXT);
    for purpose in Purpose::ALL {
        values.set(purpose.code(), consent::NOT_ASKED);
    }
    // Nothing is asked twice: the language is known from the person.
    if let Some(language) = &of.person.identity.language {
        values.set("language", language.0.as_str());
    }
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&asking(&visitor, id, form, of.person.identity.name.0).await)
}

async fn record(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let answer = consent::record(&posted.cx(), id, &typed(&posted.values)).await;
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let whose = case::name(&visitor.cx(), id, Action::RecordEvent)
                .await
                .map_err(shown)?;
            asking(&visitor, id, posted.again(errors), whose).await.again()
        }
    }
}
