//! Imports of statistics: send a file, say how to read it, look at its faults, take the good rows or
//! none, and undo.

mod faults;
pub(crate) mod question;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::ids::ImportId;
use domain::permission::Action;
use domain::series::{CountingRule, ImportState};
use interchange::RowFault;
use interchange::mapping::{Field as _, Origin};
use interchange::series::{Field, Mapping};
use monitoring::import::{self, Line, Missing, Plan, Suggestion};
use monitoring::series;
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::upload::Upload;

pub(crate) use faults::{Faults, file as refused_file};

#[cfg(test)]
pub(crate) mod tests;

/// Series that one form adds.
const MOST_SERIES: usize = 40;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/imports", Action::ReadAudit, get(list)),
        route("/imports/new", Action::ImportSeries, get(form).post(send)),
        route("/imports/{id}", Action::ReadAudit, get(show)),
        route("/imports/{id}/mapping", Action::ImportSeries, get(ask).post(answer)),
        route(
            "/imports/{id}/series",
            Action::RecordSeries,
            get(series_form).post(add_series),
        ),
        route("/imports/{id}/decision", Action::ImportSeries, post(decide)),
        route("/imports/{id}/undo", Action::UndoImport, post(undo)),
        route("/imports/{id}/refused", Action::ReadAudit, get(refused)),
    ]
}

fn id_of(text: &str) -> Result<ImportId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("import"))
}

fn frame(visitor: &Visitor, title: &str) -> Page {
    Page::new(visitor, title)
        .within("/evidence")
        .under("/series", "Official statistics")
}

#[derive(Template)]
#[template(path = "import/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    current: u64,
    last: u64,
    may_import: bool,
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let current = Values::parse(&query.unwrap_or_default())
        .get("page")
        .parse()
        .unwrap_or(1)
        .max(1);
    let (lines, last) = import::list(&visitor.cx(), current).await?;
    page(&List {
        page: frame(&visitor, "Imports"),
        lines,
        current,
        last,
        may_import: visitor.may(Action::ImportSeries),
    })
}

#[derive(Template)]
#[template(path = "import/form.html")]
struct Send {
    page: Page,
    form: Form,
    megabytes: usize,
}

fn send_page(visitor: &Visitor, form: Form) -> Send {
    let page = frame(visitor, "Import statistics").under("/imports", "Imports");
    Send {
        page,
        form,
        megabytes: store::files::MAX_BYTES / 1024 / 1024,
    }
}

async fn form(visitor: Visitor) -> Result<Response, WebError> {
    page(&send_page(&visitor, Form::small(&visitor)))
}

async fn send(upload: Upload) -> Result<Response, WebError> {
    let staged = match upload.chosen("file") {
        Ok(file) => import::stage(&upload.posted.cx(), &file.name, &file.media_type, file.bytes.clone()).await,
        Err(error) => Err(error),
    };
    match outcome(staged)? {
        Outcome::Done(id) => Ok(Redirect::to(&format!("/imports/{id}/mapping")).into_response()),
        Outcome::Again(errors) => {
            let visitor = upload.posted.visitor.clone();
            again(&send_page(&visitor, upload.posted.again(errors)))
        }
    }
}

/// A field of an observation, with where its value comes from.
struct Mapped {
    /// Name of the form's field for the column.
    column_key: String,
    /// Name of the form's field for a value that is the same in every row.
    fixed_key: String,
    label: String,
    column: String,
    fixed: String,
}

/// How a field is named in forms.
fn key(field: Field) -> String {
    field.label().replace(' ', "_")
}

/// The mapping as the form shows it: as typed, if anything was.
fn mapped(mapping: &Mapping, typed: &Values) -> Vec<Mapped> {
    let is_typed = !typed.get("step").is_empty();
    let line = |field: &Field| {
        let (column_key, fixed_key) = (format!("column_{}", key(*field)), format!("fixed_{}", key(*field)));
        let (column, fixed) = match (is_typed, mapping.get(*field)) {
            (true, _) => (typed.get(&column_key), typed.get(&fixed_key)),
            (false, Some(Origin::Column(heading))) => (heading.as_str(), ""),
            (false, Some(Origin::Constant(value))) => ("", value.as_str()),
            (false, None) => ("", ""),
        };
        let needed = matches!(field, Field::Series | Field::Value | Field::Unit | Field::PublishedOn);
        let mut label = field.label().to_owned();
        label[..1].make_ascii_uppercase();
        if needed {
            label.push_str(" (needed)");
        }
        Mapped {
            label,
            column: column.to_owned(),
            fixed: fixed.to_owned(),
            column_key,
            fixed_key,
        }
    };
    Field::ALL.iter().map(line).collect()
}

/// The mapping as it was typed. A column goes before a fixed value.
fn typed_mapping(values: &Values) -> Mapping {
    let mut mapping = Mapping::default();
    for field in Field::ALL {
        let (column, fixed) = (
            values.get(&format!("column_{}", key(*field))),
            values.get(&format!("fixed_{}", key(*field))).trim(),
        );
        if !column.is_empty() {
            mapping.set(*field, Origin::Column(column.to_owned()));
        } else if !fixed.is_empty() {
            mapping.set(*field, Origin::Constant(fixed.to_owned()));
        }
    }
    mapping
}

#[derive(Template)]
#[template(path = "import/mapping.html")]
struct Confirm {
    page: Page,
    form: Form,
    id: ImportId,
    headers: Vec<String>,
    options: Vec<(String, String)>,
    sample: Vec<Vec<String>>,
    fields: Vec<Mapped>,
    /// Whether any field has a value that is the same in every row.
    has_fixed: bool,
    is_remembered: bool,
    notes: Vec<String>,
}

/// What the member is asked next about a file.
async fn next_question(visitor: &Visitor, id: ImportId, form: Form) -> Result<Response, WebError> {
    let frame = |title: &str| frame(visitor, title).under("/imports", "Imports");
    match import::suggestion(&visitor.cx(), id).await? {
        Suggestion::Ask(of) => question::ask(of, frame, form, (format!("/imports/{id}"), "figures")),
        Suggestion::Confirm {
            headers,
            sample,
            mapping,
            is_remembered,
            notes,
            ..
        } => {
            let fields = mapped(&mapping, &form.values);
            page(&Confirm {
                page: frame("Which column holds what?"),
                id,
                options: headers
                    .iter()
                    .map(|heading| (heading.clone(), heading.clone()))
                    .collect(),
                headers,
                sample,
                has_fixed: fields.iter().any(|field| !field.fixed.is_empty()),
                fields,
                is_remembered,
                notes,
                form,
            })
        }
    }
}

async fn ask(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let form = Form::small(&visitor);
    next_question(&visitor, id_of(&id)?, form).await
}

async fn answer(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let id = id_of(&id)?;
    let line = import::find(&posted.cx(), id).await?;
    let answered = question::answered(&posted.values, &line.plan);
    let is_question = answered.is_some();
    let plan = answered.unwrap_or_else(|| {
        Ok(Plan {
            mapping: Some(typed_mapping(&posted.values)),
            ..line.plan
        })
    });
    let planned = match plan {
        Ok(plan) => import::plan(&posted.cx(), id, plan).await,
        Err(error) => Err(error),
    };
    let errors = match outcome(planned)? {
        Outcome::Done(_) if is_question => {
            return Ok(Redirect::to(&format!("/imports/{id}/mapping")).into_response());
        }
        Outcome::Done(_) => return Ok(Redirect::to(&format!("/imports/{id}")).into_response()),
        Outcome::Again(errors) => errors,
    };
    let visitor = posted.visitor.clone();
    // A file with columns about people is gone by now: there is no form to come back to.
    if matches!(import::find(&visitor.cx(), id).await, Err(AppError::NotFound(_))) {
        let words = errors.iter().map(|(_, words)| words).collect::<Vec<_>>().join(" ");
        return Err(WebError::of(&visitor, AppError::Refused(words)));
    }
    let response = next_question(&visitor, id, posted.again(errors)).await?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, response).into_response())
}

#[derive(Template)]
#[template(path = "import/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a question that the template asks")]
struct Show {
    page: Page,
    form: Form,
    line: Line,
    faults: Faults,
    take_words: String,
    missing: Vec<Missing>,
    is_staged: bool,
    is_taken: bool,
    may_import: bool,
    may_record: bool,
    may_undo: bool,
}

async fn show_page(visitor: &Visitor, id: ImportId, query: &Values, form: Form) -> Result<Show, WebError> {
    let line = import::find(&visitor.cx(), id).await?;
    let (all, missing) = import::faults(&visitor.cx(), id).await?;
    // Rows that only wait for their series are said once, above the list.
    let faults: Vec<RowFault> = all
        .into_iter()
        .filter(|fault| fault.missing.is_none())
        .map(|fault| fault.said)
        .collect();
    Ok(Show {
        page: frame(visitor, &line.file).under("/imports", "Imports"),
        form,
        take_words: match line.n_good {
            1 => "Take the good row".to_owned(),
            n => format!("Take the {n} good rows"),
        },
        faults: Faults::page(&faults, &format!("/imports/{id}"), query),
        missing,
        is_staged: line.state == ImportState::Staged,
        is_taken: line.state == ImportState::Taken,
        may_import: visitor.may(Action::ImportSeries),
        may_record: visitor.may(Action::RecordSeries),
        may_undo: visitor
            .actor
            .may(Action::UndoImport, visitor.actor.relation(line.organisation_id)),
        line,
    })
}

async fn show(visitor: Visitor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let form = Form::small(&visitor);
    page(&show_page(&visitor, id_of(&id)?, &Values::parse(&query.unwrap_or_default()), form).await?)
}

/// After a decision: the import, or the same page with the reason why not.
async fn decided(posted: Posted, id: ImportId, answer: Result<ImportId, AppError>) -> Result<Response, WebError> {
    match outcome(answer)? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/imports/{id}")).into_response()),
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&show_page(&visitor, id, &Values::default(), posted.again(errors)).await?)
        }
    }
}

async fn decide(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let id = id_of(&id)?;
    let answer = match posted.values.get("take") {
        "good" => import::take(&posted.cx(), id).await,
        "none" => import::drop_all(&posted.cx(), id).await,
        _ => {
            import::find(&posted.cx(), id).await?;
            Err(AppError::Refused("Choose whether to take the good rows or none".into()))
        }
    };
    decided(posted, id, answer).await
}

async fn undo(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let id = id_of(&id)?;
    let answer = import::undo(&posted.cx(), id).await;
    decided(posted, id, answer).await
}

async fn refused(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    Ok(refused_file(import::refused_rows(&visitor.cx(), id_of(&id)?).await?))
}

#[derive(Template)]
#[template(path = "import/series.html")]
struct AddSeries {
    page: Page,
    form: Form,
    id: ImportId,
    missing: Vec<Missing>,
    rules: Vec<(&'static str, &'static str)>,
}

async fn series_page(visitor: &Visitor, id: ImportId, form: Form) -> Result<AddSeries, WebError> {
    let line = import::find(&visitor.cx(), id).await?;
    let (_, mut missing) = import::faults(&visitor.cx(), id).await?;
    missing.truncate(MOST_SERIES);
    let page = frame(visitor, "Add the missing series")
        .under("/imports", "Imports")
        .under(format!("/imports/{id}"), &line.file);
    Ok(AddSeries {
        page,
        form,
        id,
        missing,
        rules: CountingRule::choices(),
    })
}

/// The counting rule that a unit suggests, for the member to confirm.
fn rule_of(unit: &str) -> CountingRule {
    match unit.trim().to_lowercase().as_str() {
        "person" | "persons" | "people" | "children" | "adults" => CountingRule::Person,
        "case" | "cases" => CountingRule::Case,
        "decision" | "decisions" => CountingRule::Decision,
        "day" | "days" | "weeks" | "months" => CountingRule::Duration,
        "gbp" | "eur" | "pounds" => CountingRule::Money,
        _ => CountingRule::Other,
    }
}

async fn series_form(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let mut form = Form::small(&visitor);
    let id = id_of(&id)?;
    let (_, missing) = import::faults(&visitor.cx(), id).await?;
    for (nth, missing) in missing.iter().take(MOST_SERIES).enumerate() {
        form.values.set(&format!("code-{nth}"), &missing.code);
        form.values.set(&format!("unit-{nth}"), &missing.unit);
        form.values
            .set(&format!("counting_rule-{nth}"), rule_of(&missing.unit).code());
    }
    page(&series_page(&visitor, id, form).await?)
}

async fn add_series(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let id = id_of(&id)?;
    import::find(&posted.cx(), id).await?;
    let value = |field: &str, nth: usize| posted.values.get(&format!("{field}-{nth}")).trim().to_owned();
    let publisher = posted.values.get("publisher").trim().to_owned();
    let named: Vec<usize> = (0..MOST_SERIES)
        .filter(|nth| !value("code", *nth).is_empty() && !value("title", *nth).is_empty())
        .collect();
    let new = named.iter().map(|&nth| series::Record {
        code: value("code", nth),
        title: value("title", nth),
        publisher: publisher.clone(),
        unit: value("unit", nth),
        counting_rule: value("counting_rule", nth),
        about: String::new(),
    });
    let answer = if named.is_empty() {
        Err(AppError::Invalid(FieldErrors::of(
            "title-0",
            "Say what at least one of the series counts",
        )))
    } else if publisher.is_empty() {
        Err(AppError::Invalid(FieldErrors::of(
            "publisher",
            "Enter who publishes these figures",
        )))
    } else {
        import::add_series(&posted.cx(), id, new.collect()).await
    };
    match outcome(answer)? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/imports/{id}")).into_response()),
        Outcome::Again(errors) => {
            // The command counts the series that were named; the form counts all of them.
            let mut shown = FieldErrors::new();
            for (field, words) in errors.iter() {
                let placed = field
                    .rsplit_once('-')
                    .and_then(|(name, nth)| Some(format!("{name}-{}", named.get(nth.parse::<usize>().ok()?)?)));
                shown.add(&placed.unwrap_or_else(|| field.to_owned()), words);
            }
            let visitor = posted.visitor.clone();
            again(&series_page(&visitor, id, posted.again(shown)).await?)
        }
    }
}
