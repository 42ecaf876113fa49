//! The contribution of an organisation, made from its own cases: each is coded by the cycle's pack, and its columns hold codes,
//! bands, quarters and top-coded numbers alone, under an id drawn at random.
//!
//! [`prepare()`] keeps what would leave, sealed; [`generalise()`] says less of cases that could be told apart; a second person
//! approves it ([`approve`]), which makes the file that is sealed to the coalition; [`sent`] replaces the one before. Which
//! case a row is made from is sealed with the contribution and goes nowhere.

mod code;
mod coded;
mod columns;
mod decide;
mod gather;
mod generalise;
mod groups;
mod kept;
mod people;
mod prepare;
mod read;
mod reading;
mod send;
#[cfg(test)]
mod tests;
mod unwritten;

use std::collections::{BTreeMap, HashMap};

use domain::Day;
use domain::pack::{Pack, Row};
use domain::permission::{Action, Relation};
use serde::{Deserialize, Serialize};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::case;
use crate::consent::{Counting, ruled_out};

pub use code::{Case, code};
pub use columns::{FILLED, NOT_FILLED};
pub use decide::{Approve, approve, refuse};
pub use generalise::Step;
pub use kept::Content;
pub use people::{PeopleFile, of_people, people};
pub use prepare::{AddUp, Prepare, cycle, generalise, prepare, withdraw};
pub use read::{Gone, Listed, Opened, Tally, list, open, tally};
pub(crate) use read::{Record, everything};
pub use reading::{Class, IDENTIFYING, Reading, Without, left_out, reading, words};
pub use send::{file, sent};
pub use unwritten::code_unwritten;

/// The days that a contribution is about, both counted. What happened later is not looked at; consent is asked as it stands
/// now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Which case each row is made from, by the row's id.
    pub cases: BTreeMap<Uuid, Uuid>,
    /// How many cases the organisation has.
    pub n_cases: usize,
    /// How many of them are left out because the person does not agree to being counted, now: as the case tells, or as they
    /// said later in another case of theirs that is linked to it.
    pub n_not_agreed: usize,
}

/// Codes the cases of the member's own organisation by a pack. Each case is opened for it, and the log names each. Linear in
/// cases and in what is kept of them; a handful of queries for each 500 cases.
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
        cases: BTreeMap::new(),
        n_cases: 0,
        n_not_agreed: 0,
    };
    let mut said: HashMap<Uuid, Counting> = HashMap::new();
    for batch in case::unseal_all(cx, owner, Action::PrepareContribution)
        .await?
        .chunks(gather::BATCH)
    {
        for read in gather::everything(cx.db.reader(), batch).await? {
            let case = read.case();
            prepared.n_cases += 1;
            said.insert(read.id, Counting::of(case.history));
            if let Some(row) = code(case, &pack.schema, period, cx.ids.random()) {
                prepared.cases.insert(row.id, read.id);
                prepared.rows.push(row);
            }
        }
    }
    // A no may stand in a case that was read after the one that it is about.
    let out = ruled_out(&said);
    prepared.cases.retain(|_, case| !out.contains(case));
    prepared.rows.retain(|row| prepared.cases.contains_key(&row.id));
    let is_left_out = |(id, of): &(&Uuid, &Counting)| !of.is_given() || out.contains(*id);
    prepared.n_not_agreed = said.iter().filter(is_left_out).count();
    prepared.rows.sort_by_key(|row| row.id);
    Ok(prepared)
}
