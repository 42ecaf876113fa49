//! Adding a series.

use domain::ids::SeriesId;
use domain::permission::{Action, Relation};
use domain::series::CountingRule;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbErr};
use store::row::series::ActiveModel;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What it takes to add a series.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// As files name it: letters, digits and `_ - . :`, at most 60, and no other series has it.
    pub code: String,
    /// What it counts, as a title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// The unit of every value: persons, percent, days.
    pub unit: String,
    /// Code of a [`CountingRule`].
    pub counting_rule: String,
    /// What a reader should know; may be empty.
    pub about: String,
}

/// Adds a series. Coordinators, contributors and assessors.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<SeriesId, AppError> {
    let columns = check(&input)?;
    let work = cx.begin(Action::RecordSeries, Relation::Coalition).await?;
    let id = insert(&work.tx, cx, columns).await?;
    work.finish(cx, "series", Some(id)).await?;
    Ok(SeriesId(id))
}

/// Adds a series in the transaction of another command, with its own row in the log.
pub async fn record_within(
    tx: &impl sea_orm::ConnectionTrait,
    cx: &Cx<'_>,
    input: Record,
) -> Result<SeriesId, AppError> {
    cx.permit(Action::RecordSeries, Relation::Coalition)?;
    let id = insert(tx, cx, check(&input)?).await?;
    store::work::log(tx, cx, Action::RecordSeries, "series", Some(id), "done").await?;
    Ok(SeriesId(id))
}

/// Checks what was typed, collects every fault, and gives the columns that it fills.
pub(super) fn check(input: &Record) -> Result<ActiveModel, AppError> {
    let mut errors = FieldErrors::new();
    let code = errors.required("code", &input.code, "Enter the code that files use for this series");
    let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if code.len() > 60 || !code.chars().all(is_code) {
        errors.add(
            "code",
            "Write the code without spaces: letters, digits and _ - . : only, at most 60",
        );
    }
    let title = errors.required("title", &input.title, "Enter what the series counts");
    let publisher = errors.required("publisher", &input.publisher, "Enter who publishes it");
    let unit = errors.required(
        "unit",
        &input.unit,
        "Enter the unit of its values, such as persons or percent",
    );
    let rule = errors.code(
        "counting_rule",
        CountingRule::parse(input.counting_rule.trim()),
        "Choose what one unit of it is",
    );
    errors.into_result()?;
    let rule = rule.map_or(CountingRule::Other, |rule| rule);
    Ok(ActiveModel {
        code: Set(code),
        title: Set(title),
        publisher: Set(publisher),
        unit: Set(unit),
        counting_rule: Set(rule.code().to_owned()),
        about: Set(input.about.trim().to_owned()),
        ..Default::default()
    })
}

async fn insert(tx: &impl sea_orm::ConnectionTrait, cx: &Cx<'_>, columns: ActiveModel) -> Result<Uuid, AppError> {
    let id = cx.ids.ordered();
    let row = ActiveModel {
        id: Set(id),
        created_at: Set(cx.now.0),
        revision: Set(1),
        ..columns
    };
    row.insert(tx).await.map_err(taken)?;
    Ok(id)
}

/// A fault of the form where another series has the code.
pub(super) fn taken(error: DbErr) -> AppError {
    if store::error::is_duplicate(&error) {
        AppError::Invalid(FieldErrors::of(
            "code",
            "There is a series with this code already: choose another, or use that one",
        ))
    } else {
        error.into()
    }
}
