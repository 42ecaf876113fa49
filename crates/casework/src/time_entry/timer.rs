//! A clock beside the minutes: Start keeps the moment, Stop makes an entry of what has passed. Each member has one in a case at a
//! time. What ran for more than twelve hours was forgotten, and nobody guesses how long it was: whoever stops it says so.

use domain::Instant;
use domain::casework::{Agency, TimeKind};
use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::row::{time_entry, timer};
use store::seal::Identity;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{Given, LONGEST_MINUTES, TimeEntry, check_bodies};
use crate::case::{self, Unsealed};
use crate::sheet::{Sheet as _, Typed};

/// How long a clock is believed, in minutes.
const LONGEST_BELIEVED: i64 = 12 * 60;

crate::sheet! {
    /// What is being done.
    pub struct Doing {
        kind: TimeKind = "What for", "";
        agency: Agency = "Whose duty it was", "";
        ..
        body: Option<Agency> = "For which public body it is done", "Only where it is another one than that whose duty it was.";
    }
}

crate::sheet! {
    /// How long it was, as whoever forgot to stop the clock says.
    pub struct Length {
        minutes: u32 = "Minutes", "How long it was in truth: the clock ran for more than twelve hours.";
    }
}

/// A start as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Start {
    doing: Doing,
    by: Uuid,
    at: Instant,
}

/// A clock that runs, of the member asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    id: Uuid,
    /// What is being done.
    pub doing: Doing,
    /// When it was started.
    pub at: Instant,
}

impl Timer {
    /// Whole minutes that it has run, rounded, and at least one.
    pub fn minutes(&self, now: Instant) -> i64 {
        let seconds = now.0.saturating_sub(self.at.0) / 1_000_000;
        ((seconds + 30) / 60).max(1)
    }

    /// Whether it was forgotten, so that somebody has to say how long it was.
    pub fn is_forgotten(&self, now: Instant) -> bool {
        self.minutes(now) > LONGEST_BELIEVED
    }
}

fn place(id: Uuid, case: Uuid) -> Identity {
    Identity::new("timer", id, "sealed_start").within(case)
}

/// The clock of the member asking in an opened case.
pub(crate) async fn of(cx: &Cx<'_>, db: &impl ConnectionTrait, case: &Unsealed) -> Result<Option<Timer>, AppError> {
    let rows = timer::Entity::find()
        .filter(timer::Column::CaseId.eq(case.row.id))
        .all(db)
        .await?;
    let own = cx.actor.member.map(|member| member.0);
    for row in rows {
        let start: Start = case.read(&place(row.id, case.row.id), &row.sealed_start)?;
        if Some(start.by) == own {
            return Ok(Some(Timer {
                id: row.id,
                doing: start.doing,
                at: start.at,
            }));
        }
    }
    Ok(None)
}

/// It was stopped or thrown away already, perhaps on another screen.
fn none_runs() -> AppError {
    AppError::Refused(
        "no clock of yours runs in this case, so nothing was recorded just now: go back to the case and look under “Unpaid time” \
         what stands there"
            .to_owned(),
    )
}

/// Starts the clock of the member asking; the one that runs already is left as it is.
pub async fn start(cx: &Cx<'_>, case: Uuid, typed: &Typed) -> Result<Uuid, AppError> {
    case::sealed(cx, case, Action::RecordTime).await?;
    let mut errors = FieldErrors::new();
    let doing = Doing::read(typed, &mut errors);
    if let Some(doing) = &doing {
        check_bodies(doing.agency, doing.body, &mut errors);
    }
    let Some(doing) = doing.filter(|_| errors.is_empty()) else {
        return Err(AppError::Invalid(errors));
    };
    let of_case = case::unseal(cx, case, Action::RecordTime).await?;
    let start = Start {
        doing,
        by: cx.member()?.0,
        at: cx.now,
    };
    let work = cx.begin(Action::RecordTime, of_case.relation).await?;
    case::hold(&work.tx, &of_case.row).await?;
    // Looked for behind the lock: of two presses at once the second finds the clock of the first.
    if let Some(running) = of(cx, &work.tx, &of_case).await? {
        return Ok(running.id);
    }
    let id = cx.ids.random();
    timer::ActiveModel {
        id: Set(id),
        case_id: Set(case),
        sealed_start: Set(of_case.seal(&place(id, case), &start)?),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "timer", Some(id)).await?;
    Ok(id)
}

/// Stops the clock of the member asking and records what has passed, on the day that it was started. A forgotten one asks for the
/// minutes.
pub async fn stop(cx: &Cx<'_>, case: Uuid, typed: &Typed) -> Result<Uuid, AppError> {
    let of_case = case::unseal(cx, case, Action::RecordTime).await?;
    let work = cx.begin(Action::RecordTime, of_case.relation).await?;
    case::hold(&work.tx, &of_case.row).await?;
    let running = of(cx, &work.tx, &of_case).await?.ok_or_else(none_runs)?;
    let mut errors = FieldErrors::new();
    let minutes = if running.is_forgotten(cx.now) {
        Length::read(typed, &mut errors).map(|length| length.minutes)
    } else {
        u32::try_from(running.minutes(cx.now)).ok()
    };
    if minutes.is_some_and(|minutes| minutes == 0 || minutes > LONGEST_MINUTES) {
        errors.add("minutes", "Enter between 1 minute and a whole day (1440)");
    }
    let Some(minutes) = minutes.filter(|_| errors.is_empty()) else {
        return Err(AppError::Invalid(errors));
    };
    let entry = TimeEntry {
        given: Given {
            on: running.at.british_day(),
            minutes,
            kind: running.doing.kind,
            agency: running.doing.agency,
            body: running.doing.body,
        },
        by: cx.member()?.0,
    };
    let id = cx.ids.random();
    time_entry::ActiveModel {
        id: Set(id),
        case_id: Set(case),
        sealed_entry: Set(of_case.seal(&super::place(id, case), &entry)?),
    }
    .insert(&work.tx)
    .await?;
    timer::Entity::delete_by_id(running.id).exec(&work.tx).await?;
    work.finish(cx, "time_entry", Some(id)).await?;
    Ok(id)
}

/// Throws the clock of the member asking away; nothing is recorded.
pub async fn discard(cx: &Cx<'_>, case: Uuid) -> Result<(), AppError> {
    let of_case = case::unseal(cx, case, Action::RecordTime).await?;
    let work = cx.begin(Action::RecordTime, of_case.relation).await?;
    case::hold(&work.tx, &of_case.row).await?;
    let running = of(cx, &work.tx, &of_case).await?.ok_or_else(none_runs)?;
    timer::Entity::delete_by_id(running.id).exec(&work.tx).await?;
    work.finish(cx, "timer", Some(running.id)).await
}

#[cfg(test)]
mod tests {
    use testkit::on_both;

    use super::*;
    use crate::case::tests::{House, house, input};

    async fn begun(stage: &testkit::Stage) -> (House, Uuid) {
        let house = house(stage).await;
        let id = case::record(&house.worker.cx(stage), input("Specimen")).await;
        (house, id.expect("recorded"))
    }

    fn doing() -> Typed {
        Typed::of([("kind", "chasing"), ("agency", "police")])
    }

    /// The same member, so many seconds later.
    fn after<'a>(cx: &Cx<'a>, seconds: i64) -> Cx<'a> {
        Cx {
            now: cx.now.plus_seconds(seconds),
            ..*cx
        }
    }

    async fn minutes(cx: &Cx<'_>, id: Uuid) -> Vec<u32> {
        let opened = case::open(cx, id).await.expect("opened");
        opened.time.iter().map(|kept| kept.entry.given.minutes).collect()
    }

    #[tokio::test]
    async fn a_clock_that_is_stopped_is_an_entry_in_whole_minutes() {
        on_both(async |stage| {
            let (house, id) = begun(stage).await;
            let cx = house.worker.cx(stage);
            assert!(matches!(
                start(&cx, id, &Typed::of([("kind", "chasing")])).await,
                Err(AppError::Invalid(_))
            ));
            let started = start(&cx, id, &doing()).await.expect("started");
            assert_eq!(start(&after(&cx, 60), id, &doing()).await.expect("it runs"), started);
            // A colleague sees no clock of others, and has one of their own.
            let other = house.supervisor.cx(stage);
            assert!(case::open(&other, id).await.expect("opened").timer.is_none());
            assert!(matches!(stop(&other, id, &doing()).await, Err(AppError::Refused(_))));
            start(&other, id, &doing()).await.expect("another");
            // Twenty-three minutes and a half are twenty-four.
            let later = after(&cx, 23 * 60 + 30);
            let running = case::open(&later, id).await.expect("opened").timer.expect("a clock");
            assert_eq!((running.minutes(later.now), running.at), (24, cx.now));
            stop(&later, id, &Typed::default()).await.expect("stopped");
            assert_eq!(minutes(&later, id).await, [24]);
            assert!(matches!(
                stop(&later, id, &Typed::default()).await,
                Err(AppError::Refused(_))
            ));
            discard(&other, id).await.expect("thrown away");
            assert_eq!(minutes(&other, id).await, [24]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_forgotten_clock_asks_how_long_it_was_and_counts_for_its_own_day() {
        on_both(async |stage| {
            let (house, id) = begun(stage).await;
            let cx = house.worker.cx(stage);
            start(&cx, id, &doing()).await.expect("started");
            let next_day = after(&cx, 20 * 3600);
            for typed in ["", "0", "1441"] {
                let answer = stop(&next_day, id, &Typed::of([("minutes", typed)])).await;
                let Err(AppError::Invalid(errors)) = &answer else {
                    panic!("{typed}: {answer:?}")
                };
                assert_eq!(errors.iter().next().map(|(field, _)| field), Some("minutes"), "{typed}");
            }
            stop(&next_day, id, &Typed::of([("minutes", "35")]))
                .await
                .expect("stopped");
            let opened = case::open(&next_day, id).await.expect("opened");
            let given = &opened.time[0].entry.given;
            assert_eq!((given.minutes, given.on), (35, cx.now.british_day()));
        })
        .await;
    }

    #[tokio::test]
    async fn nothing_of_a_clock_stands_in_clear() {
        on_both(async |stage| {
            let (house, id) = begun(stage).await;
            start(&house.worker.cx(stage), id, &doing()).await.expect("started");
            assert_eq!(stage.traces_of("chasing").await, Vec::<String>::new());
        })
        .await;
    }
}
