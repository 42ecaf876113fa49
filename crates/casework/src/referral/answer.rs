//! What the receiver does with a referral: take the person on, refuse with a reason, and say in the end what came of it.

use access::key;
use domain::Day;
use domain::casework::{Agency, HowFinished, KnownFrom, ReferralState, WhyRefused};
use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction, EntityTrait, QuerySelect};
use store::row::{event, need, referral, referral_answer};
use store::seal::SealKey;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::offer::RECEIVING;
use super::open::{copy_of, is_halted, name, own, received};
use super::{Answer, SealedCopy, sealed_answer, state, steps_to};
use crate::case::{self, About, Made, Record};
use crate::event::{Basis, Entry, Event, History, Kind, What, identity, what};
use crate::need::Need;
use crate::part::{self, Kept};
use crate::person::SafeContact;
use crate::sheet::{Line, Typed, Words};

/// The longest words to the sender, in characters.
const LONGEST: usize = 2_000;

/// What the receiver says when they take a person on.
#[derive(Debug, Clone, Default)]
pub struct Accept {
    /// Words to the sender, such as whom to telephone; may be empty.
    pub words: String,
}

/// Why the receiver does not.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// The code of the reason.
    pub why: String,
    /// More in words; may be empty.
    pub words: String,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Finish {
    /// The code of what came of it.
    pub how: String,
    /// More in words; may be empty.
    pub words: String,
}

fn checked(words: &str, errors: &mut FieldErrors) -> String {
    let words = words.trim();
    if words.chars().count() > LONGEST {
        errors.add("words", format!("Use at most {LONGEST} characters"));
    }
    words.to_owned()
}

/// An answer on its way to the sender: the key is made before the transaction begins.
struct Sealed {
    id: Uuid,
    key_id: Uuid,
    bytes: Vec<u8>,
}

/// Seals an answer to the sender. `None` where the sender has forgotten the person: then it goes to nobody.
async fn seal(cx: &Cx<'_>, row: &referral::Model, answer: &Answer) -> Result<Option<Sealed>, AppError> {
    let Some(case) = row.case_id else {
        return Ok(None);
    };
    let (key_id, key) = key::person::make(cx, row.sender_id).await?;
    let id = cx.ids.random();
    let bytes = key.seal(&sealed_answer(id, case), &serde_json::to_vec(answer)?);
    Ok(Some(Sealed { id, key_id, bytes }))
}

async fn insert(tx: &DatabaseTransaction, referral: Uuid, sealed: Option<Sealed>) -> Result<(), AppError> {
    if let Some(sealed) = sealed {
        referral_answer::ActiveModel {
            id: Set(sealed.id),
            referral_id: Set(referral),
            person_key_id: Set(sealed.key_id),
            sealed_answer: Set(sealed.bytes),
        }
        .insert(tx)
        .await?;
    }
    Ok(())
}

/// The referral, held until the transaction ends, and still where the next step begins.
async fn held(tx: &DatabaseTransaction, id: Uuid, next: ReferralState) -> Result<referral::Model, AppError> {
    let row = referral::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(AppError::NotFound("referral"))?;
    steps_to(&row, next)?;
    Ok(row)
}

/// What is recorded in the new case: what the copy tells, and the words it came with as a note.
fn history(cx: &Cx<'_>, copy: &SealedCopy, sender: &str) -> Result<History, AppError> {
    let by = cx.member()?.0;
    let entry = |on, what| Event {
        id: cx.ids.random(),
        entry: Entry {
            on,
            what,
            note: String::new(),
            basis: Basis {
                known_from: Some(KnownFrom::Organisation),
                certainty: None,
            },
            supersedes: None,
            by,
            at: cx.now,
        },
    };
    let mut events: Vec<Event> = copy
        .events
        .iter()
        .map(|sent| entry(sent.on, elsewhere(&sent.what)))
        .collect();
    let words = format!("Referred by {sender}: {}\n{}", copy.summary, copy.ground.words());
    events.push(entry(
        cx.now.british_day(),
        What::Note(what::Note { words: Words(words) }),
    ));
    Ok(History::new(events))
}

/// An event as another organisation records it: what the sender did itself was done by another organisation.
fn elsewhere(what: &What) -> What {
    let pairs = what.kept().into_iter().map(|(name, value)| {
        let is_own = name == "agency" && value == Agency::Own.code();
        let value = if is_own {
            Agency::OtherNgo.code().to_owned()
        } else {
            value
        };
        (name, value)
    });
    let kind: Kind = what.kind();
    kind.read(&Typed::of(pairs), &mut FieldErrors::new())
        .unwrap_or_else(|| what.clone())
}

/// Refuses to take on somebody who no longer agrees to it, as the sender recorded after the offer was made, or the contact with whom
/// is no longer safe.
fn may_still_come(row: &referral::Model, sender: &str, today: Day) -> Result<(), AppError> {
    if is_halted(row, today) {
        return Err(AppError::Refused(format!(
            "the person no longer agrees that this goes to you, or a way of contacting them in it is no longer safe, so nobody can \
             open or accept it: ask {sender} by telephone what the person wants, or refuse it"
        )));
    }
    Ok(())
}

/// Takes a person on: makes them and their case in the member's own organisation, under a new key, from what came, and
/// tells the sender. The copy is destroyed: the case holds what it held. Whoever takes them on works on the case.
pub async fn accept(cx: &Cx<'_>, id: Uuid, input: &Accept) -> Result<Uuid, AppError> {
    let row = received(cx, id, Action::AnswerReferral).await?;
    repeated(cx, &row).await?;
    steps_to(&row, ReferralState::Accepted)?;
    let mut errors = FieldErrors::new();
    let words = checked(&input.words, &mut errors);
    errors.into_result()?;
    let sender = name(cx, row.sender_id).await?;
    let today = cx.now.british_day();
    may_still_come(&row, &sender, today)?;
    let copy = copy_of(cx, &row).await?.ok_or(AppError::NotFound("referral"))?;
    let answer = Answer {
        state: ReferralState::Accepted,
        on: today,
        why: None,
        how: None,
        words,
    };
    let sealed = seal(cx, &row, &answer).await?;
    let owner = cx.organisation()?.0;
    let (key_id, key) = key::person::make(cx, owner).await?;
    let made = Made {
        case: cx.ids.random(),
        person: cx.ids.random(),
        key_id,
        key: &key,
    };
    let history = history(cx, &copy, &sender)?;
    let work = cx.begin(Action::AnswerReferral, RECEIVING).await?;
    let row = held(&work.tx, id, ReferralState::Accepted).await?;
    // Once more, while the sender cannot write it.
    may_still_come(&row, &sender, today)?;
    let needs: Vec<Kept<Need>> = copy
        .needs
        .iter()
        .map(|sheet| Kept {
            id: cx.ids.random(),
            revision: 1,
            sheet: sheet.clone(),
            earlier: Vec::new(),
            by: None,
        })
        .collect();
    let came = of_copy(&copy, &sender, today);
    case::insert(&work.tx, cx, &made, came, (&history, &needs)).await?;
    parts(&work.tx, (made.case, &key), &history, &needs).await?;
    insert(&work.tx, id, sealed).await?;
    close(&work.tx, cx, &row, ReferralState::Accepted, Some(made.case)).await?;
    tell(&work.tx, id).await?;
    work.finish(cx, "support_case", Some(made.case)).await?;
    destroy(cx, &row).await?;
    Ok(made.case)
}

/// A second press of the same button is told from somebody else's answer before the copy, which is gone, is asked for.
async fn repeated(cx: &Cx<'_>, row: &referral::Model) -> Result<(), AppError> {
    if state(row)? == ReferralState::Offered {
        return Ok(());
    }
    // Begun to ask whether this form was sent before, and dropped: nothing is written.
    cx.begin(Action::AnswerReferral, RECEIVING).await.map(drop)
}

/// The person and the case that a copy becomes.
fn of_copy(copy: &SealedCopy, sender: &str, today: Day) -> Record {
    let mut identity = copy.identity.clone();
    if identity.name.0.is_empty() {
        identity.name = Line(format!("Someone referred by {sender}"));
    }
    Record {
        identity,
        contact: copy.contact.clone().unwrap_or_else(SafeContact::none),
        about: About {
            opened_on: today,
            nation: copy.nation,
            came_from: Some(Agency::OtherNgo),
            english_region: None,
            region: None,
            reference: None,
        },
        is_invented: copy.is_invented,
    }
}

/// The events and needs of a new case.
async fn parts(
    tx: &DatabaseTransaction,
    (case, key): (Uuid, &SealKey),
    history: &History,
    needs: &[Kept<Need>],
) -> Result<(), AppError> {
    for of in history.all() {
        event::ActiveModel {
            id: Set(of.id),
            case_id: Set(case),
            sealed_entry: Set(key.seal(&identity(of.id, case), &serde_json::to_vec(&of.entry)?)),
        }
        .insert(tx)
        .await?;
    }
    for of in needs {
        need::ActiveModel {
            id: Set(of.id),
            case_id: Set(case),
            sealed_need: Set(key.seal(&part::place::<Need>(of.id, case), &serde_json::to_vec(&of.sheet)?)),
            revision: Set(of.revision),
        }
        .insert(tx)
        .await?;
    }
    Ok(())
}

/// Writes that there is an answer. The copy goes with it.
async fn close(
    tx: &DatabaseTransaction,
    cx: &Cx<'_>,
    row: &referral::Model,
    state: ReferralState,
    case: Option<Uuid>,
) -> Result<(), AppError> {
    referral::ActiveModel {
        id: Set(row.id),
        state: Set(state.code().to_owned()),
        received_case_id: Set(case),
        answered_on: Set(Some(cx.now.british_day().iso())),
        person_key_id: Set(None),
        sealed_copy: Set(None),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}

/// Writes that there is something for the sender to read: it stays on their list until one of them has.
async fn tell(tx: &DatabaseTransaction, id: Uuid) -> Result<(), AppError> {
    referral::ActiveModel {
        id: Set(id),
        has_news: Set(true),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}

/// Destroys the key of a copy that was answered. After the answer is kept and not before, or a press that failed half-way
/// would leave an offer that nobody can open; cut off in between, the key is swept at the next start.
async fn destroy(cx: &Cx<'_>, row: &referral::Model) -> Result<(), AppError> {
    match (row.receiver_id, row.person_key_id) {
        (Some(receiver), Some(key)) => key::person::erase(cx, receiver, &[key]).await,
        _ => Ok(()),
    }
}

/// Refuses a referral, with a reason that the sender reads. The copy is destroyed.
pub async fn refuse(cx: &Cx<'_>, id: Uuid, input: &Reply) -> Result<Uuid, AppError> {
    let row = received(cx, id, Action::AnswerReferral).await?;
    repeated(cx, &row).await?;
    steps_to(&row, ReferralState::Refused)?;
    let answer = refusal(cx, input)?;
    let sealed = seal(cx, &row, &answer).await?;
    let work = cx.begin(Action::AnswerReferral, RECEIVING).await?;
    let row = held(&work.tx, id, ReferralState::Refused).await?;
    insert(&work.tx, id, sealed).await?;
    close(&work.tx, cx, &row, ReferralState::Refused, None).await?;
    tell(&work.tx, id).await?;
    work.finish(cx, "referral", Some(id)).await?;
    destroy(cx, &row).await?;
    Ok(id)
}

fn refusal(cx: &Cx<'_>, input: &Reply) -> Result<Answer, AppError> {
    let mut errors = FieldErrors::new();
    let why = errors.code(
        "why",
        WhyRefused::parse(&input.why),
        "Choose why: the sender needs to know",
    );
    let words = checked(&input.words, &mut errors);
    errors.into_result()?;
    Ok(Answer {
        state: ReferralState::Refused,
        on: cx.now.british_day(),
        why,
        how: None,
        words,
    })
}

fn finished(cx: &Cx<'_>, input: &Finish) -> Result<Answer, AppError> {
    let mut errors = FieldErrors::new();
    let how = errors.code("how", HowFinished::parse(&input.how), "Choose what came of it");
    let words = checked(&input.words, &mut errors);
    errors.into_result()?;
    Ok(Answer {
        state: ReferralState::Finished,
        on: cx.now.british_day(),
        why: None,
        how,
        words,
    })
}

/// Says, as the receiver, what came of a referral in the end.
pub async fn finish(cx: &Cx<'_>, id: Uuid, input: &Finish) -> Result<Uuid, AppError> {
    let row = received(cx, id, Action::AnswerReferral).await?;
    repeated(cx, &row).await?;
    steps_to(&row, ReferralState::Finished)?;
    let answer = finished(cx, input)?;
    let sealed = seal(cx, &row, &answer).await?;
    let work = cx.begin(Action::AnswerReferral, RECEIVING).await?;
    let row = held(&work.tx, id, ReferralState::Finished).await?;
    insert(&work.tx, id, sealed).await?;
    end(&work.tx, cx, &row, ReferralState::Finished).await?;
    tell(&work.tx, id).await?;
    work.finish(cx, "referral", Some(id)).await?;
    Ok(id)
}

/// Writes that it has come to its end.
pub(super) async fn end(
    tx: &DatabaseTransaction,
    cx: &Cx<'_>,
    row: &referral::Model,
    state: ReferralState,
) -> Result<(), AppError> {
    let today = cx.now.british_day().iso();
    referral::ActiveModel {
        id: Set(row.id),
        state: Set(state.code().to_owned()),
        answered_on: Set(Some(row.answered_on.clone().unwrap_or_else(|| today.clone()))),
        ended_on: Set(Some(today)),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}

/// Says what somebody outside answered, by telephone or letter: they cannot say it here themselves. `state`: a code of
/// [`ReferralState`]; a refusal needs `why`, an end `how`.
pub async fn report(
    cx: &Cx<'_>,
    case: Uuid,
    id: Uuid,
    state: &str,
    why: &str,
    how: &str,
    words: &str,
) -> Result<Uuid, AppError> {
    let of = case::unseal(cx, case, Action::RevokeReferral).await?;
    let row = own(cx, &of, id).await?;
    if row.receiver_id.is_some() {
        return Err(AppError::NotFound("referral"));
    }
    repeated(cx, &row).await?;
    let words = words.to_owned();
    let answer = match ReferralState::parse(state) {
        Ok(ReferralState::Accepted) => {
            let mut errors = FieldErrors::new();
            let words = checked(&words, &mut errors);
            errors.into_result()?;
            Answer {
                state: ReferralState::Accepted,
                on: cx.now.british_day(),
                why: None,
                how: None,
                words,
            }
        }
        Ok(ReferralState::Refused) => {
            let why = why.to_owned();
            refusal(cx, &Reply { why, words })?
        }
        Ok(ReferralState::Finished) => {
            let how = how.to_owned();
            finished(cx, &Finish { how, words })?
        }
        _ => {
            return Err(AppError::Invalid(FieldErrors::of("state", "Choose what they answered")));
        }
    };
    steps_to(&row, answer.state)?;
    let sealed = seal(cx, &row, &answer).await?;
    let work = cx.begin(Action::RevokeReferral, of.relation).await?;
    case::hold(&work.tx, &of.row).await?;
    let row = held(&work.tx, id, answer.state).await?;
    insert(&work.tx, id, sealed).await?;
    if answer.state == ReferralState::Finished {
        end(&work.tx, cx, &row, answer.state).await?;
    } else {
        close(&work.tx, cx, &row, answer.state, None).await?;
    }
    work.finish(cx, "referral", Some(id)).await?;
    Ok(id)
}
