//! Being written: `fit(&Histories, &Model) -> Result<Fit, Refusal>`.
use super::estimate::{Checks, Refusal};
use super::histories::Histories;
use super::model::Model;

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The model.
    pub model: Model,
    /// Its checks, both passed.
    pub checks: Checks,
    /// People on no list: `exp` of the intercept.
    pub unseen: f64,
    /// Variance of the intercept.
    pub intercept_variance: f64,
    /// Fitted counts by bitmask; `fitted[0]` is `unseen`, dropped histories are 0.
    pub fitted: Vec<f64>,
    /// Parameters of the terms of [`Model::terms`], in that order; minus infinity for empty terms.
    pub parameters: Vec<f64>,
    /// Terms on which nobody was seen.
    pub empty: Vec<u16>,
    /// Deviance.
    pub deviance: f64,
    /// Log-likelihood, log-factorials included.
    pub log_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Schwarz's criterion.
    pub bic: f64,
}

/// Fits a model, or says why it has no estimate.
pub fn fit(_histories: &Histories, _model: &Model) -> Result<Fit, Refusal> {
    Err(Refusal::NoOverlap)
}
