//! What everybody sees: published estimates, how lists are linked without names, and what the number means.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::ids::StudyId;
use monitoring::study::{self, Published, Shown};

use super::picture;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::{Page, day};

#[derive(Template)]
#[template(path = "study/how.html")]
struct How {
    page: Page,
}

pub(super) async fn how(visitor: Visitor) -> Result<Response, WebError> {
    page(&How {
        page: Page::new(&visitor, "Lists without names").under("/studies/published", "Estimates from lists"),
    })
}

#[derive(Template)]
#[template(path = "study/method.html")]
struct Method {
    page: Page,
}

pub(super) async fn method(visitor: Visitor) -> Result<Response, WebError> {
    page(&Method {
        page: Page::new(&visitor, "How many are on no list").under("/studies/published", "Estimates from lists"),
    })
}

#[derive(Template)]
#[template(path = "study/published.html")]
struct List {
    page: Page,
    studies: Vec<Published>,
}

pub(super) async fn list(visitor: Visitor) -> Result<Response, WebError> {
    let studies = study::published_list(&visitor.cx()).await?;
    page(&List {
        page: Page::new(&visitor, "Estimates from lists"),
        studies,
    })
}

#[derive(Template)]
#[template(path = "study/estimate.html")]
struct Show {
    page: Page,
    study: Published,
    shown: Shown,
    /// The picture of it; empty where there is nothing to draw.
    picture: String,
}

pub(super) async fn show(Path(id): Path<StudyId>, visitor: Visitor) -> Result<Response, WebError> {
    let found = study::published(&visitor.cx(), id).await;
    let (study, shown) = found.map_err(|error| WebError::of(&visitor, error))?;
    page(&Show {
        page: Page::new(&visitor, "An estimate from lists").under("/studies/published", "Estimates from lists"),
        study,
        picture: picture::of(&shown),
        shown,
    })
}
