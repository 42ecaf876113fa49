//! Files of cases that are being checked or taken in: what takes longer than a moment goes on after the answer, and the page of
//! the import says how far it is.
//!
//! The work has what its request had: the form, the member, and in the memory of this node alone their private key, which goes
//! when it ends. It is no job, because no other node could open what it reads. Whatever ends it early leaves the file waiting
//! for a decision as before: all of it is written in one transaction. Other nodes show it as waiting too; should somebody take
//! it there meanwhile, one of the two takes nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use casework::import::{self, Plan, Taking};
use domain::Instant;
use store::AppError;
use store::work::Actor;
use uuid::Uuid;

use super::frame;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Posted, Values};
use crate::page::Page;

/// Rows that are checked, and cases that are taken, before the answer: about a second's worth.
pub(super) const AT_ONCE: usize = if cfg!(test) { 10 } else { 500 };
/// Seconds after which the page asks again.
const AGAIN: &str = "3";
/// How long what became of the work is kept for its member, who may never come back.
const KEPT_SECONDS: i64 = 60 * 60;

/// What is done with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doing {
    /// Its rows are checked by what was typed of its columns.
    Check(Values),
    /// So many of its cases are taken in.
    Take(usize),
}

/// The work on a file.
pub(super) struct Work {
    organisation: Option<Uuid>,
    member: Option<Uuid>,
    doing: Doing,
    began_at: Instant,
    n_done: AtomicUsize,
    /// What became of it, until its member is shown that; nothing while it goes on.
    answer: Mutex<Option<Result<Uuid, AppError>>>,
}

/// The work of this node, by import.
static WORKS: LazyLock<Mutex<HashMap<Uuid, Arc<Work>>>> = LazyLock::new(Mutex::default);

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Work {
    pub(super) fn new(actor: &Actor, doing: Doing, began_at: Instant) -> Self {
        Self {
            organisation: actor.organisation.map(Uuid::from),
            member: actor.member.map(Uuid::from),
            doing,
            began_at,
            n_done: AtomicUsize::new(0),
            answer: Mutex::default(),
        }
    }

    fn is_over(&self) -> bool {
        locked(&self.answer).is_some()
    }
}

/// Says that work is over, also where a panic or the end of the program ended it.
pub(super) struct Ending(Arc<Work>);

impl Ending {
    pub(super) fn with(self, answer: Result<Uuid, AppError>) {
        *locked(&self.0.answer) = Some(answer);
    }

    pub(super) fn told(&self, n_done: usize) {
        self.0.n_done.store(n_done, Ordering::Relaxed);
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        locked(&self.0.answer).get_or_insert_with(|| {
            let error = std::io::Error::other("the work on a file of cases was cut off");
            Err(AppError::Internal(error.into()))
        });
    }
}

/// Enters work on a file; nothing where somebody's work on it goes on already.
pub(super) fn enter(id: Uuid, work: Work) -> Option<Ending> {
    let mut works = locked(&WORKS);
    let oldest = work.began_at.plus_seconds(-KEPT_SECONDS);
    works.retain(|_, known| !known.is_over() || known.began_at.0 > oldest.0);
    if works.get(&id).is_some_and(|known| !known.is_over()) {
        return None;
    }
    let work = Arc::new(work);
    works.insert(id, Arc::clone(&work));
    Some(Ending(work))
}

/// Checks the rows of a file by a plan, after the answer to this request.
pub(super) fn check(posted: &Posted, id: Uuid, plan: Plan) {
    let doing = Doing::Check(posted.values.clone().without_tokens());
    let Some(ending) = enter(id, Work::new(&posted.visitor.actor, doing, posted.visitor.now)) else {
        return;
    };
    let posted = posted.clone();
    tokio::spawn(async move {
        let answer = import::plan(&posted.cx(), id, plan).await;
        drop(posted);
        ending.with(answer);
    });
}

/// Takes so many cases of a file, after the answer to this request.
pub(super) fn take(posted: &Posted, id: Uuid, taking: Taking, n_cases: usize) {
    let work = Work::new(&posted.visitor.actor, Doing::Take(n_cases), posted.visitor.now);
    let Some(ending) = enter(id, work) else {
        return;
    };
    let posted = posted.clone();
    tokio::spawn(async move {
        let answer = import::take(&posted.cx(), id, taking, &|n| ending.told(n)).await;
        drop(posted);
        ending.with(answer);
    });
}

/// How it stands with the work on a file.
pub(super) enum State {
    /// Nobody works on it, or what became of that is not for this visitor.
    Idle,
    /// It goes on.
    Running(Arc<Work>),
    /// It is over, and its member is told once what became of it.
    Over(Doing, Result<Uuid, AppError>),
}

/// How it stands with the work on a file, as far as a visitor may know.
pub(super) fn state(visitor: &Visitor, id: Uuid) -> State {
    let mut works = locked(&WORKS);
    let own = visitor.actor.organisation.map(Uuid::from);
    let Some(work) = works.get(&id).filter(|work| work.organisation == own).cloned() else {
        return State::Idle;
    };
    if !work.is_over() {
        return State::Running(work);
    }
    if work.member != visitor.actor.member.map(Uuid::from) {
        return State::Idle;
    }
    works.remove(&id);
    let answer = locked(&work.answer).take();
    answer.map_or(State::Idle, |answer| State::Over(work.doing.clone(), answer))
}

/// Whether somebody of the visitor’s organisation is waited for, whose work on a file goes on.
pub(super) fn is_on(visitor: &Visitor, id: Uuid) -> bool {
    let works = locked(&WORKS);
    let own = visitor.actor.organisation.map(Uuid::from);
    works
        .get(&id)
        .is_some_and(|work| work.organisation == own && !work.is_over())
}

#[derive(Template)]
#[template(path = "case_import/running.html")]
struct Running {
    page: Page,
    id: Uuid,
    is_check: bool,
    n_done: usize,
    n_cases: usize,
}

/// The page of a file that is worked on. It opens nothing, and asks again by itself.
pub(super) fn shown(visitor: &Visitor, id: Uuid, work: &Work) -> Result<Response, WebError> {
    let (is_check, n_cases) = match work.doing {
        Doing::Check(_) => (true, 0),
        Doing::Take(n_cases) => (false, n_cases),
    };
    let shown = page(&Running {
        page: frame(visitor, "Cases from a file").under("/cases/imports", "Cases from files"),
        id,
        is_check,
        n_done: work.n_done.load(Ordering::Relaxed).min(n_cases),
        n_cases,
    })?;
    Ok(([("refresh", AGAIN)], shown).into_response())
}
