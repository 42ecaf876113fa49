//! Definitions: how each measure is computed from cases. The program carries a first version of each; the coalition writes
//! others, and a cycle takes the newest that stood when it opened.

mod revise;
#[cfg(test)]
mod tests;

use domain::pack::{Days, Definition, Pack, Schema};
use domain::permission::{Action, Relation};
use domain::{Day, Instant};
use measures::shipped_pack;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use store::row::{indicator_version, measure_definition, member};
use store::{AppError, Cx};

use crate::cycle::{self, Cycle};
use crate::indicator;

pub use revise::{Revise, faults, revise};

/// A version of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// What is computed.
    pub definition: Definition,
    /// Why it is computed so from this version on; empty for what the program carries.
    pub why: String,
    /// Who wrote it; empty for what the program carries.
    pub by: String,
    /// When; `None` for what the program carries.
    pub at: Option<Instant>,
}

/// A measure with the versions of its definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its code, such as `I13a`.
    pub code: String,
    /// What it is called; empty where no indicator of the coalition has it.
    pub name: String,
    /// The indicator that has it, in its newest version; `None` likewise.
    pub indicator: Option<indicator::Version>,
    /// The newest first; never empty.
    pub versions: Vec<Version>,
}

impl Measure {
    /// The version that the next cycle takes.
    ///
    /// # Panics
    ///
    /// Never: a measure without a version is not made.
    pub fn newest(&self) -> &Version {
        self.versions.first().expect("a measure has a version")
    }
}

/// Every measure that is computed from cases, in the order of the indicators' codes.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Measure>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    all(cx.db.reader()).await
}

/// The measure of a code.
pub async fn find(cx: &Cx<'_>, code: &str) -> Result<Measure, AppError> {
    list(cx)
        .await?
        .into_iter()
        .find(|measure| measure.code == code)
        .ok_or(AppError::NotFound("measure"))
}

/// The pack of a cycle: what the program carries, and of each measure the newest version that stood when the cycle opened. Its
/// version grows by one with each version that the coalition wrote.
pub async fn pack(cx: &Cx<'_>, cycle: &str) -> Result<Pack, AppError> {
    let cycle = cycle::find(cx, cycle).await?.ok_or(AppError::NotFound("cycle"))?;
    of_cycle(cx.db.reader(), &cycle).await
}

/// The pack of a cycle, for other slices.
pub(crate) async fn of_cycle(db: &impl ConnectionTrait, cycle: &Cycle) -> Result<Pack, AppError> {
    let day = |text: &str| Day::parse(text).map_err(|error| AppError::Internal(error.into()));
    let mut pack = shipped_pack(&cycle.code);
    pack.period = Some(Days {
        from: day(&cycle.period_start)?,
        until: day(&cycle.period_end)?,
    });
    for row in rows(db).await? {
        if row.recorded_at >= cycle.opened_at {
            continue;
        }
        pack.version += 1;
        let definition: Definition = serde_json::from_str(&row.definition)?;
        match pack.definitions.iter_mut().find(|known| known.code == row.code) {
            Some(known) => *known = definition,
            None => pack.definitions.push(definition),
        }
    }
    Ok(pack)
}

/// What the coalition wrote, the oldest first.
async fn rows(db: &impl ConnectionTrait) -> Result<Vec<measure_definition::Model>, AppError> {
    Ok(measure_definition::Entity::find()
        .order_by_asc(measure_definition::Column::RecordedAt)
        .order_by_asc(measure_definition::Column::Version)
        .all(db)
        .await?)
}

/// Every measure with its versions: three queries.
async fn all(db: &impl ConnectionTrait) -> Result<Vec<Measure>, AppError> {
    let indicators = indicator_version::Entity::find()
        .order_by_desc(indicator_version::Column::Version)
        .all(db)
        .await?;
    let members = member::Entity::find().all(db).await?;
    let mut measures: Vec<Measure> = Vec::new();
    for definition in measures::definition::shipped().definitions {
        let code = definition.code.clone();
        let version = Version {
            definition,
            why: String::new(),
            by: String::new(),
            at: None,
        };
        add(&mut measures, &indicators, &code, version)?;
    }
    for row in rows(db).await? {
        let by = members.iter().find(|member| member.id == row.member_id);
        let version = Version {
            definition: serde_json::from_str(&row.definition)?,
            why: row.why,
            by: by.map(|member| member.name.clone()).unwrap_or_default(),
            at: Some(Instant(row.recorded_at)),
        };
        add(&mut measures, &indicators, &row.code, version)?;
    }
    // `I9a` stands before `I11a`.
    measures.sort_by_key(|measure| (measure.code.len(), measure.code.clone()));
    Ok(measures)
}

fn add(
    measures: &mut Vec<Measure>,
    indicators: &[indicator::Version],
    code: &str,
    version: Version,
) -> Result<(), AppError> {
    if let Some(known) = measures.iter_mut().find(|known| known.code == code) {
        known.versions.insert(0, version);
        return Ok(());
    }
    let found = asked_by(indicators, code)?;
    measures.push(Measure {
        code: code.to_owned(),
        name: found.as_ref().map(|(_, of)| of.name.clone()).unwrap_or_default(),
        indicator: found.map(|(row, _)| row),
        versions: vec![version],
    });
    Ok(())
}

/// The newest version of the indicator that has a measure, and the measure as it stands there. `indicators`: the newest first.
fn asked_by(
    indicators: &[indicator::Version],
    code: &str,
) -> Result<Option<(indicator::Version, indicator::Measure)>, AppError> {
    for row in indicators.iter().filter(|row| code.starts_with(&row.code)) {
        if let Some(of) = indicator::measures(row)?.into_iter().find(|of| of.code == code) {
            return Ok(Some((row.clone(), of)));
        }
    }
    Ok(None)
}

/// The schema whose columns a definition may use.
pub fn schema() -> Schema {
    Schema::shipped()
}
