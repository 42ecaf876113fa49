//! The chains of the log of acts: one for each organisation, one for the coalition.
//!
//! Every act is hashed together with the hash of the act before it in its chain. So whoever changes,
//! removes, inserts or moves a row must write every later hash anew, and then the head no longer is
//! the one that a signed [checkpoint](crate::checkpoint) and the partners' receipts name.
//!
//! An act of a member stands in the chain of their organisation; an act of nobody (a refused sign-in)
//! or of the program itself in the coalition's. The order is that of committing, by number and never
//! by clock, so a clock that jumps back breaks nothing.

use std::fmt;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::canonical::digest;
use crate::db::Db;
use crate::error::AppError;
use crate::row::{audit, chain_head};

/// The id of the coalition's own chain.
pub const COALITION: Uuid = Uuid::nil();

/// How many rows are read at once when a chain is proved.
const PAGE: u64 = 2_000;

/// The chain that an act belongs to.
pub fn of(row: &audit::Model) -> Uuid {
    row.organisation_id.unwrap_or(COALITION)
}

/// The hash of an act that follows one with the hash `previous` (empty for the first of a chain), in
/// lower-case hexadecimal. It covers every column but the hash itself.
pub fn link(previous: &str, row: &audit::Model) -> String {
    // Taken apart by name, so that a column added later cannot be forgotten here.
    let audit::Model {
        id,
        at,
        organisation_id,
        member_id,
        action,
        subject,
        subject_id,
        outcome,
        sequence,
        hash: _,
    } = row;
    digest(
        "rapporteur act 1",
        &[
            Some(previous.as_bytes()),
            Some(of(row).as_bytes()),
            Some(&sequence.to_be_bytes()),
            Some(id.as_bytes()),
            Some(&at.to_be_bytes()),
            organisation_id.as_ref().map(|id| &id.as_bytes()[..]),
            member_id.as_ref().map(|id| &id.as_bytes()[..]),
            Some(action.as_bytes()),
            Some(subject.as_bytes()),
            subject_id.as_ref().map(|id| &id.as_bytes()[..]),
            Some(outcome.as_bytes()),
        ],
    )
}

/// What is wrong at one place of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The chain.
    pub chain: Uuid,
    /// The number of the act at which it shows.
    pub sequence: i64,
    /// What differs.
    pub what: Difference,
}

/// How a chain differs from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The act, or its hash, is not what was written.
    Changed,
    /// No act has this number, though later ones exist.
    Missing,
    /// An act stands here that has the number of another, or of another chain.
    Misplaced,
    /// The chain ends here, but its head says otherwise.
    Head,
    /// The act is sound, but a signed checkpoint names another hash for it.
    Checkpoint,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.chain == COALITION {
            f.write_str("chain of the coalition")?;
        } else {
            write!(f, "chain of organisation {}", self.chain)?;
        }
        write!(f, ", act {}: ", self.sequence)?;
        f.write_str(match self.what {
            Difference::Changed => "it is not what was written",
            Difference::Missing => "it is missing",
            Difference::Misplaced => "an act stands here that does not belong here",
            Difference::Head => "the chain ends here, but its head says otherwise",
            Difference::Checkpoint => "a signed checkpoint names another hash",
        })
    }
}

/// How far a chain goes: the number and hash of its last act. Also how a chain is proved: act after
/// act is given to [`Head::follow`], which stops at the first that does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The chain.
    pub chain: Uuid,
    /// The number of its last act; 0 before the first.
    pub sequence: i64,
    /// Its hash; empty before the first.
    pub hash: String,
}

impl Head {
    /// The head of a chain without acts.
    pub const fn start(chain: Uuid) -> Self {
        Self {
            chain,
            sequence: 0,
            hash: String::new(),
        }
    }

    /// Moves on to the next act.
    ///
    /// # Errors
    /// When the act is not the one that was written after this head.
    pub fn follow(&mut self, row: &audit::Model) -> Result<(), Fault> {
        let next = self.sequence + 1;
        let what = if of(row) != self.chain || row.sequence < next {
            Difference::Misplaced
        } else if row.sequence > next {
            Difference::Missing
        } else if row.hash != link(&self.hash, row) {
            Difference::Changed
        } else {
            self.sequence = next;
            self.hash.clone_from(&row.hash);
            return Ok(());
        };
        Err(Fault {
            chain: self.chain,
            sequence: next,
            what,
        })
    }
}

impl From<chain_head::Model> for Head {
    fn from(row: chain_head::Model) -> Self {
        Self {
            chain: row.chain_id,
            sequence: row.sequence,
            hash: row.hash,
        }
    }
}

/// Adds an act to its chain; whatever its number and hash were is replaced.
///
/// On PostgreSQL this waits for whichever command is adding to the same chain; called late in a
/// transaction, commands of one organisation queue only while they commit.
pub async fn append(tx: &impl ConnectionTrait, row: audit::Model) -> Result<(), AppError> {
    append_all(tx, vec![row]).await
}

/// Adds acts of one chain, in order, with as few statements as one act takes.
pub async fn append_all(tx: &impl ConnectionTrait, mut rows: Vec<audit::Model>) -> Result<(), AppError> {
    let Some(chain) = rows.first().map(of) else {
        return Ok(());
    };
    let mut head = match locked(tx, chain).await? {
        Some(head) => head,
        None => begin(tx, chain).await?,
    };
    for row in &mut rows {
        row.sequence = head.sequence + 1;
        row.hash = link(&head.hash, row);
        head.sequence = row.sequence;
        head.hash.clone_from(&row.hash);
    }
    chain_head::Entity::update(chain_head::ActiveModel {
        chain_id: Set(chain),
        sequence: Set(head.sequence),
        hash: Set(head.hash),
    })
    .exec(tx)
    .await?;
    // SQLite takes at most 32,766 values in one statement.
    for some in rows.chunks(2_000) {
        let rows = some.iter().cloned().map(IntoActiveModel::into_active_model);
        audit::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The head of a chain, held until the transaction ends. (SQLite has one writer, and ignores the lock.)
async fn locked(tx: &impl ConnectionTrait, chain: Uuid) -> Result<Option<chain_head::Model>, AppError> {
    Ok(chain_head::Entity::find_by_id(chain).lock_exclusive().one(tx).await?)
}

/// Begins a chain; of two that begin it at once, the second waits and gets the first one's head.
async fn begin(tx: &impl ConnectionTrait, chain: Uuid) -> Result<chain_head::Model, AppError> {
    let Head { chain, sequence, hash } = Head::start(chain);
    let row = chain_head::ActiveModel {
        chain_id: Set(chain),
        sequence: Set(sequence),
        hash: Set(hash),
    };
    chain_head::Entity::insert(row)
        .on_conflict(OnConflict::column(chain_head::Column::ChainId).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    locked(tx, chain)
        .await?
        .ok_or_else(|| AppError::Internal(anyhow::anyhow!("the head of a chain vanished")))
}

/// What proving the chains found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many acts follow from one another as they were written.
    pub sound: i64,
    /// The first fault of each chain.
    pub faults: Vec<Fault>,
}

/// Reads every act once and proves that each chain is what was written and ends where its head says.
/// Sees one state of the database, however much is written meanwhile.
pub async fn verify(db: &Db) -> Result<Report, AppError> {
    verify_in(&db.snapshot().await?).await
}

/// The same inside a transaction.
pub async fn verify_in(tx: &impl ConnectionTrait) -> Result<Report, AppError> {
    let mut heads: Vec<Head> = chain_head::Entity::find()
        .order_by_asc(chain_head::Column::ChainId)
        .all(tx)
        .await?
        .into_iter()
        .map(Head::from)
        .collect();
    // A chain whose head is gone is proved against an empty one, and so found.
    let organisations: Vec<Option<Uuid>> = audit::Entity::find()
        .select_only()
        .column(audit::Column::OrganisationId)
        .distinct()
        .into_tuple()
        .all(tx)
        .await?;
    for chain in organisations.into_iter().map(|id| id.unwrap_or(COALITION)) {
        if heads.iter().all(|head| head.chain != chain) {
            heads.push(Head::start(chain));
        }
    }
    let mut report = Report::default();
    for head in heads {
        match replay(tx, &head).await? {
            Ok(()) => report.sound += head.sequence,
            Err(fault) => {
                report.sound += fault.sequence - 1;
                report.faults.push(fault);
            }
        }
    }
    Ok(report)
}

/// Follows one chain from its first act to its head.
async fn replay(tx: &impl ConnectionTrait, head: &Head) -> Result<Result<(), Fault>, AppError> {
    let acts = || {
        audit::Entity::find().filter(match head.chain {
            COALITION => audit::Column::OrganisationId.is_null(),
            chain => audit::Column::OrganisationId.eq(chain),
        })
    };
    let mut at = Head::start(head.chain);
    loop {
        let rows = acts()
            .filter(audit::Column::Sequence.gt(at.sequence))
            .order_by_asc(audit::Column::Sequence)
            .limit(PAGE)
            .all(tx)
            .await?;
        for row in &rows {
            if let Err(fault) = at.follow(row) {
                return Ok(Err(fault));
            }
        }
        if (rows.len() as u64) < PAGE {
            break;
        }
    }
    let n = i64::try_from(acts().count(tx).await?).unwrap_or(i64::MAX);
    let fault = |what| {
        Ok(Err(Fault {
            chain: head.chain,
            sequence: at.sequence,
            what,
        }))
    };
    if n != at.sequence {
        // Numbers that were used twice, or are not above zero, and were passed over above.
        return fault(Difference::Misplaced);
    }
    if at != *head {
        return fault(Difference::Head);
    }
    Ok(Ok(()))
}

/// Puts acts that were written before there were chains into them, in the order of their time. Their
/// proof begins here.
pub(crate) async fn adopt(tx: &impl ConnectionTrait) -> Result<(), AppError> {
    let rows = audit::Entity::find()
        .order_by_asc(audit::Column::At)
        .order_by_asc(audit::Column::Id)
        .all(tx)
        .await?;
    audit::Entity::delete_many().exec(tx).await?;
    for row in rows {
        append(tx, row).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A chain of acts with these numbers for everything that can vary.
    fn chain(seeds: &[u64]) -> Vec<audit::Model> {
        let organisation = Uuid::from_u128(7);
        let mut head = Head::start(organisation);
        let mut rows = Vec::new();
        for seed in seeds {
            let id = |n: u64| Uuid::from_u64_pair(seed.rotate_left(7), n);
            let mut row = audit::Model {
                id: id(1),
                at: seed.cast_signed(),
                organisation_id: Some(organisation),
                member_id: (seed % 3 > 0).then(|| id(2)),
                action: format!("act.{}", seed % 5),
                subject: "record".to_owned(),
                subject_id: (seed % 2 > 0).then(|| id(3)),
                outcome: "done".to_owned(),
                sequence: head.sequence + 1,
                hash: String::new(),
            };
            row.hash = link(&head.hash, &row);
            head.follow(&row).unwrap();
            rows.push(row);
        }
        rows
    }

    /// The head that these rows lead to, or the first fault.
    fn prove(rows: &[audit::Model]) -> Result<Head, Fault> {
        let mut head = Head::start(Uuid::from_u128(7));
        for row in rows {
            head.follow(row)?;
        }
        Ok(head)
    }

    fn flip(bytes: &mut [u8], bit: usize) {
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }

    /// Flips one bit of a column; text stays ASCII, as the database would not keep broken text.
    fn flip_column(row: &mut audit::Model, column: usize, bit: usize) {
        let id = |id: &mut Uuid| {
            let mut bytes = *id.as_bytes();
            flip(&mut bytes, bit);
            *id = Uuid::from_bytes(bytes);
        };
        let maybe = |found: &mut Option<Uuid>| match found {
            Some(found) => id(found),
            None => *found = Some(Uuid::nil()),
        };
        let number = |n: &mut i64| *n ^= 1 << (bit % 64);
        let text = |text: &mut String| {
            let mut bytes = text.clone().into_bytes();
            let at = bit % bytes.len();
            bytes[at] ^= 1 << (bit / 7 % 7);
            *text = String::from_utf8(bytes).unwrap();
        };
        match column {
            0 => id(&mut row.id),
            1 => number(&mut row.at),
            2 => maybe(&mut row.organisation_id),
            3 => maybe(&mut row.member_id),
            4 => text(&mut row.action),
            5 => text(&mut row.subject),
            6 => maybe(&mut row.subject_id),
            7 => text(&mut row.outcome),
            8 => number(&mut row.sequence),
            _ => text(&mut row.hash),
        }
    }

    proptest! {
        #[test]
        fn any_bit_changed_in_any_column_of_any_act_is_found_at_that_act(
            seeds in prop::collection::vec(any::<u64>(), 1..12), at in 0_usize..12, column in 0_usize..10, bit in 0_usize..8192,
        ) {
            let mut rows = chain(&seeds);
            let at = at % rows.len();
            flip_column(&mut rows[at], column, bit);
            let fault = prove(&rows).unwrap_err();
            prop_assert_eq!(fault.sequence, at as i64 + 1);
        }

        #[test]
        fn a_value_removed_is_found(seeds in prop::collection::vec(any::<u64>(), 1..12), at in 0_usize..12) {
            let mut rows = chain(&seeds);
            let at = at % rows.len();
            prop_assume!(rows[at].member_id.is_some());
            rows[at].member_id = None;
            prop_assert_eq!(prove(&rows).unwrap_err().sequence, at as i64 + 1);
        }

        #[test]
        fn an_act_removed_is_found_there_or_by_the_head(seeds in prop::collection::vec(any::<u64>(), 1..12), at in 0_usize..12) {
            let mut rows = chain(&seeds);
            let whole = prove(&rows).unwrap();
            let at = at % rows.len();
            rows.remove(at);
            match prove(&rows) {
                Err(fault) => prop_assert_eq!((fault.sequence, fault.what), (at as i64 + 1, Difference::Missing)),
                Ok(head) => {
                    prop_assert_eq!(at, rows.len());
                    prop_assert_ne!(head, whole);
                }
            }
        }

        #[test]
        fn two_acts_that_change_places_are_found(seeds in prop::collection::vec(any::<u64>(), 2..12), a in 0_usize..12, b in 0_usize..12) {
            let mut rows = chain(&seeds);
            let (a, b) = (a % rows.len(), b % rows.len());
            prop_assume!(a != b);
            rows.swap(a, b);
            prop_assert_eq!(prove(&rows).unwrap_err().sequence, a.min(b) as i64 + 1);
            // With their numbers changed too, as somebody careful would.
            let (first, second) = (rows[a].sequence, rows[b].sequence);
            (rows[a].sequence, rows[b].sequence) = (second, first);
            prop_assert_eq!(prove(&rows).unwrap_err().sequence, a.min(b) as i64 + 1);
        }

        #[test]
        fn an_act_put_between_is_found(seeds in prop::collection::vec(any::<u64>(), 1..12), at in 0_usize..12, seed in any::<u64>()) {
            let mut rows = chain(&seeds);
            let at = at % rows.len();
            let previous = rows[..at].last().map_or("", |row| &row.hash).to_owned();
            let mut forged = chain(&[seed]).remove(0);
            forged.sequence = at as i64 + 1;
            forged.hash = link(&previous, &forged);
            rows.insert(at, forged);
            // The forged act fits; the one after it no longer does.
            prop_assert_eq!(prove(&rows).unwrap_err().sequence, at as i64 + 2);
        }
    }
}
