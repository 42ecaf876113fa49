//! The print view of chapters and provisions.

use std::collections::{BTreeMap, BTreeSet};

use domain::assessment::{Stance, Trend};
use domain::standard::Verified;
use monitoring::edition::frozen::{
    Breakdown, Chapter, Claim, Edition, Finding, Indicator, Measurement, Position, Provision, Rating, Scores,
};
use serde::Serialize;

use super::view::{FigureRow, FigureView, Rich, THIN_SPACE};
use crate::wording::day as date;

/// A chapter: provisions with something to say, and the rest in a compact list.
#[derive(Serialize)]
pub(super) struct ChapterView {
    heading: String,
    standard: String,
    provisions: Vec<ProvisionView>,
    others: Vec<OtherView>,
}

/// A provision that is not rated and on which the edition says nothing more.
#[derive(Serialize)]
struct OtherView {
    slug: String,
    number: String,
    obligation: String,
    force: String,
    unread: &'static str,
    /// Whether it would be rated, but could not be assessed.
    is_unassessed: bool,
}

#[derive(Serialize)]
struct ProvisionView {
    slug: String,
    number: String,
    title: String,
    obligation: String,
    force: String,
    holder: String,
    unread: &'static str,
    mapped: Vec<String>,
    evidence: Vec<u32>,
    ratings: Vec<RatingView>,
    claims: Vec<ClaimView>,
    findings: Vec<FindingView>,
    indicators: Vec<IndicatorView>,
    /// Indicators told under an earlier provision of the chapter, with where.
    repeated: Vec<String>,
}

#[derive(Serialize)]
struct ScoreColumn {
    cycle: String,
    structure: &'static str,
    process: &'static str,
    outcome: &'static str,
}

#[derive(Serialize)]
struct RatingView {
    jurisdiction: &'static str,
    columns: Vec<ScoreColumn>,
    trend: String,
    trend_code: &'static str,
    confidence: &'static str,
    letter_against_practice: bool,
    reasons: Rich,
    assessed_by: String,
    stances: Vec<StanceView>,
}

#[derive(Serialize)]
struct StanceView {
    stance: &'static str,
    said: Vec<(String, String)>,
}

#[derive(Serialize)]
struct ClaimView {
    jurisdiction: &'static str,
    body: String,
    words: String,
    source: String,
    url: String,
    on: String,
}

#[derive(Serialize)]
struct FindingView {
    slug: String,
    name: String,
    title: String,
    jurisdiction: &'static str,
    wording: Rich,
    proof: String,
    supporting: Vec<u32>,
    contrary: Vec<u32>,
    contrary_search: String,
    method_note: String,
    replies: Vec<(String, String)>,
    reviewed_by: String,
}

#[derive(Serialize)]
struct IndicatorView {
    name: String,
    definition: String,
    kind: &'static str,
    direction: &'static str,
    limits: String,
    comparability: String,
    /// Codes of the series charted here: the first place that uses a series shows its chart.
    series: Vec<String>,
    rows: Vec<MeasurementView>,
}

#[derive(Serialize)]
struct MeasurementView {
    name: String,
    stratum: String,
    now: FigureView,
    before: Option<BeforeView>,
    comparison: String,
    note: String,
    cites: Vec<u32>,
}

#[derive(Serialize)]
struct BeforeView {
    cycle: String,
    frozen: FigureView,
    today: Option<FigureView>,
}

/// A row of the table of all ratings: the picture on the second page in words.
#[derive(Serialize)]
pub(super) struct RatingRow {
    slug: String,
    number: String,
    jurisdiction: &'static str,
    force: String,
    now: [&'static str; 3],
    before: Option<[&'static str; 3]>,
    trend: &'static str,
    letter_against_practice: bool,
}

/// Force and what lowers it: they stand beside every rating.
pub(super) fn force(provision: &Provision) -> String {
    if provision.qualifier.is_empty() {
        provision.force.words().to_owned()
    } else {
        format!("{}; {}", provision.force, provision.qualifier)
    }
}

fn unread(provision: &Provision) -> &'static str {
    if provision.verified == Verified::Yes {
        ""
    } else {
        provision.verified.words()
    }
}

fn codes(scores: Scores) -> [&'static str; 3] {
    [scores.structure.code(), scores.process.code(), scores.outcome.code()]
}

impl ChapterView {
    pub(super) fn of(chapter: &Chapter, edition: &Edition, known: &BTreeSet<u32>) -> Self {
        let number = if chapter.number.is_empty() {
            String::new()
        } else {
            format!("Chapter {}: ", chapter.number)
        };
        let main = edition.standards.first().map_or("", |s| s.code.as_str());
        let standard = if chapter.standard == main {
            String::new()
        } else {
            format!("{}, ", chapter.standard)
        };
        let mut charted = charted_before(chapter, edition);
        // An indicator that measures several provisions is told once in a chapter, at the first.
        let mut told = BTreeMap::new();
        let (mut provisions, mut others) = (Vec::new(), Vec::new());
        for provision in &chapter.provisions {
            let is_new = |i: &&Indicator| !told.contains_key(&i.code);
            let (fresh, repeated): (Vec<&Indicator>, Vec<&Indicator>) = provision.indicators.iter().partition(is_new);
            let is_bare = provision.ratings.is_empty() && provision.claims.is_empty() && provision.findings.is_empty();
            if is_bare && fresh.is_empty() {
                others.push(OtherView::of(provision));
                continue;
            }
            let repeated = repeated
                .iter()
                .filter_map(|i| Some(format!("{} (under {})", i.name, told.get(&i.code)?)))
                .collect();
            told.extend(fresh.iter().map(|i| (i.code.clone(), provision.number.clone())));
            provisions.push(ProvisionView::of(provision, &fresh, repeated, known, &mut charted));
        }
        Self {
            heading: format!("{standard}{number}{}", chapter.title),
            standard: chapter.standard.clone(),
            provisions,
            others,
        }
    }
}

/// Codes of the series that earlier chapters have charted already.
fn charted_before(chapter: &Chapter, edition: &Edition) -> BTreeSet<String> {
    let earlier = edition.chapters.iter().take_while(|c| !std::ptr::eq(*c, chapter));
    let measurements = earlier
        .flat_map(|c| &c.provisions)
        .flat_map(|p| &p.indicators)
        .flat_map(|i| &i.measurements);
    measurements
        .map(|m| m.series.clone())
        .filter(|code| !code.is_empty())
        .collect()
}

impl OtherView {
    fn of(provision: &Provision) -> Self {
        Self {
            slug: provision.slug.clone(),
            number: provision.number.clone(),
            obligation: provision.obligation.clone(),
            force: force(provision),
            unread: unread(provision),
            is_unassessed: provision.force.is_rated(),
        }
    }
}

impl ProvisionView {
    fn of(
        provision: &Provision,
        fresh: &[&Indicator],
        repeated: Vec<String>,
        known: &BTreeSet<u32>,
        charted: &mut BTreeSet<String>,
    ) -> Self {
        Self {
            slug: provision.slug.clone(),
            number: provision.number.clone(),
            title: provision.title.clone(),
            obligation: provision.obligation.clone(),
            force: force(provision),
            holder: provision.holder.clone(),
            unread: unread(provision),
            mapped: provision.mapped.clone(),
            evidence: provision
                .evidence
                .iter()
                .copied()
                .filter(|n| known.contains(n))
                .collect(),
            ratings: provision.ratings.iter().map(|r| RatingView::of(r, known)).collect(),
            claims: provision.claims.iter().map(ClaimView::of).collect(),
            findings: provision.findings.iter().map(|f| FindingView::of(f, known)).collect(),
            indicators: fresh.iter().map(|i| IndicatorView::of(i, known, charted)).collect(),
            repeated,
        }
    }
}

impl RatingView {
    fn of(rating: &Rating, known: &BTreeSet<u32>) -> Self {
        let column = |cycle: &str, scores: Scores| {
            let [structure, process, outcome] = codes(scores);
            ScoreColumn {
                cycle: cycle.to_owned(),
                structure,
                process,
                outcome,
            }
        };
        // Three cycles fit the width; older ones are in the data package.
        let skipped = rating.earlier.len().saturating_sub(2);
        let mut columns: Vec<ScoreColumn> = rating
            .earlier
            .iter()
            .skip(skipped)
            .map(|(cycle, scores)| column(cycle, *scores))
            .collect();
        columns.push(column("now", rating.now));
        Self {
            jurisdiction: rating.jurisdiction.words(),
            columns,
            trend: trend_words(rating.trend),
            trend_code: rating.trend.code(),
            confidence: rating.now.confidence.words(),
            letter_against_practice: rating.letter_against_practice,
            reasons: Rich::of(&with_cites(&rating.reasons, &rating.cites), known),
            assessed_by: rating.assessed_by.join(" and "),
            stances: stances(&rating.positions),
        }
    }
}

/// The trend as a phrase that says what it is compared with.
pub(super) fn trend_words(trend: Trend) -> String {
    let than = match trend {
        Trend::Better | Trend::Worse => " than in the cycle before",
        Trend::Same => " as in the cycle before",
        Trend::Broken => " with the cycle before",
        Trend::New => "",
    };
    format!("{trend}{than}")
}

/// Reasons name their evidence in the text; what they cite without naming is put at the end.
fn with_cites(reasons: &str, cites: &[u32]) -> String {
    let unnamed = cites
        .iter()
        .map(|n| format!("[{n}]"))
        .filter(|mark| !reasons.contains(mark))
        .collect::<Vec<_>>()
        .join(THIN_SPACE);
    if unnamed.is_empty() {
        reasons.to_owned()
    } else {
        format!("{reasons} {unnamed}")
    }
}

fn stances(positions: &[Position]) -> Vec<StanceView> {
    let order = [
        (Some(Stance::Agree), "Signed"),
        (Some(Stance::Dissent), "Dissents"),
        (Some(Stance::Abstain), "Abstains"),
        (None, "Did not answer"),
    ];
    let view = |(stance, words): (Option<Stance>, &'static str)| StanceView {
        stance: words,
        said: positions
            .iter()
            .filter(|p| p.stance == stance)
            .map(|p| (p.organisation.clone(), p.reason.clone()))
            .collect(),
    };
    order.into_iter().map(view).filter(|v| !v.said.is_empty()).collect()
}

impl ClaimView {
    fn of(claim: &Claim) -> Self {
        Self {
            jurisdiction: claim.jurisdiction.words(),
            body: claim.body.clone(),
            words: claim.words.clone(),
            source: claim.source.clone(),
            url: claim.source_url.clone(),
            on: date(&claim.made_on),
        }
    }
}

impl FindingView {
    fn of(finding: &Finding, known: &BTreeSet<u32>) -> Self {
        let replies = finding.replies.iter().map(|r| {
            if r.replied_on.is_empty() {
                (
                    format!("{} was sent this on {} and has not replied.", r.body, date(&r.sent_on)),
                    String::new(),
                )
            } else {
                (format!("{}, {}:", r.body, date(&r.replied_on)), r.words.clone())
            }
        });
        let keep = |references: &[u32]| references.iter().copied().filter(|n| known.contains(n)).collect();
        Self {
            slug: finding.slug.clone(),
            name: finding.slug.replace("finding-", "Finding "),
            title: finding.title.clone(),
            jurisdiction: finding.jurisdiction.words(),
            wording: Rich::of(&finding.wording, known),
            proof: finding.proof.words().to_lowercase(),
            supporting: keep(&finding.supporting),
            contrary: keep(&finding.contrary),
            contrary_search: finding.contrary_search.clone(),
            method_note: finding.method_note.clone(),
            replies: replies.collect(),
            reviewed_by: finding.reviewed_by.join(" and "),
        }
    }
}

impl IndicatorView {
    fn of(indicator: &Indicator, known: &BTreeSet<u32>, charted: &mut BTreeSet<String>) -> Self {
        let codes: BTreeSet<String> = indicator
            .measurements
            .iter()
            .map(|m| m.series.clone())
            .filter(|code| !code.is_empty())
            .collect();
        let comparability = indicator.comparability.as_ref();
        Self {
            name: format!("{} {}", indicator.code, indicator.name),
            definition: indicator.definition.clone(),
            kind: indicator.kind.words(),
            direction: indicator.direction.words(),
            limits: indicator.limits.clone(),
            comparability: comparability.map_or(String::new(), |(c, why)| {
                let why = if why.is_empty() {
                    String::new()
                } else {
                    format!(": {why}")
                };
                format!(
                    "Version {}. {} with version {}{why}.",
                    indicator.version,
                    c.words(),
                    indicator.version.saturating_sub(1)
                )
            }),
            series: codes.into_iter().filter(|code| charted.insert(code.clone())).collect(),
            rows: indicator
                .measurements
                .iter()
                .map(|m| MeasurementView::of(m, known))
                .collect(),
        }
    }
}

impl MeasurementView {
    fn of(m: &Measurement, known: &BTreeSet<u32>) -> Self {
        Self {
            name: format!("{} {}", m.measure, m.name),
            stratum: m.stratum.clone(),
            now: FigureView::of(&m.now, m.slug.clone()),
            before: m.before.as_ref().map(|(cycle, frozen, today)| BeforeView {
                cycle: cycle.clone(),
                frozen: FigureView::of(frozen, format!("{}-before", m.slug)),
                today: today
                    .as_ref()
                    .map(|figure| FigureView::of(figure, format!("{}-today", m.slug))),
            }),
            comparison: m.comparison.clone(),
            note: [m.note.clone()]
                .into_iter()
                .chain(m.breakdowns.iter().map(broken_down))
                .collect::<Vec<_>>()
                .join(" "),
            cites: m.cites.iter().copied().filter(|n| known.contains(n)).collect(),
        }
    }
}

/// A breakdown as a sentence: “By gender: female 60% (30 of 50), male withheld. …”
fn broken_down(of: &Breakdown) -> String {
    let parts: Vec<String> = of
        .parts
        .iter()
        .map(|part| match part.figure.of_how_many().as_str() {
            "" => format!("{} {}", part.words, part.figure),
            cases => format!("{} {} ({cases})", part.words, part.figure),
        })
        .collect();
    if parts.is_empty() {
        format!("By {}: {}", of.by, of.missing)
    } else {
        format!("By {}: {}. {}", of.by, parts.join(", "), of.missing)
    }
}

/// Every figure of a chapter's measurements, for the annex.
pub(super) fn figure_rows(chapter: &Chapter, known: &BTreeSet<u32>) -> Vec<FigureRow> {
    let mut rows = Vec::new();
    for provision in &chapter.provisions {
        for m in provision.indicators.iter().flat_map(|i| &i.measurements) {
            let what = format!("{} {}, {} ({})", m.measure, m.name, m.stratum, provision.number);
            rows.push(FigureRow {
                what: what.clone(),
                figure: FigureView::of(&m.now, m.slug.clone()),
                cites: m.cites.iter().copied().filter(|n| known.contains(n)).collect(),
            });
            if let Some((cycle, frozen, today)) = &m.before {
                rows.push(FigureRow {
                    what: format!("{what}: as frozen in {cycle}"),
                    figure: FigureView::of(frozen, format!("{}-before", m.slug)),
                    cites: Vec::new(),
                });
                if let Some(today) = today {
                    rows.push(FigureRow {
                        what: format!("{what}: {cycle} as published today"),
                        figure: FigureView::of(today, format!("{}-today", m.slug)),
                        cites: Vec::new(),
                    });
                }
            }
        }
    }
    rows
}

/// Every rating of a chapter, one row each.
pub(super) fn rating_rows(chapter: &Chapter) -> Vec<RatingRow> {
    let rows = chapter
        .provisions
        .iter()
        .flat_map(|provision| provision.ratings.iter().map(move |rating| (provision, rating)));
    rows.map(|(provision, rating)| RatingRow {
        slug: provision.slug.clone(),
        number: provision.number.clone(),
        jurisdiction: rating.jurisdiction.words(),
        force: force(provision),
        now: codes(rating.now),
        before: rating.earlier.last().map(|(_, scores)| codes(*scores)),
        trend: rating.trend.words(),
        letter_against_practice: rating.letter_against_practice,
    })
    .collect()
}
