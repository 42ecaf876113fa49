//! The register of public bodies: addressees, decision-makers, publishers.

use domain::fold::fold;
use domain::ids::BodyId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};
use store::row::body::{ActiveModel, Column, Entity, Model};
use store::{AppError, Cx, FieldErrors};

/// What it takes to add a body.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Its name; no two are alike, whatever their case.
    pub name: String,
    /// What it does, in a sentence or two.
    pub about: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Adds a body to the register. Coordinators, contributors and assessors.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<BodyId, AppError> {
    let mut errors = FieldErrors::new();
    let name = errors.required("name", &input.name, "Enter the body's name");
    errors.into_result()?;
    let work = cx.begin(Action::RecordBody, Relation::Coalition).await?;
    let id = cx.ids.ordered();
    let row = ActiveModel {
        id: Set(id),
        name_folded: Set(fold(&name)),
        name: Set(name),
        about: Set(input.about.trim().to_owned()),
        is_invented: Set(input.is_invented),
        created_at: Set(cx.now.0),
    };
    if let Err(error) = row.insert(&work.tx).await {
        return Err(if store::error::is_duplicate(&error) {
            AppError::Invalid(FieldErrors::of(
                "name",
                "The register already holds a body of that name",
            ))
        } else {
            error.into()
        });
    }
    work.finish(cx, "body", Some(id)).await?;
    Ok(BodyId(id))
}

/// The register, by name.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Model>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    Ok(Entity::find()
        .order_by_asc(Column::NameFolded)
        .all(cx.db.reader())
        .await?)
}
