//! A new key pair after someone who held the old one has left.
//!
//! The new pair seals from the moment it is made. The keys of persons' records that are sealed to the old pair
//! are sealed anew in batches, each a transaction of its own: cut off anywhere, it is taken up where it stopped.

use domain::permission::Action;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect,
};
use store::row::{key_grant, owner_key, person_key};
use store::seal::{PrivateKey, PublicKey};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use super::owner::{insert_grant, insert_pair, newest, opener, public_of};
use super::recovery::Recovery;
use super::{person, relation};
use domain::ids::MemberId;

/// Keys sealed anew in one transaction.
const BATCH: u64 = 500;

/// What a rotation gave.
pub struct Rotation {
    /// The new recovery key, if one was asked for.
    pub recovery: Option<Recovery>,
}

/// Makes a new key pair and grants it to everyone who holds the old one. With `new_recovery`, whoever has seen
/// the old printed recovery key can open nothing sealed from now on either.
pub async fn rotate(cx: &Cx<'_>, owner: Uuid, new_recovery: bool) -> Result<Rotation, AppError> {
    opener(cx, owner).await?;
    let work = cx.begin(Action::ManageKeys, relation(cx, owner)).await?;
    let old = newest(&work.tx, owner).await?.ok_or(AppError::NotFound("key"))?;
    let recovery = new_recovery.then(Recovery::generate);
    let recovery_public = match &recovery {
        Some(recovery) => recovery.public(),
        None => PublicKey::from_bytes(&old.recovery_public_key)?,
    };
    let pair = PrivateKey::generate();
    let number = old.number + 1;
    insert_pair(&work.tx, cx, owner, number, &pair, &recovery_public).await?;
    let holders = key_grant::Entity::find()
        .filter(key_grant::Column::OwnerId.eq(owner))
        .filter(key_grant::Column::Number.eq(old.number))
        .all(&work.tx)
        .await?;
    for holder in holders {
        let member = MemberId(holder.member_id);
        let public = public_of(&work.tx, member).await?;
        insert_grant(&work.tx, cx, (owner, number), member, &pair, &public).await?;
    }
    work.finish(cx, "owner_key", Some(owner)).await?;
    Ok(Rotation { recovery })
}

/// How many keys are still sealed to an older pair than this.
pub(super) async fn n_sealed_before(db: &Db, owner: Uuid, number: i32) -> Result<u64, AppError> {
    Ok(person_key::Entity::find()
        .filter(person_key::Column::OwnerId.eq(owner))
        .filter(person_key::Column::Number.lt(number))
        .count(db.key_reader())
        .await?)
}

/// Seals one batch of keys anew and says how many are left; after the last, the old pairs are retired and
/// their grants removed. Costs one opening and one sealing per key, about 0.2 ms.
pub async fn reseal(cx: &Cx<'_>, owner: Uuid) -> Result<u64, AppError> {
    let opener = opener(cx, owner).await?;
    let Some((number, pair)) = opener.newest() else {
        return Ok(0);
    };
    let public = pair.public();
    let keys = cx.db.begin_keys().await?;
    let stale = person_key::Entity::find()
        .filter(person_key::Column::OwnerId.eq(owner))
        .filter(person_key::Column::Number.lt(*number))
        .limit(BATCH)
        .all(&keys)
        .await?;
    for row in stale {
        let identity = person::identity(row.id);
        let key = opener.private(row.number)?.open_key(&identity, &row.sealed_key)?;
        let mut row = row.into_active_model();
        row.number = Set(*number);
        row.sealed_key = Set(public.seal(&identity, key.expose()));
        row.update(&keys).await?;
    }
    keys.commit().await.map_err(AppError::from)?;
    let left = n_sealed_before(cx.db, owner, *number).await?;
    let work = cx.begin(Action::ManageKeys, relation(cx, owner)).await?;
    if left == 0 {
        owner_key::Entity::update_many()
            .col_expr(owner_key::Column::RetiredAt, Expr::value(cx.now.0))
            .filter(owner_key::Column::OwnerId.eq(owner))
            .filter(owner_key::Column::Number.lt(*number))
            .filter(owner_key::Column::RetiredAt.is_null())
            .exec(&work.tx)
            .await?;
        key_grant::Entity::delete_many()
            .filter(key_grant::Column::OwnerId.eq(owner))
            .filter(key_grant::Column::Number.lt(*number))
            .exec(&work.tx)
            .await?;
    }
    work.finish(cx, "owner_key", Some(owner)).await?;
    Ok(left)
}
