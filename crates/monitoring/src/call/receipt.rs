//! What a receipt tells of an answer.

pub use access::code::Receipt;
use domain::call::AnswerState;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::row::call_answer;
use store::{AppError, Cx};

/// How far the answer of a receipt is; `None` when there is none, or none any more. Nothing else is told. A known
/// and an unknown code cost the same: one hash and one look into an index.
pub async fn look_up(cx: &Cx<'_>, receipt: &Receipt) -> Result<Option<AnswerState>, AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let state: Option<String> = call_answer::Entity::find()
        .select_only()
        .column(call_answer::Column::State)
        .filter(call_answer::Column::ReceiptHash.eq(receipt.hash()))
        .into_tuple()
        .one(cx.db.reader())
        .await?;
    let state = state.map(|code| AnswerState::parse(&code));
    state.transpose().map_err(|error| AppError::Internal(error.into()))
}
