//! The list of indicators in the order of the articles they measure.

use std::collections::HashMap;

use domain::indicator::IndicatorState;
use domain::permission::{Action, Relation};
use sea_orm::{EntityTrait, QuerySelect};
use store::row::{indicator_provision, indicator_version, provision, standard};
use store::{AppError, Cx};
use uuid::Uuid;

use super::{Version, current, natural};
use crate::standard::files::HOME_STANDARD;

/// Which versions a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Of each code the newest agreed version, and every open proposal.
    Current,
    /// Every version in one state.
    In(IndicatorState),
}

/// An indicator in the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The version.
    pub row: Version,
    /// The paragraphs it measures, in order: `10(1)`; those of other standards with their code.
    pub headings: Vec<String>,
}

/// Indicators in the order of their first provision, the Convention's before those of other
/// standards, then of their codes. Four queries; linear in versions and links.
pub async fn lines(cx: &Cx<'_>, which: Which) -> Result<Vec<Line>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let places = provision::Entity::find()
        .select_only()
        .columns([
            provision::Column::Id,
            provision::Column::StandardId,
            provision::Column::Position,
            provision::Column::Heading,
            provision::Column::Number,
        ])
        .into_tuple::<(Uuid, Uuid, i32, String, String)>()
        .all(db);
    let (versions, links, places, standards) = tokio::try_join!(
        indicator_version::Entity::find().all(db),
        indicator_provision::Entity::find().all(db),
        places,
        standard::Entity::find().all(db),
    )?;
    let codes: HashMap<Uuid, String> = standards.into_iter().map(|row| (row.id, row.code)).collect();
    let places: HashMap<Uuid, (bool, String, i32, String)> = places
        .into_iter()
        .map(|(id, standard, position, heading, number)| {
            let code = codes.get(&standard).cloned().unwrap_or_default();
            let heading = if heading.is_empty() { number } else { heading };
            let is_home = code == HOME_STANDARD;
            let words = if is_home { heading } else { format!("{code}, {heading}") };
            (id, (!is_home, code, position, words))
        })
        .collect();
    let mut measured: HashMap<Uuid, Vec<&(bool, String, i32, String)>> = HashMap::new();
    for link in &links {
        if let Some(place) = places.get(&link.provision_id) {
            measured.entry(link.indicator_version_id).or_default().push(place);
        }
    }
    let kept = match which {
        Which::Current => current(versions),
        Which::In(state) => versions.into_iter().filter(|row| row.state == state.code()).collect(),
    };
    let mut found: Vec<_> = kept
        .into_iter()
        .map(|row| {
            let mut own = measured.remove(&row.id).unwrap_or_default();
            own.sort();
            let first = own.first().map(|place| (place.0, place.1.clone(), place.2));
            let mut headings: Vec<String> = own.into_iter().map(|place| place.3.clone()).collect();
            headings.dedup();
            (
                (first.is_none(), first, natural(&row.code), row.version),
                Line { row, headings },
            )
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found.into_iter().map(|(_, line)| line).collect())
}

/// A code that no indicator has: one more than the highest number in use.
pub async fn suggested_code(cx: &Cx<'_>) -> Result<String, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let codes: Vec<String> = indicator_version::Entity::find()
        .select_only()
        .column(indicator_version::Column::Code)
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    let highest = codes
        .iter()
        .filter_map(|code| code.strip_prefix('I')?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    Ok(format!("I{:02}", highest + 1))
}
