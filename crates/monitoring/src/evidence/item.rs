//! One item with everything a reader needs to weigh it.

use std::collections::HashSet;

use bytes::Bytes;
use domain::evidence::{Credibility, EvidenceKind, Form, Group, Handling, Quoting, Reliability};
use domain::ids::{AssessmentId, EvidenceId, FileId, FindingId};
use domain::permission::{Action, Relation};
use domain::words::UnknownCode;
use domain::{Day, Instant};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{
    assessment, assessment_evidence, citation, cycle, evidence, evidence_facet, evidence_file, evidence_named,
    evidence_provision, file, finding, finding_evidence, member, organisation, provision, standard,
};
use store::{AppError, Cx};
use uuid::Uuid;

use super::choices::{Cited, cited};
use super::{AREA, FORM, GROUP, visible_to};

/// An item with everything that hangs on it.
#[derive(Debug, Clone)]
pub struct Item {
    /// The row.
    pub row: evidence::Model,
    /// Its kind.
    pub kind: EvidenceKind,
    /// The day it speaks of.
    pub effective_on: Day,
    /// How reliable its source is.
    pub reliability: Reliability,
    /// How credible it is itself.
    pub credibility: Credibility,
    /// Who may see it.
    pub handling: Handling,
    /// Whether its words may be printed.
    pub quoting: Quoting,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The organisation that recorded it.
    pub organisation: String,
    /// The member who did.
    pub member: String,
    /// The other organisations that may see it.
    pub named: Vec<organisation::Model>,
    /// What it bears on, each with its standard's short title.
    pub provisions: Vec<(provision::Model, String)>,
    /// Forms of exploitation it speaks of.
    pub forms: Vec<Form>,
    /// Groups it speaks of.
    pub groups: Vec<Group>,
    /// Areas it speaks of, as (code, name); the name is the code where the register knows none.
    pub areas: Vec<(String, String)>,
    /// Its files, in order.
    pub files: Vec<file::Model>,
    /// The words it is cited for.
    pub passages: Vec<citation::Model>,
    /// What it was derived from, nearest first.
    pub upstream: Vec<Step>,
    /// What was derived from it directly.
    pub downstream: Vec<Step>,
    /// Where it is used.
    pub uses: Vec<Use>,
    /// Cycles that froze it: (code, revision).
    pub frozen: Vec<(String, i32)>,
    /// Whether this member may amend it.
    pub may_amend: bool,
}

/// One step of a chain of derivation; its words hide what the member may not see.
pub type Step = Cited;

/// Something that rests on the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// An assessment, with the cycle's title and the provision's number.
    Assessment(AssessmentId, String, String),
    /// A finding, with the cycle's title and its own title, and whether it cites the item as contrary.
    Finding(FindingId, String, String, bool),
}

/// Reads an item that this member may see. Its uses leave out ratings that are still blind.
pub async fn find(cx: &Cx<'_>, id: EvidenceId) -> Result<Item, AppError> {
    let db = cx.db.reader();
    let row = visible(cx, id).await?;
    let broken = |fault: UnknownCode| AppError::Internal(fault.into());
    let named: Vec<Uuid> = evidence_named::Entity::find()
        .filter(evidence_named::Column::EvidenceId.eq(id.0))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.organisation_id)
        .collect();
    let organisations = organisation::Entity::find()
        .order_by_asc(organisation::Column::NameFolded)
        .all(db)
        .await?;
    let organisation = organisations.iter().find(|other| other.id == row.organisation_id);
    let facets = evidence_facet::Entity::find()
        .filter(evidence_facet::Column::EvidenceId.eq(id.0))
        .order_by_asc(evidence_facet::Column::Code)
        .all(db)
        .await?;
    let codes = |facet: &'static str| {
        facets
            .iter()
            .filter(move |row| row.facet == facet)
            .map(|row| row.code.as_str())
    };
    let names = super::areas(db).await?;
    let area = |code: &str| {
        names
            .iter()
            .find(|area| area.code == code)
            .map_or_else(|| code.to_owned(), |area| area.name.clone())
    };
    let (forms, groups): (HashSet<&str>, HashSet<&str>) = (codes(FORM).collect(), codes(GROUP).collect());
    let upstream = cited(cx, &ancestors(db, &row).await?).await?;
    let derived = evidence::Entity::find()
        .filter(evidence::Column::DerivedFromId.eq(id.0))
        .order_by_desc(evidence::Column::Id)
        .all(db)
        .await?;
    let derived: Vec<EvidenceId> = derived.into_iter().map(|row| EvidenceId(row.id)).collect();
    Ok(Item {
        kind: EvidenceKind::parse(&row.kind).map_err(broken)?,
        effective_on: Day::parse(&row.effective_on).map_err(|fault| AppError::Internal(fault.into()))?,
        reliability: Reliability::parse(&row.reliability).map_err(broken)?,
        credibility: Credibility::parse(&row.credibility).map_err(broken)?,
        handling: Handling::parse(&row.handling).map_err(broken)?,
        quoting: Quoting::parse(&row.quoting).map_err(broken)?,
        recorded_at: Instant(row.recorded_at),
        organisation: organisation.map(|row| row.name.clone()).unwrap_or_default(),
        member: member::Entity::find_by_id(row.member_id)
            .one(db)
            .await?
            .map(|row| row.name)
            .unwrap_or_default(),
        provisions: provisions(db, id).await?,
        forms: Form::ALL
            .iter()
            .copied()
            .filter(|form| forms.contains(form.code()))
            .collect(),
        groups: Group::ALL
            .iter()
            .copied()
            .filter(|group| groups.contains(group.code()))
            .collect(),
        areas: codes(AREA).map(|code| (code.to_owned(), area(code))).collect(),
        files: files(db, id).await?,
        passages: citation::Entity::find()
            .filter(citation::Column::EvidenceId.eq(id.0))
            .order_by_asc(citation::Column::Id)
            .all(db)
            .await?,
        upstream,
        downstream: cited(cx, &derived).await?,
        uses: uses(db, id).await?,
        frozen: frozen(db, id).await?,
        may_amend: cx
            .actor
            .may(Action::AmendEvidence, cx.actor.relation(row.organisation_id)),
        named: organisations
            .into_iter()
            .filter(|other| named.contains(&other.id))
            .collect(),
        row,
    })
}

/// A file of an item that this member may see, with its bytes.
pub async fn open_file(cx: &Cx<'_>, id: EvidenceId, file: FileId) -> Result<(file::Model, Bytes), AppError> {
    let item = visible(cx, id).await?;
    let db = cx.db.reader();
    evidence_file::Entity::find_by_id((id.0, file.0))
        .one(db)
        .await?
        .ok_or(AppError::NotFound("file"))?;
    let found = cx.files.open(db, file).await?;
    // What not everybody here may see leaves a trace when it is opened.
    if ![Handling::Open.code(), Handling::Coalition.code()].contains(&item.handling.as_str()) {
        let relation = cx.actor.relation(item.organisation_id);
        cx.disclose(Action::OpenEvidenceFile, relation, "evidence", &[id.0])
            .await?;
    }
    Ok(found)
}

/// The row, if this member may see it. What may not be seen is said not to exist.
async fn visible(cx: &Cx<'_>, id: EvidenceId) -> Result<evidence::Model, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let found = evidence::Entity::find_by_id(id.0)
        .filter(visible_to(cx.actor))
        .one(cx.db.reader())
        .await?;
    found.ok_or(AppError::NotFound("item of evidence"))
}

/// Everything an item was derived from, nearest first.
async fn ancestors(db: &impl ConnectionTrait, row: &evidence::Model) -> Result<Vec<EvidenceId>, AppError> {
    let mut chain = Vec::new();
    let mut at = row.derived_from_id;
    while let Some(step) = at.filter(|step| *step != row.id && !chain.contains(&EvidenceId(*step))) {
        chain.push(EvidenceId(step));
        at = evidence::Entity::find_by_id(step)
            .one(db)
            .await?
            .and_then(|row| row.derived_from_id);
    }
    Ok(chain)
}

async fn provisions(db: &impl ConnectionTrait, id: EvidenceId) -> Result<Vec<(provision::Model, String)>, AppError> {
    let links = evidence_provision::Entity::find()
        .filter(evidence_provision::Column::EvidenceId.eq(id.0))
        .all(db)
        .await?;
    let standards = standard::Entity::find().all(db).await?;
    let rows = provision::Entity::find()
        .filter(provision::Column::Id.is_in(links.into_iter().map(|row| row.provision_id)))
        .order_by_asc(provision::Column::StandardId)
        .order_by_asc(provision::Column::Position)
        .all(db)
        .await?;
    let short = |id: Uuid| {
        standards
            .iter()
            .find(|row| row.id == id)
            .map(|row| row.short_title.clone())
            .unwrap_or_default()
    };
    Ok(rows
        .into_iter()
        .map(|row| (short(row.standard_id), row))
        .map(|(short, row)| (row, short))
        .collect())
}

async fn files(db: &impl ConnectionTrait, id: EvidenceId) -> Result<Vec<file::Model>, AppError> {
    let links = evidence_file::Entity::find()
        .filter(evidence_file::Column::EvidenceId.eq(id.0))
        .order_by_asc(evidence_file::Column::Position)
        .all(db)
        .await?;
    let mut rows = file::Entity::find()
        .filter(file::Column::Id.is_in(links.iter().map(|row| row.file_id)))
        .all(db)
        .await?;
    let place = |file: Uuid| links.iter().position(|row| row.file_id == file);
    rows.sort_by_key(|row| place(row.id));
    Ok(rows)
}

async fn uses(db: &impl ConnectionTrait, id: EvidenceId) -> Result<Vec<Use>, AppError> {
    let mut uses = Vec::new();
    let links = assessment_evidence::Entity::find()
        .filter(assessment_evidence::Column::EvidenceId.eq(id.0))
        .all(db)
        .await?;
    let assessments = assessment::Entity::find()
        .filter(assessment::Column::Id.is_in(links.into_iter().map(|row| row.assessment_id)))
        .order_by_desc(assessment::Column::Id)
        .all(db)
        .await?;
    let links = finding_evidence::Entity::find()
        .filter(finding_evidence::Column::EvidenceId.eq(id.0))
        .all(db)
        .await?;
    let findings = finding::Entity::find()
        .filter(finding::Column::Id.is_in(links.iter().map(|row| row.finding_id)))
        .order_by_desc(finding::Column::Id)
        .all(db)
        .await?;
    if assessments.is_empty() && findings.is_empty() {
        return Ok(uses);
    }
    let cycles = cycle::Entity::find().all(db).await?;
    let cycle = |id: Uuid| {
        cycles
            .iter()
            .find(|row| row.id == id)
            .map(|row| row.title.clone())
            .unwrap_or_default()
    };
    let numbers = provision::Entity::find()
        .filter(provision::Column::Id.is_in(assessments.iter().map(|row| row.provision_id)))
        .all(db)
        .await?;
    for row in assessments {
        let number = numbers
            .iter()
            .find(|provision| provision.id == row.provision_id)
            .map(|row| row.number.clone());
        uses.push(Use::Assessment(
            AssessmentId(row.id),
            cycle(row.cycle_id),
            number.unwrap_or_default(),
        ));
    }
    for row in findings {
        let is_contrary = links
            .iter()
            .any(|link| link.finding_id == row.id && link.side == "contrary");
        uses.push(Use::Finding(
            FindingId(row.id),
            cycle(row.cycle_id),
            row.title,
            is_contrary,
        ));
    }
    Ok(uses)
}

async fn frozen(db: &impl ConnectionTrait, id: EvidenceId) -> Result<Vec<(String, i32)>, AppError> {
    use store::row::cycle_evidence;
    let rows = cycle_evidence::Entity::find()
        .filter(cycle_evidence::Column::EvidenceId.eq(id.0))
        .all(db)
        .await?;
    let cycles = cycle::Entity::find()
        .filter(cycle::Column::Id.is_in(rows.iter().map(|row| row.cycle_id)))
        .order_by_asc(cycle::Column::Code)
        .all(db)
        .await?;
    Ok(cycles
        .into_iter()
        .filter_map(|cycle| {
            rows.iter()
                .find(|row| row.cycle_id == cycle.id)
                .map(|row| (cycle.code, row.revision))
        })
        .collect())
}
