//! The right of reply: a finding is sent to whom it concerns, and what they answer is kept.

use domain::Day;
use domain::ids::{BodyId, FindingId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::{body, reply};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What it takes to record that a finding was sent. The program sends nothing itself.
#[derive(Debug, Clone, Default)]
pub struct Send {
    /// To whom.
    pub body: Option<BodyId>,
    /// When, ISO.
    pub sent_on: String,
    /// Until when an answer was asked for, ISO.
    pub due_on: String,
}

/// Records that a finding was sent for reply.
pub async fn send(cx: &Cx<'_>, finding: FindingId, input: Send) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    if input.body.is_none() {
        errors.add("body", "Choose to whom it was sent");
    }
    let sent = errors.day("sent_on", &input.sent_on);
    let due = errors.day("due_on", &input.due_on);
    if let (Some(sent), Some(due)) = (sent, due)
        && due < sent
    {
        errors.add("due_on", "The answer cannot be due before the finding was sent");
    }
    errors.into_result()?;
    let body = input.body.ok_or(AppError::NotFound("public body"))?;
    let work = cx.begin(Action::RecordReply, Relation::Coalition).await?;
    super::row(&work.tx, finding).await?;
    body::Entity::find_by_id(body.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("public body"))?;
    let id = cx.ids.ordered();
    reply::ActiveModel {
        id: Set(id),
        finding_id: Set(finding.0),
        body_id: Set(body.0),
        sent_on: Set(sent.map(Day::iso).unwrap_or_default()),
        due_on: Set(due.map(Day::iso).unwrap_or_default()),
        replied_on: Set(None),
        words: Set(String::new()),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "reply", Some(id)).await?;
    Ok(id)
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// When, ISO.
    pub replied_on: String,
    /// The answer in the body's own words.
    pub words: String,
}

/// Records what the body answered.
pub async fn answer(cx: &Cx<'_>, reply: Uuid, input: Answer) -> Result<FindingId, AppError> {
    let mut errors = FieldErrors::new();
    let on = errors.day("replied_on", &input.replied_on);
    let words = errors.required("words", &input.words, "Enter the answer in their own words");
    errors.into_result()?;
    let work = cx.begin(Action::RecordReply, Relation::Coalition).await?;
    let row = reply::Entity::find_by_id(reply)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("right of reply"))?;
    let finding = FindingId(row.finding_id);
    let mut row: reply::ActiveModel = row.into();
    row.replied_on = Set(on.map(Day::iso));
    row.words = Set(words);
    row.update(&work.tx).await?;
    work.finish(cx, "reply", Some(finding.0)).await?;
    Ok(finding)
}
