//! Reading feedback, for those who answer for the help.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use casework::feedback::{self, Listed, Opened};
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Posted};
use crate::page::{Page, day};

#[derive(Template)]
#[template(path = "feedback/list.html")]
struct List {
    page: Page,
    listed: Vec<Listed>,
    /// The address that is passed on.
    address: String,
    /// After how many months its manager looks at it again.
    months: i32,
}

pub(super) async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let listed = feedback::list(&visitor.cx()).await.map_err(shown)?;
    let months = feedback::months(&visitor.cx()).await.map_err(shown)?;
    let own = visitor.cx().organisation().map_err(shown)?;
    page(&List {
        page: Page::new(&visitor, "Feedback").within("/feedback"),
        listed,
        address: format!("{}/feedback/to/{}", visitor.app.settings.origin, own.0),
        months,
    })
}

#[derive(Template)]
#[template(path = "feedback/show.html")]
struct Show {
    page: Page,
    form: Form,
    of: Opened,
}

pub(super) async fn show(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let of = feedback::open(&visitor.cx(), id).await;
    let of = of.map_err(|error| WebError::of(&visitor, error))?;
    page(&Show {
        page: Page::new(&visitor, "Feedback")
            .within("/feedback")
            .under("/feedback", "Feedback"),
        form: Form::small(&visitor),
        of,
    })
}

pub(super) async fn erase(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    match feedback::erase(&posted.cx(), id).await {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/feedback").into_response()),
        Err(error) => Err(WebError::of(&posted.visitor, error)),
    }
}
