//! The second person: a manager who did not prepare it approves a contribution, which makes its file, or refuses it.

use access::key::{self, COALITION};
use domain::contribution::ContributionState;
use domain::permission::{Action, Relation, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use store::envelope::{Envelope, Recipient, Says};
use store::row::{contribution, member, member_role, organisation};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::kept::{self, end, own, require, unseal};
use crate::case::{self, Caseload};

/// What approving takes.
#[derive(Debug, Clone, Copy)]
pub struct Approve<'a> {
    /// The contribution.
    pub id: Uuid,
    /// As it was looked at.
    pub revision: i32,
    /// The coalition's key as a line of text, where it is not the one that this program holds; else empty.
    pub recipient: &'a str,
    /// The lowest number that it may have: what the coalition still takes, where it works in this same program; else 1.
    pub least_number: i32,
}

/// Refuses whoever prepared it, and says what can be done where nobody else may.
async fn is_second(cx: &Cx<'_>, row: &contribution::Model) -> Result<(), AppError> {
    let own = cx.member()?.0;
    if row.prepared_by_id != own {
        return Ok(());
    }
    let active = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(row.organisation_id))
        .filter(member::Column::IsActive.eq(true))
        .filter(member::Column::Id.ne(own))
        .all(cx.db.reader())
        .await?;
    let n_others = member_role::Entity::find()
        .filter(member_role::Column::Role.eq(Role::Manager.code()))
        .filter(member_role::Column::MemberId.is_in(active.into_iter().map(|row| row.id)))
        .count(cx.db.reader())
        .await?;
    Err(AppError::Refused(if n_others > 0 {
        "you prepared this contribution yourself: another manager of your organisation approves or refuses it".into()
    } else {
        "you prepared this contribution yourself, and your organisation has no other manager: two people must look at what \
         leaves. Let a colleague with the role contributor prepare it, and approve that; or give a second person the role \
         manager. Nobody outside your organisation can do it for you, because nobody else may open it"
            .into()
    }))
}

/// The number of the next contribution to a cycle, at least this. The coalition may hold some that were not made here.
async fn next_number(tx: &impl ConnectionTrait, row: &contribution::Model, least: i32) -> Result<i32, AppError> {
    let last = contribution::Entity::find()
        .filter(contribution::Column::OrganisationId.eq(row.organisation_id))
        .filter(contribution::Column::Cycle.eq(row.cycle.as_str()))
        .filter(contribution::Column::Number.is_not_null())
        .order_by_desc(contribution::Column::Number)
        .one(tx)
        .await?;
    Ok((last.and_then(|row| row.number).unwrap_or(0) + 1).max(least))
}

/// How many of its people can no longer be counted refuses it.
pub(super) fn gone_since() -> AppError {
    AppError::Refused(
        "somebody in it took back, since it was prepared, that they may be counted, or was forgotten: prepare it anew, and they \
         are left out"
            .into(),
    )
}

/// Approves a contribution: gives it its number, and makes the file, sealed to the coalition and signed. Never by whoever
/// prepared it, and never while somebody in it does not agree to being counted: no case can change while this is looked at.
pub async fn approve(cx: &Cx<'_>, caseload: &Caseload, input: Approve<'_>) -> Result<(), AppError> {
    let Approve {
        id,
        revision,
        recipient,
        least_number,
    } = input;
    let row = own(cx, id, Action::ApproveContribution).await?;
    require(&row, ContributionState::Prepared)?;
    is_second(cx, &row).await?;
    if row.revision != revision {
        return Err(AppError::Conflict("contribution"));
    }
    let to = if recipient.trim().is_empty() {
        let (number, public) = key::public(cx.db, COALITION).await?;
        Recipient { number, public }
    } else {
        let wrong = |error: store::envelope::NotAKey| FieldErrors::of("recipient", error.to_string());
        recipient.parse().map_err(|error| AppError::Invalid(wrong(error)))?
    };
    let owner = row.organisation_id;
    let opener = key::opener(cx, owner).await?;
    let sender = key::sender(cx, &opener).await?;
    let name = organisation::Entity::find_by_id(owner)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("organisation"))?
        .name;
    let of = unseal(cx, &opener, row).await?;
    let shown = cx
        .disclose(
            Action::ReadContribution,
            Relation::OwnOrganisation,
            "contribution",
            &[id],
        )
        .await?;
    let file = of.content(&shown)?.file;
    let work = cx.begin(Action::ApproveContribution, Relation::OwnOrganisation).await?;
    case::bump(&work.tx, owner).await?;
    if !of.is_within(&case::agreed(cx, caseload).await?)? {
        return Err(gone_since());
    }
    let number = next_number(&work.tx, &of.row, least_number).await?;
    let says = Says {
        cycle: file.cycle.clone(),
        pack: file.pack,
        organisation: owner,
        organisation_name: name,
        number: number.unsigned_abs(),
        made_on: cx.now.british_day(),
    };
    let envelope = Envelope::make(&says, &to, &sender, cx.ids.random(), &serde_json::to_vec(&file)?)
        .map_err(|error| AppError::Refused(error.to_string()))?;
    let changed = contribution::Entity::update_many()
        .col_expr(
            contribution::Column::State,
            Expr::value(ContributionState::Approved.code()),
        )
        .col_expr(contribution::Column::Number, Expr::value(Some(number)))
        .col_expr(contribution::Column::DecidedById, Expr::value(Some(cx.member()?.0)))
        .col_expr(contribution::Column::DecidedAt, Expr::value(Some(cx.now.0)))
        .col_expr(contribution::Column::Recipient, Expr::value(Some(to.to_string())))
        .col_expr(contribution::Column::Sha256, Expr::value(Some(envelope.sha256())))
        .col_expr(contribution::Column::File, Expr::value(Some(envelope.into_bytes())))
        .filter(contribution::Column::Id.eq(id))
        .filter(contribution::Column::State.eq(ContributionState::Prepared.code()))
        .filter(contribution::Column::Revision.eq(revision))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(AppError::Conflict("contribution"));
    }
    work.finish(cx, "contribution", Some(id)).await
}

/// Refuses a contribution, with the reason for whoever prepared it. What is in it is destroyed; the reason is kept sealed.
pub async fn refuse(cx: &Cx<'_>, id: Uuid, reason: &str) -> Result<(), AppError> {
    let row = own(cx, id, Action::ApproveContribution).await?;
    require(&row, ContributionState::Prepared)?;
    is_second(cx, &row).await?;
    let mut errors = FieldErrors::new();
    let reason = errors.required("reason", reason, "Say what has to change before it can leave");
    errors.into_result()?;
    let owner = row.organisation_id;
    let (key_id, key) = key::person::make(cx, owner).await?;
    let work = cx.begin(Action::ApproveContribution, Relation::OwnOrganisation).await?;
    let row = contribution::Entity::find_by_id(id)
        .filter(contribution::Column::State.eq(ContributionState::Prepared.code()))
        .one(&work.tx)
        .await?
        .ok_or(AppError::Conflict("contribution"))?;
    let gone = end(&work.tx, &[row], ContributionState::Refused).await?;
    contribution::Entity::update_many()
        .col_expr(contribution::Column::PersonKeyId, Expr::value(Some(key_id)))
        .col_expr(
            contribution::Column::SealedReason,
            Expr::value(Some(key.seal(&kept::reason(id), reason.as_bytes()))),
        )
        .col_expr(contribution::Column::DecidedById, Expr::value(Some(cx.member()?.0)))
        .col_expr(contribution::Column::DecidedAt, Expr::value(Some(cx.now.0)))
        .filter(contribution::Column::Id.eq(id))
        .exec(&work.tx)
        .await?;
    work.finish(cx, "contribution", Some(id)).await?;
    key::person::erase(cx, owner, &gone).await
}
