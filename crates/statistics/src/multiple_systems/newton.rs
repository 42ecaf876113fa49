//! The maximum of a Poisson log-linear likelihood, by Newton's method on its margins.
//!
//! For a hierarchical model everything that Newton's method needs is a margin. The gradient for a
//! term is its observed less its fitted margin, and the entry of the information matrix for two
//! terms is the fitted margin of their union. So an iteration costs `2^t` exponentials, two sums
//! over subsets and a Cholesky factorisation of as many columns as there are parameters; no design
//! matrix is ever built.
//!
//! The likelihood is strictly concave once [`existence`](super::existence) has said that its
//! maximum exists and is unique, so a Newton step that is halved until the likelihood grows cannot
//! fail to arrive.

use super::cholesky::{Cholesky, NotPositive};
use super::table::{Reduction, Table, subset_sums, superset_sums};

/// Working space of one thread, and after [`Newton::maximise`] the fitted table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newton {
    /// Fitted counts by history; the first is 0 unless the unseen were given.
    pub(crate) fitted: Vec<f64>,
    /// Margins of the fitted counts.
    pub(crate) margins: Vec<f64>,
    sums: Vec<f64>,
    factor: Cholesky,
    gradient: Vec<f64>,
    trial: Vec<f64>,
}

/// Where the maximum is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Maximum {
    /// One parameter for each kept term, the intercept first.
    pub(crate) parameters: Vec<f64>,
    /// The log-likelihood without its factorials: `sum of margin x parameter - sum of fitted`.
    pub(crate) kernel: f64,
    /// Variance of the intercept, from the inverse of the information.
    pub(crate) intercept_variance: f64,
}

impl Maximum {
    /// People on no list.
    pub(crate) fn unseen(&self) -> f64 {
        self.parameters[0].exp()
    }
}

/// The search did not arrive. With a maximum that exists this means numbers beyond what `f64` can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotConverged;

/// Half the squared length of the last step, in units of standard errors, below which the search ends.
/// The step is still taken, and Newton's method squares the error, so what is left is rounding.
const SMALL: f64 = 1e-7;
const MOST_STEPS: usize = 200;
const MOST_HALVINGS: u32 = 40;

impl Newton {
    /// Maximises from a start (one parameter for each kept term), or from the counts themselves.
    ///
    /// With `unseen` the history of no list is a row of its own that has been "seen" so many times.
    pub(crate) fn maximise(
        &mut self,
        table: &Table,
        reduction: &Reduction,
        start: Option<&[f64]>,
        unseen: Option<f64>,
    ) -> Result<Maximum, NotConverged> {
        let size = table.counts.len();
        for values in [&mut self.fitted, &mut self.margins, &mut self.sums] {
            values.clear();
            values.resize(size, 0.0);
        }
        let mut parameters = match start {
            Some(start) => start.to_vec(),
            None => self.start(table, reduction, unseen)?,
        };
        let mut kernel = self.evaluate(table, reduction, &parameters, unseen);
        for _ in 0..MOST_STEPS {
            self.factorise(&reduction.kept)?;
            self.gradient.clear();
            let observed =
                |term: &u16| table.margins[usize::from(*term)] + if *term == 0 { unseen.unwrap_or(0.0) } else { 0.0 };
            self.gradient.extend(
                reduction
                    .kept
                    .iter()
                    .map(|term| observed(term) - self.margins[usize::from(*term)]),
            );
            let mut step = self.gradient.clone();
            self.factor.solve(&mut step);
            let decrement: f64 = step.iter().zip(&self.gradient).map(|(a, b)| a * b).sum();
            let mut share = 1.0;
            let mut halvings = 0;
            loop {
                self.trial.clear();
                self.trial
                    .extend(parameters.iter().zip(&step).map(|(value, step)| value + share * step));
                let trial = std::mem::take(&mut self.trial);
                let reached = self.evaluate(table, reduction, &trial, unseen);
                self.trial = trial;
                // Near the maximum the gain is smaller than the rounding of the likelihood itself.
                if reached >= kernel - 1e-12 * kernel.abs() {
                    kernel = reached;
                    std::mem::swap(&mut parameters, &mut self.trial);
                    break;
                }
                halvings += 1;
                if halvings > MOST_HALVINGS {
                    return Err(NotConverged);
                }
                share *= 0.5;
            }
            if decrement < SMALL && halvings == 0 {
                self.factorise(&reduction.kept)?;
                let intercept_variance = self.factor.first_of_inverse();
                return Ok(Maximum {
                    parameters,
                    kernel,
                    intercept_variance,
                });
            }
        }
        Err(NotConverged)
    }

    /// The first step of iterated weighted least squares from fitted counts just above the observed ones.
    fn start(&mut self, table: &Table, reduction: &Reduction, unseen: Option<f64>) -> Result<Vec<f64>, NotConverged> {
        let mut row = |history: usize, count: f64| {
            let fitted = count + 0.1;
            self.fitted[history] = fitted;
            self.sums[history] = fitted * fitted.ln() + (count - fitted);
        };
        for history in &reduction.histories {
            let history = usize::from(*history);
            row(history, table.counts[history]);
        }
        if let Some(count) = unseen {
            row(0, count);
        }
        self.margins.copy_from_slice(&self.fitted);
        superset_sums(&mut self.margins);
        superset_sums(&mut self.sums);
        self.factorise(&reduction.kept)?;
        let mut parameters: Vec<f64> = reduction
            .kept
            .iter()
            .map(|term| self.sums[usize::from(*term)])
            .collect();
        self.factor.solve(&mut parameters);
        Ok(parameters)
    }

    /// Fitted counts and their margins at some parameters; returns the kernel of the log-likelihood.
    fn evaluate(&mut self, table: &Table, reduction: &Reduction, parameters: &[f64], unseen: Option<f64>) -> f64 {
        self.sums.fill(0.0);
        let mut linear = 0.0;
        for (term, parameter) in reduction.kept.iter().zip(parameters) {
            self.sums[usize::from(*term)] = *parameter;
            linear += table.margins[usize::from(*term)] * parameter;
        }
        subset_sums(&mut self.sums);
        self.fitted.fill(0.0);
        let mut total = 0.0;
        for history in &reduction.histories {
            let history = usize::from(*history);
            let fitted = self.sums[history].exp();
            self.fitted[history] = fitted;
            total += fitted;
        }
        if let Some(count) = unseen {
            self.fitted[0] = self.sums[0].exp();
            total += self.fitted[0];
            linear += count * parameters[0];
        }
        self.margins.copy_from_slice(&self.fitted);
        superset_sums(&mut self.margins);
        let kernel = linear - total;
        if kernel.is_finite() { kernel } else { f64::NEG_INFINITY }
    }

    /// Factorises the information matrix at the fitted counts.
    fn factorise(&mut self, terms: &[u16]) -> Result<(), NotConverged> {
        let margins = &self.margins;
        self.factor
            .factorise(terms.len(), |i, j| margins[usize::from(terms[i] | terms[j])])
            .map_err(|NotPositive| NotConverged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_maximum_fitted_margins_are_the_observed_ones() {
        let table = Table::from_counts(3, vec![0.0, 54.0, 63.0, 5.0, 95.0, 9.0, 12.0, 1.0]);
        let reduction = Reduction::new(&table, &[0, 1, 2, 4, 3, 5]);
        let mut newton = Newton::default();
        newton.maximise(&table, &reduction, None, None).unwrap();
        for term in &reduction.kept {
            let term = usize::from(*term);
            assert!((newton.margins[term] - table.margins[term]).abs() < 1e-8, "{term}");
        }
    }
}
