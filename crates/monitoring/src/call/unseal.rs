//! Opening an answer.

use access::anonymous::Written;
use access::key::{self, COALITION, person};
use domain::call::AnswerState;
use domain::ids::AnswerId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::call_answer;
use store::seal::{Disclosure, SealKey};
use store::{AppError, Cx};

use super::list::{Listed, listed};
use super::{ANSWER, REDACTION, identity, row_of};

/// An answer that was opened for the member asking, and the log of acts says so.
pub struct Unsealed {
    /// The answer as lists show it.
    pub listed: Listed,
    /// What was written.
    pub words: String,
    /// The safe way to be reached, if one was given.
    pub contact: String,
    /// The redacted copy, if there is one.
    pub redaction: Option<String>,
    /// Which redacted copy it is, so that the one approved is the one that was read.
    pub redaction_number: i32,
}

/// The key of an answer, opened through the member's own.
pub(super) async fn key_of(cx: &Cx<'_>, row: &call_answer::Model) -> Result<SealKey, AppError> {
    let opener = key::opener(cx, COALITION).await?;
    person::open(cx.db, &opener, row.person_key_id).await
}

/// The redacted copy, in clear.
pub(super) fn redaction(
    row: &call_answer::Model,
    key: &SealKey,
    disclosure: &Disclosure,
) -> Result<Option<String>, AppError> {
    let Some(sealed) = &row.sealed_redaction else {
        return Ok(None);
    };
    let opened = key.open(&identity(row.id, REDACTION), sealed)?;
    let text = String::from_utf8(opened.reveal(disclosure)?.clone());
    text.map(Some).map_err(|error| AppError::Internal(error.into()))
}

/// Shows a coordinator an answer, and writes in the log of acts that they saw it. One that was new is being read
/// from then on.
pub async fn unseal(cx: &Cx<'_>, id: AnswerId) -> Result<Unsealed, AppError> {
    cx.permit(Action::UnsealAnswer, Relation::Coalition)?;
    let mut row = row_of(cx.db.reader(), id).await?;
    let key = key_of(cx, &row).await?;
    let disclosure = cx
        .disclose(Action::UnsealAnswer, Relation::Coalition, "call_answer", &[row.id])
        .await?;
    let opened = key.open(&identity(row.id, ANSWER), &row.sealed_answer)?;
    let written: Written = serde_json::from_slice(opened.reveal(&disclosure)?)?;
    let redaction = redaction(&row, &key, &disclosure)?;
    if row.state == AnswerState::New.code() {
        let reading = AnswerState::Reading.code().to_owned();
        // The row of the log is the disclosure's.
        let tx = cx.db.begin().await?;
        call_answer::Entity::update_many()
            .col_expr(call_answer::Column::State, Expr::value(reading.clone()))
            .filter(call_answer::Column::Id.eq(row.id))
            .filter(call_answer::Column::State.eq(AnswerState::New.code()))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        row.state = reading;
    }
    Ok(Unsealed {
        words: written.words,
        contact: written.contact,
        redaction,
        redaction_number: row.redaction_number,
        listed: listed(cx, row)?,
    })
}
