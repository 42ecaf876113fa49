//! The printed recovery key: a key pair whose private half exists on paper alone.

use domain::permission::Action;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::{key_grant, owner_key};
use store::seal::{PrivateKey, PublicKey};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::owner::{identity, insert_grant, reads_seals};
use super::relation;

/// Characters of the key itself, and of the sum that tells a slip of the pen.
const KEY: usize = 64;
const SUM: usize = 8;

/// A recovery key, shown once.
pub struct Recovery(PrivateKey);

impl Recovery {
    pub(super) fn generate() -> Self {
        Self(PrivateKey::generate())
    }

    pub(super) fn public(&self) -> PublicKey {
        self.0.public()
    }

    /// What is printed: 18 groups of four hexadecimal characters. The last two groups are the first 32 bits
    /// of the others' SHA-256, so that a slip is told from a wrong key.
    pub fn text(&self) -> String {
        let key: String = self.0.expose().iter().map(|byte| format!("{byte:02x}")).collect();
        let all = format!("{key}{}", &store::files::sha256(key.as_bytes())[..SUM]);
        let groups: Vec<&str> = (0..all.len()).step_by(4).map(|at| &all[at..at + 4]).collect();
        groups.join(" ")
    }

    /// Reads what was printed, whatever its spaces, hyphens and case.
    fn parse(text: &str) -> Result<Self, FieldErrors> {
        let wrong = |message: &str| FieldErrors::of("recovery", message);
        let all: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if all.len() != KEY + SUM || !all.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong(
                "Enter all 18 groups of four characters; only 0 to 9 and a to f occur",
            ));
        }
        let (key, sum) = all.split_at(KEY);
        if store::files::sha256(key.as_bytes())[..SUM] != *sum {
            return Err(wrong(
                "One of the characters is not as printed: compare the groups one by one",
            ));
        }
        let bytes: Vec<u8> = (0..KEY)
            .step_by(2)
            .map(|at| u8::from_str_radix(&key[at..at + 2], 16).expect("checked above"))
            .collect();
        PrivateKey::from_bytes(&bytes)
            .map(Self)
            .map_err(|_| wrong("This is not a recovery key"))
    }
}

/// Gives the member asking every key of an owner through its printed recovery key, for when nobody who holds
/// them is left or reachable.
pub async fn recover(cx: &Cx<'_>, owner: Uuid, text: &str) -> Result<(), AppError> {
    let own = cx.key()?.public();
    let member = cx.member()?;
    let work = cx.begin(Action::RecoverKeys, relation(cx, owner)).await?;
    if !reads_seals(&cx.actor.roles, owner) {
        return Err(AppError::Forbidden("your role does not read these records"));
    }
    let recovery = Recovery::parse(text).map_err(AppError::Invalid)?;
    let public = recovery.public();
    let pairs = owner_key::Entity::find()
        .filter(owner_key::Column::OwnerId.eq(owner))
        .filter(owner_key::Column::RetiredAt.is_null())
        .all(&work.tx)
        .await?;
    let mut opened = 0;
    for pair in pairs
        .iter()
        .filter(|pair| pair.recovery_public_key == public.as_bytes())
    {
        let bytes = recovery.0.open(&identity(owner), &pair.recovery_sealed_key)?;
        let private = PrivateKey::from_bytes(&bytes)?;
        let id = (owner, pair.number, member.0);
        if key_grant::Entity::find_by_id(id).one(&work.tx).await?.is_none() {
            insert_grant(&work.tx, cx, (owner, pair.number), member, &private, &own).await?;
        }
        opened += 1;
    }
    if opened == 0 {
        return Err(AppError::Invalid(FieldErrors::of(
            "recovery",
            "This recovery key belongs to another organisation, or was replaced by a newer one",
        )));
    }
    work.finish(cx, "key_grant", Some(member.0)).await
}
