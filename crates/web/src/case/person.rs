//! What is kept of a person and what their case is: amending it, and forgetting them.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use casework::case::{self, About};
use casework::person::{self, Amend, Contact, Identity, SafeContact};
use casework::referral::Sent;
use casework::sheet::{Field, Input, Sheet};
use domain::casework::ReferralState;
use domain::permission::Action;
use store::{AppError, FieldErrors};
use uuid::Uuid;

use super::back;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::sheet::{Asking, filled, frame, outdated, typed};

/// Which part of what is kept is amended.
#[derive(Clone, Copy)]
enum Amended {
    Identity,
    Contact,
    About,
}

/// The name of the box that does away with how someone could be contacted before.
const FORGET: &str = "forget_earlier";

/// Asks whether what was recorded before has to go: a number that endangers someone must not stay.
fn forget_earlier() -> Field {
    Field {
        key: FORGET,
        caption: "What was recorded before",
        hint: "It is kept, as everything in a case is, unless keeping it puts them in danger.",
        input: Input::Boxes(vec![("yes", "Remove it for good")]),
        is_optional: true,
        is_rare: true,
        suggested: Vec::new(),
    }
}

impl Amended {
    fn fields(self) -> Vec<Field> {
        match self {
            Self::Identity => Identity::fields(),
            Self::Contact => [SafeContact::fields(), vec![forget_earlier()]].concat(),
            Self::About => About::fields(),
        }
    }

    /// What is stored, as the form would have been filled in.
    fn stored(self, of: &case::Opened) -> Values {
        let mut values = filled(match self {
            Self::Identity => of.person.identity.kept(),
            Self::Contact => kept_contact(of),
            Self::About => of.about.kept(),
        });
        values.set("of_revision", self.revision(of).to_string());
        values
    }

    /// The revision that is stored.
    const fn revision(self, of: &case::Opened) -> i32 {
        match self {
            Self::Identity | Self::Contact => of.person_revision,
            Self::About => of.revision,
        }
    }

    async fn amend(self, posted: &Posted, id: Uuid) -> Result<Uuid, AppError> {
        let typed = typed(&posted.values);
        let (cx, revision) = (posted.cx(), posted.revision());
        let mut errors = FieldErrors::new();
        let change = match self {
            Self::Identity => Identity::read(&typed, &mut errors).map(Amend::Identity),
            Self::Contact if posted.values.get(FORGET) == "yes" => {
                SafeContact::read(&typed, &mut errors).map(Amend::ContactAlone)
            }
            Self::Contact => SafeContact::read(&typed, &mut errors).map(Amend::Contact),
            Self::About => {
                return match About::read(&typed, &mut errors) {
                    Some(about) => case::amend(&cx, id, about, revision).await,
                    None => Err(AppError::Invalid(errors)),
                };
            }
        };
        match change {
            Some(change) => person::amend(&cx, id, change, revision).await,
            None => Err(AppError::Invalid(errors)),
        }
    }
}

/// The contact that is stored. Where nothing holds any more of what was gone through, its day is left open: saving the form says
/// that it was gone through on the day that stands there.
fn kept_contact(of: &case::Opened) -> Vec<(String, String)> {
    let mut kept = of.person.contact.kept();
    if !matches!(
        of.contact,
        Contact::Safe(_) | Contact::Stale(_) | Contact::NotBefore(_) | Contact::Never(_)
    ) {
        kept.retain(|(key, _)| !key.starts_with("confirmed_on"));
    }
    kept
}

fn asking(visitor: &Visitor, amended: Amended, form: Form, of: &case::Opened) -> Asking {
    let (heading, lead, last) = match amended {
        Amended::Identity => (
            "Amend who they are",
            "What you change here is not kept as it was: a name that endangers someone can go for good.",
            "person",
        ),
        Amended::Contact => (
            "How they may be contacted",
            "Go through it with the person. Write nothing here that they did not say is safe. What was recorded before stays readable in the case.",
            "contact",
        ),
        Amended::About => (
            "Amend what the case is",
            "The nation decides which bank holidays count: every clock of the case is counted anew.",
            "about",
        ),
    };
    Asking {
        page: frame(visitor, heading, of.id),
        form,
        heading,
        lead,
        whose: of.person.identity.name.0.clone(),
        groups: vec![("", amended.fields())],
        action: format!("/cases/{}/{last}", of.id),
        verb: "Save",
        back: format!("/cases/{}", of.id),
        revision: None,
        hidden: Vec::new(),
        differs: Vec::new(),
        alike: Vec::new(),
    }
}

async fn open(id: Uuid, visitor: &Visitor, amended: Amended) -> Result<Response, WebError> {
    let shown = |error| WebError::of(visitor, error);
    let of = case::open(&visitor.cx(), id).await.map_err(shown)?;
    let form = Form::open(visitor, amended.stored(&of)).await.map_err(shown)?;
    let revision = Some(form.opened_on(amended.revision(&of)));
    let asking = asking(visitor, amended, form, &of);
    page(&Asking { revision, ..asking })
}

async fn amend(id: Uuid, posted: Posted, amended: Amended) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let revision = posted.revision();
    let answer = amended.amend(&posted, id).await;
    if let Err(AppError::Conflict(_)) = answer {
        let of = case::open(&visitor.cx(), id).await.map_err(shown)?;
        let asking = asking(&visitor, amended, outdated(posted), &of);
        return asking.both(&amended.stored(&of), amended.revision(&of));
    }
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(back(id))
        }
        Outcome::Again(errors) => {
            let of = case::open(&visitor.cx(), id).await.map_err(shown)?;
            let asking = asking(&visitor, amended, posted.again(errors), &of);
            // Still the revision that was read: a change since then must not be missed the second time.
            let revision = Some(revision);
            Asking { revision, ..asking }.again()
        }
    }
}

pub(super) async fn identity(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    open(id, &visitor, Amended::Identity).await
}

pub(super) async fn amend_identity(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    amend(id, posted, Amended::Identity).await
}

pub(super) async fn contact(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    open(id, &visitor, Amended::Contact).await
}

pub(super) async fn amend_contact(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    amend(id, posted, Amended::Contact).await
}

pub(super) async fn about(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    open(id, &visitor, Amended::About).await
}

pub(super) async fn amend_about(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    amend(id, posted, Amended::About).await
}

#[derive(Template)]
#[template(path = "case/forget.html")]
struct Forget {
    page: Page,
    form: Form,
    id: Uuid,
    /// Whose; empty where the key is gone and nobody can tell.
    whose: String,
    /// Who holds a copy that stays with them, by name.
    held: Vec<String>,
    /// Other cases of the same person, which stay, each with the name that it is kept under.
    linked: Vec<(Uuid, String)>,
    /// Days that a backup of the key store is kept.
    days: u32,
}

/// Who keeps a copy when the person is forgotten here: not those whose copy can still be destroyed.
fn held(of: &case::Opened) -> Vec<String> {
    let stays = |sent: &&&Sent| sent.is_outside || sent.state != ReferralState::Offered;
    let all = of.referrals.held();
    let mut names: Vec<String> = all
        .iter()
        .filter(stays)
        .map(|sent| sent.note.receiver.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Other cases of the same person. Whoever forgets people opens every case of their organisation.
async fn linked(visitor: &Visitor, id: Uuid) -> Result<Vec<(Uuid, String)>, AppError> {
    let cx = visitor.cx();
    let mut linked = Vec::new();
    for other in case::linked(&cx, &visitor.app.caseload, id).await? {
        match case::name(&cx, other, Action::ForgetPerson).await {
            Ok(name) => linked.push((other, name)),
            // Forgotten at this moment.
            Err(AppError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(linked)
}

async fn forgetting(visitor: &Visitor, form: Form, id: Uuid) -> Result<Forget, AppError> {
    let (whose, held, linked) = match case::name(&visitor.cx(), id, Action::ForgetPerson).await {
        Ok(name) => {
            let of = case::open(&visitor.cx(), id).await?;
            (name, held(&of), linked(visitor, id).await?)
        }
        Err(AppError::Refused(_)) => (String::new(), Vec::new(), Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(Forget {
        page: frame(visitor, "Forget a person", id),
        form,
        id,
        whose,
        held,
        linked,
        days: visitor.app.settings.key_backup_days,
    })
}

pub(super) async fn ask(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    page(&forgetting(&visitor, Form::small(&visitor), id).await.map_err(shown)?)
}

pub(super) async fn forget(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    if posted.values.get("sure") != "yes" {
        let words = "Tick the box: what is erased can be brought back by nobody";
        let form = posted.again(FieldErrors::of("sure", words));
        return again(&forgetting(&visitor, form, id).await.map_err(shown)?);
    }
    person::forget(&posted.cx(), id).await.map_err(shown)?;
    Ok(Redirect::to("/cases").into_response())
}
