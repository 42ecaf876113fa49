//! Latent classes: people of several unseen kinds, and within a kind every list is independent.
//!
//! Manrique-Vallier, D. (2016), "Bayesian population size estimation using Dirichlet process mixtures",
//! Biometrics 72:1246-1254. A class has its share of the people and a chance of being on each list;
//! shares come from a stick-breaking process cut off at [`Options::classes`], so that the number of
//! classes that matter is learned. The Gibbs sampler draws, in turn, everyone's class, each class's
//! chances, the shares, the number of people unseen (prior one over the total) and the concentration.
//!
//! The posterior often has several modes that one chain does not leave for a long time. So several chains
//! are run from different starts, and where they disagree the answer is a refusal with the size of the
//! disagreement: never the number of whichever mode one chain happened to sit in.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, Open01, Poisson};
use rayon::prelude::*;

use super::convergence::Convergence;
use super::estimate::{Computed, Estimate, Interval, IntervalKind, Method, Refusal, Settings};
use super::histories::Histories;
use super::quantile;
use super::spread::Spread;
use super::stream::{Purpose, stream};

/// Choices of the method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Where the stick-breaking process is cut off: the most classes, at least 2.
    pub classes: usize,
    /// Shape and rate of the gamma prior of the concentration; small values prefer few classes.
    pub concentration: (f64, f64),
    /// The most people unseen, as a multiple of those seen: larger draws are drawn again.
    pub most_unseen: f64,
    /// Chains, at least 2.
    pub chains: usize,
    /// Sweeps of each chain that are forgotten.
    pub burn_in: usize,
    /// Draws of each chain that are kept, at least 10.
    pub draws: usize,
    /// Sweeps for each kept draw, at least 1.
    pub thinning: usize,
    /// Seed of the chains.
    pub seed: u64,
    /// Level of the interval.
    pub level: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            classes: 10,
            concentration: (0.25, 0.25),
            most_unseen: 20.0,
            chains: 8,
            burn_in: 5_000,
            draws: 1_000,
            thinning: 10,
            seed: 1,
            level: 0.95,
        }
    }
}

/// The posterior of the total, chain by chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// The options used.
    pub options: Options,
    /// Draws of the total, seen and unseen, in the order drawn.
    pub chains: Vec<Vec<f64>>,
    /// Whether the chains agree.
    pub convergence: Convergence,
    /// How many draws of the unseen were drawn again because they were above the most allowed, as a share of
    /// all: the answer depends on that limit where it is not next to nothing.
    pub cut_off: f64,
}

/// The method at a panel's seed and level; refused where its chains disagree.
pub fn estimate(histories: &Histories, settings: &Settings) -> Result<Estimate, Refusal> {
    sample(
        histories,
        &Options {
            seed: settings.seed,
            level: settings.level,
            ..Options::default()
        },
    )?
    .estimate()
}

/// Runs the chains. Refused where nobody is on two lists; whether the chains agree is for
/// [`Classes::estimate`] to say.
pub fn sample(histories: &Histories, options: &Options) -> Result<Classes, Refusal> {
    if histories.by_number_of_lists()[2..].iter().all(|people| *people == 0) {
        return Err(Refusal::NoOverlap);
    }
    let options = Options {
        classes: options.classes.max(2),
        chains: options.chains.max(2),
        draws: options.draws.max(10),
        thinning: options.thinning.max(1),
        ..*options
    };
    let run = |number: usize| {
        let mut chain = Chain::new(histories, options, number);
        (0..options.burn_in).for_each(|_| chain.sweep());
        let draws: Vec<f64> = (0..options.draws)
            .map(|_| {
                (0..options.thinning).for_each(|_| chain.sweep());
                (chain.observed + chain.unseen) as f64
            })
            .collect();
        (draws, chain.again as f64 / (chain.sweeps + chain.again) as f64)
    };
    let (chains, again): (Vec<Vec<f64>>, Vec<f64>) = (0..options.chains).into_par_iter().map(run).unzip();
    let convergence = Convergence::of(&chains);
    let cut_off = again.iter().sum::<f64>() / again.len() as f64;
    Ok(Classes {
        options,
        chains,
        convergence,
        cut_off,
    })
}

impl Classes {
    /// The median and the equal-tailed interval over all chains; refused where the chains disagree.
    pub fn estimate(&self) -> Result<Estimate, Refusal> {
        if !self.convergence.agree() {
            return Err(Refusal::ChainsDisagree {
                r_hat: self.convergence.r_hat,
            });
        }
        let mut totals: Vec<f64> = self.chains.iter().flatten().copied().collect();
        totals.sort_by(f64::total_cmp);
        let tail = (1.0 - self.options.level) / 2.0;
        let [lower, median, upper] = [tail, 0.5, 1.0 - tail].map(|share| quantile::seven(&totals, share));
        let mut warnings = Vec::new();
        let worth = self.convergence.bulk.min(self.convergence.tail);
        if worth < 400.0 {
            warnings.push(format!(
                "The chains are worth only {worth:.0} independent draws: the limits are rough."
            ));
        }
        if self.cut_off > 0.001 {
            warnings.push(format!(
                "{:.1} % of the draws were above {} times the people seen and were drawn again: the upper limit depends on where they are cut off.",
                100.0 * self.cut_off,
                self.options.most_unseen
            ));
        }
        Ok(Estimate {
            method: Method::Classes,
            estimate: median,
            interval: Some(Interval {
                kind: IntervalKind::Credible,
                level: self.options.level,
                lower,
                upper,
            }),
            model: Vec::new(),
            aic: None,
            bic: None,
            checks: None,
            warnings,
            seed: Some(self.options.seed),
            bootstrap: None,
            posterior: Spread::of_equal(&totals),
            computed: Some(Computed::Chains(self.convergence)),
        })
    }

    /// The median of each chain, rising: how far apart they sit.
    pub fn medians(&self) -> Vec<f64> {
        let median = |chain: &Vec<f64>| {
            let mut sorted = chain.clone();
            sorted.sort_by(f64::total_cmp);
            quantile::seven(&sorted, 0.5)
        };
        let mut medians: Vec<f64> = self.chains.iter().map(median).collect();
        medians.sort_by(f64::total_cmp);
        medians
    }
}

/// One chain of the Gibbs sampler.
struct Chain {
    rng: ChaCha8Rng,
    options: Options,
    /// Histories that anybody has, with their people.
    seen: Vec<(usize, u64)>,
    observed: u64,
    lists: usize,
    /// Share of the people by class.
    shares: Vec<f64>,
    /// Chance of being on each list, by class and then by list.
    chances: Vec<f64>,
    unseen: u64,
    concentration: f64,
    sweeps: u64,
    /// Draws of the unseen that were above the most allowed.
    again: u64,
    /// People by class, and of them those on each list.
    people: Vec<u64>,
    on: Vec<u64>,
    weights: Vec<f64>,
}

impl Chain {
    /// A chain of its own start: one to half of the classes matter, with chances drawn at random, and from
    /// none to twice the people seen are unseen.
    fn new(histories: &Histories, options: Options, number: usize) -> Self {
        let mut rng = stream(options.seed, Purpose::Classes, number as u64);
        let lists = histories.lists();
        let classes = options.classes;
        let observed = histories.observed();
        let mattering = 1 + number % (classes / 2).max(1);
        let shares = (0..classes)
            .map(|class| {
                if class < mattering {
                    1.0 / mattering as f64
                } else {
                    1e-6
                }
            })
            .collect();
        let chances = (0..classes * lists).map(|_| rng.random_range(0.02..0.98)).collect();
        let unseen = rng.random_range(0..=2 * observed);
        let seen = histories.counts().iter().enumerate().filter(|(_, count)| **count > 0);
        Self {
            rng,
            options,
            seen: seen.map(|(history, count)| (history, *count)).collect(),
            observed,
            lists,
            shares,
            chances,
            unseen,
            concentration: 1.0,
            sweeps: 0,
            again: 0,
            people: vec![0; classes],
            on: vec![0; classes * lists],
            weights: vec![0.0; classes],
        }
    }

    /// Draws everything once, each given the rest.
    fn sweep(&mut self) {
        self.sweeps += 1;
        self.people.fill(0);
        self.on.fill(0);
        for index in 0..self.seen.len() {
            let (history, count) = self.seen[index];
            self.weigh(history);
            self.split(history, count);
        }
        self.draw_unseen();
        self.weigh(0);
        self.split(0, self.unseen);
        self.draw_chances();
        self.draw_shares();
    }

    /// The weight of each class among people of one history.
    fn weigh(&mut self, history: usize) {
        for (class, weight) in self.weights.iter_mut().enumerate() {
            let chances = &self.chances[class * self.lists..(class + 1) * self.lists];
            let chance = |(list, on): (usize, &f64)| if history >> list & 1 == 1 { *on } else { 1.0 - on };
            *weight = self.shares[class] * chances.iter().enumerate().map(chance).product::<f64>();
        }
    }

    /// Divides people of one history among the classes, in proportion to the weights: binomials one after
    /// the other are a multinomial.
    fn split(&mut self, history: usize, count: u64) {
        let mut left = count;
        let mut weight = self.weights.iter().sum::<f64>();
        for class in 0..self.weights.len() {
            if left == 0 {
                break;
            }
            let last = class + 1 == self.weights.len();
            let share = if last || weight <= 0.0 {
                1.0
            } else {
                (self.weights[class] / weight).clamp(0.0, 1.0)
            };
            let here = Binomial::new(left, share).map_or(left, |binomial| binomial.sample(&mut self.rng));
            weight -= self.weights[class];
            left -= here;
            self.people[class] += here;
            for list in (0..self.lists).filter(|list| history >> list & 1 == 1) {
                self.on[class * self.lists + list] += here;
            }
        }
    }

    /// The people unseen: negative binomial given the chance of being on no list, as a Poisson number with
    /// a gamma mean.
    fn draw_unseen(&mut self) {
        self.weigh(0);
        // A share of exactly 0 or 1 is rounding.
        let none = self.weights.iter().sum::<f64>().clamp(1e-12, 1.0 - 1e-12);
        let most = self.options.most_unseen * self.observed as f64;
        let Ok(gamma) = Gamma::new(self.observed as f64, none / (1.0 - none)) else {
            return;
        };
        // Beyond any use the limit is not enforced by drawing for ever: the last number unseen stays.
        for _ in 0..1_000 {
            let mean: f64 = gamma.sample(&mut self.rng);
            let unseen = Poisson::new(mean).map_or(0.0, |poisson| poisson.sample(&mut self.rng));
            if unseen <= most {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a whole number below the most"
                )]
                let unseen = unseen as u64;
                self.unseen = unseen;
                return;
            }
            self.again += 1;
        }
    }

    /// The chance of each list in each class, uniform beforehand.
    fn draw_chances(&mut self) {
        for (place, chance) in self.chances.iter_mut().enumerate() {
            let (people, on) = (self.people[place / self.lists], self.on[place]);
            if let Ok(beta) = Beta::new(1.0 + on as f64, 1.0 + (people - on) as f64) {
                *chance = beta.sample(&mut self.rng);
            }
        }
    }

    /// The shares of the classes, then the concentration. A stick is a beta draw, taken as two gamma draws in
    /// logarithms: with a small concentration what it leaves is far below the smallest number.
    fn draw_shares(&mut self) {
        let mut after: u64 = self.people.iter().sum();
        let mut log_left = 0.0_f64;
        let last = self.shares.len() - 1;
        for class in 0..last {
            let people = self.people[class];
            after -= people;
            let taken = log_gamma_draw(1.0 + people as f64, &mut self.rng);
            let left = log_gamma_draw(self.concentration + after as f64, &mut self.rng);
            let larger = taken.max(left);
            let both = larger + ((taken - larger).exp() + (left - larger).exp()).ln();
            self.shares[class] = (log_left + taken - both).exp();
            log_left += left - both;
        }
        self.shares[last] = log_left.exp();
        let (shape, rate) = self.options.concentration;
        if let Ok(gamma) = Gamma::new(shape + last as f64, 1.0 / (rate - log_left)) {
            self.concentration = gamma.sample(&mut self.rng).max(1e-10);
        }
    }
}

/// The logarithm of a gamma draw of rate 1. A shape below 1 is raised by 1 and the draw multiplied by
/// `u^(1/shape)`: Marsaglia, G. and Tsang, W. W. (2000), ACM Transactions on Mathematical Software 26:363-372.
fn log_gamma_draw(shape: f64, rng: &mut ChaCha8Rng) -> f64 {
    let raised = if shape < 1.0 { shape + 1.0 } else { shape };
    let draw: f64 = Gamma::new(raised, 1.0).map_or(raised, |gamma| gamma.sample(rng));
    let draw = draw.max(f64::MIN_POSITIVE).ln();
    if shape < 1.0 {
        draw + rng.sample::<f64, _>(Open01).ln() / shape
    } else {
        draw
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "expected counts of these tables are small and not negative"
)]
mod tests {
    use super::*;

    /// What 1,000 people leave on three independent lists with chances 0.3, 0.25 and 0.2, on average.
    fn independent() -> Histories {
        Histories::new(["A", "B", "C"], vec![0, 180, 140, 60, 105, 45, 35, 15]).unwrap()
    }

    fn quick() -> Options {
        Options {
            burn_in: 1_000,
            draws: 500,
            thinning: 4,
            chains: 4,
            ..Options::default()
        }
    }

    #[test]
    fn people_on_independent_lists_are_counted() {
        let found = sample(&independent(), &quick()).unwrap();
        let estimate = found.estimate().unwrap();
        let interval = estimate.interval.unwrap();
        assert!((interval.lower..interval.upper).contains(&1_000.0), "{interval:?}");
        assert!((900.0..1_150.0).contains(&estimate.estimate), "{}", estimate.estimate);
    }

    #[test]
    fn people_of_two_kinds_are_counted_where_independence_would_miss_them() {
        // 400 people with chance 0.6 of each of five lists and 1,600 with chance 0.1: main effects say about 1,350.
        let mut counts = vec![0_u64; 32];
        for (history, count) in counts.iter_mut().enumerate().skip(1) {
            let on = history.count_ones();
            let kind =
                |people: f64, chance: f64| people * chance.powf(f64::from(on)) * (1.0 - chance).powf(f64::from(5 - on));
            *count = (kind(400.0, 0.6) + kind(1_600.0, 0.1)).round() as u64;
        }
        let histories = Histories::new(["A", "B", "C", "D", "E"], counts).unwrap();
        let found = sample(&histories, &quick()).unwrap();
        let medians = found.medians();
        assert!(
            medians.iter().all(|median| (1_500.0..2_800.0).contains(median)),
            "{medians:?}"
        );
    }

    #[test]
    fn chains_that_disagree_are_refused_with_the_size_of_the_disagreement() {
        let mut found = sample(&independent(), &quick()).unwrap();
        found.chains[0].iter_mut().for_each(|draw| *draw *= 2.0);
        found.convergence = Convergence::of(&found.chains);
        assert!(matches!(found.estimate(), Err(Refusal::ChainsDisagree { r_hat }) if r_hat > 1.05));
        assert!(found.medians()[3] > 1.5 * found.medians()[0]);
    }

    #[test]
    fn the_answer_is_the_same_on_one_thread_and_on_three() {
        let options = Options {
            burn_in: 50,
            draws: 50,
            ..quick()
        };
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| sample(&independent(), &options).unwrap())
        };
        assert_eq!(on(1), on(3));
        assert_ne!(
            on(1).chains,
            sample(&independent(), &Options { seed: 2, ..options }).unwrap().chains
        );
    }

    #[test]
    fn a_limit_that_bites_is_told() {
        let tight = Options {
            most_unseen: 0.7,
            ..quick()
        };
        let found = sample(&independent(), &tight).unwrap();
        assert!(found.cut_off > 0.05, "{}", found.cut_off);
        assert!(found.chains.iter().flatten().all(|total| *total <= 580.0 * 1.7));
    }

    #[test]
    fn lists_that_never_meet_are_refused() {
        let apart = Histories::new(["A", "B", "C"], vec![0, 9, 8, 0, 7, 0, 0, 0]).unwrap();
        assert_eq!(sample(&apart, &Options::default()), Err(Refusal::NoOverlap));
    }
}
