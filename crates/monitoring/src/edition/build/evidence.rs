//! Numbering the evidence that an edition cites, and showing of each item only what the public may see.

use std::collections::HashMap;

use domain::evidence::{Handling, Quoting};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::AppError;
use store::row::cycle_evidence;
use uuid::Uuid;

use super::Source;
use crate::edition::frozen;
use crate::evidence::Frozen;

/// The items frozen at the cut-off, numbered in the order in which the edition first cites them.
pub(super) struct References {
    frozen: HashMap<Uuid, Frozen>,
    by_provision: HashMap<Uuid, Vec<Uuid>>,
    cited: Vec<Uuid>,
    numbers: HashMap<Uuid, u32>,
}

impl References {
    /// Reads what the cycle froze.
    pub(super) async fn read<C: ConnectionTrait>(source: &Source<'_, C>) -> Result<Self, AppError> {
        let rows = cycle_evidence::Entity::find()
            .filter(cycle_evidence::Column::CycleId.eq(source.cycle.id))
            .all(source.db)
            .await?;
        let mut frozen = HashMap::new();
        let mut by_provision: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for row in rows {
            let item: Frozen = serde_json::from_str(&row.frozen)?;
            for provision in &item.provisions {
                by_provision.entry(provision.0).or_default().push(row.evidence_id);
            }
            frozen.insert(row.evidence_id, item);
        }
        for items in by_provision.values_mut() {
            // Newest first; ids break ties, so that the order never depends on the database.
            items.sort_by(|a, b| {
                let on = |id: &Uuid| frozen.get(id).map(|item| item.effective_on.as_str());
                (on(b), *a).cmp(&(on(a), *b))
            });
        }
        Ok(Self {
            frozen,
            by_provision,
            cited: Vec::new(),
            numbers: HashMap::new(),
        })
    }

    /// The number of an item, given when it is first cited. `None` when it was not frozen: it came
    /// after the cut-off and the edition may not rest on it.
    pub(super) fn cite(&mut self, id: Uuid) -> Option<u32> {
        if let Some(number) = self.numbers.get(&id) {
            return Some(*number);
        }
        self.frozen.get(&id)?;
        self.cited.push(id);
        let number = u32::try_from(self.cited.len()).ok()?;
        self.numbers.insert(id, number);
        Some(number)
    }

    /// The numbers of several items, in order.
    pub(super) fn cite_all(&mut self, ids: impl IntoIterator<Item = Uuid>) -> Vec<u32> {
        let mut numbers: Vec<u32> = ids.into_iter().filter_map(|id| self.cite(id)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Whether the public is not told where an item comes from.
    pub(super) fn hides_source(&self, id: Uuid) -> bool {
        self.frozen.get(&id).is_none_or(|item| item.publisher.is_empty())
    }

    /// Numbers of everything frozen that bears on a provision.
    pub(super) fn bearing_on(&mut self, provision: Uuid) -> Vec<u32> {
        let items = self.by_provision.get(&provision).cloned().unwrap_or_default();
        self.cite_all(items)
    }

    /// The cited items as the public may see them.
    pub(super) fn shown(&self) -> Vec<frozen::Evidence> {
        self.cited
            .iter()
            .zip(1..)
            .filter_map(|(id, reference)| self.frozen.get(id).map(|item| self.show(item, reference)))
            .collect()
    }

    fn show(&self, item: &Frozen, reference: u32) -> frozen::Evidence {
        let is_open = item.handling == Handling::Open;
        let title = if item.title.is_empty() {
            format!("{}, held by the coalition", item.kind)
        } else {
            item.title.clone()
        };
        let publisher = match (
            item.publisher.is_empty(),
            is_open && item.quoting == Quoting::Anonymised,
        ) {
            (false, _) => item.publisher.clone(),
            (true, true) => "source not named".to_owned(),
            (true, false) => "withheld".to_owned(),
        };
        frozen::Evidence {
            reference,
            id: item.id.to_string(),
            title,
            publisher,
            kind: item.kind.to_string(),
            effective_on: item.effective_on.clone(),
            grade: format!("{}{}", item.reliability.code(), item.credibility.code()),
            summary: item.summary.clone(),
            source_url: item.source_url.clone(),
            quotes: item.quotes.clone(),
            derived_from: item.derived_from.and_then(|id| self.numbers.get(&id.0).copied()),
            hashes: item.hashes.clone(),
            handling: item.handling.to_string(),
            is_invented: item.is_invented,
        }
    }
}
