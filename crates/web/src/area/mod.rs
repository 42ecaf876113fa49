//! The register of areas.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::Day;
use domain::area::AreaKind;
use domain::permission::Action;
use monitoring::area::{self, Line};
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Values};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::upload::Upload;

#[cfg(test)]
mod tests;

/// Areas on one page.
const LINES: usize = 50;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/areas", Action::ReadAudit, get(list)),
        route("/areas/load", Action::LoadAreas, get(form).post(load)),
    ]
}

/// ISO text as people write a day; nothing where it is not known.
fn day_words(iso: &str) -> String {
    Day::parse(iso).map_or_else(|_| String::new(), |day| day.to_string())
}

#[derive(Template)]
#[template(path = "area/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    kinds: Vec<(String, String)>,
    here: String,
    base: String,
    current: usize,
    last: usize,
    done: String,
    may_load: bool,
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    let kind = AreaKind::parse(query.get("kind")).ok();
    let all = area::list(&visitor.cx(), kind).await?;
    let address = |kind: Option<AreaKind>| {
        kind.map_or_else(|| "/areas".to_owned(), |kind| format!("/areas?kind={}", kind.code()))
    };
    let mut kinds = vec![(address(None), "All".to_owned())];
    kinds.extend(
        AreaKind::ALL
            .iter()
            .map(|kind| (address(Some(*kind)), kind.words().to_owned())),
    );
    let last = all.len().div_ceil(LINES).max(1);
    let current = query.get("page").parse().unwrap_or(1).clamp(1, last);
    let counts: Vec<usize> = query.get("loaded").split('.').filter_map(|n| n.parse().ok()).collect();
    let done = match counts.as_slice() {
        [added, changed, known] => format!("{added} added, {changed} changed, {known} known already"),
        _ => String::new(),
    };
    page(&List {
        page: Page::new(&visitor, "Areas").within("/evidence"),
        lines: all.into_iter().skip((current - 1) * LINES).take(LINES).collect(),
        kinds,
        here: address(kind),
        base: kind.map_or_else(
            || "/areas?page=".to_owned(),
            |kind| format!("/areas?kind={}&page=", kind.code()),
        ),
        current,
        last,
        done,
        may_load: visitor.may(Action::LoadAreas),
    })
}

#[derive(Template)]
#[template(path = "area/form.html")]
struct Load {
    page: Page,
    form: Form,
}

fn load_page(visitor: &Visitor, form: Form) -> Load {
    Load {
        page: Page::new(visitor, "Load areas")
            .within("/evidence")
            .under("/areas", "Areas"),
        form,
    }
}

async fn form(visitor: Visitor) -> Result<Response, WebError> {
    page(&load_page(&visitor, Form::small(&visitor)))
}

async fn load(upload: Upload) -> Result<Response, WebError> {
    let loaded = match upload.file("file") {
        Some(file) => area::load_file(&upload.posted.cx(), &file.name, &file.bytes).await,
        None => Err(AppError::Invalid(FieldErrors::of(
            "file",
            "Choose the file to load; it must not be empty",
        ))),
    };
    match loaded {
        Ok(loaded) => Ok(Redirect::to(&format!(
            "/areas?loaded={}.{}.{}",
            loaded.n_added, loaded.n_changed, loaded.n_known
        ))
        .into_response()),
        Err(AppError::Repeated(_)) => Ok(Redirect::to("/areas").into_response()),
        Err(AppError::Invalid(errors)) => {
            let visitor = upload.posted.visitor.clone();
            again(&load_page(&visitor, upload.posted.again(errors)))
        }
        Err(error) => Err(error.into()),
    }
}
