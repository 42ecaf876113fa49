//! Recording events, correcting them, striking them out. A row is only ever added.

use domain::Day;
use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::event;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{Entry, Event, Kind, What, identity, what};
use crate::case::{self, Unsealed};
use crate::sheet::{Answer as _, Field, Typed, take};

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

/// What was typed of an event, checked.
pub(crate) fn read(today: Day, kind: Kind, typed: &Typed) -> Result<(Day, What, String), FieldErrors> {
    let mut errors = FieldErrors::new();
    let (on, note) = common();
    let day: Option<Day> = take(&on, typed, &mut errors);
    if day.is_some_and(|day| day > today) {
        errors.add(
            "on",
            "It cannot have happened after today: for what is still to be done, record a reminder",
        );
    }
    let what = kind.read(typed, &mut errors);
    let note: Option<Option<crate::sheet::Words>> = take(&note, typed, &mut errors);
    match (day, what, note) {
        (Some(day), Some(what), Some(note)) if errors.is_empty() => Ok((day, what, note.words())),
        _ => Err(errors),
    }
}

/// Records an event of a case.
pub async fn record(cx: &Cx<'_>, case: Uuid, input: Record) -> Result<Uuid, AppError> {
    if !input.kind.is_recorded() {
        return Err(AppError::NotFound("kind of event"));
    }
    case::sealed(cx, case, Action::RecordEvent).await?;
    let (on, what, note) = read(cx.now.british_day(), input.kind, &input.typed).map_err(AppError::Invalid)?;
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    append(cx, &of, on, what, note, None).await
}

/// Corrects an event: the new one takes its place, and it stays to be read.
pub async fn correct(cx: &Cx<'_>, case: Uuid, input: Correct) -> Result<Uuid, AppError> {
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    let event = standing(cx, &of, input.event).await?;
    let (on, what, note) =
        read(cx.now.british_day(), event.entry.what.kind(), &input.typed).map_err(AppError::Invalid)?;
    append(cx, &of, on, what, note, Some(event.id)).await
}

/// Says that what a reminder asked for is done.
pub async fn done(cx: &Cx<'_>, case: Uuid, event: Uuid) -> Result<Uuid, AppError> {
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    let event = standing(cx, &of, event).await?;
    if event.entry.what.kind() != Kind::Reminder {
        return Err(AppError::Refused("only a reminder can be done".into()));
    }
    let what = What::Done(what::Done {});
    append(cx, &of, cx.now.british_day(), what, String::new(), Some(event.id)).await
}

/// Says that an event was recorded by mistake, with the reason.
pub async fn strike(cx: &Cx<'_>, case: Uuid, event: Uuid, reason: &str) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    let reason = errors.required("reason", reason, "Say why, in a few words");
    errors.into_result()?;
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    let event = standing(cx, &of, event).await?;
    let what = What::Struck(what::Struck {});
    append(cx, &of, cx.now.british_day(), what, reason, Some(event.id)).await
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

async fn append(
    cx: &Cx<'_>,
    of: &Unsealed,
    on: Day,
    what: What,
    note: String,
    supersedes: Option<Uuid>,
) -> Result<Uuid, AppError> {
    let id = cx.ids.random();
    let entry = Entry {
        on,
        what,
        note,
        supersedes,
        by: cx.member()?.0,
        at: cx.now,
    };
    let work = cx.begin(Action::RecordEvent, of.relation).await?;
    let counter = case::hold(&work.tx, &of.row).await?;
    if let Some(earlier) = supersedes {
        // Asked once more while nobody else writes: of two corrections of one event the second is refused.
        let history = case::history(&work.tx, of).await?;
        if history.successor(earlier).is_some() {
            return Err(replaced());
        }
    }
    event::ActiveModel {
        id: Set(id),
        case_id: Set(of.row.id),
        sealed_entry: Set(of.seal(&identity(id, of.row.id), &entry)?),
    }
    .insert(&work.tx)
    .await?;
    case::refresh(&work.tx, of, counter).await?;
    work.finish(cx, "event", Some(id)).await?;
    Ok(id)
}
