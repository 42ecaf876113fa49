//! Answering a call: anyone, without an account.

use access::anonymous::{self, Written};
use access::key::COALITION;
use domain::call::AnswerState;
use domain::ids::CallId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::row::{call, call_answer};
use store::{AppError, Cx};

use super::list::{Standing, standing};
use super::{ANSWER, Receipt, identity};

/// The longest answer, in characters: about three pages.
pub const LONGEST: usize = 10_000;

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
    let cx = &cx.as_nobody();
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
    let says = ("Your answer", "Write your answer first");
    let written = Written::typed(&input.words, &input.contact, LONGEST, says)?.bytes()?;
    let (key_id, key) = anonymous::make_key(cx, COALITION).await?;
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
