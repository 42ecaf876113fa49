//! Preparing a contribution, saying less in it, and withdrawing it before it is sent.

use std::collections::BTreeMap;

use access::key;
use domain::contribution::{ContributionState, Holds};
use domain::pack::{Aggregates, Body, Contribution, FORMAT, Pack, Row};
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use store::row::contribution;
use store::{AppError, Cx};
use uuid::Uuid;

use super::generalise::Step;
use super::kept::{self, Content, end, own, require, unseal};
use super::reading::n_recorded;
use super::{Period, Prepared, rows};

/// What is released, and of which days.
#[derive(Debug, Clone, Copy)]
pub struct Prepare<'a> {
    /// The cycle's pack.
    pub pack: &'a Pack,
    /// The days of the cycle.
    pub period: Period,
    /// Figures or coded rows.
    pub holds: Holds,
}

/// What adds rows up by a pack, small cells merged. It stands in another crate, which knows measures; it is given rows and
/// sees nothing else.
pub type AddUp<'a> = &'a (dyn Fn(&Pack, &[Row]) -> Result<Aggregates, AppError> + Sync);

/// Prepares a contribution from the organisation's own cases. One that was prepared for the cycle before is withdrawn by
/// it. Gives its id.
pub async fn prepare(cx: &Cx<'_>, input: Prepare<'_>, add_up: AddUp<'_>) -> Result<Uuid, AppError> {
    let Prepare { pack, period, holds } = input;
    let Prepared {
        rows,
        cases,
        n_cases,
        n_not_agreed,
    } = rows(cx, pack, period).await?;
    if rows.is_empty() {
        return Err(AppError::Refused(format!(
            "nobody can be counted yet: your organisation has {n_cases} {}, and none of them is of a person who was supported in \
             this period and agrees to being counted in the audit. What they say is recorded on the case’s page, under “The \
             person was asked to agree”",
            if n_cases == 1 { "case" } else { "cases" }
        )));
    }
    let n_rows = rows.len();
    let recorded = match holds {
        Holds::Aggregates => BTreeMap::new(),
        Holds::Rows => n_recorded(&rows),
    };
    let body = match holds {
        Holds::Aggregates => Body::Aggregates(add_up(pack, &rows)?),
        Holds::Rows => Body::Rows(rows),
    };
    let content = Content {
        file: Contribution {
            format: FORMAT.to_owned(),
            cycle: pack.cycle.clone(),
            pack: pack.version,
            body,
        },
        threshold: pack.threshold,
        period,
        n_rows,
        n_cases,
        n_not_agreed,
        steps: Vec::new(),
        recorded,
    };
    let owner = cx.organisation()?.0;
    let id = cx.ids.random();
    let (key_id, key) = key::person::make(cx, owner).await?;
    let work = cx.begin(Action::PrepareContribution, Relation::OwnOrganisation).await?;
    let earlier = contribution::Entity::find()
        .filter(contribution::Column::OrganisationId.eq(owner))
        .filter(contribution::Column::Cycle.eq(pack.cycle.as_str()))
        .filter(contribution::Column::State.eq(ContributionState::Prepared.code()))
        .all(&work.tx)
        .await?;
    let gone = end(&work.tx, &earlier, ContributionState::Withdrawn).await?;
    contribution::ActiveModel {
        id: Set(id),
        organisation_id: Set(owner),
        cycle: Set(pack.cycle.clone()),
        number: Set(None),
        state: Set(ContributionState::Prepared.code().to_owned()),
        revision: Set(1),
        person_key_id: Set(Some(key_id)),
        sealed_content: Set(Some(key.seal(&kept::content(id), &serde_json::to_vec(&content)?))),
        sealed_cases: Set(Some(key.seal(&kept::cases(id), &serde_json::to_vec(&cases)?))),
        sealed_reason: Set(None),
        prepared_by_id: Set(cx.member()?.0),
        prepared_at: Set(cx.now.0),
        decided_by_id: Set(None),
        decided_at: Set(None),
        sent_at: Set(None),
        recipient: Set(None),
        sha256: Set(None),
        file: Set(None),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "contribution", Some(id)).await?;
    key::person::erase(cx, owner, &gone).await?;
    Ok(id)
}

/// The cycle whose pack a contribution answers. Nothing is opened for it.
pub async fn cycle(cx: &Cx<'_>, id: Uuid) -> Result<String, AppError> {
    Ok(own(cx, id, Action::ReadContribution).await?.cycle)
}

/// Says less in the coded rows of a contribution that nobody has approved yet, which answers a pack: what few of its measures
/// need goes first. [`AppError::Conflict`] when somebody changed it since `revision`. Gives in how many cells less is said.
pub async fn generalise(cx: &Cx<'_>, id: Uuid, step: Step, pack: &Pack, revision: i32) -> Result<u64, AppError> {
    let row = own(cx, id, Action::PrepareContribution).await?;
    require(&row, ContributionState::Prepared)?;
    let opener = key::opener(cx, row.organisation_id).await?;
    let of = unseal(cx, &opener, row).await?;
    let shown = cx
        .disclose(
            Action::ReadContribution,
            Relation::OwnOrganisation,
            "contribution",
            &[id],
        )
        .await?;
    let mut content = of.content(&shown)?;
    let Body::Rows(rows) = &mut content.file.body else {
        return Err(AppError::Refused(
            "figures are added up already, and small parts merged: only coded rows can say less".into(),
        ));
    };
    let n = step.take(rows, pack, content.threshold);
    if n == 0 {
        return Err(AppError::Refused("there is nothing left to leave out there".into()));
    }
    content.steps.push(step);
    let work = cx.begin(Action::PrepareContribution, Relation::OwnOrganisation).await?;
    let sealed = of.key.seal(&kept::content(id), &serde_json::to_vec(&content)?);
    let changed = contribution::Entity::update_many()
        .col_expr(contribution::Column::SealedContent, Expr::value(Some(sealed)))
        .col_expr(contribution::Column::Revision, Expr::value(revision + 1))
        .filter(contribution::Column::Id.eq(id))
        .filter(contribution::Column::State.eq(ContributionState::Prepared.code()))
        .filter(contribution::Column::Revision.eq(revision))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(AppError::Conflict("contribution"));
    }
    work.finish(cx, "contribution", Some(id)).await?;
    Ok(n)
}

/// Withdraws a contribution that was not sent yet; what is in it is destroyed.
pub async fn withdraw(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    let row = own(cx, id, Action::PrepareContribution).await?;
    let work = cx.begin(Action::PrepareContribution, Relation::OwnOrganisation).await?;
    let open = [ContributionState::Prepared, ContributionState::Approved].map(ContributionState::code);
    let row = contribution::Entity::find_by_id(row.id)
        .filter(contribution::Column::State.is_in(open))
        .one(&work.tx)
        .await?
        .ok_or_else(|| AppError::Refused("only what was not sent yet can be withdrawn".into()))?;
    let owner = row.organisation_id;
    let gone = end(&work.tx, &[row], ContributionState::Withdrawn).await?;
    work.finish(cx, "contribution", Some(id)).await?;
    key::person::erase(cx, owner, &gone).await
}
