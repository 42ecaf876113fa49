//! Everything of an organisation's cases, read for coding: a few queries for many cases, not a few for each.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::AppError;
use store::row::{event, time_entry};
use uuid::Uuid;

use super::Case;
use crate::background::Background;
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
    background: Vec<Background>,
    time: Vec<Given>,
    is_open: bool,
}

impl Read {
    pub(super) fn case(&self) -> Case<'_> {
        Case {
            person: &self.who,
            about: &self.about,
            history: &self.history,
            episodes: &self.episodes,
            needs: &self.needs,
            background: &self.background,
            time: &self.time,
            is_open: self.is_open,
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

/// Reads cases that were opened, in their order. Five queries, however many cases there are.
pub(super) async fn everything(db: &impl ConnectionTrait, cases: &[Unsealed]) -> Result<Vec<Read>, AppError> {
    let ids: Vec<Uuid> = cases.iter().map(|of| of.row.id).collect();
    let mut episodes = part::of_many::<Episode>(db, cases).await?;
    let mut needs = part::of_many::<Need>(db, cases).await?;
    let mut background = part::of_many::<Background>(db, cases).await?;
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
            is_open: of.row.is_open,
            who: of.who()?,
            about: of.read(&case::about(id), &of.row.sealed_about)?,
            history: case::history_of(of, &events.remove(&id).unwrap_or_default())?,
            episodes: sheets(episodes.remove(&id)),
            needs: sheets(needs.remove(&id)),
            background: sheets(background.remove(&id)),
            time: given.into_iter().map(|kept| kept.entry.given).collect(),
        })
    });
    read.collect()
}

fn sheets<P>(kept: Option<Vec<part::Kept<P>>>) -> Vec<P> {
    kept.unwrap_or_default().into_iter().map(|kept| kept.sheet).collect()
}
