//! Stepwise choice of pairs: which two lists overlap more, or less, than chance would have it.
//!
//! Chan, L., Silverman, B. W. and Vincent, K. (2021), "Multiple systems estimation for sparse capture
//! data", Journal of the American Statistical Association 116:1297-1306, section 3.2. Starting from independent lists, each step takes the pair
//! whose overlap is the least likely under the model so far, among the pairs with which the model
//! still has an estimate; it stops when none is less likely than the threshold. No pair is taken out again.

use super::bootstrap;
use super::estimate::{Estimate, Method, Refusal, Settings};
use super::existence;
use super::histories::Histories;
use super::model::{Model, pairs};
use super::newton::{Maximum, Newton};
use super::normal;
use super::poisson::{self, Failure};
use super::table::{Reduction, Table};

/// The model that the selection ends with, and the pairs in the order in which they were taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The model.
    pub model: Model,
    /// Its pairs, the most surprising first.
    pub order: Vec<u16>,
}

/// Chooses pairs with a threshold of 0 (none) to 1 (every admissible pair); 0.02 is usual.
///
/// ```
/// use statistics::multiple_systems::{Histories, stepwise};
/// // Ball, Shin and Yang (2018): three lists of women held at Palembang.
/// let histories = Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12])?;
/// let choice = stepwise::choose(&histories, 0.02).expect("independent lists have an estimate");
/// assert_eq!(choice.model.notation(histories.names()), ["b:c", "d"]);
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn choose(histories: &Histories, threshold: f64) -> Result<Choice, Refusal> {
    let lists = histories.lists();
    let (order, _) = select(&mut Newton::default(), &Table::of(histories), threshold)
        .map_err(|failure| poisson::refusal(histories, &Model::main_effects(lists), failure))?;
    Ok(Choice {
        model: Model::from_terms(lists, order.iter().copied()),
        order,
    })
}

/// The estimate of the chosen model, with a bootstrap interval that repeats the choice on every resample.
pub fn estimate(histories: &Histories, settings: &Settings) -> Result<Estimate, Refusal> {
    let choice = choose(histories, settings.p)?;
    let fit = poisson::fit(histories, &choice.model)?;
    let answer = fit.answer(Method::Stepwise, histories.names(), None);
    Ok(bootstrap::add(answer, histories, settings, |newton, table| {
        select(newton, table, settings.p)
            .ok()
            .map(|(_, maximum)| table.observed() + maximum.unseen())
    }))
}

/// The selection on any table: pairs in the order taken, and the maximum of the last model.
fn select(newton: &mut Newton, table: &Table, threshold: f64) -> Result<(Vec<u16>, Maximum), Failure> {
    let mut terms = Model::main_effects(table.lists).terms();
    let (mut reduction, mut maximum) = poisson::solve(newton, table, &terms, None)?;
    let mut left = pairs(table.lists);
    let mut order = Vec::new();
    loop {
        let tail =
            |pair: u16| normal::poisson_tail(table.margins[usize::from(pair)], newton.margins[usize::from(pair)]);
        let mut surprising: Vec<(f64, u16)> = left
            .iter()
            .map(|pair| (tail(*pair), *pair))
            .filter(|(tail, _)| *tail < threshold)
            .collect();
        // A stable sort: of equally surprising pairs the first in the order of lists.
        surprising.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut taken = None;
        for (_, pair) in surprising {
            terms.push(pair);
            let candidate = Reduction::new(table, &terms);
            let checks = existence::check(table, &candidate).map_err(|existence::TooLarge| Failure::TooLarge)?;
            if checks.pass() {
                taken = Some((pair, candidate));
                break;
            }
            terms.pop();
        }
        let Some((pair, candidate)) = taken else {
            return Ok((order, maximum));
        };
        let start = carried(&reduction, &maximum, &candidate);
        maximum = newton
            .maximise(table, &candidate, Some(&start), None)
            .map_err(|_| Failure::NotConverged)?;
        reduction = candidate;
        left.retain(|other| *other != pair);
        order.push(pair);
    }
}

/// Parameters to start a larger model from: those of the smaller one, and 0 for what is new.
fn carried(reduction: &Reduction, maximum: &Maximum, larger: &Reduction) -> Vec<f64> {
    let old = |term: &u16| {
        reduction
            .kept
            .iter()
            .position(|kept| kept == term)
            .map(|index| maximum.parameters[index])
    };
    larger.kept.iter().map(|term| old(term).unwrap_or(0.0)).collect()
}
