//! Recovery codes: printed once, one use each, for the day every other factor is lost.

use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::recovery_code;
use store::{AppError, Cx, Db};

/// How many codes a sheet has.
const N_CODES: usize = 10;
/// How many characters a code has, of 32: 80 random bits, so that a plain hash keeps them.
const LENGTH: usize = 16;
/// Letters and digits that are not mistaken for one another on paper: no l, o, 0, 1.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Makes a new sheet of codes for the member asking, in place of the one before. Shown this once.
pub async fn issue(cx: &Cx<'_>) -> Result<Vec<String>, AppError> {
    let member = cx.member()?;
    let work = cx.begin(Action::ChangeFactors, Relation::Coalition).await?;
    if !super::standing_in(&work.tx, member).await?.is_enough() {
        return Err(AppError::Refused(
            "recovery codes come with a second factor: set one up first".into(),
        ));
    }
    let codes = issue_in(&work.tx, cx, member).await?;
    work.finish(cx, "recovery_code", None).await?;
    Ok(codes)
}

pub(super) async fn issue_in(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    member: MemberId,
) -> Result<Vec<String>, AppError> {
    delete_all(tx, member).await?;
    let mut codes = Vec::with_capacity(N_CODES);
    for _ in 0..N_CODES {
        let code = draw();
        recovery_code::ActiveModel {
            id: Set(cx.ids.random()),
            member_id: Set(member.0),
            code_hash: Set(hash(&code)),
        }
        .insert(tx)
        .await?;
        codes.push(code);
    }
    Ok(codes)
}

pub(super) async fn delete_all(tx: &impl ConnectionTrait, member: MemberId) -> Result<(), AppError> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::MemberId.eq(member.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes a code, if it is one of the member's: it is gone then.
pub(crate) async fn take(db: &Db, member: MemberId, typed: &str) -> Result<bool, AppError> {
    let tx = db.begin().await?;
    let taken = recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::MemberId.eq(member.0))
        .filter(recovery_code::Column::CodeHash.eq(hash(typed)))
        .exec(&tx)
        .await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok(taken.rows_affected == 1)
}

/// Four groups of four.
fn draw() -> String {
    let letters: String = store::seal::random::<LENGTH>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    [&letters[0..4], &letters[4..8], &letters[8..12], &letters[12..16]].join("-")
}

/// What the database keeps, whatever spaces, hyphens or capitals were typed.
fn hash(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    store::files::sha256(plain.as_bytes())
}
