//! The print view: the edition as the templates read it. Figures become text here and nowhere else;
//! dates become words; references in running text become links.

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use domain::assessment::Grade;
use domain::series::SourceKind;
use monitoring::edition::frozen::{Edition, Evidence, Interest, Recommendation, Series};
use monitoring::gate::Gated;
use serde::Serialize;

use super::brief::{AtIssue, at_issue, by_urgency};
use super::provision::{ChapterView, RatingRow};
use super::reply::QuestionView;
use crate::chart::chart_svg;
use crate::profile::{caption, profile_svg};
use crate::wording::{self, day as date};

/// What is said on every page of an edition with invented parts.
pub(super) const INVENTED: &str = "Invented for demonstration: ratings, findings, claims, evidence, quotations and replies. Official statistics are real.";

/// What stands between two references.
pub(super) const THIN_SPACE: &str = "\u{2009}";

/// A part of running text: words, or a reference to evidence.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Piece {
    Words(String),
    Reference(u32),
}

/// Running text with its `[n]` turned into references, where the edition has such evidence.
#[derive(Serialize, Default)]
pub(super) struct Rich(pub(super) Vec<Piece>);

impl Rich {
    pub(super) fn of(text: &str, known: &BTreeSet<u32>) -> Self {
        let mut pieces = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('[') {
            let reference = after
                .split_once(']')
                .and_then(|(inside, tail)| Some((inside.parse::<u32>().ok().filter(|n| known.contains(n))?, tail)));
            words.push_str(before);
            if let Some((number, tail)) = reference {
                if !words.is_empty() {
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                } else if !pieces.is_empty() {
                    // Two references side by side would read as one.
                    pieces.push(Piece::Words(THIN_SPACE.to_owned()));
                }
                pieces.push(Piece::Reference(number));
                rest = tail;
            } else {
                words.push('[');
                rest = after;
            }
        }
        words.push_str(rest);
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        Self(pieces)
    }
}

/// A figure as it is printed, with the label of its row in the annex.
#[derive(Serialize, Clone)]
pub(super) struct FigureView {
    /// Label of the row in the annex.
    pub row: String,
    /// The value, or the publisher's mark.
    pub value: String,
    /// The unit, where the value does not carry it.
    pub unit: String,
    /// “70 of 140” or “of 347 cases”, and the interval.
    pub basis: String,
    /// Warnings that stand on the figure's face.
    pub marks: Vec<&'static str>,
    pub source: String,
    pub url: String,
    pub vintage: String,
}

impl FigureView {
    pub(super) fn of(figure: &Gated, row: String) -> Self {
        let basis: Vec<String> = [figure.of_how_many(), figure.interval_words()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let marks = [
            (figure.source_kind() == SourceKind::Secondary, "secondary source"),
            (figure.is_unverified(), "unverified"),
            (figure.is_invented(), "invented"),
        ];
        Self {
            row,
            value: figure.to_string(),
            unit: figure.unit_beside().into_owned(),
            basis: basis.join("; "),
            marks: marks
                .into_iter()
                .filter_map(|(applies, mark)| applies.then_some(mark))
                .collect(),
            source: figure.source().to_owned(),
            url: figure.source_url().to_owned(),
            vintage: wording::vintage(figure),
        }
    }
}

/// A row of the annex of figures.
#[derive(Serialize)]
pub(super) struct FigureRow {
    pub what: String,
    pub figure: FigureView,
    pub cites: Vec<u32>,
}

#[derive(Serialize)]
struct Headline {
    label: String,
    figure: FigureView,
}

#[derive(Serialize)]
struct SummaryView {
    words: Vec<Rich>,
    headlines: Vec<String>,
    trends: Vec<(&'static str, u32)>,
    letter_against_practice: Vec<String>,
    figures: Vec<Headline>,
}

#[derive(Serialize)]
struct GradeView {
    cycle: String,
    letter: &'static str,
    words: &'static str,
    reasons: String,
    reply: String,
}

#[derive(Serialize)]
struct RecommendationView {
    slug: String,
    name: String,
    addressee: String,
    urgency: &'static str,
    strength: &'static str,
    wording: String,
    success: String,
    due: String,
    provisions: Vec<(String, String)>,
    repeats: String,
    grades: Vec<GradeView>,
    latest: Option<&'static str>,
    /// What must be said of its due date, or empty.
    overdue: &'static str,
}

impl RecommendationView {
    fn of(item: &Recommendation, edition: &Edition, printed: &BTreeSet<&str>) -> Self {
        let grades: Vec<GradeView> = item
            .grades
            .iter()
            .map(|g| GradeView {
                cycle: g.cycle.clone(),
                letter: g.grade.code(),
                words: after_colon(g.grade.words()),
                reasons: g.reasons.clone(),
                reply: g.reply.clone(),
            })
            .collect();
        Self {
            slug: item.slug.clone(),
            name: format!("{} no. {}", item.cycle, item.number),
            addressee: item.addressee.clone(),
            urgency: item.urgency.words(),
            strength: item.urgency.code(),
            wording: sentence(&item.wording),
            success: item.success.clone(),
            due: date(&item.due_on),
            // A provision that is not printed gets no link: its slug is left empty.
            provisions: item
                .provisions
                .iter()
                .map(|(slug, number)| {
                    (
                        if printed.contains(slug.as_str()) {
                            slug.clone()
                        } else {
                            String::new()
                        },
                        number.clone(),
                    )
                })
                .collect(),
            repeats: item.repeats.clone(),
            latest: grades.last().map(|g| g.letter),
            grades,
            overdue: wording::overdue(item, edition),
        }
    }
}

/// Starts with a capital and ends with a full stop, whichever way it was typed.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let capital: String = letters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().collect());
    let stop = if text.ends_with(['.', '!', '?', '”']) {
        ""
    } else {
        "."
    };
    format!("{capital}{}{stop}", letters.as_str())
}

/// “A: largely carried out” without its letter.
pub(super) fn after_colon(words: &'static str) -> &'static str {
    words.split_once(": ").map_or(words, |(_, rest)| rest)
}

#[derive(Serialize)]
struct PointView {
    period: String,
    of: String,
    figure: FigureView,
    is_superseded: bool,
}

#[derive(Serialize)]
pub(super) struct SeriesView {
    code: String,
    title: String,
    publisher: String,
    unit: String,
    /// “counted in persons”, to stand after the publisher.
    counted: String,
    /// Path of its chart, or empty where it has none.
    chart: String,
    breaks: Vec<(String, String)>,
    points: Vec<PointView>,
}

impl SeriesView {
    fn of(position: usize, series: &Series, edition: &Edition) -> Self {
        let mut order: Vec<_> = series.points.iter().enumerate().collect();
        order.sort_by_key(|(_, point)| point.breakdown != "total");
        let points = order.into_iter().map(|(nth, point)| PointView {
            period: wording::period(&point.period),
            of: wording::of_whom(point),
            figure: FigureView::of(&point.figure, format!("point-{position}-{nth}")),
            is_superseded: point.is_superseded,
        });
        Self {
            code: series.code.clone(),
            title: series.title.clone(),
            publisher: series.publisher.clone(),
            unit: wording::unit(&series.unit).to_owned(),
            counted: wording::counted(series),
            chart: chart_svg(series, &edition.breaks).map_or(String::new(), |_| format!("charts/{position}.svg")),
            breaks: edition
                .breaks
                .iter()
                .filter(|b| b.code == series.code)
                .map(|b| (date(&b.on), b.reason.clone()))
                .collect(),
            points: points.collect(),
        }
    }
}

#[derive(Serialize)]
struct EvidenceView<'a> {
    #[serde(flatten)]
    item: &'a Evidence,
    on: String,
    /// Its publisher at the beginning of a sentence.
    publisher_first: String,
}

#[derive(Serialize)]
struct CorrectionView<'a> {
    /// Which revision made it, and when.
    head: String,
    words: &'a str,
    /// What was corrected; empty in what was frozen before this was kept.
    passage: &'a str,
    before: &'a str,
    after: &'a str,
}

#[derive(Serialize)]
struct InterestView<'a> {
    #[serde(flatten)]
    item: &'a Interest,
    /// What it leads to, in words.
    leads_to: String,
}

/// Everything the templates read.
#[derive(Serialize)]
pub(super) struct View<'a> {
    cycle: &'a str,
    title: &'a str,
    state: &'a str,
    /// Year, month and day of this revision, for the document's own date.
    day: (i16, i8, i8),
    revision: String,
    published: String,
    period: String,
    cutoff: String,
    invented: &'static str,
    corrections: Vec<CorrectionView<'a>>,
    standards: Vec<(&'a str, &'a str, String, &'a str)>,
    organisations: &'a [String],
    caption: String,
    summary: SummaryView,
    method: Vec<(&'a str, &'a [String])>,
    /// The signed checkpoint and the key it is checked with.
    checkpoint: Option<(&'a str, &'a str)>,
    chapters: Vec<ChapterView>,
    /// Whether the contents list provisions too, or chapters alone.
    contents_depth: u8,
    ratings: Vec<RatingRow>,
    recommendations: Vec<RecommendationView>,
    earlier: Vec<RecommendationView>,
    /// Letter, words and number of earlier recommendations by their latest grade.
    grades: Vec<(&'static str, &'static str, usize)>,
    evidence: Vec<EvidenceView<'a>>,
    figures: Vec<FigureRow>,
    series: BTreeMap<String, SeriesView>,
    breaks: Vec<(String, &'a str, &'a str)>,
    not_assessed: Vec<(&'a str, &'a str)>,
    interests: Vec<InterestView<'a>>,
    questionnaire: Vec<QuestionView>,
    tombstones: Vec<(&'a str, &'a str, String, &'a str, &'a str)>,
    abbreviations: Vec<(&'static str, &'static str)>,
    /// For the brief: ratings at issue, each beside the state's account and the finding of the same place.
    at_issue: Vec<AtIssue>,
    /// For the brief: positions of recommendations and of earlier ones, the most urgent first.
    urgent: Vec<usize>,
    urgent_earlier: Vec<usize>,
    /// Under what others may use the data.
    terms: String,
    /// How many items each list of the brief may have.
    items: usize,
}

/// The labels of everything that is printed under one.
fn labels(edition: &Edition) -> BTreeSet<String> {
    let provisions = edition.chapters.iter().flat_map(|chapter| &chapter.provisions);
    let (of_provisions, of_findings): (Vec<_>, Vec<_>) = provisions
        .map(|provision| {
            let findings = provision.findings.iter().map(|finding| finding.slug.clone());
            (provision.slug.clone(), findings.collect::<Vec<_>>())
        })
        .unzip();
    let recommendations = edition.recommendations.iter().chain(&edition.earlier_recommendations);
    of_provisions
        .into_iter()
        .chain(of_findings.into_iter().flatten())
        .chain(recommendations.map(|item| item.slug.clone()))
        .chain(
            edition
                .evidence
                .iter()
                .map(|item| format!("evidence-{}", item.reference)),
        )
        .collect()
}

impl<'a> View<'a> {
    #[expect(clippy::too_many_lines, reason = "one field after the other, nothing to follow")]
    pub(super) fn of(edition: &'a Edition, items: usize) -> Self {
        let known: BTreeSet<u32> = edition.evidence.iter().map(|e| e.reference).collect();
        let chapters: Vec<ChapterView> = edition
            .chapters
            .iter()
            .map(|chapter| ChapterView::of(chapter, edition, &known))
            .collect();
        let printed: BTreeSet<&str> = edition
            .chapters
            .iter()
            .flat_map(|c| &c.provisions)
            .map(|p| p.slug.as_str())
            .collect();
        let mut labels = labels(edition);
        let day = Day::parse(&edition.published_on).map_or((1970, 1, 1), |d| (d.year(), d.month(), d.day_of_month()));
        let recommendations = |items: &[Recommendation]| {
            items
                .iter()
                .map(|item| RecommendationView::of(item, edition, &printed))
                .collect::<Vec<_>>()
        };
        let earlier = recommendations(&edition.earlier_recommendations);
        let rated = edition
            .chapters
            .iter()
            .flat_map(|c| &c.provisions)
            .filter(|p| !p.ratings.is_empty())
            .count();
        let summary = summary(edition, &known);
        let mut figures: Vec<FigureRow> = summary
            .figures
            .iter()
            .map(|headline| FigureRow {
                what: format!("Summary: {}", headline.label),
                figure: headline.figure.clone(),
                cites: Vec::new(),
            })
            .collect();
        figures.extend(
            edition
                .chapters
                .iter()
                .flat_map(|chapter| super::provision::figure_rows(chapter, &known)),
        );
        // One indicator may stand under several provisions; its figures have one row each.
        let mut rows = BTreeSet::new();
        figures.retain(|row| rows.insert(row.figure.row.clone()));
        Self {
            cycle: &edition.cycle,
            title: &edition.title,
            state: &edition.state,
            day,
            revision: if edition.revision > 1 {
                format!("Revision {}", edition.revision)
            } else {
                String::new()
            },
            published: date(&edition.published_on),
            period: wording::period(&edition.period),
            cutoff: date(&edition.cutoff_on),
            invented: if edition.is_invented { INVENTED } else { "" },
            corrections: edition
                .corrections
                .iter()
                .map(|c| CorrectionView {
                    head: format!("Revision {}, {}", c.revision, date(&c.on)),
                    words: &c.words,
                    passage: &c.passage,
                    before: &c.before,
                    after: &c.after,
                })
                .collect(),
            standards: edition
                .standards
                .iter()
                .map(|s| (s.code.as_str(), s.title.as_str(), date(&s.version), s.source.as_str()))
                .collect(),
            organisations: &edition.organisations,
            caption: caption(edition),
            summary,
            method: edition
                .method
                .iter()
                .map(|m| (m.heading.as_str(), m.paragraphs.as_slice()))
                .collect(),
            checkpoint: edition.checkpoint.as_ref().map(|c| (c.note.as_str(), c.key.as_str())),
            contents_depth: if rated <= 40 { 2 } else { 1 },
            ratings: edition
                .chapters
                .iter()
                .flat_map(super::provision::rating_rows)
                .collect(),
            chapters,
            recommendations: recommendations(&edition.recommendations),
            grades: Grade::ALL
                .iter()
                .map(|g| {
                    (
                        g.code(),
                        after_colon(g.words()),
                        earlier.iter().filter(|r| r.latest == Some(g.code())).count(),
                    )
                })
                .collect(),
            earlier,
            evidence: edition
                .evidence
                .iter()
                .map(|item| EvidenceView {
                    item,
                    on: date(&item.effective_on),
                    publisher_first: wording::capital(&item.publisher),
                })
                .collect(),
            figures,
            series: edition
                .series
                .iter()
                .enumerate()
                .map(|(position, series)| (series.code.clone(), SeriesView::of(position, series, edition)))
                .collect(),
            breaks: edition
                .breaks
                .iter()
                .map(|b| (date(&b.on), b.what.as_str(), b.reason.as_str()))
                .collect(),
            not_assessed: edition
                .not_assessed
                .iter()
                .map(|n| (n.provision.as_str(), n.reason.as_str()))
                .collect(),
            interests: edition
                .interests
                .iter()
                .map(|item| InterestView {
                    item,
                    leads_to: wording::effect(item),
                })
                .collect(),
            questionnaire: super::reply::questions(edition),
            tombstones: edition
                .tombstones
                .iter()
                .map(|t| {
                    // What is left of a passage keeps its label; a second tombstone of one place adds none.
                    let slug = if labels.insert(t.slug.clone()) {
                        t.slug.as_str()
                    } else {
                        ""
                    };
                    (
                        t.what.as_str(),
                        slug,
                        date(&t.on),
                        t.reason.as_str(),
                        t.unreachable.as_str(),
                    )
                })
                .collect(),
            abbreviations: crate::abbreviation::used(edition),
            at_issue: at_issue(edition),
            urgent: by_urgency(&edition.recommendations),
            urgent_earlier: by_urgency(&edition.earlier_recommendations),
            terms: crate::package::terms(edition),
            items: items.min(1_000),
        }
    }
}

/// The pictures by path.
pub(super) fn pictures(edition: &Edition) -> Vec<(String, String)> {
    let charts = edition.series.iter().enumerate();
    let mut all: Vec<(String, String)> = charts
        .filter_map(|(position, series)| Some((format!("charts/{position}.svg"), chart_svg(series, &edition.breaks)?)))
        .collect();
    all.push(("profile.svg".to_owned(), profile_svg(edition)));
    all
}

fn summary(edition: &Edition, known: &BTreeSet<u32>) -> SummaryView {
    let summary = &edition.summary;
    let figures = summary.figures.iter().enumerate();
    SummaryView {
        words: summary.words.iter().map(|words| Rich::of(words, known)).collect(),
        headlines: summary.headlines.clone(),
        trends: summary
            .trends
            .iter()
            .map(|(trend, count)| (trend.words(), *count))
            .collect(),
        letter_against_practice: summary.letter_against_practice.clone(),
        figures: figures
            .map(|(nth, (label, figure))| Headline {
                label: label.clone(),
                figure: FigureView::of(figure, format!("summary-{nth}")),
            })
            .collect(),
    }
}
