//! Invitations and resets: links that make an account or give it back. They expire, work once, and are shown
//! to whoever made them, to be passed on by a way they trust: the program sends no e-mail. The database has
//! only the hash of a link's secret.
//!
//! A reset gives back the account and never the key: what was sealed to the old key pair stays closed until a
//! colleague who holds the organisation's key gives it again.

use domain::Instant;
use domain::fold::fold;
use domain::ids::{MemberId, OrganisationId};
use domain::permission::{Action, Relation, Role};
use domain::word_list;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{invitation, member, organisation};
use store::{AppError, Cx, Db, FieldErrors};

use crate::attempt::{self, Place};
use crate::member as members;
use crate::secret::Secret;
use crate::session::Opening;
use crate::sign_in::{self, Knock, Opened};
use crate::{factor, key, passphrase, session, strength};

word_list! {
    /// What a link does.
    pub enum Kind {
        Join = "join", "Invitation";
        Reset = "reset", "Reset";
    }
}

impl Kind {
    /// How long a link of this kind works, in seconds: a week to join, a day to reset.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Join => 7 * 24 * 60 * 60,
            Self::Reset => 24 * 60 * 60,
        }
    }
}

/// What it takes to invite someone.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Their organisation.
    pub organisation: OrganisationId,
    /// The name colleagues see.
    pub name: String,
    /// What they type to sign in; unique in the whole program.
    pub sign_in: String,
    /// What they are trusted with.
    pub roles: Vec<Role>,
}

/// A link as whoever opens it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it does.
    pub kind: Kind,
    /// Whose account it is about.
    pub name: String,
    /// What they sign in with.
    pub sign_in: String,
    /// Their organisation.
    pub organisation: String,
    /// When it stops working.
    pub expires_at: Instant,
}

/// Invites a new member: coordinators anywhere, managers into their own organisation. Gives the link's secret.
pub async fn invite(cx: &Cx<'_>, input: Invite) -> Result<(MemberId, Secret), AppError> {
    let relation = cx.actor.relation(input.organisation.0);
    cx.permit(Action::ManageMembers, relation)?;
    members::check_roles(cx, &input.roles)?;
    let (name, sign_in) = members::check(FieldErrors::new(), &input.name, &input.sign_in, &input.roles)?;
    let work = cx.begin(Action::ManageMembers, relation).await?;
    let new = members::New {
        organisation: input.organisation,
        name,
        sign_in,
        passphrase: String::new(),
        roles: &input.roles,
    };
    let id = members::insert(&work.tx, cx, new).await?;
    let secret = Secret::random();
    write(&work.tx, cx, id, Kind::Join, false, &secret).await?;
    work.finish(cx, "member", Some(id.0)).await?;
    Ok((id, secret))
}

/// Makes a new link for a member: to join, where they have not yet, and otherwise to choose a new passphrase.
/// It takes the place of any link before it. Whoever has the link has the account, so managers make one only
/// for members whose every role is of their own organisation.
pub async fn renew(cx: &Cx<'_>, id: MemberId, forgets_factors: bool) -> Result<(Kind, Secret), AppError> {
    let row = member::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("member"))?;
    let relation = cx.actor.relation(row.organisation_id);
    cx.permit(Action::ManageMembers, relation)?;
    if !row.is_active {
        return Err(AppError::Refused("this member is switched off".into()));
    }
    let kind = if row.passphrase.is_empty() {
        Kind::Join
    } else {
        Kind::Reset
    };
    let work = cx.begin(Action::ManageMembers, relation).await?;
    members::hold(&work.tx, id).await?;
    members::check_roles(cx, &members::roles_of(&work.tx, id).await?)?;
    let secret = Secret::random();
    write(&work.tx, cx, id, kind, forgets_factors, &secret).await?;
    work.finish(cx, "invitation", Some(id.0)).await?;
    Ok((kind, secret))
}

/// Makes the first coordinator of an empty database, without any passphrase: the link lets them choose it.
/// Refused once anyone exists.
pub async fn init(cx: &Cx<'_>, organisation: &str, name: &str, sign_in: &str) -> Result<(MemberId, Secret), AppError> {
    let roles = [Role::Coordinator];
    let (name, sign_in) = members::check(FieldErrors::new(), name, sign_in, &roles)?;
    let tx = cx.db.begin().await?;
    let new = members::New {
        organisation: OrganisationId(uuid::Uuid::nil()),
        name,
        sign_in,
        passphrase: String::new(),
        roles: &roles,
    };
    let id = members::insert_first(&tx, cx, organisation, "", new).await?;
    let secret = Secret::random();
    write(&tx, cx, id, Kind::Join, false, &secret).await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok((id, secret))
}

async fn write(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    member: MemberId,
    kind: Kind,
    forgets_factors: bool,
    secret: &Secret,
) -> Result<(), AppError> {
    delete_of(tx, member).await?;
    invitation::ActiveModel {
        id: Set(cx.ids.random()),
        member_id: Set(member.0),
        kind: Set(kind.code().to_owned()),
        secret_hash: Set(secret.hash()),
        forgets_factors: Set(forgets_factors),
        made_by: Set(cx.actor.member.map(|member| member.0)),
        created_at: Set(cx.now.0),
        expires_at: Set(cx.now.plus_seconds(kind.seconds()).0),
    }
    .insert(tx)
    .await?;
    Ok(())
}

/// Takes back a member's link, if there is one.
pub(crate) async fn delete_of(tx: &impl ConnectionTrait, member: MemberId) -> Result<(), AppError> {
    invitation::Entity::delete_many()
        .filter(invitation::Column::MemberId.eq(member.0))
        .exec(tx)
        .await?;
    Ok(())
}

async fn row(db: &Db, secret: &Secret, now: Instant) -> Result<(invitation::Model, member::Model, Kind), AppError> {
    let gone = || AppError::NotFound("invitation, or it was used or has run out: ask for a new link");
    let row = invitation::Entity::find()
        .filter(invitation::Column::SecretHash.eq(secret.hash()))
        .filter(invitation::Column::ExpiresAt.gt(now.0))
        .one(db.reader())
        .await?
        .ok_or_else(gone)?;
    let member = member::Entity::find_by_id(row.member_id)
        .one(db.reader())
        .await?
        .filter(|member| member.is_active)
        .ok_or_else(gone)?;
    let kind = Kind::parse(&row.kind).map_err(|_| gone())?;
    Ok((row, member, kind))
}

/// What a link is for, while it works.
pub async fn find(db: &Db, secret: &Secret, now: Instant) -> Result<Shown, AppError> {
    let (row, member, kind) = row(db, secret, now).await?;
    let organisation = organisation::Entity::find_by_id(member.organisation_id)
        .one(db.reader())
        .await?
        .map_or_else(String::new, |row| row.name);
    Ok(Shown {
        kind,
        name: member.name,
        sign_in: member.sign_in,
        organisation,
        expires_at: Instant(row.expires_at),
    })
}

/// Uses a link: the member chooses their passphrase, gets a key pair of their own, and is signed in, unless a
/// second factor of theirs remains to be shown. After a reset, every session they had has ended.
pub async fn accept(
    cx: &Cx<'_>,
    knock: Knock<'_>,
    secret: &Secret,
    (words, again): (&str, &str),
    opening: &Opening,
) -> Result<Opened, AppError> {
    let (row, member, _) = row(cx.db, secret, cx.now).await?;
    strength::check(words, again, &[&member.name, &member.sign_in]).map_err(AppError::Invalid)?;
    let id = MemberId(member.id);
    let (stored, wrap) = passphrase::set(words).await?;
    let actor = members::actor(cx.db, id)
        .await?
        .ok_or(AppError::NotFound("invitation"))?;
    let own = Cx {
        actor: &actor,
        ..cx.clone()
    };
    let work = own.begin(Action::AcceptInvitation, Relation::Coalition).await?;
    // Deleted first and counted, so that of two requests with one link the second finds none.
    let used = invitation::Entity::delete_by_id(row.id).exec(&work.tx).await?;
    if used.rows_affected == 0 {
        return Err(AppError::NotFound("invitation"));
    }
    let sign_in = fold(&member.sign_in);
    let mut member: member::ActiveModel = member.into();
    member.passphrase = Set(stored);
    member.update(&work.tx).await?;
    if row.forgets_factors {
        factor::forget_all(&work.tx, id).await?;
    } else {
        // Sealed to the key pair that is lost with the passphrase.
        factor::totp::forget(&work.tx, id).await?;
    }
    let private = key::make(&work.tx, &own, id, &wrap).await?;
    session::delete_of(cx.db, id, None).await?;
    work.finish(&own, "member", Some(id.0)).await?;
    let place = Place::of(cx.db, &sign_in, knock, cx.now).await?;
    sign_in::open(cx, &place, actor, Some(&private), opening).await
}

/// Changes the passphrase of the member asking: what it opens stays the same. Every other session of theirs
/// ends. Faults stand at `current`, `passphrase` and `again`.
pub async fn change_passphrase(
    cx: &Cx<'_>,
    knock: Knock<'_>,
    current: &str,
    (words, again): (&str, &str),
    this: &Secret,
) -> Result<(), AppError> {
    let id = cx.member()?;
    let row = member::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("member"))?;
    strength::check(words, again, &[&row.name, &row.sign_in]).map_err(AppError::Invalid)?;
    let place = Place::of(cx.db, &row.sign_in, knock, cx.now).await?;
    let wrong = |words: &str| AppError::Invalid(FieldErrors::of("current", words));
    if attempt::wait(cx.db, &place, cx.now).await? > 0 {
        return Err(wrong("Too many attempts have failed: try again in a while"));
    }
    let Some(private) = sign_in::by_own_passphrase(cx, id.0, current).await? else {
        attempt::failed(cx.db, &place, cx.now).await?;
        return Err(wrong("This is not your passphrase"));
    };
    let (stored, wrap) = passphrase::set(words).await?;
    let work = cx.begin(Action::ChangePassphrase, Relation::Coalition).await?;
    let mut row: member::ActiveModel = row.into();
    row.passphrase = Set(stored);
    row.update(&work.tx).await?;
    match private {
        Some(private) => key::rewrap(&work.tx, id, &private, &wrap).await?,
        None => drop(key::make(&work.tx, cx, id, &wrap).await?),
    }
    session::delete_of(cx.db, id, Some(this)).await?;
    work.finish(cx, "member", Some(id.0)).await
}
