//! Every case of an organisation, opened whole: a query for each table, however many cases there are.

use std::collections::HashMap;
use std::hash::Hash;

use access::key;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::row::{case_member, event, exploitation, member, need, person, support_case, time_entry};
use store::seal::{Disclosure, Identity, SealKey};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::case::{self, About};
use crate::event::{Entry, Event, History};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::part;
use crate::person::Person;
use crate::time_entry::TimeEntry;

/// Ids in one condition.
const CHUNK: usize = 10_000;

/// A case with everything in it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Whole {
    pub id: Uuid,
    pub is_open: bool,
    pub is_invented: bool,
    pub person: Person,
    pub about: About,
    pub events: Vec<Kept<Entry>>,
    pub episodes: Vec<Kept<Episode>>,
    pub needs: Vec<Kept<Need>>,
    pub unpaid_time: Vec<Kept<TimeEntry>>,
    /// Who works on it, by name.
    pub members: Vec<String>,
    /// Names of those who recorded something.
    pub names: HashMap<Uuid, String>,
    #[serde(skip)]
    pub history: History,
}

/// A part with its id.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Kept<T> {
    pub id: Uuid,
    #[serde(flatten)]
    pub of: T,
}

fn opened<T: DeserializeOwned>(
    key: &SealKey,
    shown: &Disclosure,
    place: &Identity,
    sealed: &[u8],
) -> Result<T, AppError> {
    let opened = key.open(place, sealed)?;
    Ok(serde_json::from_slice(opened.reveal(shown)?)?)
}

/// Rows by the case that they hang on.
fn grouped<K: Hash + Eq, T>(rows: Vec<T>, of: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut all: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(of(&row)).or_default().push(row);
    }
    all
}

/// Opens every case of the member's organisation; each, and each person, has its row in the log.
pub(super) async fn all(cx: &Cx<'_>) -> Result<Vec<Whole>, AppError> {
    let owner = cx.organisation()?.0;
    let db = cx.db.reader();
    let opener = key::opener(cx, owner).await?;
    let rows = support_case::Entity::find()
        .filter(support_case::Column::OrganisationId.eq(owner))
        .all(db)
        .await?;
    let persons: HashMap<Uuid, person::Model> = person::Entity::find()
        .filter(person::Column::OrganisationId.eq(owner))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let key_ids: Vec<Uuid> = persons.values().map(|row| row.person_key_id).collect();
    let keys: HashMap<Uuid, SealKey> = key::person::open_all(cx.db, &opener, &key_ids)
        .await?
        .into_iter()
        .collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let named: Vec<Uuid> = rows.iter().flat_map(|row| [row.id, row.person_id]).collect();
    let shown = cx
        .disclose(Action::ExportCases, Relation::OwnOrganisation, "support_case", &named)
        .await?;
    let (mut events, mut episodes, mut needs) = (Vec::new(), Vec::new(), Vec::new());
    let (mut time, mut assigned) = (Vec::new(), Vec::new());
    for ids in ids.chunks(CHUNK) {
        let these = || ids.iter().copied();
        events.extend(
            event::Entity::find()
                .filter(event::Column::CaseId.is_in(these()))
                .all(db)
                .await?,
        );
        let of = exploitation::Column::CaseId.is_in(these());
        episodes.extend(exploitation::Entity::find().filter(of).all(db).await?);
        needs.extend(
            need::Entity::find()
                .filter(need::Column::CaseId.is_in(these()))
                .all(db)
                .await?,
        );
        let of = time_entry::Column::CaseId.is_in(these());
        time.extend(time_entry::Entity::find().filter(of).all(db).await?);
        let of = case_member::Column::CaseId.is_in(these());
        assigned.extend(case_member::Entity::find().filter(of).all(db).await?);
    }
    let mut events = grouped(events, |row| row.case_id);
    let mut episodes = grouped(episodes, |row| row.case_id);
    let mut needs = grouped(needs, |row| row.case_id);
    let mut time = grouped(time, |row| row.case_id);
    let mut assigned = grouped(assigned, |row| row.case_id);
    let names: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(owner))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(person) = persons.get(&row.person_id) else {
            continue;
        };
        // A key that is gone: the person is being forgotten at this moment.
        let Some(key) = keys.get(&person.person_key_id) else {
            continue;
        };
        let of = row.id;
        let events = events.remove(&of).unwrap_or_default().into_iter().map(|part| {
            let entry = opened(key, &shown, &crate::event::identity(part.id, of), &part.sealed_entry)?;
            Ok(Event { id: part.id, entry })
        });
        let history = History::new(events.collect::<Result<_, AppError>>()?);
        let episodes = episodes.remove(&of).unwrap_or_default().into_iter().map(|part| {
            let place = part::place::<Episode>(part.id, of);
            Ok(Kept {
                id: part.id,
                of: opened(key, &shown, &place, &part.sealed_episode)?,
            })
        });
        let needs = needs.remove(&of).unwrap_or_default().into_iter().map(|part| {
            let place = part::place::<Need>(part.id, of);
            Ok(Kept {
                id: part.id,
                of: opened(key, &shown, &place, &part.sealed_need)?,
            })
        });
        let time = time.remove(&of).unwrap_or_default().into_iter().map(|part| {
            let place = crate::time_entry::place(part.id, of);
            Ok(Kept {
                id: part.id,
                of: opened(key, &shown, &place, &part.sealed_entry)?,
            })
        });
        let assigned = assigned.remove(&of).unwrap_or_default();
        all.push(Whole {
            id: of,
            is_open: row.is_open,
            is_invented: row.is_invented,
            person: opened(key, &shown, &crate::person::place(person.id), &person.sealed_identity)?,
            about: opened(key, &shown, &case::about(of), &row.sealed_about)?,
            events: history
                .all()
                .iter()
                .map(|event| Kept {
                    id: event.id,
                    of: event.entry.clone(),
                })
                .collect(),
            episodes: episodes.collect::<Result<_, AppError>>()?,
            needs: needs.collect::<Result<_, AppError>>()?,
            unpaid_time: time.collect::<Result<_, AppError>>()?,
            members: assigned
                .iter()
                .filter_map(|row| names.get(&row.member_id).cloned())
                .collect(),
            names: history
                .all()
                .iter()
                .filter_map(|event| names.get_key_value(&event.entry.by))
                .map(|(id, name)| (*id, name.clone()))
                .collect(),
            history,
        });
    }
    all.sort_by_key(|whole| (whole.about.opened_on, whole.id));
    Ok(all)
}
