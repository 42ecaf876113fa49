//! What an edition says, frozen: plain data from which every page, the PDF and the data package
//! are made, and from nothing else. Publishing the same frozen edition twice gives the same bytes.
//!
//! Every number about the world in here is a [`Gated`]; the rest are words, codes, and ordinals
//! such as positions and years.

use domain::assessment::{Confidence, Grade, Proof, Score, Stance, Trend, Urgency};
use domain::cycle::Jurisdiction;
use domain::indicator::{Comparability, Direction, IndicatorKind};
use domain::publication::Licence;
use domain::standard::{Force, Verified};
use serde::{Deserialize, Serialize};

use crate::gate::Gated;

/// One revision of one edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// Code of the cycle, which is also the edition's address: `2025`.
    pub cycle: String,
    /// “Audit 2025”.
    pub title: String,
    /// 1 for the first publication; corrections count up.
    pub revision: u32,
    /// ISO day of this revision.
    pub published_on: String,
    /// First and last day audited, ISO.
    pub period: (String, String),
    /// Evidence later than this was not considered. ISO day.
    pub cutoff_on: String,
    /// Whether ratings, findings, claims, evidence and replies were invented for a demonstration.
    pub is_invented: bool,
    /// The name of the state in running text: “the United Kingdom”.
    pub state: String,
    /// What this revision changed, one line each, newest first; empty in revision 1.
    pub corrections: Vec<Correction>,
    /// Standards audited, the main one first.
    pub standards: Vec<StandardEntry>,
    /// Members of the coalition.
    pub organisations: Vec<String>,
    /// The one-page summary.
    pub summary: Summary,
    /// Method and data quality: paragraphs under headings.
    pub method: Vec<Section>,
    /// One per chapter of the standards, in order.
    pub chapters: Vec<Chapter>,
    /// Recommendations of this cycle.
    pub recommendations: Vec<Recommendation>,
    /// Recommendations of earlier cycles with what became of them.
    pub earlier_recommendations: Vec<Recommendation>,
    /// Evidence that may be shown to the public, in the order of its references.
    pub evidence: Vec<Evidence>,
    /// Statistics charted or tabled.
    pub series: Vec<Series>,
    /// Breaks in series and indicators: what must not be compared, and why.
    pub breaks: Vec<Break>,
    /// Rated provisions that could not be assessed, with the reason.
    pub not_assessed: Vec<NotAssessed>,
    /// Declared interests.
    pub interests: Vec<Interest>,
    /// Sections of the official monitor's questionnaire with what this edition answers to each.
    pub questionnaire: Vec<QuestionnaireSection>,
    /// Passages removed in an emergency, from every revision.
    pub tombstones: Vec<Tombstone>,
    /// Under what others may use the data; `None` where it was frozen before one had to be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
    /// The signed checkpoint of the log of acts that this revision prints. It is taken after freezing,
    /// so that it covers the act of publishing too, and put in when the revision is rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
}

/// A signed statement of how the log of acts stood, by which partners can prove their part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The signed note (C2SP), to be kept byte for byte.
    pub note: String,
    /// The public key that it is checked with.
    pub key: String,
}

/// A change made by a later revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The revision that made it.
    pub revision: u32,
    /// ISO day.
    pub on: String,
    /// What changed and why, for the reader.
    pub words: String,
    /// What kind of passage was corrected; empty in what was frozen before this was kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub passage: String,
    /// The words it had.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// The words it has since.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
}

/// A standard audited in this edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandardEntry {
    /// `CETS 197`.
    pub code: String,
    /// Full title.
    pub title: String,
    /// Version frozen.
    pub version: String,
    /// Where it can be read.
    pub source: String,
}

/// The summary on one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Two or three paragraphs.
    pub words: Vec<String>,
    /// The findings that matter most, as one line each.
    pub headlines: Vec<String>,
    /// How many rated provisions have each trend, in the order of `Trend::ALL`.
    pub trends: Vec<(Trend, u32)>,
    /// Rated provisions where the letter is kept and the practice is not.
    pub letter_against_practice: Vec<String>,
    /// Official figures worth a place on the first page, with a label each.
    pub figures: Vec<(String, Gated)>,
}

/// Paragraphs under a heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Paragraphs.
    pub paragraphs: Vec<String>,
}

/// A chapter of a standard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chapter {
    /// `CETS 197`.
    pub standard: String,
    /// Number as printed (roman numeral), or empty.
    pub number: String,
    /// Title.
    pub title: String,
    /// Provisions in order.
    pub provisions: Vec<Provision>,
}

/// A provision with everything the edition says about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provision {
    /// Address and anchor, unique in the edition: `cets-197-10-2-part-2`.
    pub slug: String,
    /// Number as printed, with our sub-number: `10(2).2`.
    pub number: String,
    /// Article it belongs to: `10`.
    pub article: String,
    /// The paragraph it is grouped under, or empty: `10(2)`.
    pub heading: String,
    /// Official title of the article.
    pub title: String,
    /// The obligation in our own short words.
    pub obligation: String,
    /// How strongly it binds.
    pub force: Force,
    /// What lowers it: “where appropriate”; or empty. Printed beside every rating.
    pub qualifier: String,
    /// Who owes it.
    pub holder: String,
    /// Whether the row was read against the text.
    pub verified: Verified,
    /// Ratings, one per jurisdiction; empty where it is not rated.
    pub ratings: Vec<Rating>,
    /// Indicators with this cycle's measurements.
    pub indicators: Vec<Indicator>,
    /// What the state says.
    pub claims: Vec<Claim>,
    /// What the audit finds.
    pub findings: Vec<Finding>,
    /// References into [`Edition::evidence`] that bear on it.
    pub evidence: Vec<u32>,
    /// How this provision relates to provisions of the other standards.
    pub mapped: Vec<String>,
}

/// Three scores, a trend and a confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// The letter.
    pub structure: Score,
    /// What is done.
    pub process: Score,
    /// What comes of it.
    pub outcome: Score,
    /// How sure.
    pub confidence: Confidence,
}

/// A rating of a provision in one jurisdiction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// Where it holds.
    pub jurisdiction: Jurisdiction,
    /// Now.
    pub now: Scores,
    /// Compared with the cycle before.
    pub trend: Trend,
    /// Earlier cycles' code and scores, oldest first.
    pub earlier: Vec<(String, Scores)>,
    /// Structure 3 or more while outcome is 1 or less.
    pub letter_against_practice: bool,
    /// Why, with references.
    pub reasons: String,
    /// References into [`Edition::evidence`].
    pub cites: Vec<u32>,
    /// The two organisations whose assessors rated it.
    pub assessed_by: Vec<String>,
    /// Every organisation's stance; `None` is silence, and it is printed.
    pub positions: Vec<Position>,
}

/// What one organisation says of a rating.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The organisation.
    pub organisation: String,
    /// Its stance; `None`: it did not answer.
    pub stance: Option<Stance>,
    /// Its reason, or empty.
    pub reason: String,
}

/// An indicator with its measurements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// `I13`.
    pub code: String,
    /// Version frozen by the cycle.
    pub version: u32,
    /// Name.
    pub name: String,
    /// Definition in words.
    pub definition: String,
    /// Structural, process or outcome.
    pub kind: IndicatorKind,
    /// Which way is better.
    pub direction: Direction,
    /// What it cannot show.
    pub limits: String,
    /// Against the version before, where this one is not the first.
    pub comparability: Option<(Comparability, String)>,
    /// Values of this cycle.
    pub measurements: Vec<Measurement>,
}

/// A measure's value with its comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Anchor, unique in the edition: `m-i13a-total`.
    pub slug: String,
    /// `I13a`.
    pub measure: String,
    /// Name of the measure.
    pub name: String,
    /// The stratum in words: “all”, “women”, “Scotland”.
    pub stratum: String,
    /// Now.
    pub now: Gated,
    /// The cycle before: its code, the value frozen then, and today's vintage of it where that differs.
    pub before: Option<(String, Gated, Option<Gated>)>,
    /// The comparison in words, or why none is made.
    pub comparison: String,
    /// What was left out, missing shares, whose data.
    pub note: String,
    /// References into [`Edition::evidence`], if any.
    pub cites: Vec<u32>,
    /// Code of the series it was taken from, or empty.
    pub series: String,
    /// Breakdowns of a figure that was computed from pooled cases, one column at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breakdowns: Vec<Breakdown>,
}

/// A breakdown of a figure that was computed from pooled cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Breakdown {
    /// The column: `gender`.
    pub column: String,
    /// What it is broken down by, in words.
    pub by: String,
    /// Its parts: none where it is withheld whole.
    pub parts: Vec<Part>,
    /// How many cases are in no part that is shown, in words.
    pub missing: String,
}

/// One part of a breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The code: `female`.
    pub code: String,
    /// What it means.
    pub words: String,
    /// Its figure, or that it is withheld.
    pub figure: Gated,
}

/// What the state says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Id in the database, so that a passage can be withdrawn.
    pub id: String,
    /// Where it holds.
    pub jurisdiction: Jurisdiction,
    /// Who said it, or empty.
    pub body: String,
    /// What it says.
    pub words: String,
    /// Where it was said.
    pub source: String,
    /// Address, or empty.
    pub source_url: String,
    /// ISO day.
    pub made_on: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// A finding of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Id in the database.
    pub id: String,
    /// Anchor: `finding-3`.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Where it holds.
    pub jurisdiction: Jurisdiction,
    /// The published wording.
    pub wording: String,
    /// How sure it is.
    pub proof: Proof,
    /// References that support it.
    pub supporting: Vec<u32>,
    /// References that speak against it.
    pub contrary: Vec<u32>,
    /// How contrary evidence was looked for.
    pub contrary_search: String,
    /// Note where one official statistic stands alone, or empty.
    pub method_note: String,
    /// Right of reply.
    pub replies: Vec<Reply>,
    /// Organisations whose reviewers approved it.
    pub reviewed_by: Vec<String>,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// A right of reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// Whom it was sent to.
    pub body: String,
    /// ISO day.
    pub sent_on: String,
    /// ISO day, or empty while there is no reply.
    pub replied_on: String,
    /// The reply, or empty.
    pub words: String,
}

/// A recommendation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Id in the database.
    pub id: String,
    /// Anchor: `recommendation-2025-4`.
    pub slug: String,
    /// Cycle that made it.
    pub cycle: String,
    /// Number in that cycle.
    pub number: u32,
    /// Who it is addressed to.
    pub addressee: String,
    /// How strongly it speaks.
    pub urgency: Urgency,
    /// What should be done.
    pub wording: String,
    /// How success would be known.
    pub success: String,
    /// ISO day.
    pub due_on: String,
    /// Provisions it serves, as (slug, number).
    pub provisions: Vec<(String, String)>,
    /// “2024 no. 3”, where it repeats an earlier one; else empty.
    pub repeats: String,
    /// Grades by cycle, oldest first.
    pub grades: Vec<Graded>,
    /// Due before this edition's cut-off and not graded A.
    pub is_overdue: bool,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// What became of a recommendation in one cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// Cycle.
    pub cycle: String,
    /// Grade.
    pub grade: Grade,
    /// Why.
    pub reasons: String,
    /// The addressee's reply, or empty.
    pub reply: String,
}

/// An item of evidence as the public may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Number by which the edition refers to it, from 1.
    pub reference: u32,
    /// Id in the database.
    pub id: String,
    /// Title; for what may not be shown, “Held by the coalition”.
    pub title: String,
    /// Publisher, or “withheld”.
    pub publisher: String,
    /// Kind in words.
    pub kind: String,
    /// ISO day.
    pub effective_on: String,
    /// Grades: reliability A to F and credibility 1 to 6, “B2”.
    pub grade: String,
    /// Summary, only where handling is open.
    pub summary: String,
    /// Address, or empty.
    pub source_url: String,
    /// Words that may be quoted, each with its place.
    pub quotes: Vec<(String, String)>,
    /// Reference of what it was derived from, if it is in the edition.
    pub derived_from: Option<u32>,
    /// SHA-256 of its files.
    pub hashes: Vec<String>,
    /// Handling in words.
    pub handling: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// A series, with every vintage of each value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// Unit.
    pub unit: String,
    /// What is counted, in words.
    pub counting_rule: String,
    /// Points in order of breakdown, category, period and vintage.
    pub points: Vec<Point>,
}

/// One value of a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// First and last day, ISO.
    pub period: (String, String),
    /// `total` or the dimension: `age_at_exploitation`.
    pub breakdown: String,
    /// `total` or the category.
    pub category: String,
    /// The value.
    pub figure: Gated,
    /// Whether a later vintage of the same value exists.
    pub is_superseded: bool,
}

/// Something that must not be compared across.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Break {
    /// What breaks: a series' or indicator's title.
    pub what: String,
    /// Code of the series, or of the indicator.
    pub code: String,
    /// ISO day.
    pub on: String,
    /// Why.
    pub reason: String,
}

/// A rated provision without an assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotAssessed {
    /// Slug of the provision.
    pub slug: String,
    /// Number and title.
    pub provision: String,
    /// Why.
    pub reason: String,
}

/// A declared interest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interest {
    /// Who declared it: the organisation (assessors are not named).
    pub organisation: String,
    /// Kind in words.
    pub kind: String,
    /// In which body or provision.
    pub about: String,
    /// In the declarer's words.
    pub words: String,
    /// Whether it barred an assessor.
    pub barred: bool,
    /// Who may not rate what because of it, as a sentence; empty where it bars nobody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub effect: String,
}

/// A section of the official monitor's questionnaire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionnaireSection {
    /// Round: 3 or 4.
    pub round: u32,
    /// Section number as the monitor gives it: `2`, `II`.
    pub section: String,
    /// Title, shortened, in our words.
    pub title: String,
    /// Articles it names.
    pub articles: Vec<String>,
    /// The monitor's question number; empty until a person enters it from the document.
    pub official_no: String,
    /// Slugs of the provisions that answer it.
    pub provisions: Vec<String>,
}

/// A passage removed in an emergency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tombstone {
    /// What stood there: “Finding 3”.
    pub what: String,
    /// Slug where it stood, so that links still land.
    pub slug: String,
    /// ISO day.
    pub on: String,
    /// The reason given.
    pub reason: String,
    /// What cannot be recalled: copies already sent, printed or saved by others.
    pub unreachable: String,
}
