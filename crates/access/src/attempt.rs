//! Failed attempts to come in, and how long the next one waits.
//!
//! Failures are counted for one account *from one place*, so that a stranger elsewhere cannot keep a
//! colleague out. A place is the network an attempt comes from, or, where the browser has signed in to
//! this account before, that browser: then others' failures do not count against it at all.

use domain::Instant;
use domain::fold::fold;
use domain::ids::MemberId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use store::row::{attempt, device};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use crate::secret::Secret;
use crate::sign_in::Knock;

/// How many attempts may fail before the next one has to wait.
const FREE: i32 = 5;
/// How long the next attempt waits after each failure beyond those, in seconds; the last one stays.
const WAITS: [i64; 5] = [30, 60, 120, 300, 900];
/// Failures are forgotten after this long without another, in seconds.
const FORGET_SECONDS: i64 = 24 * 60 * 60;
/// A browser is known for this long after it was last signed in from, in seconds.
const DEVICE_SECONDS: i64 = 180 * 24 * 60 * 60;

/// Where attempts on one account come from. Holds a hash only: the database is no list of who signs
/// in from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// The place of an attempt: the browser, if it is known to this account, otherwise the network.
    pub async fn of(db: &Db, account: &str, knock: Knock<'_>, now: Instant) -> Result<Self, AppError> {
        let account = fold(account);
        Ok(match known(db, &account, knock, now).await? {
            Some(browser) => Self::hashed(&account, &format!("browser {browser}")),
            None => Self::hashed(&account, &format!("network {}", knock.network)),
        })
    }

    fn hashed(account: &str, place: &str) -> Self {
        Self(store::files::sha256(format!("{account}\n{place}").as_bytes()))
    }
}

/// The browser, if this account was signed in to from it before.
async fn known(db: &Db, account: &str, knock: Knock<'_>, now: Instant) -> Result<Option<Uuid>, AppError> {
    let Some(secret) = knock.browser else { return Ok(None) };
    let device = device::Entity::find()
        .filter(device::Column::SecretHash.eq(secret.hash()))
        .filter(device::Column::SeenAt.gt(now.plus_seconds(-DEVICE_SECONDS).0))
        .one(db.reader())
        .await?;
    let Some(device) = device else { return Ok(None) };
    let owner = crate::member::by_sign_in(db, account)
        .await?
        .and_then(|actor| actor.member);
    Ok((owner == Some(MemberId(device.member_id))).then_some(device.id))
}

/// Whether an account was signed in to from this browser before.
pub async fn is_known(db: &Db, account: &str, knock: Knock<'_>, now: Instant) -> Result<bool, AppError> {
    Ok(known(db, &fold(account), knock, now).await?.is_some())
}

/// How many seconds the next attempt from here still has to wait; 0 when it need not.
pub async fn wait(db: &Db, place: &Place, now: Instant) -> Result<i64, AppError> {
    let row = attempt::Entity::find_by_id(place.0.clone()).one(db.reader()).await?;
    Ok(row.map_or(0, |row| seconds_between(now, row.until_at)))
}

fn seconds_between(now: Instant, until: i64) -> i64 {
    (until - now.0).max(0).div_euclid(1_000_000) + i64::from((until - now.0).max(0) % 1_000_000 > 0)
}

/// Counts a failure. The wait grows with each beyond the free ones, and never beyond a quarter of an hour.
pub async fn failed(db: &Db, place: &Place, now: Instant) -> Result<(), AppError> {
    let tx = db.begin().await?;
    // Old failures are swept here, where one is written anyway.
    attempt::Entity::delete_many()
        .filter(attempt::Column::LastAt.lt(now.plus_seconds(-FORGET_SECONDS).0))
        .exec(&tx)
        .await?;
    let before = attempt::Entity::find_by_id(place.0.clone())
        .one(&tx)
        .await?
        .map_or(0, |row| row.n_failures);
    let n_failures = before.saturating_add(1);
    attempt::Entity::insert(attempt::ActiveModel {
        place_hash: Set(place.0.clone()),
        n_failures: Set(n_failures),
        last_at: Set(now.0),
        until_at: Set(now.plus_seconds(wait_after(n_failures)).0),
    })
    .on_conflict(
        OnConflict::column(attempt::Column::PlaceHash)
            .update_columns([
                attempt::Column::NFailures,
                attempt::Column::LastAt,
                attempt::Column::UntilAt,
            ])
            .to_owned(),
    )
    .exec_without_returning(&tx)
    .await?;
    tx.commit().await.map_err(AppError::from)
}

/// How long the next attempt waits after so many failures, in seconds.
fn wait_after(n_failures: i32) -> i64 {
    usize::try_from(n_failures - FREE).map_or(0, |beyond| {
        if beyond == 0 {
            return WAITS[0];
        }
        WAITS[beyond.min(WAITS.len() - 1)]
    })
}

/// Forgets the failures of a place: someone came in from it.
pub async fn succeeded(db: &Db, place: &Place) -> Result<(), AppError> {
    let tx = db.begin().await?;
    attempt::Entity::delete_by_id(place.0.clone()).exec(&tx).await?;
    tx.commit().await.map_err(AppError::from)
}

/// Remembers the browser that a member has just signed in from, and gives the secret it is known by: the one
/// it presented, if that is theirs, and otherwise a new one, so that a shared computer is known to each of its
/// users apart.
pub async fn remember(cx: &Cx<'_>, member: MemberId, presented: Option<&Secret>) -> Result<Secret, AppError> {
    let tx = cx.db.begin().await?;
    device::Entity::delete_many()
        .filter(device::Column::SeenAt.lt(cx.now.plus_seconds(-DEVICE_SECONDS).0))
        .exec(&tx)
        .await?;
    let own = match presented {
        Some(secret) => device::Entity::find()
            .filter(device::Column::SecretHash.eq(secret.hash()))
            .filter(device::Column::MemberId.eq(member.0))
            .one(&tx)
            .await?
            .map(|row| (row, secret)),
        None => None,
    };
    let secret = if let Some((row, secret)) = own {
        let mut row: device::ActiveModel = row.into();
        row.seen_at = Set(cx.now.0);
        row.update(&tx).await?;
        secret.clone()
    } else {
        let secret = Secret::random();
        device::ActiveModel {
            id: Set(cx.ids.random()),
            member_id: Set(member.0),
            secret_hash: Set(secret.hash()),
            created_at: Set(cx.now.0),
            seen_at: Set(cx.now.0),
        }
        .insert(&tx)
        .await?;
        secret
    };
    tx.commit().await.map_err(AppError::from)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use testkit::{Coalition, on_both};

    use super::*;

    #[test]
    fn waits_begin_after_the_free_attempts_and_grow_to_a_quarter_of_an_hour() {
        assert_eq!(
            (1..=12).map(wait_after).collect::<Vec<_>>(),
            [0, 0, 0, 0, 30, 60, 120, 300, 900, 900, 900, 900]
        );
    }

    #[tokio::test]
    async fn a_strangers_failures_keep_out_neither_another_network_nor_a_known_browser() {
        on_both(async |stage| {
            let coalition = Coalition::on(stage).await;
            let member = coalition.observer.member.expect("a member");
            let own = remember(&stage.cx(&coalition.observer), member, None)
                .await
                .expect("remembered");
            let place = async |network: &str, browser: Option<&Secret>| {
                Place::of(&stage.db, "Observer", Knock { network, browser }, stage.now)
                    .await
                    .expect("a place")
            };
            let hostile = place("192.0.2.0/24", None).await;
            for _ in 0..6 {
                failed(&stage.db, &hostile, stage.now).await.expect("counted");
            }
            let waits = async |place: &Place| wait(&stage.db, place, stage.now).await.expect("a wait");
            assert_eq!(waits(&hostile).await, 60);
            assert_eq!(waits(&place("198.51.100.0/24", None).await).await, 0);
            assert_eq!(waits(&place("192.0.2.0/24", Some(&own)).await).await, 0);
            assert_eq!(
                place("192.0.2.0/24", Some(&Secret::random())).await,
                hostile,
                "an unknown browser"
            );
            succeeded(&stage.db, &hostile).await.expect("forgotten");
            assert_eq!(waits(&hostile).await, 0);
        })
        .await;
    }

    #[tokio::test]
    async fn a_browser_known_to_one_account_is_a_stranger_to_another() {
        on_both(async |stage| {
            let coalition = Coalition::on(stage).await;
            let member = coalition.observer.member.expect("a member");
            let own = remember(&stage.cx(&coalition.observer), member, None)
                .await
                .expect("remembered");
            let place = async |browser: Option<&Secret>| {
                let knock = Knock { network: "n", browser };
                Place::of(&stage.db, "coordinator", knock, stage.now)
                    .await
                    .expect("a place")
            };
            assert_eq!(place(Some(&own)).await, place(None).await);
        })
        .await;
    }
}
