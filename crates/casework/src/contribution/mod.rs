//! The contribution of an organisation, made from its own cases: each is coded by the cycle's pack. Nothing is stored, and
//! nobody is shown a row: its columns hold codes, bands, quarters and top-coded numbers alone, under an id drawn at random.

mod code;
mod coded;
mod columns;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use access::key;
use domain::Day;
use domain::pack::{Pack, Row};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::{person, support_case};
use store::seal::SealKey;
use store::{AppError, Cx};
use uuid::Uuid;

pub use code::{Case, code};
pub use columns::{FILLED, NOT_FILLED};

use crate::background::Background;
use crate::case::{self, About, Unsealed};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::part;
use crate::time_entry::{self, Given};

/// The days that a contribution is about, both counted. What happened later is not looked at; consent is asked as it stands
/// now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last.
    pub until: Day,
}

/// What an organisation may release, and of how many cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// One row for each case that counts, in the order of their random ids, which tells nothing.
    pub rows: Vec<Row>,
    /// How many cases the organisation has.
    pub n_cases: usize,
    /// How many of them are left out because the person does not agree to being counted, now.
    pub n_not_agreed: usize,
}

/// Codes the cases of the member's own organisation by a pack. Each case is opened for it, and the log names each.
pub async fn rows(cx: &Cx<'_>, pack: &Pack, period: Period) -> Result<Prepared, AppError> {
    cx.permit(Action::PrepareContribution, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    // A day that is still to come says nothing yet.
    let period = Period {
        until: period.until.min(cx.now.british_day()),
        ..period
    };
    if period.until < period.from {
        return Err(AppError::Refused(
            "the period has not begun: contributions are prepared from its first day on".to_owned(),
        ));
    }
    let mut prepared = Prepared {
        rows: Vec::new(),
        n_cases: 0,
        n_not_agreed: 0,
    };
    for of in unsealed(cx, owner).await? {
        prepared.n_cases += 1;
        let Read {
            who,
            about,
            history,
            episodes,
            needs,
            background,
            time,
        } = read(cx, &of).await?;
        let case = Case {
            person: &who,
            about: &about,
            history: &history,
            episodes: &episodes,
            needs: &needs,
            background: &background,
            time: &time,
        };
        prepared.n_not_agreed += usize::from(!case.is_agreed());
        prepared.rows.extend(code(case, &pack.schema, period, cx.ids.random()));
    }
    prepared.rows.sort_by_key(|row| row.id);
    Ok(prepared)
}

/// Everything of one case.
struct Read {
    who: crate::person::Person,
    about: About,
    history: crate::event::History,
    episodes: Vec<Episode>,
    needs: Vec<Need>,
    background: Vec<Background>,
    time: Vec<Given>,
}

async fn read(cx: &Cx<'_>, of: &Unsealed) -> Result<Read, AppError> {
    let db = cx.db.reader();
    let episodes = part::of::<Episode>(db, of).await?;
    let needs = part::of::<Need>(db, of).await?;
    let background = part::of::<Background>(db, of).await?;
    let time = time_entry::of(db, of).await?;
    Ok(Read {
        who: of.who()?,
        about: of.read(&case::about(of.row.id), &of.row.sealed_about)?,
        history: case::history(db, of).await?,
        episodes: episodes.into_iter().map(|kept| kept.sheet).collect(),
        needs: needs.into_iter().map(|kept| kept.sheet).collect(),
        background: background.into_iter().map(|kept| kept.sheet).collect(),
        time: time.into_iter().map(|kept| kept.entry.given).collect(),
    })
}

/// Opens every case of an organisation, with one disclosure for all of them.
async fn unsealed(cx: &Cx<'_>, owner: Uuid) -> Result<Vec<Unsealed>, AppError> {
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
