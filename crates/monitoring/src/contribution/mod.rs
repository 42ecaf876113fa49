//! Contributions as the coalition receives them: sealed, numbered, each in place of the one before; and what is computed of
//! all of them together.
//!
//! What a contribution holds is opened in a coordinator's session alone, added up in memory, and shown to nobody: no page, role
//! or export gives a row of it, or one organisation's figures. What is kept of it is what [`gate`](crate::gate) may show.

mod compute;
mod file;
mod linked;
mod receive;
mod sender;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::Instant;
use domain::ids::{CycleId, MemberId, OrganisationId, ReceivedId};
use domain::permission::{Action, Relation};
use domain::received::ReceivedState;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{case_computation, member, organisation, received_contribution, sender_key};
use store::seal::Identity;
use store::{AppError, Cx};
use uuid::Uuid;

pub use compute::{Computed, compute};
pub use file::{ROWS_SHEET, contents};
pub use receive::{TakeIn, receive, take_in};
pub use sender::{confirm, refuse};
pub(crate) use shown::shown_of;
pub use shown::{Line, measured, of_provision, of_version};

use crate::cycle::Cycle;

/// What the bytes that a coordinator took in are sealed as.
fn identity(id: Uuid) -> Identity {
    Identity::new("received_contribution", id, "file")
}

/// A signing key as it is read aloud: the fingerprint that its sender sees, too.
fn spoken(public_key: &str) -> String {
    let bytes: Option<Vec<u8>> = (0..public_key.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(public_key.get(at..at + 2)?, 16).ok())
        .collect();
    store::envelope::fingerprint_of(&bytes.unwrap_or_default())
}

/// A contribution as it was received. What it holds is not among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its record.
    pub id: ReceivedId,
    /// The cycle.
    pub cycle: CycleId,
    /// Who sent it.
    pub organisation: OrganisationId,
    /// Their name.
    pub organisation_name: String,
    /// Which of theirs in this cycle it is.
    pub number: i32,
    /// What became of it.
    pub state: ReceivedState,
    /// The fingerprint of the key that signed it; empty where a coordinator took in a plain file.
    pub fingerprint: String,
    /// Whether that key is the one a coordinator confirmed for this organisation.
    pub is_known: bool,
    /// Whether its key would take the place of one that was confirmed.
    pub is_change: bool,
    /// The SHA-256 of the file as it was sent, in hexadecimal.
    pub sha256: String,
    /// When it came.
    pub received_at: Instant,
    /// Who handed it over, or took it in.
    pub taken_by: MemberId,
    /// Whether that is somebody of another organisation: a coordinator.
    pub is_taken_in: bool,
}

impl Received {
    /// Whether it came without a signature: a plain file that a coordinator took in.
    pub fn is_plain(&self) -> bool {
        self.fingerprint.is_empty()
    }

    /// Whether this coordinator may not say alone that it is the organisation's: they took it in, and nothing known vouches for it.
    pub fn needs_another(&self, coordinator: MemberId) -> bool {
        self.taken_by == coordinator && (self.is_plain() || self.is_change)
    }

    /// The fingerprint of the file, as its sender sees it.
    pub fn file_fingerprint(&self) -> String {
        store::envelope::file_fingerprint(&self.sha256)
    }

    /// What the sender keeps of it: the file's hash, its number, and when it came.
    pub fn receipt(&self, cycle: &Cycle) -> String {
        format!(
            "Receipt of a contribution\n\nCycle: {} ({})\nOrganisation: {}\nNumber: {}\nReceived: {}\nFingerprint of the file: {}\nSHA-256 of the file: {}\n\
             Signing key: {}\nState: {}\n\nA contribution replaces the one before it. It is kept sealed, opened only to add it up \
             with others, and erased when the next one comes.\n",
            cycle.title,
            cycle.code,
            self.organisation_name,
            self.number,
            self.received_at,
            self.file_fingerprint(),
            self.sha256,
            if self.is_plain() {
                "none: a plain file"
            } else {
                &self.fingerprint
            },
            self.state
        )
    }
}

/// An organisation, with its contributions to a cycle.
#[derive(Debug, Clone)]
pub struct From {
    /// Which.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// The fingerprint of its signing key, if a coordinator confirmed one.
    pub known: String,
    /// What it sent, newest first; empty where it is awaited.
    pub received: Vec<Received>,
}

/// The newest computation of a cycle.
#[derive(Debug, Clone)]
pub struct Latest {
    /// Which.
    pub number: i32,
    /// When.
    pub computed_at: Instant,
    /// The contributions that it rests on, as name and number.
    pub rests_on: Vec<(String, i32)>,
    /// Whether it rests on a contribution that was replaced since.
    pub is_stale: bool,
    /// Contributions that do not fit the pack and are left out, as name and number.
    pub left_out: Vec<(String, i32)>,
    /// Contributions that count since and are not in it.
    pub n_new: usize,
}

/// What a coordinator sees of a cycle's contributions.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Every active organisation, and those that sent something.
    pub from: Vec<From>,
    /// The newest computation, if there was one.
    pub latest: Option<Latest>,
}

/// Who sent what into a cycle, and what is awaited. Coordinators. Six queries.
pub async fn overview(cx: &Cx<'_>, cycle: CycleId) -> Result<Overview, AppError> {
    cx.permit(Action::ReceiveContribution, Relation::Coalition)?;
    let db = cx.db.reader();
    let received = of_cycle(db, cycle, None).await?;
    let keys = keys(db).await?;
    let organisations = organisation::Entity::find()
        .order_by_asc(organisation::Column::NameFolded)
        .all(db)
        .await?;
    let latest = match newest(db, cycle).await? {
        Some(row) => Some(latest(&row, &received)?),
        None => None,
    };
    let from = organisations
        .into_iter()
        .map(|row| From {
            organisation: row.id.into(),
            known: keys.get(&row.id).map(|key| spoken(key)).unwrap_or_default(),
            received: received
                .iter()
                .filter(|one| one.organisation.0 == row.id)
                .cloned()
                .collect(),
            name: row.name,
        })
        .collect();
    Ok(Overview { from, latest })
}

fn latest(row: &case_computation::Model, received: &[Received]) -> Result<Latest, AppError> {
    let ids: Vec<Uuid> = serde_json::from_str(&row.rests_on)?;
    let left_out: Vec<Uuid> = serde_json::from_str(&row.left_out)?;
    let named = |one: &Received| (one.organisation_name.clone(), one.number);
    let rests_on: Vec<&Received> = received.iter().filter(|one| ids.contains(&one.id.0)).collect();
    let is_current = |one: &&Received| one.state == ReceivedState::Current;
    Ok(Latest {
        number: row.number,
        computed_at: Instant(row.computed_at),
        is_stale: !rests_on.iter().all(is_current),
        n_new: received
            .iter()
            .filter(|one| is_current(one) && !ids.contains(&one.id.0) && !left_out.contains(&one.id.0))
            .count(),
        left_out: received
            .iter()
            .filter(|one| is_current(one) && left_out.contains(&one.id.0))
            .map(named)
            .collect(),
        rests_on: rests_on.into_iter().map(named).collect(),
    })
}

/// What of a cycle's contributions waits for a coordinator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many wait until this coordinator says whose they are; not those that another has to.
    pub n_waiting: usize,
    /// Whether contributions came or were replaced since the measures were computed.
    pub is_behind: bool,
}

/// What of a cycle's contributions waits for a coordinator, told from what stands in clear. Five queries.
pub async fn tally(cx: &Cx<'_>, cycle: CycleId) -> Result<Tally, AppError> {
    cx.permit(Action::ReceiveContribution, Relation::Coalition)?;
    let db = cx.db.reader();
    let own = cx.member()?;
    let received = of_cycle(db, cycle, None).await?;
    let is_behind = match newest(db, cycle).await? {
        Some(row) => {
            let latest = latest(&row, &received)?;
            latest.is_stale || latest.n_new > 0
        }
        None => false,
    };
    Ok(Tally {
        n_waiting: received
            .iter()
            .filter(|one| one.state == ReceivedState::Waiting && !one.needs_another(own))
            .count(),
        is_behind,
    })
}

/// What the member's own organisation sent into a cycle, newest first: its receipts. Four queries.
pub async fn receipts(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Received>, AppError> {
    cx.permit(Action::HandOverContribution, Relation::OwnOrganisation)?;
    of_cycle(cx.db.reader(), cycle, Some(cx.organisation()?)).await
}

/// The lowest number that the next contribution of the member's own organisation to a cycle can have. One query.
pub async fn next_number(cx: &Cx<'_>, cycle: CycleId) -> Result<i32, AppError> {
    cx.permit(Action::HandOverContribution, Relation::OwnOrganisation)?;
    let all = receive::sent_before(cx.db.reader(), cycle.0, cx.organisation()?.0).await?;
    Ok(receive::least_number(&all, None))
}

/// One contribution of a cycle, for whoever sent it and for coordinators. Four queries.
pub async fn find(cx: &Cx<'_>, cycle: CycleId, id: ReceivedId) -> Result<Received, AppError> {
    let all = of_cycle(cx.db.reader(), cycle, None).await?;
    let found = all.into_iter().find(|one| one.id == id);
    let found = found.ok_or(AppError::NotFound("contribution"))?;
    cx.permit(Action::HandOverContribution, cx.actor.relation(found.organisation.0))?;
    Ok(found)
}

/// The contributions of a cycle, of one organisation or of all, newest first of each.
async fn of_cycle(
    db: &impl ConnectionTrait,
    cycle: CycleId,
    only: Option<OrganisationId>,
) -> Result<Vec<Received>, AppError> {
    let mut query = received_contribution::Entity::find().filter(received_contribution::Column::CycleId.eq(cycle.0));
    if let Some(only) = only {
        query = query.filter(received_contribution::Column::OrganisationId.eq(only.0));
    }
    let rows = query
        .order_by_desc(received_contribution::Column::Number)
        .all(db)
        .await?;
    let keys = keys(db).await?;
    let hands: HashMap<Uuid, Uuid> = member::Entity::find()
        .filter(member::Column::Id.is_in(rows.iter().map(|row| row.member_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.organisation_id))
        .collect();
    let names: HashMap<Uuid, String> = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(rows.iter().map(|row| row.organisation_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    rows.into_iter().map(|row| told(row, &names, &keys, &hands)).collect()
}

fn told(
    row: received_contribution::Model,
    names: &HashMap<Uuid, String>,
    keys: &HashMap<Uuid, String>,
    hands: &HashMap<Uuid, Uuid>,
) -> Result<Received, AppError> {
    let known = keys.get(&row.organisation_id);
    let is_known = row.signing_key.is_some() && row.signing_key.as_ref() == known;
    Ok(Received {
        id: row.id.into(),
        cycle: row.cycle_id.into(),
        organisation: row.organisation_id.into(),
        organisation_name: names.get(&row.organisation_id).cloned().unwrap_or_default(),
        number: row.number,
        state: ReceivedState::parse(&row.state).map_err(|error| AppError::Internal(error.into()))?,
        fingerprint: row.signing_key.as_deref().map(spoken).unwrap_or_default(),
        is_known,
        is_change: row.signing_key.is_some() && known.is_some() && !is_known,
        sha256: row.sha256,
        received_at: Instant(row.received_at),
        taken_by: row.member_id.into(),
        is_taken_in: hands.get(&row.member_id) != Some(&row.organisation_id),
    })
}

/// The confirmed signing keys, by organisation.
async fn keys(db: &impl ConnectionTrait) -> Result<HashMap<Uuid, String>, AppError> {
    let rows = sender_key::Entity::find().all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.organisation_id, row.public_key))
        .collect())
}

/// The newest computation of a cycle.
async fn newest(db: &impl ConnectionTrait, cycle: CycleId) -> Result<Option<case_computation::Model>, AppError> {
    Ok(case_computation::Entity::find()
        .filter(case_computation::Column::CycleId.eq(cycle.0))
        .order_by_desc(case_computation::Column::Number)
        .one(db)
        .await?)
}
