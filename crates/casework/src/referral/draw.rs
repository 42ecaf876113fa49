//! Drawing up a referral: what was typed and ticked becomes exactly what would go, to be looked at before it does.

use access::key;
use access::organisation;
use domain::casework::SharedPart;
use domain::permission::{Action, Relation};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::Without;
use super::copy::{Chosen, SealedCopy, has_postcode, make};
use super::open::name;
use super::rest::{Rest, rest};
use crate::case::{self, Unsealed};
use crate::event::what;

/// What the form sends as the receiver where it is nobody who uses this program.
pub const OUTSIDE: &str = "outside";
/// The longest words to the receiver, in characters.
pub(super) const LONGEST: usize = 4_000;
/// The longest name of a receiver, and the longest line on how the sender is reached, in characters.
const LONGEST_LINE: usize = 200;

/// What was typed of a referral. Codes and ids as the form sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The organisation, or [`OUTSIDE`].
    pub receiver: String,
    /// Who it is, where it is somebody outside.
    pub outside: String,
    /// The need that it is about; may be empty.
    pub need: String,
    /// What the receiver is asked for.
    pub summary: String,
    /// How the receiver reaches the sender; may be empty.
    pub answer_to: String,
    /// Which parts of who the person is go along.
    pub parts: Vec<String>,
    /// Which needs go along.
    pub needs: Vec<String>,
    /// Which events go along.
    pub events: Vec<String>,
    /// Who agrees at this moment that what was chosen goes to the receiver; empty where that is on record, or nobody does.
    pub agreed_by: String,
    /// Why it goes without consent; empty where there is consent.
    pub why: String,
    /// The same in words.
    pub why_words: String,
    /// The digest of the copy that was looked at, so that nothing goes that was not; empty where nobody looked.
    pub seen: String,
}

/// An organisation that a person can be referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// The organisation.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether it has a key, so that something can be sealed to it.
    pub has_key: bool,
}

/// The other organisations, by name.
pub async fn receivers(cx: &Cx<'_>) -> Result<Vec<Receiver>, AppError> {
    cx.permit(Action::ReadReferral, Relation::OwnOrganisation)?;
    let own = cx.organisation()?.0;
    let mut receivers = Vec::new();
    for row in organisation::list(cx).await? {
        if row.is_active && row.id != own {
            receivers.push(Receiver {
                has_key: key::public(cx.db, row.id).await.is_ok(),
                id: row.id,
                name: row.name,
            });
        }
    }
    Ok(receivers)
}

/// A referral as it would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The organisation; `None` for somebody outside.
    pub to: Option<Uuid>,
    /// Its name.
    pub receiver: String,
    /// Exactly what goes.
    pub copy: SealedCopy,
    /// The need that it is about.
    pub need: Option<Uuid>,
    /// Why it goes without consent.
    pub without: Option<Without>,
    /// What the person agrees to at this moment, recorded as the referral is sent.
    pub consent: Option<what::Consent>,
    /// How many lines were struck because they look like an address.
    pub n_struck: usize,
}

/// Draws a referral up for a look, sending nothing.
pub async fn draw(cx: &Cx<'_>, case: Uuid, input: &Offer) -> Result<Drawn, AppError> {
    let of = case::unseal(cx, case, Action::OfferReferral).await?;
    drawn(cx, &of, input).await
}

/// Ids as the form sends them; what is no id is none of the case's.
fn ids(typed: &[String]) -> Vec<Uuid> {
    typed.iter().filter_map(|id| id.trim().parse().ok()).collect()
}

pub(super) async fn drawn(cx: &Cx<'_>, of: &Unsealed, input: &Offer) -> Result<Drawn, AppError> {
    let opened = case::whole(cx, of).await?;
    let mut errors = FieldErrors::new();
    let to = receiver(cx, input, &mut errors).await?;
    let summary = errors.required("summary", &input.summary, "Write what you ask them to do");
    if summary.chars().count() > LONGEST {
        errors.add("summary", format!("Use at most {LONGEST} characters"));
    }
    if summary.lines().any(has_postcode) {
        errors.add(
            "summary",
            "This holds what looks like a postcode: take it out. Where the person stays is told by voice, and only if they agree",
        );
    }
    let answer_to = input.answer_to.trim();
    if answer_to.chars().count() > LONGEST_LINE {
        errors.add("answer_to", format!("Use at most {LONGEST_LINE} characters"));
    }
    let parts: Vec<SharedPart> = input
        .parts
        .iter()
        .filter_map(|code| SharedPart::parse(code).ok())
        .collect();
    let need = input.need.trim().parse().ok();
    let need: Option<Uuid> = need.filter(|id| opened.needs.iter().any(|kept| kept.id == *id));
    errors.into_result()?;
    let (to, receiver) = to.ok_or(AppError::NotFound("organisation"))?;
    let chosen = Chosen {
        sender: name(cx, of.row.organisation_id).await?,
        answer_to: answer_to.to_owned(),
        summary,
        need,
        parts,
        needs: ids(&input.needs),
        events: ids(&input.events),
    };
    let mut rests = None;
    let (copy, n_struck) = make(&opened, &chosen, |holds| {
        let Rest {
            ground,
            without,
            consent,
        } = rest(cx, &opened, input, &receiver, holds)?;
        rests = Some((without, consent));
        Ok(ground)
    })?;
    let (without, consent) = rests.unwrap_or_default();
    Ok(Drawn {
        to,
        receiver,
        copy,
        need,
        without,
        consent,
        n_struck,
    })
}

async fn receiver(
    cx: &Cx<'_>,
    input: &Offer,
    errors: &mut FieldErrors,
) -> Result<Option<(Option<Uuid>, String)>, AppError> {
    if input.receiver == OUTSIDE {
        let name = errors.required("outside", &input.outside, "Enter who it goes to");
        if name.chars().count() > LONGEST_LINE {
            errors.add("outside", format!("Use at most {LONGEST_LINE} characters"));
        }
        return Ok(Some((None, name)));
    }
    let id: Option<Uuid> = input.receiver.trim().parse().ok();
    let all = receivers(cx).await?;
    match all.into_iter().find(|receiver| Some(receiver.id) == id) {
        None => errors.add("receiver", "Choose who it goes to"),
        Some(receiver) if !receiver.has_key => errors.add(
            "receiver",
            format!(
                "{} has no key yet, so nothing can be sealed to it: its manager makes it under “Keys”. Or choose a sealed file",
                receiver.name
            ),
        ),
        Some(receiver) => return Ok(Some((Some(receiver.id), receiver.name))),
    }
    Ok(None)
}
