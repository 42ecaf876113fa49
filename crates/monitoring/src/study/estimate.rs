//! The estimate: asked for by a coordinator, computed by a job from the overlaps, kept as JSON.
//!
//! What is kept holds numbers as the methods gave them. Its fields stay inside the slice; pages see
//! [`Shown`](super::Shown), which the gate made of it.

use domain::ids::StudyId;
use domain::permission::{Action, Relation};
use domain::study::StudyState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde::{Deserialize, Serialize};
use statistics::linkage::uncertainty::{self, CARRIED};
use statistics::multiple_systems::panel::panel;
use statistics::multiple_systems::reliability::{Change, report, sensitivity};
use statistics::multiple_systems::spread::Spread;
use statistics::multiple_systems::verdict::{Reason, Verdict};
use statistics::multiple_systems::{Estimate, Histories, Method, Refusal, Settings, chao, stepwise};
use store::row::study;
use store::{AppError, Cx, jobs};

use super::draws;
use super::overlap::Overlap;
use super::trust::Trust;
use super::{locked, row, state};
use crate::gate;

/// The kind of the job that estimates; its payload is the study.
pub const JOB: &str = "estimate-study";
/// How many resamples can be asked for: limits from a thousand still move with chance, ten thousand are stable.
pub const RESAMPLES: [usize; 2] = [10_000, 1_000];
/// What chance starts from; the same in every study, so that anyone who has the overlaps gets the same answer.
const SEED: u64 = 1;
/// The level of the intervals.
const LEVEL: f64 = 0.95;
/// The most steps of a histogram: more cannot be told apart on a phone.
const MOST_STEPS: usize = 24;

/// Asks for the estimate of a linked study: coordinators. It may be asked for again, with more resamples, until the study is
/// closed.
pub async fn ask(cx: &Cx<'_>, id: StudyId, n_resamples: usize) -> Result<(), AppError> {
    let work = cx.begin(Action::EstimateStudy, Relation::Coalition).await?;
    let found = locked(&work.tx, id).await?;
    if !matches!(state(&found)?, StudyState::Linked | StudyState::Estimated) {
        return Err(AppError::Refused(
            "a study is estimated when its links are recorded, and not after it is closed".into(),
        ));
    }
    if !RESAMPLES.contains(&n_resamples) {
        return Err(AppError::Refused("choose one of the numbers of resamples".into()));
    }
    let mut changed: study::ActiveModel = found.into();
    changed.n_resamples = Set(i32::try_from(n_resamples).ok());
    changed.update(&work.tx).await?;
    jobs::queue(&work.tx, cx, JOB, &id.to_string()).await?;
    work.finish(cx, "study", Some(id.0)).await
}

/// What the job computes from. It leaves the job's memory nowhere.
pub struct Task {
    overlap: Overlap,
    /// The overlaps of each draw of the links; none where the officer sent none.
    draws: Vec<Histories>,
    settings: Settings,
}

/// What a method says, or why it says nothing; what the methods amount to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub(super) results: Vec<Given>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) verdict: Said,
    pub(super) without: Vec<Without>,
    /// What was kept before lists were merged has none.
    #[serde(default)]
    pub(super) merged: Vec<Merged>,
    /// The checks of the stepwise choice; `None` where it has no estimate, and in what was kept before there were any.
    #[serde(default)]
    pub(super) trust: Option<Trust>,
    /// Whether models, histograms and what the estimate is on other lists may go out with the estimate, where the overlaps
    /// allow it. Studies estimated before were published with the promise that these stay inside.
    #[serde(default)]
    pub(super) goes_out: bool,
    pub(super) n_resamples: usize,
    pub(super) estimated_on: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) method: String,
    pub(super) people: Option<f64>,
    pub(super) lower: Option<f64>,
    /// `None` where there is no upper end.
    pub(super) upper: Option<f64>,
    pub(super) model: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// Whether the interval carries what doubtful links do.
    #[serde(default)]
    pub(super) carries_links: bool,
    /// How its answers are spread; `None` too in what was kept before there were histograms.
    #[serde(default)]
    pub(super) spread: Option<Steps>,
}

/// How answers are spread, in steps that the gate lets through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Steps {
    pub(super) from: f64,
    pub(super) step: f64,
    pub(super) shares: Vec<f64>,
    pub(super) above: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LeftOut {
    pub(super) method: String,
    /// Why, in words. Most reasons say that an overlap is empty or small, so they are shown only where none is.
    pub(super) why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Said {
    Agree {
        methods: usize,
    },
    Disagree {
        factor: f64,
        lowest: String,
        highest: String,
    },
    NotEnough {
        /// Shown only where no overlap is small; empty where the reason is itself a small count.
        why: String,
    },
}

/// The stepwise estimate without one list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Without {
    /// The list's place among those that were linked.
    pub(super) place: usize,
    pub(super) people: Option<f64>,
}

/// The stepwise estimate with two lists counted as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Merged {
    /// The lists' places among those that were linked.
    pub(super) places: (usize, usize),
    pub(super) people: Option<f64>,
}

/// What the job of a study computes from: coordinators. `None` when the study was closed meanwhile.
pub async fn task(cx: &Cx<'_>, id: StudyId) -> Result<Option<Task>, AppError> {
    cx.permit(Action::EstimateStudy, Relation::Coalition)?;
    let reader = cx.db.reader();
    let found = row(reader, id).await?;
    if !matches!(state(&found)?, StudyState::Linked | StudyState::Estimated) {
        return Ok(None);
    }
    let resamples = found.n_resamples.and_then(|n| usize::try_from(n).ok());
    let overlap = Overlap::load(reader, id).await?;
    let draws = match &found.draws {
        Some(text) => draws::histories(text, overlap.numbers())?,
        None => Vec::new(),
    };
    Ok(Some(Task {
        overlap,
        draws,
        settings: Settings {
            resamples: resamples.unwrap_or(RESAMPLES[0]),
            seed: SEED,
            ..Settings::default()
        },
    }))
}

/// Runs every method, on as many threads as the pool it is called in has; tells how many have begun, of how many, and which
/// is next. Pure: the same task gives the same answer. Minutes for ten thousand resamples.
pub fn compute(task: &Task, day: domain::Day, mut tell: impl FnMut(usize, usize, &str)) -> Answer {
    let histories = task.overlap.histories();
    let total = Method::ALL.len() + 1 + usize::from(!task.draws.is_empty());
    let mut begun = 0;
    let panel = panel(histories, &Method::ALL, &task.settings, |method| {
        tell(begun, total, method.code());
        begun += 1;
    });
    tell(begun, total, "how far to trust stepwise");
    let report = report(histories, &task.settings).ok();
    let trust = report.as_ref().map(Trust::of);
    let points = Settings {
        resamples: 0,
        ..task.settings
    };
    // The lists that are left may have an estimate where all of them have none.
    let changes = match report {
        Some(report) => report.changed,
        None => sensitivity(histories, |histories: &Histories| {
            stepwise::estimate(histories, &points)
        }),
    };
    if !task.draws.is_empty() {
        tell(begun + 1, total, "with the doubt of the links");
    }
    let (mut without, mut merged) = (Vec::new(), Vec::new());
    for changed in changes {
        let people = changed.estimate.ok().and_then(|estimate| finite(estimate.estimate));
        match changed.change {
            Change::Without(place) => without.push(Without { place, people }),
            Change::Merged(one, other) => merged.push(Merged {
                places: (one, other),
                people,
            }),
        }
    }
    Answer {
        results: panel.results.iter().map(|found| carried(task, found)).collect(),
        left_out: panel
            .left_out
            .iter()
            .map(|(method, refusal)| LeftOut {
                method: method.code().to_owned(),
                why: why(refusal).to_owned(),
            })
            .collect(),
        verdict: said(&panel.verdict),
        without,
        merged,
        trust,
        goes_out: true,
        n_resamples: task.settings.resamples,
        estimated_on: day.iso(),
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn result(estimate: &Estimate) -> Given {
    Given {
        method: estimate.method.code().to_owned(),
        people: finite(estimate.estimate),
        lower: estimate.interval.and_then(|interval| finite(interval.lower)),
        upper: estimate.interval.and_then(|interval| finite(interval.upper)),
        model: estimate.model.clone(),
        // A number that no gate has rounded stays out.
        warnings: estimate
            .warnings
            .iter()
            .filter(|warning| !warning.starts_with(chao::CORRECTED))
            .cloned()
            .collect(),
        carries_links: false,
        spread: estimate.spread().and_then(|spread| steps(&spread)),
    }
}

/// A histogram no finer than the gate lets through.
fn steps(spread: &Spread) -> Option<Steps> {
    let steps = spread.steps(gate::grain, MOST_STEPS)?;
    Some(Steps {
        from: steps.from,
        step: steps.step,
        shares: steps.shares,
        above: steps.above,
    })
}

/// What a method says, its interval with what doubtful links do where there are draws of them: the method is run on each, and
/// the resamples of all draws make one interval.
fn carried(task: &Task, estimate: &Estimate) -> Given {
    let given = result(estimate);
    if task.draws.is_empty() || !CARRIED.contains(&estimate.method) {
        return given;
    }
    let settings = Settings {
        resamples: task.settings.resamples.div_ceil(task.draws.len()),
        ..task.settings
    };
    let carried = uncertainty::carry(&task.draws, estimate.method, &settings);
    match carried.interval(LEVEL) {
        Some((lower, upper)) => Given {
            lower: finite(lower),
            upper: finite(upper),
            carries_links: true,
            spread: Spread::of_equal(&carried.together).and_then(|spread| steps(&spread)),
            ..given
        },
        None => given,
    }
}

/// The one reason why a method gives no number that tells nothing of the overlaps.
pub(super) const TOO_MANY_LISTS: &str = "it does not take so many lists";

const fn why(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::TooManyLists { .. } => TOO_MANY_LISTS,
        Refusal::NoEstimate { .. } | Refusal::NoOverlap => "its model has no estimate on these lists",
        Refusal::NotChecked { .. } => "whether its model has an estimate could not be decided",
        Refusal::NotConverged { .. } => "its search did not end",
        Refusal::AllDependent { .. } => "most of its answer is what was assumed beforehand",
        Refusal::ChainsDisagree { .. } => "its sampler did not find one answer",
    }
}

fn said(verdict: &Verdict) -> Said {
    match verdict {
        Verdict::Agree { methods, .. } => Said::Agree { methods: *methods },
        Verdict::Disagree {
            factor,
            lowest,
            highest,
        } => Said::Disagree {
            factor: *factor,
            lowest: lowest.code().to_owned(),
            highest: highest.code().to_owned(),
        },
        Verdict::OneMethod => Said::NotEnough {
            why: "only one method was run".to_owned(),
        },
        // Which lists share nobody, and how few are on two, are small counts themselves.
        Verdict::NotEnough(reason) => Said::NotEnough {
            why: match reason {
                Reason::FewOnTwoLists(_) | Reason::Apart(_) => "",
                Reason::FewMethods(_) => "too few methods give a number",
                Reason::WideIntervals(_) => "even the narrowest interval is too wide",
            }
            .to_owned(),
        },
    }
}

/// Keeps what a study's job computed, as whoever asked for it.
pub async fn keep(cx: &Cx<'_>, id: StudyId, answer: &Answer) -> Result<(), AppError> {
    let work = cx.begin(Action::EstimateStudy, Relation::Coalition).await?;
    let found = locked(&work.tx, id).await?;
    if !matches!(state(&found)?, StudyState::Linked | StudyState::Estimated) {
        return Ok(());
    }
    let mut changed: study::ActiveModel = found.into();
    changed.result = Set(Some(serde_json::to_string(answer)?));
    changed.state = Set(StudyState::Estimated.code().to_owned());
    changed.update(&work.tx).await?;
    work.finish(cx, "study", Some(id.0)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_links_make_an_interval_wider_and_methods_that_are_not_carried_keep_theirs() {
        let counts = vec![0, 203, 187, 43, 151, 37, 29, 12];
        // Links in doubt: in every other draw twelve people of the first two lists are one each, in the others not.
        let draw = |apart: u64| {
            format!(
                "[[1,{}],[2,{}],[3,{}],[4,151],[5,37],[6,29],[7,12]]",
                203 + apart,
                187 + apart,
                43 - apart
            )
        };
        let text = format!("[{}]", [draw(0), draw(20), draw(0), draw(20)].join(","));
        let task = |draws| Task {
            overlap: Overlap::new(vec![1, 2, 3], counts.clone()).expect("overlaps"),
            draws,
            settings: Settings {
                resamples: 100,
                seed: SEED,
                ..Settings::default()
            },
        };
        let (without, with) = (
            task(Vec::new()),
            task(draws::histories(&text, &[1, 2, 3]).expect("draws")),
        );
        let found = stepwise::estimate(without.overlap.histories(), &without.settings).expect("an estimate");
        let (bare, doubtful) = (carried(&without, &found), carried(&with, &found));
        assert!(!bare.carries_links && doubtful.carries_links);
        let width = |given: &Given| given.upper.expect("an end") - given.lower.expect("an end");
        assert!(width(&doubtful) > width(&bare), "{doubtful:?} beside {bare:?}");
        assert_eq!(doubtful.people, bare.people);
        let other = Estimate {
            method: Method::Graphs,
            ..found
        };
        assert!(!carried(&with, &other).carries_links);
    }

    #[test]
    fn what_is_computed_holds_histograms_and_every_two_lists_as_one() {
        let mut counts = vec![40; 16];
        counts[0] = 0;
        for alone in [1, 2, 4, 8] {
            counts[alone] = 150;
        }
        let task = Task {
            overlap: Overlap::new(vec![1, 2, 3, 4], counts).expect("overlaps"),
            draws: Vec::new(),
            settings: Settings {
                resamples: 50,
                seed: SEED,
                ..Settings::default()
            },
        };
        let answer = compute(&task, domain::Day::new(2025, 6, 1).expect("a day"), |_, _, _| {});
        assert_eq!((answer.without.len(), answer.merged.len()), (4, 6));
        assert!(answer.merged.iter().all(|merged| merged.people.is_some()));
        let trust = answer.trust.as_ref().expect("checks");
        assert_eq!((trust.conditioned.len(), trust.surprises.len()), (4, 3));
        assert!(trust.conditioned.iter().all(|one| one.ratio.is_some()), "{trust:?}");
        let covered = trust.covered.as_ref().expect("simulated");
        assert!(covered.n == 200 && covered.share > 0.5, "{covered:?}");
        for given in &answer.results {
            let method = Method::from_code(&given.method).expect("a method");
            assert!(
                !given
                    .warnings
                    .iter()
                    .any(|warning| warning.contains("bias-corrected form, for"))
            );
            let is_plain = matches!(method, Method::Chao | Method::MainEffects | Method::AllPairs);
            assert_eq!(given.spread.is_none(), is_plain, "{method}");
            if let Some(steps) = &given.spread {
                let held: f64 = steps.shares.iter().sum();
                assert!((0.9..=1.0 + 1e-9).contains(&(held + steps.above)), "{steps:?}");
            }
        }
        let kept = serde_json::to_string(&answer).expect("JSON");
        let read: Answer = serde_json::from_str(&kept).expect("read back");
        assert!(read.goes_out && read.merged.len() == 6);
        assert_eq!(read.trust, answer.trust);
    }

    #[test]
    fn what_was_kept_before_histograms_is_read() {
        let old = r#"{"results":[{"method":"stepwise","people":1234.5,"lower":1100.0,"upper":1400.0,"model":["1:2"],"warnings":[]}],
            "left_out":[],"verdict":{"is":"agree","methods":2},"without":[{"place":0,"people":1200.0}],"n_resamples":1000,
            "estimated_on":"2025-06-01"}"#;
        let read: Answer = serde_json::from_str(old).expect("read");
        assert!(read.trust.is_none());
        assert!(read.merged.is_empty() && read.results[0].spread.is_none() && !read.goes_out);
    }
}
