//! All methods side by side, because none of them is the answer.

use super::estimate::{Estimate, Method, Refusal, Settings};
use super::histories::Histories;
use super::{chao, classes, downhill, graphs, hierarchical, poisson, stepwise, threshold, verdict};

/// What every method says of the same histories.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Answers, in the order of [`Method::ALL`].
    pub results: Vec<Estimate>,
    /// Methods that gave no number, and why.
    pub left_out: Vec<(Method, Refusal)>,
    /// Whether the methods agree.
    pub verdict: verdict::Verdict,
}

/// Runs methods one after the other; `begins` is told of each before it begins.
///
/// ```
/// use statistics::multiple_systems::{Histories, Method, Settings, panel};
/// let histories = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 0, 0, 0])?;
/// let settings = Settings { resamples: 0, ..Settings::default() };
/// let panel = panel::panel(&histories, &[Method::MainEffects, Method::AllPairs], &settings, |_| {});
/// assert_eq!(panel.results.len(), 1);
/// // All pairs are not identifiable here, and that is said instead of a number.
/// assert_eq!(panel.left_out[0].0, Method::AllPairs);
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn panel(histories: &Histories, methods: &[Method], settings: &Settings, mut begins: impl FnMut(Method)) -> Panel {
    let (mut results, mut left_out) = (Vec::new(), Vec::new());
    for method in methods {
        begins(*method);
        match estimate(histories, *method, settings) {
            Ok(estimate) => results.push(estimate),
            Err(refusal) => left_out.push((*method, refusal)),
        }
    }
    let verdict = verdict::of(histories, methods, &results);
    Panel {
        results,
        left_out,
        verdict,
    }
}

/// Runs one method.
pub fn estimate(histories: &Histories, method: Method, settings: &Settings) -> Result<Estimate, Refusal> {
    match method {
        Method::Chao => chao::estimate(histories, settings.level),
        Method::MainEffects => poisson::main_effects(histories, settings.level),
        Method::AllPairs => poisson::all_pairs(histories, settings.level),
        Method::Stepwise => stepwise::estimate(histories, settings),
        Method::Bic => hierarchical::estimate(histories, settings),
        Method::Downhill => downhill::estimate(histories, settings),
        Method::Threshold => threshold::estimate(histories, settings),
        Method::Graphs => {
            let options = graphs::Options {
                level: settings.level,
                ..graphs::Options::default()
            };
            graphs::average(histories, &options)?.estimate()
        }
        Method::Classes => classes::estimate(histories, settings),
    }
}
