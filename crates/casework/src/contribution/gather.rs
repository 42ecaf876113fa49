//! Everything of an organisation's cases, opened for coding: a few queries for many cases, not a few for each.

use std::collections::HashMap;
use std::sync::Arc;

use access::key;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{event, person, support_case, time_entry};
use store::seal::SealKey;
use store::{AppError, Cx};
use uuid::Uuid;

use super::Case;
use crate::case::{self, About, Unsealed};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::part;
use crate::time_entry::{self as time, Given};

/// Cases that are read at once: so many are in memory in full, and no more.
pub(super) const BATCH: usize = 500;

/// Everything of one case.
pub(super) struct Read {
    pub id: Uuid,
    who: crate::person::Person,
    about: About,
    history: crate::event::History,
    episodes: Vec<Episode>,
    needs: Vec<Need>,
    time: Vec<Given>,
}

impl Read {
    pub(super) fn case(&self) -> Case<'_> {
        Case {
            person: &self.who,
            about: &self.about,
            history: &self.history,
            episodes: &self.episodes,
            needs: &self.needs,
            time: &self.time,
        }
    }
}

fn by_case<M>(rows: Vec<M>, case: impl Fn(&M) -> Uuid) -> HashMap<Uuid, Vec<M>> {
    let mut found: HashMap<Uuid, Vec<M>> = HashMap::new();
    for row in rows {
        found.entry(case(&row)).or_default().push(row);
    }
    found
}

/// Reads cases that were opened, in their order. Four queries, however many cases there are.
pub(super) async fn everything(db: &impl ConnectionTrait, cases: &[Unsealed]) -> Result<Vec<Read>, AppError> {
    let ids: Vec<Uuid> = cases.iter().map(|of| of.row.id).collect();
    let mut episodes = part::of_many::<Episode>(db, cases).await?;
    let mut needs = part::of_many::<Need>(db, cases).await?;
    let events = event::Entity::find()
        .filter(event::Column::CaseId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut events = by_case(events, |row| row.case_id);
    let entries = time_entry::Entity::find()
        .filter(time_entry::Column::CaseId.is_in(ids))
        .all(db)
        .await?;
    let mut entries = by_case(entries, |row| row.case_id);
    let read = cases.iter().map(|of| {
        let id = of.row.id;
        let given = time::read_of(of, &entries.remove(&id).unwrap_or_default())?;
        Ok(Read {
            id,
            who: of.who()?,
            about: of.read(&case::about(id), &of.row.sealed_about)?,
            history: case::history_of(of, &events.remove(&id).unwrap_or_default())?,
            episodes: sheets(episodes.remove(&id)),
            needs: sheets(needs.remove(&id)),
            time: given.into_iter().map(|kept| kept.entry.given).collect(),
        })
    });
    read.collect()
}

fn sheets<P>(kept: Option<Vec<part::Kept<P>>>) -> Vec<P> {
    kept.unwrap_or_default().into_iter().map(|kept| kept.sheet).collect()
}

/// Opens every case of an organisation, with one disclosure for all of them.
pub(super) async fn unsealed(cx: &Cx<'_>, owner: Uuid) -> Result<Vec<Unsealed>, AppError> {
    let (action, relation) = (Action::PrepareContribution, Relation::OwnOrganisation);
    let opener = key::opener(cx, owner).await?;
    let cases = support_case::Entity::find()
        .filter(support_case::Column::OrganisationId.eq(owner))
        .all(cx.db.reader())
        .await?;
    let ids: Vec<Uuid> = cases.iter().map(|row| row.person_id).collect();
    let mut persons: HashMap<Uuid, person::Model> = HashMap::new();
    // SQLite takes some 32,000 variables in one statement.
    for ids in ids.chunks(10_000) {
        let found = person::Entity::find()
            .filter(person::Column::Id.is_in(ids.iter().copied()))
            .all(cx.db.reader())
            .await?;
        persons.extend(found.into_iter().map(|row| (row.id, row)));
    }
    let key_ids: Vec<Uuid> = persons.values().map(|row| row.person_key_id).collect();
    let mut keys: HashMap<Uuid, SealKey> = key::person::open_all(cx.db, &opener, &key_ids)
        .await?
        .into_iter()
        .collect();
    // A key that is gone: the person is being forgotten at this moment.
    let opened: Vec<_> = cases
        .into_iter()
        .filter_map(|row| {
            let person = persons.remove(&row.person_id)?;
            let key = keys.remove(&person.person_key_id)?;
            Some((row, person, key))
        })
        .collect();
    let shown: Vec<Uuid> = opened.iter().flat_map(|(row, person, _)| [row.id, person.id]).collect();
    let shown = Arc::new(cx.disclose(action, relation, "support_case", &shown).await?);
    Ok(opened
        .into_iter()
        .map(|(row, person, key)| Unsealed {
            row,
            person,
            relation,
            key,
            shown: shown.clone(),
        })
        .collect())
}
