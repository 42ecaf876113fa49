//! Recording and amending a finding.

use domain::assessment::{FindingState, Proof, Side};
use domain::cycle::{CycleState, Jurisdiction};
use domain::ids::{CycleId, EvidenceId, FindingId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{finding, finding_evidence, provision};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What a finding says and rests on. A draft may be incomplete; approval is what checks it.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The cycle.
    pub cycle: Option<CycleId>,
    /// The provision.
    pub provision: Option<ProvisionId>,
    /// Code of the jurisdiction.
    pub jurisdiction: String,
    /// Title.
    pub title: String,
    /// What is claimed, in one sentence that evidence can support or contradict.
    pub claim: String,
    /// The words to be published.
    pub wording: String,
    /// Code of the standard of proof.
    pub proof: String,
    /// Evidence that supports it.
    pub supporting: Vec<EvidenceId>,
    /// Evidence that speaks against it.
    pub contrary: Vec<EvidenceId>,
    /// Where contrary evidence was looked for, and what was found.
    pub contrary_search: String,
    /// When it was looked for, ISO, or empty.
    pub contrary_searched_on: String,
    /// A note of method where one official statistic stands alone, or empty.
    pub method_note: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// A finding's new content, with the revision the form was opened on.
#[derive(Debug, Clone, Default)]
pub struct Amend {
    /// Everything; cycle and provision stay as they were.
    pub record: Record,
    /// The revision the form was opened on.
    pub revision: i32,
}

fn check(input: &Record) -> Result<(), AppError> {
    let mut errors = FieldErrors::new();
    errors.code(
        "jurisdiction",
        Jurisdiction::parse(&input.jurisdiction),
        "Choose where it holds",
    );
    errors.required("title", &input.title, "Enter a title");
    errors.required("claim", &input.claim, "Say in one sentence what is claimed");
    errors.code("proof", Proof::parse(&input.proof), "Choose the standard of proof");
    if !input.contrary_searched_on.is_empty() {
        errors.day("contrary_searched_on", &input.contrary_searched_on);
    }
    if input.supporting.iter().any(|id| input.contrary.contains(id)) {
        errors.add(
            "contrary",
            "One item cannot both support the finding and speak against it",
        );
    }
    errors.into_result()
}

/// Records a finding as a draft. Coordinators, assessors and reviewers.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<FindingId, AppError> {
    check(&input)?;
    let missing = |field: &str, words: &str| AppError::Invalid(FieldErrors::of(field, words));
    let cycle = input.cycle.ok_or_else(|| missing("cycle", "Choose the cycle"))?;
    let provision = input
        .provision
        .ok_or_else(|| missing("provision", "Choose the provision"))?;
    let (organisation, member) = (cx.organisation()?, cx.member()?);
    let work = cx.begin(Action::RecordFinding, Relation::Coalition).await?;
    require_open(&work.tx, cycle.0).await?;
    provision::Entity::find_by_id(provision.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("provision"))?;
    let id = cx.ids.ordered();
    finding::ActiveModel {
        id: Set(id),
        cycle_id: Set(cycle.0),
        provision_id: Set(provision.0),
        jurisdiction: Set(input.jurisdiction.clone()),
        title: Set(input.title.trim().to_owned()),
        claim: Set(input.claim.trim().to_owned()),
        wording: Set(input.wording.trim().to_owned()),
        proof: Set(input.proof.clone()),
        contrary_search: Set(input.contrary_search.trim().to_owned()),
        contrary_searched_on: Set(input.contrary_searched_on.clone()),
        method_note: Set(input.method_note.trim().to_owned()),
        state: Set(FindingState::Draft.code().to_owned()),
        is_invented: Set(input.is_invented),
        organisation_id: Set(organisation.0),
        member_id: Set(member.0),
        revision: Set(1),
        recorded_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    link(cx, &work.tx, id, &input, &[]).await?;
    work.finish(cx, "finding", Some(id)).await?;
    Ok(FindingId(id))
}

/// Amends a finding. An approved one becomes a draft again, so that it is reviewed anew.
pub async fn amend(cx: &Cx<'_>, id: FindingId, input: Amend) -> Result<FindingId, AppError> {
    check(&input.record)?;
    let work = cx.begin(Action::RecordFinding, Relation::Coalition).await?;
    let row = super::row(&work.tx, id).await?;
    require_open(&work.tx, row.cycle_id).await?;
    if row.revision != input.revision {
        return Err(AppError::Conflict("finding"));
    }
    let revision = row.revision + 1;
    let mut row: finding::ActiveModel = row.into();
    let record = input.record;
    row.jurisdiction = Set(record.jurisdiction.clone());
    row.title = Set(record.title.trim().to_owned());
    row.claim = Set(record.claim.trim().to_owned());
    row.wording = Set(record.wording.trim().to_owned());
    row.proof = Set(record.proof.clone());
    row.contrary_search = Set(record.contrary_search.trim().to_owned());
    row.contrary_searched_on = Set(record.contrary_searched_on.clone());
    row.method_note = Set(record.method_note.trim().to_owned());
    row.state = Set(FindingState::Draft.code().to_owned());
    row.revision = Set(revision);
    row.update(&work.tx).await?;
    let of_this = finding_evidence::Column::FindingId.eq(id.0);
    let before: Vec<Uuid> = finding_evidence::Entity::find()
        .filter(of_this.clone())
        .all(&work.tx)
        .await?
        .into_iter()
        .map(|link| link.evidence_id)
        .collect();
    finding_evidence::Entity::delete_many()
        .filter(of_this)
        .exec(&work.tx)
        .await?;
    link(cx, &work.tx, id.0, &record, &before).await?;
    work.finish(cx, "finding", Some(id.0)).await?;
    Ok(id)
}

/// Links evidence on both sides. What was cited `before` may stay even where this member cannot see
/// it; anything else must be visible to them.
async fn link(
    cx: &Cx<'_>,
    tx: &impl ConnectionTrait,
    finding: Uuid,
    input: &Record,
    before: &[Uuid],
) -> Result<(), AppError> {
    let added: Vec<EvidenceId> = input
        .supporting
        .iter()
        .chain(&input.contrary)
        .copied()
        .filter(|id| !before.contains(&id.0))
        .collect();
    crate::evidence::require_visible(cx, tx, &added).await?;
    for (ids, side) in [(&input.supporting, Side::Supporting), (&input.contrary, Side::Contrary)] {
        let mut ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        for evidence in ids {
            finding_evidence::ActiveModel {
                finding_id: Set(finding),
                evidence_id: Set(evidence),
                side: Set(side.code().to_owned()),
            }
            .insert(tx)
            .await?;
        }
    }
    Ok(())
}

/// Findings change until the cycle closes.
pub(super) async fn require_open(tx: &impl ConnectionTrait, cycle: Uuid) -> Result<(), AppError> {
    let cycle = crate::cycle::row(tx, CycleId(cycle)).await?;
    crate::cycle::require(&cycle, &[CycleState::Gathering, CycleState::Assessing])
}
