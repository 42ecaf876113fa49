//! What is seen of an estimate: rounded and banded by the gate, and no more of it than the overlaps allow.
//!
//! Nothing in here is a number: a page gets [`Gated`], [`Banded`] and words.

use domain::Day;
use domain::ids::StudyId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use statistics::multiple_systems::Method;
use store::row::study;
use store::{AppError, Cx};

use super::estimate::{Answer, Given, Said};
use super::overlap::Overlap;
use super::{row, threshold};
use crate::gate::{self, Banded, Estimate, Gated, Measured};

/// What a method says.
#[derive(Debug, Clone)]
pub struct Line {
    /// The method, in words.
    pub method: &'static str,
    /// What it assumes, in a sentence.
    pub assumes: &'static str,
    /// Its estimate; `None` where the gate refuses it.
    pub figure: Option<Gated>,
    /// Whether its interval has no upper end.
    pub is_open: bool,
    /// The model that it chose, in words; `None` where the overlaps do not allow it to be shown, or there is none.
    pub model: Option<String>,
    /// What a reader must know beside the number; empty where the overlaps do not allow it to be shown.
    pub warnings: Vec<String>,
    /// How far it is from the true number, where an invented study knows it; else empty.
    pub off: String,
}

/// The stepwise estimate without a list.
#[derive(Debug, Clone)]
pub struct Without {
    /// The list's number.
    pub list: i32,
    /// The estimate; `None` where there is none, or the overlaps do not allow it to be shown.
    pub figure: Option<Gated>,
}

/// An estimate as members who may read it see it, and without models and lists left out, everybody.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Whether the methods agree, in a sentence.
    pub verdict: String,
    /// The ends of all intervals of the methods that let the overlaps decide; `None` where there is not enough overlap to say.
    pub span: Option<(Gated, Gated)>,
    /// The methods that gave a number.
    pub lines: Vec<Line>,
    /// The methods that gave none, and why.
    pub left_out: Vec<(&'static str, String)>,
    /// What the estimate is without each list.
    pub without: Vec<Without>,
    /// Whether something of the panel is not shown because it would reveal a count under the threshold.
    pub is_cut: bool,
    /// The lists with their sizes in bands.
    pub sizes: Vec<(i32, Banded)>,
    /// The true number of people, where an invented study knows it.
    pub truth: Option<Gated>,
    /// With how many resamples, in words.
    pub resamples: String,
    /// The day it was estimated, as ISO text.
    pub estimated_on: String,
}

/// The panel of a study: coordinators. `None` until it is estimated.
pub async fn shown(cx: &Cx<'_>, id: StudyId) -> Result<Option<Shown>, AppError> {
    cx.permit(Action::EstimateStudy, Relation::Coalition)?;
    let found = row(cx.db.reader(), id).await?;
    of(cx, &found).await
}

/// A published estimate.
#[derive(Debug, Clone)]
pub struct Published {
    /// The study.
    pub id: StudyId,
    /// Its title.
    pub title: String,
    /// What was asked.
    pub question: String,
    /// The period that the lists cover, as ISO text.
    pub period: (String, String),
    /// When it was published, as ISO text.
    pub published_on: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

impl Published {
    fn of(row: &study::Model) -> Option<Self> {
        Some(Self {
            id: StudyId(row.id),
            title: row.title.clone(),
            question: row.question.clone(),
            period: (row.from_on.clone(), row.to_on.clone()),
            published_on: row.published_on.clone()?,
            is_invented: row.is_invented,
        })
    }
}

/// Published estimates, newest first: for everybody.
pub async fn published_list(cx: &Cx<'_>) -> Result<Vec<Published>, AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let rows = study::Entity::find()
        .filter(study::Column::PublishedOn.is_not_null())
        .order_by_desc(study::Column::PublishedOn)
        .order_by_desc(study::Column::Id)
        .all(cx.db.reader())
        .await?;
    Ok(rows.iter().filter_map(Published::of).collect())
}

/// A published estimate: for everybody. Chosen models and what the estimate is without a list are left out of it, whatever
/// the overlaps.
pub async fn published(cx: &Cx<'_>, id: StudyId) -> Result<(Published, Shown), AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let found = row(cx.db.reader(), id).await?;
    let published = Published::of(&found).ok_or(AppError::NotFound("study"))?;
    let mut shown = of(cx, &found).await?.ok_or(AppError::NotFound("study"))?;
    shown.without.clear();
    for line in &mut shown.lines {
        line.model = None;
        line.warnings.clear();
    }
    Ok((published, shown))
}

async fn of(cx: &Cx<'_>, row: &study::Model) -> Result<Option<Shown>, AppError> {
    let Some(text) = &row.result else { return Ok(None) };
    let answer: Answer = serde_json::from_str(text)?;
    let overlap = Overlap::load(cx.db.reader(), StudyId(row.id)).await?;
    Ok(Some(make(row, &answer, &overlap)))
}

/// Lets a number of a study through the gate.
fn through(row: &study::Model, answer: &Answer, people: Option<f64>, interval: Option<(f64, f64)>) -> Option<Gated> {
    let given = Estimate {
        people: people?,
        interval,
        threshold: threshold(row),
        source: format!("List study “{}”", row.title),
        vintage: answer.estimated_on.clone(),
        is_invented: row.is_invented,
    };
    gate::estimate(given).ok()
}

fn make(row: &study::Model, answer: &Answer, overlap: &Overlap) -> Shown {
    let k = threshold(row);
    let is_wide = overlap.is_wide(k);
    let truth = row.true_size.filter(|_| row.is_invented).map(|n| n as f64);
    let mut is_cut = !is_wide;
    let lines: Vec<Line> = answer
        .results
        .iter()
        .filter_map(|given| {
            let method = Method::from_code(&given.method)?;
            let model = (!given.model.is_empty()).then(|| words(&given.model));
            let shows_model = overlap.shows_model(&given.model, k);
            is_cut |= model.is_some() && !shows_model;
            let figure = through(row, answer, given.people, ends(given));
            Some(Line {
                method: name(method),
                assumes: assumes(method),
                off: figure.as_ref().map(|shown| off(shown, truth)).unwrap_or_default(),
                figure,
                is_open: given.lower.is_some() && given.upper.is_none(),
                model: model.filter(|_| shows_model),
                warnings: if is_wide { given.warnings.clone() } else { Vec::new() },
            })
        })
        .collect();
    let without = answer
        .without
        .iter()
        .filter_map(|without| {
            let may = overlap.shows_without(without.place, k);
            is_cut |= !may;
            Some(Without {
                list: *overlap.numbers().get(without.place)?,
                figure: through(row, answer, without.people.filter(|_| may), None),
            })
        })
        .collect();
    Shown {
        verdict: verdict(&answer.verdict),
        span: span(row, answer),
        lines,
        left_out: answer
            .left_out
            .iter()
            .filter_map(|left| Some((name(Method::from_code(&left.method)?), left.why.clone())))
            .collect(),
        without,
        is_cut,
        sizes: overlap
            .numbers()
            .iter()
            .enumerate()
            .map(|(place, number)| (*number, gate::band(Measured(overlap.size(place)))))
            .collect(),
        truth: through(row, answer, truth, None),
        resamples: if answer.n_resamples == 1_000 {
            "a thousand"
        } else {
            "ten thousand"
        }
        .to_owned(),
        estimated_on: answer.estimated_on.clone(),
    }
}

/// The interval of a method; one that has no upper end has an infinite one.
fn ends(given: &Given) -> Option<(f64, f64)> {
    Some((given.lower?, given.upper.unwrap_or(f64::INFINITY)))
}

/// From the lowest lower to the highest upper end of the methods that let the overlaps decide which lists depend on which.
fn span(row: &study::Model, answer: &Answer) -> Option<(Gated, Gated)> {
    if matches!(answer.verdict, Said::NotEnough { .. }) {
        return None;
    }
    let compared = answer.results.iter().filter(|given| {
        let method = Method::from_code(&given.method);
        !matches!(
            method,
            None | Some(Method::Chao | Method::MainEffects | Method::AllPairs)
        )
    });
    let rounded: Vec<(f64, f64)> = compared
        .filter_map(|given| through(row, answer, given.people, ends(given))?.interval())
        .collect();
    let lowest = rounded.iter().map(|ends| ends.0).reduce(f64::min);
    let highest = rounded.iter().map(|ends| ends.1).reduce(f64::max);
    Some((
        through(row, answer, lowest, None)?,
        through(row, answer, highest, None)?,
    ))
}

/// How far a rounded estimate is from the truth.
fn off(figure: &Gated, truth: Option<f64>) -> String {
    let (Some(shown), Some(truth)) = (figure.value(), truth.filter(|truth| *truth > 0.0)) else {
        return String::new();
    };
    let share = (shown / truth - 1.0) * 100.0;
    if share.abs() < 0.5 {
        return "exact, as far as it is shown".to_owned();
    }
    let side = if share > 0.0 { "above" } else { "below" };
    let held = figure.interval().map_or("", |(lower, upper)| {
        if lower <= truth && truth <= upper {
            "; its interval holds the true number"
        } else {
            "; its interval misses the true number"
        }
    });
    format!("{:.0}% {side}{held}", share.abs())
}

fn verdict(said: &Said) -> String {
    let method = |code: &str| Method::from_code(code).map_or("one method", name).to_lowercase();
    match said {
        Said::Agree { methods } => format!("The {methods} methods that can be compared agree."),
        Said::Disagree {
            factor,
            lowest,
            highest,
        } => format!(
            "The methods disagree by a factor of {factor:.1}: the lowest estimate is that of {}, the highest that of {}.",
            method(lowest),
            method(highest)
        ),
        Said::NotEnough { why } if why.is_empty() => "There is not enough overlap to say.".to_owned(),
        Said::NotEnough { why } => format!("There is not enough overlap to say: {why}."),
    }
}

/// A model's terms as lists that are counted together.
fn words(model: &[String]) -> String {
    let terms: Vec<String> = model
        .iter()
        .filter(|term| term.contains(':'))
        .map(|term| format!("lists {}", term.replace(':', " with ")))
        .collect();
    if terms.is_empty() {
        "no two lists depend on one another".to_owned()
    } else {
        terms.join("; ")
    }
}

const fn name(method: Method) -> &'static str {
    match method {
        Method::Chao => "Lower bound (Chao)",
        Method::MainEffects => "Independent lists",
        Method::AllPairs => "All pairs dependent",
        Method::Stepwise => "Stepwise",
        Method::Bic => "Lowest BIC",
        Method::Downhill => "Downhill search",
        Method::Threshold => "Bayesian threshold",
        Method::Graphs => "Average over graphs",
        Method::Classes => "Latent classes",
    }
}

const fn assumes(method: Method) -> &'static str {
    match method {
        Method::Chao => "People differ in how easily they are found. A bound: there are at least so many.",
        Method::MainEffects => "No list knows of anyone because another does. Rarely true; one end of the range.",
        Method::AllPairs => "Every two lists depend on one another. The other end of the range.",
        Method::Stepwise => "Few pairs of lists depend on one another; they are found one by one.",
        Method::Bic => "The simplest model that fits is close to the truth.",
        Method::Downhill => "As lowest BIC, searched from several starts where there are too many models.",
        Method::Threshold => "Small dependence between two lists is none.",
        Method::Graphs => "Averages over many ways in which lists can depend, and so does not trust one.",
        Method::Classes => "There are groups of people, some found more easily than others.",
    }
}

/// The day something was estimated, for a page.
impl Shown {
    /// The day as people write it.
    pub fn day(&self) -> String {
        Day::parse(&self.estimated_on).map_or_else(|_| self.estimated_on.clone(), |day| day.to_string())
    }
}
