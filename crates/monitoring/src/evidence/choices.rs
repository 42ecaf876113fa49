//! Short lists to choose evidence from, and the words by which it is cited.

use std::collections::HashMap;

use domain::Day;
use domain::cycle::CycleState;
use domain::ids::{CycleId, EvidenceId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{cycle, cycle_evidence, evidence, provision, standard};
use store::{AppError, Cx};

use super::list::{Filter, narrowed};
use super::visible_to;

/// The most choices offered at once; words narrow them.
const OFFERED: u64 = 100;

/// An item to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The item.
    pub id: EvidenceId,
    /// “Title — publisher, day, B2”.
    pub label: String,
}

/// An item that something cites, as this member may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// The item.
    pub id: EvidenceId,
    /// Its label; where the member may not see it, words that say so.
    pub label: String,
    /// Whether the member may open it.
    pub is_visible: bool,
}

/// The words by which an item is cited: “Title — publisher, 31 March 2025, B2”.
pub fn label(row: &evidence::Model) -> String {
    let day = Day::parse(&row.effective_on).map_or_else(|_| row.effective_on.clone(), |day| day.to_string());
    format!(
        "{} — {}, {day}, {}{}",
        row.title, row.publisher, row.reliability, row.credibility
    )
}

/// What this member may cite, latest recorded first, at most a hundred: on a provision, holding these
/// words; once a cycle has frozen its evidence, only what it froze.
pub async fn choices(
    cx: &Cx<'_>,
    cycle: Option<CycleId>,
    provision: Option<ProvisionId>,
    words: &str,
) -> Result<Vec<Choice>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let filter = Filter {
        words: words.to_owned(),
        provision,
        ..Filter::default()
    };
    let mut query = narrowed(cx, db, &filter).limit(OFFERED);
    if let Some(cycle) = frozen(db, cycle).await? {
        let items = Query::select()
            .column(cycle_evidence::Column::EvidenceId)
            .from(cycle_evidence::Entity)
            .and_where(cycle_evidence::Column::CycleId.eq(cycle.0))
            .take();
        query = query.filter(evidence::Column::Id.in_subquery(items));
    }
    let rows = query.all(db).await?;
    Ok(rows
        .iter()
        .map(|row| Choice {
            id: EvidenceId(row.id),
            label: label(row),
        })
        .collect())
}

/// The cycle, if its evidence is frozen already.
async fn frozen(db: &impl ConnectionTrait, cycle: Option<CycleId>) -> Result<Option<CycleId>, AppError> {
    let Some(id) = cycle else { return Ok(None) };
    let row = cycle::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("cycle"))?;
    let is_frozen = matches!(
        CycleState::parse(&row.state),
        Ok(CycleState::Assessing | CycleState::Closed)
    );
    Ok(is_frozen.then_some(id))
}

/// Items that something cites, in the order asked for.
pub async fn cited(cx: &Cx<'_>, ids: &[EvidenceId]) -> Result<Vec<Cited>, AppError> {
    let mut labels = HashMap::new();
    for some in ids.chunks(1_000) {
        let rows = evidence::Entity::find()
            .filter(evidence::Column::Id.is_in(some.iter().map(|id| id.0)))
            .filter(visible_to(cx.actor))
            .all(cx.db.reader())
            .await?;
        labels.extend(rows.iter().map(|row| (EvidenceId(row.id), label(row))));
    }
    let hidden = || "An item that you may not see".to_owned();
    Ok(ids
        .iter()
        .map(|id| {
            let label = labels.get(id).cloned();
            Cited {
                id: *id,
                is_visible: label.is_some(),
                label: label.unwrap_or_else(hidden),
            }
        })
        .collect())
}

/// Provisions to choose from, standard by standard and in each one's own order: those of the
/// version loaded last.
pub async fn provision_choices(cx: &Cx<'_>) -> Result<Vec<(standard::Model, Vec<provision::Model>)>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let mut rows: HashMap<_, Vec<provision::Model>> = HashMap::new();
    for row in provision::Entity::find()
        .order_by_asc(provision::Column::Position)
        .all(db)
        .await?
    {
        rows.entry(row.standard_id).or_default().push(row);
    }
    Ok(newest_standards(db)
        .await?
        .into_iter()
        .map(|standard| {
            let provisions = rows.remove(&standard.id).unwrap_or_default();
            (standard, provisions)
        })
        .collect())
}

/// Every standard in the version loaded last, in the order in which they first came.
pub(super) async fn newest_standards(db: &impl ConnectionTrait) -> Result<Vec<standard::Model>, AppError> {
    let mut newest: Vec<standard::Model> = Vec::new();
    let standards = standard::Entity::find()
        .order_by_asc(standard::Column::LoadedAt)
        .order_by_asc(standard::Column::Code);
    for row in standards.all(db).await? {
        match newest.iter_mut().find(|known| known.code == row.code) {
            Some(older) => *older = row,
            None => newest.push(row),
        }
    }
    Ok(newest)
}
