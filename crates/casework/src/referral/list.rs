//! What waits: referrals to one's own organisation and from it, the longest waiting first, on both sides.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use access::key;
use domain::Day;
use domain::casework::ReferralState;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait as _, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{case_member, organisation, person, referral, support_case};
use store::{AppError, Cx};
use uuid::Uuid;

use super::offer::RECEIVING;
use super::open::{is_halted, note_of};
use super::{Step, Waits, Without, day, state, waits};
use crate::case::Unsealed;

/// The most that a list shows: the longest waiting.
const MOST: u64 = 200;

/// A referral on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The referral.
    pub id: Uuid,
    /// The other organisation: the sender of what came, the receiver of what went.
    pub other: String,
    /// How far it is.
    pub state: ReferralState,
    /// Since when it was offered.
    pub offered_on: Day,
    /// How long it waits, while it does.
    pub waits: Option<Waits>,
    /// Whether it can be neither opened nor accepted today, as things stand at the sender’s.
    pub is_halted: bool,
    /// The member's own case: the one that it is about, or the one that it became.
    pub case: Option<Uuid>,
    /// Whom it is about; empty on the receiver's list, where the copy is still sealed.
    pub whose: String,
    /// Why it went without consent, while no supervisor has read it.
    pub unread: Option<Without>,
    /// Whether it was accepted, refused or finished, and nobody at the sender's has said that they read the answer.
    pub has_news: bool,
    /// Whether the person was invented for a demonstration.
    pub is_invented: bool,
}

/// The names of organisations.
async fn names(cx: &Cx<'_>) -> Result<HashMap<Uuid, String>, AppError> {
    let rows = organisation::Entity::find().all(cx.db.reader()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// What came to the member's own organisation and is not at its end: the longest waiting first, then what was accepted.
pub async fn to_us(cx: &Cx<'_>) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::ReadReferral, RECEIVING)?;
    let rows = referral::Entity::find()
        .filter(referral::Column::ReceiverId.eq(cx.organisation()?.0))
        .filter(referral::Column::State.is_in([ReferralState::Offered.code(), ReferralState::Accepted.code()]))
        // “offered” comes after “accepted” in the alphabet.
        .order_by_desc(referral::Column::State)
        .order_by_asc(referral::Column::OfferedOn)
        .order_by_asc(referral::Column::Id)
        .limit(MOST)
        .all(cx.db.reader())
        .await?;
    let names = names(cx).await?;
    let today = cx.now.british_day();
    rows.into_iter()
        .map(|row| {
            let (state, offered_on) = (state(&row)?, day(&row.offered_on)?);
            Ok(Listed {
                id: row.id,
                other: names.get(&row.sender_id).cloned().unwrap_or_default(),
                state,
                offered_on,
                waits: (state == ReferralState::Offered).then(|| waits(offered_on, today)),
                is_halted: is_halted(&row, today),
                case: row.received_case_id,
                whose: String::new(),
                unread: None,
                has_news: false,
                is_invented: row.is_invented,
            })
        })
        .collect()
}

/// The cases that a member's lists are about: all of the organisation's for a supervisor, their own otherwise. `None`: all.
async fn visible(cx: &Cx<'_>) -> Result<Option<HashSet<Uuid>>, AppError> {
    if cx.actor.may(Action::ReadCase, Relation::OwnOrganisation) {
        return Ok(None);
    }
    let mine = case_member::Entity::find()
        .filter(case_member::Column::MemberId.eq(cx.member()?.0))
        .all(cx.db.reader())
        .await?;
    Ok(Some(mine.into_iter().map(|row| row.case_id).collect()))
}

/// What went from cases that the member sees and is not at its end, with what a supervisor still has to read, and answers
/// that nobody has read: the longest waiting first. Their opening is in the log.
pub async fn from_us(cx: &Cx<'_>) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::ReadReferral, RECEIVING)?;
    let owner = cx.organisation()?.0;
    let visible = visible(cx).await?;
    let is_open = referral::Column::State
        .is_in([ReferralState::Offered.code(), ReferralState::Accepted.code()])
        .or(referral::Column::MustReview.eq(true))
        .or(referral::Column::HasNews.eq(true));
    let mut rows = referral::Entity::find()
        .filter(referral::Column::SenderId.eq(owner))
        .filter(is_open)
        .filter(referral::Column::CaseId.is_not_null())
        .all(cx.db.reader())
        .await?;
    rows.sort_by_cached_key(|row| {
        let is_answered = row.state != ReferralState::Offered.code();
        (
            !row.must_review,
            !row.has_news,
            is_answered,
            row.offered_on.clone(),
            row.id,
        )
    });
    rows.retain(|row| {
        let of = |cases: &HashSet<Uuid>| row.case_id.is_some_and(|case| cases.contains(&case));
        visible.as_ref().is_none_or(of)
    });
    rows.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let relation = match visible {
        None => Relation::OwnOrganisation,
        Some(_) => Relation::OwnAssignment,
    };
    let cases: HashSet<Uuid> = rows.iter().filter_map(|row| row.case_id).collect();
    let opened = unseal(cx, owner, relation, &cases).await?;
    let names = names(cx).await?;
    let today = cx.now.british_day();
    let reviews = cx.actor.may(Action::ReviewOverride, relation);
    let mut listed = Vec::with_capacity(rows.len());
    for row in rows {
        // A key that is gone: the person is being forgotten at this moment.
        let Some(of) = row.case_id.and_then(|case| opened.get(&case)) else {
            continue;
        };
        let (state, offered_on) = (state(&row)?, day(&row.offered_on)?);
        let kept = note_of(of, &row)?;
        listed.push(Listed {
            id: row.id,
            other: row
                .receiver_id
                .and_then(|id| names.get(&id).cloned())
                .unwrap_or(kept.receiver),
            state,
            offered_on,
            waits: (state == ReferralState::Offered).then(|| waits(offered_on, today)),
            is_halted: is_halted(&row, today),
            case: row.case_id,
            whose: of.who()?.identity.name.0,
            unread: kept.without.filter(|_| reviews && row.must_review),
            has_news: row.has_news,
            is_invented: row.is_invented,
        });
    }
    Ok(listed)
}

/// Opens the keys of several cases at once.
async fn unseal(
    cx: &Cx<'_>,
    owner: Uuid,
    relation: Relation,
    cases: &HashSet<Uuid>,
) -> Result<HashMap<Uuid, Unsealed>, AppError> {
    let db = cx.db.reader();
    let rows = support_case::Entity::find()
        .filter(support_case::Column::Id.is_in(cases.iter().copied()))
        .all(db)
        .await?;
    let persons: HashMap<Uuid, person::Model> = person::Entity::find()
        .filter(person::Column::Id.is_in(rows.iter().map(|row| row.person_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let opener = key::opener(cx, owner).await?;
    let ids: Vec<Uuid> = persons.values().map(|row| row.person_key_id).collect();
    let keys: HashMap<Uuid, _> = key::person::open_all(cx.db, &opener, &ids).await?.into_iter().collect();
    let named: Vec<Uuid> = rows.iter().flat_map(|row| [row.id, row.person_id]).collect();
    let shown = Arc::new(cx.disclose(Action::ReadCase, relation, "support_case", &named).await?);
    let mut opened = HashMap::new();
    for row in rows {
        let Some(person) = persons.get(&row.person_id) else {
            continue;
        };
        let Some(key) = keys.get(&person.person_key_id) else {
            continue;
        };
        opened.insert(
            row.id,
            Unsealed {
                person: person.clone(),
                relation,
                key: key.clone(),
                shown: Arc::clone(&shown),
                row,
            },
        );
    }
    Ok(opened)
}

/// How many referrals wait for a member, told from what stands in clear: nothing is opened for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Offers to the member's organisation that nobody has answered.
    pub to_us: usize,
    /// Offers from cases that the member sees, unanswered for one working day or more.
    pub from_us: usize,
    /// Referrals from cases that the member sees that were accepted, refused or finished, and whose answer nobody has read.
    pub answered: usize,
    /// Referrals without consent that a supervisor has to read; nought for anyone else.
    pub unread: usize,
}

/// How many referrals wait for the member.
pub async fn tally(cx: &Cx<'_>) -> Result<Tally, AppError> {
    cx.permit(Action::ReadReferral, RECEIVING)?;
    let (db, own) = (cx.db.reader(), cx.organisation()?.0);
    let offered = ReferralState::Offered.code();
    let to_us = referral::Entity::find()
        .filter(referral::Column::ReceiverId.eq(own))
        .filter(referral::Column::State.eq(offered))
        .count(db)
        .await?;
    let visible = visible(cx).await?;
    let today = cx.now.british_day();
    // Without what is sealed, which may be large: the home page asks this each time.
    let waiting: Vec<(Option<Uuid>, String, String, bool)> = referral::Entity::find()
        .select_only()
        .columns([
            referral::Column::CaseId,
            referral::Column::OfferedOn,
            referral::Column::State,
            referral::Column::HasNews,
        ])
        .filter(referral::Column::SenderId.eq(own))
        .filter(
            referral::Column::State
                .eq(offered)
                .or(referral::Column::HasNews.eq(true)),
        )
        .filter(referral::Column::CaseId.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let sees = |(case, ..): &&(Option<Uuid>, String, String, bool)| {
        let of = |cases: &HashSet<Uuid>| case.is_some_and(|case| cases.contains(&case));
        visible.as_ref().is_none_or(of)
    };
    let climbs = |(_, offered_on, state, _): &&(Option<Uuid>, String, String, bool)| {
        *state == offered && Day::parse(offered_on).is_ok_and(|on| waits(on, today).step >= Step::Due)
    };
    let from_us = waiting.iter().filter(sees).filter(climbs).count();
    let answered = waiting.iter().filter(sees).filter(|(.., has_news)| *has_news).count();
    let unread = if cx.actor.may(Action::ReviewOverride, Relation::OwnOrganisation) {
        referral::Entity::find()
            .filter(referral::Column::SenderId.eq(own))
            .filter(referral::Column::MustReview.eq(true))
            .count(db)
            .await?
    } else {
        0
    };
    Ok(Tally {
        to_us: usize::try_from(to_us).unwrap_or(usize::MAX),
        from_us,
        answered,
        unread: usize::try_from(unread).unwrap_or(usize::MAX),
    })
}
