//! The form of a definition. Every press of its first button shows what it gives; a script presses it after each change.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::contribution::{self, Period};
use domain::Day;
use domain::cycle::CycleState;
use domain::pack::{Definition, Pack, Schema};
use domain::permission::Action;
use measures::definition::in_words;
use measures::{read, shipped_pack};
use monitoring::cycle::{self, Cycle};
use monitoring::definition::{self, Measure, Revise, faults};
use store::{AppError, FieldErrors};

use super::form::{self, Group};
use super::preview::{self, Preview};
use super::{frame, title_of};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted, forget_draft};
use crate::page::Page;

#[derive(Template)]
#[template(path = "definition/form.html")]
struct Editor {
    page: Page,
    form: Form,
    measure: Measure,
    schema: Schema,
    groups: Vec<Group>,
    chosen: Vec<String>,
    /// The version that the form was opened on.
    revision: u32,
    /// What is typed, in words; empty where it cannot be computed yet.
    words: String,
    preview: Option<Preview>,
    may_save: bool,
    may_use_own: bool,
}

impl Editor {
    fn of(visitor: &Visitor, measure: Measure, form: Form, revision: u32) -> Self {
        let schema = definition::schema();
        Self {
            page: frame(visitor, "Change a measure").under(format!("/measures/{}", measure.code), title_of(&measure)),
            groups: form::groups(&form, &schema),
            chosen: form.chosen("strata"),
            form,
            measure,
            schema,
            revision,
            words: String::new(),
            preview: None,
            may_save: visitor.may(Action::DefineMeasure),
            may_use_own: visitor.may(Action::PrepareContribution),
        }
    }

    /// The conditions that are left out because they ask nothing yet, by what they are about.
    fn left_out(&self) -> String {
        let rows = self.groups.iter().flat_map(|group| &group.rows);
        let labels: Vec<&str> = rows
            .filter(|row| row.lacks.is_some())
            .map(|row| row.label.as_str())
            .collect();
        labels.join("; ")
    }

    /// What has to be done before anything is given.
    fn awaited(&self) -> String {
        let left_out = self.left_out();
        if !self.form.errors.is_empty() {
            "see what is missing above".to_owned()
        } else if left_out.is_empty() {
            "press “Show what it gives” to see what is missing".to_owned()
        } else {
            format!("say what is asked of this, or take the condition away: {left_out}")
        }
    }

    /// With what the definition says and gives.
    fn tried(mut self, definition: &Definition, preview: Option<Preview>) -> Self {
        self.words = in_words(definition, &self.schema);
        self.preview = preview;
        self
    }
}

pub(super) async fn open(visitor: Visitor, Path(code): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let measure = definition::find(&visitor.cx(), &code).await.map_err(shown)?;
    let newest = measure.newest().definition.clone();
    let opened = Form::open(&visitor, form::values(&newest)).await.map_err(shown)?;
    let revision = opened.kept("of_revision").parse().unwrap_or(newest.version);
    let read = form::read(&code, &opened.values, &definition::schema());
    let editor = Editor::of(&visitor, measure, opened, revision);
    if !read.errors.is_empty() || !faults(&read.definition).is_empty() {
        return page(&editor);
    }
    let preview = preview::of_invented(visitor.app.invented, &read.definition, &shipped_pack("")).map_err(shown)?;
    page(&editor.tried(&read.definition, Some(preview)))
}

/// What was typed: the measure, the tidied form, the definition, and every fault.
struct Typed {
    posted: Posted,
    measure: Measure,
    /// Without the conditions that ask nothing yet.
    definition: Definition,
    /// Whether it can be computed.
    can_be_computed: bool,
    errors: FieldErrors,
    /// Faults of whoever saves: conditions that ask nothing yet.
    unfinished: FieldErrors,
    revision: u32,
}

async fn typed(mut posted: Posted, code: &str) -> Result<Typed, AppError> {
    let measure = definition::find(&posted.visitor.cx(), code).await?;
    let revision = posted.values.get("revision").parse().unwrap_or(0);
    let schema = definition::schema();
    posted.values = form::stepped(&posted.values, &schema);
    let form::Read {
        definition,
        mut errors,
        unfinished,
    } = form::read(code, &posted.values, &schema);
    let found = faults(&definition);
    let can_be_computed = errors.is_empty() && found.is_empty();
    // What an unfinished condition will say may be just what is missing: that is told once it is finished.
    if unfinished.is_empty() {
        add(&mut errors, &found);
    }
    Ok(Typed {
        posted,
        measure,
        definition,
        can_be_computed,
        errors,
        unfinished,
        revision,
    })
}

/// Adds further faults.
fn add(errors: &mut FieldErrors, further: &FieldErrors) {
    for (field, words) in further.iter() {
        errors.add(field, words);
    }
}

impl Typed {
    /// The form again, with what was typed, these faults, and what it gives of invented cases where it can be computed.
    fn looked_at(self, errors: FieldErrors) -> Result<Editor, AppError> {
        if !self.can_be_computed {
            return Ok(self.editor(errors));
        }
        let definition = self.definition.clone();
        let preview = preview::of_invented(self.posted.visitor.app.invented, &definition, &shipped_pack(""))?;
        Ok(self.editor(errors).tried(&definition, Some(preview)))
    }

    /// The form again, with what was typed and these faults.
    fn editor(self, errors: FieldErrors) -> Editor {
        let visitor = self.posted.visitor.clone();
        let mut form = self.posted.again(errors);
        form.draft = format!("/measures/{}/change", self.measure.code);
        Editor::of(&visitor, self.measure, form, self.revision)
    }
}

pub(super) async fn look(Path(code): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let mut typed = typed(posted, &code).await.map_err(shown)?;
    let errors = std::mem::take(&mut typed.errors);
    if !errors.is_empty() {
        return again(&typed.editor(errors));
    }
    page(&typed.looked_at(errors).map_err(shown)?)
}

pub(super) async fn look_at_own(Path(code): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let mut typed = typed(posted, &code).await.map_err(shown)?;
    let errors = std::mem::take(&mut typed.errors);
    let definition = typed.definition.clone();
    if !errors.is_empty() {
        return again(&typed.editor(errors));
    }
    if !typed.can_be_computed {
        return page(&typed.editor(errors));
    }
    match own(&visitor, &definition).await {
        Ok(preview) => page(&typed.editor(errors).tried(&definition, Some(preview))),
        Err(AppError::Refused(words)) => again(&typed.editor(FieldErrors::of("form", words)).tried(&definition, None)),
        Err(error) => Err(shown(error)),
    }
}

/// Tries a definition on the cases of the member's own organisation, in the days of the newest open cycle whose period has begun.
async fn own(visitor: &Visitor, definition: &Definition) -> Result<Preview, AppError> {
    let cx = visitor.cx();
    let today = cx.now.british_day().iso();
    let has_begun = |cycle: &Cycle| {
        cycle::state(cycle).is_ok_and(|state| state != CycleState::Closed) && cycle.period_start <= today
    };
    let cycle = cycle::list(&cx).await?.into_iter().find(has_begun).ok_or_else(|| {
        AppError::Refused(
            "no cycle is open whose period has begun, and its days say which of your cases count: wait for its first day, or \
             ask a coordinator to open one"
                .to_owned(),
        )
    })?;
    let day = |text: &str| Day::parse(text).map_err(|error| AppError::Internal(error.into()));
    let period = Period {
        from: day(&cycle.period_start)?,
        until: day(&cycle.period_end)?,
    };
    let pack = Pack {
        definitions: vec![definition.clone()],
        ..shipped_pack(&cycle.code)
    };
    let prepared = contribution::rows(&cx, &pack, period).await?;
    let inside = |what: String| AppError::Internal(std::io::Error::other(what).into());
    let rows = read::rows(&pack, &prepared.rows).map_err(|refused| inside(refused.to_string()))?;
    let whose = format!("your organisation’s cases in “{}”", cycle.title);
    preview::of(definition, &pack, &rows, whose, "")
}

pub(super) async fn save(Path(code): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let mut typed = typed(posted, &code).await.map_err(shown)?;
    let mut errors = std::mem::take(&mut typed.errors);
    add(&mut errors, &typed.unfinished);
    if !errors.is_empty() {
        return again(&typed.looked_at(errors).map_err(shown)?);
    }
    let input = Revise {
        definition: typed.definition.clone(),
        why: typed.posted.values.get("why").to_owned(),
        version: typed.revision,
    };
    let done = Redirect::to(&format!("/measures/{code}"));
    match definition::revise(&typed.posted.cx(), input).await {
        Ok(_) | Err(AppError::Repeated(_)) => {
            forget_draft(&visitor, &format!("/measures/{code}/change")).await;
            Ok(done.into_response())
        }
        // What is refused now can be computed, and is shown beside what is missing, such as the reason.
        Err(AppError::Invalid(errors)) => again(&typed.looked_at(errors).map_err(shown)?),
        Err(AppError::Refused(words)) => again(&typed.looked_at(FieldErrors::of("form", words)).map_err(shown)?),
        Err(AppError::Conflict(_)) => {
            // The version that stands now is the one that the next press replaces, with its words in view.
            let newest = typed.measure.newest();
            let words = format!(
                "Somebody saved version {} meanwhile, because: {}. It says: {} Compare, then save again",
                newest.definition.version,
                newest.why,
                in_words(&newest.definition, &definition::schema())
            );
            typed.revision = newest.definition.version;
            let editor = typed.looked_at(FieldErrors::of("form", words)).map_err(shown)?;
            Ok((StatusCode::CONFLICT, page(&editor)?).into_response())
        }
        Err(error) => Err(shown(error)),
    }
}
