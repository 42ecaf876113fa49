//! How long sealed records are kept, and those whose term is over.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use casework::feedback;
use domain::permission::Action;
use monitoring::retention::{self, Due, Kind};
use store::{AppError, FieldErrors};
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/retention", Action::ReviewRetention, get(show).post(set)),
        route("/retention/{id}/keep", Action::ReviewRetention, post(keep)),
    ]
}

#[derive(Template)]
#[template(path = "retention/list.html")]
struct List {
    page: Page,
    form: Form,
    kinds: Vec<Ruled>,
}

/// A kind of record with its term and what is due.
struct Ruled {
    words: &'static str,
    code: &'static str,
    months: i32,
    is_set: bool,
    due: Vec<Line>,
}

/// A record whose term is over.
struct Line {
    id: Uuid,
    came_on: String,
    due_on: String,
    /// Where it is looked at before it is erased.
    address: String,
}

/// Where a record is looked at before it is erased.
fn address(kind: Kind, due: &Due) -> String {
    match (kind, due.of) {
        (Kind::CallAnswer, Some(call)) => format!("/calls/{call}/answers/{}", due.id),
        _ => format!("/personal/{}", due.id),
    }
}

async fn kinds(visitor: &Visitor) -> Result<Vec<Ruled>, AppError> {
    let cx = visitor.cx();
    let mut kinds: Vec<Ruled> = Vec::new();
    for of in retention::list(&cx).await? {
        let due = of.due.into_iter().map(|due| Line {
            address: address(of.kind, &due),
            id: due.id,
            came_on: due.came_on,
            due_on: due.due_on,
        });
        kinds.push(Ruled {
            words: of.kind.words(),
            code: of.kind.code(),
            months: of.months,
            is_set: of.is_set,
            due: due.collect(),
        });
    }
    if let Some(term) = feedback::term(&cx).await? {
        let due = term.due.into_iter().map(|due| Line {
            address: format!("/feedback/{}", due.id),
            id: due.id,
            came_on: due.came_on,
            due_on: due.due_on,
        });
        kinds.push(Ruled {
            words: "Feedback on your organisation’s help",
            code: feedback::KIND,
            months: term.months,
            is_set: term.is_set,
            due: due.collect(),
        });
    }
    Ok(kinds)
}

async fn listed(visitor: &Visitor, form: Form) -> Result<List, WebError> {
    Ok(List {
        page: Page::new(visitor, "How long records are kept").within("/retention"),
        form,
        kinds: kinds(visitor).await.map_err(|error| WebError::of(visitor, error))?,
    })
}

async fn show(visitor: Visitor) -> Result<Response, WebError> {
    page(&listed(&visitor, Form::small(&visitor)).await?)
}

async fn set(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let (kind, months) = (posted.values.get("kind"), posted.values.get("months"));
    let answer = if kind == feedback::KIND {
        feedback::set_term(&posted.cx(), months).await
    } else {
        retention::set(&posted.cx(), kind, months).await
    };
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to("/retention").into_response()),
        Outcome::Again(errors) => again(&listed(&visitor, posted.again(errors)).await?),
    }
}

async fn keep(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let kept = match retention::keep(&posted.cx(), id).await {
        Err(AppError::NotFound(_)) => feedback::keep(&posted.cx(), id).await,
        kept => kept,
    };
    match kept {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/retention").into_response()),
        Err(AppError::Refused(words)) => {
            let form = posted.again(FieldErrors::of("form", words));
            again(&listed(&visitor, form).await?)
        }
        Err(error) => Err(WebError::of(&visitor, error)),
    }
}
