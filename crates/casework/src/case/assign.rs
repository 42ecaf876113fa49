//! Who works on a case: they see it, and of their colleagues only supervisors do.

use std::collections::HashSet;

use domain::permission::{Action, Role};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{case_member, member, member_role, support_case};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{hold, sealed};

/// A member who can be assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The member.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Whether they work on the case.
    pub is_assigned: bool,
}

/// The members of the organisation who support people, by name, and whether they work on this case.
pub async fn colleagues(cx: &Cx<'_>, id: Uuid) -> Result<Vec<Colleague>, AppError> {
    let (row, _) = sealed(cx, id, Action::AssignCase).await?;
    let db = cx.db.reader();
    let assigned: HashSet<Uuid> = case_member::Entity::find()
        .filter(case_member::Column::CaseId.eq(id))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.member_id)
        .collect();
    let members = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(row.organisation_id))
        .filter(member::Column::IsActive.eq(true))
        .order_by_asc(member::Column::SignIn)
        .all(db)
        .await?;
    let supporting: HashSet<Uuid> = member_role::Entity::find()
        .filter(member_role::Column::MemberId.is_in(members.iter().map(|member| member.id)))
        .filter(member_role::Column::Role.is_in([Role::Caseworker.code(), Role::Supervisor.code()]))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.member_id)
        .collect();
    Ok(members
        .into_iter()
        .filter(|member| supporting.contains(&member.id))
        .map(|member| Colleague {
            is_assigned: assigned.contains(&member.id),
            id: member.id,
            name: member.name,
        })
        .collect())
}

/// Says who works on a case, at least one of the organisation's caseworkers and supervisors. From then on whoever is not
/// named does not see it, unless they are a supervisor.
pub async fn assign(cx: &Cx<'_>, id: Uuid, chosen: &[Uuid]) -> Result<Uuid, AppError> {
    let (row, relation) = sealed(cx, id, Action::AssignCase).await?;
    let known: HashSet<Uuid> = colleagues(cx, id)
        .await?
        .into_iter()
        .map(|colleague| colleague.id)
        .collect();
    let chosen: HashSet<Uuid> = chosen.iter().copied().collect();
    if chosen.is_empty() || !chosen.is_subset(&known) {
        return Err(AppError::Invalid(FieldErrors::of(
            "members",
            "Choose at least one person, of those who are listed",
        )));
    }
    let work = cx.begin(Action::AssignCase, relation).await?;
    let counter = hold(&work.tx, &row).await?;
    case_member::Entity::delete_many()
        .filter(case_member::Column::CaseId.eq(id))
        .exec(&work.tx)
        .await?;
    for member in chosen {
        case_member::ActiveModel {
            case_id: Set(id),
            member_id: Set(member),
        }
        .insert(&work.tx)
        .await?;
    }
    support_case::ActiveModel {
        id: Set(id),
        changed: Set(counter),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    work.finish(cx, "support_case", Some(id)).await?;
    Ok(id)
}
