//! The case: the support of a person by one organisation. What stands in clear is whose it is, whether it is open, its
//! next due day and who works on it.

mod agreed;
mod all;
mod amend;
mod assign;
mod close;
mod list;
mod load;
mod read;
mod record;
mod recount;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use access::key;
use domain::Day;
use domain::casework::{Agency, Nation, Status};
use domain::fold::fold_name;
use domain::pack::codes::EnglishRegion;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait as _,
    PaginatorTrait, QueryFilter,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::row::{case_member, caseload, event, person, support_case};
use store::seal::{Disclosure, Identity, SealKey};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

pub(crate) use agreed::agreed;
pub use agreed::{NoElsewhere, linked, no_elsewhere};
pub(crate) use all::{unseal_all, unseal_rows};
pub use amend::amend;
pub use assign::{Colleague, assign, colleagues};
pub use close::{close, reopen};
pub use list::{Filter, Found, Listed, Tally, awaited, follow_up, list, n_closed_awaited, namesakes, tally};
pub use load::Caseload;
pub(crate) use read::whole;
pub use read::{Opened, name, open};
pub(crate) use record::{Made, insert};
pub use record::{Record, record};

use crate::clock::{self, Clock, Setting};
use crate::consent;
use crate::event::{Event, History, What};
use crate::follow_up::{self, Returned};
use crate::need::Need;
use crate::part::Kept;
use crate::person::{Person, gone_through};
use crate::plan;
use crate::sheet::Line;

crate::sheet! {
    /// What a case is.
    pub struct About {
        opened_on: Day = "Support since", "";
        nation: Nation = "In which nation", "It decides which rules and which bank holidays count.";
        english_region: Option<EnglishRegion> = "Region of England", "In another nation leave it out. The audit counts by it.";
        came_from: Option<Agency> = "Who sent them to you", "";
        region: Option<Line> = "Town or area", "As you call it. No address.";
        reference: Option<Line> = "Your own reference", "";
    }
}

/// What comes of a cell that was left empty, or of a number read as a day: nobody here was supported then.
const NO_SUPPORT_BEFORE: i16 = 1980;

impl About {
    /// Adds the faults of a beginning that cannot be. `born_year`: the year in which the person was born, where it is known.
    pub(crate) fn check(&self, today: Day, born_year: Option<i16>, errors: &mut FieldErrors) {
        let on = self.opened_on;
        if on > today {
            errors.add("opened_on", "Support cannot have begun after today");
        } else if on.year() < NO_SUPPORT_BEFORE {
            errors.add(
                "opened_on",
                format!("Support cannot have begun before {NO_SUPPORT_BEFORE}: correct the year"),
            );
        } else if let Some(year) = born_year.filter(|year| on.year() < *year) {
            errors.add(
                "opened_on",
                format!("Support cannot have begun before they were born, in {year}: correct this day, or that year"),
            );
        }
        if self.english_region.is_some() && self.nation != Nation::England {
            errors.add(
                "english_region",
                "This case is of another nation: leave the region of England out, or correct the nation",
            );
        }
    }
}

/// What a list needs of a case, kept sealed beside it and written anew with every change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Digest {
    pub name: String,
    pub nickname: String,
    pub nation: Nation,
    pub status: Option<Status>,
    pub clocks: Vec<Clock>,
    /// Whether the person agrees to being counted in the audit; not known of lines that an older program wrote, which every
    /// change writes anew.
    #[serde(default)]
    pub agrees: Option<bool>,
    /// What other cases of the same person have to know of that answer; nothing in lines that an older program wrote.
    #[serde(default)]
    pub counting: consent::Counting,
    /// How many plans nobody has answered as they now are.
    pub n_plans: usize,
    /// How many plans were sent back and have not changed since.
    #[serde(default)]
    pub n_sent_back: usize,
    /// The return to another country and who was reached after it.
    pub returned: Option<Returned>,
}

/// How a case relates to the member asking; `None` where it is not their organisation's.
pub(crate) fn relation(cx: &Cx<'_>, row: &support_case::Model, assigned: &HashSet<Uuid>) -> Option<Relation> {
    if cx.actor.organisation.is_none_or(|own| own.0 != row.organisation_id) {
        None
    } else if assigned.contains(&row.id) {
        Some(Relation::OwnAssignment)
    } else {
        Some(Relation::OwnOrganisation)
    }
}

/// A case that the member may do this to, still sealed. One that is not theirs looks as if there were none.
pub(crate) async fn sealed(cx: &Cx<'_>, id: Uuid, action: Action) -> Result<(support_case::Model, Relation), AppError> {
    let db = cx.db.reader();
    let found = support_case::Entity::find_by_id(id).one(db).await?;
    let Some(row) = found else {
        return Err(AppError::NotFound("case"));
    };
    let is_assigned = match cx.actor.member {
        Some(member) => case_member::Entity::find_by_id((id, member.0)).one(db).await?.is_some(),
        None => false,
    };
    let assigned = if is_assigned {
        HashSet::from([id])
    } else {
        HashSet::new()
    };
    let relation = relation(cx, &row, &assigned).ok_or(AppError::NotFound("case"))?;
    if !cx.actor.may(Action::ReadCase, relation) {
        return Err(AppError::NotFound("case"));
    }
    cx.permit(action, relation)?;
    Ok((row, relation))
}

/// A case whose key is open, with the proof that its opening is in the log.
pub(crate) struct Unsealed {
    pub row: support_case::Model,
    pub person: person::Model,
    pub relation: Relation,
    pub key: SealKey,
    /// Shared by all that were opened at once.
    pub shown: Arc<Disclosure>,
}

impl Unsealed {
    /// Reads a value that is sealed under the key of this case.
    pub(crate) fn read<T: DeserializeOwned>(&self, place: &Identity, sealed: &[u8]) -> Result<T, AppError> {
        let opened = self.key.open(place, sealed)?;
        Ok(serde_json::from_slice(opened.reveal(&self.shown)?)?)
    }

    /// Seals a value under the key of this case.
    pub(crate) fn seal(&self, place: &Identity, value: &impl Serialize) -> Result<Vec<u8>, AppError> {
        Ok(self.key.seal(place, &serde_json::to_vec(value)?))
    }

    /// Its person.
    pub(crate) fn who(&self) -> Result<Person, AppError> {
        self.read(&crate::person::place(self.person.id), &self.person.sealed_identity)
    }
}

/// Opens the key of a case to do something to it, and writes in the log that it is shown.
pub(crate) async fn unseal(cx: &Cx<'_>, id: Uuid, action: Action) -> Result<Unsealed, AppError> {
    let (row, relation) = sealed(cx, id, action).await?;
    let person = person::Entity::find_by_id(row.person_id)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("case"))?;
    let opener = key::opener(cx, row.organisation_id).await?;
    let key = key::person::open(cx.db, &opener, person.person_key_id).await?;
    let shown = cx
        .disclose(Action::ReadCase, relation, "support_case", &[row.id, person.id])
        .await?;
    Ok(Unsealed {
        row,
        person,
        relation,
        key,
        shown: Arc::new(shown),
    })
}

/// Where what a case is stands sealed.
pub(crate) const fn about(id: Uuid) -> Identity {
    Identity::new("support_case", id, "sealed_about")
}

/// Where what a list needs of a case stands sealed.
pub(crate) const fn line(id: Uuid) -> Identity {
    Identity::new("support_case", id, "sealed_line")
}

/// Counts a change of an organisation's cases, and gives the new count. Whoever changes a case does this first: it holds
/// the organisation's row until the transaction ends, so that changes come one after another and in the order of their
/// counts.
pub(crate) async fn bump(tx: &DatabaseTransaction, organisation: Uuid) -> Result<i64, AppError> {
    caseload::Entity::insert(caseload::ActiveModel {
        organisation_id: Set(organisation),
        counter: Set(1),
    })
    .on_conflict(
        OnConflict::column(caseload::Column::OrganisationId)
            .value(
                caseload::Column::Counter,
                Expr::col((caseload::Entity, caseload::Column::Counter)).add(1_i64),
            )
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    let row = caseload::Entity::find_by_id(organisation).one(tx).await?;
    Ok(row.map_or(1, |row| row.counter))
}

/// Counts a change of a case, as [`bump`] does, and finds the case still there: whoever held the organisation's row before
/// may have forgotten its person.
pub(crate) async fn hold(tx: &DatabaseTransaction, row: &support_case::Model) -> Result<i64, AppError> {
    let counter = bump(tx, row.organisation_id).await?;
    match support_case::Entity::find_by_id(row.id).count(tx).await? {
        0 => Err(AppError::NotFound("case")),
        _ => Ok(counter),
    }
}

/// The history of an opened case.
pub(crate) async fn history(db: &impl ConnectionTrait, of: &Unsealed) -> Result<History, AppError> {
    let rows = event::Entity::find()
        .filter(event::Column::CaseId.eq(of.row.id))
        .all(db)
        .await?;
    history_of(of, &rows)
}

/// The history of an opened case, from its rows.
pub(crate) fn history_of(of: &Unsealed, rows: &[event::Model]) -> Result<History, AppError> {
    let events = rows.iter().map(|row| {
        let entry = of.read(&crate::event::identity(row.id, of.row.id), &row.sealed_entry)?;
        Ok(Event { id: row.id, entry })
    });
    Ok(History::new(events.collect::<Result<_, AppError>>()?))
}

/// What beside its events decides about the clocks of a case.
pub(crate) fn setting(person: &Person, about: &About, history: &History) -> Setting {
    Setting {
        nation: about.nation,
        opened_on: about.opened_on,
        gone_through: gone_through(person, history),
        age: person.identity.age(history),
    }
}

/// What a list needs of a case, and the next due day that stands in clear.
pub(crate) fn digest(
    (person, about): (&Person, &About),
    history: &History,
    needs: &[Kept<Need>],
    today: Day,
) -> (Digest, Option<Day>) {
    let clocks = clock::running(history, setting(person, about, history));
    let next = clock::next_due(&clocks, today);
    let nickname = person.identity.nickname.as_ref();
    let (n_plans, n_sent_back) = plan::waiting(history, needs);
    let digest = Digest {
        name: person.identity.name.0.clone(),
        nickname: nickname.map(|line| line.0.clone()).unwrap_or_default(),
        nation: about.nation,
        status: history.status(person.identity.age(history)),
        clocks,
        agrees: Some(consent::is_counted(history)),
        counting: consent::Counting::of(history),
        n_plans,
        n_sent_back,
        returned: follow_up::returned(history),
    };
    (digest, next)
}

/// The number that an authority gave to what happened: of the mechanism, of the police, of a court.
fn reference(what: &What) -> Option<&str> {
    let given = match what {
        What::NrmReferral(sheet) => &sheet.reference,
        What::Interview(sheet) => &sheet.crime_reference,
        What::Offender(sheet) => &sheet.reference,
        What::Proceedings(sheet) => &sheet.reference,
        _ => return None,
    };
    given.as_ref().map(|line| line.0.as_str())
}

/// A digest as it is sealed: what the search reads, a line end, what its clocks were counted by, a line end, then the rest. The
/// search reads names, the organisation's own reference and those of authorities, of events too: whoever rings up names one of
/// them.
pub(crate) fn seal_line(
    key: &SealKey,
    id: Uuid,
    digest: &Digest,
    (person, about, history): (&Person, &About, &History),
) -> Result<Vec<u8>, AppError> {
    let own = about.reference.as_ref().map_or("", |line| line.0.as_str());
    let theirs = person.identity.references.as_ref().map_or("", |words| words.0.as_str());
    let mut searched = vec![digest.name.as_str(), digest.nickname.as_str(), own, theirs];
    searched.extend(history.standing().filter_map(|event| reference(&event.entry.what)));
    let mut bytes = fold_name(&searched.join(" ")).into_bytes();
    bytes.push(b'\n');
    bytes.extend(clock::edition().bytes());
    bytes.push(b'\n');
    bytes.extend(serde_json::to_vec(digest)?);
    Ok(key.seal(&line(id), &bytes))
}

/// Writes anew what follows from a case's person, events and description: its line and its next due day, as they are on
/// the day of the command, and whether offers that wait still rest on something. Called in the transaction of every change,
/// after it.
pub(crate) async fn refresh(
    tx: &DatabaseTransaction,
    cx: &Cx<'_>,
    of: &Unsealed,
    counter: i64,
) -> Result<(), AppError> {
    let gone = || AppError::NotFound("case");
    let row = support_case::Entity::find_by_id(of.row.id)
        .one(tx)
        .await?
        .ok_or_else(gone)?;
    let person = person::Entity::find_by_id(row.person_id)
        .one(tx)
        .await?
        .ok_or_else(gone)?;
    let person: Person = of.read(&crate::person::place(person.id), &person.sealed_identity)?;
    let about: About = of.read(&about(row.id), &row.sealed_about)?;
    let history = history(tx, of).await?;
    let needs = crate::need::of(tx, of).await?;
    let today = cx.now.british_day();
    let contact = crate::person::contact(&person.contact, gone_through(&person, &history), about.nation, today);
    crate::referral::reconsider(tx, of, (&person, contact, contact.until(about.nation)), &history).await?;
    let (digest, next) = digest((&person, &about), &history, &needs, today);
    support_case::ActiveModel {
        id: Set(row.id),
        next_due_on: Set(next.map(Day::iso)),
        sealed_line: Set(seal_line(&of.key, row.id, &digest, (&person, &about, &history))?),
        changed: Set(counter),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}
