//! The form that adds a series and amends it: one page for both.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::SeriesId;
use domain::series::CountingRule;
use monitoring::series::{self, Amend, Record, View};
use store::{AppError, FieldErrors};

use super::{frame, series_id};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "series/form.html")]
struct Editor {
    page: Page,
    form: Form,
    /// Where the form is sent.
    action: String,
    /// The series being amended; `None` where one is added.
    of: Option<View>,
    /// The revision the form was opened on.
    revision: i32,
    rules: Vec<(&'static str, &'static str)>,
    /// Answers that differ from what someone else stored meanwhile: (caption, stored, typed).
    differs: Vec<(&'static str, String, String)>,
}

impl Editor {
    fn verb(&self) -> &'static str {
        if self.of.is_some() {
            "Save the changes"
        } else {
            "Add the series"
        }
    }

    /// Whether values hold code, unit and counting rule fast.
    fn has_values(&self) -> bool {
        self.of.as_ref().is_some_and(|view| !view.breakdowns.is_empty())
    }
}

/// The page: for a new series, or for one that exists.
fn editor(visitor: &Visitor, form: Form, of: Option<View>) -> Editor {
    let (page, action) = match &of {
        Some(view) => {
            let address = format!("/series/{}", view.series.id);
            let page = frame(visitor, "Amend a series").under(address.clone(), &view.series.title);
            (page, format!("{address}/amend"))
        }
        None => (frame(visitor, "Add a series"), "/series/new".to_owned()),
    };
    Editor {
        page,
        form,
        action,
        revision: of.as_ref().map_or(0, |view| view.series.revision),
        of,
        rules: CountingRule::choices(),
        differs: Vec::new(),
    }
}

pub(super) async fn open(visitor: Visitor) -> Result<Response, WebError> {
    let form = Form::open(&visitor, Values::default()).await?;
    page(&editor(&visitor, form, None))
}

pub(super) async fn reopen(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let view = series::find(&visitor.cx(), series_id(&id).map_err(shown)?, "")
        .await
        .map_err(shown)?;
    let mut form = Form::open(&visitor, stored(&view)).await.map_err(shown)?;
    // Drafts never keep a field of this name, because elsewhere it proves who someone is.
    if form.kept("code").is_empty() {
        form.values.set("code", &view.series.code);
    }
    let revision = form.opened_on(view.series.revision);
    let mut editor = editor(&visitor, form, Some(view));
    editor.revision = revision;
    page(&editor)
}

/// What is stored, as the form would have been filled in.
fn stored(view: &View) -> Values {
    let mut values = Values::default();
    let row = &view.series;
    for (field, value) in [
        ("code", &row.code),
        ("title", &row.title),
        ("publisher", &row.publisher),
        ("unit", &row.unit),
        ("counting_rule", &row.counting_rule),
        ("about", &row.about),
    ] {
        values.set(field, value);
    }
    values.set("of_revision", row.revision.to_string());
    values
}

fn input(posted: &Posted) -> Record {
    let value = |field: &str| posted.values.get(field).to_owned();
    Record {
        code: value("code"),
        title: value("title"),
        publisher: value("publisher"),
        unit: value("unit"),
        counting_rule: value("counting_rule"),
        about: value("about"),
    }
}

pub(super) async fn record(posted: Posted) -> Result<Response, WebError> {
    match outcome(series::record(&posted.cx(), input(&posted)).await)? {
        Outcome::Done(id) => {
            forget_draft(&posted.visitor, "/series/new").await;
            Ok(Redirect::to(&format!("/series/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&editor(&visitor, posted.again(errors), None))
        }
    }
}

pub(super) async fn amend(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = series_id(&id).map_err(shown)?;
    let view = series::find(&visitor.cx(), id, "").await.map_err(shown)?;
    let revision = posted.revision();
    let change = Amend {
        record: input(&posted),
        revision,
    };
    let answer = match series::amend(&posted.cx(), id, change).await {
        Err(AppError::Conflict(_)) => return both_versions(&visitor, posted, id).await,
        answer => outcome(answer).map_err(shown)?,
    };
    match answer {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/series/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let mut editor = editor(&visitor, posted.again(errors), Some(view));
            // Still the revision that was read: a change since then must not be missed the second time.
            editor.revision = revision;
            again(&editor)
        }
    }
}

/// Someone else amended it meanwhile: shows what is stored beside what was typed. Sending the form
/// again, with both in view, stores what was typed.
async fn both_versions(visitor: &Visitor, posted: Posted, id: SeriesId) -> Result<Response, WebError> {
    let view = series::find(&visitor.cx(), id, "")
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    let words =
        "Someone else amended this series while you were editing it: compare both versions, then send the form again";
    let form = posted.again(FieldErrors::of("versions", words));
    let (now, typed) = (stored(&view), form.values.clone());
    let mut editor = editor(visitor, form, Some(view));
    let words = |values: &Values, field: &str| match (field, CountingRule::parse(values.get(field))) {
        ("counting_rule", Ok(rule)) => rule.to_string(),
        _ => values.get(field).to_owned(),
    };
    editor.differs = [
        ("code", "Code"),
        ("title", "What it counts"),
        ("publisher", "Publisher"),
        ("unit", "Unit"),
        ("counting_rule", "What is counted"),
        ("about", "What a reader should know"),
    ]
    .into_iter()
    .map(|(field, caption)| (caption, words(&now, field), words(&typed, field)))
    .filter(|(_, now, typed)| now != typed)
    .collect();
    Ok((StatusCode::CONFLICT, page(&editor)?).into_response())
}
