//! Members: people with a sign-in in one organisation, and what they are trusted with.

use std::collections::HashMap;

use domain::fold::fold;
use domain::ids::{MemberId, OrganisationId};
use domain::permission::{Action, Relation, Role};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{member, member_role, session};
use store::seal::{PrivateKey, SealKey};
use store::work::{Actor, log};
use store::{AppError, Cx, Db, FieldErrors};
use uuid::Uuid;

use crate::{key, passphrase};

/// What it takes to add a member.
#[derive(Debug, Clone)]
pub struct Add {
    /// Their organisation.
    pub organisation: OrganisationId,
    /// The name colleagues see.
    pub name: String,
    /// What they type to sign in; unique in the whole program.
    pub sign_in: String,
    /// Their first password.
    pub password: String,
    /// What they are trusted with.
    pub roles: Vec<Role>,
}

/// A member with roles, for lists.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row.
    pub member: member::Model,
    /// Their roles.
    pub roles: Vec<Role>,
}

fn check(input: &Add) -> Result<(String, String), AppError> {
    let mut errors = FieldErrors::new();
    let name = errors.required("name", &input.name, "Enter a name");
    let sign_in = errors.required("sign_in", &input.sign_in, "Enter what they will type to sign in");
    if input.password.chars().count() < passphrase::MIN_LENGTH {
        errors.add(
            "password",
            format!("Use at least {} characters", passphrase::MIN_LENGTH),
        );
    }
    if input.roles.is_empty() {
        errors.add("roles", "Choose at least one role");
    }
    errors.into_result()?;
    Ok((name, fold(&sign_in)))
}

/// Adds a member. Coordinators anywhere; managers in their own organisation.
pub async fn add(cx: &Cx<'_>, input: Add) -> Result<MemberId, AppError> {
    let relation = cx.actor.relation(input.organisation.0);
    cx.permit(Action::ManageMembers, relation)?;
    // Coalition roles are the coordinator's to give.
    if !cx.actor.roles.contains(&Role::Coordinator) && input.roles.iter().any(|role| !is_organisation_role(*role)) {
        return Err(AppError::Forbidden(
            "a manager gives only the roles of their own organisation",
        ));
    }
    let (name, sign_in) = check(&input)?;
    let set = passphrase::set(&input.password).await?;
    let work = cx.begin(Action::ManageMembers, relation).await?;
    let id = insert(&work.tx, cx, &input, &name, &sign_in, set).await?;
    work.finish(cx, "member", Some(id.0)).await?;
    Ok(id)
}

/// Whether a role belongs to an organisation rather than to the coalition.
pub const fn is_organisation_role(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Contributor | Role::Observer)
}

/// Makes the first coordinator of an empty database. Refused once anyone exists.
pub async fn init(cx: &Cx<'_>, organisation: &str, about: &str, input: Add) -> Result<MemberId, AppError> {
    let (name, sign_in) = check(&input)?;
    let set = passphrase::set(&input.password).await?;
    let tx = cx.db.begin().await?;
    if member::Entity::find().one(&tx).await?.is_some() {
        return Err(AppError::Refused(
            "this data folder already has members: a coordinator can add more".into(),
        ));
    }
    let organisation = crate::organisation::insert(&tx, cx, organisation, about).await?;
    let id = insert(&tx, cx, &Add { organisation, ..input }, &name, &sign_in, set).await?;
    log(&tx, cx, Action::ManageMembers, "member", Some(id.0), "done").await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok(id)
}

async fn insert(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    input: &Add,
    name: &str,
    sign_in: &str,
    (stored, wrap): (String, SealKey),
) -> Result<MemberId, AppError> {
    let id = cx.ids.random();
    let row = member::ActiveModel {
        id: Set(id),
        organisation_id: Set(input.organisation.0),
        name: Set(name.to_owned()),
        sign_in: Set(sign_in.to_owned()),
        passphrase: Set(stored),
        is_active: Set(true),
        created_at: Set(cx.now.0),
    };
    match row.insert(tx).await {
        Ok(_) => {}
        Err(error) if store::error::is_duplicate(&error) => {
            return Err(AppError::Invalid(FieldErrors::of(
                "sign_in",
                "Someone already signs in with that: choose another",
            )));
        }
        Err(error) => return Err(error.into()),
    }
    for role in &input.roles {
        member_role::ActiveModel {
            member_id: Set(id),
            role: Set(role.code().to_owned()),
        }
        .insert(tx)
        .await?;
    }
    key::make(tx, cx, MemberId(id), &wrap).await?;
    Ok(MemberId(id))
}

/// Switches a member off, ends their sessions and takes their keys at once. Nobody switches themselves off, so that an
/// audit is never left without a coordinator by a slip; a manager does not switch off a coordinator.
pub async fn deactivate(cx: &Cx<'_>, id: MemberId) -> Result<(), AppError> {
    let row = member::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("member"))?;
    let work = cx
        .begin(Action::ManageMembers, cx.actor.relation(row.organisation_id))
        .await?;
    if cx.actor.member == Some(id) {
        return Err(AppError::Refused(
            "you cannot switch yourself off: ask another coordinator or manager".into(),
        ));
    }
    let is_coordinator = member_role::Entity::find_by_id((id.0, Role::Coordinator.code().to_owned()))
        .one(&work.tx)
        .await?
        .is_some();
    if is_coordinator && !cx.actor.roles.contains(&Role::Coordinator) {
        return Err(AppError::Forbidden("only a coordinator switches off a coordinator"));
    }
    let keys = cx.db.begin_keys().await?;
    session::Entity::delete_many()
        .filter(session::Column::MemberId.eq(id.0))
        .exec(&keys)
        .await?;
    keys.commit().await.map_err(AppError::from)?;
    key::withdraw(&work.tx, id, &[], cx.now).await?;
    let mut row: member::ActiveModel = row.into();
    row.is_active = Set(false);
    row.update(&work.tx).await?;
    work.finish(cx, "member", Some(id.0)).await
}

/// Members that this member may manage, by name.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Listed>, AppError> {
    let own = cx.organisation()?;
    let everyone = cx.actor.may(Action::ManageMembers, Relation::OtherOrganisation);
    if !everyone {
        cx.permit(Action::ManageMembers, Relation::OwnOrganisation)?;
    }
    let mut query = member::Entity::find().order_by_asc(member::Column::SignIn);
    if !everyone {
        query = query.filter(member::Column::OrganisationId.eq(own.0));
    }
    let mut roles: HashMap<Uuid, Vec<Role>> = HashMap::new();
    for row in member_role::Entity::find().all(cx.db.reader()).await? {
        if let Ok(role) = Role::parse(&row.role) {
            roles.entry(row.member_id).or_default().push(role);
        }
    }
    let members = query.all(cx.db.reader()).await?;
    Ok(members
        .into_iter()
        .map(|member| Listed {
            roles: roles.remove(&member.id).unwrap_or_default(),
            member,
        })
        .collect())
}

/// Who a member is, as an actor. `None` when they are switched off or unknown.
pub async fn actor(db: &Db, id: MemberId) -> Result<Option<Actor>, AppError> {
    let Some(row) = member::Entity::find_by_id(id.0).one(db.reader()).await? else {
        return Ok(None);
    };
    if !row.is_active {
        return Ok(None);
    }
    let mut roles: Vec<Role> = member_role::Entity::find()
        .filter(member_role::Column::MemberId.eq(id.0))
        .all(db.reader())
        .await?
        .iter()
        .filter_map(|row| Role::parse(&row.role).ok())
        .collect();
    roles.sort_unstable();
    Ok(Some(Actor {
        member: Some(id),
        organisation: Some(OrganisationId(row.organisation_id)),
        name: row.name,
        roles,
    }))
}

/// Who signs in with this. For the command line on a demonstration, where no password is asked.
pub async fn by_sign_in(db: &Db, sign_in: &str) -> Result<Option<Actor>, AppError> {
    match member::Entity::find()
        .filter(member::Column::SignIn.eq(fold(sign_in)))
        .one(db.reader())
        .await?
    {
        Some(row) => actor(db, MemberId(row.id)).await,
        None => Ok(None),
    }
}

/// Finds who signs in with this, and checks the passphrase; for the command line and the sign-in page. Gives
/// them with the private key that the passphrase unwrapped.
///
/// An unknown name takes as long as a wrong passphrase, so that names cannot be probed.
pub async fn authenticate(
    db: &Db,
    sign_in: &str,
    words: &str,
) -> Result<Option<(Actor, Option<PrivateKey>)>, AppError> {
    let row = member::Entity::find()
        .filter(member::Column::SignIn.eq(fold(sign_in)))
        .one(db.reader())
        .await?;
    let Some(row) = row.filter(|row| row.is_active) else {
        passphrase::set(words).await?;
        return Ok(None);
    };
    let Some(wrap) = passphrase::check(words, &row.passphrase).await? else {
        return Ok(None);
    };
    let id = MemberId(row.id);
    let private = key::unwrap(db, id, &wrap).await?;
    Ok(actor(db, id).await?.map(|actor| (actor, private)))
}
