//! Opening many cases of an organisation at once: what codes them for the audit, what gives everything out, and what lists
//! words that may be used do so.

use std::collections::HashMap;
use std::sync::Arc;

use access::key;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::{person, support_case};
use store::seal::SealKey;
use store::{AppError, Cx};
use uuid::Uuid;

use super::Unsealed;

/// Opens every case of an organisation, with one disclosure for all of them. The caller has asked whether the member may. About
/// 0.1 ms of computing a case, on every core.
pub(crate) async fn unseal_all(cx: &Cx<'_>, owner: Uuid, action: Action) -> Result<Vec<Unsealed>, AppError> {
    let cases = support_case::Entity::find()
        .filter(support_case::Column::OrganisationId.eq(owner))
        .all(cx.db.reader())
        .await?;
    unseal_rows(cx, owner, cases, (action, Relation::OwnOrganisation)).await
}

/// Opens these cases of an organisation, with one disclosure for all of them. The caller has chosen only those that the member
/// may open, as they relate to the member.
pub(crate) async fn unseal_rows(
    cx: &Cx<'_>,
    owner: Uuid,
    cases: Vec<support_case::Model>,
    (action, relation): (Action, Relation),
) -> Result<Vec<Unsealed>, AppError> {
    let opener = key::opener(cx, owner).await?;
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
