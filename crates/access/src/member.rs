//! Members: people with a sign-in in one organisation, and what they are trusted with.

use std::collections::HashMap;

use domain::fold::fold;
use domain::ids::{MemberId, OrganisationId};
use domain::permission::{Action, Relation, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use store::row::{member, member_role};
use store::seal::PrivateKey;
use store::work::{Actor, log};
use store::{AppError, Cx, Db, FieldErrors};
use uuid::Uuid;

use crate::{key, passphrase, session};

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
    /// Whether they have not taken up their invitation yet.
    pub is_invited: bool,
}

/// A member whose every field was checked.
pub(crate) struct New<'a> {
    pub organisation: OrganisationId,
    pub name: String,
    /// Folded.
    pub sign_in: String,
    /// What the database keeps of the passphrase; empty until an invitation is taken up.
    pub passphrase: String,
    pub roles: &'a [Role],
}

/// Checks what is typed of a new member, adding to other faults, and gives the name and the folded sign-in.
pub(crate) fn check(
    mut errors: FieldErrors,
    name: &str,
    sign_in: &str,
    roles: &[Role],
) -> Result<(String, String), AppError> {
    let name = errors.required("name", name, "Enter a name");
    let sign_in = errors.required("sign_in", sign_in, "Enter what they will type to sign in");
    if roles.is_empty() {
        errors.add("roles", "Choose at least one role");
    }
    errors.into_result()?;
    Ok((name, fold(&sign_in)))
}

/// Coalition roles are the coordinator's to give, and to open an account with.
pub(crate) fn check_roles(cx: &Cx<'_>, roles: &[Role]) -> Result<(), AppError> {
    if !cx.actor.roles.contains(&Role::Coordinator) && roles.iter().any(|role| !is_organisation_role(*role)) {
        return Err(AppError::Forbidden(
            "a manager gives only the roles of their own organisation",
        ));
    }
    Ok(())
}

fn check_length(passphrase: &str) -> FieldErrors {
    if passphrase.chars().count() < passphrase::MIN_LENGTH {
        FieldErrors::of(
            "password",
            format!("Use at least {} characters", passphrase::MIN_LENGTH),
        )
    } else {
        FieldErrors::new()
    }
}

/// Adds a member with a passphrase that is known here: the demonstration's. People are invited
/// ([`crate::invitation`]). Coordinators anywhere; managers in their own organisation.
pub async fn add(cx: &Cx<'_>, input: Add) -> Result<MemberId, AppError> {
    let relation = cx.actor.relation(input.organisation.0);
    cx.permit(Action::ManageMembers, relation)?;
    check_roles(cx, &input.roles)?;
    let (name, sign_in) = check(check_length(&input.password), &input.name, &input.sign_in, &input.roles)?;
    let (passphrase, wrap) = passphrase::set(&input.password).await?;
    let work = cx.begin(Action::ManageMembers, relation).await?;
    let new = New {
        organisation: input.organisation,
        name,
        sign_in,
        passphrase,
        roles: &input.roles,
    };
    let id = insert(&work.tx, cx, new).await?;
    key::make(&work.tx, cx, id, &wrap).await?;
    work.finish(cx, "member", Some(id.0)).await?;
    Ok(id)
}

/// Whether a role belongs to an organisation rather than to the coalition.
pub const fn is_organisation_role(role: Role) -> bool {
    matches!(
        role,
        Role::Manager | Role::Supervisor | Role::Caseworker | Role::Contributor | Role::Observer
    )
}

/// Makes the first coordinator of an empty database, with a passphrase that they type here. Refused once
/// anyone exists. [`crate::invitation::init`] makes one without.
pub async fn init(cx: &Cx<'_>, organisation: &str, about: &str, input: Add) -> Result<MemberId, AppError> {
    let (name, sign_in) = check(check_length(&input.password), &input.name, &input.sign_in, &input.roles)?;
    let (passphrase, wrap) = passphrase::set(&input.password).await?;
    let tx = cx.db.begin().await?;
    let new = New {
        organisation: input.organisation,
        name,
        sign_in,
        passphrase,
        roles: &input.roles,
    };
    let id = insert_first(&tx, cx, organisation, about, new).await?;
    key::make(&tx, cx, id, &wrap).await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok(id)
}

/// The first member of all, with their organisation. Nobody can be asked for a role yet.
pub(crate) async fn insert_first(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    organisation: &str,
    about: &str,
    new: New<'_>,
) -> Result<MemberId, AppError> {
    if member::Entity::find().one(tx).await?.is_some() {
        return Err(AppError::Refused(
            "this data folder already has members: a coordinator can add more".into(),
        ));
    }
    let organisation = crate::organisation::insert(tx, cx, organisation, about).await?;
    let id = insert(tx, cx, New { organisation, ..new }).await?;
    log(tx, cx, Action::ManageMembers, "member", Some(id.0), "done").await?;
    Ok(id)
}

/// The row itself and its roles. Key pairs are made where the passphrase is chosen.
pub(crate) async fn insert(tx: &impl ConnectionTrait, cx: &Cx<'_>, new: New<'_>) -> Result<MemberId, AppError> {
    let id = cx.ids.random();
    let row = member::ActiveModel {
        id: Set(id),
        organisation_id: Set(new.organisation.0),
        name: Set(new.name),
        sign_in: Set(new.sign_in),
        passphrase: Set(new.passphrase),
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
    insert_roles(tx, id, new.roles).await?;
    Ok(MemberId(id))
}

/// Switches a member off: their sessions, invitations, second factors and keys are gone at once, on every
/// node. Nobody switches themselves off, so that an audit is never left without a coordinator by a slip; a manager does not switch off a coordinator.
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
    hold(&work.tx, id).await?;
    let is_coordinator = member_role::Entity::find_by_id((id.0, Role::Coordinator.code().to_owned()))
        .one(&work.tx)
        .await?
        .is_some();
    if is_coordinator && !cx.actor.roles.contains(&Role::Coordinator) {
        return Err(AppError::Forbidden("only a coordinator switches off a coordinator"));
    }
    session::delete_of(cx.db, id, None).await?;
    crate::invitation::delete_of(&work.tx, id).await?;
    crate::factor::forget_all(&work.tx, id).await?;
    key::withdraw(&work.tx, id, &[], cx.now).await?;
    let mut row: member::ActiveModel = row.into();
    row.is_active = Set(false);
    row.update(&work.tx).await?;
    work.finish(cx, "member", Some(id.0)).await
}

/// What a change of roles starts from and leads to.
#[derive(Debug, Clone)]
pub struct Change {
    /// The roles that were shown when the choice was made.
    pub shown: Vec<Role>,
    /// The roles chosen.
    pub chosen: Vec<Role>,
}

/// Changes what a member is trusted with, from their next request on. Coordinators change every role; a manager
/// those of their own organisation, and what the coalition gave stays. Keys that the remaining roles do not
/// read are taken back. Nobody changes their own roles.
pub async fn change_roles(cx: &Cx<'_>, id: MemberId, change: Change) -> Result<MemberId, AppError> {
    let row = member::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("member"))?;
    let relation = cx.actor.relation(row.organisation_id);
    cx.permit(Action::ManageMembers, relation)?;
    check_roles(cx, &change.chosen)?;
    if cx.actor.member == Some(id) {
        return Err(AppError::Refused(
            "you cannot change your own roles: ask another coordinator or manager".into(),
        ));
    }
    let work = cx.begin(Action::ManageMembers, relation).await?;
    hold(&work.tx, id).await?;
    let current = roles_of(&work.tx, id).await?;
    let sorted = |mut roles: Vec<Role>| {
        roles.sort_unstable();
        roles.dedup();
        roles
    };
    if sorted(change.shown) != current {
        return Err(AppError::Invalid(FieldErrors::of(
            "roles",
            format!(
                "Someone else changed these roles meanwhile: they are now {}. Choose again",
                current.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ")
            ),
        )));
    }
    let mut roles = change.chosen;
    if !cx.actor.roles.contains(&Role::Coordinator) {
        roles.extend(current.iter().filter(|role| !is_organisation_role(**role)));
    }
    let roles = sorted(roles);
    if roles.is_empty() {
        return Err(AppError::Invalid(FieldErrors::of(
            "roles",
            "Choose at least one role, or switch the member off",
        )));
    }
    if roles
        .iter()
        .any(|role| !is_organisation_role(*role) && !current.contains(role))
    {
        // A manager may hold the link that is out, and whoever has it has the account.
        crate::invitation::delete_of(&work.tx, id).await?;
    }
    member_role::Entity::delete_many()
        .filter(member_role::Column::MemberId.eq(id.0))
        .exec(&work.tx)
        .await?;
    insert_roles(&work.tx, id.0, &roles).await?;
    key::withdraw(&work.tx, id, &roles, cx.now).await?;
    work.finish(cx, "member", Some(id.0)).await?;
    Ok(id)
}

/// Holds a member's row until the transaction ends, so that what was decided on their roles is still true when it
/// is written. (SQLite has one writer, which comes to the same.)
pub(crate) async fn hold(tx: &impl ConnectionTrait, id: MemberId) -> Result<(), AppError> {
    member::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?;
    Ok(())
}

async fn insert_roles(tx: &impl ConnectionTrait, member: Uuid, roles: &[Role]) -> Result<(), AppError> {
    for role in roles {
        member_role::ActiveModel {
            member_id: Set(member),
            role: Set(role.code().to_owned()),
        }
        .insert(tx)
        .await?;
    }
    Ok(())
}

/// What a member is trusted with, in the order of [`Role`].
pub(crate) async fn roles_of(db: &impl ConnectionTrait, id: MemberId) -> Result<Vec<Role>, AppError> {
    let rows = member_role::Entity::find()
        .filter(member_role::Column::MemberId.eq(id.0))
        .all(db)
        .await?;
    let mut roles: Vec<Role> = rows.iter().filter_map(|row| Role::parse(&row.role).ok()).collect();
    roles.sort_unstable();
    Ok(roles)
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
            is_invited: member.passphrase.is_empty(),
            member,
        })
        .collect())
}

/// Who a member is, as an actor. `None` when they are switched off or unknown.
pub async fn actor(db: &Db, id: MemberId) -> Result<Option<Actor>, AppError> {
    // One query, since every request asks: a line for each role, or one without.
    let mut query = member::Entity::find_by_id(id.0)
        .filter(member::Column::IsActive.eq(true))
        .select_only()
        .column(member::Column::OrganisationId)
        .column(member::Column::Name)
        .column(member_role::Column::Role);
    QueryTrait::query(&mut query).left_join(
        member_role::Entity,
        sea_orm::ExprTrait::equals(
            Expr::col((member_role::Entity, member_role::Column::MemberId)),
            (member::Entity, member::Column::Id),
        ),
    );
    let lines: Vec<(Uuid, String, Option<String>)> = query.into_tuple().all(db.reader()).await?;
    let mut roles: Vec<Role> = lines
        .iter()
        .filter_map(|(.., role)| Role::parse(role.as_deref()?).ok())
        .collect();
    roles.sort_unstable();
    Ok(lines.into_iter().next().map(|(organisation, name, _)| Actor {
        member: Some(id),
        organisation: Some(OrganisationId(organisation)),
        name,
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
    let Some(row) = row.filter(|row| row.is_active && !row.passphrase.is_empty()) else {
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
