//! Building the full-text index anew, after a backup was restored: an index is in no backup.

use std::collections::HashMap;

use domain::ids::EvidenceId;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use store::AppError;
use store::row::{citation, evidence, evidence_provision, provision};
use uuid::Uuid;

/// Indexes every item again, oldest first, so that lists keep their order. Reads the texts of all
/// items.
pub async fn reindex(tx: &impl ConnectionTrait) -> Result<(), AppError> {
    let mut words: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in citation::Entity::find().all(tx).await? {
        words.entry(row.evidence_id).or_default().push(row.quote);
    }
    let numbers: HashMap<Uuid, String> = provision::Entity::find()
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.id, row.number))
        .collect();
    for row in evidence_provision::Entity::find().all(tx).await? {
        if let Some(number) = numbers.get(&row.provision_id) {
            words.entry(row.evidence_id).or_default().push(number.clone());
        }
    }
    let items = evidence::Entity::find()
        .order_by_asc(evidence::Column::Id)
        .all(tx)
        .await?;
    for row in items {
        let id = EvidenceId(row.id);
        let mut all = vec![row.title, row.summary, row.publisher, row.origin];
        all.append(&mut words.remove(&id.0).unwrap_or_default());
        store::dialect::index_evidence(tx, id.0, &all.join("\n")).await?;
    }
    Ok(())
}
