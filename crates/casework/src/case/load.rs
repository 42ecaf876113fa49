//! An organisation's cases as a list needs them, opened and kept in the memory of a node that showed them, while any of its
//! members is signed in, on whichever node.
//!
//! What is kept is still [`Confidential`]: a search asks each line a question, and only lines that a page shows are
//! revealed, with their rows in the log. Each use compares the organisation's counter of changes, and asks for the
//! member's own grant of the key, so that what was written or taken away on another node counts at once. Lines are wiped
//! when they are dropped: when they have changed, when there are too many, and when nobody of the organisation is signed in any
//! more, which the node of the last sign-out sees at once and every other within a minute.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::key::{self, person};
use domain::{Day, Instant};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use store::row::{case_member, caseload, person as person_row, support_case};
use store::seal::{Confidential, SealKey};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use crate::clock;

/// The most lines that a node keeps, of all organisations together. About a kibibyte each. An organisation with more than
/// that opens its lines for each page of the list, at 0.15 ms a line.
const MOST: usize = 30_000;

/// One case in memory.
pub(super) struct Kept {
    /// What stands in clear.
    pub row: Clear,
    /// Who works on it.
    pub members: HashSet<Uuid>,
    /// Its line, opened and not revealed.
    pub line: Confidential<Vec<u8>>,
}

impl Kept {
    /// Whether its clocks were counted by the rules that hold now.
    pub(super) fn is_current(&self) -> bool {
        self.line.answers(clock::edition(), |line, edition| {
            line.split(|byte| *byte == b'\n').nth(1) == Some(edition.as_bytes())
        })
    }
}

/// What stands in clear of a case.
pub(super) struct Clear {
    pub id: Uuid,
    pub is_open: bool,
    pub next_due_on: Option<Day>,
    pub changed: i64,
    pub is_invented: bool,
}

/// An organisation's cases as they were at one count of changes.
#[derive(Clone, Default)]
pub(super) struct Load {
    counter: i64,
    pub cases: HashMap<Uuid, Arc<Kept>>,
}

/// The cases that a node keeps in memory; cheap to clone.
#[derive(Clone, Default)]
pub struct Caseload(Arc<Held>);

#[derive(Default)]
struct Held {
    loads: Mutex<HashMap<Uuid, Arc<Load>>>,
    /// Held while an organisation's lines are opened, so that two first requests do not both open them all. Never more
    /// than there are organisations.
    opening: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
}

impl std::fmt::Debug for Caseload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caseload").finish_non_exhaustive()
    }
}

/// Whether each of some folded words stands in what a line begins with.
pub(super) fn holds(line: &[u8], words: &[String]) -> bool {
    let end = line.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let names = std::str::from_utf8(&line[..end]).unwrap_or_default();
    words.iter().all(|word| names.contains(word.as_str()))
}

impl Caseload {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Load>>> {
        // Nothing panics while it is held; whatever a thread left there was whole.
        self.0.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What whoever opens an organisation's lines holds meanwhile.
    fn opening(&self, owner: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = self.0.opening.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(owner).or_default().clone()
    }

    /// How many lines are kept.
    pub fn len(&self) -> usize {
        self.lock().values().map(|load| load.cases.len()).sum()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops the lists of organisations of which nobody is signed in any more. Run at each sign-out and once a minute.
    pub async fn sweep(&self, db: &Db, now: Instant) -> Result<(), AppError> {
        if self.is_empty() {
            return Ok(());
        }
        let live = access::session::organisations(db, now).await?;
        self.lock().retain(|organisation, _| live.contains(organisation));
        Ok(())
    }

    /// The cases of the member's own organisation. Linear in the number that changed since they were last read; about
    /// 0.15 ms for each of those.
    pub(super) async fn of(&self, cx: &Cx<'_>) -> Result<Arc<Load>, AppError> {
        let owner = cx.organisation()?.0;
        let opener = key::opener(cx, owner).await?;
        let opening = self.opening(owner);
        let _one_at_a_time = opening.lock().await;
        let db = cx.db.reader();
        // The counter before the rows: what is written meanwhile only makes the next reader read again.
        let counter = caseload::Entity::find_by_id(owner)
            .one(db)
            .await?
            .map_or(0, |row| row.counter);
        let known = self.lock().get(&owner).cloned();
        if let Some(known) = known.as_ref().filter(|known| known.counter == counter) {
            return Ok(known.clone());
        }
        let mut load = known.map(|known| Load::clone(&known)).unwrap_or_default();
        let since = load.counter;
        load.counter = counter;
        load.take_in(cx.db, &opener, since).await?;
        // Someone was forgotten since: what is no longer there is not known from what changed.
        let n = support_case::Entity::find()
            .filter(support_case::Column::OrganisationId.eq(owner))
            .count(db)
            .await?;
        if usize::try_from(n).is_ok_and(|n| n != load.cases.len()) {
            load.cases.clear();
            load.take_in(cx.db, &opener, 0).await?;
        }
        let load = Arc::new(load);
        let mut all = self.lock();
        all.remove(&owner);
        let others: usize = all.values().map(|load| load.cases.len()).sum();
        if others + load.cases.len() > MOST {
            all.clear();
        }
        if load.cases.len() <= MOST {
            all.insert(owner, load.clone());
        }
        Ok(load)
    }
}

impl Load {
    /// Reads and opens the cases that changed after a count.
    async fn take_in(&mut self, db: &Db, opener: &key::Opener, since: i64) -> Result<(), AppError> {
        let rows = support_case::Entity::find()
            .filter(support_case::Column::OrganisationId.eq(opener.owner()))
            .filter(support_case::Column::Changed.gt(since))
            .all(db.reader())
            .await?;
        let mut key_of: HashMap<Uuid, Uuid> = HashMap::new();
        let persons: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
        // SQLite takes some 32,000 variables in one statement.
        for ids in persons.chunks(10_000) {
            let found: Vec<(Uuid, Uuid)> = person_row::Entity::find()
                .select_only()
                .columns([person_row::Column::Id, person_row::Column::PersonKeyId])
                .filter(person_row::Column::Id.is_in(ids.iter().copied()))
                .into_tuple()
                .all(db.reader())
                .await?;
            key_of.extend(found);
        }
        let key_ids: Vec<Uuid> = key_of.values().copied().collect();
        let keys: HashMap<Uuid, SealKey> = person::open_all(db, opener, &key_ids).await?.into_iter().collect();
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut members: HashMap<Uuid, HashSet<Uuid>> = HashMap::new();
        for ids in ids.chunks(10_000) {
            let assigned = case_member::Entity::find()
                .filter(case_member::Column::CaseId.is_in(ids.iter().copied()))
                .all(db.reader())
                .await?;
            for row in assigned {
                members.entry(row.case_id).or_default().insert(row.member_id);
            }
        }
        for row in rows {
            // A key that is gone: the person is being forgotten at this moment.
            let Some(key) = key_of.get(&row.person_id).and_then(|id| keys.get(id)) else {
                self.cases.remove(&row.id);
                continue;
            };
            let kept = Kept {
                members: members.remove(&row.id).unwrap_or_default(),
                line: key.open(&super::line(row.id), &row.sealed_line)?,
                row: Clear {
                    id: row.id,
                    is_open: row.is_open,
                    next_due_on: row.next_due_on.as_deref().and_then(|day| Day::parse(day).ok()),
                    changed: row.changed,
                    is_invented: row.is_invented,
                },
            };
            self.cases.insert(row.id, Arc::new(kept));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::fold::fold_name as folded;

    use super::*;

    #[test]
    fn names_are_found_with_and_without_accents_and_in_any_order() {
        let line = format!("{}\n{{\"name\":\"secret\"}}", folded("Zoë  Specimen Birdie")).into_bytes();
        let words = |text: &str| folded(text).split(' ').map(ToOwned::to_owned).collect::<Vec<_>>();
        assert!(holds(&line, &words("birdie ZOE")));
        assert!(holds(&line, &words("zo\u{eb}")));
        assert!(!holds(&line, &words("secret")), "only names are searched");
        let line = format!("{}\n{{}}", folded("Róisín O’Specimen")).into_bytes();
        for typed in ["o'specimen", "OSpecimen", "O‘Specimen roisin"] {
            assert!(holds(&line, &words(typed)), "{typed}");
        }
    }
}
