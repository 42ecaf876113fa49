//! Who may see an item: the matrix of permissions, turned into a condition of the query.

use domain::evidence::Handling;
use domain::ids::EvidenceId;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::row::{evidence, evidence_named};
use store::work::Actor;
use store::{AppError, Cx};

/// The condition on `evidence` that keeps what this member may see, and nothing for anyone else.
///
/// Each part is one relation of the matrix, so that the matrix alone says who sees what.
pub fn visible_to(actor: &Actor) -> Condition {
    let nothing = Condition::any().add(Expr::cust("1 = 0"));
    let Some(own) = actor.organisation else { return nothing };
    let is_own = || evidence::Column::OrganisationId.eq(own.0);
    let named_here = Query::select()
        .expr(Expr::cust("1"))
        .from(evidence_named::Entity)
        .and_where(sea_orm::ExprTrait::equals(
            Expr::col((evidence_named::Entity, evidence_named::Column::EvidenceId)),
            (evidence::Entity, evidence::Column::Id),
        ))
        .and_where(evidence_named::Column::OrganisationId.eq(own.0))
        .take();
    let is_shared = evidence::Column::Handling.is_in([Handling::Open.code(), Handling::Coalition.code()]);
    let is_named = evidence::Column::Handling.eq(Handling::Named.code());
    [
        (Relation::OtherOrganisation, Condition::all().add(is_shared)),
        (Relation::OwnOrganisation, Condition::all().add(is_own())),
        (
            Relation::NamedOrganisation,
            Condition::all().add(is_named).add(Expr::exists(named_here)),
        ),
        (Relation::Withheld, Condition::all()),
    ]
    .into_iter()
    .filter(|(relation, _)| actor.may(Action::ReadEvidence, *relation))
    .fold(nothing, |any, (_, condition)| any.add(condition))
}

/// Refuses items that do not exist or that the member may not see. A command that cites evidence
/// calls it first.
pub async fn require_visible(cx: &Cx<'_>, db: &impl ConnectionTrait, ids: &[EvidenceId]) -> Result<(), AppError> {
    let mut asked: Vec<_> = ids.iter().map(|id| id.0).collect();
    asked.sort_unstable();
    asked.dedup();
    for some in asked.chunks(1_000) {
        let found = evidence::Entity::find()
            .filter(evidence::Column::Id.is_in(some.iter().copied()))
            .filter(visible_to(cx.actor))
            .count(db)
            .await?;
        if found != some.len() as u64 {
            return Err(AppError::NotFound("item of evidence"));
        }
    }
    Ok(())
}
