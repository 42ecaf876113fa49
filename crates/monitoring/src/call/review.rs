//! A second coordinator approves a redacted copy, and it becomes evidence.

use domain::call::AnswerState;
use domain::ids::{AnswerId, EvidenceId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::{call, call_answer};
use store::work::log;
use store::{AppError, Cx, FieldErrors};

use crate::evidence::{self, Record};

use super::row_of;
use super::unseal::{key_of, redaction};

/// What an item of evidence says about where it comes from.
pub const ORIGIN: &str = "Answer to a call for evidence";

/// What the approver says about the item; what it says itself is the redacted copy.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// Code of the kind of item.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Who holds it. Answers that name one holder count as one source.
    pub publisher: String,
    /// The day it speaks of or came.
    pub effective_on: String,
    /// Code of the source's reliability.
    pub reliability: String,
    /// Code of the item's credibility.
    pub credibility: String,
    /// Code of who may see it.
    pub handling: String,
    /// Code of whether its words may be printed.
    pub quoting: String,
    /// What it bears on.
    pub provisions: Vec<ProvisionId>,
    /// Codes of forms of exploitation.
    pub forms: Vec<String>,
    /// Codes of groups.
    pub groups: Vec<String>,
    /// Whether the approver compared the copy with the answer and found nobody in it who could be known again.
    pub names_nobody: bool,
}

/// Approves the redacted copy with this number and records it as evidence, both or neither. Not the one who
/// redacted it: what one pair of eyes overlooked, another may see.
pub async fn approve(cx: &Cx<'_>, id: AnswerId, number: i32, item: Item) -> Result<EvidenceId, AppError> {
    cx.permit(Action::ReviewAnswer, Relation::Coalition)?;
    let row = row_of(cx.db.reader(), id).await?;
    let me = cx.member()?;
    if row.redacted_by_id == Some(me.0) {
        return Err(AppError::Refused(
            "You wrote this redacted copy, so another coordinator approves it".into(),
        ));
    }
    if row.state != AnswerState::Reading.code() || row.sealed_redaction.is_none() {
        return Err(AppError::Refused(
            "No redacted copy of this answer waits for approval".into(),
        ));
    }
    if row.redaction_number != number {
        return Err(AppError::Conflict("redacted copy"));
    }
    if !item.names_nobody {
        return Err(AppError::Invalid(FieldErrors::of(
            "names_nobody",
            "Compare the copy with the answer, and confirm that nobody can be known again by it",
        )));
    }
    let call = call::Entity::find_by_id(row.call_id).one(cx.db.reader()).await?;
    let key = key_of(cx, &row).await?;
    let disclosure = cx
        .disclose(Action::UnsealAnswer, Relation::Coalition, "call_answer", &[row.id])
        .await?;
    let record = Record {
        kind: item.kind,
        title: item.title,
        summary: redaction(&row, &key, &disclosure)?.unwrap_or_default(),
        origin: ORIGIN.to_owned(),
        publisher: item.publisher,
        effective_on: item.effective_on,
        reliability: item.reliability,
        credibility: item.credibility,
        handling: item.handling,
        quoting: item.quoting,
        identifies_person: Some(false),
        provisions: item.provisions,
        forms: item.forms,
        groups: item.groups,
        is_invented: call.is_some_and(|call| call.is_invented),
        ..Record::default()
    };
    let checked = evidence::check_record(cx, &record).await?;
    let work = cx.begin(Action::ReviewAnswer, Relation::Coalition).await?;
    let evidence = evidence::insert_record(&work.tx, cx, checked, me.0).await?;
    log(
        &work.tx,
        cx,
        Action::RecordEvidence,
        "evidence",
        Some(evidence.0),
        "done",
    )
    .await?;
    // Only the copy that was read, and only once: whoever was faster with another copy or an approval wins.
    let approved = call_answer::Entity::update_many()
        .col_expr(call_answer::Column::State, Expr::value(AnswerState::Recorded.code()))
        .col_expr(call_answer::Column::ApprovedById, Expr::value(me.0))
        .col_expr(call_answer::Column::EvidenceId, Expr::value(evidence.0))
        .filter(call_answer::Column::Id.eq(row.id))
        .filter(call_answer::Column::State.eq(AnswerState::Reading.code()))
        .filter(call_answer::Column::RedactionNumber.eq(number))
        .exec(&work.tx)
        .await?;
    if approved.rows_affected != 1 {
        return Err(AppError::Conflict("redacted copy"));
    }
    work.finish(cx, "call_answer", Some(id.0)).await?;
    Ok(evidence)
}
