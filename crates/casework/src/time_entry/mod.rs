//! Unpaid time: minutes given to a case that did the duty of a public body, so that the audit can say what the state is
//! given for nothing.

mod rate;
pub mod timer;

use domain::Day;
use domain::casework::{Agency, TimeKind};
use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::row::time_entry;
use store::seal::Identity;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::case::{self, Unsealed};
use crate::sheet::{Field, Input, Sheet as _, Typed};

pub(crate) use rate::worth_of;
pub use rate::{Rate, Worth, rate, stated, worth};

/// The longest entry: a day.
const LONGEST_MINUTES: u32 = 24 * 60;

crate::sheet! {
    /// Time given free.
    pub struct Given {
        on: Day = "On which day", "";
        minutes: u32 = "Minutes", "";
        kind: TimeKind = "What for", "";
        agency: Agency = "Whose duty it was", "";
        ..
        body: Option<Agency> = "For which public body it was done", "Only where it is another one than that whose duty it was.";
    }
}

/// Public bodies, code and words: whose duty counted time may have been.
pub fn bodies() -> Vec<(&'static str, &'static str)> {
    let mut listed = Agency::choices();
    listed.retain(|(code, _)| Agency::parse(code).is_ok_and(Agency::is_public));
    listed
}

/// The questions of a form about time: only public bodies can be chosen, because only what was their duty is counted.
pub fn questions(mut fields: Vec<Field>) -> Vec<Field> {
    for field in &mut fields {
        if matches!(field.key, "agency" | "body") {
            field.input = Input::Choice(bodies());
        }
    }
    fields
}

/// Says so where something was nobody's public duty.
fn check_bodies(agency: Agency, body: Option<Agency>, errors: &mut FieldErrors) {
    for (key, of) in [("agency", Some(agency)), ("body", body)] {
        if of.is_some_and(|of| !of.is_public()) {
            errors.add(
                key,
                "Choose a public body: time that was nobody’s public duty is not counted here",
            );
        }
    }
}

impl Given {
    /// Whether it was a public body's duty. Entries of earlier versions may name somebody else: they are shown, and in no sum.
    pub const fn is_counted(&self) -> bool {
        self.agency.is_public()
    }

    /// What it was for, for which public body and whose duty.
    pub fn say(&self) -> String {
        match self.body {
            Some(body) if body != self.agency => format!("{}: for {body}, duty of {}", self.kind, self.agency),
            _ => format!("{}: {}", self.kind, self.agency),
        }
    }

    /// What was typed, checked.
    pub(crate) fn typed(typed: &Typed, today: Day) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let given = Self::read(typed, &mut errors);
        if let Some(given) = &given {
            given.check(today, &mut errors);
        }
        given.filter(|_| errors.is_empty()).ok_or(errors)
    }

    /// Says what is wrong with its answers taken together.
    pub(crate) fn check(&self, today: Day, errors: &mut FieldErrors) {
        if self.minutes == 0 || self.minutes > LONGEST_MINUTES {
            errors.add("minutes", "Enter between 1 minute and a whole day (1440)");
        }
        if self.on > today {
            errors.add("on", "It cannot have been after today");
        }
        check_bodies(self.agency, self.body, errors);
    }
}

/// An entry as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeEntry {
    /// What was given.
    pub given: Given,
    /// By whom.
    pub by: Uuid,
}

/// An entry with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The entry.
    pub id: Uuid,
    /// What is sealed of it.
    pub entry: TimeEntry,
}

pub(crate) fn place(id: Uuid, case: Uuid) -> Identity {
    Identity::new("time_entry", id, "sealed_entry").within(case)
}

/// The entries of an opened case, latest first.
pub(crate) async fn of(db: &impl ConnectionTrait, case: &Unsealed) -> Result<Vec<Kept>, AppError> {
    let rows = time_entry::Entity::find()
        .filter(time_entry::Column::CaseId.eq(case.row.id))
        .all(db)
        .await?;
    read_of(case, &rows)
}

/// The entries of an opened case, from their rows, latest first.
pub(crate) fn read_of(case: &Unsealed, rows: &[time_entry::Model]) -> Result<Vec<Kept>, AppError> {
    let entries = rows.iter().map(|row| {
        let entry = case.read(&place(row.id, case.row.id), &row.sealed_entry)?;
        Ok(Kept { id: row.id, entry })
    });
    let mut all = entries.collect::<Result<Vec<_>, AppError>>()?;
    all.sort_by_key(|kept| (std::cmp::Reverse(kept.entry.given.on), kept.id));
    Ok(all)
}

/// Records time given to a case.
pub async fn record(cx: &Cx<'_>, case: Uuid, typed: &Typed) -> Result<Uuid, AppError> {
    case::sealed(cx, case, Action::RecordTime).await?;
    let given = Given::typed(typed, cx.now.british_day()).map_err(AppError::Invalid)?;
    let of = case::unseal(cx, case, Action::RecordTime).await?;
    let id = cx.ids.random();
    let entry = TimeEntry {
        given,
        by: cx.member()?.0,
    };
    let work = cx.begin(Action::RecordTime, of.relation).await?;
    case::hold(&work.tx, &of.row).await?;
    fits_the_day(&work.tx, &of, &entry).await?;
    time_entry::ActiveModel {
        id: Set(id),
        case_id: Set(case),
        sealed_entry: Set(of.seal(&place(id, case), &entry)?),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "time_entry", Some(id)).await?;
    Ok(id)
}

/// Refuses what makes more of one member in one case on one day than a day has.
async fn fits_the_day(db: &impl ConnectionTrait, case: &Unsealed, entry: &TimeEntry) -> Result<(), AppError> {
    let given = &entry.given;
    let before = of(db, case)
        .await?
        .into_iter()
        .map(|kept| kept.entry)
        .filter(|kept| kept.by == entry.by && kept.given.on == given.on)
        .fold(0_u32, |sum, kept| sum.saturating_add(kept.given.minutes));
    if before.saturating_add(given.minutes) <= LONGEST_MINUTES {
        return Ok(());
    }
    Err(AppError::Invalid(FieldErrors::of(
        "minutes",
        format!(
            "With the {} that you gave this case on {} it is more than a day: enter less, or remove what was entered twice",
            say(before),
            given.on
        ),
    )))
}

/// Removes an entry that was made by mistake.
pub async fn remove(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<(), AppError> {
    let (row, relation) = case::sealed(cx, case, Action::RecordTime).await?;
    let work = cx.begin(Action::RecordTime, relation).await?;
    case::hold(&work.tx, &row).await?;
    let removed = time_entry::Entity::delete_many()
        .filter(time_entry::Column::Id.eq(id))
        .filter(time_entry::Column::CaseId.eq(case))
        .exec(&work.tx)
        .await?;
    if removed.rows_affected == 0 {
        return Err(AppError::NotFound("entry"));
    }
    work.finish(cx, "time_entry", Some(id)).await
}

/// The minutes of what was given that was a public body's duty.
pub fn minutes<'a>(all: impl Iterator<Item = &'a Given>) -> u32 {
    all.filter(|given| given.is_counted()).map(|given| given.minutes).sum()
}

/// Minutes as people say them.
pub fn say(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use testkit::on_both;

    use super::*;
    use crate::case::tests::{house, input};

    #[test]
    fn time_that_was_nobodys_public_duty_is_not_offered_is_refused_and_is_in_no_sum() {
        let given = |agency, minutes| Given {
            on: Day::new(2025, 6, 1).expect("a day"),
            minutes,
            kind: TimeKind::Other,
            agency,
            body: None,
        };
        let mut errors = FieldErrors::new();
        let today = Day::new(2025, 6, 2).expect("a day");
        given(Agency::Police, 20).check(today, &mut errors);
        assert!(errors.is_empty());
        given(Agency::Own, 20).check(today, &mut errors);
        assert!(errors.get("agency").is_some());
        assert_eq!(
            minutes([given(Agency::Police, 20), given(Agency::Lawyer, 40)].iter()),
            20
        );
        for field in questions(Given::fields()) {
            if let Input::Choice(listed) = field.input {
                let is_offered = listed.iter().any(|(code, _)| *code == "lawyer");
                assert!(!is_offered, "{}", field.key);
            }
        }
    }

    #[tokio::test]
    async fn nobody_gives_a_case_more_on_a_day_than_a_day_has() {
        on_both(async |stage| {
            let house = house(stage).await;
            let cx = house.worker.cx(stage);
            let id = case::record(&cx, input("Specimen")).await.expect("recorded");
            let typed = |on: &str, minutes: &str| {
                Typed::of([
                    ("on", on),
                    ("minutes", minutes),
                    ("kind", "chasing"),
                    ("agency", "police"),
                ])
            };
            record(&cx, id, &typed("2025-05-31", "1439")).await.expect("recorded");
            let answer = record(&cx, id, &typed("2025-05-31", "2")).await;
            let Err(AppError::Invalid(errors)) = &answer else {
                panic!("{answer:?}")
            };
            let fault = errors.get("minutes").expect("a fault");
            assert!(
                fault.contains("23 h 59 min that you gave this case on 31 May 2025"),
                "{fault}"
            );
            record(&cx, id, &typed("2025-05-31", "1")).await.expect("a whole day");
            record(&cx, id, &typed("2025-05-30", "2")).await.expect("another day");
            let supervisor = house.supervisor.cx(stage);
            record(&supervisor, id, &typed("2025-05-31", "2"))
                .await
                .expect("of another member");
        })
        .await;
    }

    #[test]
    fn minutes_are_said_in_hours_where_there_are_any() {
        assert_eq!([say(45), say(60), say(135)], ["45 min", "1 h", "2 h 15 min"]);
    }
}
