//! Proposing an indicator, or a new version of one.

use domain::ids::{IndicatorVersionId, ProvisionId};
use domain::indicator::{Comparability, Direction, IndicatorKind, IndicatorState};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{indicator_provision, indicator_version, provision};
use store::{AppError, Cx, FieldErrors};

use super::Measure;

/// A definition. With the code of an existing indicator it is a new version of it.
#[derive(Debug, Clone, Default)]
pub struct Propose {
    /// `I71`, or the code of an existing one.
    pub code: String,
    /// Provisions it measures.
    pub provisions: Vec<ProvisionId>,
    /// Code of the kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Definition, in a full sentence.
    pub definition: String,
    /// Code of the direction.
    pub direction: String,
    /// Codes of its sources.
    pub sources: Vec<String>,
    /// Codes of its breakdowns.
    pub disaggregation: Vec<String>,
    /// What it cannot show.
    pub limits: String,
    /// At least one.
    pub measures: Vec<Measure>,
    /// For a new version: code of how far it may be compared with the version before.
    pub comparability: String,
    /// Why; required unless it is simply comparable.
    pub comparability_why: String,
}

/// Proposes. Anyone but an observer.
pub async fn propose(cx: &Cx<'_>, input: Propose) -> Result<IndicatorVersionId, AppError> {
    let mut errors = FieldErrors::new();
    let code = errors.required("code", &input.code, "Enter a code, such as I71");
    let name = errors.required("name", &input.name, "Enter a name");
    let definition = errors.required("definition", &input.definition, "Define it in a full sentence");
    let limits = errors.required("limits", &input.limits, "Say what it cannot show");
    errors.code(
        "kind",
        IndicatorKind::parse(&input.kind),
        "Choose whether it shows structure, process or outcome",
    );
    errors.code(
        "direction",
        Direction::parse(&input.direction),
        "Say which way is better",
    );
    if input.provisions.is_empty() {
        errors.add("provisions", "Choose at least one provision");
    }
    if input.sources.is_empty() {
        errors.add("sources", "Say where the figures would come from");
    }
    if input.measures.is_empty() {
        errors.add("measure_name", "Add at least one measure");
    }
    for measure in &input.measures {
        if measure.name.trim().is_empty() || measure.unit.trim().is_empty() {
            errors.add("measure_name", "Give every measure a name and a unit");
        }
        if measure.statistic.has_denominator() && measure.denominator.trim().is_empty() {
            errors.add(
                "measure_denominator",
                format!(
                    "“{}” is a {}: say out of what",
                    measure.name,
                    measure.statistic.words().to_lowercase()
                ),
            );
        }
    }
    errors.into_result()?;
    let work = cx.begin(Action::ProposeIndicator, Relation::Coalition).await?;
    let before = indicator_version::Entity::find()
        .filter(indicator_version::Column::Code.eq(&code))
        .order_by_desc(indicator_version::Column::Version)
        .one(&work.tx)
        .await?;
    let comparability = match &before {
        None => None,
        Some(_) => Some(Comparability::parse(&input.comparability).map_err(|_| {
            AppError::Invalid(FieldErrors::of(
                "comparability",
                "There is a version of this code already: say whether the new one may be compared with it",
            ))
        })?),
    };
    if comparability.is_some_and(|c| c != Comparability::Comparable) && input.comparability_why.trim().is_empty() {
        return Err(AppError::Invalid(FieldErrors::of(
            "comparability_why",
            "Say why: it is printed beside every comparison",
        )));
    }
    let known = provision::Entity::find()
        .filter(provision::Column::Id.is_in(input.provisions.iter().map(|id| id.0)))
        .all(&work.tx)
        .await?;
    if known.is_empty() {
        return Err(AppError::NotFound("provision"));
    }
    let id = cx.ids.ordered();
    let row = indicator_version::ActiveModel {
        id: Set(id),
        code: Set(code),
        version: Set(before.map_or(1, |row| row.version + 1)),
        name: Set(name),
        kind: Set(input.kind),
        definition: Set(definition),
        direction: Set(input.direction),
        sources: Set(serde_json::to_string(&input.sources)?),
        disaggregation: Set(serde_json::to_string(&input.disaggregation)?),
        limits: Set(limits),
        measures: Set(serde_json::to_string(&input.measures)?),
        state: Set(IndicatorState::Proposed.code().to_owned()),
        comparability: Set(comparability.map(|c| c.code().to_owned())),
        comparability_why: Set(input.comparability_why.trim().to_owned()),
        member_id: Set(cx.actor.member.map(uuid::Uuid::from)),
        created_at: Set(cx.now.0),
    };
    if let Err(error) = row.insert(&work.tx).await {
        // Somebody proposed the same version at this moment: what is stored now must be read first.
        return Err(if store::error::is_duplicate(&error) {
            AppError::Conflict("indicator")
        } else {
            error.into()
        });
    }
    let links = known.into_iter().map(|row| indicator_provision::ActiveModel {
        indicator_version_id: Set(id),
        provision_id: Set(row.id),
    });
    indicator_provision::Entity::insert_many(links)
        .exec_without_returning(&work.tx)
        .await?;
    work.finish(cx, "indicator_version", Some(id)).await?;
    Ok(IndicatorVersionId(id))
}
