//! Populations of known size, drawn from a fitted model, and whether the method finds their size.

use std::sync::atomic::{AtomicUsize, Ordering};

use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;

use super::Estimator;
use crate::interval::{self, Z95};
use crate::multiple_systems::histories::Histories;
use crate::multiple_systems::poisson::Fit;
use crate::multiple_systems::stream::{Purpose, stream};

/// The most populations that are drawn, whatever is asked for: each is a whole run of the method.
pub const MOST_SIMULATIONS: usize = 10_000;

/// How a method fares on populations drawn from a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The size of every population.
    pub truth: u64,
    /// How many were drawn.
    pub simulations: usize,
    /// On how many of them the method had no estimate, or no interval.
    pub without_interval: usize,
    /// On how many of them its interval held the truth.
    pub held: usize,
    /// Estimates over the truth, rising; those without an estimate are left out.
    pub ratios: Vec<f64>,
}

impl Coverage {
    /// The share of intervals that held the truth, with its own 95 % interval; `None` where there was none.
    pub fn share(&self) -> Option<(f64, interval::Interval)> {
        let (held, all) = (self.held as u64, (self.simulations - self.without_interval) as u64);
        Some((held as f64 / all as f64, interval::wilson(held, all, Z95)?))
    }

    /// The median of estimate over truth: 1 without bias. `None` where there was no estimate.
    pub fn median_ratio(&self) -> Option<f64> {
        let middle = self.ratios.len() / 2;
        match self.ratios.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(self.ratios[middle]),
            _ => Some(0.5 * (self.ratios[middle - 1] + self.ratios[middle])),
        }
    }
}

/// Draws populations of the fitted size, history by history, from the fitted model, and asks the method for
/// their size. `names` are those of the fitted lists. `progress` is told how many are done, from any thread.
///
/// A method with a bootstrap of its own runs it on each population: give it few resamples.
pub fn coverage(
    fit: &Fit,
    names: &[String],
    simulations: usize,
    seed: u64,
    method: impl Estimator,
    progress: impl Fn(usize) + Sync,
) -> Coverage {
    let simulations = simulations.min(MOST_SIMULATIONS);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of people, above 0"
    )]
    let truth = fit.total().round() as u64;
    let done = AtomicUsize::new(0);
    let run = |number: usize| {
        let estimate = population(fit, names, truth, seed, number as u64).and_then(|seen| method(&seen).ok());
        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        estimate
    };
    let estimates: Vec<_> = (0..simulations).into_par_iter().map(run).collect();
    let holds = |value: f64| move |(lower, upper): (f64, f64)| lower <= value && value <= upper;
    let intervals: Vec<(f64, f64)> = estimates
        .iter()
        .flatten()
        .filter_map(|estimate| estimate.interval.map(|interval| (interval.lower, interval.upper)))
        .collect();
    let mut ratios: Vec<f64> = estimates
        .iter()
        .flatten()
        .map(|estimate| estimate.estimate / truth as f64)
        .collect();
    ratios.sort_by(f64::total_cmp);
    Coverage {
        truth,
        simulations,
        without_interval: simulations - intervals.len(),
        held: intervals
            .into_iter()
            .filter(|interval| holds(truth as f64)(*interval))
            .count(),
        ratios,
    }
}

/// What the lists see of one population; `None` where a list is empty.
fn population(fit: &Fit, names: &[String], truth: u64, seed: u64, number: u64) -> Option<Histories> {
    let mut rng = stream(seed, Purpose::Reliability, number);
    let mut left = truth;
    let mut weight: f64 = fit.fitted.iter().sum();
    let mut counts = Vec::with_capacity(fit.fitted.len());
    for fitted in &fit.fitted {
        let share = if weight > 0.0 {
            (fitted / weight).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let here = Binomial::new(left, share).map_or(0, |binomial| binomial.sample(&mut rng));
        counts.push(here);
        left -= here;
        weight -= fitted;
    }
    counts[0] = 0;
    Histories::new(names.iter().cloned(), counts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multiple_systems::{Estimate, Model, Settings, poisson, profile, stepwise};

    fn histories() -> Histories {
        Histories::new(["A", "B", "C"], vec![0, 180, 140, 60, 105, 45, 35, 15]).unwrap()
    }

    fn fit(model: &Model) -> Fit {
        poisson::fit(&histories(), model).unwrap()
    }

    #[test]
    fn a_profile_interval_covers_as_it_says_and_a_wald_interval_less() {
        let model = Model::main_effects(3);
        let wald = |seen: &Histories| poisson::main_effects(seen, 0.95);
        let profiled = |seen: &Histories| {
            let interval = profile::profile(seen, &model, 0.95)?.interval;
            Ok(Estimate {
                interval: Some(interval),
                ..wald(seen)?
            })
        };
        let (fit, all) = (fit(&model), histories());
        let profiled = coverage(&fit, all.names(), 1_000, 1, profiled, |_| {});
        let share = profiled.share().unwrap().0;
        assert!((0.93..0.97).contains(&share), "{share}");
        assert!(
            (0.98..1.02).contains(&profiled.median_ratio().unwrap()),
            "{:?}",
            profiled.median_ratio()
        );
        // The Wald interval leaves out that who is found is itself chance.
        let wald = coverage(&fit, all.names(), 1_000, 1, wald, |_| {}).share().unwrap().0;
        assert!(wald < share - 0.01, "{wald} {share}");
    }

    #[test]
    fn a_method_that_ignores_a_dependence_is_found_out() {
        let mut counts = histories().counts().to_vec();
        counts[0b011] = 400;
        let dependent = Histories::new(["A", "B", "C"], counts).unwrap();
        let fit = poisson::fit(&dependent, &Model::from_terms(3, [0b011])).unwrap();
        let found = coverage(
            &fit,
            dependent.names(),
            100,
            1,
            |seen: &Histories| poisson::main_effects(seen, 0.95),
            |_| {},
        );
        assert!(
            found.share().unwrap().0 < 0.2 && found.median_ratio().unwrap() < 0.9,
            "{:?}",
            found.share()
        );
    }

    #[test]
    fn drawn_people_are_as_many_as_the_model_says() {
        let fit = fit(&Model::main_effects(3));
        let truth = 1_000;
        for number in 0..20 {
            let seen = population(&fit, histories().names(), truth, 1, number).unwrap();
            let mean = truth as f64 * (1.0 - fit.fitted[0] / fit.fitted.iter().sum::<f64>());
            let spread = (mean * fit.fitted[0] / fit.total()).sqrt();
            assert!(
                (seen.observed() as f64 - mean).abs() < 5.0 * spread,
                "{} {mean}",
                seen.observed()
            );
        }
    }

    #[test]
    fn progress_counts_to_the_end_and_threads_change_nothing() {
        let fit = fit(&Model::main_effects(3));
        let settings = Settings {
            resamples: 20,
            ..Settings::default()
        };
        let on = |threads| {
            let last = AtomicUsize::new(0);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| {
                let method = |seen: &Histories| stepwise::estimate(seen, &settings);
                coverage(&fit, histories().names(), 12, 1, method, |done| {
                    last.fetch_max(done, Ordering::Relaxed);
                })
            });
            (found, last.into_inner())
        };
        assert_eq!(on(1), on(3));
        assert_eq!(on(1).1, 12);
    }
}
