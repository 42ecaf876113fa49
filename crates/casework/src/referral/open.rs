//! Reading referrals: those of a case, and the copy that came to one's own organisation.

use std::collections::HashMap;

use access::key;
use domain::Day;
use domain::casework::ReferralState;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use store::row::{organisation, referral, referral_answer};
use store::{AppError, Cx};
use uuid::Uuid;

use super::offer::RECEIVING;
use super::{Answer, Note, SealedCopy, Waits, day, note, sealed_answer, sealed_copy, state, waits};
use crate::case::{self, Unsealed};

/// A referral as its sender sees it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and a page asks for each by its name"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The referral.
    pub id: Uuid,
    /// How far it is.
    pub state: ReferralState,
    /// Since when it was offered.
    pub offered_on: Day,
    /// Whether it went to somebody who does not use this program.
    pub is_outside: bool,
    /// Whether there is a sealed file to download.
    pub has_file: bool,
    /// How long it waits, while it does: true today alone, so no file holds it.
    #[serde(skip)]
    pub waits: Option<Waits>,
    /// Whether the person no longer agrees to it, or the contact in it is no longer safe, so that it can be neither opened nor accepted.
    /// True today alone, as well.
    #[serde(skip)]
    pub is_halted: bool,
    /// Whether somebody else holds a copy now, as far as the program knows.
    pub is_held: bool,
    /// What the sender keeps of it.
    pub note: Note,
    /// Whether a supervisor still has to read why it went without consent.
    pub must_review: bool,
    /// Whether it was accepted, refused or finished, and nobody has said that they read the answer.
    pub has_news: bool,
    /// What was answered, earliest first.
    pub answers: Vec<Answer>,
}

/// The referral that a case came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBy {
    /// The referral.
    pub id: Uuid,
    /// Who sent it.
    pub sender: String,
    /// How far it is.
    pub state: ReferralState,
}

/// The referrals of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Referrals {
    /// Those that were sent, latest first.
    pub sent: Vec<Sent>,
    /// The one that it came by.
    pub came_by: Option<CameBy>,
}

impl Referrals {
    /// Those about a need, latest first.
    pub fn about(&self, need: Uuid) -> Vec<&Sent> {
        self.sent.iter().filter(|sent| sent.note.need == Some(need)).collect()
    }

    /// Those of which somebody else holds a copy now.
    pub fn held(&self) -> Vec<&Sent> {
        self.sent.iter().filter(|sent| sent.is_held).collect()
    }
}

/// A referral of an opened case.
pub(super) async fn own(cx: &Cx<'_>, of: &Unsealed, id: Uuid) -> Result<referral::Model, AppError> {
    let row = referral::Entity::find_by_id(id).one(cx.db.reader()).await?;
    row.filter(|row| row.case_id == Some(of.row.id))
        .ok_or(AppError::NotFound("referral"))
}

/// What the sender keeps of a referral.
pub(super) fn note_of(of: &Unsealed, row: &referral::Model) -> Result<Note, AppError> {
    let sealed = row.sealed_note.as_deref().ok_or(AppError::NotFound("referral"))?;
    of.read(&note(row.id, of.row.id), sealed)
}

/// Whether a copy lies somewhere else: an organisation's case or unanswered offer, or a file that went out.
fn is_held(row: &referral::Model, state: ReferralState) -> bool {
    match (row.receiver_id, state) {
        (Some(_), ReferralState::Offered) => row.sealed_copy.is_some(),
        (Some(_), ReferralState::Accepted | ReferralState::Finished) => row.received_case_id.is_some(),
        (Some(_), ReferralState::Refused | ReferralState::Revoked) => false,
        // A file cannot be called back: whoever has it and its passphrase keeps it.
        (None, _) => true,
    }
}

/// Whether an offer can be neither opened nor accepted on a day: it was halted, or the contact in it was safe until an earlier day, and
/// nobody has recorded since that it still is.
pub(super) fn is_halted(row: &referral::Model, today: Day) -> bool {
    // Days stand in the row as text that sorts as they do.
    let is_stale = |until: &String| *until < today.iso();
    row.state == ReferralState::Offered.code() && (row.is_halted || row.contact_until.as_ref().is_some_and(is_stale))
}

/// What went from opened cases, by case, the latest first: two queries, however many cases there are.
pub(crate) async fn sent_of_all(cx: &Cx<'_>, cases: &[Unsealed]) -> Result<HashMap<Uuid, Vec<Sent>>, AppError> {
    let cases: HashMap<Uuid, &Unsealed> = cases.iter().map(|of| (of.row.id, of)).collect();
    let rows = referral::Entity::find()
        .filter(referral::Column::CaseId.is_in(cases.keys().copied()))
        .order_by_desc(referral::Column::OfferedOn)
        .order_by_desc(referral::Column::Id)
        .all(cx.db.reader())
        .await?;
    let mut answers = answers(cx, &cases, &rows).await?;
    let today = cx.now.british_day();
    let mut all: HashMap<Uuid, Vec<Sent>> = HashMap::new();
    for row in rows {
        let Some(of) = row.case_id.and_then(|case| cases.get(&case).copied()) else {
            continue;
        };
        let state = state(&row)?;
        let offered_on = day(&row.offered_on)?;
        all.entry(of.row.id).or_default().push(Sent {
            id: row.id,
            state,
            offered_on,
            is_outside: row.receiver_id.is_none(),
            has_file: row.sealed_file.is_some(),
            waits: (state == ReferralState::Offered).then(|| waits(offered_on, today)),
            is_halted: is_halted(&row, today),
            is_held: is_held(&row, state),
            note: note_of(of, &row)?,
            must_review: row.must_review,
            has_news: row.has_news,
            answers: answers.remove(&row.id).unwrap_or_default(),
        });
    }
    Ok(all)
}

/// The referrals of an opened case.
pub(crate) async fn of(cx: &Cx<'_>, of: &Unsealed) -> Result<Referrals, AppError> {
    let mut all = sent_of_all(cx, std::slice::from_ref(of)).await?;
    let sent = all.remove(&of.row.id).unwrap_or_default();
    let came = referral::Entity::find()
        .filter(referral::Column::ReceivedCaseId.eq(of.row.id))
        .one(cx.db.reader())
        .await?;
    let came_by = match came {
        Some(row) => Some(CameBy {
            id: row.id,
            sender: name(cx, row.sender_id).await?,
            state: state(&row)?,
        }),
        None => None,
    };
    Ok(Referrals { sent, came_by })
}

/// What was answered to referrals of opened cases; those whose key is gone are left out.
async fn answers(
    cx: &Cx<'_>,
    cases: &HashMap<Uuid, &Unsealed>,
    rows: &[referral::Model],
) -> Result<HashMap<Uuid, Vec<Answer>>, AppError> {
    let mut found: HashMap<Uuid, Vec<Answer>> = HashMap::new();
    if rows.is_empty() {
        return Ok(found);
    }
    let given = referral_answer::Entity::find()
        .filter(referral_answer::Column::ReferralId.is_in(rows.iter().map(|row| row.id)))
        .all(cx.db.reader())
        .await?;
    if given.is_empty() {
        return Ok(found);
    }
    let whose: HashMap<Uuid, &Unsealed> = rows
        .iter()
        .filter_map(|row| Some((row.id, *cases.get(&row.case_id?)?)))
        .collect();
    // Every opened case is of one organisation.
    let Some(first) = cases.values().next() else {
        return Ok(found);
    };
    let opener = key::opener(cx, first.row.organisation_id).await?;
    let ids: Vec<Uuid> = given.iter().map(|row| row.person_key_id).collect();
    let keys: HashMap<Uuid, _> = key::person::open_all(cx.db, &opener, &ids).await?.into_iter().collect();
    for row in given {
        let (Some(key), Some(of)) = (keys.get(&row.person_key_id), whose.get(&row.referral_id)) else {
            continue;
        };
        let opened = key.open(&sealed_answer(row.id, of.row.id), &row.sealed_answer)?;
        let answer: Answer = serde_json::from_slice(opened.reveal(&of.shown)?)?;
        found.entry(row.referral_id).or_default().push(answer);
    }
    for answers in found.values_mut() {
        answers.sort_by_key(|answer| (answer.on, answer.state));
    }
    Ok(found)
}

/// The name of an organisation.
pub(super) async fn name(cx: &Cx<'_>, id: Uuid) -> Result<String, AppError> {
    let row = organisation::Entity::find_by_id(id).one(cx.db.reader()).await?;
    Ok(row.map(|row| row.name).unwrap_or_default())
}

/// One referral of a case that is opened for it.
pub(super) async fn sent_of(cx: &Cx<'_>, case: Uuid, id: Uuid, action: Action) -> Result<(Unsealed, Sent), AppError> {
    let unsealed = case::unseal(cx, case, action).await?;
    let all = of(cx, &unsealed).await?;
    let found = all.sent.into_iter().find(|sent| sent.id == id);
    Ok((unsealed, found.ok_or(AppError::NotFound("referral"))?))
}

/// One referral of a case, as its sender sees it, with the name of the person.
pub async fn sent(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<(String, Sent), AppError> {
    let (of, found) = sent_of(cx, case, id, Action::OfferReferral).await?;
    Ok((of.who()?.identity.name.0, found))
}

/// A referral as its receiver sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// The referral.
    pub id: Uuid,
    /// Who sent it.
    pub sender: String,
    /// How far it is.
    pub state: ReferralState,
    /// Since when it was offered.
    pub offered_on: Day,
    /// How long it waits, while it does.
    pub waits: Option<Waits>,
    /// Whether the person no longer agrees that it comes here, or the contact in it is no longer safe: then it can be neither opened nor
    /// accepted.
    pub is_halted: bool,
    /// What came; `None` once there is an answer, or the person no longer agrees.
    pub copy: Option<SealedCopy>,
    /// The case that it became.
    pub case: Option<Uuid>,
}

/// A referral to the member's own organisation; one to another looks as if there were none.
pub(super) async fn received(cx: &Cx<'_>, id: Uuid, action: Action) -> Result<referral::Model, AppError> {
    cx.permit(action, RECEIVING)?;
    let own = cx.organisation()?.0;
    let row = referral::Entity::find_by_id(id).one(cx.db.reader()).await?;
    row.filter(|row| row.receiver_id == Some(own))
        .ok_or(AppError::NotFound("referral"))
}

/// Opens the copy of a referral that waits, and writes in the log that it is shown. `None` once there is an answer, or the
/// person no longer agrees that it is read here, or the contact in it is no longer safe.
pub(super) async fn copy_of(cx: &Cx<'_>, row: &referral::Model) -> Result<Option<SealedCopy>, AppError> {
    if is_halted(row, cx.now.british_day()) {
        return Ok(None);
    }
    let (Some(key_id), Some(sealed)) = (row.person_key_id, &row.sealed_copy) else {
        return Ok(None);
    };
    let opener = key::opener(cx, cx.organisation()?.0).await?;
    let key = key::person::open(cx.db, &opener, key_id).await?;
    let shown = cx
        .disclose(Action::OpenReferral, RECEIVING, "referral", &[row.id])
        .await?;
    let opened = key.open(&sealed_copy(row.id), sealed)?;
    Ok(Some(serde_json::from_slice(opened.reveal(&shown)?)?))
}

/// A referral that came, as far as it stands in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Came {
    pub id: Uuid,
    pub sender: String,
    pub state: ReferralState,
    pub offered_on: String,
    pub answered_on: Option<String>,
    pub ended_on: Option<String>,
    /// The case that it became.
    pub case: Option<Uuid>,
}

/// Everything that ever came to the member's own organisation, earliest first, for its export. What waits for an answer stays
/// sealed.
pub(crate) async fn everything_received(cx: &Cx<'_>) -> Result<Vec<Came>, AppError> {
    cx.permit(Action::ExportCases, Relation::OwnOrganisation)?;
    let db = cx.db.reader();
    let rows = referral::Entity::find()
        .filter(referral::Column::ReceiverId.eq(cx.organisation()?.0))
        .order_by_asc(referral::Column::OfferedOn)
        .order_by_asc(referral::Column::Id)
        .all(db)
        .await?;
    let names: HashMap<Uuid, String> = organisation::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let came = rows.into_iter().map(|row| {
        Ok(Came {
            id: row.id,
            sender: names.get(&row.sender_id).cloned().unwrap_or_default(),
            state: state(&row)?,
            offered_on: row.offered_on,
            answered_on: row.answered_on,
            ended_on: row.ended_on,
            case: row.received_case_id,
        })
    });
    came.collect()
}

/// Opens a referral that came to the member's own organisation.
pub async fn inbox(cx: &Cx<'_>, id: Uuid) -> Result<Inbox, AppError> {
    let row = received(cx, id, Action::OpenReferral).await?;
    let state = state(&row)?;
    let offered_on = day(&row.offered_on)?;
    let today = cx.now.british_day();
    Ok(Inbox {
        id,
        sender: name(cx, row.sender_id).await?,
        state,
        offered_on,
        waits: (state == ReferralState::Offered).then(|| waits(offered_on, today)),
        is_halted: is_halted(&row, today),
        copy: copy_of(cx, &row).await?,
        case: row.received_case_id,
    })
}
