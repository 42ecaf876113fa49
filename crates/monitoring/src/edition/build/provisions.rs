//! The provisions of an edition with their ratings, claims, findings and evidence.

use std::collections::HashMap;

use domain::assessment::{
    AssessmentState, Confidence, FindingState, Proof, Score, Side, Stance, Trend, Verdict, letter_against_practice,
};
use domain::cycle::Jurisdiction;
use domain::standard::{Force, Mapped, Verified};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::AppError;
use store::row::{
    assessment, assessment_evidence, assessment_position, body, claim, finding, finding_evidence, finding_review,
    opinion, provision, provision_mapping, reply,
};
use uuid::Uuid;

use super::Source;
use super::evidence::References;
use super::figures::Figures;
use crate::edition::frozen;

fn broken(error: domain::words::UnknownCode) -> AppError {
    AppError::Internal(error.into())
}

/// Everything about provisions, read once.
struct Rows {
    /// Reconciled assessments of the lineage, by provision.
    assessments: HashMap<Uuid, Vec<assessment::Model>>,
    cites: HashMap<Uuid, Vec<Uuid>>,
    positions: HashMap<Uuid, Vec<assessment_position::Model>>,
    assessors: HashMap<Uuid, Vec<Uuid>>,
    claims: HashMap<Uuid, Vec<claim::Model>>,
    findings: HashMap<Uuid, Vec<finding::Model>>,
    finding_evidence: HashMap<Uuid, Vec<finding_evidence::Model>>,
    reviews: HashMap<Uuid, Vec<finding_review::Model>>,
    replies: HashMap<Uuid, Vec<reply::Model>>,
    bodies: HashMap<Uuid, String>,
    mappings: Vec<provision_mapping::Model>,
}

fn grouped<T>(rows: Vec<T>, by: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(by(&row)).or_default().push(row);
    }
    groups
}

impl Rows {
    async fn read<C: ConnectionTrait>(source: &Source<'_, C>) -> Result<Self, AppError> {
        let db = source.db;
        let cycles = source.lineage.iter().map(|cycle| cycle.id);
        let assessments = assessment::Entity::find()
            .filter(assessment::Column::CycleId.is_in(cycles))
            .filter(assessment::Column::State.eq(AssessmentState::Reconciled.code()))
            .order_by_asc(assessment::Column::Jurisdiction)
            .all(db)
            .await?;
        let current: Vec<Uuid> = assessments
            .iter()
            .filter(|row| row.cycle_id == source.cycle.id)
            .map(|row| row.id)
            .collect();
        let cites = assessment_evidence::Entity::find()
            .filter(assessment_evidence::Column::AssessmentId.is_in(current.iter().copied()))
            .all(db)
            .await?;
        let positions = assessment_position::Entity::find()
            .filter(assessment_position::Column::AssessmentId.is_in(current.iter().copied()))
            .all(db)
            .await?;
        let opinions = opinion::Entity::find()
            .filter(opinion::Column::AssessmentId.is_in(current))
            .order_by_asc(opinion::Column::Id)
            .all(db)
            .await?;
        let claims = claim::Entity::find()
            .filter(claim::Column::MadeOn.lte(&source.cycle.cutoff_on))
            .order_by_desc(claim::Column::MadeOn)
            .order_by_asc(claim::Column::Id)
            .all(db)
            .await?;
        let findings = finding::Entity::find()
            .filter(finding::Column::CycleId.eq(source.cycle.id))
            .filter(finding::Column::State.eq(FindingState::Approved.code()))
            .order_by_asc(finding::Column::Id)
            .all(db)
            .await?;
        let ids: Vec<Uuid> = findings.iter().map(|row| row.id).collect();
        let evidence = finding_evidence::Entity::find()
            .filter(finding_evidence::Column::FindingId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        let reviews = finding_review::Entity::find()
            .filter(finding_review::Column::FindingId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        let replies = reply::Entity::find()
            .filter(reply::Column::FindingId.is_in(ids))
            .order_by_asc(reply::Column::SentOn)
            .order_by_asc(reply::Column::Id)
            .all(db)
            .await?;
        Ok(Self {
            cites: grouped(cites, |row| row.assessment_id)
                .into_iter()
                .map(|(id, rows)| (id, rows.into_iter().map(|row| row.evidence_id).collect()))
                .collect(),
            positions: grouped(positions, |row| row.assessment_id),
            assessors: grouped(opinions, |row| row.assessment_id)
                .into_iter()
                .map(|(id, rows)| (id, rows.into_iter().map(|row| row.organisation_id).collect()))
                .collect(),
            assessments: grouped(assessments, |row| row.provision_id),
            claims: grouped(claims, |row| row.provision_id),
            findings: grouped(findings, |row| row.provision_id),
            finding_evidence: grouped(evidence, |row| row.finding_id),
            reviews: grouped(reviews, |row| row.finding_id),
            replies: grouped(replies, |row| row.finding_id),
            bodies: body::Entity::find()
                .all(db)
                .await?
                .into_iter()
                .map(|row| (row.id, row.name))
                .collect(),
            mappings: provision_mapping::Entity::find().all(db).await?,
        })
    }

    fn body(&self, id: Uuid) -> String {
        self.bodies.get(&id).cloned().unwrap_or_default()
    }
}

/// Every chapter of every standard, in order, with its provisions.
pub(super) async fn chapters<C: ConnectionTrait>(
    source: &Source<'_, C>,
    figures: &Figures,
    references: &mut References,
) -> Result<Vec<frozen::Chapter>, AppError> {
    let rows = Rows::read(source).await?;
    let mut chapters: Vec<frozen::Chapter> = Vec::new();
    let mut number_of_findings = 0;
    for row in &source.provisions {
        let standard = source
            .standards
            .iter()
            .find(|standard| standard.id == row.standard_id)
            .map(|s| s.code.clone())
            .unwrap_or_default();
        let is_new = chapters.last().is_none_or(|chapter| {
            chapter.standard != standard || chapter.number != row.chapter || chapter.title != row.chapter_title
        });
        if is_new {
            chapters.push(frozen::Chapter {
                standard: standard.clone(),
                number: row.chapter.clone(),
                title: row.chapter_title.clone(),
                provisions: Vec::new(),
            });
        }
        let shown = provision(source, &rows, figures, references, row, &mut number_of_findings)?;
        if let Some(chapter) = chapters.last_mut() {
            chapter.provisions.push(shown);
        }
    }
    Ok(chapters)
}

fn provision<C>(
    source: &Source<'_, C>,
    rows: &Rows,
    figures: &Figures,
    references: &mut References,
    row: &provision::Model,
    number_of_findings: &mut u32,
) -> Result<frozen::Provision, AppError> {
    let ratings = ratings(source, rows, references, row)?;
    let mut findings = Vec::new();
    for found in rows.findings.get(&row.id).into_iter().flatten() {
        *number_of_findings += 1;
        findings.push(finding(source, rows, references, found, *number_of_findings)?);
    }
    let mut claims = Vec::new();
    for found in rows.claims.get(&row.id).into_iter().flatten() {
        claims.push(frozen::Claim {
            id: found.id.to_string(),
            jurisdiction: Jurisdiction::parse(&found.jurisdiction).map_err(broken)?,
            body: found.body_id.map(|id| rows.body(id)).unwrap_or_default(),
            words: found.words.clone(),
            source: found.source.clone(),
            source_url: found.source_url.clone(),
            made_on: found.made_on.clone(),
            is_invented: found.is_invented,
        });
    }
    Ok(frozen::Provision {
        slug: source.slug(row.id),
        number: row.number.clone(),
        article: row.article.clone(),
        heading: row.heading.clone(),
        title: row.title.clone(),
        obligation: row.obligation.clone(),
        force: Force::parse(&row.force).map_err(broken)?,
        qualifier: row.qualifier.clone(),
        holder: row.holder.clone(),
        verified: Verified::parse(&row.verified).map_err(broken)?,
        ratings,
        indicators: figures.of_provision(row.id, references)?,
        claims,
        findings,
        evidence: references.bearing_on(row.id),
        mapped: mapped(source, rows, row.id),
    })
}

/// How a provision relates to those of the other standards, in words, from either side.
fn mapped<C>(source: &Source<'_, C>, rows: &Rows, id: Uuid) -> Vec<String> {
    let name = |id: Uuid| {
        let row = source.provisions.iter().find(|row| row.id == id)?;
        let standard = source
            .standards
            .iter()
            .find(|standard| standard.id == row.standard_id)?;
        Some(format!("{} {}", standard.short_title, row.number))
    };
    let words = |code: &str| Mapped::parse(code).map_or_else(|_| code.to_owned(), |mapped| mapped.to_string());
    rows.mappings
        .iter()
        .filter_map(|row| {
            let other = if row.from_provision_id == id {
                row.to_provision_id
            } else if row.to_provision_id == id {
                row.from_provision_id
            } else {
                return None;
            };
            let note = if row.note.is_empty() {
                String::new()
            } else {
                format!(" ({})", row.note)
            };
            Some(format!("{}: {}{note}", name(other)?, words(&row.mapped).to_lowercase()))
        })
        .collect()
}

fn scores(row: &assessment::Model) -> Result<frozen::Scores, AppError> {
    let score = |code: &Option<String>| Score::parse(code.as_deref().unwrap_or("N")).map_err(broken);
    Ok(frozen::Scores {
        structure: score(&row.structure)?,
        process: score(&row.process)?,
        outcome: score(&row.outcome)?,
        confidence: Confidence::parse(row.confidence.as_deref().unwrap_or("very_low")).map_err(broken)?,
    })
}

fn ratings<C>(
    source: &Source<'_, C>,
    rows: &Rows,
    references: &mut References,
    row: &provision::Model,
) -> Result<Vec<frozen::Rating>, AppError> {
    let all = rows.assessments.get(&row.id).map_or(&[][..], Vec::as_slice);
    let mut found = Vec::new();
    for now in all.iter().filter(|a| a.cycle_id == source.cycle.id) {
        let mut earlier = Vec::new();
        for cycle in source.lineage.iter().skip(1).rev() {
            if let Some(then) = all
                .iter()
                .find(|a| a.cycle_id == cycle.id && a.jurisdiction == now.jurisdiction)
            {
                earlier.push((cycle.code.clone(), scores(then)?));
            }
        }
        let now_scores = scores(now)?;
        let mut taken: HashMap<Uuid, &assessment_position::Model> = rows
            .positions
            .get(&now.id)
            .into_iter()
            .flatten()
            .map(|position| (position.organisation_id, position))
            .collect();
        let mut positions = Vec::new();
        for organisation in source.organisations.iter().filter(|row| row.is_active) {
            let position = taken.remove(&organisation.id);
            positions.push(frozen::Position {
                organisation: organisation.name.clone(),
                stance: position.map(|p| Stance::parse(&p.stance)).transpose().map_err(broken)?,
                reason: position.map(|p| p.reason.clone()).unwrap_or_default(),
            });
        }
        found.push(frozen::Rating {
            jurisdiction: Jurisdiction::parse(&now.jurisdiction).map_err(broken)?,
            now: now_scores,
            trend: Trend::parse(now.trend.as_deref().unwrap_or("new")).map_err(broken)?,
            earlier,
            letter_against_practice: letter_against_practice(now_scores.structure, now_scores.outcome),
            reasons: now.reasons.clone(),
            cites: references.cite_all(rows.cites.get(&now.id).cloned().unwrap_or_default()),
            assessed_by: rows
                .assessors
                .get(&now.id)
                .into_iter()
                .flatten()
                .map(|id| source.organisation(*id))
                .collect(),
            positions,
        });
    }
    Ok(found)
}

fn finding<C>(
    source: &Source<'_, C>,
    rows: &Rows,
    references: &mut References,
    row: &finding::Model,
    number: u32,
) -> Result<frozen::Finding, AppError> {
    let links = rows.finding_evidence.get(&row.id).map_or(&[][..], Vec::as_slice);
    let side = |side: Side| {
        links
            .iter()
            .filter(move |link| link.side == side.code())
            .map(|link| link.evidence_id)
    };
    let supporting = references.cite_all(side(Side::Supporting));
    let contrary = references.cite_all(side(Side::Contrary));
    let mut reviewed_by: Vec<String> = rows
        .reviews
        .get(&row.id)
        .into_iter()
        .flatten()
        .filter(|review| review.revision == row.revision && review.verdict == Verdict::Approve.code())
        .map(|review| source.organisation(review.organisation_id))
        .collect();
    reviewed_by.sort();
    reviewed_by.dedup();
    Ok(frozen::Finding {
        id: row.id.to_string(),
        slug: format!("finding-{number}"),
        title: row.title.clone(),
        jurisdiction: Jurisdiction::parse(&row.jurisdiction).map_err(broken)?,
        wording: row.wording.clone(),
        proof: Proof::parse(&row.proof).map_err(broken)?,
        supporting,
        contrary,
        contrary_search: row.contrary_search.clone(),
        method_note: row.method_note.clone(),
        replies: rows
            .replies
            .get(&row.id)
            .into_iter()
            .flatten()
            .map(|reply| frozen::Reply {
                body: rows.body(reply.body_id),
                sent_on: reply.sent_on.clone(),
                replied_on: reply.replied_on.clone().unwrap_or_default(),
                words: reply.words.clone(),
            })
            .collect(),
        reviewed_by,
        is_invented: row.is_invented,
    })
}

/// Rated provisions that this edition does not rate, or rates “not assessable” throughout.
pub(super) fn not_assessed(chapters: &[frozen::Chapter]) -> Vec<frozen::NotAssessed> {
    chapters
        .iter()
        .flat_map(|chapter| &chapter.provisions)
        .filter(|provision| provision.force.is_rated())
        .filter_map(|provision| {
            let open = |scores: &frozen::Scores| {
                [scores.structure, scores.process, scores.outcome]
                    .iter()
                    .all(|score| *score == Score::NotAssessable)
            };
            let reason = if provision.ratings.is_empty() {
                "Not taken up in this cycle.".to_owned()
            } else if provision.ratings.iter().all(|rating| open(&rating.now)) {
                provision
                    .ratings
                    .iter()
                    .map(|rating| rating.reasons.clone())
                    .collect::<Vec<_>>()
                    .join(" ")
            } else {
                return None;
            };
            Some(frozen::NotAssessed {
                slug: provision.slug.clone(),
                provision: format!("{} {}", provision.number, provision.title),
                reason,
            })
        })
        .collect()
}
