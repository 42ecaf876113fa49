//! Whether the chains of a sampler agree, and how many independent draws theirs are worth.
//!
//! Vehtari, A., Gelman, A., Simpson, D., Carpenter, B. and Bürkner, P.-C. (2021), "Rank-normalization,
//! folding, and localization: an improved R-hat", Bayesian Analysis 16:667-718. Equations are named at
//! the functions. Draws are replaced by normal scores of their ranks, so that heavy tails do not hide a
//! disagreement, and each chain is cut in two, so that one that drifts disagrees with itself.

use super::normal;

/// R-hat above which chains are said to disagree. The paper asks for 1.01; estimates of people are
/// published to two figures, and 1.05 already moves a limit by less than that.
pub const MOST_R_HAT: f64 = 1.05;

/// What several chains of one quantity say of themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Rank-normalised split R-hat, the larger of that of the draws and that of their distances from
    /// the median; 1 when chains agree.
    pub r_hat: f64,
    /// How many independent draws the middle of the distribution is worth.
    pub bulk: f64,
    /// How many independent draws its 5 % and 95 % quantiles are worth, the smaller of the two.
    pub tail: f64,
}

impl Convergence {
    /// Of chains of equal length, at least four draws each.
    pub(crate) fn of(chains: &[Vec<f64>]) -> Self {
        let halves = split(chains);
        let mut sorted: Vec<f64> = halves.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |percent: usize| sorted[((sorted.len() - 1) * percent + 50) / 100];
        let median = at(50);
        let map = |of: &dyn Fn(f64) -> f64| -> Vec<Vec<f64>> {
            halves
                .iter()
                .map(|half| half.iter().map(|draw| of(*draw)).collect())
                .collect()
        };
        let scores = normal_scores(&halves);
        let folded = normal_scores(&map(&|draw| (draw - median).abs()));
        let below = |limit: f64| map(&|draw| f64::from(u8::from(draw <= limit)));
        Self {
            r_hat: r_hat(&scores).max(r_hat(&folded)),
            bulk: effective(&scores),
            tail: effective(&below(at(5))).min(effective(&below(at(95)))),
        }
    }

    /// Whether the chains agree.
    pub fn agree(&self) -> bool {
        self.r_hat <= MOST_R_HAT
    }
}

/// Both halves of each chain; of an odd number of draws the middle one is left out.
fn split(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let half = |chain: &Vec<f64>| {
        let middle = chain.len() / 2;
        [chain[..middle].to_vec(), chain[chain.len() - middle..].to_vec()]
    };
    chains.iter().flat_map(half).collect()
}

/// Normal scores of the ranks over all chains, ties sharing their mean rank: equation 14.
fn normal_scores(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (chain, draws) in chains.iter().enumerate() {
        order.extend((0..draws.len()).map(|draw| (chain, draw)));
    }
    let value = |place: &(usize, usize)| chains[place.0][place.1];
    order.sort_by(|a, b| value(a).total_cmp(&value(b)));
    let mut scores: Vec<Vec<f64>> = chains.iter().map(|draws| vec![0.0; draws.len()]).collect();
    let whole = order.len() as f64;
    let mut before = 0.0;
    for tied in order.chunk_by(|a, b| value(a).total_cmp(&value(b)).is_eq()) {
        let rank = before + f64::midpoint(tied.len() as f64, 1.0);
        let score = normal::quantile((rank - 0.375) / (whole + 0.25));
        for (chain, draw) in tied {
            scores[*chain][*draw] = score;
        }
        before += tied.len() as f64;
    }
    scores
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// Variance within chains (equation 2), and the estimate of the whole variance (equation 3).
fn variances(chains: &[Vec<f64>]) -> (f64, f64) {
    let draws = chains[0].len() as f64;
    let within = mean(&chains.iter().map(|chain| variance(chain)).collect::<Vec<_>>());
    let between = variance(&chains.iter().map(|chain| mean(chain)).collect::<Vec<_>>());
    (within, (draws - 1.0) / draws * within + between)
}

/// Equation 4. Chains that never move agree if they stand at the same place.
fn r_hat(chains: &[Vec<f64>]) -> f64 {
    let (within, whole) = variances(chains);
    match (within > 0.0, whole > 0.0) {
        (true, _) => (whole / within).sqrt(),
        (false, true) => f64::INFINITY,
        (false, false) => 1.0,
    }
}

/// Effective sample size: equations 10 to 12, autocorrelations being summed by Geyer's initial monotone
/// sequence and the result kept below `S log10(S)` as the paper advises.
fn effective(chains: &[Vec<f64>]) -> f64 {
    let (within, whole) = variances(chains);
    let draws = chains[0].len();
    let all = (draws * chains.len()) as f64;
    if whole <= 0.0 {
        return all;
    }
    let centred: Vec<Vec<f64>> = chains
        .iter()
        .map(|chain| {
            let mean = mean(chain);
            chain.iter().map(|draw| draw - mean).collect()
        })
        .collect();
    let correlation = |lag: usize| {
        let products = centred
            .iter()
            .map(|chain| chain.iter().zip(&chain[lag..]).map(|(a, b)| a * b).sum::<f64>());
        1.0 - (within - products.sum::<f64>() / all) / whole
    };
    let mut sum = 0.0;
    let mut last = f64::INFINITY;
    for lag in (0..draws.saturating_sub(1)).step_by(2) {
        let first = if lag == 0 { 1.0 } else { correlation(lag) };
        let pair = first + correlation(lag + 1);
        if pair <= 0.0 {
            break;
        }
        last = pair.min(last);
        sum += last;
    }
    let time = (2.0 * sum - 1.0).max(1.0 / all.log10());
    all / time
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multiple_systems::stream::{Purpose, stream};
    use rand::RngExt;
    use rand_distr::StandardNormal;

    /// Chains in which each draw keeps the share `memory` of the one before.
    fn chains(memory: f64, shift: f64) -> Vec<Vec<f64>> {
        (0..4_u8)
            .map(|chain| {
                let mut rng = stream(1, Purpose::Classes, u64::from(chain));
                let mut value: f64 = rng.sample(StandardNormal);
                let scale = (1.0 - memory * memory).sqrt();
                let mut next = || {
                    value = memory * value + scale * rng.sample::<f64, _>(StandardNormal);
                    value + shift * f64::from(chain)
                };
                (0..2_000).map(|_| next()).collect()
            })
            .collect()
    }

    #[test]
    fn independent_draws_are_worth_themselves() {
        let found = Convergence::of(&chains(0.0, 0.0));
        assert!(found.r_hat < 1.005 && found.agree(), "{found:?}");
        assert!(
            (7_000.0..9_000.0).contains(&found.bulk) && (6_500.0..9_500.0).contains(&found.tail),
            "{found:?}"
        );
    }

    #[test]
    fn draws_that_remember_are_worth_what_theory_says() {
        // A first-order chain with memory r is worth (1 - r) / (1 + r) of its draws: 8,000 / 9 here.
        let found = Convergence::of(&chains(0.8, 0.0));
        assert!((700.0..1_100.0).contains(&found.bulk), "{found:?}");
    }

    #[test]
    fn chains_in_different_places_disagree() {
        assert!(!Convergence::of(&chains(0.0, 0.5)).agree());
    }

    #[test]
    fn a_chain_that_drifts_disagrees_with_itself() {
        let mut drifting = chains(0.0, 0.0);
        for chain in &mut drifting {
            for (index, draw) in chain.iter_mut().enumerate() {
                *draw += index as f64 / 1_000.0;
            }
        }
        assert!(!Convergence::of(&drifting).agree());
    }

    #[test]
    fn chains_of_different_width_disagree_though_their_middles_agree() {
        let mut wider = chains(0.0, 0.0);
        wider[0].iter_mut().for_each(|draw| *draw *= 4.0);
        assert!(!Convergence::of(&wider).agree());
    }

    #[test]
    fn chains_that_never_move_agree_only_where_they_stand_together() {
        assert!(Convergence::of(&[vec![3.0; 10], vec![3.0; 10]]).agree());
        assert!(!Convergence::of(&[vec![3.0; 10], vec![4.0; 10]]).agree());
    }
}
