//! Answering a call: anyone, without an account.

use access::key::{self, COALITION};
use domain::call::AnswerState;
use domain::ids::CallId;
use domain::permission::{Action, Relation};
use domain::{Day, Instant};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::row::{call, call_answer};
use store::work::Actor;
use store::{AppError, Cx, FieldErrors};

use super::list::{Standing, standing};
use super::{ANSWER, Receipt, Written, identity};

/// The longest answer, in characters: about three pages.
pub const LONGEST: usize = 10_000;
/// The longest way to be reached.
pub const LONGEST_CONTACT: usize = 300;

/// Sealed answers have a multiple of this length, in bytes.
const STEP: usize = 1024;

/// An answer as it is typed.
#[derive(Clone)]
pub struct Answer {
    /// The call.
    pub call: CallId,
    /// What they want to say.
    pub words: String,
    /// A safe way to reach them; may be empty.
    pub contact: String,
}

/// Takes an answer and seals it to the coalition's key. Whoever is signed in is not asked for and not written
/// down: the log of acts names the call, and neither a member nor the answer. The same receipt brings one answer,
/// however often it is sent.
pub async fn answer(cx: &Cx<'_>, input: Answer, receipt: &Receipt) -> Result<(), AppError> {
    let nobody = Actor::nobody();
    let cx = &Cx {
        actor: &nobody,
        once: None,
        key: None,
        ..cx.clone()
    };
    let db = cx.db.reader();
    let row = call::Entity::find_by_id(input.call.0).one(db).await?;
    let row = row.ok_or(AppError::NotFound("call"))?;
    let same = call_answer::Entity::find().filter(call_answer::Column::ReceiptHash.eq(receipt.hash()));
    if same.count(db).await? > 0 {
        return Ok(());
    }
    if standing(&row, cx.now.day()) != Standing::Open {
        return Err(AppError::Refused(
            "This call takes no answers now: nothing of yours was kept".into(),
        ));
    }
    let written = check(&input)?;
    // The key's row would tell the microsecond: it is dated by the end of the day instead. That end has not come
    // yet, so the key cannot be swept as an orphan before the answer is there.
    let dated = Cx {
        now: end_of(cx.now.day()),
        ..cx.clone()
    };
    let (key_id, key) = key::person::make(&dated, COALITION).await?;
    let id = cx.ids.random();
    let work = cx.begin(Action::AnswerCall, Relation::Coalition).await?;
    let answer = call_answer::ActiveModel {
        id: Set(id),
        call_id: Set(row.id),
        person_key_id: Set(key_id),
        sealed_answer: Set(key.seal(&identity(id, ANSWER), &written)),
        receipt_hash: Set(receipt.hash()),
        received_on: Set(cx.now.day().iso()),
        state: Set(AnswerState::New.code().to_owned()),
        set_aside_for: Set(None),
        sealed_redaction: Set(None),
        redaction_number: Set(0),
        redacted_by_id: Set(None),
        approved_by_id: Set(None),
        evidence_id: Set(None),
    };
    match answer.insert(&work.tx).await {
        Ok(_) => work.finish(cx, "call", Some(row.id)).await,
        // The other click was faster; the key made here is swept at the next start.
        Err(error) if store::error::is_duplicate(&error) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What is sealed, if it may be.
fn check(input: &Answer) -> Result<Vec<u8>, AppError> {
    let mut errors = FieldErrors::new();
    let words = errors.required("words", &input.words, "Write your answer first");
    if words.chars().count() > LONGEST {
        errors.add(
            "words",
            format!("Your answer is too long: use at most {LONGEST} characters"),
        );
    }
    let contact = input.contact.trim().to_owned();
    if contact.chars().count() > LONGEST_CONTACT {
        errors.add("contact", format!("Use at most {LONGEST_CONTACT} characters"));
    }
    errors.into_result()?;
    let mut written = serde_json::to_vec(&Written { words, contact })?;
    // The seal shows how long a text is: spaces, which JSON passes over, fill it up to whole steps.
    written.resize(written.len().next_multiple_of(STEP), b' ');
    Ok(written)
}

/// The last second of a day.
fn end_of(day: Day) -> Instant {
    day.start().plus_seconds(24 * 60 * 60 - 1)
}
