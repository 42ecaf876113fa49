//! The content of the demonstration, read from the data files in `demo/`.
//!
//! The files are embedded in the program, so that the demonstration needs nothing beside it. They say
//! what happened and on which day; the code that seeds a store turns them into the same commands that
//! people give. Keys join the files; the tests of this module prove that every key, code and number
//! resolves, that what the commands would refuse is not in them, and that every figure said to come
//! from a published series is that series' figure.
//!
//! A provision is named by its exact number in the Convention: `6` is that paragraph and not the
//! whole of Article 6.
//!
//! Real: the instruments, the areas and the published statistics (`official/`). Invented: everything
//! else, and it says so in its own words.

use domain::area::AreaKind;
use domain::assessment::{InterestKind, Stance};
use domain::cycle::Jurisdiction;
use domain::evidence::{Credibility, EvidenceKind, Form, Group, Handling, Quoting, Reliability};
use domain::indicator::{Comparability, Direction, IndicatorKind, IndicatorState, Statistic};
use domain::permission::Role;
use domain::series::{CountingRule, SourceKind};
use domain::time::Day;
use serde::Deserialize;
use serde::de::DeserializeOwned;

mod case;
mod cycle;
#[cfg(test)]
mod tests;

pub(crate) use case::{Answer, Answers, Case};
pub(crate) use cycle::{Assessment, Cycle, Finding, Rating, Reason, Recommendation};

/// A file of the `demo/` folder: its path below it and its text.
macro_rules! demo_file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../../demo/", $path)))
    };
}

const EVIDENCE: &[(&str, &str)] = &[
    demo_file!("evidence/prevention.toml"),
    demo_file!("evidence/identification.toml"),
    demo_file!("evidence/children.toml"),
    demo_file!("evidence/privacy.toml"),
    demo_file!("evidence/support.toml"),
    demo_file!("evidence/recovery.toml"),
    demo_file!("evidence/redress.toml"),
    demo_file!("evidence/justice.toml"),
];

/// The published statistics, each an ordinary file for the importer.
const OFFICIAL: &[(&str, &str)] = &[
    demo_file!("official/parliament-2008-2010.csv"),
    demo_file!("official/nrm-yearly-2009-2016.csv"),
    demo_file!("official/nrm-bulletins-2022-2024.csv"),
    demo_file!("official/nrm-later-2009-2025.csv"),
    demo_file!("official/other-figures-2012-2025.csv"),
];

/// What is attached to items of evidence.
const ATTACHED: &[(&str, &str)] = &[
    demo_file!("files/north-log.txt"),
    demo_file!("files/ninety-calls.txt"),
    demo_file!("files/charging-questions.txt"),
];

/// The four files of each cycle, oldest first.
const CYCLES: &[[(&str, &str); 4]] = &[
    [
        demo_file!("cycles/2023/cycle.toml"),
        demo_file!("cycles/2023/assessments.toml"),
        demo_file!("cycles/2023/findings.toml"),
        demo_file!("cycles/2023/recommendations.toml"),
    ],
    [
        demo_file!("cycles/2024/cycle.toml"),
        demo_file!("cycles/2024/assessments.toml"),
        demo_file!("cycles/2024/findings.toml"),
        demo_file!("cycles/2024/recommendations.toml"),
    ],
    [
        demo_file!("cycles/2025/cycle.toml"),
        demo_file!("cycles/2025/assessments.toml"),
        demo_file!("cycles/2025/findings.toml"),
        demo_file!("cycles/2025/recommendations.toml"),
    ],
    [
        demo_file!("cycles/2026/cycle.toml"),
        demo_file!("cycles/2026/assessments.toml"),
        demo_file!("cycles/2026/findings.toml"),
        demo_file!("cycles/2026/recommendations.toml"),
    ],
];

/// Everything the demonstration holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Content {
    pub organisations: Vec<Organisation>,
    pub members: Vec<Member>,
    pub bodies: Vec<Body>,
    pub interests: Vec<Interest>,
    /// Parents before children.
    pub areas: Vec<Area>,
    pub series: Vec<Series>,
    pub breaks: Vec<Break>,
    /// The statistics as files for the importer.
    pub official: Vec<File>,
    /// The same statistics row by row, with two columns the importer does not ask for.
    pub figures: Vec<Figure>,
    /// By the day they were recorded; what an item is derived from comes before it.
    pub evidence: Vec<Evidence>,
    /// What evidence is attached to, by name.
    pub attached: Vec<File>,
    pub claims: Vec<Claim>,
    pub calls: Vec<Call>,
    pub feedback: Vec<Feedback>,
    pub cases: Vec<Case>,
    pub indicators: Vec<Indicator>,
    pub measurements: Vec<Measurement>,
    /// Oldest first.
    pub cycles: Vec<Cycle>,
}

/// A file to import or attach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct File {
    /// Without its folder.
    pub name: &'static str,
    pub text: &'static str,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organisation {
    pub key: String,
    pub name: String,
    pub about: String,
}

/// A member; the key is also the name to sign in with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    pub key: String,
    /// Key of an organisation.
    pub organisation: String,
    pub name: String,
    pub roles: Vec<Role>,
    /// What can be tried with it; such a sign-in is printed, as one for each role is.
    #[serde(default)]
    pub tries: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub key: String,
    pub name: String,
    pub about: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interest {
    /// Key of an organisation.
    pub organisation: String,
    /// Key of a member; none: the whole organisation.
    pub member: Option<String>,
    pub kind: InterestKind,
    /// Key of a body.
    pub body: String,
    /// None: it bears on all that the body does.
    pub provision: Option<String>,
    pub words: String,
    pub bars: bool,
    pub declared_on: Day,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Area {
    pub code: String,
    pub name: String,
    pub kind: AreaKind,
    /// Code of another area.
    pub parent: Option<String>,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub successor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Series {
    pub code: String,
    pub title: String,
    pub publisher: String,
    pub unit: String,
    pub counting_rule: CountingRule,
    pub about: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Break {
    /// Code of a series.
    pub series: String,
    pub from_on: Day,
    pub reason: String,
    pub source: String,
}

/// One published figure.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figure {
    /// Code of a series.
    pub series: String,
    pub period_start: Day,
    pub period_end: Day,
    pub breakdown: String,
    pub category: String,
    pub value: f64,
    pub unit: String,
    pub as_published_on: Day,
    pub vintage_note: String,
    pub source_title: String,
    pub source_url: String,
    pub licence: String,
    pub source_kind: SourceKind,
    pub is_unverified: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    pub key: String,
    /// Key of the member who recorded it.
    pub by: String,
    pub kind: EvidenceKind,
    pub title: String,
    pub summary: String,
    pub origin: String,
    pub publisher: String,
    /// Key of another item.
    pub derived_from: Option<String>,
    #[serde(default)]
    pub source_url: String,
    pub effective_on: Day,
    pub recorded_on: Day,
    pub reliability: Reliability,
    pub credibility: Credibility,
    pub handling: Handling,
    /// Keys of organisations, where `handling` is `named`.
    #[serde(default)]
    pub named: Vec<String>,
    pub quoting: Quoting,
    #[serde(default = "yes")]
    pub is_invented: bool,
    pub provisions: Vec<String>,
    pub forms: Vec<Form>,
    pub groups: Vec<Group>,
    /// Codes of areas.
    pub areas: Vec<String>,
    /// Names of attached files.
    #[serde(default)]
    pub files: Vec<String>,
    #[serde(default)]
    pub citations: Vec<Citation>,
}

/// Words of an item; they stand in its first file, if it has one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Citation {
    pub page: String,
    pub quote: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    pub provision: String,
    pub jurisdiction: Jurisdiction,
    /// Key of a body.
    pub body: String,
    pub words: String,
    pub source: String,
    pub made_on: Day,
    /// Key of the member who recorded it.
    pub by: String,
}

/// A call for evidence, with what is answered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub title: String,
    pub asks: String,
    pub answers: Vec<String>,
}

/// What somebody says of an organisation's help, without an account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feedback {
    /// Key of the organisation.
    pub to: String,
    /// How many days before the demonstration is built.
    pub ago: i32,
    /// Whether a supervisor has opened it. Such stand before the others.
    pub is_read: bool,
    pub words: String,
}

/// A version of an indicator that the shipped ones do not have, with what was said of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Indicator {
    pub code: String,
    pub version: i32,
    pub name: String,
    pub kind: IndicatorKind,
    pub definition: String,
    pub direction: Direction,
    /// Codes of the standards folder.
    pub source: Vec<String>,
    /// Codes of the standards folder.
    pub disaggregation: Vec<String>,
    pub limits: String,
    pub provisions: Vec<String>,
    pub measures: Vec<Measure>,
    pub state: IndicatorState,
    /// Against the version before; none for a first version.
    pub comparability: Option<Comparability>,
    pub comparability_why: String,
    /// Key of the member who proposed it.
    pub by: String,
    pub on: Day,
    /// The day it was agreed, if it was.
    pub agreed_on: Option<Day>,
    #[serde(default)]
    pub comments: Vec<Comment>,
    #[serde(default)]
    pub positions: Vec<IndicatorPosition>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measure {
    pub code: String,
    pub name: String,
    pub statistic: Statistic,
    pub numerator: String,
    #[serde(default)]
    pub denominator: String,
    pub unit: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Comment {
    pub by: String,
    pub on: Day,
    pub words: String,
}

/// What a manager says of an indicator for their organisation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndicatorPosition {
    pub by: String,
    pub stance: Stance,
    pub reason: String,
    pub on: Day,
}

/// A measure's value in a cycle. It names either an item of evidence (then it is invented) or a figure
/// of a series (then it is official and equals it).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measurement {
    pub cycle: String,
    pub indicator: String,
    pub measure: String,
    /// `all`, or the part it is about in words.
    pub stratum: String,
    pub jurisdiction: Jurisdiction,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub value: f64,
    pub unit: String,
    pub is_sample: bool,
    /// 0 to 1.
    pub missing_share: Option<f64>,
    pub excluded: String,
    pub whose: String,
    pub source: String,
    pub evidence: Option<String>,
    pub series: Option<String>,
    pub period_start: Option<Day>,
    pub period_end: Option<Day>,
    pub breakdown: Option<String>,
    pub category: Option<String>,
    pub published_on: Option<Day>,
    pub note: String,
    /// Key of the member who typed it in.
    pub by: String,
}

/// The value of a field that says nothing.
fn yes() -> bool {
    true
}

/// Files whose tables stand under one name.
macro_rules! tables {
    ($($name:ident { $($field:ident: $row:ty),+ })+) => {
        $(#[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name { $($field: Vec<$row>,)+ })+
    };
}

tables! {
    CoalitionFile { organisations: Organisation, members: Member, bodies: Body, interests: Interest }
    SeriesFile { series: Series }
    BreaksFile { breaks: Break }
    EvidenceFile { evidence: Evidence }
    ClaimsFile { claims: Claim }
    CallsFile { calls: Call }
    FeedbackFile { feedback: Feedback }
    CasesFile { cases: Case }
    IndicatorsFile { indicators: Indicator }
    AssessmentsFile { assessments: Assessment }
    FindingsFile { findings: Finding }
    RecommendationsFile { recommendations: Recommendation }
}

/// Reads the embedded files.
///
/// # Panics
/// Never in a program whose tests passed: the files are part of it.
pub(crate) fn read() -> Content {
    let coalition: CoalitionFile = sheet(demo_file!("coalition.toml"));
    let mut evidence: Vec<Evidence> = EVIDENCE
        .iter()
        .flat_map(|file| sheet::<EvidenceFile>(*file).evidence)
        .collect();
    evidence.sort_by_key(|item| (item.recorded_on, item.effective_on));
    Content {
        organisations: coalition.organisations,
        members: coalition.members,
        bodies: coalition.bodies,
        interests: coalition.interests,
        areas: rows(demo_file!("areas.csv")),
        series: sheet::<SeriesFile>(demo_file!("official/series.toml")).series,
        breaks: sheet::<BreaksFile>(demo_file!("official/breaks.toml")).breaks,
        official: files(OFFICIAL),
        figures: OFFICIAL.iter().flat_map(|file| rows(*file)).collect(),
        evidence,
        attached: files(ATTACHED),
        claims: sheet::<ClaimsFile>(demo_file!("claims.toml")).claims,
        calls: sheet::<CallsFile>(demo_file!("calls.toml")).calls,
        feedback: sheet::<FeedbackFile>(demo_file!("feedback.toml")).feedback,
        cases: sheet::<CasesFile>(demo_file!("cases.toml")).cases,
        indicators: sheet::<IndicatorsFile>(demo_file!("indicators.toml")).indicators,
        measurements: rows(demo_file!("measurements.csv")),
        cycles: CYCLES.iter().map(cycle).collect(),
    }
}

fn cycle(files: &[(&str, &str); 4]) -> Cycle {
    Cycle {
        sheet: sheet(files[0]),
        assessments: sheet::<AssessmentsFile>(files[1]).assessments,
        findings: sheet::<FindingsFile>(files[2]).findings,
        recommendations: sheet::<RecommendationsFile>(files[3]).recommendations,
    }
}

fn files(list: &[(&'static str, &'static str)]) -> Vec<File> {
    let name = |path: &'static str| path.rsplit('/').next().unwrap_or(path);
    list.iter()
        .map(|(path, text)| File { name: name(path), text })
        .collect()
}

fn sheet<T: DeserializeOwned>((path, text): (&str, &str)) -> T {
    match toml::from_str(text) {
        Ok(value) => value,
        Err(fault) => panic!("demo/{path}: {fault}"),
    }
}

fn rows<T: DeserializeOwned>((path, text): (&str, &str)) -> Vec<T> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    match reader.deserialize().collect() {
        Ok(rows) => rows,
        Err(fault) => panic!("demo/{path}: {fault}"),
    }
}
