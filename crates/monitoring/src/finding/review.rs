//! Two reviewers of different organisations approve a finding, or return it.

use domain::assessment::{FindingState, Side, Verdict};
use domain::evidence::EvidenceKind;
use domain::ids::{EvidenceId, FindingId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{evidence, finding, finding_evidence, finding_review};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// A review.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// Code of the verdict.
    pub verdict: String,
    /// Comments; required when returning it.
    pub note: String,
    /// The revision that was read.
    pub revision: i32,
}

/// Reviews a finding. Reviewers only, and not the one who recorded it.
///
/// An approval is refused while anything is missing, and the answer says what. The second approval
/// by a reviewer of another organisation approves the finding.
pub async fn review(cx: &Cx<'_>, id: FindingId, input: Review) -> Result<FindingId, AppError> {
    let mut errors = FieldErrors::new();
    let verdict = errors.code("verdict", Verdict::parse(&input.verdict), "Choose a verdict");
    if verdict == Some(Verdict::Withdraw) {
        errors.add("verdict", "A review approves a finding or returns it");
    }
    if verdict == Some(Verdict::Return) {
        errors.required("note", &input.note, "Say what should change");
    }
    errors.into_result()?;
    let (organisation, member) = (cx.organisation()?, cx.member()?);
    let work = cx.begin(Action::ReviewFinding, Relation::Coalition).await?;
    let row = super::row(&work.tx, id).await?;
    super::record::require_open(&work.tx, row.cycle_id).await?;
    if row.revision != input.revision {
        return Err(AppError::Conflict("finding"));
    }
    if row.state == FindingState::Withdrawn.code() {
        return Err(AppError::Refused(
            "This finding is withdrawn: amend it first, which makes it a draft again".into(),
        ));
    }
    if row.member_id == member.0 {
        return Err(AppError::Refused(
            "you recorded this finding: two others must review it".into(),
        ));
    }
    if verdict == Some(Verdict::Approve) {
        let missing = missing(&work.tx, &row).await?;
        if !missing.is_empty() {
            return Err(AppError::Refused(format!(
                "This finding cannot be approved yet. {}",
                missing.join(" ")
            )));
        }
    }
    finding_review::Entity::delete_by_id((id.0, member.0, row.revision))
        .exec(&work.tx)
        .await?;
    finding_review::ActiveModel {
        finding_id: Set(id.0),
        member_id: Set(member.0),
        organisation_id: Set(organisation.0),
        revision: Set(row.revision),
        verdict: Set(input.verdict),
        note: Set(input.note.trim().to_owned()),
        at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    let mut approving: Vec<Uuid> = finding_review::Entity::find()
        .filter(finding_review::Column::FindingId.eq(id.0))
        .filter(finding_review::Column::Revision.eq(row.revision))
        .filter(finding_review::Column::Verdict.eq(Verdict::Approve.code()))
        .all(&work.tx)
        .await?
        .into_iter()
        .map(|review| review.organisation_id)
        .collect();
    approving.sort_unstable();
    approving.dedup();
    let state = if approving.len() >= 2 {
        FindingState::Approved
    } else {
        FindingState::Draft
    };
    let mut row: finding::ActiveModel = row.into();
    row.state = Set(state.code().to_owned());
    row.update(&work.tx).await?;
    work.finish(cx, "finding_review", Some(id.0)).await?;
    Ok(id)
}

/// One thing that a finding needs before it can be approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What it needs, in a few words.
    pub words: &'static str,
    /// Where it is not met: what to do, in a sentence.
    pub lack: Option<&'static str>,
}

/// What a finding needs before it can be approved, met or not.
pub(super) async fn requirements(
    db: &impl ConnectionTrait,
    row: &finding::Model,
) -> Result<Vec<Requirement>, AppError> {
    let supporting: Vec<Uuid> = finding_evidence::Entity::find()
        .filter(finding_evidence::Column::FindingId.eq(row.id))
        .filter(finding_evidence::Column::Side.eq(Side::Supporting.code()))
        .all(db)
        .await?
        .into_iter()
        .map(|link| link.evidence_id)
        .collect();
    let items: Vec<EvidenceId> = supporting.iter().copied().map(EvidenceId).collect();
    let is_supported = crate::evidence::sources(db, &items)
        .await?
        .two_independent(&items)
        .is_some()
        || stands_alone(db, row, &items).await?;
    let is_searched = !row.contrary_search.is_empty() && !row.contrary_searched_on.is_empty();
    let requirement = |words, is_met: bool, lack| Requirement {
        words,
        lack: (!is_met).then_some(lack),
    };
    Ok(vec![
        requirement(
            "The words to be published",
            !row.wording.is_empty(),
            "The wording to be published is empty.",
        ),
        requirement(
            "Two independent sources",
            is_supported,
            "It needs two independent sources: different publishers, neither derived from the other or from one upstream. \
             One official statistic may stand alone, with a note of method.",
        ),
        requirement(
            "A recorded search for contrary evidence",
            is_searched,
            "The search for contrary evidence is not recorded: say where it was looked for, when, and what was found.",
        ),
    ])
}

/// What a finding still lacks before it can be approved, one sentence each.
pub async fn missing(db: &impl ConnectionTrait, row: &finding::Model) -> Result<Vec<String>, AppError> {
    Ok(requirements(db, row)
        .await?
        .into_iter()
        .filter_map(|requirement| requirement.lack.map(str::to_owned))
        .collect())
}

/// Whether one official statistic may stand alone: it is the only support, and its method is noted.
async fn stands_alone(db: &impl ConnectionTrait, row: &finding::Model, items: &[EvidenceId]) -> Result<bool, AppError> {
    let ([only], false) = (items, row.method_note.trim().is_empty()) else {
        return Ok(false);
    };
    let found = evidence::Entity::find_by_id(only.0).one(db).await?;
    Ok(found.is_some_and(|item| item.kind == EvidenceKind::Statistic.code()))
}
