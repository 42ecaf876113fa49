//! Looking at contributions: the list of an organisation's own, and one of them with everything that leaves.

use std::collections::{HashMap, HashSet};

use access::key;
use domain::Instant;
use domain::contribution::ContributionState;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use store::envelope::{Envelope, Recipient};
use store::row::{contribution, member, owner_key};
use store::{AppError, Cx};
use uuid::Uuid;

use super::kept::{Content, own, state, unseal};
use crate::case::{self, Caseload};

/// How many a list shows.
const SHOWN: u64 = 100;

/// A contribution, as far as it stands in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The contribution.
    pub id: Uuid,
    /// The code of the cycle.
    pub cycle: String,
    /// Its number, once it was approved.
    pub number: Option<i32>,
    /// Where it stands.
    pub state: ContributionState,
    /// Who prepared it.
    pub prepared_by: String,
    /// When.
    pub prepared_at: Instant,
    /// Who approved or refused it; empty while nobody has.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<Instant>,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// Whether the member asking prepared it.
    pub is_own: bool,
    /// Whether it was sent, and somebody in it took their agreement back since, or was forgotten: a new one is due.
    pub is_due: bool,
}

/// How many cases of a contribution can no longer be counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gone {
    /// Whose person took back that they may be counted.
    pub n_withdrawn: usize,
    /// That are no longer kept, because the person was forgotten.
    pub n_forgotten: usize,
}

impl Gone {
    /// Whether there is one.
    pub const fn any(self) -> bool {
        self.n_withdrawn + self.n_forgotten > 0
    }
}

/// One contribution with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What stands in clear.
    pub listed: Listed,
    /// The state it was looked at in: [`super::approve`] asks for it.
    pub revision: i32,
    /// What leaves; `None` once it was destroyed.
    pub content: Option<Content>,
    /// Who can no longer be counted.
    pub gone: Gone,
    /// Why it was refused; else empty.
    pub reason: String,
    /// The file, once it was approved.
    pub envelope: Option<Envelope>,
    /// The coalition's key that the file is sealed to, as a line of text.
    pub recipient: Option<String>,
    /// Whether that is the key of the coalition that works in this same program.
    pub is_here: bool,
    /// The SHA-256 of the file, which stays when the file is replaced.
    pub sha256: Option<String>,
}

async fn names(cx: &Cx<'_>, rows: &[contribution::Model]) -> Result<HashMap<Uuid, String>, AppError> {
    let ids: HashSet<Uuid> = rows
        .iter()
        .flat_map(|row| [Some(row.prepared_by_id), row.decided_by_id])
        .flatten()
        .collect();
    let found = member::Entity::find()
        .filter(member::Column::Id.is_in(ids))
        .all(cx.db.reader())
        .await?;
    Ok(found.into_iter().map(|row| (row.id, row.name)).collect())
}

fn listed(cx: &Cx<'_>, row: &contribution::Model, names: &HashMap<Uuid, String>) -> Result<Listed, AppError> {
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    Ok(Listed {
        id: row.id,
        cycle: row.cycle.clone(),
        number: row.number,
        state: state(row)?,
        prepared_by: name(Some(row.prepared_by_id)),
        prepared_at: Instant(row.prepared_at),
        decided_by: name(row.decided_by_id),
        decided_at: row.decided_at.map(Instant),
        sent_at: row.sent_at.map(Instant),
        is_own: cx.actor.member.is_some_and(|own| own.0 == row.prepared_by_id),
        is_due: false,
    })
}

/// The contributions of the member's own organisation, newest first. Whether a new one is due is asked of what is sealed, and
/// nothing is revealed for it.
pub async fn list(cx: &Cx<'_>, caseload: &Caseload) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::ReadContribution, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    let rows = contribution::Entity::find()
        .filter(contribution::Column::OrganisationId.eq(owner))
        .order_by_desc(contribution::Column::PreparedAt)
        .order_by_desc(contribution::Column::Id)
        .limit(SHOWN)
        .all(cx.db.reader())
        .await?;
    let names = names(cx, &rows).await?;
    let is_sent = |row: &contribution::Model| state(row).is_ok_and(|state| state == ContributionState::Sent);
    let agreed = if rows.iter().any(is_sent) {
        case::agreed(cx, caseload).await?
    } else {
        HashSet::new()
    };
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut line = listed(cx, &row, &names)?;
        if is_sent(&row) {
            let opener = key::opener(cx, owner).await?;
            line.is_due = is_due(cx, &opener, row, &agreed).await?;
        }
        found.push(line);
    }
    Ok(found)
}

/// Whether somebody in a contribution that was sent can no longer be counted.
async fn is_due(
    cx: &Cx<'_>,
    opener: &key::Opener,
    row: contribution::Model,
    agreed: &HashSet<Uuid>,
) -> Result<bool, AppError> {
    match unseal(cx, opener, row).await {
        Ok(of) => Ok(!of.is_within(agreed)?),
        // Its key was destroyed and its row came back from an older backup: nobody can tell.
        Err(AppError::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What of contributions waits for a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Prepared by a colleague, for the member to approve or refuse; nought for whoever may not.
    pub to_approve: usize,
    /// Approved and not sent yet.
    pub to_send: usize,
    /// Sent, and somebody in it took their agreement back since, or was forgotten.
    pub due: usize,
}

/// How many contributions to these cycles, by their codes, wait for the member: name the open ones, because nothing can be
/// done for a closed one.
///
/// What is prepared or approved is told from what stands in clear. Who took their agreement back stands nowhere in clear, so
/// that is asked of what is sealed, as [`list`] asks it: nothing is revealed or logged for it, it costs one key for each
/// contribution that was sent, and the organisation's cases are read where this node does not hold them yet. In a session
/// that opens no seal nobody can tell, and nothing is due.
pub async fn tally(cx: &Cx<'_>, caseload: &Caseload, cycles: &[&str]) -> Result<Tally, AppError> {
    cx.permit(Action::ReadContribution, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    let own = cx.member()?.0;
    let to_these = || {
        contribution::Entity::find()
            .filter(contribution::Column::OrganisationId.eq(owner))
            .filter(contribution::Column::Cycle.is_in(cycles.iter().copied()))
    };
    // Without what is sealed, which may be large: the home page asks this each time.
    let clear: Vec<(String, Uuid)> = to_these()
        .select_only()
        .columns([contribution::Column::State, contribution::Column::PreparedById])
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    let n_of = |state: ContributionState| clear.iter().filter(|(code, _)| code == state.code()).count();
    let mut tally = Tally {
        to_approve: 0,
        to_send: n_of(ContributionState::Approved),
        due: 0,
    };
    if cx.actor.may(Action::ApproveContribution, Relation::OwnOrganisation) {
        let is_of_others = |(code, by): &&(String, Uuid)| code == ContributionState::Prepared.code() && *by != own;
        tally.to_approve = clear.iter().filter(is_of_others).count();
    }
    if n_of(ContributionState::Sent) == 0 || cx.key.is_none() {
        return Ok(tally);
    }
    let opener = match key::opener(cx, owner).await {
        Ok(opener) => opener,
        Err(AppError::Refused(_)) => return Ok(tally),
        Err(error) => return Err(error),
    };
    let agreed = case::agreed(cx, caseload).await?;
    let sent = to_these()
        .filter(contribution::Column::State.eq(ContributionState::Sent.code()))
        .all(cx.db.reader())
        .await?;
    for row in sent {
        tally.due += usize::from(is_due(cx, &opener, row, &agreed).await?);
    }
    Ok(tally)
}

/// One contribution of the member's own organisation, with everything that leaves. The log says that it was shown.
pub async fn open(cx: &Cx<'_>, caseload: &Caseload, id: Uuid) -> Result<Opened, AppError> {
    let row = own(cx, id, Action::ReadContribution).await?;
    let names = names(cx, std::slice::from_ref(&row)).await?;
    let mut opened = Opened {
        listed: listed(cx, &row, &names)?,
        revision: row.revision,
        content: None,
        gone: Gone::default(),
        reason: String::new(),
        envelope: None,
        is_here: is_here(cx, row.recipient.as_deref()).await?,
        recipient: row.recipient.clone(),
        sha256: row.sha256.clone(),
    };
    if row.person_key_id.is_none() {
        return Ok(opened);
    }
    let opener = key::opener(cx, row.organisation_id).await?;
    let of = unseal(cx, &opener, row).await?;
    let shown = cx
        .disclose(
            Action::ReadContribution,
            Relation::OwnOrganisation,
            "contribution",
            &[id],
        )
        .await?;
    if of.row.sealed_reason.is_some() {
        opened.reason = of.reason(&shown)?;
    }
    if of.row.sealed_content.is_some() {
        let agreed = case::agreed(cx, caseload).await?;
        let gone: Vec<Uuid> = of
            .cases(&shown)?
            .into_values()
            .filter(|case| !agreed.contains(case))
            .collect();
        let n_there = there(cx, &gone).await?;
        opened.gone = Gone {
            n_withdrawn: n_there,
            n_forgotten: gone.len() - n_there,
        };
        opened.listed.is_due = opened.gone.any() && opened.listed.state == ContributionState::Sent;
        opened.content = Some(of.content(&shown)?);
    }
    if let Some(bytes) = of.row.file {
        opened.envelope = Some(Envelope::read(bytes).map_err(|error| AppError::Internal(error.into()))?);
    }
    Ok(opened)
}

/// A contribution for the organisation's export: the record of it, and what is in it while that is kept.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Record {
    pub id: Uuid,
    pub cycle: String,
    pub number: Option<i32>,
    pub state: ContributionState,
    pub prepared_by: String,
    pub prepared_at: Instant,
    pub decided_by: String,
    pub decided_at: Option<Instant>,
    pub sent_at: Option<Instant>,
    /// The coalition's key that the file was sealed to.
    pub recipient: Option<String>,
    pub sha256: Option<String>,
    /// What left; gone once it was replaced, refused or withdrawn.
    pub content: Option<Content>,
}

/// Every contribution of the member's own organisation, earliest first, for its export; the log names each.
pub(crate) async fn everything(cx: &Cx<'_>) -> Result<Vec<Record>, AppError> {
    cx.permit(Action::ExportCases, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    let rows = contribution::Entity::find()
        .filter(contribution::Column::OrganisationId.eq(owner))
        .order_by_asc(contribution::Column::PreparedAt)
        .order_by_asc(contribution::Column::Id)
        .all(cx.db.reader())
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names = names(cx, &rows).await?;
    let opener = key::opener(cx, owner).await?;
    let named: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let shown = cx
        .disclose(Action::ExportCases, Relation::OwnOrganisation, "contribution", &named)
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let line = listed(cx, &row, &names)?;
        let (recipient, sha256) = (row.recipient.clone(), row.sha256.clone());
        let content = if row.person_key_id.is_some() && row.sealed_content.is_some() {
            match unseal(cx, &opener, row).await {
                Ok(of) => Some(of.content(&shown)?),
                // Its key was destroyed, and its row came back from an older backup.
                Err(AppError::Refused(_)) => None,
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        all.push(Record {
            id: line.id,
            cycle: line.cycle,
            number: line.number,
            state: line.state,
            prepared_by: line.prepared_by,
            prepared_at: line.prepared_at,
            decided_by: line.decided_by,
            decided_at: line.decided_at,
            sent_at: line.sent_at,
            recipient,
            sha256,
            content,
        });
    }
    Ok(all)
}

/// Whether a coalition's key is one of this program's own.
async fn is_here(cx: &Cx<'_>, recipient: Option<&str>) -> Result<bool, AppError> {
    let Some(recipient) = recipient.and_then(|line| line.parse::<Recipient>().ok()) else {
        return Ok(false);
    };
    let pair = owner_key::Entity::find_by_id((key::COALITION, recipient.number))
        .one(cx.db.reader())
        .await?;
    Ok(pair.is_some_and(|pair| pair.public_key == recipient.public.as_bytes()))
}

/// How many of these cases are still kept.
async fn there(cx: &Cx<'_>, cases: &[Uuid]) -> Result<usize, AppError> {
    use store::row::support_case;
    let mut n = 0;
    // SQLite takes some 32,000 variables in one statement.
    for ids in cases.chunks(10_000) {
        let found: Vec<Uuid> = support_case::Entity::find()
            .select_only()
            .column(support_case::Column::Id)
            .filter(support_case::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(cx.db.reader())
            .await?;
        n += found.len();
    }
    Ok(n)
}
