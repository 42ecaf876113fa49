//! A contribution as it is kept here: sealed under a key of its own, until it is replaced, refused or withdrawn.

use std::collections::{BTreeMap, HashSet};

use access::key;
use domain::contribution::ContributionState;
use domain::pack::Contribution;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use store::row::contribution;
use store::seal::{Confidential, Disclosure, Identity, SealKey};
use store::{AppError, Cx};
use uuid::Uuid;

use super::Period;
use super::generalise::Step;

/// What is sealed of a contribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The file, as it leaves.
    pub file: Contribution,
    /// Cells with fewer cases are merged, and classes with fewer cases are small.
    pub threshold: u64,
    /// The days that it is about.
    pub period: Period,
    /// How many cases are in it.
    pub n_rows: usize,
    /// How many cases the organisation had.
    pub n_cases: usize,
    /// How many of them were left out because the person did not agree.
    pub n_not_agreed: usize,
    /// How less is said of cases that could be told apart, in the order in which it was done.
    pub steps: Vec<Step>,
    /// Of coded rows: in how many each identifying column was recorded before any step. Empty in what an earlier version sealed.
    #[serde(default)]
    pub recorded: BTreeMap<String, u64>,
}

/// Which case each row is made from, by the random id of the row.
pub(super) type Cases = BTreeMap<Uuid, Uuid>;

pub(super) const fn content(id: Uuid) -> Identity {
    Identity::new("contribution", id, "sealed_content")
}

pub(super) const fn cases(id: Uuid) -> Identity {
    Identity::new("contribution", id, "sealed_cases")
}

pub(super) const fn reason(id: Uuid) -> Identity {
    Identity::new("contribution", id, "sealed_reason")
}

/// A contribution of the member's own organisation. Another's looks as if there were none.
pub(super) async fn own(cx: &Cx<'_>, id: Uuid, action: Action) -> Result<contribution::Model, AppError> {
    cx.permit(action, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    contribution::Entity::find_by_id(id)
        .filter(contribution::Column::OrganisationId.eq(owner))
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("contribution"))
}

pub(super) fn state(row: &contribution::Model) -> Result<ContributionState, AppError> {
    ContributionState::parse(&row.state).map_err(|error| AppError::Internal(error.into()))
}

/// Refuses what is asked of a contribution in another state.
pub(super) fn require(row: &contribution::Model, wanted: ContributionState) -> Result<(), AppError> {
    let now = state(row)?;
    if now == wanted {
        return Ok(());
    }
    Err(AppError::Refused(format!(
        "this contribution is no longer where it was, it is “{now}”: look at it again"
    )))
}

/// A contribution whose key is open.
pub(super) struct Unsealed {
    pub row: contribution::Model,
    pub key: SealKey,
}

/// Opens the key of a contribution.
pub(super) async fn unseal(cx: &Cx<'_>, opener: &key::Opener, row: contribution::Model) -> Result<Unsealed, AppError> {
    let id = row.person_key_id.ok_or_else(|| {
        AppError::Refused(
            "what was in this contribution was destroyed when it was replaced, refused or withdrawn".into(),
        )
    })?;
    let key = key::person::open(cx.db, opener, id).await?;
    Ok(Unsealed { row, key })
}

impl Unsealed {
    /// What is in it, still to be disclosed.
    fn open(&self, place: Identity, sealed: Option<&Vec<u8>>) -> Result<Confidential<Vec<u8>>, AppError> {
        let sealed = sealed.ok_or(AppError::NotFound("contribution"))?;
        Ok(self.key.open(&place, sealed)?)
    }

    /// What is in it, for whom it was disclosed to.
    pub(super) fn content(&self, shown: &Disclosure) -> Result<Content, AppError> {
        let opened = self.open(content(self.row.id), self.row.sealed_content.as_ref())?;
        Ok(serde_json::from_slice(opened.reveal(shown)?)?)
    }

    /// Which cases are in it.
    pub(super) fn cases(&self, shown: &Disclosure) -> Result<Cases, AppError> {
        let opened = self.open(cases(self.row.id), self.row.sealed_cases.as_ref())?;
        Ok(serde_json::from_slice(opened.reveal(shown)?)?)
    }

    /// Why it was refused.
    pub(super) fn reason(&self, shown: &Disclosure) -> Result<String, AppError> {
        let opened = self.open(reason(self.row.id), self.row.sealed_reason.as_ref())?;
        Ok(String::from_utf8_lossy(opened.reveal(shown)?).into_owned())
    }

    /// Whether each of its cases is among these. Nothing is revealed for it.
    pub(super) fn is_within(&self, agreed: &HashSet<Uuid>) -> Result<bool, AppError> {
        let opened = self.open(cases(self.row.id), self.row.sealed_cases.as_ref())?;
        let is_within = |bytes: &Vec<u8>, agreed: &HashSet<Uuid>| {
            serde_json::from_slice::<Cases>(bytes).is_ok_and(|cases| cases.values().all(|case| agreed.contains(case)))
        };
        Ok(opened.answers(agreed, is_within))
    }
}

/// Ends contributions, whatever of them is sealed: their rows keep who, when and which number. Gives the keys that nothing
/// names any more, to be erased once this is committed; if the program is cut off before that, they are swept at its start.
pub(super) async fn end(
    tx: &DatabaseTransaction,
    rows: &[contribution::Model],
    state: ContributionState,
) -> Result<Vec<Uuid>, AppError> {
    for row in rows {
        contribution::Entity::update_many()
            .col_expr(contribution::Column::State, Expr::value(state.code()))
            .col_expr(contribution::Column::PersonKeyId, Expr::value(Option::<Uuid>::None))
            .col_expr(
                contribution::Column::SealedContent,
                Expr::value(Option::<Vec<u8>>::None),
            )
            .col_expr(contribution::Column::SealedCases, Expr::value(Option::<Vec<u8>>::None))
            .col_expr(contribution::Column::File, Expr::value(Option::<Vec<u8>>::None))
            .filter(contribution::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
    }
    Ok(rows.iter().filter_map(|row| row.person_key_id).collect())
}
