//! Bayesian averaging over decomposable graphs: which lists depend on which is left open, and every
//! answer is weighed by how well it explains the overlaps.
//!
//! Madigan, D. and York, J. C. (1997), "Bayesian methods for estimation of the size of a closed
//! population", Biometrika 84:19-31, with the hyper-Dirichlet prior of Dawid, A. P. and Lauritzen, S. L.
//! (1993), Annals of Statistics 21:1272-1317. Every decomposable graph is equally likely beforehand, and
//! every cell of the full table has the same prior weight `delta`. For a graph with cliques `C` and
//! separators `S`, and `m` people unseen, the evidence is a product of one factor for each clique over one
//! for each separator. The factor of a set of lists depends on `m` through one marginal cell only, so the
//! factors are computed once for each `m` and shared by all graphs.
//!
//! The prior on the total, `delta`, and the grid of `m` all change the answer, most of all where
//! overlaps are small; the result carries them.
//!
//! # How it is computed
//!
//! Factors are written as ratios to those of independent lists, so that a set of one list needs none.
//! The grid is cut into blocks in which the ratios change little. Their logarithms are taken once for
//! each block, at its middle; within the block a graph's weights are products of plain numbers, with no
//! logarithm or exponential for each graph. Graphs whose share of the answer over a block is proved to be
//! below 10^-20 are left out of it.

pub mod decomposable;

use rayon::prelude::*;

use self::decomposable::Decomposable;
use super::estimate::{Computed, Estimate, Interval, IntervalKind, Method, Refusal, Settings};
use super::histories::Histories;
use super::spread::Spread;

/// The most lists whose graphs can all be tried.
pub const MOST_LISTS: usize = 6;

/// The share of the posterior on the graph that joins all lists above which there is no number: that graph fits every table
/// and leaves the people unseen to the prior.
pub const MOST_ON_ALL: f64 = 0.5;

/// The share of the posterior on the graph that joins all lists above which it is said beside the number.
const SAID_ON_ALL: f64 = 0.05;

/// What is believed of the total beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prior {
    /// In proportion to one over the total: every order of magnitude is as likely as the next.
    Reciprocal,
    /// Every total on the grid is equally likely.
    Uniform,
}

/// Choices that change the answer; the default is `1/N`, 2^-lists, and 30 times the people seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The prior on the total.
    pub prior: Prior,
    /// Prior weight of each cell of the full table, above 0; `None` is `2^-lists`, one person in all.
    pub delta: Option<f64>,
    /// The most people unseen, at least 1; `None` is 30 times the people seen.
    pub most_unseen: Option<u64>,
    /// Points of the grid from 1 to the most unseen, evenly spaced and rounded; at least 1, and no more
    /// are used than there are whole numbers.
    pub points: u64,
    /// Level of the interval.
    pub level: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            prior: Prior::Reciprocal,
            delta: None,
            most_unseen: None,
            points: 20_000,
            level: 0.95,
        }
    }
}

/// A graph and how likely it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The graph.
    pub graph: Decomposable,
    /// Its posterior probability.
    pub probability: f64,
}

/// A separate peak of the posterior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// The most likely total in it.
    pub at: u64,
    /// Its share of the posterior, between the valleys on both sides.
    pub share: f64,
}

/// The posterior of the total, averaged over graphs.
#[derive(Debug, Clone, PartialEq)]
pub struct Average {
    /// The options used, with nothing left open.
    pub options: Options,
    /// Totals on the grid, seen and unseen, rising.
    pub totals: Vec<u64>,
    /// The posterior probability of each; they sum to 1.
    pub posterior: Vec<f64>,
    /// Every graph, the likeliest first.
    pub graphs: Vec<Weighed>,
    /// Posterior mean of the total.
    pub mean: f64,
    /// Posterior median: the smallest total with half of the posterior at or below it.
    pub median: u64,
    /// Equal-tailed interval.
    pub interval: Interval,
}

/// The method with its usual choices, at a panel's level.
pub fn estimate(histories: &Histories, settings: &Settings) -> Result<Estimate, Refusal> {
    average(
        histories,
        &Options {
            level: settings.level,
            ..Options::default()
        },
    )?
    .estimate()
}

/// Averages over all decomposable graphs. Refused for more than [`MOST_LISTS`] lists, and where nobody is
/// on two lists: the posterior would then only say back the prior.
///
/// ```
/// use statistics::multiple_systems::{Histories, graphs};
/// // The overlaps of three lists of women held at Palembang (Ball, Shin and Yang 2018).
/// let histories = Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12])?;
/// let average = graphs::average(&histories, &graphs::Options::default()).expect("three overlapping lists");
/// assert_eq!((average.median, average.interval.lower, average.interval.upper), (163, 127.0, 468.0));
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn average(histories: &Histories, options: &Options) -> Result<Average, Refusal> {
    let lists = histories.lists();
    if lists > MOST_LISTS {
        return Err(Refusal::TooManyLists {
            lists,
            most: MOST_LISTS,
        });
    }
    if histories.by_number_of_lists()[2..].iter().all(|people| *people == 0) {
        return Err(Refusal::NoOverlap);
    }
    let delta = options.delta.filter(|delta| delta.is_finite() && *delta > 0.0);
    let delta = delta.unwrap_or_else(|| (-(lists as f64)).exp2());
    let most = options.most_unseen.unwrap_or(30 * histories.observed()).max(1);
    let unseen = grid(most, options.points.max(1).min(most));
    let options = Options {
        delta: Some(delta),
        most_unseen: Some(most),
        points: unseen.len() as u64,
        ..*options
    };

    let graphs = decomposable::all(lists);
    let (posterior, probabilities) = Evidence::new(histories, delta, options.prior).weigh(&unseen, &graphs);

    let totals: Vec<u64> = unseen.iter().map(|unseen| unseen + histories.observed()).collect();
    let mean = totals
        .iter()
        .zip(&posterior)
        .map(|(total, share)| *total as f64 * share)
        .sum();
    let tail = (1.0 - options.level) / 2.0;
    let [lower, median, upper] = [tail, 0.5, 1.0 - tail].map(|share| quantile(&totals, &posterior, share));
    let mut graphs: Vec<Weighed> = graphs
        .into_iter()
        .zip(probabilities)
        .map(|(graph, probability)| Weighed { graph, probability })
        .collect();
    graphs.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    let interval = Interval {
        kind: IntervalKind::Credible,
        level: options.level,
        lower: lower as f64,
        upper: upper as f64,
    };
    Ok(Average {
        options,
        totals,
        posterior,
        graphs,
        mean,
        median,
        interval,
    })
}

impl Average {
    /// The median as an [`Estimate`], with the warnings that its posterior calls for. Refused where most of the posterior
    /// lies on the graph that joins all lists: the median would only say back the prior.
    pub fn estimate(&self) -> Result<Estimate, Refusal> {
        let mut warnings = Vec::new();
        let on_all = self.share_on_all();
        if on_all > MOST_ON_ALL {
            return Err(Refusal::AllDependent { share: on_all });
        }
        if on_all > SAID_ON_ALL {
            warnings.push(format!(
                "{:.0} % of the posterior lies on the graph that joins all lists, which says nothing of people on no list: that part of the answer is what was assumed beforehand.",
                100.0 * on_all
            ));
        }
        let end = self.share_at_the_end();
        if end > 0.001 {
            warnings.push(format!(
                "The grid ends too soon: {:.1} % of the posterior lies in its last tenth. The upper limit depends on where it ends.",
                100.0 * end
            ));
        }
        let peaks = self.peaks();
        if peaks.len() > 1 {
            let said = peaks
                .iter()
                .map(|peak| format!("{} ({:.0} %)", peak.at, 100.0 * peak.share));
            warnings.push(format!(
                "The posterior has separate peaks, at {}: the median may lie where few of the answers do.",
                said.collect::<Vec<_>>().join(" and ")
            ));
        }
        Ok(Estimate {
            method: Method::Graphs,
            estimate: self.median as f64,
            interval: Some(self.interval),
            model: Vec::new(),
            aic: None,
            bic: None,
            checks: None,
            warnings,
            seed: None,
            bootstrap: None,
            posterior: Spread::of_weighed(
                self.totals
                    .iter()
                    .map(|total| *total as f64)
                    .zip(self.posterior.iter().copied()),
            ),
            computed: Some(Computed::Grid {
                most_unseen: self.options.most_unseen.unwrap_or_default(),
                points: self.options.points,
            }),
        })
    }

    /// The share of the posterior on the graph that joins every list with every other.
    pub fn share_on_all(&self) -> f64 {
        let joins_all = |weighed: &&Weighed| weighed.graph.cliques.len() == 1;
        self.graphs
            .iter()
            .filter(joins_all)
            .map(|weighed| weighed.probability)
            .sum()
    }

    /// The share of the posterior in the last tenth of the grid.
    pub fn share_at_the_end(&self) -> f64 {
        self.posterior[self.posterior.len() * 9 / 10..].iter().sum()
    }

    /// Peaks that are parted by a valley at most half as high as the lower of the two, and that hold at
    /// least a twentieth of the posterior each.
    pub fn peaks(&self) -> Vec<Peak> {
        let height = |index: usize| self.posterior[index];
        // The summit of each peak, and where it ends; then the peak being climbed or left.
        let mut peaks: Vec<(usize, usize)> = Vec::new();
        let (mut summit, mut valley) = (0, 0);
        for index in 1..self.posterior.len() {
            let parted = 2.0 * height(valley) <= height(summit).min(height(index));
            if parted && height(index) > height(valley) {
                peaks.push((summit, valley));
                (summit, valley) = (index, index);
            } else if height(index) > height(summit) {
                (summit, valley) = (index, index);
            } else if height(index) < height(valley) {
                valley = index;
            }
        }
        peaks.push((summit, self.posterior.len()));
        let starts = [0].into_iter().chain(peaks.iter().map(|(_, end)| *end));
        starts
            .zip(&peaks)
            .map(|(start, (summit, end))| Peak {
                at: self.totals[*summit],
                share: self.posterior[start..*end].iter().sum(),
            })
            .filter(|peak| peak.share >= 0.05)
            .collect()
    }
}

/// Whole numbers from 1 to `most`, `points` of them before equal ones are dropped.
fn grid(most: u64, points: u64) -> Vec<u64> {
    if points == 1 {
        return vec![most];
    }
    let step = (most - 1) as f64 / (points - 1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and `most`"
    )]
    let mut grid: Vec<u64> = (0..points)
        .map(|point| (1.0 + point as f64 * step).round_ties_even() as u64)
        .collect();
    grid.dedup();
    grid
}

/// The smallest value at which the running sum of `shares` reaches `share`.
fn quantile(values: &[u64], shares: &[f64], share: f64) -> u64 {
    let mut sum = 0.0;
    let reached = shares.iter().position(|next| {
        sum += next;
        sum >= share
    });
    values[reached.unwrap_or(values.len() - 1)]
}

/// Points of the grid that are weighed together: few enough for the factors of six lists to stay in the
/// processor's first cache.
const BLOCK: usize = 32;

/// Blocks that are summed one after the other by one thread. Fixed, so that sums are the same whatever
/// the number of threads.
const RUN: usize = 40;

/// How far, as a logarithm, a graph's weight may stray from the middle of a block and still be a plain number.
const MOST_SPREAD: f64 = 300.0;

/// The log evidence of sets of lists at one number of people unseen.
struct Evidence {
    /// How many people were seen.
    observed: f64,
    /// By set of lists: what does not depend on the number unseen.
    constant: Vec<f64>,
    /// By set of lists: people seen on none of the set, with their prior weight.
    on_none: Vec<f64>,
    /// Prior weight of the whole table.
    weight: f64,
    prior: Prior,
}

/// Where a block of the grid stands.
struct Point {
    /// Log evidence of independent lists, prior included.
    independent: f64,
    /// By set of lists: log of its factor over that of independent lists.
    ratio: Vec<f64>,
}

/// A graph as the sets by whose factors to multiply (cliques) and divide (separators). Sets of one list
/// have the factor 1 and are left out.
struct Product {
    cliques: Vec<usize>,
    separators: Vec<usize>,
}

impl Product {
    fn of(graph: &Decomposable) -> Self {
        let larger = |sets: &[u16]| {
            sets.iter()
                .filter(|set| set.count_ones() > 1)
                .map(|set| usize::from(*set))
                .collect()
        };
        Self {
            cliques: larger(&graph.cliques),
            separators: larger(&graph.separators),
        }
    }

    /// The sum over cliques, less (`sign` -1) or plus (`sign` 1) that over separators.
    fn sum(&self, of: &[f64], sign: f64) -> f64 {
        let sum = |sets: &[usize]| sets.iter().map(|set| of[*set]).sum::<f64>();
        sum(&self.cliques) + sign * sum(&self.separators)
    }
}

/// Weights over a part of the grid and of each graph.
type Weights = (Vec<f64>, Vec<f64>);

impl Evidence {
    fn new(histories: &Histories, delta: f64, prior: Prior) -> Self {
        let cells = histories.counts().len();
        let weight = delta * cells as f64;
        let (mut constant, mut on_none) = (vec![0.0; cells], vec![0.0; cells]);
        for set in 1..cells {
            let mut margin = vec![0_u64; cells];
            for (history, count) in histories.counts().iter().enumerate() {
                margin[history & set] += count;
            }
            let of_cell = weight / f64::from(1_u32 << set.count_ones());
            let seen = (1..cells)
                .filter(|cell| cell & !set == 0)
                .map(|cell| log_gamma(margin[cell] as f64 + of_cell));
            constant[set] =
                log_gamma(weight) + seen.sum::<f64>() - f64::from(1_u32 << set.count_ones()) * log_gamma(of_cell);
            on_none[set] = margin[0] as f64 + of_cell;
        }
        Self {
            observed: histories.observed() as f64,
            constant,
            on_none,
            weight,
            prior,
        }
    }

    /// The evidence with `unseen` people unseen.
    fn at(&self, unseen: u64) -> Point {
        let unseen = unseen as f64;
        let total = self.observed + unseen;
        let whole = log_gamma(total + self.weight);
        let mut ratio: Vec<f64> = self
            .constant
            .iter()
            .zip(&self.on_none)
            .map(|(constant, none)| constant + log_gamma(none + unseen) - whole)
            .collect();
        ratio[0] = 0.0;
        let single: Vec<f64> = (0..ratio.len().ilog2()).map(|list| ratio[1 << list]).collect();
        for (set, value) in ratio.iter_mut().enumerate() {
            *value -= single
                .iter()
                .enumerate()
                .filter(|(list, _)| set & (1 << list) != 0)
                .map(|(_, one)| one)
                .sum::<f64>();
        }
        // The multinomial coefficient; factorials of what was seen are the same everywhere.
        let ways = log_gamma(total + 1.0) - log_gamma(unseen + 1.0);
        let prior = match self.prior {
            Prior::Reciprocal => -total.ln(),
            Prior::Uniform => 0.0,
        };
        Point {
            independent: single.iter().sum::<f64>() + ways + prior,
            ratio,
        }
    }

    /// The posterior of each number unseen and of each graph.
    fn weigh(&self, unseen: &[u64], graphs: &[Decomposable]) -> Weights {
        let products: Vec<Product> = graphs.iter().map(Product::of).collect();
        // The largest weight at the middle of any block; all weights are computed relative to it.
        let best = |block: &[u64]| {
            let middle = self.at(block[block.len() / 2]);
            products
                .iter()
                .map(|graph| middle.independent + graph.sum(&middle.ratio, -1.0))
                .fold(f64::MIN, f64::max)
        };
        let best = unseen.par_chunks(BLOCK).map(best).reduce(|| f64::MIN, f64::max);
        let floor = best - ((products.len() * unseen.len()) as f64).ln() - 20.0 * std::f64::consts::LN_10;
        let parts: Vec<Weights> = unseen
            .par_chunks(BLOCK * RUN)
            .map(|run| {
                let mut weights = (vec![0.0; run.len()], vec![0.0; products.len()]);
                for (points, posterior) in run.chunks(BLOCK).zip(weights.0.chunks_mut(BLOCK)) {
                    self.weigh_block(points, &products, best, floor, posterior, &mut weights.1);
                }
                weights
            })
            .collect();
        let mut posterior = Vec::with_capacity(unseen.len());
        let mut of_graphs = vec![0.0; products.len()];
        for (points, sums) in parts {
            posterior.extend(points);
            of_graphs.iter_mut().zip(sums).for_each(|(sum, part)| *sum += part);
        }
        let whole: f64 = posterior.iter().sum();
        posterior
            .iter_mut()
            .chain(&mut of_graphs)
            .for_each(|weight| *weight /= whole);
        (posterior, of_graphs)
    }

    /// Adds the weights of one block, relative to `best`, to those of its points and of the graphs;
    /// halves the block where weights change too much within it.
    fn weigh_block(
        &self,
        unseen: &[u64],
        products: &[Product],
        best: f64,
        floor: f64,
        posterior: &mut [f64],
        of_graphs: &mut [f64],
    ) {
        let points: Vec<Point> = unseen.iter().map(|unseen| self.at(*unseen)).collect();
        let middle = &points[points.len() / 2];
        let spread = |value: &dyn Fn(&Point) -> f64| {
            points
                .iter()
                .map(|point| (value(point) - value(middle)).abs())
                .fold(0.0, f64::max)
        };
        let base = spread(&|point| point.independent);
        let spreads: Vec<f64> = (0..middle.ratio.len())
            .map(|set| spread(&|point| point.ratio[set]))
            .collect();
        if unseen.len() > 1 && base + spreads.iter().sum::<f64>() > MOST_SPREAD {
            let half = unseen.len() / 2;
            let (early, late) = posterior.split_at_mut(half);
            self.weigh_block(&unseen[..half], products, best, floor, early, of_graphs);
            self.weigh_block(&unseen[half..], products, best, floor, late, of_graphs);
            return;
        }
        // Each factor relative to the middle, at every point; points beyond a short block weigh nothing.
        let along = |value: &dyn Fn(&Point) -> f64| {
            let mut line = [0.0; BLOCK];
            line.iter_mut()
                .zip(&points)
                .for_each(|(entry, point)| *entry = (value(point) - value(middle)).exp());
            line
        };
        let independent = along(&|point| point.independent);
        let factors: Vec<[f64; BLOCK]> = (0..middle.ratio.len())
            .map(|set| along(&|point| point.ratio[set]))
            .collect();
        let inverses: Vec<[f64; BLOCK]> = factors
            .iter()
            .map(|line| line.map(|factor| if factor > 0.0 { 1.0 / factor } else { 0.0 }))
            .collect();
        let mut sums = [0.0; BLOCK];
        for (graph, of_graph) in products.iter().zip(of_graphs) {
            let log_weight = middle.independent + graph.sum(&middle.ratio, -1.0);
            if log_weight + base + graph.sum(&spreads, 1.0) < floor {
                continue;
            }
            let scale = (log_weight - best).exp();
            let mut line = independent.map(|factor| factor * scale);
            let lines = graph.cliques.iter().map(|set| &factors[*set]);
            for factor in lines.chain(graph.separators.iter().map(|set| &inverses[*set])) {
                line.iter_mut()
                    .zip(factor)
                    .for_each(|(weight, factor)| *weight *= factor);
            }
            sums.iter_mut().zip(&line).for_each(|(sum, weight)| *sum += weight);
            *of_graph += line.iter().sum::<f64>();
        }
        posterior.iter_mut().zip(&sums).for_each(|(weight, sum)| *weight += sum);
    }
}

/// The logarithm of the gamma function of `x > 0`: Stirling's series where it is exact to 13 digits.
fn log_gamma(x: f64) -> f64 {
    const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;
    if x < 30.0 {
        return libm::lgamma(x);
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0));
    (x - 0.5) * x.ln() - x + HALF_LN_TAU + series
}

#[cfg(test)]
#[path = "graphs/tests.rs"]
mod tests;
