//! Organisations of the coalition.

use domain::fold::fold;
use domain::ids::OrganisationId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};
use store::row::organisation::{ActiveModel, Column, Entity, Model};
use store::{AppError, Cx, FieldErrors};

/// What it takes to add an organisation.
#[derive(Debug, Clone, Default)]
pub struct Add {
    /// Its name; no two are alike, whatever their case.
    pub name: String,
    /// One or two sentences about it, printed in editions.
    pub about: String,
}

/// Adds an organisation. Coordinators only.
pub async fn add(cx: &Cx<'_>, input: Add) -> Result<OrganisationId, AppError> {
    let mut errors = FieldErrors::new();
    let name = errors.required("name", &input.name, "Enter the organisation's name");
    errors.into_result()?;
    let work = cx.begin(Action::ManageOrganisations, Relation::Coalition).await?;
    let id = insert(&work.tx, cx, &name, &input.about).await?;
    work.finish(cx, "organisation", Some(id.0)).await?;
    Ok(id)
}

/// The row itself; the first organisation of all is made by `init`, before there is a coordinator.
pub(crate) async fn insert(
    tx: &impl sea_orm::ConnectionTrait,
    cx: &Cx<'_>,
    name: &str,
    about: &str,
) -> Result<OrganisationId, AppError> {
    let id = cx.ids.ordered();
    let row = ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        name_folded: Set(fold(name)),
        about: Set(about.trim().to_owned()),
        is_active: Set(true),
        created_at: Set(cx.now.0),
    };
    match row.insert(tx).await {
        Ok(_) => Ok(OrganisationId(id)),
        Err(error) if store::error::is_duplicate(&error) => Err(AppError::Invalid(FieldErrors::of(
            "name",
            "There is already an organisation of that name",
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Every organisation, by name.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Model>, AppError> {
    Ok(Entity::find()
        .order_by_asc(Column::NameFolded)
        .all(cx.db.reader())
        .await?)
}
