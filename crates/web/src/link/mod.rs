//! Linking a case to an earlier one of the same person. A search is posted, so that no name stands in an address.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use casework::case::{self, Filter, Listed};
use casework::link;
use casework::sheet::{Field, take as read};
use domain::Day;
use domain::casework::Known;
use domain::permission::Action;
use store::{AppError, FieldErrors};
use uuid::Uuid;

use crate::case::back;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sheet::{frame, typed};

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/cases/{id}/link", Action::RecordEvent, get(ask).post(take))]
}

#[derive(Template)]
#[template(path = "link/link.html")]
struct Link {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    words: String,
    found: Vec<Listed>,
}

async fn linking(visitor: &Visitor, id: Uuid, form: Form, words: String) -> Result<Link, AppError> {
    let cx = visitor.cx();
    let whose = case::name(&cx, id, Action::RecordEvent).await?;
    let mut found = Vec::new();
    if !words.is_empty() {
        let filter = Filter {
            words: words.clone(),
            page: 1,
            ..Filter::default()
        };
        found = case::list(&cx, &visitor.app.caseload, &filter).await?.cases;
        found.retain(|case| case.id != id);
    }
    Ok(Link {
        page: frame(visitor, "Link an earlier case", id),
        form,
        id,
        whose,
        words,
        found,
    })
}

/// The day on which the person was met again, as it is typed.
fn met_again(values: &Values) -> Result<Day, AppError> {
    let mut errors = FieldErrors::new();
    let field = Field::of::<Day>("on", "On which day they were met again", "");
    let on = read::<Day>(&field, &typed(values), &mut errors);
    on.ok_or(AppError::Invalid(errors))
}

async fn ask(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let form = Form::small(&visitor);
    page(&linking(&visitor, id, form, String::new()).await.map_err(shown)?)
}

/// Searches, or links the case that was chosen.
async fn take(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let chosen = posted.values.get("earlier");
    if chosen.is_empty() {
        let words = posted.values.get("words").trim().to_owned();
        let mut form = Form::small(&visitor);
        form.values.set("is_again", Known::Unknown.code());
        return page(&linking(&visitor, id, form, words).await.map_err(shown)?);
    }
    let earlier: Uuid = chosen.parse().map_err(|_| shown(AppError::NotFound("case")))?;
    let is_again = Known::parse(posted.values.get("is_again")).unwrap_or(Known::Unknown);
    let answer = match met_again(&posted.values) {
        Ok(on) => link::link_on(&posted.cx(), id, earlier, is_again, on).await,
        Err(fault) => Err(fault),
    };
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => Ok(back(id)),
        Outcome::Again(errors) => {
            let words = posted.values.get("words").trim().to_owned();
            again(
                &linking(&visitor, id, posted.again(errors), words)
                    .await
                    .map_err(shown)?,
            )
        }
    }
}
