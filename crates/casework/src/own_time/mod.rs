//! Unpaid time that belongs to no case: what an organisation gives a public body free beside its cases, and the total of it with
//! the time of all cases.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use domain::Day;
use domain::casework::{Agency, TimeKind};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use store::row::{member, own_time, time_entry as entry};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::case;
use crate::sheet::Typed;
use crate::time_entry::{self, Given, Worth, read_of, worth_of};

const OWN: Relation = Relation::OwnOrganisation;
/// Cases whose entries are read at once.
const CHUNK: usize = 500;

/// Time that belongs to no case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The entry.
    pub id: Uuid,
    /// What was given.
    pub given: Given,
    /// Who gave it, by name.
    pub by: String,
    /// Whether that is the member asking.
    #[serde(skip)]
    pub is_own: bool,
}

/// Time, and what it is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Minutes in all.
    pub minutes: u32,
    /// What they are worth.
    pub worth: Worth,
}

impl Sum {
    /// Of some entries.
    pub fn of<'a>(all: impl Iterator<Item = &'a Given> + Clone) -> Self {
        Self {
            minutes: time_entry::minutes(all.clone()),
            worth: worth_of(all),
        }
    }
}

/// What an organisation gave in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Outside its cases.
    pub outside: Sum,
    /// In its cases, those that are closed too.
    pub in_cases: Sum,
    /// Both.
    pub all: Sum,
    /// The rates that they are valued at, in words.
    pub stated: String,
    /// Minutes of both by whose duty it was, most first.
    pub by_duty: Vec<(Agency, u32)>,
}

/// Records time of the member asking.
pub async fn record(cx: &Cx<'_>, typed: &Typed) -> Result<Uuid, AppError> {
    cx.permit(Action::RecordOwnTime, OWN)?;
    let given = Given::typed(typed, cx.now.british_day()).map_err(AppError::Invalid)?;
    let id = cx.ids.random();
    let work = cx.begin(Action::RecordOwnTime, OWN).await?;
    own_time::ActiveModel {
        id: Set(id),
        organisation_id: Set(cx.organisation()?.0),
        member_id: Set(cx.member()?.0),
        given_on: Set(given.on.iso()),
        minutes: Set(i32::try_from(given.minutes).map_err(|error| AppError::Internal(error.into()))?),
        kind: Set(given.kind.code().to_owned()),
        agency: Set(given.agency.code().to_owned()),
        body: Set(given.body.map(|body| body.code().to_owned())),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "own_time", Some(id)).await?;
    Ok(id)
}

/// Removes an entry of the member asking that was made by mistake.
pub async fn remove(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    let work = cx.begin(Action::RecordOwnTime, OWN).await?;
    let removed = own_time::Entity::delete_many()
        .filter(own_time::Column::Id.eq(id))
        .filter(own_time::Column::OrganisationId.eq(cx.organisation()?.0))
        .filter(own_time::Column::MemberId.eq(cx.member()?.0))
        .exec(&work.tx)
        .await?;
    if removed.rows_affected == 0 {
        return Err(AppError::NotFound("entry"));
    }
    work.finish(cx, "own_time", Some(id)).await
}

/// The entries of the member's organisation, latest first.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Entry>, AppError> {
    cx.permit(Action::RecordOwnTime, OWN)?;
    of(cx).await
}

/// The same, for whoever was asked already.
pub(crate) async fn of(cx: &Cx<'_>) -> Result<Vec<Entry>, AppError> {
    let owner = cx.organisation()?.0;
    let rows = own_time::Entity::find()
        .filter(own_time::Column::OrganisationId.eq(owner))
        .all(cx.db.reader())
        .await?;
    let names: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(owner))
        .all(cx.db.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let me = cx.actor.member.map(|member| member.0);
    let entries = rows.into_iter().map(|row| {
        Ok(Entry {
            id: row.id,
            given: given(&row)?,
            by: names.get(&row.member_id).cloned().unwrap_or_default(),
            is_own: me == Some(row.member_id),
        })
    });
    let mut all = entries.collect::<Result<Vec<_>, AppError>>()?;
    all.sort_by_key(|entry| (std::cmp::Reverse(entry.given.on), entry.id));
    Ok(all)
}

/// What a row says.
fn given(row: &own_time::Model) -> Result<Given, AppError> {
    let internal = |error: domain::words::UnknownCode| AppError::Internal(error.into());
    Ok(Given {
        on: Day::parse(&row.given_on).map_err(|error| AppError::Internal(error.into()))?,
        minutes: u32::try_from(row.minutes).map_err(|error| AppError::Internal(error.into()))?,
        kind: TimeKind::parse(&row.kind).map_err(internal)?,
        agency: Agency::parse(&row.agency).map_err(internal)?,
        body: row.body.as_deref().map(Agency::parse).transpose().map_err(internal)?,
    })
}

/// Adds up what the member's organisation gave, in its cases and outside. Every case is opened for it, and the log names each.
pub async fn total(cx: &Cx<'_>) -> Result<Total, AppError> {
    cx.permit(Action::CountTime, OWN)?;
    let outside: Vec<Given> = of(cx).await?.into_iter().map(|entry| entry.given).collect();
    let cases = case::unseal_all(cx, cx.organisation()?.0, Action::CountTime).await?;
    let mut in_cases: Vec<Given> = Vec::new();
    for cases in cases.chunks(CHUNK) {
        let rows = entry::Entity::find()
            .filter(entry::Column::CaseId.is_in(cases.iter().map(|of| of.row.id)))
            .all(cx.db.reader())
            .await?;
        let mut by_case: HashMap<Uuid, Vec<entry::Model>> = HashMap::new();
        for row in rows {
            by_case.entry(row.case_id).or_default().push(row);
        }
        for of in cases {
            let rows = by_case.remove(&of.row.id).unwrap_or_default();
            in_cases.extend(read_of(of, &rows)?.into_iter().map(|kept| kept.entry.given));
        }
    }
    let mut by_duty: BTreeMap<Agency, u32> = BTreeMap::new();
    let counted = || outside.iter().chain(&in_cases).filter(|given| given.is_counted());
    for given in counted() {
        *by_duty.entry(given.agency).or_default() += given.minutes;
    }
    let mut by_duty: Vec<(Agency, u32)> = by_duty.into_iter().collect();
    by_duty.sort_by_key(|(agency, minutes)| (std::cmp::Reverse(*minutes), *agency));
    Ok(Total {
        outside: Sum::of(outside.iter()),
        in_cases: Sum::of(in_cases.iter()),
        all: Sum::of(counted()),
        stated: time_entry::stated(counted()),
        by_duty,
    })
}
