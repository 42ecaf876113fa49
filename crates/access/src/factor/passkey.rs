//! Passkeys (W3C Web Authentication, level 3), through webauthn-rs.
//!
//! A ceremony has two halves: the program draws a challenge, whose state waits in the database so that any
//! node may go on, and the browser answers it once. The PRF extension is not in webauthn-rs: a script of
//! ours asks for it and sends what it gives. That wraps the member's private key a second time, so that the
//! passkey opens seals as the passphrase does; where the authenticator has no PRF, it only signs in.

use domain::Instant;
use domain::ids::MemberId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use store::row::{ceremony, passkey};
use store::seal::{Identity, PrivateKey, SealKey};
use store::{AppError, Cx, Db, FieldErrors};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::secret::Secret;

/// A challenge may be answered for this long.
const CEREMONY_SECONDS: i64 = 5 * 60;

/// The address that passkeys are bound to. Another host name is another site: its passkeys are new ones.
#[derive(Clone)]
pub struct Site(Webauthn);

impl Site {
    /// The site of an origin such as `https://audit.example.org`. `None` where passkeys cannot be: an address
    /// that is a number, or no address at all.
    pub fn of(origin: &str) -> Option<Self> {
        let origin = Url::parse(origin).ok()?;
        let host = origin.domain()?;
        WebauthnBuilder::new(host, &origin)
            .ok()?
            .rp_name("Rapporteur")
            // On one's own machine the port is whatever was free.
            .allow_any_port(host == "localhost")
            .build()
            .ok()
            .map(Self)
    }
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Site").field(&self.0.get_allowed_origins()).finish()
    }
}

/// The first half of a ceremony, for the browser.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Names the ceremony when it is answered.
    pub ceremony: Secret,
    /// The options for `navigator.credentials`, as JSON.
    pub options: String,
}

/// The second half: what the browser sent.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// Which ceremony.
    pub ceremony: &'a str,
    /// The credential, as JSON.
    pub credential: &'a str,
    /// What PRF gave: 64 hexadecimal characters, or nothing.
    pub prf: &'a str,
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Instant,
    /// When it last signed in, if it ever did.
    pub used_at: Option<Instant>,
    /// Whether it opens seals as the passphrase does.
    pub opens_seals: bool,
}

/// What waits between the two halves.
#[derive(Serialize, Deserialize)]
enum State {
    Adding(PasskeyRegistration),
    Showing(PasskeyAuthentication),
    SigningIn(DiscoverableAuthentication),
}

fn failed(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(anyhow::anyhow!("passkeys: {error}"))
}

/// Begins adding a passkey to the account of the member asking.
pub async fn begin_adding(cx: &Cx<'_>, site: &Site) -> Result<Begun, AppError> {
    cx.permit(Action::ChangeFactors, Relation::Coalition)?;
    let member = cx.member()?;
    let known = keys_of(cx.db, member).await?;
    let known = known.iter().map(|(_, key)| key.cred_id().clone()).collect();
    let (options, state) = site
        .0
        .start_passkey_registration(member.0, &cx.actor.name, &cx.actor.name, Some(known))
        .map_err(failed)?;
    let options = serde_json::to_string(&options)?;
    keep(cx.db, Some(member), &State::Adding(state), options, cx.now).await
}

/// Begins showing a passkey: one of this member's, or, where nobody is known yet, any of this site's.
pub async fn begin(db: &Db, site: &Site, member: Option<MemberId>, now: Instant) -> Result<Begun, AppError> {
    let (options, state) = if let Some(member) = member {
        let keys: Vec<Passkey> = keys_of(db, member).await?.into_iter().map(|(_, key)| key).collect();
        if keys.is_empty() {
            return Err(AppError::NotFound("passkey of yours"));
        }
        let (options, state) = site.0.start_passkey_authentication(&keys).map_err(failed)?;
        (options, State::Showing(state))
    } else {
        let (mut options, state) = site.0.start_discoverable_authentication().map_err(failed)?;
        // Asked for by a button, not while a name is typed.
        options.mediation = None;
        (options, State::SigningIn(state))
    };
    keep(db, member, &state, serde_json::to_string(&options)?, now).await
}

async fn keep(
    db: &Db,
    member: Option<MemberId>,
    state: &State,
    options: String,
    now: Instant,
) -> Result<Begun, AppError> {
    let secret = Secret::random();
    let tx = db.begin().await?;
    // Those that ran out are swept here, where one is written anyway.
    ceremony::Entity::delete_many()
        .filter(ceremony::Column::ExpiresAt.lt(now.0))
        .exec(&tx)
        .await?;
    ceremony::ActiveModel {
        id_hash: Set(secret.hash()),
        member_id: Set(member.map(|member| member.0)),
        state: Set(serde_json::to_string(state)?),
        expires_at: Set(now.plus_seconds(CEREMONY_SECONDS).0),
    }
    .insert(&tx)
    .await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok(Begun {
        ceremony: secret,
        options,
    })
}

/// Takes a ceremony that was begun for this member, or for nobody: it can be answered once.
async fn take(db: &Db, name: &str, member: Option<MemberId>, now: Instant) -> Result<Option<State>, AppError> {
    let hash = Secret::presented(name).hash();
    let tx = db.begin().await?;
    let row = ceremony::Entity::find_by_id(hash.clone()).one(&tx).await?;
    let taken = ceremony::Entity::delete_by_id(hash).exec(&tx).await?;
    tx.commit().await.map_err(AppError::from)?;
    let row = row.filter(|row| {
        taken.rows_affected == 1 && row.expires_at > now.0 && row.member_id == member.map(|member| member.0)
    });
    row.map(|row| Ok(serde_json::from_str(&row.state)?)).transpose()
}

/// Ends adding a passkey. Gives recovery codes where the member had no factor before.
pub async fn add(cx: &Cx<'_>, site: &Site, answer: &Answer<'_>, name: &str) -> Result<Vec<String>, AppError> {
    let member = cx.member()?;
    let again = |words: &str| AppError::Invalid(FieldErrors::of("name", words));
    let state = take(cx.db, answer.ceremony, Some(member), cx.now).await?;
    let (Some(State::Adding(state)), Ok(credential)) = (
        state,
        serde_json::from_str::<RegisterPublicKeyCredential>(answer.credential),
    ) else {
        return Err(again("The passkey was not added in time: try again"));
    };
    let Ok(key) = site.0.finish_passkey_registration(&credential, &state) else {
        return Err(again("The browser's answer does not fit this address: try again"));
    };
    let work = cx.begin(Action::ChangeFactors, Relation::Coalition).await?;
    let id = cx.ids.random();
    let name = name.trim();
    let sealed = match (wrapping(answer.prf), cx.key) {
        (Some(wrap), Some(private)) => Some(wrap.seal(&identity(id), private.expose())),
        _ => None,
    };
    passkey::ActiveModel {
        id: Set(id),
        member_id: Set(member.0),
        name: Set(if name.is_empty() { "Passkey" } else { name }
            .chars()
            .take(100)
            .collect()),
        credential_id: Set(id_text(key.cred_id())),
        credential: Set(serde_json::to_string(&key)?),
        sealed_key: Set(sealed),
        created_at: Set(cx.now.0),
        used_at: Set(None),
    }
    .insert(&work.tx)
    .await?;
    let codes = super::codes_for_the_first(&work.tx, cx, member).await?;
    work.finish(cx, "passkey", Some(id)).await?;
    Ok(codes)
}

/// Checks an answer: whose passkey it was, and their private key if PRF opened it. With a member, only theirs.
pub(crate) async fn check(
    db: &Db,
    site: &Site,
    answer: &Answer<'_>,
    member: Option<MemberId>,
    now: Instant,
) -> Result<Option<(MemberId, Option<PrivateKey>)>, AppError> {
    let Some(state) = take(db, answer.ceremony, member, now).await? else {
        return Ok(None);
    };
    let Ok(credential) = serde_json::from_str::<PublicKeyCredential>(answer.credential) else {
        return Ok(None);
    };
    let row = passkey::Entity::find()
        .filter(passkey::Column::CredentialId.eq(id_text(credential.get_credential_id())))
        .one(db.reader())
        .await?;
    let Some(row) = row.filter(|row| member.is_none_or(|member| member.0 == row.member_id)) else {
        return Ok(None);
    };
    let mut key: Passkey = serde_json::from_str(&row.credential)?;
    let checked = match state {
        State::Showing(state) => site.0.finish_passkey_authentication(&credential, &state),
        State::SigningIn(state) => {
            let is_owner = site
                .0
                .identify_discoverable_authentication(&credential)
                .is_ok_and(|(user, _)| user == row.member_id);
            if !is_owner {
                return Ok(None);
            }
            site.0.finish_discoverable_authentication_v2(&credential, state, &key)
        }
        State::Adding(_) => return Ok(None),
    };
    let Ok(checked) = checked else { return Ok(None) };
    key.update_credential(&checked);
    let (id, owner) = (row.id, MemberId(row.member_id));
    let private = match (wrapping(answer.prf), &row.sealed_key) {
        (Some(wrap), Some(sealed)) => wrap.open_private(&identity(id), sealed).ok(),
        _ => None,
    };
    let tx = db.begin().await?;
    let mut row: passkey::ActiveModel = row.into();
    row.credential = Set(serde_json::to_string(&key)?);
    row.used_at = Set(Some(now.0));
    row.update(&tx).await?;
    tx.commit().await.map_err(AppError::from)?;
    Ok(Some((owner, private)))
}

/// The passkeys of the member asking, the oldest first.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::ReadAccount, Relation::Coalition)?;
    let rows = passkey::Entity::find()
        .filter(passkey::Column::MemberId.eq(cx.member()?.0))
        .order_by_asc(passkey::Column::CreatedAt)
        .order_by_asc(passkey::Column::Id)
        .all(cx.db.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            id: row.id,
            name: row.name,
            created_at: Instant(row.created_at),
            used_at: row.used_at.map(Instant),
            opens_seals: row.sealed_key.is_some(),
        })
        .collect())
}

/// Removes a passkey of the member asking. Another member's is not found.
pub async fn remove(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    let member = cx.member()?;
    let work = cx.begin(Action::ChangeFactors, Relation::Coalition).await?;
    let removed = passkey::Entity::delete_many()
        .filter(passkey::Column::Id.eq(id))
        .filter(passkey::Column::MemberId.eq(member.0))
        .exec(&work.tx)
        .await?;
    if removed.rows_affected == 0 {
        return Err(AppError::NotFound("passkey"));
    }
    super::sweep_codes(&work.tx, member).await?;
    work.finish(cx, "passkey", Some(id)).await
}

async fn keys_of(db: &Db, member: MemberId) -> Result<Vec<(Uuid, Passkey)>, AppError> {
    passkey::Entity::find()
        .filter(passkey::Column::MemberId.eq(member.0))
        .all(db.reader())
        .await?
        .into_iter()
        .map(|row| Ok((row.id, serde_json::from_str(&row.credential)?)))
        .collect()
}

/// A credential's id as the database keeps it: two hexadecimal characters a byte.
fn id_text(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn identity(id: Uuid) -> Identity {
    Identity::new("passkey", id, "sealed_key")
}

/// The key that PRF's output gives. 32 bytes of the authenticator's own, never stored.
fn wrapping(prf: &str) -> Option<SealKey> {
    let is_whole = prf.len() == 64 && prf.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then(|| SealKey::derive(prf.to_ascii_lowercase().as_bytes(), "rapporteur passkey"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_for_the_site_and_not_a_number() {
        assert!(Site::of("https://audit.example.org").is_some());
        assert!(Site::of("http://localhost:8080").is_some());
        assert!(Site::of("http://127.0.0.1:8080").is_none());
        assert!(Site::of("audit").is_none());
    }

    #[test]
    fn two_credentials_never_share_a_text() {
        assert_eq!(id_text(&[0, 1, 255]), "0001ff");
        assert_ne!(id_text(&[1, 2]), id_text(&[18]));
    }

    #[test]
    fn only_a_whole_prf_output_wraps() {
        assert!(wrapping(&"0f".repeat(32)).is_some());
        assert!(wrapping("").is_none());
        assert!(wrapping(&"zz".repeat(32)).is_none());
    }
}
