//! A referral as its sender sees it: what went, what was answered, taking it back; and for somebody outside the sealed file,
//! its passphrase and a letter.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use casework::referral::{self, STANDARD, Section, Sent};
use domain::casework::{HowFinished, ReferralState, WhyRefused};
use domain::permission::{Action, Relation};
use store::AppError;
use uuid::Uuid;

use super::look;
use crate::case::pressed;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;
use crate::sheet::frame;

#[derive(Template)]
#[template(path = "referral/sent.html")]
struct Show {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    of: Sent,
    sections: Vec<Section>,
    may_review: bool,
    states: Vec<(&'static str, &'static str)>,
    reasons: Vec<(&'static str, &'static str)>,
    ends: Vec<(&'static str, &'static str)>,
    standard: &'static str,
}

impl Show {
    fn look(&self) -> &'static str {
        self.of.waits.map_or("framework", look)
    }

    fn waits(&self) -> bool {
        self.of.state == ReferralState::Offered
    }

    fn is_accepted(&self) -> bool {
        self.of.state == ReferralState::Accepted
    }

    /// Whether the sender says what somebody outside answered.
    fn may_report(&self) -> bool {
        self.of.is_outside && !self.states.is_empty()
    }
}

async fn shown(visitor: &Visitor, id: Uuid, one: Uuid, form: Form) -> Result<Show, AppError> {
    let (whose, of) = referral::sent(&visitor.cx(), id, one).await?;
    let reached = [ReferralState::Accepted, ReferralState::Refused, ReferralState::Finished];
    Ok(Show {
        page: frame(visitor, "Referral", id),
        form,
        id,
        whose,
        sections: of.note.copy.sections(),
        may_review: visitor.actor.may(Action::ReviewOverride, Relation::OwnOrganisation),
        states: reached
            .into_iter()
            .filter(|next| of.state.may_become(*next))
            .map(|next| (next.code(), next.words()))
            .collect(),
        reasons: WhyRefused::choices(),
        ends: HowFinished::choices(),
        standard: STANDARD,
        of,
    })
}

pub(super) async fn show(Path((id, one)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let found = shown(&visitor, id, one, Form::small(&visitor)).await;
    page(&found.map_err(|error| WebError::of(&visitor, error))?)
}

pub(super) async fn revoke(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let answer = referral::revoke(&posted.cx(), id, one).await;
    pressed(&posted, id, answer)
}

pub(super) async fn review(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    match referral::review(&posted.cx(), id, one).await {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/referrals?show=sent").into_response()),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}

pub(super) async fn read_answer(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    match referral::read_answer(&posted.cx(), id, one).await {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/referrals?show=sent").into_response()),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}

pub(super) async fn report(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let of = |key: &str| posted.values.get(key).to_owned();
    let (state, why, how, words) = (of("state"), of("why"), of("how"), of("words"));
    let answer = referral::report(&posted.cx(), id, one, &state, &why, &how, &words).await;
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(_) => Ok(Redirect::to(&format!("/cases/{id}/referrals/{one}")).into_response()),
        Outcome::Again(errors) => {
            let found = shown(&visitor, id, one, posted.again(errors)).await;
            again(&found.map_err(|error| WebError::of(&visitor, error))?)
        }
    }
}

/// The page that shows the passphrase of a sealed file, this once.
#[derive(Template)]
#[template(path = "referral/given.html")]
pub(super) struct Given {
    page: Page,
    id: Uuid,
    referral: Uuid,
    passphrase: String,
}

impl Given {
    pub(super) fn new(visitor: &Visitor, id: Uuid, referral: Uuid, passphrase: String) -> Self {
        Self {
            page: frame(visitor, "Sealed file", id),
            id,
            referral,
            passphrase,
        }
    }
}

pub(super) async fn make(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match referral::make_file(&posted.cx(), id, one).await {
        Ok(made) => page(&Given::new(&visitor, id, one, made.passphrase.unwrap_or_default())),
        Err(AppError::Repeated(_)) => Ok(Redirect::to(&format!("/cases/{id}/referrals/{one}")).into_response()),
        Err(error) => Err(WebError::of(&visitor, error)),
    }
}

/// The file itself, with a name that says nothing.
pub(super) async fn take(Path((id, one)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let html = referral::take_file(&visitor.cx(), id, one).await;
    let html = html.map_err(|error| WebError::of(&visitor, error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"sealed-letter.html\"",
        ),
    ];
    Ok((headers, html).into_response())
}

#[derive(Template)]
#[template(path = "referral/letter.html")]
struct Letter {
    page: Page,
    form: Form,
    id: Uuid,
    of: Sent,
    sender: String,
    today: String,
    /// What went, where it is to be printed too; empty otherwise.
    sections: Vec<Section>,
}

async fn printed(visitor: &Visitor, id: Uuid, one: Uuid, is_full: bool) -> Result<Response, WebError> {
    let failed = |error| WebError::of(visitor, error);
    let cx = visitor.cx();
    let of = referral::letter(&cx, id, one).await.map_err(failed)?;
    let own = cx.organisation().map_err(failed)?;
    let all = access::organisation::list(&cx).await.map_err(failed)?;
    page(&Letter {
        page: frame(visitor, "Letter", id),
        form: Form::small(visitor),
        id,
        sender: all
            .into_iter()
            .find(|row| row.id == own.0)
            .map(|row| row.name)
            .unwrap_or_default(),
        today: cx.now.british_day().to_string(),
        sections: if is_full { of.note.copy.sections() } else { Vec::new() },
        of,
    })
}

pub(super) async fn letter(Path((id, one)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    printed(&visitor, id, one, false).await
}

pub(super) async fn full_letter(Path((id, one)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let is_full = posted.values.get("with") == "yes";
    printed(&posted.visitor, id, one, is_full).await
}
