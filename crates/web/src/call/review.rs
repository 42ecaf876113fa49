//! A second coordinator compares the redacted copy with the answer and says what kind of evidence it is.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::evidence::{Credibility, EvidenceKind, Form as Exploitation, Group, Handling, Quoting, Reliability};
use domain::ids::{AnswerId, CallId};
use monitoring::call::{self, Call, Unsealed};
use monitoring::evidence;
use store::AppError;

use super::moderate::{frame, opened};
use super::paragraphs;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "call/review.html")]
struct Review {
    page: Page,
    form: Form,
    call: Call,
    unsealed: Unsealed,
    /// Provisions to choose from, standard by standard: (id, number and title).
    standards: Vec<(String, Vec<(String, String)>)>,
    forms: Vec<String>,
    groups: Vec<String>,
}

impl Review {
    async fn of(visitor: &Visitor, form: Form, (call, unsealed): (Call, Unsealed)) -> Result<Self, AppError> {
        let choices = evidence::provision_choices(&visitor.cx()).await?;
        let standards = choices.into_iter().map(|(standard, rows)| {
            let rows = rows
                .into_iter()
                .map(|row| (row.id.to_string(), format!("{} {}", row.number, row.title)));
            (standard.short_title, rows.collect())
        });
        Ok(Self {
            page: frame(visitor, &call, "Approve a redacted copy")
                .under(format!("/calls/{}/answers", call.row.id), "Answers"),
            forms: form.chosen("forms"),
            groups: form.chosen("groups"),
            form,
            call,
            unsealed,
            standards: standards.collect(),
        })
    }
}

pub(super) async fn form(
    Path((call, answer)): Path<(CallId, AnswerId)>,
    visitor: Visitor,
) -> Result<Response, WebError> {
    let (call, unsealed) = opened(&visitor, call, answer).await?;
    let mut form = Form::small(&visitor);
    // Everyone who answered one call counts as one source, until the approver knows better.
    form.values
        .set("publisher", format!("People who answered “{}”", call.row.title));
    form.values.set("kind", EvidenceKind::Interview.code());
    form.values.set("reliability", Reliability::F.code());
    form.values.set("credibility", Credibility::Six.code());
    form.values.set("handling", Handling::Coalition.code());
    form.values.set("quoting", Quoting::Anonymised.code());
    form.values.set_day("effective_on", &unsealed.listed.received_on);
    page(&Review::of(&visitor, form, (call, unsealed)).await?)
}

fn item(values: &Values) -> call::Item {
    let get = |field: &str| values.get(field).to_owned();
    call::Item {
        kind: get("kind"),
        title: get("title"),
        publisher: get("publisher"),
        effective_on: values.day("effective_on"),
        reliability: get("reliability"),
        credibility: get("credibility"),
        handling: get("handling"),
        quoting: get("quoting"),
        provisions: values
            .all("provisions")
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        forms: values.all("forms"),
        groups: values.all("groups"),
        names_nobody: values.get("names_nobody") == "yes",
    }
}

pub(super) async fn approve(
    Path((call, answer)): Path<(CallId, AnswerId)>,
    posted: Posted,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let approved = call::approve(&posted.cx(), answer, posted.revision(), item(&posted.values)).await;
    if matches!(approved, Err(AppError::Repeated(_))) {
        return Ok(Redirect::to(&format!("/calls/{call}/answers")).into_response());
    }
    match outcome(approved).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(evidence) => Ok(Redirect::to(&format!("/evidence/{evidence}")).into_response()),
        Outcome::Again(errors) => {
            let opened = opened(&visitor, call, answer).await?;
            again(&Review::of(&visitor, posted.again(errors), opened).await?)
        }
    }
}
