//! Assessments: a provision rated in a cycle and a jurisdiction by two assessors of different
//! organisations, each blind to the other until both are in, then reconciled; and what each
//! organisation says of the result.

pub(crate) mod assign;
mod position;
mod reconcile;
mod submit;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use domain::assessment::AssessmentState;
use domain::cycle::{CycleState, Jurisdiction};
use domain::ids::{AssessmentId, CycleId, ProvisionId, StandardId};
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{
    assessment, assessment_evidence, assessment_position, member, opinion, opinion_evidence, organisation, provision,
};
use store::{AppError, Cx};
use uuid::Uuid;

pub use assign::{Assign, Choices, assign, choices};
pub use position::{Take, take_position};
pub use reconcile::{Reconcile, reconcile};
pub use submit::{Submit, submit};

/// One assessor's opinion as the asking member may see it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The row; its ratings are empty while it is sealed.
    pub opinion: opinion::Model,
    /// The assessor's name.
    pub member: String,
    /// Their organisation.
    pub organisation: String,
    /// Evidence cited.
    pub cites: Vec<Uuid>,
    /// Whether it is hidden from the asking member until both are in.
    pub is_sealed: bool,
}

/// What one organisation says, or that it has not answered.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The organisation.
    pub organisation: organisation::Model,
    /// Its position; `None` is silence.
    pub position: Option<assessment_position::Model>,
}

/// One assessment with everything around it.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The row.
    pub row: assessment::Model,
    /// The provision.
    pub provision: provision::Model,
    /// The cycle.
    pub cycle: store::row::cycle::Model,
    /// The two opinions, as far as the asking member may see them.
    pub opinions: Vec<Seen>,
    /// Evidence that the reconciled rating cites.
    pub cites: Vec<Uuid>,
    /// Every active organisation's position.
    pub positions: Vec<Standing>,
    /// The reconciled rating of the same provision and jurisdiction in the cycle before, with that cycle.
    pub earlier: Option<(assessment::Model, store::row::cycle::Model)>,
}

impl Assessment {
    /// Whether the asking member is one of its two assessors.
    pub fn is_assessor(&self, cx: &Cx<'_>) -> bool {
        self.opinions
            .iter()
            .any(|seen| cx.actor.member.is_some_and(|me| me.0 == seen.opinion.member_id))
    }

    /// How the assessment relates to the asking member.
    pub fn relation(&self, cx: &Cx<'_>) -> Relation {
        if self.is_assessor(cx) {
            Relation::OwnAssignment
        } else {
            Relation::OtherOrganisation
        }
    }
}

/// Reads one assessment. An opinion that is not both-in is seen by its own author only.
pub async fn get(cx: &Cx<'_>, id: AssessmentId) -> Result<Assessment, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let row = row(db, id).await?;
    let provision = provision::Entity::find_by_id(row.provision_id)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("provision"))?;
    let cycle = crate::cycle::row(db, CycleId(row.cycle_id)).await?;
    let earlier = earlier(db, &row, &cycle).await?;
    let organisations = organisation::Entity::find()
        .order_by_asc(organisation::Column::NameFolded)
        .all(db)
        .await?;
    let opinions = opinions(cx, &row, &organisations).await?;
    let cites = assessment_evidence::Entity::find()
        .filter(assessment_evidence::Column::AssessmentId.eq(row.id))
        .all(db)
        .await?
        .into_iter()
        .map(|cite| cite.evidence_id)
        .collect();
    let mut taken: HashMap<Uuid, assessment_position::Model> = assessment_position::Entity::find()
        .filter(assessment_position::Column::AssessmentId.eq(row.id))
        .all(db)
        .await?
        .into_iter()
        .map(|position| (position.organisation_id, position))
        .collect();
    let positions = organisations
        .into_iter()
        .filter(|organisation| organisation.is_active)
        .map(|organisation| Standing {
            position: taken.remove(&organisation.id),
            organisation,
        })
        .collect();
    Ok(Assessment {
        row,
        provision,
        cycle,
        opinions,
        cites,
        positions,
        earlier,
    })
}

/// The rating that this one follows: the one it was carried from, or else that of the same provision
/// and jurisdiction in the cycle before. Only a reconciled one is a rating.
async fn earlier(
    db: &impl ConnectionTrait,
    row: &assessment::Model,
    cycle: &store::row::cycle::Model,
) -> Result<Option<(assessment::Model, store::row::cycle::Model)>, AppError> {
    let Some(previous) = cycle.previous_id else {
        return Ok(None);
    };
    let found = match row.carried_from_id {
        Some(id) => assessment::Entity::find_by_id(id).one(db).await?,
        None => {
            assessment::Entity::find()
                .filter(assessment::Column::CycleId.eq(previous))
                .filter(assessment::Column::ProvisionId.eq(row.provision_id))
                .filter(assessment::Column::Jurisdiction.eq(&row.jurisdiction))
                .one(db)
                .await?
        }
    };
    match found.filter(|found| found.state == AssessmentState::Reconciled.code()) {
        Some(found) => Ok(Some((found, crate::cycle::row(db, CycleId(previous)).await?))),
        None => Ok(None),
    }
}

/// The opinions of an assessment, sealed where the asking member may not see them yet.
async fn opinions(
    cx: &Cx<'_>,
    row: &assessment::Model,
    organisations: &[organisation::Model],
) -> Result<Vec<Seen>, AppError> {
    let db = cx.db.reader();
    let both_in = row.state != AssessmentState::Open.code();
    let mut seen = Vec::new();
    for mut opinion in opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.eq(row.id))
        .order_by_asc(opinion::Column::Id)
        .all(db)
        .await?
    {
        let is_own = cx.actor.member.is_some_and(|own| own.0 == opinion.member_id);
        let is_sealed = !both_in && !is_own;
        let member = member::Entity::find_by_id(opinion.member_id)
            .one(db)
            .await?
            .map(|member| member.name)
            .unwrap_or_default();
        let organisation = organisations
            .iter()
            .find(|o| o.id == opinion.organisation_id)
            .map(|o| o.name.clone())
            .unwrap_or_default();
        let mut cites = Vec::new();
        if is_sealed {
            opinion.structure = None;
            opinion.process = None;
            opinion.outcome = None;
            opinion.confidence = None;
            opinion.reasons = String::new();
        } else {
            let rows = opinion_evidence::Entity::find()
                .filter(opinion_evidence::Column::OpinionId.eq(opinion.id))
                .all(db)
                .await?;
            cites = rows.into_iter().map(|cite| cite.evidence_id).collect();
        }
        seen.push(Seen {
            opinion,
            member,
            organisation,
            cites,
            is_sealed,
        });
    }
    Ok(seen)
}

/// What an assessment waits for from the asking member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// Their rating: they are one of its two assessors and have not submitted.
    Opinion,
    /// To be reconciled by them: both opinions are in.
    Reconciliation,
    /// Their organisation's position: it has not said anything yet.
    Position,
}

/// A line of the list of a cycle's assessments.
#[derive(Debug, Clone)]
pub struct Line {
    /// The row.
    pub row: assessment::Model,
    /// Number and title of the provision.
    pub provision: provision::Model,
    /// What it waits for from the asking member, if anything.
    pub waits: Option<Waits>,
    /// How many of the two opinions are in.
    pub n_in: usize,
}

/// Every assessment of a cycle in the order of its provisions. Linear in the number of assessments.
pub async fn list(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Line>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let state = crate::cycle::state(&crate::cycle::row(db, cycle).await?)?;
    let rows = assessment::Entity::find()
        .filter(assessment::Column::CycleId.eq(cycle.0))
        .all(db)
        .await?;
    let answered = answered(cx, &rows).await?;
    let mut provisions: HashMap<Uuid, provision::Model> = provision::Entity::find()
        .filter(provision::Column::Id.is_in(rows.iter().map(|row| row.provision_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|provision| (provision.id, provision))
        .collect();
    let mut opinions: HashMap<Uuid, Vec<opinion::Model>> = HashMap::new();
    for row in opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.is_in(rows.iter().map(|row| row.id)))
        .all(db)
        .await?
    {
        opinions.entry(row.assessment_id).or_default().push(row);
    }
    let mut lines: Vec<Line> = rows
        .into_iter()
        .filter_map(|row| {
            let own = opinions.remove(&row.id).unwrap_or_default();
            Some(Line {
                provision: provisions.get(&row.provision_id)?.clone(),
                waits: waits(cx, state, &row, &own, answered.contains(&row.id)),
                n_in: own.iter().filter(|opinion| opinion.submitted_at.is_some()).count(),
                row,
            })
        })
        .collect();
    provisions.clear();
    lines.sort_by(|a, b| {
        (&a.provision.standard_id, a.provision.position, &a.row.jurisdiction).cmp(&(
            &b.provision.standard_id,
            b.provision.position,
            &b.row.jurisdiction,
        ))
    });
    Ok(lines)
}

/// The assessments on which the asking member's organisation has taken a position.
async fn answered(cx: &Cx<'_>, rows: &[assessment::Model]) -> Result<HashSet<Uuid>, AppError> {
    let Some(own) = cx.actor.organisation else {
        return Ok(HashSet::new());
    };
    let taken = assessment_position::Entity::find()
        .filter(assessment_position::Column::OrganisationId.eq(own.0))
        .filter(assessment_position::Column::AssessmentId.is_in(rows.iter().map(|row| row.id)))
        .all(cx.db.reader())
        .await?;
    Ok(taken.into_iter().map(|position| position.assessment_id).collect())
}

/// What an assessment in a cycle of this state waits for from the asking member.
fn waits(
    cx: &Cx<'_>,
    cycle: CycleState,
    row: &assessment::Model,
    opinions: &[opinion::Model],
    is_answered: bool,
) -> Option<Waits> {
    let seat = opinions
        .iter()
        .find(|opinion| cx.actor.member.is_some_and(|me| me.0 == opinion.member_id));
    let relation = if seat.is_some() {
        Relation::OwnAssignment
    } else {
        Relation::OtherOrganisation
    };
    let is_assessing = cycle == CycleState::Assessing;
    match AssessmentState::parse(&row.state).ok()? {
        AssessmentState::Open => {
            let is_due = is_assessing || cycle == CycleState::Gathering;
            let may = cx.actor.may(Action::SubmitOpinion, relation);
            (is_due && may && seat.is_some_and(|seat| seat.submitted_at.is_none())).then_some(Waits::Opinion)
        }
        AssessmentState::Reconciling => {
            (is_assessing && cx.actor.may(Action::ReconcileAssessment, relation)).then_some(Waits::Reconciliation)
        }
        AssessmentState::Reconciled => {
            let may = cx.actor.may(Action::PositionAssessment, Relation::OwnOrganisation);
            (is_assessing && may && !is_answered).then_some(Waits::Position)
        }
    }
}

/// The assessments of a provision in every cycle and jurisdiction. Ratings that are not reconciled
/// are empty. One query.
pub async fn of_provision(cx: &Cx<'_>, provision: ProvisionId) -> Result<Vec<assessment::Model>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let rows = assessment::Entity::find()
        .filter(assessment::Column::ProvisionId.eq(provision.0))
        .all(cx.db.reader())
        .await?;
    Ok(rows)
}

/// The newest reconciled assessments of each provision of a standard, one for each jurisdiction that
/// its newest cycle rated, with the code of that cycle. Two queries; linear in the assessments.
pub async fn newest(
    cx: &Cx<'_>,
    standard: StandardId,
) -> Result<HashMap<Uuid, (String, Vec<assessment::Model>)>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let of_standard = Query::select()
        .column(provision::Column::Id)
        .from(provision::Entity)
        .and_where(provision::Column::StandardId.eq(standard.0))
        .take();
    let rows = assessment::Entity::find()
        .filter(assessment::Column::State.eq(AssessmentState::Reconciled.code()))
        .filter(assessment::Column::ProvisionId.in_subquery(of_standard))
        .all(db);
    let cycles = store::row::cycle::Entity::find()
        .order_by_asc(store::row::cycle::Column::PeriodStart)
        .all(db);
    let (rows, cycles) = tokio::try_join!(rows, cycles)?;
    let mut of_cycle: HashMap<Uuid, Vec<assessment::Model>> = HashMap::new();
    for row in rows {
        of_cycle.entry(row.cycle_id).or_default().push(row);
    }
    let mut newest: HashMap<Uuid, (String, Vec<assessment::Model>)> = HashMap::new();
    for cycle in cycles {
        for row in of_cycle.remove(&cycle.id).unwrap_or_default() {
            let found = newest.entry(row.provision_id).or_default();
            if found.0 != cycle.code {
                *found = (cycle.code.clone(), Vec::new());
            }
            found.1.push(row);
        }
    }
    for (_, rows) in newest.values_mut() {
        rows.sort_by_key(|row| Jurisdiction::parse(&row.jurisdiction).ok());
    }
    Ok(newest)
}

/// The row, for commands.
pub(crate) async fn row(db: &impl ConnectionTrait, id: AssessmentId) -> Result<assessment::Model, AppError> {
    assessment::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("assessment"))
}

/// Ratings are agreed, and positions taken, from the cut-off until the cycle is closed.
pub(crate) async fn require_assessing(db: &impl ConnectionTrait, row: &assessment::Model) -> Result<(), AppError> {
    crate::cycle::require(
        &crate::cycle::row(db, CycleId(row.cycle_id)).await?,
        &[CycleState::Assessing],
    )
}
