//! Linking a case to an earlier one of the same person. A search is posted, so that no name stands in an address.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use casework::case::{self, Filter, Listed};
use casework::link;
use domain::casework::Known;
use domain::permission::Action;
use store::AppError;
use uuid::Uuid;

use crate::case::back;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, outcome};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sheet::frame;

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
        let form = Form::small(&visitor);
        return page(&linking(&visitor, id, form, words).await.map_err(shown)?);
    }
    let earlier: Uuid = chosen.parse().map_err(|_| shown(AppError::NotFound("case")))?;
    let is_again = Known::parse(posted.values.get("is_again")).unwrap_or(Known::Unknown);
    match outcome(link::link(&posted.cx(), id, earlier, is_again).await).map_err(shown)? {
        Outcome::Done::<Uuid>(_) | Outcome::Again(_) => Ok(back(id)),
    }
}
