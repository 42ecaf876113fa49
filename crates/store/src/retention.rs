//! How long sealed records are kept: the term of a kind of record, and what somebody kept beyond it. Which kinds there are, who
//! answers for them and what is due is for the slices to say.

use domain::Day;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use uuid::Uuid;

use crate::row::{retention_keep, retention_rule};
use crate::{AppError, Cx, FieldErrors};

/// The shortest and the longest term, in months.
const MONTHS: std::ops::RangeInclusive<i32> = 1..=240;
/// How much longer a record is kept that someone keeps, in months.
const KEPT_MONTHS: i32 = 12;

/// A term that was typed, in months.
pub fn months(typed: &str, errors: &mut FieldErrors) -> Option<i32> {
    let months = typed.trim().parse().ok().filter(|months| MONTHS.contains(months));
    if months.is_none() {
        errors.add("months", "Enter a number of months from 1 to 240");
    }
    months
}

/// The term that an owner has set for a kind of record, in months.
pub async fn rule(db: &impl ConnectionTrait, owner: Uuid, kind: &str) -> Result<Option<i32>, AppError> {
    let row = retention_rule::Entity::find_by_id((owner, kind.to_owned()))
        .one(db)
        .await?;
    Ok(row.map(|row| row.months))
}

/// Sets it.
pub async fn set(tx: &impl ConnectionTrait, cx: &Cx<'_>, owner: Uuid, kind: &str, months: i32) -> Result<(), AppError> {
    retention_rule::Entity::insert(retention_rule::ActiveModel {
        owner_id: Set(owner),
        kind: Set(kind.to_owned()),
        months: Set(months),
        member_id: Set(cx.member()?.0),
        set_at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::columns([retention_rule::Column::OwnerId, retention_rule::Column::Kind])
            .update_columns([
                retention_rule::Column::Months,
                retention_rule::Column::MemberId,
                retention_rule::Column::SetAt,
            ])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Keeps a record for another year.
pub async fn keep(tx: &impl ConnectionTrait, cx: &Cx<'_>, record: Uuid) -> Result<(), AppError> {
    retention_keep::Entity::insert(retention_keep::ActiveModel {
        record_id: Set(record),
        until_on: Set(cx.now.day().plus_months(KEPT_MONTHS).iso()),
        member_id: Set(cx.member()?.0),
    })
    .on_conflict(
        OnConflict::column(retention_keep::Column::RecordId)
            .update_columns([retention_keep::Column::UntilOn, retention_keep::Column::MemberId])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// What was kept, and until when.
#[derive(Debug)]
pub struct Keeps(Vec<retention_keep::Model>);

impl Keeps {
    /// Reads all.
    pub async fn read(db: &impl ConnectionTrait) -> Result<Self, AppError> {
        Ok(Self(retention_keep::Entity::find().all(db).await?))
    }

    /// The day on which a record that came on `came_on` is due, if that is not after `today`; `None`, too, where no day is written.
    pub fn due_on(&self, record: Uuid, came_on: &str, months: i32, today: Day) -> Option<String> {
        let due_on = match self.0.iter().find(|keep| keep.record_id == record) {
            Some(keep) => keep.until_on.clone(),
            None => Day::parse(came_on).ok()?.plus_months(months).iso(),
        };
        (due_on <= today.iso()).then_some(due_on)
    }
}
