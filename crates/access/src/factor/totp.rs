//! One-time codes from an authenticator (TOTP, RFC 6238): six digits, 30 seconds, SHA-1, which is what every
//! authenticator knows. A code is taken once; the step before and after now are taken too (section 5.2).
//!
//! The secret is sealed to the member's own key pair: their passphrase opens it at sign-in, the database
//! alone does not. So a session without the passphrase cannot check codes, and a reset loses them.

use domain::Instant;
use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::totp;
use store::seal::{Identity, PrivateKey};
use store::{AppError, Cx, Db, FieldErrors};
use totp_rs::{Builder, Totp};

/// What the authenticator shows above the codes.
const ISSUER: &str = "Rapporteur";

/// What a member needs to set up an authenticator.
pub struct Setup {
    /// The secret to type where nothing can be scanned, in groups of four.
    pub secret: String,
    /// A picture to scan: a whole SVG document.
    pub svg: String,
}

fn identity(member: MemberId) -> Identity {
    Identity::new("totp", member.0, "sealed_secret")
}

fn generator(secret: &[u8], account: &str) -> Result<Totp, AppError> {
    Builder::new()
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        // A colon would end the account's name in the address that is scanned.
        .with_account_name(account.replace(':', " "))
        .build()
        .map_err(|error| AppError::Internal(anyhow::anyhow!("one-time codes: {error}")))
}

/// Begins: draws a secret that counts from the first code on. Refused where codes are in use already.
pub async fn begin(cx: &Cx<'_>) -> Result<(), AppError> {
    let member = cx.member()?;
    let public = cx.key()?.public();
    let work = cx.begin(Action::ChangeFactors, Relation::Coalition).await?;
    let known = totp::Entity::find_by_id(member.0).one(&work.tx).await?;
    if known.is_some_and(|row| row.is_confirmed) {
        return Err(AppError::Refused(
            "an authenticator is set up already: remove it first".into(),
        ));
    }
    let secret = zeroize::Zeroizing::new(store::seal::random::<20>());
    totp::Entity::insert(totp::ActiveModel {
        member_id: Set(member.0),
        sealed_secret: Set(public.seal(&identity(member), secret.as_slice())),
        is_confirmed: Set(false),
        last_step: Set(0),
        created_at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::column(totp::Column::MemberId)
            .update_columns([totp::Column::SealedSecret, totp::Column::CreatedAt])
            .to_owned(),
    )
    .exec_without_returning(&work.tx)
    .await?;
    work.finish(cx, "totp", None).await
}

/// What to scan or type, while no code has been shown yet.
pub async fn setup(cx: &Cx<'_>) -> Result<Option<Setup>, AppError> {
    cx.permit(Action::ReadAccount, Relation::Coalition)?;
    let member = cx.member()?;
    let row = totp::Entity::find_by_id(member.0).one(cx.db.reader()).await?;
    let (Some(row), Some(key)) = (row.filter(|row| !row.is_confirmed), cx.key) else {
        return Ok(None);
    };
    let Ok(secret) = key.open(&identity(member), &row.sealed_secret) else {
        return Ok(None);
    };
    let totp = generator(&secret, &cx.actor.name)?;
    let address = totp
        .to_url()
        .map_err(|error| AppError::Internal(anyhow::anyhow!("one-time codes: {error}")))?;
    let svg = qrcode::QrCode::new(address.as_bytes())
        .map_err(|error| AppError::Internal(error.into()))?
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build();
    let letters = totp.secret().to_base32();
    let groups: Vec<&str> = letters
        .as_bytes()
        .chunks(4)
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    Ok(Some(Setup {
        secret: groups.join(" "),
        svg,
    }))
}

/// Ends the setting up with the first code. Gives recovery codes where the member had no factor before.
pub async fn finish(cx: &Cx<'_>, code: &str) -> Result<Vec<String>, AppError> {
    let member = cx.member()?;
    let key = cx.key()?;
    let wrong = || {
        AppError::Invalid(FieldErrors::of(
            "one_time_code",
            "This is not the code your authenticator shows now: check that its clock is right, and type the next one",
        ))
    };
    let row = totp::Entity::find_by_id(member.0)
        .one(cx.db.reader())
        .await?
        .filter(|row| !row.is_confirmed)
        .ok_or(AppError::NotFound("authenticator being set up"))?;
    let secret = key.open(&identity(member), &row.sealed_secret).map_err(|_| wrong())?;
    let step = step_of(&generator(&secret, "member")?, code, cx.now).ok_or_else(wrong)?;
    let work = cx.begin(Action::ChangeFactors, Relation::Coalition).await?;
    totp::Entity::update_many()
        .col_expr(totp::Column::IsConfirmed, Expr::value(true))
        .col_expr(totp::Column::LastStep, Expr::value(step))
        .filter(totp::Column::MemberId.eq(member.0))
        .exec(&work.tx)
        .await?;
    let codes = super::codes_for_the_first(&work.tx, cx, member).await?;
    work.finish(cx, "totp", None).await?;
    Ok(codes)
}

/// Removes the authenticator.
pub async fn remove(cx: &Cx<'_>) -> Result<(), AppError> {
    let member = cx.member()?;
    let work = cx.begin(Action::ChangeFactors, Relation::Coalition).await?;
    forget(&work.tx, member).await?;
    super::sweep_codes(&work.tx, member).await?;
    work.finish(cx, "totp", None).await
}

/// Forgets the authenticator, leaving recovery codes as they are.
pub(crate) async fn forget(tx: &impl ConnectionTrait, member: MemberId) -> Result<(), AppError> {
    totp::Entity::delete_by_id(member.0).exec(tx).await?;
    Ok(())
}

/// Whether a code is the member's now, and was not used before. It is used by asking.
pub(crate) async fn take(
    db: &Db,
    member: MemberId,
    key: Option<&PrivateKey>,
    code: &str,
    now: Instant,
) -> Result<bool, AppError> {
    let row = totp::Entity::find_by_id(member.0).one(db.reader()).await?;
    let (Some(row), Some(key)) = (row.filter(|row| row.is_confirmed), key) else {
        return Ok(false);
    };
    let Ok(secret) = key.open(&identity(member), &row.sealed_secret) else {
        return Ok(false);
    };
    let Some(step) = step_of(&generator(&secret, "member")?, code, now) else {
        return Ok(false);
    };
    // One statement, so that of two requests with the same code one is refused.
    let tx = db.begin().await?;
    let used = totp::Entity::update_many()
        .col_expr(totp::Column::LastStep, Expr::value(step))
        .filter(totp::Column::MemberId.eq(member.0))
        .filter(totp::Column::LastStep.lt(step))
        .exec(&tx)
        .await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok(used.rows_affected == 1)
}

fn step_of(totp: &Totp, code: &str, now: Instant) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.0.div_euclid(1_000_000)).ok()?;
    i64::try_from(totp.check(&digits, seconds)?).ok()
}

/// The code that an authenticator set up with this secret (as it is typed) shows at an instant. For tests.
pub fn code_at(typed_secret: &str, now: Instant) -> Option<String> {
    let letters: String = typed_secret.split_whitespace().collect();
    let secret = totp_rs::Secret::try_from_base32(letters).ok()?;
    let totp = Builder::new()
        .with_secret(secret)
        .with_account_name("member")
        .build()
        .ok()?;
    let seconds = u64::try_from(now.0.div_euclid(1_000_000)).ok()?;
    Some(totp.generate(seconds).to_string())
}
