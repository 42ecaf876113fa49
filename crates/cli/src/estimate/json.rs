//! The answer for a program.

use serde_json::{Value, json};
use statistics::multiple_systems::bootstrap::Resampled;
use statistics::multiple_systems::panel::Panel;
use statistics::multiple_systems::spread::Spread;
use statistics::multiple_systems::{Computed, Estimate, Histories};

/// The most steps of a histogram.
const STEPS: usize = 40;

/// The panel as one object; a limit that does not exist is `null`.
pub(super) fn answer(histories: &Histories, panel: &Panel) -> Value {
    let left_out = panel
        .left_out
        .iter()
        .map(|(method, why)| json!({ "method": method.code(), "reason": why.to_string() }));
    json!({
        "lists": histories.names(),
        "observed": histories.observed(),
        "results": panel.results.iter().map(result).collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
        "verdict": panel.verdict.to_string(),
    })
}

fn result(estimate: &Estimate) -> Value {
    let interval = estimate.interval.map(|interval| {
        json!({
            "kind": interval.kind.code(),
            "level": interval.level,
            "lower": interval.lower,
            "upper": interval.upper,
        })
    });
    let checks = estimate
        .checks
        .map(|checks| json!({ "existence": checks.existence, "identifiable": checks.identifiable }));
    let level = estimate.interval.map_or(0.95, |interval| interval.level);
    json!({
        "method": estimate.method.code(),
        "estimate": estimate.estimate,
        "interval": interval,
        "model": estimate.model,
        "aic": estimate.aic,
        "bic": estimate.bic,
        "checks": checks,
        "warnings": estimate.warnings,
        "seed": estimate.seed,
        "posterior": estimate.posterior.as_ref().and_then(histogram).map(|histogram| json!({ "histogram": histogram })),
        "chains": estimate.computed.and_then(chains),
        "grid": estimate.computed.and_then(grid),
        "bootstrap": estimate.bootstrap.as_ref().map(|resampled| bootstrap(resampled, level)),
    })
}

/// How far the chains of a sampler agree.
fn chains(computed: Computed) -> Option<Value> {
    match computed {
        Computed::Chains(chains) => Some(json!({
            "r_hat": chains.r_hat,
            "effective_bulk": chains.bulk,
            "effective_tail": chains.tail,
        })),
        Computed::Grid { .. } => None,
    }
}

/// The grid of a posterior.
fn grid(computed: Computed) -> Option<Value> {
    match computed {
        Computed::Chains(_) => None,
        Computed::Grid { most_unseen, points } => Some(json!({ "most_unseen": most_unseen, "points": points })),
    }
}

/// A spread as the steps of a histogram; shares sum to 1 with those beyond it, resamples without an estimate among the latter.
fn histogram(spread: &Spread) -> Option<Value> {
    let steps = spread.steps(|_| 1.0, STEPS)?;
    Some(json!({
        "from": steps.from,
        "step": steps.step,
        "shares": steps.shares,
        "below": steps.below,
        "above": steps.above,
    }))
}

fn bootstrap(resampled: &Resampled, level: f64) -> Value {
    let error = |p: f64| resampled.limit(p).and_then(|limit| limit.monte_carlo_error);
    json!({
        "resamples": resampled.estimates.len(),
        "without_estimate": resampled.without_estimate,
        "lower_monte_carlo_error": error(0.5 - level / 2.0),
        "upper_monte_carlo_error": error(0.5 + level / 2.0),
        "histogram": Spread::of_equal(&resampled.estimates).as_ref().and_then(histogram),
    })
}
