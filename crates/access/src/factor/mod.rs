//! Second factors: what a member shows beside their passphrase.
//!
//! One-time codes from an authenticator ([`totp`]), passkeys ([`passkey`]), and codes printed once for the
//! day both are lost ([`recovery`]). The coalition says which roles need one ([`required`]).

pub mod passkey;
pub mod recovery;
pub mod required;
pub mod totp;

use domain::ids::MemberId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::row;
use store::{AppError, Cx, Db};

/// Which second factors a member has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether an authenticator gives them codes.
    pub has_totp: bool,
    /// How many passkeys they have.
    pub n_passkeys: u64,
    /// How many recovery codes are left.
    pub n_recovery_codes: u64,
}

impl Standing {
    /// Whether signing in with a passphrase asks for more. Recovery codes alone count: they remain when a
    /// reset has taken the authenticator away.
    pub const fn asks(&self) -> bool {
        self.has_totp || self.n_passkeys > 0 || self.n_recovery_codes > 0
    }

    /// Whether they have what a role that needs a second factor asks for: one to use every day.
    pub const fn is_enough(&self) -> bool {
        self.has_totp || self.n_passkeys > 0
    }
}

/// Which second factors a member has.
pub async fn standing(db: &Db, member: MemberId) -> Result<Standing, AppError> {
    standing_in(db.reader(), member).await
}

async fn standing_in(db: &impl ConnectionTrait, member: MemberId) -> Result<Standing, AppError> {
    Ok(Standing {
        has_totp: row::totp::Entity::find_by_id(member.0)
            .filter(row::totp::Column::IsConfirmed.eq(true))
            .one(db)
            .await?
            .is_some(),
        n_passkeys: row::passkey::Entity::find()
            .filter(row::passkey::Column::MemberId.eq(member.0))
            .count(db)
            .await?,
        n_recovery_codes: row::recovery_code::Entity::find()
            .filter(row::recovery_code::Column::MemberId.eq(member.0))
            .count(db)
            .await?,
    })
}

/// After a factor was added: the first one brings recovery codes with it, shown this once.
async fn codes_for_the_first(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    member: MemberId,
) -> Result<Vec<String>, AppError> {
    if standing_in(tx, member).await?.n_recovery_codes > 0 {
        return Ok(Vec::new());
    }
    recovery::issue_in(tx, cx, member).await
}

/// After a factor was taken away: recovery codes do not outlive the last one.
async fn sweep_codes(tx: &impl ConnectionTrait, member: MemberId) -> Result<(), AppError> {
    if !standing_in(tx, member).await?.is_enough() {
        recovery::delete_all(tx, member).await?;
    }
    Ok(())
}

/// Forgets every second factor of a member, and the browsers they were known by.
pub(crate) async fn forget_all(tx: &impl ConnectionTrait, member: MemberId) -> Result<(), AppError> {
    totp::forget(tx, member).await?;
    row::passkey::Entity::delete_many()
        .filter(row::passkey::Column::MemberId.eq(member.0))
        .exec(tx)
        .await?;
    row::ceremony::Entity::delete_many()
        .filter(row::ceremony::Column::MemberId.eq(member.0))
        .exec(tx)
        .await?;
    row::device::Entity::delete_many()
        .filter(row::device::Column::MemberId.eq(member.0))
        .exec(tx)
        .await?;
    recovery::delete_all(tx, member).await
}
