//! Which column holds what, as an organisation says once and the program remembers for files with the same headings.

use std::collections::{BTreeMap, BTreeSet};

use access::key;
use interchange::plan::heading_digest;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use store::row::case_mapping;
use store::seal::{Identity, SealKey};
use store::{AppError, Cx};
use uuid::Uuid;

use super::target::{self, KIND, Place, REFERENCE, Target};
use crate::event::Kind;
use crate::sheet::Input;

/// How many files an organisation's mappings are remembered for: those that were last used.
const MOST: usize = 50;

domain::word_list! {
    /// What happens to columns that hold something and answer no question.
    #[derive(Default)]
    pub enum Others {
        #[default]
        Keep = "keep", "Keep their words in a note of each case";
        LeaveOut = "leave_out", "Leave them out";
    }
}

/// Which column holds what, and what is the same in every row; both by the codes of [`target::targets`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The heading of a column, and what it holds.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// What is the same in every row, and its value.
    #[serde(default)]
    pub fixed: BTreeMap<String, String>,
    /// What happens to the other columns.
    #[serde(default)]
    pub others: Others,
}

impl Mapping {
    /// What headings probably mean, for the member to confirm.
    pub fn guess(headers: &[String]) -> Self {
        let meant = target::guess(headers);
        let columns = headers
            .iter()
            .zip(meant)
            .filter_map(|(heading, target)| Some((heading.clone(), target?.code.clone())))
            .collect();
        let mut mapping = Self {
            columns,
            ..Self::default()
        };
        mapping.suggest();
        mapping
    }

    /// What a column or every row holds.
    fn holds(&self, code: &str) -> bool {
        self.columns.values().any(|held| held == code)
            || self.fixed.get(code).is_some_and(|value| !value.trim().is_empty())
    }

    /// Whether the file has a row for each event.
    pub fn is_long(&self) -> bool {
        self.columns.values().any(|held| held == KIND)
    }

    /// Fills in what can be said without asking: where nobody is known to have said it, it is not known; a person speaks
    /// for themselves.
    pub fn suggest(&mut self) {
        for target in self.needed() {
            let Input::Choice(listed) = &target.field.input else {
                continue;
            };
            let usual = match target.place {
                Place::Consent(_) if target.field.key == "said_by" => "person",
                _ => "unknown",
            };
            if listed.iter().any(|(code, _)| *code == usual) {
                self.fixed
                    .entry(target.code.clone())
                    .or_insert_with(|| usual.to_owned());
            }
        }
    }

    /// What must be answered and stands in no column, in the order of a form: it needs a value that is the same in every
    /// row, or a column.
    pub fn needed(&self) -> Vec<&'static Target> {
        let columns: BTreeSet<&str> = self.columns.values().map(String::as_str).collect();
        let used: BTreeSet<Place> = columns
            .iter()
            .filter_map(|code| target::find(code))
            .map(|target| target.place)
            .chain([Place::Person, Place::Case])
            .collect();
        let is_long = self.is_long();
        target::targets()
            .iter()
            .filter(|target| {
                let is_asked = match target.place {
                    Place::Row => is_long && target.code != KIND,
                    Place::Answer => false,
                    place => used.contains(&place),
                };
                // An answer without a day was given when support began, and a note is of that day.
                let is_dated =
                    matches!(target.place, Place::Consent(_) | Place::Event(Kind::Note)) && target.field.key == "on";
                // What somebody agreed to is never said for all: a file without a column for it records none.
                let is_said = target::is_answer(target);
                // Which rows are one case.
                let is_reference = is_long && target.code == REFERENCE;
                is_asked
                    && !is_dated
                    && !is_said
                    && (is_reference || !target.field.is_optional)
                    && !columns.contains(target.code.as_str())
            })
            .collect()
    }

    /// What must still be said.
    pub fn missing(&self) -> Vec<&'static Target> {
        let mut needed = self.needed();
        needed.retain(|target| !self.holds(&target.code));
        needed
    }

    /// What is about the event of a row, where no column says which event that is: it would be read and lost.
    pub fn stranded(&self) -> Vec<&'static Target> {
        if self.is_long() {
            return Vec::new();
        }
        let held = self.columns.values().chain(self.fixed.keys());
        held.filter_map(|code| target::find(code))
            .filter(|target| target.is_about_an_event())
            .collect()
    }

    /// What is told of a consent for which no column says what each person said; that it is the same in every row is no answer.
    pub fn unanswered(&self) -> Vec<&'static Target> {
        let places: BTreeSet<Place> = self
            .columns
            .values()
            .filter_map(|code| target::find(code))
            .filter(|target| target::is_answer(target))
            .map(|target| target.place)
            .collect();
        let is_without =
            |target: &&Target| matches!(target.place, Place::Consent(_)) && !places.contains(&target.place);
        let held = self.columns.values().filter_map(|code| target::find(code));
        let said = self.fixed.keys().filter_map(|code| target::find(code));
        held.filter(is_without)
            .chain(said.filter(|target| target::is_answer(target)))
            .collect()
    }

    /// Codes that stand for nothing, in the order of the mapping.
    pub fn unknown(&self) -> Vec<&str> {
        self.columns
            .values()
            .chain(self.fixed.keys())
            .map(String::as_str)
            .filter(|code| target::find(code).is_none())
            .collect()
    }
}

/// What an organisation said, with the digest of the headings that it was said of; the last used first.
type Remembered = Vec<(String, Mapping)>;

fn place(organisation: Uuid) -> Identity {
    Identity::new("case_mapping", organisation, "sealed_mapping")
}

/// What an organisation has said so far, with the key that it is sealed under.
async fn remembered(cx: &Cx<'_>) -> Result<Option<(SealKey, Remembered)>, AppError> {
    let owner = cx.organisation()?.0;
    let Some(row) = case_mapping::Entity::find_by_id(owner).one(cx.db.reader()).await? else {
        return Ok(None);
    };
    let opener = key::opener(cx, owner).await?;
    let key = key::person::open(cx.db, &opener, row.person_key_id).await?;
    let opened = key.open(&place(owner), &row.sealed_mapping)?;
    let shown = super::show(cx, &[owner]).await?;
    let all = serde_json::from_slice(opened.reveal(&shown)?)?;
    Ok(Some((key, all)))
}

/// Every mapping that the organisation is remembered by, the last used first, for its export.
pub(crate) async fn all(cx: &Cx<'_>) -> Result<Vec<Mapping>, AppError> {
    let known = remembered(cx).await?.map(|(_, all)| all).unwrap_or_default();
    Ok(known.into_iter().map(|(_, mapping)| mapping).collect())
}

/// What the organisation said of the last file with these headings, or else a guess; and whether it was said.
pub(super) async fn suggested(cx: &Cx<'_>, headers: &[String]) -> Result<(Mapping, bool), AppError> {
    let digest = heading_digest(headers);
    let known = remembered(cx).await?.and_then(|(_, all)| {
        let found = all.into_iter().find(|(known, _)| *known == digest);
        found.map(|(_, mapping)| mapping)
    });
    Ok(match known {
        Some(mapping) => (mapping, true),
        None => (Mapping::guess(headers), false),
    })
}

/// Remembers what was said of headings.
pub(super) async fn remember(
    cx: &Cx<'_>,
    headers: &[String],
    mapping: &Mapping,
) -> Result<case_mapping::ActiveModel, AppError> {
    let owner = cx.organisation()?.0;
    let (key_id, key, mut all) = if let Some((key, all)) = remembered(cx).await? {
        (None, key, all)
    } else {
        let (id, key) = key::person::make(cx, owner).await?;
        (Some(id), key, Vec::new())
    };
    let digest = heading_digest(headers);
    all.retain(|(known, _)| *known != digest);
    all.insert(0, (digest, mapping.clone()));
    all.truncate(MOST);
    let mut row = case_mapping::ActiveModel {
        organisation_id: Set(owner),
        sealed_mapping: Set(key.seal(&place(owner), &serde_json::to_vec(&all)?)),
        ..Default::default()
    };
    if let Some(id) = key_id {
        row.person_key_id = Set(id);
    }
    Ok(row)
}

/// Writes what [`remember`] sealed. Where another file was mapped at the same moment and was the organisation's first, that is
/// remembered and not this; the key made for this is swept at the next start.
pub(super) async fn keep(tx: &sea_orm::DatabaseTransaction, row: case_mapping::ActiveModel) -> Result<(), AppError> {
    if row.person_key_id.is_set() {
        case_mapping::Entity::insert(row)
            .on_conflict(
                OnConflict::column(case_mapping::Column::OrganisationId)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    } else {
        row.update(tx).await?;
    }
    Ok(())
}
