//! What the demonstration's cycles hold: their calendar, assessments, findings and recommendations.

use domain::assessment::{Confidence, Grade, Proof, Score, Trend, Urgency, Verdict};
use domain::cycle::Jurisdiction;
use domain::time::Day;
use serde::Deserialize;

/// One audit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cycle {
    pub sheet: CycleSheet,
    pub assessments: Vec<Assessment>,
    pub findings: Vec<Finding>,
    pub recommendations: Vec<Recommendation>,
}

/// A cycle's calendar, method and published words. The days after the cut-off are empty while it is open.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CycleSheet {
    pub code: String,
    pub title: String,
    pub period_start: Day,
    pub period_end: Day,
    pub opened_on: Day,
    pub cutoff_on: Day,
    pub assessing_on: Option<Day>,
    pub opinions_on: Option<Day>,
    pub reconciled_on: Option<Day>,
    pub signed_on: Option<Day>,
    pub closed_on: Option<Day>,
    pub published_on: Option<Day>,
    /// Codes of standards, the main one first.
    pub standards: Vec<String>,
    pub method: Vec<Section>,
    pub summary: Option<Summary>,
    #[serde(default)]
    pub figures: Vec<FirstPageFigure>,
    /// What was corrected after it was published.
    pub correction: Option<Correction>,
}

impl CycleSheet {
    /// The method as one text: headings after `## `, an empty line between paragraphs.
    pub(crate) fn method_text(&self) -> String {
        let sections = self
            .method
            .iter()
            .map(|section| format!("## {}\n\n{}", section.heading, section.paragraphs.join("\n\n")));
        sections.collect::<Vec<_>>().join("\n\n")
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    pub heading: String,
    pub paragraphs: Vec<String>,
}

/// The words of the edition's first page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Summary {
    pub words: Vec<String>,
    pub headlines: Vec<String>,
}

/// A finding reworded after publication.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    pub on: Day,
    /// The finding's key.
    pub finding: String,
    /// Its words since.
    pub words: String,
    pub reason: String,
}

/// A figure of a series that stands on the edition's first page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstPageFigure {
    pub label: String,
    pub series: String,
    pub period_start: Day,
    pub period_end: Day,
    pub breakdown: String,
    pub category: String,
    pub published_on: Day,
}

/// Structure, process and outcome, written `3 2 N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Rating {
    pub structure: Score,
    pub process: Score,
    pub outcome: Score,
}

impl TryFrom<String> for Rating {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let scores: Result<Vec<Score>, _> = text.split(' ').map(Score::parse).collect();
        match scores.map_err(|fault| fault.to_string())?.as_slice() {
            &[structure, process, outcome] => Ok(Self {
                structure,
                process,
                outcome,
            }),
            _ => Err(format!("“{text}” is not three scores")),
        }
    }
}

/// Organisations that are named nowhere under it sign it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assessment {
    pub provision: String,
    pub jurisdiction: Jurisdiction,
    pub opinions: [Opinion; 2],
    /// None while it is open.
    pub agreed: Option<Agreed>,
    #[serde(default)]
    pub dissents: Vec<Reason>,
    #[serde(default)]
    pub abstentions: Vec<Reason>,
    /// Keys of organisations that did not answer.
    #[serde(default)]
    pub silent: Vec<String>,
}

/// One assessor's rating; without one it is assigned and not yet in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opinion {
    pub by: String,
    pub rating: Option<Rating>,
    pub confidence: Option<Confidence>,
    #[serde(default)]
    pub cites: Vec<String>,
    #[serde(default)]
    pub reasons: String,
}

/// What the two agreed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agreed {
    pub rating: Rating,
    pub confidence: Confidence,
    pub trend: Trend,
    pub cites: Vec<String>,
    pub reasons: String,
}

/// Why an organisation dissents or abstains.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    pub organisation: String,
    pub reason: String,
}

/// Approved if it has reviews, otherwise a draft.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finding {
    pub key: String,
    pub provision: String,
    pub jurisdiction: Jurisdiction,
    pub by: String,
    pub recorded_on: Day,
    pub title: String,
    pub claim: String,
    pub wording: String,
    pub proof: Proof,
    pub supporting: Vec<String>,
    pub contrary: Vec<String>,
    #[serde(default)]
    pub contrary_search: String,
    pub contrary_searched_on: Option<Day>,
    /// Where one official statistic stands alone.
    #[serde(default)]
    pub method_note: String,
    #[serde(default)]
    pub replies: Vec<Reply>,
    #[serde(default)]
    pub reviews: Vec<Review>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub body: String,
    pub sent_on: Day,
    pub due_on: Day,
    pub replied_on: Option<Day>,
    #[serde(default)]
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Review {
    pub by: String,
    pub on: Day,
    pub verdict: Verdict,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recommendation {
    pub number: i32,
    pub body: String,
    /// Key of a finding of the same cycle.
    pub finding: Option<String>,
    pub by: String,
    pub recorded_on: Day,
    pub urgency: Urgency,
    /// Follows the addressee and the urgency: “… urges the Department to” + wording.
    pub wording: String,
    pub success: String,
    pub due_on: Day,
    pub provisions: Vec<String>,
    pub repeat_of: Option<RepeatOf>,
    /// One per later closed cycle.
    #[serde(default)]
    pub grades: Vec<Graded>,
}

/// An earlier recommendation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RepeatOf {
    pub cycle: String,
    pub number: i32,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Graded {
    pub cycle: String,
    pub grade: Grade,
    pub by: String,
    pub reasons: String,
    #[serde(default)]
    pub reply: String,
    pub replied_on: Option<Day>,
}
