//! The bulk path: many people and their cases at once, in one transaction. Imports and the demonstration share it.
//!
//! What costs is computed on every core, a thousand cases at a time: each person's key sealed to the organisation's, what is
//! known of them sealed under it, and the line of the list with its clocks.

use access::key;
use domain::casework::Status;
use domain::permission::{Action, Relation};
use domain::{Day, Instant};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable as _};
use store::row::{
    background, case_contact, case_member, event, exploitation, need, person, support_case, time_entry, voice,
};
use store::seal::{Identity as Place, SealKey};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::background::Background;
use crate::case::{self, About};
use crate::contact::Contact;
use crate::event::{Entry, Event, History};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::part;
use crate::person::{Identity, Person, SafeContact};
use crate::time_entry::TimeEntry;
use crate::voice::Voice;

/// Cases that are sealed and inserted together.
const CHUNK: usize = 1_000;
/// Values in one statement: SQLite takes some 32,000.
const VALUES: usize = 30_000;

/// A person and their case, with everything that is known already.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// Who they are.
    pub identity: Identity,
    /// How they may be contacted.
    pub contact: SafeContact,
    /// When that was recorded.
    pub contact_at: Instant,
    /// What the case is.
    pub about: About,
    /// What happened, each as it is sealed: with who recorded it and when.
    pub events: Vec<Entry>,
    /// Episodes of exploitation.
    pub episodes: Vec<Episode>,
    /// What they need.
    pub needs: Vec<Need>,
    /// Where they come from.
    pub background: Vec<Background>,
    /// Whom to speak to about them.
    pub contacts: Vec<Contact>,
    /// What they say.
    pub voices: Vec<Voice>,
    /// Unpaid time.
    pub time: Vec<TimeEntry>,
    /// Who works on it.
    pub members: Vec<Uuid>,
    /// Whether it is open; `None` closes it where support has ended or the person has died.
    pub is_open: Option<bool>,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

impl NewCase {
    /// How many rows hang on it.
    fn n_parts(&self) -> usize {
        let more = self.background.len() + self.contacts.len() + self.voices.len();
        self.events.len() + self.episodes.len() + self.needs.len() + self.time.len() + more
    }
}

/// A case that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The case.
    pub case: Uuid,
    /// How many rows hang on it.
    pub n_parts: i32,
}

/// Told how many cases are written, after each thousand.
pub type Progress<'a> = &'a (dyn Fn(usize) + Send + Sync);

/// Writes cases of the member's own organisation, all of them or none, with one row in the log. About a millisecond each on
/// two cores. The caller has checked them, as a form or the reader of files does.
pub async fn write(cx: &Cx<'_>, cases: Vec<NewCase>, progress: Progress<'_>) -> Result<Vec<Uuid>, AppError> {
    cx.permit(Action::ImportCases, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    let keys = key::person::make_all(cx, owner, cases.len()).await?;
    let made: Vec<Uuid> = keys.iter().map(|(id, _)| *id).collect();
    let writing = async {
        let work = cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?;
        let written = insert(cx, &work.tx, keys, cases, progress).await?;
        work.finish(cx, "caseload", Some(owner)).await?;
        Ok(written.into_iter().map(|written| written.case).collect())
    };
    let written = writing.await;
    if written.is_err() {
        key::person::discard(cx.db, &made).await?;
    }
    written
}

/// Ids for a case and all that hangs on it, drawn before the work is spread over the cores.
struct Ids {
    person: Uuid,
    case: Uuid,
    parts: Vec<Uuid>,
}

/// The rows of some cases.
#[derive(Default)]
struct Rows {
    persons: Vec<person::Model>,
    cases: Vec<support_case::Model>,
    members: Vec<case_member::Model>,
    events: Vec<event::Model>,
    episodes: Vec<exploitation::Model>,
    needs: Vec<need::Model>,
    background: Vec<background::Model>,
    contacts: Vec<case_contact::Model>,
    voices: Vec<voice::Model>,
    time: Vec<time_entry::Model>,
}

impl Rows {
    fn and(mut self, other: Self) -> Self {
        self.persons.extend(other.persons);
        self.cases.extend(other.cases);
        self.members.extend(other.members);
        self.events.extend(other.events);
        self.episodes.extend(other.episodes);
        self.needs.extend(other.needs);
        self.background.extend(other.background);
        self.contacts.extend(other.contacts);
        self.voices.extend(other.voices);
        self.time.extend(other.time);
        self
    }
}

/// Seals and inserts cases, each under its key, in a transaction of the caller's.
pub(super) async fn insert(
    cx: &Cx<'_>,
    tx: &DatabaseTransaction,
    keys: Vec<(Uuid, SealKey)>,
    cases: Vec<NewCase>,
    progress: Progress<'_>,
) -> Result<Vec<Written>, AppError> {
    let owner = cx.organisation()?.0;
    let counter = case::bump(tx, owner).await?;
    let mut written = Vec::with_capacity(cases.len());
    let mut left = cases.into_iter().zip(keys);
    loop {
        let chunk: Vec<_> = left
            .by_ref()
            .take(CHUNK)
            .map(|(new, key)| {
                let n_parts = new.n_parts();
                let ids = Ids {
                    person: cx.ids.random(),
                    case: cx.ids.random(),
                    parts: (0..n_parts).map(|_| cx.ids.random()).collect(),
                };
                written.push(Written {
                    case: ids.case,
                    n_parts: i32::try_from(n_parts).unwrap_or(i32::MAX),
                });
                (ids, new, key)
            })
            .collect();
        if chunk.is_empty() {
            break;
        }
        let today = cx.now.british_day();
        let sealing = move || {
            chunk
                .into_par_iter()
                .map(|(ids, new, key)| rows(owner, (counter, today), ids, new, key))
                .try_reduce(Rows::default, |one, other| Ok(one.and(other)))
        };
        let rows = tokio::task::spawn_blocking(sealing)
            .await
            .map_err(|error| AppError::Internal(error.into()))??;
        put(tx, rows.persons).await?;
        put(tx, rows.cases).await?;
        put(tx, rows.members).await?;
        put(tx, rows.events).await?;
        put(tx, rows.episodes).await?;
        put(tx, rows.needs).await?;
        put(tx, rows.background).await?;
        put(tx, rows.contacts).await?;
        put(tx, rows.voices).await?;
        put(tx, rows.time).await?;
        progress(written.len());
    }
    Ok(written)
}

/// Inserts rows, as many in a statement as both databases take.
async fn put<M, A>(tx: &DatabaseTransaction, rows: Vec<M>) -> Result<(), AppError>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    let n_columns = <A::Entity as EntityTrait>::Column::iter().count();
    let mut rows = rows;
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(VALUES / n_columns));
        A::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(tx)
            .await?;
        rows = rest;
    }
    Ok(())
}

fn rows(
    owner: Uuid,
    (counter, today): (i64, Day),
    ids: Ids,
    new: NewCase,
    (key_id, key): (Uuid, SealKey),
) -> Result<Rows, AppError> {
    let seal = |place: &Place, bytes: Vec<u8>| key.seal(place, &bytes);
    let who = Person {
        identity: new.identity,
        contact: new.contact,
        contact_at: new.contact_at,
        earlier_contacts: Vec::new(),
    };
    let mut parts = ids.parts.into_iter();
    let mut next = || parts.next().unwrap_or_default();
    let mut rows = Rows::default();
    let mut events = Vec::with_capacity(new.events.len());
    for entry in new.events {
        let id = next();
        rows.events.push(event::Model {
            id,
            case_id: ids.case,
            sealed_entry: seal(&crate::event::identity(id, ids.case), serde_json::to_vec(&entry)?),
        });
        events.push(Event { id, entry });
    }
    for episode in new.episodes {
        let id = next();
        rows.episodes.push(exploitation::Model {
            id,
            case_id: ids.case,
            sealed_episode: seal(&part::place::<Episode>(id, ids.case), serde_json::to_vec(&episode)?),
            revision: 1,
        });
    }
    let mut needs = Vec::with_capacity(new.needs.len());
    for need in new.needs {
        let id = next();
        rows.needs.push(need::Model {
            id,
            case_id: ids.case,
            sealed_need: seal(&part::place::<Need>(id, ids.case), serde_json::to_vec(&need)?),
            revision: 1,
        });
        needs.push(part::Kept {
            id,
            revision: 1,
            sheet: need,
            earlier: Vec::new(),
            by: None,
        });
    }
    for of in new.background {
        let id = next();
        rows.background.push(background::Model {
            id,
            case_id: ids.case,
            sealed_background: seal(&part::place::<Background>(id, ids.case), serde_json::to_vec(&of)?),
            revision: 1,
        });
    }
    for contact in new.contacts {
        let id = next();
        rows.contacts.push(case_contact::Model {
            id,
            case_id: ids.case,
            sealed_contact: seal(&part::place::<Contact>(id, ids.case), serde_json::to_vec(&contact)?),
            revision: 1,
        });
    }
    for said in new.voices {
        let id = next();
        rows.voices.push(voice::Model {
            id,
            case_id: ids.case,
            sealed_voice: seal(&part::place::<Voice>(id, ids.case), serde_json::to_vec(&said)?),
            revision: 1,
        });
    }
    for entry in new.time {
        let id = next();
        rows.time.push(time_entry::Model {
            id,
            case_id: ids.case,
            sealed_entry: seal(&crate::time_entry::place(id, ids.case), serde_json::to_vec(&entry)?),
        });
    }
    let history = History::new(events);
    let (digest, due) = case::digest((&who, &new.about), &history, &needs, today);
    let is_over = matches!(digest.status, Some(Status::Exited | Status::Died));
    rows.persons.push(person::Model {
        id: ids.person,
        organisation_id: owner,
        person_key_id: key_id,
        sealed_identity: seal(&crate::person::place(ids.person), serde_json::to_vec(&who)?),
        revision: 1,
        is_invented: new.is_invented,
    });
    rows.cases.push(support_case::Model {
        id: ids.case,
        organisation_id: owner,
        person_id: ids.person,
        is_open: new.is_open.unwrap_or(!is_over),
        next_due_on: due.map(Day::iso),
        sealed_about: seal(&case::about(ids.case), serde_json::to_vec(&new.about)?),
        sealed_line: case::seal_line(&key, ids.case, &digest, (&who, &new.about, &history))?,
        revision: 1,
        changed: counter,
        is_invented: new.is_invented,
    });
    rows.members
        .extend(new.members.into_iter().map(|member| case_member::Model {
            case_id: ids.case,
            member_id: member,
        }));
    Ok(rows)
}
