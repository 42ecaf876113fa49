//! Which roles need a second factor. The coalition decides; a member of such a role who has none is led to
//! set one up before anything else.

use domain::permission::{Action, Relation, Role};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::required_factor;
use store::work::Actor;
use store::{AppError, Cx, Db};

/// The roles that need one.
pub async fn roles(db: &Db) -> Result<Vec<Role>, AppError> {
    let mut roles: Vec<Role> = required_factor::Entity::find()
        .all(db.reader())
        .await?
        .iter()
        .filter_map(|row| Role::parse(&row.role).ok())
        .collect();
    roles.sort_unstable();
    Ok(roles)
}

/// Says which roles need one, in place of what was said before. Coordinators only.
pub async fn set(cx: &Cx<'_>, roles: &[Role]) -> Result<(), AppError> {
    let work = cx.begin(Action::RequireFactor, Relation::Coalition).await?;
    required_factor::Entity::delete_many().exec(&work.tx).await?;
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    for role in roles {
        required_factor::ActiveModel {
            role: Set(role.code().to_owned()),
            set_at: Set(cx.now.0),
        }
        .insert(&work.tx)
        .await?;
    }
    work.finish(cx, "required_factor", None).await
}

/// Whether a member still has to set one up before they go on.
pub async fn is_missing(db: &Db, actor: &Actor) -> Result<bool, AppError> {
    let Some(member) = actor.member else { return Ok(false) };
    let needed = roles(db).await?;
    if !actor.roles.iter().any(|role| needed.contains(role)) {
        return Ok(false);
    }
    Ok(!super::standing(db, member).await?.is_enough())
}
