//! Parts of a case that are amended as more is known: a sheet, sealed within the case, with the number of its revision.
//!
//! Nothing that was recorded is overwritten: what a part said before is kept inside the part, under the same seal, so that
//! whoever may read the part may read that too, nobody else can, and forgetting the person takes both.
//!
//! What they have in common stands here once. Each kind says what it asks, what is wrong with its answers taken together,
//! and where its rows are kept.

use std::collections::HashMap;

use domain::permission::Action;
use domain::{Day, Instant};
use sea_orm::sea_query::{Expr, Query, ValueType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic as _, ModelTrait, QueryFilter, QuerySelect};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::seal::Identity;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::case::{self, Unsealed};
use crate::event::History;
use crate::sheet::{Sheet, Typed};

/// A column of a kind's table.
type ColumnOf<P> = <<P as Part>::Entity as EntityTrait>::Column;

/// A kind of part.
pub trait Part: Sheet + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its table, which holds an id, the case, the sealed sheet and its revision.
    type Entity: EntityTrait;
    /// The name of the table, which is also its word in the log of acts.
    const TABLE: &'static str;
    /// The column of the id.
    const ID: ColumnOf<Self>;
    /// The column of the case.
    const CASE: ColumnOf<Self>;
    /// The column of the sealed sheet.
    const SEALED: ColumnOf<Self>;
    /// The column of the revision.
    const REVISION: ColumnOf<Self>;
    /// What recording and amending one is.
    const ACTION: Action;
    /// What one is called where it is missing.
    const WORD: &'static str;

    /// Adds the faults of answers that do not go together, and of days that are still to come.
    fn check(&self, today: Day, errors: &mut FieldErrors);

    /// Whether what the person agreed to decides about the answers: [`Part::check_consent`] is then asked before anything is
    /// kept. It costs reading every event of the case.
    const HEEDS_CONSENT: bool = false;

    /// Adds the faults of answers that go against what the person said when they were asked.
    fn check_consent(&self, _history: &History, _errors: &mut FieldErrors) {}
}

/// A part as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<P> {
    /// The part.
    pub id: Uuid,
    /// Which revision of it this is.
    pub revision: i32,
    /// What is sealed of it.
    pub sheet: P,
    /// What it said before, earliest first.
    pub earlier: Vec<Earlier<P>>,
    /// Who recorded it; `None` where it came in a file or with a referral, and where an older program recorded it.
    pub by: Option<Uuid>,
}

/// What something said until it was amended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier<P> {
    /// What it said.
    pub sheet: P,
    /// When it was amended.
    pub until: Instant,
    /// Who amended it.
    pub by: Uuid,
}

/// What is sealed of a part: the sheet alone where nobody recorded it here and nobody amended it yet.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Sealed<P> {
    Recorded {
        now: P,
        earlier: Vec<Earlier<P>>,
        #[serde(default)]
        by: Option<Uuid>,
    },
    Alone(P),
}

impl<P> Sealed<P> {
    fn parts(self) -> (P, Vec<Earlier<P>>, Option<Uuid>) {
        match self {
            Self::Recorded { now, earlier, by } => (now, earlier, by),
            Self::Alone(sheet) => (sheet, Vec::new(), None),
        }
    }
}

pub(crate) fn place<P: Part>(id: Uuid, case: Uuid) -> Identity {
    Identity::new(P::TABLE, id, P::SEALED.as_str()).within(case)
}

/// A value of a row.
fn value<P: Part, T: ValueType>(row: &<P::Entity as EntityTrait>::Model, column: ColumnOf<P>) -> Result<T, AppError> {
    T::try_from(row.get(column)).map_err(|error| AppError::Internal(error.into()))
}

/// The parts of this kind of an opened case, in no order.
pub(crate) async fn of<P: Part>(db: &impl ConnectionTrait, case: &Unsealed) -> Result<Vec<Kept<P>>, AppError> {
    let rows = P::Entity::find().filter(P::CASE.eq(case.row.id)).all(db).await?;
    let rows: Vec<_> = rows.iter().collect();
    read_of(case, &rows)
}

/// The parts of this kind of many cases, by case: one query for all of them.
pub(crate) async fn of_many<P: Part>(
    db: &impl ConnectionTrait,
    cases: &[Unsealed],
) -> Result<HashMap<Uuid, Vec<Kept<P>>>, AppError> {
    let ids = cases.iter().map(|case| case.row.id);
    let rows = P::Entity::find().filter(P::CASE.is_in(ids)).all(db).await?;
    let mut by_case: HashMap<Uuid, Vec<&_>> = HashMap::new();
    for row in &rows {
        by_case.entry(value::<P, Uuid>(row, P::CASE)?).or_default().push(row);
    }
    let parts = cases.iter().map(|case| {
        let rows = by_case.remove(&case.row.id).unwrap_or_default();
        Ok((case.row.id, read_of(case, &rows)?))
    });
    parts.collect()
}

fn read_of<P: Part>(case: &Unsealed, rows: &[&<P::Entity as EntityTrait>::Model]) -> Result<Vec<Kept<P>>, AppError> {
    rows.iter()
        .map(|row| {
            let id = value::<P, Uuid>(row, P::ID)?;
            let sealed = value::<P, Vec<u8>>(row, P::SEALED)?;
            let (sheet, earlier, by) = case.read::<Sealed<P>>(&place::<P>(id, case.row.id), &sealed)?.parts();
            Ok(Kept {
                id,
                revision: value::<P, i32>(row, P::REVISION)?,
                sheet,
                earlier,
                by,
            })
        })
        .collect()
}

/// What was typed, checked.
pub(crate) fn read<P: Part>(typed: &Typed, today: Day) -> Result<P, AppError> {
    let mut errors = FieldErrors::new();
    let sheet = P::read(typed, &mut errors);
    if let Some(sheet) = &sheet {
        sheet.check(today, &mut errors);
    }
    match sheet {
        Some(sheet) if errors.is_empty() => Ok(sheet),
        _ => Err(AppError::Invalid(errors)),
    }
}

/// Refuses answers that go against what the person said. In the transaction that keeps them: of two who write at once the
/// second sees what the first recorded.
async fn heed<P: Part>(db: &impl ConnectionTrait, of: &Unsealed, sheet: &P) -> Result<(), AppError> {
    if !P::HEEDS_CONSENT {
        return Ok(());
    }
    let mut errors = FieldErrors::new();
    sheet.check_consent(&case::history(db, of).await?, &mut errors);
    errors.into_result()
}

/// Records a part of a case.
pub async fn record<P: Part>(cx: &Cx<'_>, case: Uuid, typed: &Typed) -> Result<Uuid, AppError> {
    case::sealed(cx, case, P::ACTION).await?;
    let sheet = read::<P>(typed, cx.now.british_day())?;
    let of = case::unseal(cx, case, P::ACTION).await?;
    let id = cx.ids.random();
    let recorded = Sealed::Recorded {
        now: &sheet,
        earlier: Vec::new(),
        by: Some(cx.member()?.0),
    };
    let sealed = of.seal(&place::<P>(id, case), &recorded)?;
    let work = cx.begin(P::ACTION, of.relation).await?;
    let counter = case::hold(&work.tx, &of.row).await?;
    heed(&work.tx, &of, &sheet).await?;
    let row = Query::insert()
        .into_table(P::Entity::default())
        .columns([P::ID, P::CASE, P::SEALED, P::REVISION])
        .values_panic([id.into(), case.into(), sealed.into(), 1_i32.into()])
        .to_owned();
    work.tx.execute(&row).await?;
    case::refresh(&work.tx, cx, &of, counter).await?;
    work.finish(cx, P::TABLE, Some(id)).await?;
    Ok(id)
}

/// Amends a part: people remember in pieces, and help comes step by step. What it said before is kept. [`AppError::Conflict`] when someone else changed
/// it since `revision`.
pub async fn amend<P: Part>(cx: &Cx<'_>, case: Uuid, id: Uuid, typed: &Typed, revision: i32) -> Result<Uuid, AppError> {
    case::sealed(cx, case, P::ACTION).await?;
    let sheet = read::<P>(typed, cx.now.british_day())?;
    let of = case::unseal(cx, case, P::ACTION).await?;
    let by = cx.member()?.0;
    let work = cx.begin(P::ACTION, of.relation).await?;
    let counter = case::hold(&work.tx, &of.row).await?;
    heed(&work.tx, &of, &sheet).await?;
    // Held until the end, so that of two who amend at once the second sees the first one's revision.
    let row = P::Entity::find()
        .filter(P::ID.eq(id))
        .filter(P::CASE.eq(case))
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound(P::WORD))?;
    if value::<P, i32>(&row, P::REVISION)? != revision {
        return Err(AppError::Conflict(P::WORD));
    }
    let place = place::<P>(id, case);
    let before = value::<P, Vec<u8>>(&row, P::SEALED)?;
    let (before, mut earlier, recorded_by) = of.read::<Sealed<P>>(&place, &before)?.parts();
    if before != sheet {
        earlier.push(Earlier {
            sheet: before,
            until: cx.now,
            by,
        });
    }
    let amended = Sealed::Recorded {
        now: sheet,
        earlier,
        by: recorded_by,
    };
    let sealed = of.seal(&place, &amended)?;
    P::Entity::update_many()
        .col_expr(P::SEALED, Expr::value(sealed))
        .col_expr(P::REVISION, Expr::value(revision + 1))
        .filter(P::ID.eq(id))
        .exec(&work.tx)
        .await?;
    case::refresh(&work.tx, cx, &of, counter).await?;
    work.finish(cx, P::TABLE, Some(id)).await?;
    Ok(id)
}
