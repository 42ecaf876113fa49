//! The key pairs of an organisation, or of the coalition, and who holds them.

use std::collections::{HashMap, HashSet};

use domain::Instant;
use domain::ids::MemberId;
use domain::permission::{Action, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{key_grant, member, member_key, member_role, owner_key};
use store::seal::{Identity, PrivateKey, PublicKey, SealError};
use store::work::Actor;
use store::{AppError, Cx, Db, FieldErrors};
use uuid::Uuid;

use super::recovery::Recovery;
use super::{COALITION, relation, relation_of};

/// Whether a member with these roles reads what is sealed to this owner. Organisations' seals are read by
/// those who record for them, the coalition's by coordinators.
pub fn reads_seals(roles: &[Role], owner: Uuid) -> bool {
    roles.iter().any(|role| {
        if owner == COALITION {
            *role == Role::Coordinator
        } else {
            matches!(
                role,
                Role::Manager | Role::Supervisor | Role::Caseworker | Role::Contributor
            )
        }
    })
}

pub(super) fn identity(owner: Uuid) -> Identity {
    Identity::new("owner_key", owner, "private_key")
}

/// The newest key pair of an owner.
pub(super) async fn newest(db: &impl ConnectionTrait, owner: Uuid) -> Result<Option<owner_key::Model>, AppError> {
    Ok(owner_key::Entity::find()
        .filter(owner_key::Column::OwnerId.eq(owner))
        .order_by_desc(owner_key::Column::Number)
        .one(db)
        .await?)
}

/// What seals to an owner: the number and public half of its newest key pair.
pub async fn public(db: &Db, owner: Uuid) -> Result<(i32, PublicKey), AppError> {
    let row = newest(db.reader(), owner).await?.ok_or_else(|| {
        AppError::Refused(if owner == COALITION {
            "the coalition has no key yet: a coordinator makes it under “Keys”".to_owned()
        } else {
            "your organisation has no key yet, so nothing can be sealed: its manager makes it under “Keys”".to_owned()
        })
    })?;
    Ok((row.number, PublicKey::from_bytes(&row.public_key)?))
}

/// Whether their organisation, or the coalition, has no key pair yet that this member may make.
pub async fn awaits(db: &Db, actor: &Actor) -> Result<bool, AppError> {
    let own = actor.organisation.map(|organisation| organisation.0);
    for owner in own.into_iter().chain([COALITION]) {
        if actor.may(Action::ManageKeys, relation_of(actor, owner)) && newest(db.reader(), owner).await?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes an owner's first key pair: the first manager's first sign-in does it for an organisation. Gives the
/// recovery key, to be printed; it is shown this once.
pub async fn establish(cx: &Cx<'_>, owner: Uuid) -> Result<Recovery, AppError> {
    let own = cx.key()?.public();
    let work = cx.begin(Action::ManageKeys, relation(cx, owner)).await?;
    if newest(&work.tx, owner).await?.is_some() {
        return Err(AppError::Refused(
            "this key exists already: ask a member who holds it to give it to you".into(),
        ));
    }
    let (pair, recovery) = (PrivateKey::generate(), Recovery::generate());
    insert_pair(&work.tx, cx, owner, 1, &pair, &recovery.public()).await?;
    insert_grant(&work.tx, cx, (owner, 1), cx.member()?, &pair, &own).await?;
    work.finish(cx, "owner_key", Some(owner)).await?;
    Ok(recovery)
}

pub(super) async fn insert_pair(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    owner: Uuid,
    number: i32,
    pair: &PrivateKey,
    recovery: &PublicKey,
) -> Result<(), AppError> {
    owner_key::ActiveModel {
        owner_id: Set(owner),
        number: Set(number),
        public_key: Set(pair.public().as_bytes().to_vec()),
        recovery_public_key: Set(recovery.as_bytes().to_vec()),
        recovery_sealed_key: Set(recovery.seal(&identity(owner), pair.expose())),
        created_at: Set(cx.now.0),
        exposed_at: Set(None),
        retired_at: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_grant(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    (owner, number): (Uuid, i32),
    to: MemberId,
    pair: &PrivateKey,
    public: &PublicKey,
) -> Result<(), AppError> {
    key_grant::ActiveModel {
        owner_id: Set(owner),
        number: Set(number),
        member_id: Set(to.0),
        sealed_key: Set(public.seal(&identity(owner), pair.expose())),
        granted_by: Set(cx.member()?.0),
        granted_at: Set(cx.now.0),
    }
    .insert(tx)
    .await?;
    Ok(())
}

/// The public half of a member's key pair, which exists from their first sign-in on.
pub(super) async fn public_of(db: &impl ConnectionTrait, member: MemberId) -> Result<PublicKey, AppError> {
    let row = member_key::Entity::find_by_id(member.0).one(db).await?.ok_or_else(|| {
        AppError::Refused("this member has not signed in yet: they receive the key after they did".into())
    })?;
    Ok(PublicKey::from_bytes(&row.public_key)?)
}

/// An owner's private keys, opened for one request through the grants of the member asking; wiped at its end.
pub struct Opener {
    owner: Uuid,
    keys: Vec<(i32, PrivateKey)>,
}

impl Opener {
    /// The owner whose seals this opens.
    pub const fn owner(&self) -> Uuid {
        self.owner
    }

    pub(crate) fn private(&self, number: i32) -> Result<&PrivateKey, AppError> {
        self.keys
            .iter()
            .find(|(known, _)| *known == number)
            .map(|(_, key)| key)
            .ok_or_else(|| no_grant(self.owner))
    }

    pub(super) fn newest(&self) -> Option<&(i32, PrivateKey)> {
        self.keys.iter().max_by_key(|(number, _)| *number)
    }
}

fn no_grant(owner: Uuid) -> AppError {
    AppError::Refused(if owner == COALITION {
        "you do not hold the coalition's key yet: another coordinator gives it to you under “Keys”".into()
    } else {
        "you do not hold your organisation's key yet: a member who holds it gives it to you under “Keys”".into()
    })
}

/// Opens an owner's keys for the member asking. Their grants are read at every request, so that taking one
/// away works at once, on every node.
pub async fn opener(cx: &Cx<'_>, owner: Uuid) -> Result<Opener, AppError> {
    let is_own = owner == COALITION || cx.actor.organisation.is_some_and(|own| own.0 == owner);
    if !is_own || !reads_seals(&cx.actor.roles, owner) {
        return Err(AppError::Forbidden(
            "these records are sealed to another organisation or role",
        ));
    }
    let (member, key) = (cx.member()?, cx.key()?);
    let grants = key_grant::Entity::find()
        .filter(key_grant::Column::OwnerId.eq(owner))
        .filter(key_grant::Column::MemberId.eq(member.0))
        .all(cx.db.reader())
        .await?;
    if grants.is_empty() {
        return Err(no_grant(owner));
    }
    let keys = grants.iter().map(|grant| {
        let bytes = key.open(&identity(owner), &grant.sealed_key)?;
        Ok((grant.number, PrivateKey::from_bytes(&bytes)?))
    });
    Ok(Opener {
        owner,
        keys: keys.collect::<Result<_, SealError>>()?,
    })
}

/// Gives an owner's keys to a member whose role reads its seals. Needs one member who holds them.
pub async fn grant(cx: &Cx<'_>, owner: Uuid, to: MemberId) -> Result<(), AppError> {
    let opener = opener(cx, owner).await?;
    let work = cx.begin(Action::GiveKeys, relation(cx, owner)).await?;
    let roles = crate::member::roles_of(&work.tx, to).await?;
    let row = member::Entity::find_by_id(to.0).one(&work.tx).await?;
    let is_theirs = row.is_some_and(|row| row.is_active && (owner == COALITION || row.organisation_id == owner));
    if !is_theirs || !reads_seals(&roles, owner) {
        return Err(AppError::Invalid(FieldErrors::of(
            "member",
            "Their role does not read these records: give them the role first",
        )));
    }
    let public = public_of(&work.tx, to).await?;
    for (number, pair) in &opener.keys {
        let held = key_grant::Entity::find_by_id((owner, *number, to.0))
            .one(&work.tx)
            .await?;
        if held.is_none() {
            insert_grant(&work.tx, cx, (owner, *number), to, pair, &public).await?;
        }
    }
    work.finish(cx, "key_grant", Some(to.0)).await
}

/// Takes from a member every key they hold and may no longer hold: all of them when they leave, those that
/// their remaining roles do not read otherwise. Each such key is marked exposed, until it is rotated.
pub async fn withdraw(
    tx: &impl ConnectionTrait,
    id: MemberId,
    remaining: &[Role],
    now: Instant,
) -> Result<(), AppError> {
    let grants = key_grant::Entity::find()
        .filter(key_grant::Column::MemberId.eq(id.0))
        .all(tx)
        .await?;
    for grant in grants.iter().filter(|grant| !reads_seals(remaining, grant.owner_id)) {
        owner_key::Entity::update_many()
            .col_expr(owner_key::Column::ExposedAt, Expr::value(now.0))
            .filter(owner_key::Column::OwnerId.eq(grant.owner_id))
            .filter(owner_key::Column::Number.eq(grant.number))
            .exec(tx)
            .await?;
        key_grant::Entity::delete_by_id((grant.owner_id, grant.number, id.0))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// A member who holds an owner's key, or whose role calls for it.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// Their own public key's fingerprint, to be compared by voice before a key is given; empty before
    /// their first sign-in.
    pub fingerprint: String,
    /// Since when they hold the newest key; `None` while they wait for it.
    pub since: Option<Instant>,
}

/// How an owner's keys stand.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The number of the newest key pair.
    pub number: i32,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Since when.
    pub since: Instant,
    /// When someone who held it left, if it was not rotated since.
    pub exposed_at: Option<Instant>,
    /// How many keys of persons' records there are.
    pub n_sealed: u64,
    /// How many of them are still sealed to an older pair.
    pub to_reseal: u64,
    /// Who holds it.
    pub holders: Vec<Holder>,
    /// Whose role calls for it and who do not hold it.
    pub waiting: Vec<Holder>,
}

/// How an owner's keys stand; `None` before its first pair. Linear in the number of members.
pub async fn standing(cx: &Cx<'_>, owner: Uuid) -> Result<Option<Standing>, AppError> {
    cx.permit(Action::ReadKeys, relation(cx, owner))?;
    let db = cx.db.reader();
    let Some(row) = newest(db, owner).await? else {
        return Ok(None);
    };
    let grants: HashMap<Uuid, i64> = key_grant::Entity::find()
        .filter(key_grant::Column::OwnerId.eq(owner))
        .filter(key_grant::Column::Number.eq(row.number))
        .all(db)
        .await?
        .into_iter()
        .map(|grant| (grant.member_id, grant.granted_at))
        .collect();
    let keys: HashMap<Uuid, String> = member_key::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|key| Ok((key.member_id, PublicKey::from_bytes(&key.public_key)?.fingerprint())))
        .collect::<Result<_, SealError>>()?;
    let readers: HashSet<Uuid> = member_role::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .filter(|role| Role::parse(&role.role).is_ok_and(|role| reads_seals(&[role], owner)))
        .map(|role| role.member_id)
        .collect();
    let mut members = member::Entity::find()
        .filter(member::Column::IsActive.eq(true))
        .order_by_asc(member::Column::SignIn);
    if owner != COALITION {
        members = members.filter(member::Column::OrganisationId.eq(owner));
    }
    let everyone = members
        .all(db)
        .await?
        .into_iter()
        .filter(|row| readers.contains(&row.id));
    let (holders, waiting) = everyone
        .map(|row| Holder {
            member: MemberId(row.id),
            fingerprint: keys.get(&row.id).cloned().unwrap_or_default(),
            since: grants.get(&row.id).copied().map(Instant),
            name: row.name,
        })
        .partition(|holder| holder.since.is_some());
    Ok(Some(Standing {
        number: row.number,
        fingerprint: PublicKey::from_bytes(&row.public_key)?.fingerprint(),
        since: Instant(row.created_at),
        exposed_at: row.exposed_at.map(Instant),
        n_sealed: super::rotate::n_sealed_before(cx.db, owner, i32::MAX).await?,
        to_reseal: super::rotate::n_sealed_before(cx.db, owner, row.number).await?,
        holders,
        waiting,
    }))
}
