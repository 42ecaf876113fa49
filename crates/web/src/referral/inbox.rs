//! What came to one's own organisation: reading it, taking the person on, refusing, and saying in the end what came of it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use casework::case::{self, Listed};
use casework::referral::{self, Accept, Finish, Inbox, Reply, STANDARD, SealedCopy, Section};
use domain::casework::{HowFinished, ReferralState, WhyRefused};
use store::{AppError, FieldErrors};
use uuid::Uuid;

use super::look;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "referral/received.html")]
struct Received {
    page: Page,
    form: Form,
    of: Inbox,
    sections: Vec<Section>,
    /// Cases of one's own organisation whose person has the same name.
    alike: Vec<Listed>,
    reasons: Vec<(&'static str, &'static str)>,
    standard: &'static str,
}

impl Received {
    fn look(&self) -> &'static str {
        self.of.waits.map_or("framework", look)
    }

    fn waits(&self) -> bool {
        self.of.state == ReferralState::Offered
    }

    fn may_finish(&self) -> bool {
        self.of.state == ReferralState::Accepted
    }
}

fn framed(visitor: &Visitor) -> Page {
    Page::new(visitor, "Referral")
        .within("/referrals")
        .under("/cases", "Cases")
        .under("/referrals", "Referrals")
}

/// The cases of one's own organisation, as far as the visitor may open them, whose person has the name that came.
async fn alike(visitor: &Visitor, of: &Inbox) -> Result<Vec<Listed>, AppError> {
    let Some(copy) = &of.copy else {
        return Ok(Vec::new());
    };
    match case::namesakes(&visitor.cx(), &visitor.app.caseload, &copy.identity.name.0).await {
        // Whoever reads may not record just now, or no cases at all: the page still shows what came.
        Err(AppError::Refused(_) | AppError::Restricted(_) | AppError::Forbidden(_)) => Ok(Vec::new()),
        found => found,
    }
}

async fn received(visitor: &Visitor, id: Uuid, form: Form) -> Result<Received, AppError> {
    let of = referral::inbox(&visitor.cx(), id).await?;
    Ok(Received {
        page: framed(visitor),
        form,
        alike: alike(visitor, &of).await?,
        sections: of.copy.as_ref().map(SealedCopy::sections).unwrap_or_default(),
        of,
        reasons: WhyRefused::choices(),
        standard: STANDARD,
    })
}

pub(super) async fn show(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let form = Form::small(&visitor);
    let received = received(&visitor, id, form).await;
    page(&received.map_err(|error| WebError::of(&visitor, error))?)
}

/// The words to the sender where the person is taken on: the same page has another field of words, for a refusal.
const ACCEPT_WORDS: &str = "accept_words";

/// The page again with its faults, after an answer that was not taken.
async fn once_more(posted: Posted, id: Uuid, errors: FieldErrors) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let received = received(&visitor, id, posted.again(errors)).await;
    again(&received.map_err(|error| WebError::of(&visitor, error))?)
}

pub(super) async fn accept(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let words = posted.values.get(ACCEPT_WORDS).to_owned();
    let answer = referral::accept(&posted.cx(), id, &Accept { words }).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(case) => Ok(Redirect::to(&format!("/cases/{case}")).into_response()),
        Outcome::Again(errors) => {
            let mut placed = FieldErrors::new();
            for (field, words) in errors.iter() {
                placed.add(if field == "words" { ACCEPT_WORDS } else { field }, words);
            }
            once_more(posted, id, placed).await
        }
    }
}

pub(super) async fn refuse(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let input = Reply {
        why: posted.values.get("why").to_owned(),
        words: posted.values.get("words").to_owned(),
    };
    let answer = referral::refuse(&posted.cx(), id, &input).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(_) => Ok(Redirect::to("/referrals").into_response()),
        Outcome::Again(errors) => once_more(posted, id, errors).await,
    }
}

#[derive(Template)]
#[template(path = "referral/finish.html")]
struct Finishing {
    page: Page,
    form: Form,
    of: Inbox,
    ends: Vec<(&'static str, &'static str)>,
}

async fn finishing(visitor: &Visitor, id: Uuid, form: Form) -> Result<Finishing, WebError> {
    let of = referral::inbox(&visitor.cx(), id).await;
    let of = of.map_err(|error| WebError::of(visitor, error))?;
    Ok(Finishing {
        page: framed(visitor).under(format!("/referrals/{id}"), "Referral"),
        form,
        of,
        ends: HowFinished::choices(),
    })
}

pub(super) async fn ask(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    page(&finishing(&visitor, id, Form::small(&visitor)).await?)
}

pub(super) async fn finish(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let input = Finish {
        how: posted.values.get("how").to_owned(),
        words: posted.values.get("words").to_owned(),
    };
    let answer = referral::finish(&posted.cx(), id, &input).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(_) => Ok(Redirect::to("/referrals").into_response()),
        Outcome::Again(errors) => again(&finishing(&visitor, id, posted.again(errors)).await?),
    }
}
