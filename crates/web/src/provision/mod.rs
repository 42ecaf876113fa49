//! One provision with everything that hangs on it.
//!
//! Every block is read at once by queries that need nothing but the provision's id, so the page
//! costs one round to the database however much there is; each block reads its own provision only. What is the
//! same for everyone is kept in memory until something is written.

#[cfg(test)]
pub(crate) mod tests;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use domain::assessment::{
    AssessmentState, Confidence, FindingState, Grade, Score, Trend, Urgency, letter_against_practice,
};
use domain::cycle::Jurisdiction;
use domain::ids::ProvisionId;
use domain::indicator::{IndicatorKind, IndicatorState};
use domain::permission::Action;
use domain::standard::{Force, Mapped, Pillar, Verified};
use monitoring::contribution::{self, Line};
use monitoring::cycle::Cycle;
use monitoring::evidence::Headline;
use monitoring::indicator::Version;
use monitoring::measurement::Reading;
use monitoring::recommendation::Recommendation;
use monitoring::standard::{Asked, Counterpart, Place, Standard};
use monitoring::{assessment, claim, cycle, evidence, finding, indicator, measurement, recommendation, standard};
use store::row;
use store::{AppError, Cx};
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;
use crate::routes::{Route, route};

/// Items shown of a block whose whole list stands on a page of its own.
const FIRST: usize = 10;
/// Figures shown of one indicator.
const FIGURES: usize = 6;

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/provisions/{id}", Action::ReadAudit, get(show))]
}

#[derive(Template)]
#[template(path = "provision/show.html")]
struct Show<'a> {
    page: Page,
    id: Uuid,
    standard: &'a Standard,
    place: &'a Place,
    force: Force,
    verified: Verified,
    pillar: Option<Pillar>,
    /// What the row was read against, in words.
    checked: String,
    asked: Vec<Asked>,
    counterparts: &'a [Counterpart],
    indicators: &'a [Measured],
    evidence: Vec<Headline>,
    is_more_evidence: bool,
    claims: &'a [(row::claim::Model, String)],
    are_more_claims: bool,
    matrix: &'a Matrix,
    findings: &'a [(row::finding::Model, String)],
    recommendations: &'a [Recommendation],
    may: May,
}

/// What hangs on a provision whoever asks: everything but its evidence, of which each member sees their own part.
struct Around {
    place: Place,
    standard: Standard,
    counterparts: Vec<Counterpart>,
    indicators: Vec<Measured>,
    claims: Vec<(row::claim::Model, String)>,
    are_more_claims: bool,
    matrix: Matrix,
    /// Findings with the code of their cycle.
    findings: Vec<(row::finding::Model, String)>,
    recommendations: Vec<Recommendation>,
}

/// What the page may offer this member.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one link that the page offers or not"
)]
struct May {
    propose: bool,
    record_evidence: bool,
    record_claim: bool,
    record_finding: bool,
    recommend: bool,
}

/// An indicator with the figures of the newest cycle that has any.
struct Measured {
    version: Version,
    kind: IndicatorKind,
    is_proposed: bool,
    cycle: String,
    figures: Vec<Reading>,
    /// Figures of that cycle that are not shown here.
    n_more: usize,
    /// What was pooled of cases for it, of the newest cycle in which anything was for this provision.
    pooled: Option<Pooled>,
}

/// Pooled measures of an indicator.
struct Pooled {
    cycle_id: Uuid,
    cycle: String,
    lines: Vec<Line>,
}

/// Ratings over cycles, oldest first.
struct Matrix {
    cycles: Vec<String>,
    places: Vec<Rated>,
}

/// One jurisdiction's ratings, a cell for each cycle.
struct Rated {
    place: &'static str,
    /// (dimension, words, cells)
    lines: [(&'static str, &'static str, Vec<Cell>); 3],
    standing: Vec<Option<Standing>>,
}

/// One rating.
#[derive(Clone, Copy)]
enum Cell {
    /// Nobody was asked.
    Absent,
    /// Two assessors are at work, or their ratings wait to be reconciled.
    Waiting,
    /// Rated; `None` where it could not be assessed.
    Level(Option<u8>),
}

/// Where one assessment stands.
struct Standing {
    id: Uuid,
    state: AssessmentState,
    is_gap: bool,
    /// The look and the words of its trend.
    trend: Option<(&'static str, &'static str)>,
    confidence: Option<Confidence>,
}

fn score(code: Option<&String>) -> Option<Score> {
    code.and_then(|code| Score::parse(code).ok())
}

impl Matrix {
    /// `cycles` come newest first.
    fn new(cycles: &[Cycle], rows: &[row::assessment::Model]) -> Self {
        let shown: Vec<&Cycle> = cycles
            .iter()
            .rev()
            .filter(|cycle| rows.iter().any(|row| row.cycle_id == cycle.id))
            .collect();
        let places = Jurisdiction::ALL
            .iter()
            .filter(|place| rows.iter().any(|row| row.jurisdiction == place.code()))
            .map(|place| {
                let of: Vec<Option<&row::assessment::Model>> = shown
                    .iter()
                    .map(|cycle| {
                        rows.iter()
                            .find(|row| row.cycle_id == cycle.id && row.jurisdiction == place.code())
                    })
                    .collect();
                Rated::new(*place, &of)
            })
            .collect();
        Self {
            cycles: shown.into_iter().map(|cycle| cycle.code.clone()).collect(),
            places,
        }
    }
}

impl Rated {
    fn new(place: Jurisdiction, of: &[Option<&row::assessment::Model>]) -> Self {
        let cells = |code: fn(&row::assessment::Model) -> Option<&String>| {
            of.iter()
                .map(|row| match row {
                    None => Cell::Absent,
                    Some(row) if row.state != AssessmentState::Reconciled.code() => Cell::Waiting,
                    Some(row) => Cell::Level(score(code(row)).and_then(Score::step)),
                })
                .collect()
        };
        let standing = |row: &row::assessment::Model| {
            let state = AssessmentState::parse(&row.state).ok()?;
            let (structure, outcome) = (score(row.structure.as_ref()), score(row.outcome.as_ref()));
            let is_reconciled = state == AssessmentState::Reconciled;
            Some(Standing {
                id: row.id,
                state,
                is_gap: is_reconciled
                    && structure
                        .zip(outcome)
                        .is_some_and(|(s, o)| letter_against_practice(s, o)),
                trend: row
                    .trend
                    .as_deref()
                    .and_then(|code| Trend::parse(code).ok())
                    .filter(|_| is_reconciled)
                    .map(trend),
                confidence: row
                    .confidence
                    .as_deref()
                    .and_then(|code| Confidence::parse(code).ok())
                    .filter(|_| is_reconciled),
            })
        };
        Self {
            place: place.words(),
            lines: [
                (
                    "structure",
                    "Structure: the letter",
                    cells(|row| row.structure.as_ref()),
                ),
                ("process", "Process: the practice", cells(|row| row.process.as_ref())),
                ("outcome", "Outcome: the practice", cells(|row| row.outcome.as_ref())),
            ],
            standing: of.iter().map(|row| row.and_then(standing)).collect(),
        }
    }
}

/// Sorts readings under their versions, newest cycle only; the whole population before its parts.
fn measured(versions: Vec<Version>, readings: &[Reading], cycles: &[Cycle]) -> Result<Vec<Measured>, AppError> {
    versions
        .into_iter()
        .map(|version| {
            let of = |cycle: &Cycle| {
                let is_one = |reading: &&Reading| {
                    reading.row.cycle_id == cycle.id && reading.row.indicator_version_id == version.id
                };
                readings.iter().filter(is_one).cloned().collect::<Vec<_>>()
            };
            let newest = cycles
                .iter()
                .map(|cycle| (cycle, of(cycle)))
                .find(|(_, found)| !found.is_empty());
            let (cycle, mut figures) =
                newest.map_or_else(Default::default, |(cycle, found)| (cycle.code.clone(), found));
            figures.sort_by_key(|reading| reading.row.stratum != "all");
            let n_more = figures.len().saturating_sub(FIGURES);
            figures.truncate(FIGURES);
            Ok(Measured {
                kind: IndicatorKind::parse(&version.kind).map_err(|fault| AppError::Internal(fault.into()))?,
                is_proposed: version.state == IndicatorState::Proposed.code(),
                version,
                cycle,
                figures,
                n_more,
                pooled: None,
            })
        })
        .collect()
}

/// Gives each indicator the pooled measures that are its own, of the newest cycle in which any was computed. Cases are pooled
/// of the whole country: they have no jurisdiction.
async fn pool(cx: &Cx<'_>, id: ProvisionId, cycles: &[Cycle], measured: &mut [Measured]) -> Result<(), AppError> {
    for cycle in cycles {
        let lines = contribution::of_provision(cx, cycle.id.into(), id).await?;
        if lines.is_empty() {
            continue;
        }
        for line in lines {
            let is_own = |of: &&mut Measured| {
                let rest = line.code.strip_prefix(of.version.code.as_str());
                !of.is_proposed && rest.is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_lowercase()))
            };
            if let Some(of) = measured.iter_mut().find(is_own) {
                let pooled = of.pooled.get_or_insert_with(|| Pooled {
                    cycle_id: cycle.id,
                    cycle: cycle.code.clone(),
                    lines: Vec::new(),
                });
                pooled.lines.push(line);
            }
        }
        break;
    }
    Ok(())
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let id: ProvisionId = id.parse().map_err(|_| shown(AppError::NotFound("provision")))?;
    let (cx, asked) = (visitor.cx(), id.to_string());
    let (around, evidence) = tokio::try_join!(
        cx.db.kept_for(&asked, async |_: &_| Box::pin(around(&cx, id)).await),
        evidence::latest(&cx, id, FIRST as u64 + 1),
    )
    .map_err(shown)?;
    page(&put_together(&visitor, &around, evidence).map_err(shown)?)
}

async fn around(cx: &Cx<'_>, id: ProvisionId) -> Result<Around, AppError> {
    let (
        place,
        standards,
        counterparts,
        versions,
        readings,
        mut claims,
        cycles,
        assessments,
        findings,
        recommendations,
    ) = tokio::try_join!(
        standard::place(cx, id),
        standard::list(cx),
        standard::counterparts(cx, id),
        indicator::of_provision(cx, id),
        measurement::of_provision(cx, id),
        claim::latest(cx, id, FIRST as u64 + 1),
        cycle::list(cx),
        assessment::of_provision(cx, id),
        finding::of_provision(cx, id),
        recommendation::of_provision(cx, id),
    )?;
    let standard = standards
        .into_iter()
        .find(|of| of.id == place.provision.standard_id)
        .ok_or(AppError::NotFound("standard"))?;
    let are_more_claims = claims.len() > FIRST;
    claims.truncate(FIRST);
    let code = |cycle: Uuid| {
        cycles
            .iter()
            .find(|of| of.id == cycle)
            .map(|of| of.code.clone())
            .unwrap_or_default()
    };
    let mut indicators = measured(versions, &readings, &cycles)?;
    pool(cx, id, &cycles, &mut indicators).await?;
    Ok(Around {
        counterparts,
        indicators,
        claims,
        are_more_claims,
        matrix: Matrix::new(&cycles, &assessments),
        findings: findings
            .into_iter()
            .map(|row| (code(row.cycle_id), row))
            .map(|(code, row)| (row, code))
            .collect(),
        recommendations,
        standard,
        place,
    })
}

fn put_together<'a>(visitor: &Visitor, around: &'a Around, mut evidence: Vec<Headline>) -> Result<Show<'a>, AppError> {
    let broken = |fault: domain::words::UnknownCode| AppError::Internal(fault.into());
    let (standard, row) = (&around.standard, &around.place.provision);
    let is_more_evidence = evidence.len() > FIRST;
    evidence.truncate(FIRST);
    let title = format!("{} {}: {}", standard.short_title, row.number, row.title);
    Ok(Show {
        page: Page::new(visitor, &title)
            .within("/audit")
            .under("/standards", "Standards")
            .under(crate::standard::address(standard), standard.short_title.clone()),
        id: row.id,
        force: Force::parse(&row.force).map_err(broken)?,
        verified: Verified::parse(&row.verified).map_err(broken)?,
        pillar: row.pillar.as_deref().map(Pillar::parse).transpose().map_err(broken)?,
        checked: standard::read_against(&standard.code, &row.check_note),
        asked: standard::asked(&standard.code, row),
        counterparts: &around.counterparts,
        indicators: &around.indicators,
        evidence,
        is_more_evidence,
        claims: &around.claims,
        are_more_claims: around.are_more_claims,
        matrix: &around.matrix,
        findings: &around.findings,
        recommendations: &around.recommendations,
        may: May {
            propose: visitor.may(Action::ProposeIndicator),
            record_evidence: visitor.may(Action::RecordEvidence),
            record_claim: visitor.may(Action::RecordClaim),
            record_finding: visitor.may(Action::RecordFinding),
            recommend: visitor.may(Action::RecordRecommendation),
        },
        standard,
        place: &around.place,
    })
}

impl Show<'_> {
    /// The blocks of the page, with how much each holds.
    fn contents(&self) -> Vec<(String, String)> {
        let counted = |words: &str, n: u64| {
            if n == 0 {
                words.to_owned()
            } else {
                format!("{words} ({n})")
            }
        };
        let evidence = if self.is_more_evidence {
            "Evidence".to_owned()
        } else {
            counted("Evidence", self.evidence.len() as u64)
        };
        let claims = if self.are_more_claims {
            "Claims".to_owned()
        } else {
            counted("Claims", self.claims.len() as u64)
        };
        [
            ("duty", "The duty".to_owned()),
            ("ratings", "Ratings".to_owned()),
            ("indicators", counted("Indicators", self.indicators.len() as u64)),
            ("evidence", evidence),
            ("claims", claims),
            ("findings", counted("Findings", self.findings.len() as u64)),
            (
                "recommendations",
                counted("Recommendations", self.recommendations.len() as u64),
            ),
            ("elsewhere", "Elsewhere".to_owned()),
        ]
        .map(|(key, words)| (format!("#{key}"), words))
        .to_vec()
    }
}

/// How a provision stands to one that it is mapped to.
const fn stands(of: &Counterpart) -> &'static str {
    match of.relation {
        Mapped::Same => "the same duty",
        Mapped::Narrower => "this duty is narrower",
        Mapped::Wider => "this duty is wider",
        Mapped::Related => "a related duty",
    }
}

/// The look and the words of a finding's state.
fn finding_state(row: &row::finding::Model) -> (&'static str, &'static str) {
    match FindingState::parse(&row.state) {
        Ok(FindingState::Approved) => ("done", FindingState::Approved.words()),
        Ok(FindingState::Withdrawn) => ("withdrawn", FindingState::Withdrawn.words()),
        _ => ("due", FindingState::Draft.words()),
    }
}

/// What a finding says: its published wording, or the claim it makes until there is one.
fn finding_words(row: &row::finding::Model) -> &str {
    if row.wording.is_empty() {
        &row.claim
    } else {
        &row.wording
    }
}

/// The newest grade of a recommendation and the cycle that gave it.
fn grade(of: &Recommendation) -> String {
    of.grades.last().map_or_else(
        || "not graded yet".to_owned(),
        |(cycle, row)| {
            format!(
                "{} ({cycle})",
                Grade::parse(&row.grade).map_or(row.grade.as_str(), |grade| grade.words())
            )
        },
    )
}

fn urgency(of: &Recommendation) -> &str {
    Urgency::parse(&of.row.urgency).map_or(of.row.urgency.as_str(), |urgency| urgency.words())
}

/// Marks of a trend: the look and the words.
const fn trend(of: Trend) -> (&'static str, &'static str) {
    match of {
        Trend::Better => ("better", Trend::Better.words()),
        Trend::Worse => ("worse", Trend::Worse.words()),
        Trend::Same => ("unchanged", Trend::Same.words()),
        Trend::New => ("first", Trend::New.words()),
        Trend::Broken => ("incomparable", Trend::Broken.words()),
    }
}
