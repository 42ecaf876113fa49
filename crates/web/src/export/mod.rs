//! Exports: asked for, agreed by a second person where the policy says so, downloaded, expired.

mod policy;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::export::{ExportKind, RequestState};
use domain::ids::ExportId;
use domain::permission::{Action, Relation};
use monitoring::export::{self, Answer, Ask, Request};
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/exports", Action::AskExport, get(list)),
        route("/exports/new", Action::AskExport, get(form).post(ask)),
        route(
            "/exports/policy",
            Action::SetExportPolicy,
            get(policy::form).post(policy::set),
        ),
        route("/exports/{id}/agree", Action::AgreeExport, post(agree)),
        route("/exports/{id}/refuse", Action::AgreeExport, post(refuse)),
        route("/exports/{id}/file", Action::TakeExport, get(file)),
    ]
}

#[derive(Template)]
#[template(path = "export/list.html")]
struct List {
    page: Page,
    form: Form,
    requests: Vec<Request>,
    may_set_policy: bool,
}

impl List {
    /// Requests that wait for this member's answer.
    fn waiting(&self) -> Vec<&Request> {
        self.requests.iter().filter(|request| request.may_agree).collect()
    }

    /// Everything else.
    fn others(&self) -> Vec<&Request> {
        self.requests.iter().filter(|request| !request.may_agree).collect()
    }
}

/// What is asked for, in words.
fn what(request: &Request) -> String {
    if request.subject.is_empty() {
        request.kind.words().to_owned()
    } else {
        format!("{}: {}", request.kind.words(), request.subject)
    }
}

async fn listed(visitor: &Visitor, errors: FieldErrors) -> Result<List, AppError> {
    Ok(List {
        page: Page::new(visitor, "Exports").within("/exports"),
        form: Form {
            errors,
            ..Form::small(visitor)
        },
        requests: export::list(&visitor.cx()).await?,
        may_set_policy: visitor.may(Action::SetExportPolicy),
    })
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    page(
        &listed(&visitor, FieldErrors::new())
            .await
            .map_err(|error| WebError::of(&visitor, error))?,
    )
}

#[derive(Template)]
#[template(path = "export/form.html")]
struct Asking {
    page: Page,
    form: Form,
    /// What may be asked for: code, words, whether a second person is needed.
    kinds: Vec<(&'static str, &'static str, String)>,
    series: Vec<(String, String)>,
}

/// What the archive of an organisation's casework is.
const CASES: &str = "One archive with each case, referrals, feedback, contributions, texts and settings, and a file that another \
    Rapporteur brings in. What that file cannot carry (corrected entries, who recorded what, referrals and feedback) and what the \
    archive leaves out is told in its README.txt.";

async fn asking(visitor: &Visitor, form: Form) -> Result<Asking, AppError> {
    let cx = visitor.cx();
    let kinds = export::policies(&cx)
        .await?
        .into_iter()
        .filter(|(kind, _)| match kind {
            ExportKind::Log => visitor.actor.may(Action::ReadLog, Relation::OwnOrganisation),
            ExportKind::Cases => visitor.actor.may(Action::ExportCases, Relation::OwnOrganisation),
            ExportKind::Evidence | ExportKind::Measurements | ExportKind::Series => true,
        })
        .map(|(kind, on_request)| {
            let how = if on_request {
                "A second person agrees first."
            } else {
                "Made at once."
            };
            let how = match kind {
                ExportKind::Cases => format!("{how} {CASES}"),
                _ => how.to_owned(),
            };
            (kind.code(), kind.words(), how)
        })
        .collect();
    let series = monitoring::series::list(&cx)
        .await?
        .into_iter()
        .map(|line| (line.series.id.to_string(), line.series.title))
        .collect();
    Ok(Asking {
        page: Page::new(visitor, "Ask for an export")
            .within("/exports")
            .under("/exports", "Exports"),
        form,
        kinds,
        series,
    })
}

async fn form(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let chosen = Values::parse(&query.unwrap_or_default());
    let form = Form::open(&visitor, chosen).await.map_err(shown)?;
    page(&asking(&visitor, form).await.map_err(shown)?)
}

async fn ask(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let input = Ask {
        kind: posted.values.get("kind").to_owned(),
        series: posted.values.get("series").parse().ok(),
        reason: posted.values.get("reason").to_owned(),
    };
    match outcome(export::ask(&posted.cx(), input).await).map_err(shown)? {
        Outcome::Done(_) => {
            forget_draft(&visitor, "/exports/new").await;
            Ok(Redirect::to("/exports").into_response())
        }
        Outcome::Again(errors) => again(&asking(&visitor, posted.again(errors)).await.map_err(shown)?),
    }
}

async fn agree(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    answer(&id, posted, Answer::Agree).await
}

async fn refuse(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    answer(&id, posted, Answer::Refuse).await
}

async fn answer(id: &str, posted: Posted, answer: Answer) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = known(id).map_err(shown)?;
    let decided = export::decide(&posted.cx(), id, answer).await.map(|()| id);
    match outcome(decided).map_err(shown)? {
        Outcome::Done(_) => Ok(Redirect::to("/exports").into_response()),
        Outcome::Again(errors) => again(&listed(&visitor, errors).await.map_err(shown)?),
    }
}

async fn file(Path(id): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let id = known(&id).map_err(shown)?;
    if export::is_of_cases(&visitor.cx(), id).await.map_err(shown)? {
        let made = casework::export::everything(&visitor.cx()).await.map_err(shown)?;
        return crate::case::attached(&visitor, made);
    }
    let made = export::take(&visitor.cx(), id).await.map_err(shown)?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", made.name))
        .map_err(|error| shown(AppError::Internal(error.into())))?;
    let media_type = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok((
        [
            (header::CONTENT_TYPE, media_type),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        made.bytes,
    )
        .into_response())
}

fn known(id: &str) -> Result<ExportId, AppError> {
    id.parse().map_err(|_| AppError::NotFound("request"))
}
