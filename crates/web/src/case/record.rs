//! A new person and their case, in one form.

use axum::response::Response;
use casework::case::{self, About, Record};
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
    }
}

pub(super) async fn open(visitor: Visitor) -> Result<Response, WebError> {
    let mut values = Values::default();
    values.set_day("opened_on", &visitor.now.british_day().iso());
    let form = Form::open(&visitor, values).await?;
    page(&asking(&visitor, form))
}

async fn command(posted: &Posted) -> Result<Uuid, AppError> {
    let typed = typed(&posted.values);
    let mut errors = FieldErrors::new();
    let about = About::read(&typed, &mut errors);
    let identity = Identity::read(&typed, &mut errors);
    let contact = SafeContact::read(&typed, &mut errors);
    let (Some(about), Some(identity), Some(contact)) = (about, identity, contact) else {
        return Err(AppError::Invalid(errors));
    };
    let input = Record {
        identity,
        contact,
        about,
        is_invented: posted.visitor.app.settings.is_demo,
    };
    case::record(&posted.cx(), input).await
}

pub(super) async fn record(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match outcome(command(&posted).await).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, "/cases/new").await;
            Ok(back(id))
        }
        Outcome::Again(errors) => asking(&visitor, posted.again(errors)).again(),
    }
}
