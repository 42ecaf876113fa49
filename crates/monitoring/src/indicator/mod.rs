//! Indicators: proposed, commented on and agreed by the organisations. A changed definition is a new
//! version, and whether it may be compared with the one before is stated.

mod discuss;
mod lines;
mod propose;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::ids::{CycleId, IndicatorVersionId, ProvisionId};
use domain::indicator::{IndicatorState, Statistic};
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use store::row::{
    cycle_indicator, indicator_comment, indicator_position, indicator_provision, indicator_version, member,
    organisation, provision,
};
use store::{AppError, Cx};
use uuid::Uuid;

pub use discuss::{Take, close, comment, take_position};
pub use lines::{Line, Which, lines, suggested_code};
pub use propose::{Propose, propose};
pub use store::row::indicator_version::Model as Version;

/// One figure that an indicator asks for, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The indicator's code and a letter: `I13a`.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it computes.
    pub statistic: Statistic,
    /// What is counted, summed or timed.
    #[serde(default)]
    pub numerator: String,
    /// Out of what.
    #[serde(default)]
    pub denominator: String,
    /// Unit.
    pub unit: String,
    /// What each level of an ordinal means, from 0 up.
    #[serde(default)]
    pub levels: Vec<String>,
}

/// The measures of a version.
pub fn measures(row: &Version) -> Result<Vec<Measure>, AppError> {
    Ok(serde_json::from_str(&row.measures)?)
}

/// A list of codes as it is stored.
pub fn codes(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// One version with everything around it.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// The version.
    pub row: Version,
    /// Its measures.
    pub measures: Vec<Measure>,
    /// Provisions it measures.
    pub provisions: Vec<provision::Model>,
    /// Every version of the code, oldest first.
    pub versions: Vec<Version>,
    /// Comments, oldest first: (member, organisation, comment).
    pub comments: Vec<(String, String, indicator_comment::Model)>,
    /// Every active organisation's position; `None` is silence.
    pub positions: Vec<(organisation::Model, Option<indicator_position::Model>)>,
}

/// The newest version of every indicator, by code; a proposal stands beside the version it would replace.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Version>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let mut rows = indicator_version::Entity::find().all(cx.db.reader()).await?;
    rows.sort_by_key(|row| (natural(&row.code), row.version));
    Ok(rows)
}

/// Sorts `I2` before `I10`.
pub(crate) fn natural(code: &str) -> (String, u32) {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let letters: String = code.chars().filter(|c| !c.is_ascii_digit()).collect();
    (letters, digits.parse().unwrap_or(u32::MAX))
}

/// The versions in force or proposed that measure a provision: of each code the newest agreed one,
/// and every open proposal. Two queries.
pub async fn of_provision(cx: &Cx<'_>, provision: ProvisionId) -> Result<Vec<Version>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let links: Vec<Uuid> = indicator_provision::Entity::find()
        .filter(indicator_provision::Column::ProvisionId.eq(provision.0))
        .all(db)
        .await?
        .into_iter()
        .map(|link| link.indicator_version_id)
        .collect();
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let of_codes = Query::select()
        .column(indicator_version::Column::Code)
        .from(indicator_version::Entity)
        .and_where(indicator_version::Column::Id.is_in(links.iter().copied()))
        .take();
    // All versions of those codes: the newest may have dropped the provision, and then its elders count no more.
    let versions = indicator_version::Entity::find()
        .filter(indicator_version::Column::Code.in_subquery(of_codes))
        .all(db)
        .await?;
    let mut rows = current(versions);
    rows.retain(|row| links.contains(&row.id));
    Ok(rows)
}

/// Of each code the newest agreed version and every proposal, in the order of their codes.
pub(crate) fn current(mut rows: Vec<Version>) -> Vec<Version> {
    let mut newest: HashMap<String, i32> = HashMap::new();
    for row in rows.iter().filter(|row| row.state == IndicatorState::Agreed.code()) {
        let version = newest.entry(row.code.clone()).or_insert(row.version);
        *version = row.version.max(*version);
    }
    rows.retain(|row| row.state == IndicatorState::Proposed.code() || newest.get(&row.code) == Some(&row.version));
    rows.sort_by_key(|row| (natural(&row.code), row.version));
    rows
}

/// The versions that a cycle froze.
pub async fn of_cycle(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Version>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let frozen = cycle_indicator::Entity::find()
        .filter(cycle_indicator::Column::CycleId.eq(cycle.0))
        .all(db)
        .await?;
    let mut rows = indicator_version::Entity::find()
        .filter(indicator_version::Column::Id.is_in(frozen.iter().map(|row| row.indicator_version_id)))
        .all(db)
        .await?;
    rows.sort_by_key(|row| natural(&row.code));
    Ok(rows)
}

/// One version.
pub async fn get(cx: &Cx<'_>, id: IndicatorVersionId) -> Result<Indicator, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let row = row(db, id).await?;
    let links = indicator_provision::Entity::find()
        .filter(indicator_provision::Column::IndicatorVersionId.eq(id.0))
        .all(db)
        .await?;
    let provisions = provision::Entity::find()
        .filter(provision::Column::Id.is_in(links.iter().map(|link| link.provision_id)))
        .order_by_asc(provision::Column::Position)
        .all(db)
        .await?;
    let versions = indicator_version::Entity::find()
        .filter(indicator_version::Column::Code.eq(&row.code))
        .order_by_asc(indicator_version::Column::Version)
        .all(db)
        .await?;
    let organisations = organisation::Entity::find()
        .order_by_asc(organisation::Column::NameFolded)
        .all(db)
        .await?;
    let comments = indicator_comment::Entity::find()
        .filter(indicator_comment::Column::IndicatorVersionId.eq(id.0))
        .order_by_asc(indicator_comment::Column::At)
        .all(db)
        .await?;
    let members: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::Id.is_in(comments.iter().map(|comment| comment.member_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let name = |id: Uuid| {
        organisations
            .iter()
            .find(|o| o.id == id)
            .map(|o| o.name.clone())
            .unwrap_or_default()
    };
    let comments = comments
        .into_iter()
        .map(|comment| {
            (
                members.get(&comment.member_id).cloned().unwrap_or_default(),
                name(comment.organisation_id),
                comment,
            )
        })
        .collect();
    let mut taken: HashMap<Uuid, indicator_position::Model> = indicator_position::Entity::find()
        .filter(indicator_position::Column::IndicatorVersionId.eq(id.0))
        .all(db)
        .await?
        .into_iter()
        .map(|position| (position.organisation_id, position))
        .collect();
    let positions = organisations
        .iter()
        .filter(|organisation| organisation.is_active)
        .map(|organisation| (organisation.clone(), taken.remove(&organisation.id)))
        .collect();
    Ok(Indicator {
        measures: measures(&row)?,
        row,
        provisions,
        versions,
        comments,
        positions,
    })
}

/// The row, for commands.
pub(crate) async fn row(db: &impl ConnectionTrait, id: IndicatorVersionId) -> Result<Version, AppError> {
    indicator_version::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("indicator"))
}
