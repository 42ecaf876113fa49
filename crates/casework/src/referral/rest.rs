//! What a referral rests on: what the person agreed may go to that receiver, part by part, or safety. Asked when it is drawn
//! up, when it is sent, when it leaves once more, and with every change of the case while it waits for an answer.

use std::collections::BTreeSet;

use domain::Day;
use domain::casework::{ConsentPart, Known, Purpose, ReferralState, Said, SaidBy, WhyWithout};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use store::row::referral;
use store::{AppError, Cx, FieldErrors};

use super::draw::{LONGEST, Offer};
use super::open::note_of;
use super::{Ground, Note, Without};
use crate::case::{Opened, Unsealed};
use crate::consent::{self, Standing};
use crate::event::{History, what};
use crate::person::{Contact, Person};
use crate::sheet::Line;
use crate::text::{self, TextCode};

/// The shortest reason for going without consent, in characters: a word is none.
const SHORTEST_REASON: usize = 20;

/// What a referral rests on, once it may go.
pub(super) struct Rest {
    pub ground: Ground,
    /// Why it goes without consent, where it does.
    pub without: Option<Without>,
    /// What the person agrees to at this moment, to be recorded as the referral is sent.
    pub consent: Option<what::Consent>,
}

/// Whether the person agrees that these parts of their record go to this receiver.
pub(super) fn covers(history: &History, receiver: &str, parts: &BTreeSet<ConsentPart>) -> bool {
    consent::agreed_with(history, receiver).is_some_and(|agreed| parts.iter().all(|part| agreed.parts.contains(part)))
}

/// Whether what a referral went on still holds. One that an earlier version sent names no receiver and no parts: it rests on
/// what it was sent on, that the person agrees to passing details on at all.
pub fn rests(history: &History, note: &Note) -> bool {
    match &note.copy.ground {
        Ground::Safety { .. } => true,
        Ground::Agreed { to: Some(_), .. } => covers(history, &note.receiver, &note.copy.holds()),
        Ground::Agreed { to: None, .. } => consent::standing(history)
            .iter()
            .any(|standing| standing.purpose == Purpose::Sharing && (standing.is_said() || standing.is_given())),
    }
}

/// Says of each offer that waits whether it may still be opened and accepted, and until when: not when it went on consent that
/// holds no more, nor when a way of contact in it is no longer safe. In the transaction of every change of a case, after it, so that
/// no answer comes between. `until`: the last day on which the contact stays safe if nobody writes.
pub(crate) async fn reconsider(
    tx: &DatabaseTransaction,
    of: &Unsealed,
    (person, contact, until): (&Person, Contact, Option<Day>),
    history: &History,
) -> Result<(), AppError> {
    let waiting = referral::Entity::find()
        .filter(referral::Column::CaseId.eq(of.row.id))
        .filter(referral::Column::State.eq(ReferralState::Offered.code()))
        .all(tx)
        .await?;
    for row in waiting {
        let note = note_of(of, &row)?;
        let is_halted = !rests(history, &note) || note.copy.lost_contact(person, history, contact)?.is_some();
        let contact_until = until.filter(|_| note.copy.ways().is_some()).map(Day::iso);
        if (is_halted, &contact_until) != (row.is_halted, &row.contact_until) {
            referral::ActiveModel {
                id: Set(row.id),
                is_halted: Set(is_halted),
                contact_until: Set(contact_until),
                ..Default::default()
            }
            .update(tx)
            .await?;
        }
    }
    Ok(())
}

/// What a referral to a receiver rests on: what the person agrees to at this moment, if the form says so; what they agreed to
/// before; or safety. Refused where it rests on nothing, or on consent to less than it holds, or to somebody else.
pub(super) fn rest(
    cx: &Cx<'_>,
    opened: &Opened,
    input: &Offer,
    receiver: &str,
    holds: &BTreeSet<ConsentPart>,
) -> Result<Rest, AppError> {
    let history = &opened.history;
    // What else the person agreed to is nothing that the receiver has to know.
    let told = || holds.iter().copied().collect();
    let before = consent::agreed_with(history, receiver);
    let today = cx.now.british_day();
    let is_adult = opened.person.identity.age(history).was_child(today) == Some(Known::No);
    if !input.agreed_by.is_empty() {
        let mut errors = FieldErrors::new();
        let said_by = errors.code("agreed_by", SaidBy::parse(&input.agreed_by), "Choose who said so");
        if said_by == Some(SaidBy::Guardian) && is_adult {
            errors.add(
                "agreed_by",
                "They are 18 or over by what is recorded, so nobody agrees for them as for a child: ask them, or someone who decides \
                 for them by law; or amend their age first, under “Who they are”",
            );
        }
        errors.into_result()?;
        let said_by = said_by.ok_or_else(|| refusal(history, receiver, holds))?;
        // What they agreed to for this receiver before still stands beside it.
        let mut parts = holds.clone();
        parts.extend(before.into_iter().flat_map(|agreed| agreed.parts));
        let consent = asked_now(opened, said_by, receiver, parts.into_iter().collect());
        return Ok(Rest {
            ground: Ground::Agreed {
                on: today,
                by: said_by,
                to: Some(receiver.to_owned()),
                parts: told(),
            },
            without: None,
            consent: Some(consent),
        });
    }
    if let Some(agreed) = before.filter(|_| covers(history, receiver, holds)) {
        return Ok(Rest {
            ground: Ground::Agreed {
                on: agreed.on,
                by: agreed.said_by,
                to: Some(receiver.to_owned()),
                parts: told(),
            },
            without: None,
            consent: None,
        });
    }
    let without = without(input, is_adult).ok_or_else(|| refusal(history, receiver, holds))??;
    Ok(Rest {
        ground: Ground::Safety { why: without.why },
        without: Some(without),
        consent: None,
    })
}

/// The answer that the form of a referral records: to this receiver, about what it holds, by the program's own text in the
/// person's language, which that form asks to be read with them.
fn asked_now(opened: &Opened, said_by: SaidBy, receiver: &str, parts: Vec<ConsentPart>) -> what::Consent {
    let language = opened.person.identity.language.clone();
    let spoken = text::spoken(language.as_ref().map_or("", |line| line.0.as_str()));
    what::Consent {
        to_whom: Some(Line(receiver.to_owned())),
        parts,
        wording: Some(Line(spoken.wording(TextCode::asking(Purpose::Sharing)))),
        language,
        ..what::Consent::answer(Purpose::Sharing, Said::Given, said_by)
    }
}

/// The refusal that stands between a person's words and everyone else: what they agreed to instead, and what to do.
pub(super) fn refusal(history: &History, receiver: &str, holds: &BTreeSet<ConsentPart>) -> AppError {
    let in_words = |parts: &[ConsentPart]| parts.iter().map(|part| part.words()).collect::<Vec<_>>().join("; ");
    if let Some(agreed) = consent::agreed_with(history, receiver) {
        let more: Vec<ConsentPart> = holds
            .iter()
            .copied()
            .filter(|part| !agreed.parts.contains(part))
            .collect();
        return AppError::Invalid(FieldErrors::of(
            "parts",
            format!(
                "The person agreed to less for {receiver}. What is ticked or asked for goes beyond it: {}. Take that away, or \
                 ask them and say below who agreed",
                in_words(&more)
            ),
        ));
    }
    let sharing = consent::standing(history)
        .into_iter()
        .find(|standing| standing.purpose == Purpose::Sharing);
    let others: Vec<&str> = sharing
        .iter()
        .flat_map(|standing| &standing.agreements)
        .map(|agreed| agreed.to_whom.as_str())
        .collect();
    let fault = if !others.is_empty() {
        format!(
            "The person has agreed to passing details on to {}, not to {receiver}. Ask them and say here who agreed; only for \
             safety can it go without",
            others.join(", ")
        )
    } else if sharing.as_ref().is_some_and(Standing::is_said) {
        format!(
            "What is on record of passing details on names nobody. Ask the person about {receiver} and say here who agreed; \
             only for safety can it go without"
        )
    } else {
        "The person has not agreed to passing details on. Ask them and say here who agreed; only for safety can it go without"
            .to_owned()
    };
    AppError::Invalid(FieldErrors::of("agreed_by", fault))
}

/// The stated reason of going without consent; `None` where there is none. `is_adult`: whether the person is known to be 18 or over.
fn without(input: &Offer, is_adult: bool) -> Option<Result<Without, AppError>> {
    if input.why.is_empty() {
        return None;
    }
    let mut errors = FieldErrors::new();
    let why = errors.code("why", WhyWithout::parse(&input.why), "Choose one of the reasons");
    if why == Some(WhyWithout::Child) && is_adult {
        errors.add(
            "why",
            "They are 18 or over by what is recorded: choose another reason, or amend their age first, under “Who they are”",
        );
    }
    let words = input.why_words.trim();
    if words.chars().count() < SHORTEST_REASON {
        errors.add(
            "why_words",
            format!(
                "Write at least {SHORTEST_REASON} characters: what the danger is and why it cannot wait for consent. A supervisor reads it"
            ),
        );
    }
    if words.chars().count() > LONGEST {
        errors.add("why_words", format!("Use at most {LONGEST} characters"));
    }
    Some(match (why, errors.into_result()) {
        (Some(why), Ok(())) => Ok(Without {
            why,
            words: words.to_owned(),
            read: None,
        }),
        (_, Err(faults)) => Err(faults),
        (None, Ok(())) => Err(AppError::NotFound("reason")),
    })
}
