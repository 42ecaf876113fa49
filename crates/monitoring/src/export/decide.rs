//! The second person.

use domain::export::RequestState;
use domain::ids::ExportId;
use domain::permission::Action;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::export_request;
use store::{AppError, Cx, jobs};

use super::{JOB, granted_state, kind, until};

/// What the second person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The file is made.
    Agree,
    /// It is not.
    Refuse,
}

/// Agrees to a request or refuses it. Coordinators, and managers for their own organisation; never the
/// asker. Of two who answer at once, the second learns that it was answered.
pub async fn decide(cx: &Cx<'_>, id: ExportId, answer: Answer) -> Result<(), AppError> {
    let row = export_request::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("request"))?;
    let work = cx
        .begin(Action::AgreeExport, cx.actor.relation(row.organisation_id))
        .await?;
    let own = cx.member()?.0;
    if row.member_id == own {
        return Err(AppError::Refused(
            "you asked for this export yourself: a second person answers".into(),
        ));
    }
    let state = match answer {
        Answer::Agree => granted_state(kind(&row)?),
        Answer::Refuse => RequestState::Refused,
    };
    let changed = export_request::Entity::update_many()
        .col_expr(export_request::Column::State, Expr::value(state.code()))
        .col_expr(export_request::Column::DecidedById, Expr::value(Some(own)))
        .col_expr(export_request::Column::DecidedAt, Expr::value(Some(cx.now.0)))
        .col_expr(
            export_request::Column::ExpiresAt,
            Expr::value((state == RequestState::Ready).then(|| until(cx.now))),
        )
        .filter(export_request::Column::Id.eq(id.0))
        .filter(export_request::Column::State.eq(RequestState::Asked.code()))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(AppError::Refused("this request has been answered already".into()));
    }
    if state == RequestState::Agreed {
        jobs::queue(&work.tx, cx, JOB, &id.to_string()).await?;
    }
    work.finish(cx, "export_request", Some(id.0)).await
}
