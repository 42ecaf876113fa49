//! A member's own key pair.

use domain::ids::MemberId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{key_grant, member_key};
use store::seal::{Identity, PrivateKey, SealKey};
use store::{AppError, Cx, Db};

fn identity(member: MemberId) -> Identity {
    Identity::new("member_key", member.0, "sealed_key")
}

/// Makes a member's key pair, or makes it anew after a reset: what the old one opened is lost to them, so its
/// grants go in the same transaction.
pub async fn make(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    member: MemberId,
    wrap: &SealKey,
) -> Result<PrivateKey, AppError> {
    let private = PrivateKey::generate();
    key_grant::Entity::delete_many()
        .filter(key_grant::Column::MemberId.eq(member.0))
        .exec(tx)
        .await?;
    member_key::Entity::insert(member_key::ActiveModel {
        member_id: Set(member.0),
        public_key: Set(private.public().as_bytes().to_vec()),
        sealed_key: Set(wrap.seal(&identity(member), private.expose())),
        created_at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::column(member_key::Column::MemberId)
            .update_columns([
                member_key::Column::PublicKey,
                member_key::Column::SealedKey,
                member_key::Column::CreatedAt,
            ])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(private)
}

/// Wraps a member's private key anew: their passphrase changed, what they can open did not.
pub async fn rewrap(
    tx: &impl ConnectionTrait,
    member: MemberId,
    private: &PrivateKey,
    wrap: &SealKey,
) -> Result<(), AppError> {
    let sealed = wrap.seal(&identity(member), private.expose());
    member_key::Entity::update(member_key::ActiveModel {
        member_id: Set(member.0),
        sealed_key: Set(sealed),
        ..Default::default()
    })
    .exec(tx)
    .await?;
    Ok(())
}

/// A member's private key, by what wraps it. `None` when they have no key pair yet.
pub async fn unwrap(db: &Db, member: MemberId, wrap: &SealKey) -> Result<Option<PrivateKey>, AppError> {
    let Some(row) = member_key::Entity::find_by_id(member.0).one(db.reader()).await? else {
        return Ok(None);
    };
    Ok(Some(wrap.open_private(&identity(member), &row.sealed_key)?))
}

/// Whether a member has a key pair, so that something can be granted to them.
pub async fn has_key(db: &Db, member: MemberId) -> Result<bool, AppError> {
    Ok(member_key::Entity::find_by_id(member.0)
        .one(db.reader())
        .await?
        .is_some())
}
