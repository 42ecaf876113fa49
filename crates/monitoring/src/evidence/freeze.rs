//! Freezing evidence at a cycle's cut-off: what an edition may later say of each item.

use std::collections::HashMap;

use domain::Day;
use domain::evidence::{Credibility, EvidenceKind, Handling, Quoting, Reliability};
use domain::ids::{CycleId, EvidenceId, ProvisionId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use store::AppError;
use store::row::{citation, cycle, cycle_evidence, evidence, evidence_facet, evidence_file, evidence_provision, file};
use uuid::Uuid;

/// Items frozen at a time.
const BATCH: u64 = 500;

/// An item as an edition may show it. What the public may not see is left empty here already, so
/// that no edition can print it by mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The item.
    pub id: EvidenceId,
    /// Its title; empty unless handling is open.
    pub title: String,
    /// Its publisher; empty unless handling is open and the source may be named.
    pub publisher: String,
    /// Its summary; empty unless handling is open.
    pub summary: String,
    /// Its address; empty wherever the publisher is.
    pub source_url: String,
    /// Its kind.
    pub kind: EvidenceKind,
    /// The day it speaks of.
    pub effective_on: String,
    /// How reliable its source is.
    pub reliability: Reliability,
    /// How credible it is itself.
    pub credibility: Credibility,
    /// Who may see the item.
    pub handling: Handling,
    /// Whether its words may be printed.
    pub quoting: Quoting,
    /// Words that may be printed, each with its place; none unless handling is open.
    pub quotes: Vec<(String, String)>,
    /// What it was derived from.
    pub derived_from: Option<EvidenceId>,
    /// What it bears on.
    pub provisions: Vec<ProvisionId>,
    /// What it speaks of: (facet, code).
    pub facets: Vec<(String, String)>,
    /// SHA-256 of its files, in order.
    pub hashes: Vec<String>,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Freezes, for a cycle, every item recorded by the end of its cut-off day that speaks of that day
/// or an earlier one. Gives how many. Freezing again replaces what was frozen before.
///
/// Six queries for every `BATCH` items, so linear in their number.
pub async fn freeze(tx: &impl ConnectionTrait, cycle: CycleId) -> Result<u64, AppError> {
    let row = cycle::Entity::find_by_id(cycle.0)
        .one(tx)
        .await?
        .ok_or(AppError::NotFound("cycle"))?;
    let cutoff = Day::parse(&row.cutoff_on).map_err(|fault| AppError::Internal(fault.into()))?;
    cycle_evidence::Entity::delete_many()
        .filter(cycle_evidence::Column::CycleId.eq(cycle.0))
        .exec(tx)
        .await?;
    let (mut frozen, mut last) = (0, None);
    loop {
        let mut query = evidence::Entity::find()
            .filter(evidence::Column::RecordedAt.lt(cutoff.start().plus_seconds(24 * 3600).0))
            .filter(evidence::Column::EffectiveOn.lte(cutoff.iso()))
            .order_by_asc(evidence::Column::Id)
            .limit(BATCH);
        if let Some(last) = last {
            query = query.filter(evidence::Column::Id.gt(last));
        }
        let items = query.all(tx).await?;
        let Some(end) = items.last() else { return Ok(frozen) };
        last = Some(end.id);
        frozen += items.len() as u64;
        let mut parts = Parts::read(tx, &items).await?;
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            rows.push(cycle_evidence::ActiveModel {
                cycle_id: Set(cycle.0),
                evidence_id: Set(item.id),
                revision: Set(item.revision),
                frozen: Set(serde_json::to_string(&parts.freeze(item)?)?),
            });
        }
        cycle_evidence::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
}

/// What hangs on the items of one batch.
#[derive(Default)]
struct Parts {
    provisions: HashMap<Uuid, Vec<ProvisionId>>,
    facets: HashMap<Uuid, Vec<(String, String)>>,
    quotes: HashMap<Uuid, Vec<(String, String)>>,
    hashes: HashMap<Uuid, Vec<String>>,
}

impl Parts {
    async fn read(tx: &impl ConnectionTrait, items: &[evidence::Model]) -> Result<Self, AppError> {
        let ids = || items.iter().map(|item| item.id);
        let mut parts = Self::default();
        let links = evidence_provision::Entity::find()
            .filter(evidence_provision::Column::EvidenceId.is_in(ids()))
            .order_by_asc(evidence_provision::Column::ProvisionId);
        for row in links.all(tx).await? {
            parts
                .provisions
                .entry(row.evidence_id)
                .or_default()
                .push(ProvisionId(row.provision_id));
        }
        let facets = evidence_facet::Entity::find().filter(evidence_facet::Column::EvidenceId.is_in(ids()));
        for row in facets.all(tx).await? {
            parts
                .facets
                .entry(row.evidence_id)
                .or_default()
                .push((row.facet, row.code));
        }
        let passages = citation::Entity::find()
            .filter(citation::Column::EvidenceId.is_in(ids()))
            .order_by_asc(citation::Column::Id);
        for row in passages.all(tx).await? {
            parts
                .quotes
                .entry(row.evidence_id)
                .or_default()
                .push((row.quote, place(&row.page)));
        }
        let files = evidence_file::Entity::find()
            .filter(evidence_file::Column::EvidenceId.is_in(ids()))
            .order_by_asc(evidence_file::Column::Position)
            .all(tx)
            .await?;
        let mut hashes = HashMap::new();
        for some in files.chunks(1_000) {
            let rows = file::Entity::find().filter(file::Column::Id.is_in(some.iter().map(|row| row.file_id)));
            hashes.extend(rows.all(tx).await?.into_iter().map(|row| (row.id, row.sha256)));
        }
        for row in files {
            parts
                .hashes
                .entry(row.evidence_id)
                .or_default()
                .extend(hashes.get(&row.file_id).cloned());
        }
        Ok(parts)
    }

    fn freeze(&mut self, item: evidence::Model) -> Result<Frozen, AppError> {
        let broken = |fault: domain::words::UnknownCode| AppError::Internal(fault.into());
        let handling = Handling::parse(&item.handling).map_err(broken)?;
        let quoting = Quoting::parse(&item.quoting).map_err(broken)?;
        let is_open = handling == Handling::Open;
        let names_source = is_open && quoting != Quoting::Anonymised;
        let shown = |show: bool, text: String| if show { text } else { String::new() };
        let mut facets = self.facets.remove(&item.id).unwrap_or_default();
        facets.sort();
        let quotes = self
            .quotes
            .remove(&item.id)
            .filter(|_| is_open && quoting != Quoting::No)
            .unwrap_or_default();
        Ok(Frozen {
            id: EvidenceId(item.id),
            title: shown(is_open, item.title),
            publisher: shown(names_source, item.publisher),
            summary: shown(is_open, item.summary),
            source_url: shown(names_source, item.source_url),
            kind: EvidenceKind::parse(&item.kind).map_err(broken)?,
            effective_on: item.effective_on,
            reliability: Reliability::parse(&item.reliability).map_err(broken)?,
            credibility: Credibility::parse(&item.credibility).map_err(broken)?,
            handling,
            quoting,
            quotes,
            derived_from: item.derived_from_id.map(EvidenceId),
            provisions: self.provisions.remove(&item.id).unwrap_or_default(),
            facets,
            hashes: self.hashes.remove(&item.id).unwrap_or_default(),
            is_invented: item.is_invented,
        })
    }
}

/// Where quoted words stand, as readers are told it: a bare number is a page's.
fn place(page: &str) -> String {
    if page.chars().all(|c| c.is_ascii_digit()) && !page.is_empty() {
        format!("page {page}")
    } else {
        page.to_owned()
    }
}
