//! A new person and their case, in one form.

use axum::response::Response;
use casework::case::{self, About, Listed, Record};
use casework::person::{Identity, SafeContact};
use casework::sheet::Sheet;
use store::{AppError, FieldErrors};
use uuid::Uuid;

use super::back;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::sheet::{Asking, typed};

fn asking(visitor: &Visitor, form: Form) -> Asking {
    Asking {
        page: Page::new(visitor, "Record a person")
            .within("/cases")
            .under("/cases", "Cases"),
        form,
        heading: "Record a person",
        lead: "Only what you need to help them. Everything is sealed: nobody outside your organisation can read it, nor whoever runs the machine from the disk.",
        whose: String::new(),
        groups: vec![
            ("The person", Identity::fields()),
            ("The case", About::fields()),
            ("How they may be contacted", SafeContact::fields()),
        ],
        action: "/cases/new".to_owned(),
        verb: "Record the person",
        back: "/cases".to_owned(),
        revision: None,
        hidden: Vec::new(),
        differs: Vec::new(),
        alike: Vec::new(),
    }
}

pub(super) async fn open(visitor: Visitor) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set_day("opened_on", &visitor.now.british_day().iso());
    let form = Form::open(&visitor, values).await?;
    page(&asking(&visitor, form))
}

/// What came of a form that was sent.
enum Answer {
    /// The case that it made.
    Made(Uuid),
    /// Whom the organisation may have already, shown once before anything is recorded.
    Alike(Vec<Listed>),
}

impl From<Uuid> for Answer {
    fn from(id: Uuid) -> Self {
        Self::Made(id)
    }
}

/// The name under which a form says that the cases of one name were shown.
const SHOWN: &str = "shown";

async fn command(posted: &Posted) -> Result<Answer, AppError> {
    let typed = typed(&posted.values);
    let mut errors = FieldErrors::new();
    // In the order of the form, which its summary of faults keeps.
    let identity = Identity::read(&typed, &mut errors);
    let about = About::read(&typed, &mut errors);
    let contact = SafeContact::read(&typed, &mut errors);
    let (Some(about), Some(identity), Some(contact)) = (about, identity, contact) else {
        return Err(AppError::Invalid(errors));
    };
    let name = identity.name.0.clone();
    if posted.values.get(SHOWN) != name {
        match case::namesakes(&posted.cx(), &posted.visitor.app.caseload, &name).await {
            Ok(alike) if !alike.is_empty() => return Ok(Answer::Alike(alike)),
            // Where nothing can be opened nobody is shown, and the command says itself whether it can seal.
            Ok(_) | Err(AppError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let input = Record {
        identity,
        contact,
        about,
        is_invented: posted.visitor.app.settings.is_demo,
    };
    case::record(&posted.cx(), input).await.map(Answer::Made)
}

pub(super) async fn record(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match outcome(command(&posted).await).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(Answer::Made(id)) => {
            forget_draft(&visitor, "/cases/new").await;
            Ok(back(id))
        }
        Outcome::Done(Answer::Alike(alike)) => {
            let name = posted.values.get("name").trim().to_owned();
            let asking = asking(&visitor, posted.again(FieldErrors::new()));
            page(&Asking {
                verb: "Record another person",
                hidden: vec![(SHOWN, name)],
                alike,
                ..asking
            })
        }
        Outcome::Again(errors) => {
            let shown = posted.values.get(SHOWN).to_owned();
            let hidden = if shown.is_empty() {
                Vec::new()
            } else {
                vec![(SHOWN, shown)]
            };
            let asking = asking(&visitor, posted.again(errors));
            Asking { hidden, ..asking }.again()
        }
    }
}
