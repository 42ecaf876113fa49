//! Findings: what the audit claims, what speaks for it and against it, who reviewed it, and what
//! those concerned replied.

mod form;
mod reply;
mod review;
#[cfg(test)]
pub(crate) mod tests;
mod withdraw;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use domain::assessment::{FindingState, Proof, Urgency, Verdict};
use domain::ids::FindingId;
use domain::permission::Action;
use monitoring::cycle::{self, Cycle};
use monitoring::finding::{self, Line, Read, Reviewed};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/findings", Action::ReadAudit, get(list)),
        route(
            "/findings/new",
            Action::RecordFinding,
            get(form::open).post(form::record),
        ),
        route("/findings/{id}", Action::ReadAudit, get(show)),
        route(
            "/findings/{id}/amend",
            Action::RecordFinding,
            get(form::reopen).post(form::amend),
        ),
        route(
            "/findings/{id}/review",
            Action::ReviewFinding,
            get(review::open).post(review::review),
        ),
        route(
            "/findings/{id}/withdraw",
            Action::WithdrawFinding,
            get(withdraw::open).post(withdraw::withdraw),
        ),
        route(
            "/findings/{id}/reply",
            Action::RecordReply,
            get(reply::open_send).post(reply::send),
        ),
        route(
            "/findings/{id}/replies/{reply}",
            Action::RecordReply,
            get(reply::open_answer).post(reply::answer),
        ),
    ]
}

/// The cycle asked for by its code or id; `None` when none was asked for.
pub(crate) fn asked_cycle<'a>(cycles: &'a [Cycle], asked: &str) -> Result<Option<&'a Cycle>, AppError> {
    if asked.is_empty() {
        return Ok(None);
    }
    cycles
        .iter()
        .find(|cycle| cycle.code == asked || cycle.id.to_string() == asked)
        .map(Some)
        .ok_or(AppError::NotFound("cycle"))
}

/// An id of an address; text that is none is an address of nothing.
fn finding_id(text: &str) -> Result<FindingId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("finding"))
}

/// The look of a state's tag.
fn look(state: &str) -> &'static str {
    match FindingState::parse(state) {
        Ok(FindingState::Approved) => "done",
        Ok(FindingState::Withdrawn) => "withdrawn",
        _ => "due",
    }
}

/// The words of a state's tag.
fn state(code: &str) -> &str {
    FindingState::parse(code).map_or(code, |known| known.words())
}

/// The words of a standard of proof.
fn proof(code: &str) -> &str {
    Proof::parse(code).map_or(code, |known| known.words())
}

/// What a member did.
fn verdict(code: &str) -> &str {
    match Verdict::parse(code) {
        Ok(Verdict::Approve) => "approved it",
        Ok(Verdict::Return) => "returned it",
        Ok(Verdict::Withdraw) => "withdrew it",
        Err(_) => code,
    }
}

/// The day of a review.
fn reviewed_on(review: &Reviewed) -> String {
    domain::Instant(review.row.at).day().to_string()
}

/// The verb of a recommendation.
fn urgency(code: &str) -> &str {
    Urgency::parse(code).map_or(code, |known| known.words())
}

#[derive(Template)]
#[template(path = "finding/list.html")]
struct List {
    page: Page,
    cycles: Vec<(String, String)>,
    /// The code of the cycle shown; empty where there is none.
    of: String,
    title: String,
    lines: Vec<Line>,
    may_record: bool,
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let cx = visitor.cx();
    let query = Values::parse(&query.unwrap_or_default());
    let cycles = cycle::list(&cx).await.map_err(shown)?;
    let cycle = asked_cycle(&cycles, query.get("cycle"))
        .map_err(shown)?
        .or(cycles.first());
    let lines = match cycle {
        Some(cycle) => finding::lines(&cx, cycle.id.into()).await.map_err(shown)?,
        None => Vec::new(),
    };
    page(&List {
        page: Page::new(&visitor, "Findings").within("/audit"),
        of: cycle
            .map(|cycle| format!("/findings?cycle={}", cycle.code))
            .unwrap_or_default(),
        title: cycle.map(|cycle| cycle.title.clone()).unwrap_or_default(),
        cycles: cycles
            .iter()
            .map(|cycle| (format!("/findings?cycle={}", cycle.code), cycle.code.clone()))
            .collect(),
        lines,
        may_record: visitor.may(Action::RecordFinding) && cycle.is_some(),
    })
}

#[derive(Template)]
#[template(path = "finding/show.html")]
struct Show {
    page: Page,
    of: Read,
    /// Where it is amended, reviewed and withdrawn, if this member may.
    amend: Option<String>,
    review: Option<String>,
    withdraw: Option<String>,
    may_reply: bool,
    may_recommend: bool,
}

impl Show {
    /// What it takes to be approved, as steps: address, words, look of the tag, its words.
    fn steps(&self) -> Vec<(String, String, &'static str, String)> {
        let amend = self.amend.clone().unwrap_or_default();
        let mut steps: Vec<_> = self
            .of
            .requirements
            .iter()
            .map(|requirement| match requirement.lack {
                None => (String::new(), requirement.words.to_owned(), "done", "done".to_owned()),
                Some(lack) => (
                    amend.clone(),
                    format!("{}. {lack}", requirement.words),
                    "due",
                    "missing".to_owned(),
                ),
            })
            .collect();
        let is_approved = self.of.n_approved >= 2;
        let review = self.review.clone().filter(|_| !is_approved).unwrap_or_default();
        steps.push((
            review,
            "Approval by reviewers of two organisations".to_owned(),
            if is_approved { "done" } else { "due" },
            format!("{} of 2", self.of.n_approved.min(2)),
        ));
        steps
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let cx = visitor.cx();
    let of = finding::read(&cx, finding_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    page(&Show {
        page: frame(&visitor, &of.row.title, None),
        amend: (of.is_open && visitor.may(Action::RecordFinding)).then(|| format!("/findings/{}/amend", of.row.id)),
        review: of.may_review(&cx).then(|| format!("/findings/{}/review", of.row.id)),
        withdraw: (of.is_open && !of.is_withdrawn() && visitor.may(Action::WithdrawFinding))
            .then(|| format!("/findings/{}/withdraw", of.row.id)),
        may_reply: visitor.may(Action::RecordReply),
        may_recommend: of.is_open && visitor.may(Action::RecordRecommendation),
        of,
    })
}

/// The frame of a page about findings; under one of them where it is given.
fn frame(visitor: &Visitor, title: &str, under: Option<&Read>) -> Page {
    let page = Page::new(visitor, title).within("/audit");
    match under {
        Some(of) => page
            .under(
                format!("/findings?cycle={}", of.cycle.code),
                format!("Findings {}", of.cycle.code),
            )
            .under(format!("/findings/{}", of.row.id), of.row.title.clone()),
        None => page.under("/findings", "Findings"),
    }
}
