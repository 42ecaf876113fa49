//! Recording events, correcting them, striking them out. A row is only ever added.

use domain::Day;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction};
use store::row::event;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::check::{check, repeated};
use super::{Basis, Beside, Entry, Event, History, Kind, What, check_beside, identity, what};
use crate::case::{self, Unsealed};
use crate::sheet::{Answer as _, Field, Sheet as _, Typed, take};

/// What was typed of an event.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its kind.
    pub kind: Kind,
    /// The answers, with `on` for the day and `note` for more words.
    pub typed: Typed,
}

/// What was typed to correct an event; its kind stays.
#[derive(Debug, Clone)]
pub struct Correct {
    /// The event that is corrected.
    pub event: Uuid,
    /// The answers as they should be.
    pub typed: Typed,
}

/// The fields that every event has: the day first, the note last.
pub fn common() -> (Field, Field) {
    (
        Field::of::<Day>("on", "When it happened", "For example, 27 3 2026"),
        Field::of::<Option<crate::sheet::Words>>("note", "More in words", "It stays sealed in this case."),
    )
}

/// The day on which something happened: not after today.
pub(crate) fn happened(today: Day, on: &Field, typed: &Typed, errors: &mut FieldErrors) -> Option<Day> {
    let day: Option<Day> = take(on, typed, errors);
    if day.is_some_and(|day| day > today) {
        errors.add(
            "on",
            "It cannot have happened after today: for what is still to be done, record a reminder",
        );
    }
    day
}

/// An event as it is read: its day, what happened, more in words, and where it is known from.
pub(crate) struct Happened {
    /// The day it happened.
    pub on: Day,
    /// What happened.
    pub what: What,
    /// More of it, in words.
    pub note: String,
    /// Where it is known from.
    pub basis: Basis,
}

impl Happened {
    /// The event to be recorded of it.
    fn fresh(self, supersedes: Option<Uuid>) -> Fresh {
        Fresh {
            on: self.on,
            what: self.what,
            note: self.note,
            basis: self.basis,
            supersedes,
        }
    }
}

/// What was typed of an event, checked.
pub(crate) fn read(today: Day, kind: Kind, typed: &Typed) -> Result<Happened, FieldErrors> {
    let mut errors = FieldErrors::new();
    let (on, note) = common();
    let day = happened(today, &on, typed, &mut errors);
    let what = kind.read(typed, &mut errors);
    if let (Some(day), Some(what)) = (day, &what) {
        check(today, day, what, &mut errors);
    }
    let note: Option<Option<crate::sheet::Words>> = take(&note, typed, &mut errors);
    let basis = Basis::read(typed, &mut errors);
    match (day, what, note, basis) {
        (Some(on), Some(what), Some(note), Some(basis)) if errors.is_empty() => Ok(Happened {
            on,
            what,
            note: note.words(),
            basis,
        }),
        _ => Err(errors),
    }
}

/// Faults of an event that contradicts what is known of its case. `supersedes`: the event whose place it takes.
async fn agrees(cx: &Cx<'_>, of: &Unsealed, happened: &Happened, supersedes: Option<Uuid>) -> Result<(), AppError> {
    let about: case::About = of.read(&case::about(of.row.id), &of.row.sealed_about)?;
    let history = match happened.what {
        What::ReturnContact(_) | What::Missing(_) | What::Death(_) => case::history(cx.db.reader(), of).await?,
        // Of nothing else does it depend on what happened.
        _ => History::default(),
    };
    let beside = Beside {
        opened_on: about.opened_on,
        born_year: of.who()?.identity.born_year(),
        returned_on: crate::follow_up::returned(&history).map(|returned| returned.on),
    };
    let mut errors = FieldErrors::new();
    check_beside(happened.on, &happened.what, beside, &mut errors);
    if let Some(fault) = repeated(&history, (happened.on, &happened.what), supersedes, cx.now) {
        errors.add("on", fault);
    }
    errors.into_result()
}

/// Records an event of a case.
pub async fn record(cx: &Cx<'_>, case: Uuid, input: Record) -> Result<Uuid, AppError> {
    if !input.kind.is_recorded() {
        return Err(AppError::NotFound("kind of event"));
    }
    case::sealed(cx, case, Action::RecordEvent).await?;
    let mut happened = read(cx.now.british_day(), input.kind, &input.typed).map_err(AppError::Invalid)?;
    if let What::Consent(sheet) = &mut happened.what {
        let mut errors = FieldErrors::new();
        crate::consent::complete(sheet, &mut errors);
        errors.into_result()?;
    }
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    agrees(cx, &of, &happened, None).await?;
    append(cx, Action::RecordEvent, &of, happened.fresh(None)).await
}

/// Corrects an event: the new one takes its place, and it stays to be read.
pub async fn correct(cx: &Cx<'_>, case: Uuid, input: Correct) -> Result<Uuid, AppError> {
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    let event = standing(cx, &of, input.event).await?;
    if !event.entry.what.kind().is_recorded() {
        return Err(AppError::Refused(
            "this came about by a button: say that it was recorded by mistake, then press it anew".into(),
        ));
    }
    let happened = read(cx.now.british_day(), event.entry.what.kind(), &input.typed).map_err(AppError::Invalid)?;
    agrees(cx, &of, &happened, Some(event.id)).await?;
    append(cx, Action::RecordEvent, &of, happened.fresh(Some(event.id))).await
}

/// Says that what a reminder asked for is done.
pub async fn done(cx: &Cx<'_>, case: Uuid, event: Uuid) -> Result<Uuid, AppError> {
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    let event = standing(cx, &of, event).await?;
    if event.entry.what.kind() != Kind::Reminder {
        return Err(AppError::Refused("only a reminder can be done".into()));
    }
    let fresh = Fresh {
        supersedes: Some(event.id),
        ..Fresh::today(cx, What::Done(what::Done {}), String::new())
    };
    append(cx, Action::RecordEvent, &of, fresh).await
}

/// Says that an event was recorded by mistake, with the reason. A link to another case goes out of both.
pub async fn strike(cx: &Cx<'_>, case: Uuid, event: Uuid, reason: &str) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    let reason = errors.required("reason", reason, "Say why, in a few words");
    errors.into_result()?;
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    let event = standing(cx, &of, event).await?;
    // What a supervisor said to a plan is no caseworker's to take out.
    if matches!(event.entry.what, What::PlanAnswered(_)) {
        cx.permit(Action::ApprovePlan, of.relation)?;
    }
    if let What::Linked(sheet) = &event.entry.what {
        return crate::link::unlink(cx, case, sheet.case.0, &reason).await;
    }
    let fresh = Fresh {
        supersedes: Some(event.id),
        ..Fresh::today(cx, What::Struck(what::Struck {}), reason)
    };
    append(cx, Action::RecordEvent, &of, fresh).await
}

/// An event that still holds.
async fn standing(cx: &Cx<'_>, of: &Unsealed, id: Uuid) -> Result<Event, AppError> {
    let history = case::history(cx.db.reader(), of).await?;
    if history.find(id).is_none() {
        return Err(AppError::NotFound("event"));
    }
    history
        .standing()
        .find(|event| event.id == id)
        .cloned()
        .ok_or_else(replaced)
}

/// Someone else corrected, struck or did it meanwhile.
fn replaced() -> AppError {
    AppError::Refused("another event has taken the place of this one meanwhile: open the case again".into())
}

/// An event to be recorded.
pub(crate) struct Fresh {
    /// The day it happened.
    pub on: Day,
    /// What happened.
    pub what: What,
    /// More of it, in words.
    pub note: String,
    /// Where it is known from.
    pub basis: Basis,
    /// The event whose place it takes.
    pub supersedes: Option<Uuid>,
}

impl Fresh {
    /// One of today, which takes no other's place.
    pub(crate) fn today(cx: &Cx<'_>, what: What, note: String) -> Self {
        Self {
            on: cx.now.british_day(),
            what,
            note,
            basis: Basis::default(),
            supersedes: None,
        }
    }
}

/// Adds an event to an opened case.
pub(crate) async fn append(cx: &Cx<'_>, action: Action, of: &Unsealed, fresh: Fresh) -> Result<Uuid, AppError> {
    append_all(cx, action, [(of, fresh)]).await
}

/// Adds an event to an opened case, in a transaction that has counted the change and counts what follows from it.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    cx: &Cx<'_>,
    of: &Unsealed,
    fresh: Fresh,
) -> Result<Uuid, AppError> {
    let id = cx.ids.random();
    let entry = Entry {
        on: fresh.on,
        what: fresh.what,
        note: fresh.note,
        basis: fresh.basis,
        supersedes: fresh.supersedes,
        by: cx.member()?.0,
        at: cx.now,
    };
    event::ActiveModel {
        id: Set(id),
        case_id: Set(of.row.id),
        sealed_entry: Set(of.seal(&identity(id, of.row.id), &entry)?),
    }
    .insert(tx)
    .await?;
    Ok(id)
}

/// Adds several events to one opened case, all or none of them, each with a row in the log; gives the id of the first.
pub(crate) async fn append_each(
    cx: &Cx<'_>,
    action: Action,
    of: &Unsealed,
    all: Vec<(Day, What)>,
) -> Result<Uuid, AppError> {
    let work = cx.begin(action, of.relation).await?;
    let counter = case::hold(&work.tx, &of.row).await?;
    let mut made = Vec::with_capacity(all.len());
    for (on, what) in all {
        let fresh = Fresh {
            on,
            ..Fresh::today(cx, what, String::new())
        };
        made.push(insert(&work.tx, cx, of, fresh).await?);
    }
    let Some((first, others)) = made.split_first() else {
        return Err(AppError::NotFound("event"));
    };
    case::refresh(&work.tx, cx, of, counter).await?;
    // The row of the first is written when the work is finished.
    for other in others {
        store::work::log(&work.tx, cx, action, "event", Some(*other), "done").await?;
    }
    work.finish(cx, "event", Some(*first)).await?;
    Ok(*first)
}

/// Adds an event to each of some opened cases, all or none of them; gives the id of the first.
pub(crate) async fn append_all<const N: usize>(
    cx: &Cx<'_>,
    action: Action,
    all: [(&Unsealed, Fresh); N],
) -> Result<Uuid, AppError> {
    let relation = all.first().map_or(Relation::Coalition, |(of, _)| of.relation);
    let work = cx.begin(action, relation).await?;
    let mut first = None;
    for (of, fresh) in all {
        cx.permit(action, of.relation)?;
        let counter = case::hold(&work.tx, &of.row).await?;
        if let Some(earlier) = fresh.supersedes {
            // Asked once more while nobody else writes: of two corrections of one event the second is refused.
            let history = case::history(&work.tx, of).await?;
            if history.successor(earlier).is_some() {
                return Err(replaced());
            }
        }
        let id = insert(&work.tx, cx, of, fresh).await?;
        case::refresh(&work.tx, cx, of, counter).await?;
        first = first.or(Some(id));
    }
    work.finish(cx, "event", first).await?;
    first.ok_or(AppError::NotFound("case"))
}
