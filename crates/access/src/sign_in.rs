//! Coming in: a passphrase and, where the member has one, a second factor; or a passkey, which is both.
//! Every way that could be guessed counts failures in the same place, so that no way is a way around. A passkey's
//! answer cannot be guessed; the door limits it by network alone.

use domain::Instant;
use domain::ids::MemberId;
use domain::mode::Mode;
use domain::permission::Role;
use sea_orm::EntityTrait;
use store::row::member as row;
use store::seal::PrivateKey;
use store::work::Actor;
use store::{AppError, Cx, Db};
use uuid::Uuid;

use crate::attempt::{self, Place};
use crate::factor::{self, passkey};
use crate::secret::Secret;
use crate::session::{self, Opening, Session};
use crate::{key, member, passphrase};

/// Where an attempt comes from.
#[derive(Clone, Copy)]
pub struct Knock<'a> {
    /// The network, cut to a prefix: `192.0.2.0/24`.
    pub network: &'a str,
    /// The browser's own lasting secret, if it has one.
    pub browser: Option<&'a Secret>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// The session is open.
    Done(Actor),
    /// The passphrase was right; the session opens with a second factor.
    AwaitsFactor,
    /// Something was not right; what, is not told.
    Refused,
    /// Too many have failed from here: so many seconds until the next.
    Wait(i64),
    /// The program is closed to this member.
    Closed,
}

/// What is shown beside a passphrase, or again to prove who one is.
pub enum Proof<'a> {
    /// The passphrase.
    Passphrase(&'a str),
    /// A code: of the authenticator (six digits) or a recovery code (longer).
    Code(&'a str),
    /// A passkey's answer.
    Passkey(&'a passkey::Site, &'a passkey::Answer<'a>),
}

/// Checks a passphrase and opens a session, or one that waits for a second factor. Logged either way.
pub async fn by_passphrase(
    cx: &Cx<'_>,
    knock: Knock<'_>,
    account: &str,
    words: &str,
    opening: &Opening,
) -> Result<Opened, AppError> {
    let place = Place::of(cx.db, account, knock, cx.now).await?;
    let wait = attempt::wait(cx.db, &place, cx.now).await?;
    if wait > 0 {
        return Ok(Opened::Wait(wait));
    }
    let Some((actor, key)) = member::authenticate(cx.db, account, words).await? else {
        return refuse(cx, &place).await;
    };
    open(cx, &place, actor, key.as_ref(), opening).await
}

/// Opens the session of a member whose passphrase is known to be right.
pub(crate) async fn open(
    cx: &Cx<'_>,
    place: &Place,
    actor: Actor,
    key: Option<&PrivateKey>,
    opening: &Opening,
) -> Result<Opened, AppError> {
    if is_closed_to(cx, &actor).await? {
        return Ok(Opened::Closed);
    }
    let Some(id) = actor.member else {
        return Ok(Opened::Refused);
    };
    if factor::standing(cx.db, id).await?.asks() {
        session::start_waiting(cx, &actor, key, opening).await?;
        return Ok(Opened::AwaitsFactor);
    }
    session::start(cx, &actor, key, opening).await?;
    attempt::succeeded(cx.db, place).await?;
    Ok(Opened::Done(actor))
}

async fn refuse(cx: &Cx<'_>, place: &Place) -> Result<Opened, AppError> {
    attempt::failed(cx.db, place, cx.now).await?;
    session::refused(cx).await?;
    Ok(Opened::Refused)
}

async fn is_closed_to(cx: &Cx<'_>, actor: &Actor) -> Result<bool, AppError> {
    Ok(store::mode::find(cx.db).await? == Mode::Closed && !actor.roles.contains(&Role::Coordinator))
}

/// The member whose session of this secret waits for a second factor, and what they can show.
pub async fn waiting(cx: &Cx<'_>, secret: &Secret) -> Result<Option<(MemberId, factor::Standing)>, AppError> {
    let Some(session) = session::waiting(cx.db, secret, cx.now).await? else {
        return Ok(None);
    };
    let Some(member) = session.actor.member else {
        return Ok(None);
    };
    Ok(Some((member, factor::standing(cx.db, member).await?)))
}

/// Checks a second factor, and opens the session that waited for it.
pub async fn by_factor(cx: &Cx<'_>, knock: Knock<'_>, secret: &Secret, proof: Proof<'_>) -> Result<Opened, AppError> {
    let Some(session) = session::waiting(cx.db, secret, cx.now).await? else {
        return Ok(Opened::Refused);
    };
    let place = place_of(cx, knock, &session.actor).await?;
    let wait = attempt::wait(cx.db, &place, cx.now).await?;
    if wait > 0 {
        return Ok(Opened::Wait(wait));
    }
    if matches!(proof, Proof::Passphrase(_)) || check(cx, &session, proof).await?.is_none() {
        return refuse(cx, &place).await;
    }
    if is_closed_to(cx, &session.actor).await? {
        return Ok(Opened::Closed);
    }
    session::pass(cx, &session).await?;
    attempt::succeeded(cx.db, &place).await?;
    Ok(Opened::Done(session.actor))
}

/// Opens a session with a passkey alone: it is something the member has and, since the authenticator checked
/// them, something they know or are. Without PRF the session opens no seal.
pub async fn by_passkey(
    cx: &Cx<'_>,
    site: &passkey::Site,
    answer: &passkey::Answer<'_>,
    opening: &Opening,
) -> Result<Opened, AppError> {
    let Some((member, key)) = passkey::check(cx.db, site, answer, None, cx.now).await? else {
        session::refused(cx).await?;
        return Ok(Opened::Refused);
    };
    let Some(actor) = member::actor(cx.db, member).await? else {
        return Ok(Opened::Refused);
    };
    if is_closed_to(cx, &actor).await? {
        return Ok(Opened::Closed);
    }
    session::start(cx, &actor, key.as_ref(), opening).await?;
    Ok(Opened::Done(actor))
}

/// Shows again who the member of a session is. `id` and `secret` are the session's.
pub async fn confirm(cx: &Cx<'_>, knock: Knock<'_>, secret: &Secret, proof: Proof<'_>) -> Result<Opened, AppError> {
    let Some(session) = session::find(cx.db, secret, cx.now).await? else {
        return Ok(Opened::Refused);
    };
    let place = place_of(cx, knock, &session.actor).await?;
    let wait = attempt::wait(cx.db, &place, cx.now).await?;
    if wait > 0 {
        return Ok(Opened::Wait(wait));
    }
    let Some(key) = check(cx, &session, proof).await? else {
        return refuse(cx, &place).await;
    };
    session::confirmed(cx, session.id, secret, key.as_ref()).await?;
    attempt::succeeded(cx.db, &place).await?;
    Ok(Opened::Done(session.actor))
}

/// Checks a proof against the member of a session: `None` when it fails, otherwise the key it opens, if any.
async fn check(cx: &Cx<'_>, session: &Session, proof: Proof<'_>) -> Result<Option<Option<PrivateKey>>, AppError> {
    let Some(member) = session.actor.member else {
        return Ok(None);
    };
    match proof {
        Proof::Passphrase(words) => by_own_passphrase(cx, member.0, words).await,
        Proof::Code(code) => {
            let fits = takes_code(cx.db, member, session.key.as_ref(), code, cx.now).await?;
            Ok(fits.then_some(None))
        }
        Proof::Passkey(site, answer) => {
            let checked = passkey::check(cx.db, site, answer, Some(member), cx.now).await?;
            Ok(checked.map(|(_, key)| key))
        }
    }
}

/// Whether a code is a second factor of this member's, of the authenticator or the printed sheet; it is used by
/// asking. The command line asks here too.
pub async fn takes_code(
    db: &Db,
    member: MemberId,
    key: Option<&PrivateKey>,
    code: &str,
    now: Instant,
) -> Result<bool, AppError> {
    let is_short = code.chars().filter(char::is_ascii_alphanumeric).count() <= 8;
    if is_short {
        factor::totp::take(db, member, key, code, now).await
    } else {
        factor::recovery::take(db, member, code).await
    }
}

/// Checks a member's own passphrase: the outer `None` when it is not right, the inner where they have no keys.
pub(crate) async fn by_own_passphrase(
    cx: &Cx<'_>,
    member: Uuid,
    words: &str,
) -> Result<Option<Option<PrivateKey>>, AppError> {
    let Some(known) = row::Entity::find_by_id(member).one(cx.db.reader()).await? else {
        return Ok(None);
    };
    let Some(wrap) = passphrase::check(words, &known.passphrase).await? else {
        return Ok(None);
    };
    Ok(Some(key::unwrap(cx.db, MemberId(member), &wrap).await?))
}

async fn place_of(cx: &Cx<'_>, knock: Knock<'_>, actor: &Actor) -> Result<Place, AppError> {
    let id = actor.member.map(|member| member.0).unwrap_or_default();
    let account = row::Entity::find_by_id(id)
        .one(cx.db.reader())
        .await?
        .map_or_else(String::new, |row| row.sign_in);
    Place::of(cx.db, &account, knock, cx.now).await
}
