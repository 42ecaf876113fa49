//! One Poisson log-linear model: extended maximum likelihood, criteria and intervals.
//!
//! The number of people with each history is Poisson, and the logarithm of its mean is a sum of one
//! parameter for each term that the history contains. The intercept belongs to the history of no
//! list, so its exponential estimates the people unseen.

use super::estimate::{Checks, Estimate, Interval, IntervalKind, Method, Refusal};
use super::existence;
use super::histories::Histories;
use super::model::Model;
use super::newton::{Maximum, Newton};
use super::normal;
use super::table::{Reduction, Table};

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The model.
    pub model: Model,
    /// Its checks, both passed.
    pub checks: Checks,
    /// People seen.
    pub observed: f64,
    /// People on no list: `exp` of the intercept.
    pub unseen: f64,
    /// Variance of the intercept.
    pub intercept_variance: f64,
    /// Fitted counts by bitmask; the first is `unseen`. A history that contains an empty term is fitted 0.
    pub fitted: Vec<f64>,
    /// Parameters of the terms of [`Model::terms`], in that order; minus infinity for empty terms.
    pub parameters: Vec<f64>,
    /// Terms on which nobody was seen.
    pub empty: Vec<u16>,
    /// Twice the log-likelihood lost against a model that fits perfectly.
    pub deviance: f64,
    /// Log-likelihood, its factorials included.
    pub log_likelihood: f64,
    /// Akaike's criterion: `2 parameters - 2 log-likelihood`; empty terms count as parameters.
    pub aic: f64,
    /// Schwarz's criterion: `parameters x ln(people seen) - 2 log-likelihood`.
    pub bic: f64,
}

/// Fits a model, or says why it has no estimate.
///
/// ```
/// use statistics::multiple_systems::{Histories, Model, poisson};
/// // Chan, Silverman and Vincent (2021), an artificial table: nobody is on C and another list.
/// let histories = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 0, 0, 0])?;
/// let fit = poisson::fit(&histories, &Model::main_effects(3)).expect("an estimate");
/// assert!((fit.total() - 539.09).abs() < 0.01);
/// // With a term for A and B the likelihood has no maximum: a refusal, not a number.
/// assert!(poisson::fit(&histories, &Model::from_terms(3, [0b011])).is_err());
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn fit(histories: &Histories, model: &Model) -> Result<Fit, Refusal> {
    let table = Table::of(histories);
    let terms = model.terms();
    let refuse = |reason| refusal(histories, model, reason);
    let mut newton = Newton::default();
    let (reduction, maximum) = solve(&mut newton, &table, &terms, None).map_err(refuse)?;
    let mut fitted = std::mem::take(&mut newton.fitted);
    fitted[0] = maximum.unseen();
    let parameter = |term: &u16| match reduction.kept.iter().position(|kept| kept == term) {
        Some(index) => maximum.parameters[index],
        None => f64::NEG_INFINITY,
    };
    let log_likelihood = maximum.kernel - table.log_factorials();
    let count = terms.len() as f64;
    Ok(Fit {
        model: model.clone(),
        checks: Checks {
            existence: true,
            identifiable: true,
        },
        observed: table.observed(),
        unseen: maximum.unseen(),
        intercept_variance: maximum.intercept_variance,
        fitted,
        parameters: terms.iter().map(parameter).collect(),
        empty: reduction.empty,
        deviance: 2.0 * (table.perfect() - table.observed() - maximum.kernel).max(0.0),
        log_likelihood,
        aic: 2.0 * count - 2.0 * log_likelihood,
        bic: count * table.observed().ln() - 2.0 * log_likelihood,
    })
}

impl Fit {
    /// People seen and unseen.
    pub fn total(&self) -> f64 {
        self.observed + self.unseen
    }

    /// The interval from the variance of the intercept: log-normal on the people unseen.
    pub fn wald(&self, level: f64) -> Interval {
        let half = normal::quantile(0.5 + level / 2.0) * self.intercept_variance.sqrt();
        Interval {
            kind: IntervalKind::Wald,
            level,
            lower: self.observed + self.unseen * (-half).exp(),
            upper: self.observed + self.unseen * half.exp(),
        }
    }

    /// For an empty overlap: the chance that it would be empty if this model held. The model should be without the pair.
    pub fn chance_of_empty(&self, set: u16) -> f64 {
        let seen = self.fitted.iter().enumerate().skip(1);
        let mean: f64 = seen
            .filter(|(history, _)| history & usize::from(set) == usize::from(set))
            .map(|(_, mean)| mean)
            .sum();
        (-mean).exp()
    }

    /// The fit as the answer of a method.
    pub(crate) fn answer(&self, method: Method, names: &[String], interval: Option<Interval>) -> Estimate {
        let mut warnings = Vec::new();
        if !self.empty.is_empty() {
            let empty: Vec<String> = self
                .empty
                .iter()
                .map(|term| super::model::notation(*term, names))
                .collect();
            warnings.push(format!(
                "Nobody is on these lists together, and the model takes that for a rule: {}.",
                empty.join(", ")
            ));
        }
        Estimate {
            method,
            estimate: self.total(),
            interval,
            model: self.model.notation(names),
            aic: Some(self.aic),
            bic: Some(self.bic),
            checks: Some(self.checks),
            warnings,
            seed: None,
            bootstrap: None,
            posterior: None,
            computed: None,
        }
    }
}

/// Every list independent of the others, with the Wald interval.
pub fn main_effects(histories: &Histories, level: f64) -> Result<Estimate, Refusal> {
    plain(
        histories,
        Method::MainEffects,
        &Model::main_effects(histories.lists()),
        level,
    )
}

/// Every two lists dependent, with the Wald interval.
pub fn all_pairs(histories: &Histories, level: f64) -> Result<Estimate, Refusal> {
    plain(histories, Method::AllPairs, &Model::all_pairs(histories.lists()), level)
}

fn plain(histories: &Histories, method: Method, model: &Model, level: f64) -> Result<Estimate, Refusal> {
    let fit = fit(histories, model)?;
    Ok(fit.answer(method, histories.names(), Some(fit.wald(level))))
}

/// Why a model could not be fitted; [`refusal`] gives it its words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Failure {
    Checks(Checks),
    TooLarge,
    NotConverged,
}

/// Checks a model on a table, then fits it, starting from parameters of its terms where they are given.
pub(crate) fn solve(
    newton: &mut Newton,
    table: &Table,
    terms: &[u16],
    start: Option<&[f64]>,
) -> Result<(Reduction, Maximum), Failure> {
    let reduction = Reduction::new(table, terms);
    let checks = existence::check(table, &reduction).map_err(|existence::TooLarge| Failure::TooLarge)?;
    if !checks.pass() {
        return Err(Failure::Checks(checks));
    }
    let maximum = match start {
        Some(start) => {
            // Parameters of all terms; a term that was empty then and is not now starts at 0.
            let all = terms
                .iter()
                .zip(start)
                .filter(|(term, _)| table.margins[usize::from(**term)] > 0.0);
            let start: Vec<f64> = all
                .map(|(_, value)| if value.is_finite() { *value } else { 0.0 })
                .collect();
            let warm = newton.maximise(table, &reduction, Some(&start), None);
            warm.or_else(|_| newton.maximise(table, &reduction, None, None))
        }
        None => newton.maximise(table, &reduction, None, None),
    };
    Ok((reduction, maximum.map_err(|_| Failure::NotConverged)?))
}

/// A failure in words.
pub(crate) fn refusal(histories: &Histories, model: &Model, failure: Failure) -> Refusal {
    let model = model.notation(histories.names()).join(", ");
    match failure {
        Failure::Checks(checks) => Refusal::NoEstimate { model, checks },
        Failure::TooLarge => Refusal::NotChecked { model },
        Failure::NotConverged => Refusal::NotConverged { model },
    }
}
