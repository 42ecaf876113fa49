//! The posterior of a Poisson log-linear model with normal priors, and draws from it.
//!
//! The density is log-concave and close to normal, so it is sampled by Hamiltonian Monte Carlo (Neal, R. M.
//! (2011), Handbook of Markov Chain Monte Carlo, chapter 5) in coordinates in which the normal
//! approximation at the mode is standard. A random walk on 16 parameters needs about a hundred steps
//! for one independent draw; a trajectory of a few gradient steps gives nearly one.

use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use crate::multiple_systems::cholesky::{Cholesky, NotPositive};
use crate::multiple_systems::stream::{Purpose, stream};
use crate::multiple_systems::table::{Reduction, Table, subset_sums, superset_sums};

/// The posterior of the parameters of a model.
pub(crate) struct Posterior<'a> {
    table: &'a Table,
    /// Terms with a finite parameter, and the histories that take part.
    reduction: Reduction,
    /// By term: one over the variance of its normal prior around 0; 0 is a flat prior.
    precision: Vec<f64>,
}

/// How long to sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length {
    pub(crate) chains: usize,
    /// Draws of each chain that are kept.
    pub(crate) draws: usize,
    pub(crate) seed: u64,
    /// Which of several fits of one run this is: each has its own streams.
    pub(crate) stage: u64,
}

/// Draws of each chain, one row of parameters for each draw.
pub(crate) type Chains = Vec<Vec<Vec<f64>>>;

/// Working space of one chain.
struct Space {
    sums: Vec<f64>,
    margins: Vec<f64>,
}

impl<'a> Posterior<'a> {
    pub(crate) fn new(table: &'a Table, reduction: Reduction, precision: impl Fn(u16) -> f64) -> Self {
        let precision = reduction.kept.iter().map(|term| precision(*term)).collect();
        Self {
            table,
            reduction,
            precision,
        }
    }

    /// The terms that have a parameter, in the order of the draws.
    pub(crate) fn terms(&self) -> &[u16] {
        &self.reduction.kept
    }

    fn space(&self) -> Space {
        let size = self.table.counts.len();
        Space {
            sums: vec![0.0; size],
            margins: vec![0.0; size],
        }
    }

    /// The log density up to a constant; its gradient is left in `gradient`, and the margins of the fitted
    /// counts in `space`.
    fn density(&self, parameters: &[f64], space: &mut Space, gradient: &mut [f64]) -> f64 {
        space.sums.fill(0.0);
        for (term, parameter) in self.reduction.kept.iter().zip(parameters) {
            space.sums[usize::from(*term)] = *parameter;
        }
        subset_sums(&mut space.sums);
        space.margins.fill(0.0);
        for history in &self.reduction.histories {
            space.margins[usize::from(*history)] = space.sums[usize::from(*history)].exp();
        }
        superset_sums(&mut space.margins);
        let mut density = -space.margins[0];
        for (index, term) in self.reduction.kept.iter().enumerate() {
            let (observed, parameter) = (self.table.margins[usize::from(*term)], parameters[index]);
            let pull = self.precision[index] * parameter;
            density += observed * parameter - 0.5 * pull * parameter;
            gradient[index] = observed - space.margins[usize::from(*term)] - pull;
        }
        if density.is_finite() {
            density
        } else {
            f64::NEG_INFINITY
        }
    }

    /// The mode, with the factor of the curvature there: Newton's method with halved steps, which arrives
    /// because the density is log-concave.
    fn mode(&self) -> Result<(Vec<f64>, Cholesky), NotPositive> {
        let terms = &self.reduction.kept;
        let mut space = self.space();
        let mut factor = Cholesky::default();
        // Every history with the same fitted count is always within reach.
        let mut parameters = vec![0.0; terms.len()];
        parameters[0] = (self.table.observed() / self.reduction.histories.len() as f64).ln();
        let mut gradient = vec![0.0; terms.len()];
        let mut density = self.density(&parameters, &mut space, &mut gradient);
        for _ in 0..200 {
            factor.factorise(terms.len(), |i, j| {
                space.margins[usize::from(terms[i] | terms[j])] + if i == j { self.precision[i] } else { 0.0 }
            })?;
            let mut step = gradient.clone();
            factor.solve(&mut step);
            let decrement: f64 = step.iter().zip(&gradient).map(|(a, b)| a * b).sum();
            if decrement < 1e-12 {
                return Ok((parameters, factor));
            }
            let mut share = 1.0;
            loop {
                let trial: Vec<f64> = parameters
                    .iter()
                    .zip(&step)
                    .map(|(value, step)| value + share * step)
                    .collect();
                let reached = self.density(&trial, &mut space, &mut gradient);
                if reached >= density - 1e-12 * density.abs() {
                    (parameters, density) = (trial, reached);
                    break;
                }
                share *= 0.5;
                if share < 1e-12 {
                    return Err(NotPositive);
                }
            }
        }
        Err(NotPositive)
    }

    /// Draws from the posterior. Fails only where the mode cannot be found.
    pub(crate) fn sample(&self, length: Length) -> Result<Chains, NotPositive> {
        let (mode, factor) = self.mode()?;
        let chain = |number: usize| self.chain(&mode, &factor, length, number as u64);
        Ok((0..length.chains).into_par_iter().map(chain).collect())
    }

    fn chain(&self, mode: &[f64], factor: &Cholesky, length: Length, number: u64) -> Vec<Vec<f64>> {
        let mut rng = stream(length.seed, Purpose::Threshold, length.stage * 1_000 + number);
        let mut space = self.space();
        let size = mode.len();
        let mut parameters = vec![0.0; size];
        // In the standard coordinates z: parameters = mode + L^-T z, and the gradient is L^-1 that of the parameters.
        let mut at = |z: &[f64], parameters: &mut Vec<f64>, gradient: &mut Vec<f64>| {
            parameters.copy_from_slice(z);
            factor.backward(parameters);
            parameters.iter_mut().zip(mode).for_each(|(value, mode)| *value += mode);
            let density = self.density(parameters, &mut space, gradient);
            factor.forward(gradient);
            density
        };
        let warm_up = length.draws / 5 + 100;
        let mut draws = Vec::with_capacity(length.draws);
        let mut log_step = 0.5_f64.ln();
        // Chains start wider than the posterior, so that R-hat can tell whether they have forgotten it.
        let mut z: Vec<f64> = (0..size).map(|_| 1.5 * rng.sample::<f64, _>(StandardNormal)).collect();
        let mut gradient = vec![0.0; size];
        let mut density = at(&z, &mut parameters, &mut gradient);
        for sweep in 0..warm_up + length.draws {
            let mut momentum: Vec<f64> = (0..size).map(|_| rng.sample(StandardNormal)).collect();
            let energy = density - 0.5 * momentum.iter().map(|p| p * p).sum::<f64>();
            // A quarter turn of the standard normal, more or less: a fixed length may return to where it began.
            let step = log_step.exp();
            let turn = std::f64::consts::FRAC_PI_2 * rng.random_range(0.6..1.4);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 1 and 200"
            )]
            let steps = (turn / step).ceil().clamp(1.0, 200.0) as usize;
            let (mut next, mut next_gradient, mut next_density) = (z.clone(), gradient.clone(), density);
            for _ in 0..steps {
                kick(&mut momentum, &next_gradient, step / 2.0);
                kick(&mut next, &momentum, step);
                next_density = at(&next, &mut parameters, &mut next_gradient);
                kick(&mut momentum, &next_gradient, step / 2.0);
            }
            let change = next_density - 0.5 * momentum.iter().map(|p| p * p).sum::<f64>() - energy;
            let chance = if change.is_nan() { 0.0 } else { change.exp().min(1.0) };
            if rng.random::<f64>() < chance {
                (z, gradient, density) = (next, next_gradient, next_density);
            }
            if sweep < warm_up {
                // Robbins and Monro's recursion towards four accepted of five; fixed from then on.
                log_step += (chance - 0.8) / (1.0 + sweep as f64).sqrt();
            } else {
                let mut draw = z.clone();
                factor.backward(&mut draw);
                draw.iter_mut().zip(mode).for_each(|(value, mode)| *value += mode);
                draws.push(draw);
            }
        }
        draws
    }
}

/// Moves along a direction.
fn kick(values: &mut [f64], direction: &[f64], share: f64) {
    values
        .iter_mut()
        .zip(direction)
        .for_each(|(value, direction)| *value += share * direction);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three lists with an empty overlap: far from normal in one direction.
    fn table() -> Table {
        Table::from_counts(3, vec![0.0, 40.0, 30.0, 6.0, 20.0, 0.0, 3.0, 0.0])
    }

    fn posterior(table: &Table) -> Posterior<'_> {
        let terms = [0, 1, 2, 4, 3, 5];
        let reduction = Reduction {
            kept: terms.to_vec(),
            empty: Vec::new(),
            histories: (1..8).collect(),
        };
        Posterior::new(table, reduction, |term| if term.count_ones() > 1 { 1.0 } else { 1e-4 })
    }

    #[test]
    fn the_gradient_is_that_of_the_density() {
        let table = table();
        let posterior = posterior(&table);
        let (mut space, mut gradient) = (posterior.space(), vec![0.0; 6]);
        let here = [3.0, 0.4, -0.3, 0.2, 0.5, -1.0];
        posterior.density(&here, &mut space, &mut gradient);
        for index in 0..6 {
            let mut ignored = vec![0.0; 6];
            let mut moved = |by: f64| {
                let mut there = here;
                there[index] += by;
                posterior.density(&there, &mut space, &mut ignored)
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!(
                (slope - gradient[index]).abs() < 1e-5 * slope.abs().max(1.0),
                "{index}: {slope} {gradient:?}"
            );
        }
    }

    #[test]
    fn draws_satisfy_what_holds_of_every_density() {
        // Integration by parts: the mean of the gradient is 0, and that of parameter times gradient is -1.
        let table = table();
        let posterior = posterior(&table);
        let length = Length {
            chains: 4,
            draws: 2_000,
            seed: 1,
            stage: 0,
        };
        let chains = posterior.sample(length).unwrap_or_default();
        let draws: Vec<&Vec<f64>> = chains.iter().flatten().collect();
        assert_eq!(draws.len(), 8_000);
        let mut space = posterior.space();
        for index in 0..6 {
            let (mut slope, mut product, mut squares, mut gradient) = (0.0, 0.0, 0.0, vec![0.0; 6]);
            let centre = draws.iter().map(|draw| draw[index]).sum::<f64>() / 8_000.0;
            for draw in &draws {
                posterior.density(draw, &mut space, &mut gradient);
                slope += gradient[index] / 8_000.0;
                product += (draw[index] - centre) * gradient[index] / 8_000.0;
                squares += gradient[index].powi(2) / 8_000.0;
            }
            assert!(
                slope.abs() < 0.06 * squares.sqrt(),
                "{index}: {slope} of {}",
                squares.sqrt()
            );
            assert!((product + 1.0).abs() < 0.12, "{index}: {product}");
        }
    }
}
