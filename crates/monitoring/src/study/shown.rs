//! What is seen of an estimate: rounded and banded by the gate, and no more of it than the overlaps allow.
//!
//! Nothing in here is a number: a page gets [`Gated`], [`Banded`], [`Span`], [`Spread`] and words.

mod checks;
#[cfg(test)]
mod tests;
mod words;

use domain::ids::StudyId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use statistics::multiple_systems::Method;
use store::row::study;
use store::{AppError, Cx};

pub use self::checks::Checks;
use self::words::{assumes, name, verdict, words};
use super::estimate::{Answer, Given, Said, Steps, TOO_MANY_LISTS};
use super::overlap::Overlap;
use super::{FEWEST, row, threshold};
use crate::gate::{self, Banded, Ends, Estimate, Gated, Measured, Shares, Span, Spread};

/// Why a method gives no number, where the reason itself would tell of a small overlap.
const NO_NUMBER: &str = "gives no number on these lists";
/// That nothing can be said, without the reason.
const NOT_ENOUGH: &str = "There is not enough overlap to say.";

/// What a method says.
#[derive(Debug, Clone)]
pub struct Line {
    /// The method, in words.
    pub method: &'static str,
    /// What it assumes, in a sentence.
    pub assumes: &'static str,
    /// Its estimate; `None` where the gate refuses it.
    pub figure: Option<Gated>,
    /// Its interval; `None` where it has none.
    pub interval: Option<Span>,
    /// Whether the interval carries what doubtful links do.
    pub carries_links: bool,
    /// How its answers are spread; `None` where it has none to spread, or the overlaps do not allow it to be shown.
    pub spread: Option<Spread>,
    /// What is spread, in a word or two: resamples, or the posterior.
    pub answers: &'static str,
    /// The model that it chose, in words; `None` where the overlaps do not allow it to be shown, or there is none.
    pub model: Option<String>,
    /// What a reader must know beside the number; empty where the overlaps do not allow it to be shown.
    pub warnings: Vec<String>,
    /// How far it is from the true number, where an invented study knows it; else empty.
    pub off: String,
    /// Whether its interval holds the true number, where an invented study knows it.
    pub holds: Option<bool>,
}

/// The stepwise estimate without a list.
#[derive(Debug, Clone)]
pub struct Without {
    /// The list's number.
    pub list: i32,
    /// The estimate; `None` where there is none, or the overlaps do not allow it to be shown.
    pub figure: Option<Gated>,
}

/// The stepwise estimate with two lists counted as one.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The lists' numbers.
    pub lists: (i32, i32),
    /// The estimate; `None` where there is none, or the overlaps do not allow it to be shown.
    pub figure: Option<Gated>,
}

/// An estimate as members who may read it see it, and without whatever tells of small overlaps, everybody.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one part of the page that is shown or not"
)]
pub struct Shown {
    /// Whether the methods lie close together, in a sentence.
    pub verdict: String,
    /// From the lowest to the highest end of the intervals of the methods that let the overlaps decide; `None` where there is
    /// not enough overlap to say.
    pub span: Option<Span>,
    /// Whether everybody reads numbers of it once it is published; otherwise only that there is not enough overlap to say.
    pub gives_numbers: bool,
    /// Whether no overlap is under the threshold.
    is_wide: bool,
    /// The methods that gave a number.
    pub lines: Vec<Line>,
    /// The methods that gave none, and why.
    pub left_out: Vec<(&'static str, String)>,
    /// What the estimate is without each list; empty where too few lists would be left.
    pub without: Vec<Without>,
    /// What the estimate is with each two lists counted as one; empty where too few lists would be left.
    pub merged: Vec<Merged>,
    /// How the stepwise choice fares where the answer is known: inside only.
    pub checks: Checks,
    /// Whether models, histograms and what the estimate is on other lists go out with it.
    pub goes_out: bool,
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
    of(cx.db.reader(), &found).await
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

/// A published estimate: for everybody. Chosen models, histograms and what the estimate is on other lists are left out of it
/// unless every overlap is the threshold or more; and where there is not enough overlap to say, every number.
pub async fn published(cx: &Cx<'_>, id: StudyId) -> Result<(Published, Shown), AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let found = row(cx.db.reader(), id).await?;
    let published = Published::of(&found).ok_or(AppError::NotFound("study"))?;
    let shown = of(cx.db.reader(), &found).await?.ok_or(AppError::NotFound("study"))?;
    Ok((published, outside(shown)))
}

/// What everybody may see of an estimate. Where an overlap is small, an interval that is open or missing is as good as a
/// reason, so its method is one of those that give no number.
fn outside(mut shown: Shown) -> Shown {
    shown.checks = Checks::default();
    for line in &mut shown.lines {
        line.warnings.clear();
    }
    if !shown.goes_out {
        shown.without.clear();
        shown.merged.clear();
        for line in &mut shown.lines {
            (line.model, line.spread) = (None, None);
        }
    }
    if !shown.gives_numbers {
        NOT_ENOUGH.clone_into(&mut shown.verdict);
        shown.span = None;
        shown.lines.clear();
        shown.left_out.clear();
    } else if !shown.is_wide {
        let is_closed = |line: &Line| line.interval.as_ref().is_some_and(|span| span.upper().is_some());
        let (closed, others): (Vec<Line>, Vec<Line>) = shown.lines.into_iter().partition(is_closed);
        shown.lines = closed;
        shown
            .left_out
            .extend(others.into_iter().map(|line| (line.method, NO_NUMBER.to_owned())));
        // Their order must not tell which of them are which.
        shown
            .left_out
            .sort_by_key(|(left, _)| Method::ALL.iter().position(|method| name(*method) == *left));
    }
    shown
}

/// The panel of a study; `None` until it is estimated.
pub(super) async fn of(db: &impl ConnectionTrait, row: &study::Model) -> Result<Option<Shown>, AppError> {
    let Some(text) = &row.result else { return Ok(None) };
    let answer: Answer = serde_json::from_str(text)?;
    let overlap = Overlap::load(db, StudyId(row.id)).await?;
    Ok(Some(make(row, &answer, &overlap)))
}

/// Lets a number of a study through the gate.
fn through(row: &study::Model, answer: &Answer, people: Option<f64>) -> Option<Gated> {
    let given = Estimate {
        people: people?,
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
    let is_enough = !matches!(answer.verdict, Said::NotEnough { .. });
    let truth = row.true_size.filter(|_| row.is_invented).map(|n| n as f64);
    let gives_numbers = is_enough && (is_wide || compared(answer).all(|given| given.lower.and(given.upper).is_some()));
    let has_more = overlap.numbers().len() > FEWEST;
    let mut is_cut = !is_wide;
    let lines: Vec<Line> = answer
        .results
        .iter()
        .filter_map(|given| {
            let method = Method::from_code(&given.method)?;
            let model = (!given.model.is_empty()).then(|| words(&given.model));
            let shows_model = overlap.shows_model(&given.model, k);
            is_cut |= model.is_some() && !shows_model;
            let figure = through(row, answer, given.people);
            let holds = holds(given, truth);
            Some(Line {
                method: name(method),
                assumes: assumes(method),
                off: figure
                    .as_ref()
                    .map(|shown| off(shown, truth, holds))
                    .unwrap_or_default(),
                holds,
                figure,
                interval: given.lower.and_then(|lower| rounded(lower, given.upper, k)),
                carries_links: given.carries_links,
                // Any cell of the table moves it.
                spread: given
                    .spread
                    .as_ref()
                    .filter(|_| is_wide)
                    .and_then(|steps| drawn(steps, k)),
                answers: if given.method_resamples() {
                    "resamples"
                } else {
                    "the posterior"
                },
                model: model.filter(|_| shows_model),
                warnings: if is_wide { given.warnings.clone() } else { Vec::new() },
            })
        })
        .collect();
    let without = answer
        .without
        .iter()
        .filter(|_| has_more)
        .filter_map(|without| {
            let may = overlap.shows_without(without.place, k);
            is_cut |= !may;
            Some(Without {
                list: *overlap.numbers().get(without.place)?,
                figure: through(row, answer, without.people.filter(|_| may)),
            })
        })
        .collect();
    let merged = answer
        .merged
        .iter()
        .filter(|_| has_more)
        .filter_map(|merged| {
            let may = overlap.shows_merged(merged.places, k);
            is_cut |= !may;
            let number = |place: usize| overlap.numbers().get(place).copied();
            Some(Merged {
                lists: (number(merged.places.0)?, number(merged.places.1)?),
                figure: through(row, answer, merged.people.filter(|_| may)),
            })
        })
        .collect();
    let (checks, checks_are_cut) = checks::made(answer, overlap, k);
    is_cut |= checks_are_cut;
    Shown {
        verdict: verdict(&answer.verdict, is_wide),
        span: if is_enough { span(answer, k) } else { None },
        gives_numbers,
        is_wide,
        lines,
        left_out: answer
            .left_out
            .iter()
            .filter_map(|left| {
                let may = is_wide || left.why == TOO_MANY_LISTS;
                let why = if may { left.why.as_str() } else { NO_NUMBER };
                Some((name(Method::from_code(&left.method)?), why.to_owned()))
            })
            .collect(),
        without,
        merged,
        checks,
        goes_out: answer.goes_out && is_wide && gives_numbers,
        is_cut,
        sizes: overlap
            .numbers()
            .iter()
            .enumerate()
            .map(|(place, number)| (*number, gate::band(Measured(overlap.size(place)))))
            .collect(),
        truth: through(row, answer, truth),
        resamples: if answer.n_resamples == 1_000 {
            "a thousand"
        } else {
            "ten thousand"
        }
        .to_owned(),
        estimated_on: answer.estimated_on.clone(),
    }
}

/// An interval, rounded outwards by the gate.
fn rounded(lower: f64, upper: Option<f64>, threshold: u32) -> Option<Span> {
    let ends = Ends {
        lower,
        upper,
        threshold,
    };
    gate::span(ends).ok()
}

/// A histogram, through the gate.
fn drawn(steps: &Steps, threshold: u32) -> Option<Spread> {
    let given = Shares {
        from: steps.from,
        step: steps.step,
        shares: steps.shares.clone(),
        above: steps.above,
        threshold,
    };
    gate::spread(&given).ok()
}

/// The methods that let the overlaps decide which lists depend on which.
fn compared(answer: &Answer) -> impl Iterator<Item = &Given> {
    answer.results.iter().filter(|given| {
        let method = Method::from_code(&given.method);
        !matches!(
            method,
            None | Some(Method::Chao | Method::MainEffects | Method::AllPairs)
        )
    })
}

/// From the lowest lower to the highest upper end of the methods that are compared. One without an interval counts with its
/// estimate, and one without an upper end leaves all of them without.
fn span(answer: &Answer, threshold: u32) -> Option<Span> {
    let ends: Vec<(f64, Option<f64>)> = compared(answer)
        .filter_map(|given| match given.lower {
            Some(lower) => Some((lower, given.upper)),
            None => given.people.map(|people| (people, Some(people))),
        })
        .collect();
    let lower = ends.iter().map(|(lower, _)| *lower).reduce(f64::min)?;
    let uppers: Option<Vec<f64>> = ends.iter().map(|(_, upper)| *upper).collect();
    rounded(
        lower,
        uppers.and_then(|all| all.into_iter().reduce(f64::max)),
        threshold,
    )
}

/// Whether the interval of a method, as it gave it, holds the true number; `None` where either is not known.
fn holds(given: &Given, truth: Option<f64>) -> Option<bool> {
    let (lower, truth) = (given.lower?, truth?);
    Some(lower <= truth && given.upper.is_none_or(|upper| truth <= upper))
}

/// How far a rounded estimate is from the truth.
fn off(figure: &Gated, truth: Option<f64>, holds: Option<bool>) -> String {
    let (Some(shown), Some(truth)) = (figure.value(), truth.filter(|truth| *truth > 0.0)) else {
        return String::new();
    };
    let share = (shown / truth - 1.0) * 100.0;
    if share.abs() < 0.5 {
        return "exact, as far as it is shown".to_owned();
    }
    let side = if share > 0.0 { "above" } else { "below" };
    let held = match holds {
        Some(true) => "; its interval holds the true number",
        Some(false) => "; its interval misses the true number",
        None => "",
    };
    format!("{:.0}% {side}{held}", share.abs())
}
