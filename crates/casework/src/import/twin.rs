//! People who may be the same: within a file, and among the organisation's cases. They are pointed out and never merged.
//!
//! Two are alike when their names read alike, whatever accents and capitals, and their years of birth do not contradict; or
//! when their references are the same. What is known of people here is asked and not shown: only that a case is alike, and
//! to which row, comes out.

use std::collections::{HashMap, HashSet};

use access::key;
use domain::fold::{fold_name, fold_plain};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::row::{person, support_case};
use store::seal::{Confidential, SealKey};
use store::{AppError, Cx};
use uuid::Uuid;

use super::read::Found;
use crate::case::{self, About};
use crate::person::{Identity, Person, place};

/// A case of the file that may be known already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// Its first row.
    pub row: u32,
    /// The row of the same file that it is like.
    pub other: Option<u32>,
    /// The case of the organisation that it is like.
    pub case: Option<Uuid>,
    /// Whether their references are the same; otherwise name and year of birth.
    pub by_reference: bool,
}

/// How many cases of a file may be known already: each counts once, whatever number of others it is like.
pub fn n_alike(twins: &[Twin]) -> usize {
    twins.iter().map(|twin| twin.row).collect::<HashSet<_>>().len()
}

/// What a person is found by: `name|year`, `name|*` for any year, `name|` where it is not known.
fn forms(identity: &Identity) -> Vec<String> {
    let name = fold_name(&identity.name.0);
    match identity.born {
        Some(born) => vec![format!("{name}|{}", born.year), format!("{name}|*")],
        None => vec![format!("{name}|")],
    }
}

/// What is looked for: the same year or none, and any where it is not known.
fn wanted(identity: &Identity) -> [String; 2] {
    let name = fold_name(&identity.name.0);
    match identity.born {
        Some(born) => [format!("{name}|{}", born.year), format!("{name}|")],
        None => [format!("{name}|*"), format!("{name}|")],
    }
}

fn reference(about: &About) -> Option<String> {
    about.reference.as_ref().map(|line| fold_plain(&line.0))
}

/// The cases of a file that are like an earlier one of it.
pub(super) fn within(cases: &[Found]) -> Vec<Twin> {
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut references: HashMap<String, u32> = HashMap::new();
    let mut twins = Vec::new();
    for found in cases {
        let row = found.rows.first().copied().unwrap_or_default();
        let same = reference(&found.new.about).and_then(|reference| {
            let other = references.get(&reference).copied();
            if other.is_none() {
                references.insert(reference, row);
            }
            other
        });
        let alike = wanted(&found.new.identity)
            .iter()
            .find_map(|form| known.get(form).copied());
        if let Some(other) = same.or(alike) {
            twins.push(Twin {
                row,
                other: Some(other),
                case: None,
                by_reference: same.is_some(),
            });
        }
        for form in forms(&found.new.identity) {
            known.entry(form).or_insert(row);
        }
    }
    twins
}

/// Sorted texts that are looked for, each with its row.
type Sought = [(String, u32)];

fn holds(sought: &Sought, form: &str) -> bool {
    sought.binary_search_by(|(known, _)| known.as_str().cmp(form)).is_ok()
}

/// Whether a sealed person is among those that are looked for.
fn is_person(bytes: &[u8], sought: &Sought) -> bool {
    serde_json::from_slice::<Person>(bytes)
        .is_ok_and(|person| forms(&person.identity).iter().any(|form| holds(sought, form)))
}

/// Whether a sealed case has a reference that is looked for.
fn is_case(bytes: &[u8], sought: &Sought) -> bool {
    serde_json::from_slice::<About>(bytes)
        .ok()
        .and_then(|about| reference(&about))
        .is_some_and(|reference| holds(sought, &reference))
}

/// The row that a sealed value is like, by halving what is asked: some fifteen questions of twenty thousand rows.
fn like(value: &Confidential<Vec<u8>>, sought: &Sought, ask: fn(&Vec<u8>, &Sought) -> bool) -> Option<u32> {
    if !value.answers(sought, ask) {
        return None;
    }
    let mut left = sought;
    while left.len() > 1 {
        let (one, other) = left.split_at(left.len() / 2);
        left = if value.answers(one, ask) { one } else { other };
    }
    left.first().map(|(_, row)| *row)
}

/// The cases of a file that are like one of the organisation's. Opens every person of the organisation: about 0.2 ms each.
pub(super) async fn among(cx: &Cx<'_>, cases: &[Found]) -> Result<Vec<Twin>, AppError> {
    let owner = cx.organisation()?.0;
    let mut people: Vec<(String, u32)> = Vec::new();
    let mut references: Vec<(String, u32)> = Vec::new();
    for found in cases {
        let row = found.rows.first().copied().unwrap_or_default();
        people.extend(wanted(&found.new.identity).map(|form| (form, row)));
        references.extend(reference(&found.new.about).map(|reference| (reference, row)));
    }
    people.sort();
    references.sort();
    let opener = key::opener(cx, owner).await?;
    let db = cx.db.reader();
    let persons = person::Entity::find()
        .filter(person::Column::OrganisationId.eq(owner))
        .all(db)
        .await?;
    let ids: Vec<Uuid> = persons.iter().map(|row| row.person_key_id).collect();
    let keys: HashMap<Uuid, SealKey> = key::person::open_all(cx.db, &opener, &ids).await?.into_iter().collect();
    let persons: HashMap<Uuid, person::Model> = persons.into_iter().map(|row| (row.id, row)).collect();
    let rows = support_case::Entity::find()
        .filter(support_case::Column::OrganisationId.eq(owner))
        .all(db)
        .await?;
    let mut twins = Vec::new();
    for row in rows {
        let Some(person) = persons.get(&row.person_id) else {
            continue;
        };
        let Some(key) = keys.get(&person.person_key_id) else {
            continue;
        };
        let about = key.open(&case::about(row.id), &row.sealed_about)?;
        let who = key.open(&place(person.id), &person.sealed_identity)?;
        let same = like(&about, &references, |bytes, sought| is_case(bytes, sought));
        if let Some(found) = same.or_else(|| like(&who, &people, |bytes, sought| is_person(bytes, sought))) {
            twins.push(Twin {
                row: found,
                other: None,
                case: Some(row.id),
                by_reference: same.is_some(),
            });
        }
    }
    twins.sort_by_key(|twin| twin.row);
    Ok(twins)
}
