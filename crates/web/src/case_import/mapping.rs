//! Which column holds what: a sheet, a row of headings, then a question for each column.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use casework::import::{self, Mapping, Others, Plan, Suggestion, Target};
use casework::sheet::Input;
use store::AppError;
use uuid::Uuid;

use super::{busy, frame, running};
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::import::question;
use crate::page::Page;

/// A column with what it holds.
struct Column {
    /// Name of the form's field.
    key: String,
    heading: String,
    /// How many cells below it hold something, and the first of them.
    sample: String,
    n_filled: usize,
    /// What it holds, by its name, or as it was typed; empty for nothing.
    held: String,
}

/// What stands in no column and is the same in every row.
struct Fixed {
    key: String,
    words: String,
    value: String,
    /// The answers that can be chosen; empty where it is typed.
    options: Vec<(&'static str, &'static str)>,
}

/// What a column can hold, under a heading, by names.
struct Group {
    words: &'static str,
    names: Vec<String>,
}

#[derive(Template)]
#[template(path = "case_import/mapping.html")]
struct Confirm {
    page: Page,
    form: Form,
    id: Uuid,
    columns: Vec<Column>,
    fixed: Vec<Fixed>,
    groups: Vec<Group>,
    is_remembered: bool,
    notes: Vec<String>,
    /// What happens to columns for which nothing is chosen.
    others: Vec<(&'static str, &'static str)>,
    fate: &'static str,
}

impl Confirm {
    /// Columns that hold something and for which nothing is chosen.
    fn unasked(&self) -> impl Iterator<Item = &Column> {
        self.columns
            .iter()
            .filter(|column| column.held.is_empty() && column.n_filled > 0)
    }
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for target in import::targets() {
        let name = target.name();
        match groups.iter_mut().find(|group| group.words == target.group()) {
            Some(group) => group.names.push(name),
            None => groups.push(Group {
                words: target.group(),
                names: vec![name],
            }),
        }
    }
    groups
}

/// What a code is called; what stands for nothing, as it was typed.
fn name_of(code: &str) -> String {
    import::target(code).map_or_else(|| code.to_owned(), Target::name)
}

/// How many cells hold something, in words.
pub(super) fn cells_words(n: usize) -> String {
    format!("{n} filled {}", if n == 1 { "cell" } else { "cells" })
}

fn fixed(target: &Target, mapping: &Mapping) -> Fixed {
    Fixed {
        key: format!("fixed_{}", target.code),
        words: target.words(),
        value: mapping.fixed.get(&target.code).cloned().unwrap_or_default(),
        options: match &target.field.input {
            Input::Choice(listed) | Input::Boxes(listed) => listed.clone(),
            _ => Vec::new(),
        },
    }
}

/// The mapping as it was typed: a column for each heading, then what is the same in every row, where no column holds it.
fn typed(values: &Values, headers: &[String]) -> Mapping {
    let mut mapping = Mapping::default();
    for (at, heading) in headers.iter().enumerate() {
        let held = values.get(&format!("column_{at}"));
        if !held.trim().is_empty() {
            // What is nothing that a column can hold stays as it was typed, and is said to be so.
            let code = import::said(held).map_or_else(|| held.trim().to_owned(), |target| target.code.clone());
            mapping.columns.insert(heading.clone(), code);
        }
    }
    for (name, value) in values.iter() {
        let Some(code) = name.strip_prefix("fixed_") else {
            continue;
        };
        let is_held = mapping.columns.values().any(|held| held == code);
        if !is_held && !value.trim().is_empty() {
            mapping.fixed.insert(code.to_owned(), value.trim().to_owned());
        }
    }
    // What was asked about a column that is no longer chosen.
    let needed: Vec<&str> = mapping
        .needed()
        .into_iter()
        .map(|target| target.code.as_str())
        .collect();
    mapping.fixed.retain(|code, _| needed.contains(&code.as_str()));
    // Whoever says nothing of the other columns keeps them.
    mapping.others = Others::parse(values.get("others")).unwrap_or_default();
    mapping.suggest();
    mapping
}

/// What the member is asked next about a file.
pub(super) async fn next_question(visitor: &Visitor, id: Uuid, form: Form) -> Result<Response, WebError> {
    let frame = |title: &str| {
        frame(visitor, title)
            .under("/cases/imports", "Cases from files")
            .under(format!("/cases/imports/{id}"), "File")
    };
    let suggestion = import::suggestion(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    match suggestion {
        Suggestion::Ask(of) => question::ask(of, frame, form, (format!("/cases/imports/{id}"), "cases")),
        Suggestion::Confirm {
            headers,
            sample,
            filled,
            mapping,
            is_remembered,
            notes,
        } => {
            let is_typed = !form.values.get("step").is_empty();
            let mapping = if is_typed {
                typed(&form.values, &headers)
            } else {
                mapping
            };
            let columns = headers.iter().enumerate().map(|(at, heading)| {
                let cells: Vec<&str> = sample
                    .iter()
                    .filter_map(|row| row.get(at))
                    .map(String::as_str)
                    .filter(|cell| !cell.is_empty())
                    .collect();
                let n_filled = filled.get(at).copied().unwrap_or_default();
                Column {
                    key: format!("column_{at}"),
                    heading: heading.clone(),
                    sample: match (n_filled, cells.join(" · ").as_str()) {
                        (0, _) => "Empty in every row".to_owned(),
                        (n, "") => cells_words(n),
                        (n, sample) => format!("{}: {sample}", cells_words(n)),
                    },
                    n_filled,
                    held: mapping
                        .columns
                        .get(heading)
                        .map(|code| name_of(code))
                        .unwrap_or_default(),
                }
            });
            page(&Confirm {
                page: frame("Which column holds what?"),
                id,
                columns: columns.collect(),
                fixed: mapping
                    .needed()
                    .into_iter()
                    .map(|target| fixed(target, &mapping))
                    .collect(),
                groups: groups(),
                is_remembered: is_remembered && !is_typed,
                notes,
                others: Others::choices(),
                fate: mapping.others.code(),
                form,
            })
        }
    }
}

pub(super) async fn ask(visitor: Visitor, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    if let Some(busy) = busy(&visitor, id) {
        return Ok(busy);
    }
    let form = Form::small(&visitor);
    next_question(&visitor, id, form).await
}

/// Takes what was said of a file. With a mapping its rows are checked: at once, or after the answer where they are many.
async fn planned(posted: &Posted, id: Uuid) -> Result<Uuid, AppError> {
    let cx = posted.cx();
    let known = import::find(&cx, id).await?.content.plan;
    if let Some(answered) = question::answered(&posted.values, &known) {
        return import::plan(&cx, id, answered?).await;
    }
    let Suggestion::Confirm { headers, filled, .. } = import::suggestion(&cx, id).await? else {
        return Err(AppError::Refused(
            "Say first which sheet and which row of headings to read".into(),
        ));
    };
    let mapping = typed(&posted.values, &headers);
    import::check_mapping(&mapping)?;
    let plan = Plan {
        mapping: Some(mapping),
        ..known
    };
    // No column is filled in more rows than there are, and hardly a file has none that is filled in every row.
    if filled.iter().any(|n| *n > running::AT_ONCE) {
        running::check(posted, id, plan);
        return Ok(id);
    }
    import::plan(&cx, id, plan).await
}

pub(super) async fn answer(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    if let Some(busy) = busy(&posted.visitor, id) {
        return Ok(busy);
    }
    let is_question = question::answered(&posted.values, &Plan::default()).is_some();
    let answer = planned(&posted, id).await;
    match outcome(answer).map_err(|error| WebError::of(&posted.visitor, error))? {
        Outcome::Done(_) if is_question => Ok(Redirect::to(&format!("/cases/imports/{id}/mapping")).into_response()),
        Outcome::Done(_) => Ok(Redirect::to(&format!("/cases/imports/{id}")).into_response()),
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            let response = next_question(&visitor, id, posted.again(errors)).await?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, response).into_response())
        }
    }
}
