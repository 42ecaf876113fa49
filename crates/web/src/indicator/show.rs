//! One version of an indicator: what it measures, what was measured, and what the organisations say.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Instant;
use domain::assessment::Stance;
use domain::ids::IndicatorVersionId;
use domain::indicator::{Comparability, Direction, IndicatorState};
use domain::permission::Action;
use monitoring::contribution::{self, Line};
use monitoring::indicator::{self, Indicator, Measure, Take, Version};
use monitoring::measurement::{self, Reading};
use monitoring::{cycle, standard};
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "indicator/show.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one form or link that the page offers or not"
)]
struct Show {
    page: Page,
    of: Indicator,
    /// Short titles of the standards of its provisions.
    standards: Vec<(uuid::Uuid, String)>,
    /// Figures by cycle, newest first.
    measured: Vec<(String, Vec<Reading>)>,
    /// Pooled measures by cycle (its id and code), newest first.
    pooled: Vec<(uuid::Uuid, String, Vec<Line>)>,
    forms: Forms,
    is_open: bool,
    may_comment: bool,
    may_take_position: bool,
    may_close: bool,
    may_propose: bool,
}

/// The three forms of the page. Each has a token of its own: sending one must not spend another's.
struct Forms {
    comment: Form,
    position: Form,
    close: Form,
}

/// Which of them was sent.
#[derive(Clone, Copy)]
enum Sent {
    Comment,
    Position,
    Close,
}

impl Show {
    fn standard(&self, id: &uuid::Uuid) -> &str {
        self.standards
            .iter()
            .find(|(of, _)| of == id)
            .map_or("", |(_, title)| title)
    }

    fn faults(&self) -> Vec<(&str, &str)> {
        [&self.forms.comment, &self.forms.position, &self.forms.close]
            .into_iter()
            .flat_map(Form::faults)
            .collect()
    }

    fn direction(&self) -> &str {
        Direction::parse(&self.of.row.direction).map_or(self.of.row.direction.as_str(), |direction| direction.words())
    }
}

/// What a measure computes, in a phrase.
fn computes(measure: &Measure) -> String {
    let words = measure.statistic.words();
    match (measure.numerator.as_str(), measure.denominator.as_str()) {
        ("", _) => words.to_owned(),
        (numerator, "") => format!("{words}: {numerator}"),
        (numerator, denominator) => format!("{words}: {numerator} out of {denominator}"),
    }
}

/// How far a version may be compared with the one before it.
fn comparability(version: &Version) -> String {
    let Some(code) = version.comparability.as_deref() else {
        return "the first version".to_owned();
    };
    let words = Comparability::parse(code).map_or(code, |known| known.words());
    if version.comparability_why.is_empty() {
        words.to_owned()
    } else {
        format!("{words}: {}", version.comparability_why)
    }
}

/// The look and the words of a position; silence is one too.
fn stance(code: Option<&str>) -> (&'static str, &'static str) {
    match code.and_then(|code| Stance::parse(code).ok()) {
        Some(Stance::Agree) => ("agrees", "Agrees"),
        Some(Stance::Dissent) => ("dissents", Stance::Dissent.words()),
        Some(Stance::Abstain) => ("abstains", Stance::Abstain.words()),
        None => ("due", "Has not answered"),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
fn day(at: &i64) -> String {
    Instant(*at).day().to_string()
}

fn parsed(id: &str) -> Result<IndicatorVersionId, AppError> {
    id.parse().map_err(|_| AppError::NotFound("indicator"))
}

async fn template(visitor: &Visitor, id: IndicatorVersionId, failed: Option<(Sent, Form)>) -> Result<Show, AppError> {
    let cx = visitor.cx();
    let (of, mut readings, pooled, cycles, standards) = tokio::try_join!(
        indicator::get(&cx, id),
        measurement::of_version(&cx, id),
        contribution::of_version(&cx, id),
        cycle::list(&cx),
        standard::list(&cx)
    )?;
    let mut measured = Vec::new();
    for cycle in cycles {
        let (own, rest) = readings
            .into_iter()
            .partition::<Vec<_>, _>(|reading| reading.row.cycle_id == cycle.id);
        readings = rest;
        if !own.is_empty() {
            measured.push((cycle.code, own));
        }
    }
    let comment = Form {
        draft: format!("/indicators/{id}"),
        ..Form::small(visitor)
    };
    let mut forms = Forms {
        comment,
        position: Form::small(visitor),
        close: Form::small(visitor),
    };
    match failed {
        Some((Sent::Comment, form)) => {
            forms.comment = Form {
                draft: format!("/indicators/{id}"),
                ..form
            }
        }
        Some((Sent::Position, form)) => forms.position = form,
        Some((Sent::Close, form)) => forms.close = form,
        None => {
            let saved = store::draft::find(&cx, &forms.comment.draft).await?;
            forms.comment.is_restored = saved.is_some();
            if let Some(body) = saved {
                forms.comment.values = crate::form::Values::parse(&body);
            }
        }
    }
    let title = format!("{} {}", of.row.code, of.row.name);
    Ok(Show {
        page: Page::new(visitor, &title)
            .within("/audit")
            .under("/indicators", "Indicators"),
        standards: standards.into_iter().map(|row| (row.id, row.short_title)).collect(),
        measured,
        pooled,
        is_open: of.row.state == IndicatorState::Proposed.code(),
        may_comment: visitor.may(Action::CommentIndicator),
        may_take_position: visitor.may(Action::PositionIndicator),
        may_close: visitor.may(Action::AgreeIndicator),
        may_propose: visitor.may(Action::ProposeIndicator),
        forms,
        of,
    })
}

pub(super) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let read = async { template(&visitor, parsed(&id)?, None).await };
    page(&read.await.map_err(|error| WebError::of(&visitor, error))?)
}

async fn finish(
    posted: Posted,
    id: &str,
    sent: Sent,
    answer: Result<IndicatorVersionId, AppError>,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let of = |error| WebError::of(&visitor, error);
    match outcome(answer).map_err(of)? {
        Outcome::Done(_) => {
            let address = format!("/indicators/{id}");
            if matches!(sent, Sent::Comment) {
                forget_draft(&visitor, &address).await;
            }
            let part = if matches!(sent, Sent::Comment) {
                "comments"
            } else {
                "positions"
            };
            Ok(Redirect::to(&format!("{address}#{part}")).into_response())
        }
        Outcome::Again(errors) => {
            let errors = if matches!(sent, Sent::Comment) {
                errors
            } else {
                beside(&errors, sent)
            };
            let form = posted.again(errors);
            again(
                &template(&visitor, parsed(id).map_err(of)?, Some((sent, form)))
                    .await
                    .map_err(of)?,
            )
        }
    }
}

/// A refusal without a field is shown beside the form that was sent.
fn beside(errors: &FieldErrors, sent: Sent) -> FieldErrors {
    let mut named = FieldErrors::new();
    for (field, message) in errors.iter() {
        let field = match (field, sent) {
            ("form", Sent::Close) => "close",
            ("form", _) => "stance",
            (field, _) => field,
        };
        named.add(field, message);
    }
    named
}

pub(super) async fn comment(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let command = async { indicator::comment(&posted.cx(), parsed(&id)?, posted.values.get("words")).await };
    let answer = command.await;
    finish(posted, &id, Sent::Comment, answer).await
}

pub(super) async fn take_position(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let input = Take {
        stance: posted.values.get("stance").to_owned(),
        reason: posted.values.get("reason").to_owned(),
    };
    let command = async { indicator::take_position(&posted.cx(), parsed(&id)?, input).await };
    let answer = command.await;
    finish(posted, &id, Sent::Position, answer).await
}

pub(super) async fn close(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let state = IndicatorState::parse(posted.values.get("state"));
    let command = async {
        let state = state.map_err(|_| {
            AppError::Invalid(FieldErrors::of(
                "close",
                "Choose whether the version is agreed or withdrawn",
            ))
        })?;
        indicator::close(&posted.cx(), parsed(&id)?, state).await
    };
    let answer = command.await;
    finish(posted, &id, Sent::Close, answer).await
}
