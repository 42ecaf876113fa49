//! Cases from a file: send it, say which column holds what, look at its faults and at who may be known already, take the good
//! rows or none, and undo.

mod mapping;
mod running;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use casework::import::{self, Fault, Import, Others, Taking, Twin};
use domain::permission::Action;
use domain::series::ImportState;
use store::AppError;
use uuid::Uuid;

use self::running::{Doing, State};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::import::{Faults, refused_file};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::upload::Upload;

/// People who may be known, and days out of order, that a page shows of each.
const SHOWN: usize = 50;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/cases/imports", Action::ImportCases, get(list)),
        route("/cases/imports/new", Action::ImportCases, get(form).post(send)),
        route("/cases/imports/{id}", Action::ImportCases, get(show)),
        route(
            "/cases/imports/{id}/mapping",
            Action::ImportCases,
            get(mapping::ask).post(mapping::answer),
        ),
        route("/cases/imports/{id}/decision", Action::ImportCases, post(decide)),
        route("/cases/imports/{id}/undo", Action::UndoCaseImport, post(undo)),
        route("/cases/imports/{id}/refused", Action::ImportCases, get(refused)),
        route("/cases/imports/{id}/destroy", Action::ImportCases, post(destroy)),
    ]
}

fn frame(visitor: &Visitor, title: &str) -> Page {
    Page::new(visitor, title).within("/cases").under("/cases", "Cases")
}

#[derive(Template)]
#[template(path = "case_import/list.html")]
struct List {
    page: Page,
    imports: Vec<Import>,
    current: u64,
    last: u64,
    /// Why nothing can be opened, where it cannot.
    sealed: String,
}

async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let current = Values::parse(&query.unwrap_or_default())
        .get("page")
        .parse()
        .unwrap_or(1)
        .max(1);
    let (found, sealed) = match import::list(&visitor.cx(), current).await {
        Ok(found) => (found, String::new()),
        // No key yet, or a session without one: the page says how to come by it.
        Err(AppError::Refused(words)) => ((Vec::new(), 1), words),
        Err(error) => return Err(WebError::of(&visitor, error)),
    };
    page(&List {
        page: frame(&visitor, "Cases from files"),
        imports: found.0,
        current,
        last: found.1,
        sealed,
    })
}

#[derive(Template)]
#[template(path = "case_import/form.html")]
struct Send {
    page: Page,
    form: Form,
    megabytes: usize,
}

fn send_page(visitor: &Visitor, form: Form) -> Send {
    Send {
        page: frame(visitor, "Bring cases in").under("/cases/imports", "Cases from files"),
        form,
        megabytes: store::files::MAX_BYTES / 1024 / 1024,
    }
}

async fn form(visitor: Visitor) -> Result<Response, WebError> {
    page(&send_page(&visitor, Form::small(&visitor)))
}

async fn send(upload: Upload) -> Result<Response, WebError> {
    let staged = match upload.chosen("file") {
        Ok(file) => import::stage(&upload.posted.cx(), &file.name, file.bytes.to_vec()).await,
        Err(error) => Err(error),
    };
    match outcome(staged).map_err(|error| WebError::of(&upload.posted.visitor, error))? {
        Outcome::Done(id) => Ok(Redirect::to(&format!("/cases/imports/{id}/mapping")).into_response()),
        Outcome::Again(errors) => {
            let visitor = upload.posted.visitor.clone();
            again(&send_page(&visitor, upload.posted.again(errors)))
        }
    }
}

#[derive(Template)]
#[template(path = "case_import/show.html")]
struct Show {
    page: Page,
    form: Form,
    import: Import,
    faults: Faults,
    n_new: usize,
    may_undo: bool,
}

impl Show {
    fn is_staged(&self) -> bool {
        self.import.state == ImportState::Staged
    }

    fn is_taken(&self) -> bool {
        self.import.state == ImportState::Taken
    }

    fn twins(&self) -> &[Twin] {
        let all = &self.import.content.twins;
        all.get(..SHOWN).unwrap_or(all)
    }

    fn disorder(&self) -> &[Fault] {
        let all = &self.import.content.disorder;
        all.get(..SHOWN).unwrap_or(all)
    }

    /// What happens to columns that answer no question, or happened.
    fn fate(&self) -> &'static str {
        let mapping = self.import.content.plan.mapping.as_ref();
        match (mapping.map(|mapping| mapping.others), self.is_taken()) {
            (Some(Others::LeaveOut), false) => "They will be left out.",
            (Some(Others::LeaveOut), true) => "They were left out.",
            (_, false) => "Their words will be kept in a note of each case, dated the day support began.",
            (_, true) => "Their words were kept in a note of each case, dated the day support began.",
        }
    }

    fn take_all(&self) -> String {
        take_words(self.import.content.n_cases)
    }

    fn take_new(&self) -> String {
        take_words(self.n_new)
    }
}

fn take_words(n: usize) -> String {
    format!("Take {n} {}", if n == 1 { "case" } else { "cases" })
}

async fn show_page(visitor: &Visitor, id: Uuid, query: &Values, form: Form) -> Result<Show, WebError> {
    let import = import::find(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    Ok(Show {
        // Without the name of the file, which is sealed: a title stays in the browser's history.
        page: frame(visitor, "Cases from a file").under("/cases/imports", "Cases from files"),
        form,
        faults: Faults::page(&import.content.faults, &format!("/cases/imports/{id}"), query),
        n_new: import
            .content
            .n_cases
            .saturating_sub(import::n_alike(&import.content.twins)),
        may_undo: visitor.may(Action::UndoCaseImport),
        import,
    })
}

async fn show(visitor: Visitor, Path(id): Path<Uuid>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let form = match running::state(&visitor, id) {
        State::Running(work) => return running::shown(&visitor, id, &work),
        State::Over(doing, answer) => match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
            Outcome::Done(_) => Form::small(&visitor),
            Outcome::Again(errors) => {
                let form = Form {
                    errors,
                    ..Form::small(&visitor)
                };
                match doing {
                    // What was typed of the columns is not lost.
                    Doing::Check(values) => {
                        return mapping::next_question(&visitor, id, Form { values, ..form }).await;
                    }
                    Doing::Take(_) => form,
                }
            }
        },
        State::Idle => Form::small(&visitor),
    };
    page(&show_page(&visitor, id, &Values::parse(&query.unwrap_or_default()), form).await?)
}

/// The way back to an import that is being worked on: nothing else can be done with it until that is over.
fn busy(visitor: &Visitor, id: Uuid) -> Option<Response> {
    running::is_on(visitor, id).then(|| Redirect::to(&format!("/cases/imports/{id}")).into_response())
}

/// After a decision: the import, or the same page with the reason why not.
async fn decided(posted: Posted, id: Uuid, answer: Result<Uuid, AppError>) -> Result<Response, WebError> {
    match outcome(answer).map_err(|error| WebError::of(&posted.visitor, error))? {
        Outcome::Done(_) => Ok(Redirect::to(&format!("/cases/imports/{id}")).into_response()),
        Outcome::Again(errors) => {
            let visitor = posted.visitor.clone();
            again(&show_page(&visitor, id, &Values::default(), posted.again(errors)).await?)
        }
    }
}

/// Takes the good rows of an import: at once, or after the answer where they are many.
async fn take(posted: &Posted, id: Uuid, only_new: bool) -> Result<Uuid, AppError> {
    let taking = Taking {
        only_new,
        is_invented: posted.visitor.app.settings.is_demo,
    };
    let import = import::find(&posted.cx(), id).await?;
    let n_known = if only_new {
        import::n_alike(&import.content.twins)
    } else {
        0
    };
    let n_cases = import.content.n_cases.saturating_sub(n_known);
    if import.state == ImportState::Staged && n_cases > running::AT_ONCE {
        running::take(posted, id, taking, n_cases);
        return Ok(id);
    }
    import::take(&posted.cx(), id, taking, &|_| {}).await
}

async fn decide(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    if let Some(busy) = busy(&posted.visitor, id) {
        return Ok(busy);
    }
    let answer = match posted.values.get("take") {
        "good" => take(&posted, id, false).await,
        "new" => take(&posted, id, true).await,
        "none" => import::drop_all(&posted.cx(), id).await,
        _ => Err(AppError::Refused("Choose which rows to take, or none".into())),
    };
    decided(posted, id, answer).await
}

async fn undo(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = import::undo(&posted.cx(), id).await;
    decided(posted, id, answer).await
}

async fn destroy(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let answer = import::destroy(&posted.cx(), id).await;
    decided(posted, id, answer).await
}

async fn refused(visitor: Visitor, Path(id): Path<Uuid>) -> Result<Response, WebError> {
    let refused = import::refused_rows(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    Ok(refused_file(refused))
}
