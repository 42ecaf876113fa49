//! Writing a new version of a definition. The versions before it stay, for the cycles that took them.

use domain::pack::{Definition, Schema};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};
use store::row::{indicator_version, measure_definition};
use store::{AppError, Cx, FieldErrors};

use super::{all, asked_by};

/// A measure as it shall be computed from now on.
#[derive(Debug, Clone)]
pub struct Revise {
    /// What is computed; its version is passed over.
    pub definition: Definition,
    /// Why, as it is printed beside the versions.
    pub why: String,
    /// The version that was read before it was changed; 0 where there was none.
    pub version: u32,
}

/// Writes the next version of a measure's definition, and gives its number back. Coordinators. The cycles that are open keep the
/// version they took. [`AppError::Conflict`] when somebody wrote one since `version` was read.
pub async fn revise(cx: &Cx<'_>, input: Revise) -> Result<u32, AppError> {
    let mut errors = faults(&input.definition);
    let why = errors.required(
        "why",
        &input.why,
        "Say why it is computed so: it is shown beside the versions",
    );
    errors.into_result()?;
    let work = cx.begin(Action::DefineMeasure, Relation::Coalition).await?;
    let code = &input.definition.code;
    let indicators = indicator_version::Entity::find()
        .order_by_desc(indicator_version::Column::Version)
        .all(&work.tx)
        .await?;
    let asked = asked_by(&indicators, code)?;
    let known = all(&work.tx).await?.into_iter().find(|measure| measure.code == *code);
    if asked.is_none() && known.is_none() {
        return Err(AppError::NotFound("measure"));
    }
    if let Some((_, of)) = &asked
        && of.statistic != input.definition.statistic
    {
        let words = format!(
            "The indicator asks for this: {}. Choose that, or propose a new version of the indicator first",
            of.statistic.words().to_lowercase()
        );
        return Err(AppError::Invalid(FieldErrors::of("statistic", words)));
    }
    let newest = known.as_ref().map(|measure| &measure.newest().definition);
    let before = newest.map_or(0, |definition| definition.version);
    if before != input.version {
        return Err(AppError::Conflict("measure"));
    }
    let mut definition = Definition {
        version: before + 1,
        ..input.definition
    };
    // A form gives the columns in an order of its own, which is no change: they stay in that of the version before, new ones last.
    if let Some(newest) = newest {
        let place = |column: &String| newest.strata.iter().position(|known| known == column);
        definition
            .strata
            .sort_by_key(|column| place(column).unwrap_or(usize::MAX));
    }
    if newest.is_some_and(|newest| {
        *newest
            == Definition {
                version: before,
                ..definition.clone()
            }
    }) {
        return Err(AppError::Refused(
            "nothing differs from the version that stands: change something, or leave it as it is".to_owned(),
        ));
    }
    let id = cx.ids.ordered();
    let row = measure_definition::ActiveModel {
        id: Set(id),
        code: Set(definition.code.clone()),
        version: Set(i32::try_from(definition.version).map_err(|error| AppError::Internal(error.into()))?),
        definition: Set(serde_json::to_string(&definition)?),
        why: Set(why),
        member_id: Set(cx.member()?.0),
        recorded_at: Set(cx.now.0),
    };
    if let Err(error) = row.insert(&work.tx).await {
        // Somebody wrote the same version at this moment.
        return Err(if store::error::is_duplicate(&error) {
            AppError::Conflict("measure")
        } else {
            error.into()
        });
    }
    work.finish(cx, "measure_definition", Some(id)).await?;
    Ok(definition.version)
}

/// What is wrong with a definition, by the field of its form: a list of tests such as `population.all` is the field
/// `population_all`.
pub fn faults(definition: &Definition) -> FieldErrors {
    let mut errors = FieldErrors::new();
    let checked = Definition {
        version: definition.version.max(1),
        ..definition.clone()
    };
    for fault in measures::definition::check("form", &checked, &Schema::shipped()) {
        let field = if fault.field.is_empty() { "form" } else { &fault.field };
        let what = format!("{}: {}", capital(&fault.what), fault.remedy);
        errors.add(&field.replace('.', "_"), what.replace('`', ""));
    }
    errors
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
