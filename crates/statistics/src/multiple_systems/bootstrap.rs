//! The bootstrap: how much an estimate would change had other people been found.
//!
//! Bias-corrected and accelerated intervals (Efron, B. (1987), Journal of the American Statistical
//! Association 82:171-185). Each resample draws as many people as were seen, with replacement, and
//! **repeats the whole choice of a model**, so the interval holds what choosing costs. The acceleration is
//! that of the jackknife, one person of each history left out in turn.
//!
//! - Resample `b` draws from its own stream (`ChaCha8`, key from the seed, stream number `b`), so the result is the
//!   same whatever the number of threads.
//! - A resample on which the method has no estimate, most often because no two lists overlap in it,
//!   counts as larger than every number. It is counted and said.
//! - Quantiles are those of Hyndman, R. J. and Fan, Y. (1996), The American Statistician 50:361-365,
//!   definition 8.
//! - With a few thousand resamples the limits still depend on the seed; [`Resampled::limit`] gives
//!   the Monte Carlo error of each.

use rand::Rng;
use rayon::prelude::*;

use super::estimate::{Estimate, Interval, IntervalKind, Settings};
use super::histories::Histories;
use super::newton::Newton;
use super::stream::{Purpose, stream};
use super::table::Table;
use super::{normal, quantile};

/// Resampled estimates, and what corrects their quantiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    /// In ascending order; infinite where a resample has no estimate.
    pub estimates: Vec<f64>,
    /// How many resamples have no estimate.
    pub without_estimate: usize,
    /// Share of resampled estimates strictly below the estimate itself.
    pub share_below: f64,
    /// Acceleration from the jackknife; 0 where a jackknife table has no estimate.
    pub acceleration: f64,
    /// How many jackknife tables, each with one person of a history less, have no estimate.
    pub jackknife_without_estimate: usize,
}

/// One end of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The end, in people; infinite where too many resamples have no estimate.
    pub value: f64,
    /// Standard error from the number of resamples alone, in people; `None` where the limit lies among
    /// the outermost few resamples, so that they cannot tell it.
    pub monte_carlo_error: Option<f64>,
    /// The share of resampled estimates below the limit, after the correction.
    pub level: f64,
    /// Standard error of that share.
    pub level_error: f64,
}

/// Resamples that must lie beyond a limit before its Monte Carlo error can be told from them.
const FEWEST_OUTSIDE: f64 = 3.0;

impl Resampled {
    /// The corrected quantile: the limit below which the true number lies with chance `p`.
    ///
    /// `None` where every resampled estimate lies on one side of the estimate, which leaves nothing to
    /// correct the bias by; and where the acceleration is so large that the correction has no end.
    pub fn limit(&self, p: f64) -> Option<Limit> {
        let bias = normal::quantile(self.share_below);
        if !bias.is_finite() || self.estimates.is_empty() {
            return None;
        }
        let shifted = bias + normal::quantile(p);
        let slope = 1.0 / (1.0 - self.acceleration * shifted);
        if slope <= 0.0 {
            return None;
        }
        let corrected = bias + shifted * slope;
        let q = normal::cumulative(corrected);
        // Two things vary with the resamples: the share below, which moves the corrected level q, and the
        // quantile at q itself. Both are shares of the same resamples, hence the covariance.
        let below = self.share_below;
        let moves = normal::density(corrected) * (1.0 + slope * slope) / normal::density(bias);
        let variance = moves * moves * below * (1.0 - below) + q * (1.0 - q) - 2.0 * moves * (q.min(below) - q * below);
        let count = self.estimates.len() as f64;
        let level_error = (variance.max(0.0) / count).sqrt();
        let (low, high) = (q - level_error, q + level_error);
        let told = low * count > FEWEST_OUTSIDE && (1.0 - high) * count > FEWEST_OUTSIDE;
        Some(Limit {
            value: self.quantile(q),
            monte_carlo_error: told.then(|| 0.5 * (self.quantile(high) - self.quantile(low))),
            level: q,
            level_error,
        })
    }

    /// The two-sided interval of a level.
    pub fn interval(&self, level: f64) -> Option<Interval> {
        let (lower, upper) = (self.limit(0.5 - level / 2.0)?, self.limit(0.5 + level / 2.0)?);
        Some(Interval {
            kind: IntervalKind::Bca,
            level,
            lower: lower.value,
            upper: upper.value,
        })
    }

    /// Why a limit is missing.
    fn no_limit(&self) -> &'static str {
        if normal::quantile(self.share_below).is_finite() {
            "There is no bootstrap interval: single people move the estimate so much (the acceleration of the jackknife) that the correction of a limit has no end."
        } else {
            "There is no bootstrap interval: every resampled estimate lies on the same side of the estimate."
        }
    }

    /// The uncorrected quantile of the resampled estimates. There must be at least one.
    pub fn quantile(&self, q: f64) -> f64 {
        quantile::eight(&self.estimates, q)
    }
}

/// Resamples a selection and jackknifes it. `total` gives the estimate on a table, `None` where it has none.
pub(crate) fn run(
    histories: &Histories,
    estimate: f64,
    settings: &Settings,
    total: impl Fn(&mut Newton, &Table) -> Option<f64> + Sync,
) -> Resampled {
    let table = Table::of(histories);
    let people = people(histories);
    let space = || (Newton::default(), table.clone());
    let mut estimates: Vec<f64> = (0..settings.resamples)
        .into_par_iter()
        .map_init(space, |(newton, table), number| {
            resample(table, &people, settings.seed, number as u64);
            total(newton, table).unwrap_or(f64::INFINITY)
        })
        .collect();
    estimates.sort_unstable_by(f64::total_cmp);
    let below = estimates.partition_point(|value| *value < estimate);
    let jackknife = jackknife(histories, total);
    Resampled {
        without_estimate: estimates.iter().filter(|value| value.is_infinite()).count(),
        share_below: below as f64 / estimates.len() as f64,
        acceleration: acceleration(&jackknife).unwrap_or(0.0),
        jackknife_without_estimate: jackknife.iter().filter(|(_, value)| value.is_none()).count(),
        estimates,
    }
}

/// The answer of a method with its bootstrap interval and what must be said about it; as it was when no resamples are asked for.
pub(crate) fn add(
    mut answer: Estimate,
    histories: &Histories,
    settings: &Settings,
    total: impl Fn(&mut Newton, &Table) -> Option<f64> + Sync,
) -> Estimate {
    if settings.resamples == 0 {
        return answer;
    }
    let resampled = run(histories, answer.estimate, settings, total);
    answer.seed = Some(settings.seed);
    answer.interval = resampled.interval(settings.level);
    match &answer.interval {
        None => answer.warnings.push(resampled.no_limit().to_owned()),
        Some(interval) if interval.upper.is_infinite() => {
            answer
                .warnings
                .push("There is no upper limit: too many resamples have no estimate.".to_owned());
        }
        Some(_) => {}
    }
    if resampled.without_estimate > 0 {
        answer.warnings.push(format!(
            "{} of {} resamples have no estimate and count as larger than every number.",
            resampled.without_estimate,
            resampled.estimates.len()
        ));
    }
    if resampled.jackknife_without_estimate > 0 {
        answer.warnings.push(format!(
            "With one person less of a history the method has no estimate, for {} of the histories: the interval is corrected for bias and not for skewness.",
            resampled.jackknife_without_estimate
        ));
    }
    answer.bootstrap = Some(resampled);
    answer
}

/// The history of each person seen.
pub(crate) fn people(histories: &Histories) -> Vec<u16> {
    let counts = (0_u16..).zip(histories.counts());
    counts
        .flat_map(|(history, count)| (0..*count).map(move |_| history))
        .collect()
}

/// Fills a table with as many people as there are, each drawn from all of them.
pub(crate) fn resample(table: &mut Table, people: &[u16], seed: u64, number: u64) {
    let mut generator = stream(seed, Purpose::Bootstrap, number);
    table.change(|counts| {
        counts.fill(0.0);
        for _ in 0..people.len() {
            // The high half of a product with 64 random bits: biased by less than people / 2^64.
            let place = (u128::from(generator.next_u64()) * people.len() as u128) >> 64;
            let history = people[usize::try_from(place).expect("less than the number of people")];
            counts[usize::from(history)] += 1.0;
        }
    });
}

/// How many people have each history, and the estimate with one of them less; `None` where the method has none.
fn jackknife(
    histories: &Histories,
    total: impl Fn(&mut Newton, &Table) -> Option<f64> + Sync,
) -> Vec<(f64, Option<f64>)> {
    let table = Table::of(histories);
    let seen: Vec<usize> = (1..table.counts.len())
        .filter(|history| table.counts[*history] > 0.0)
        .collect();
    seen.into_par_iter()
        .map_init(
            || (Newton::default(), table.clone()),
            |(newton, work), history| {
                work.change(|counts| {
                    counts.copy_from_slice(&table.counts);
                    counts[history] -= 1.0;
                });
                (table.counts[history], total(newton, work))
            },
        )
        .collect()
}

/// The jackknife's acceleration: `sum N_w r_w^3 / (6 (sum N_w r_w^2)^(3/2))`, where `r_w` is the weighted
/// mean of all leave-one-out estimates less that without one person of history `w`. `None` where one of them is missing.
fn acceleration(jackknife: &[(f64, Option<f64>)]) -> Option<f64> {
    let left_out: Option<Vec<(f64, f64)>> = jackknife
        .iter()
        .map(|(weight, value)| value.map(|value| (*weight, value)))
        .collect();
    let left_out = left_out?;
    let observed = left_out.iter().map(|(weight, _)| weight).sum::<f64>();
    let mean = left_out.iter().map(|(weight, value)| weight * value).sum::<f64>() / observed;
    let moment = |power| {
        left_out
            .iter()
            .map(|(weight, value)| weight * (mean - value).powi(power))
            .sum::<f64>()
    };
    let spread = moment(2);
    (spread > 0.0).then(|| moment(3) / (6.0 * spread.powf(1.5)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resampled(estimates: Vec<f64>, share_below: f64) -> Resampled {
        Resampled {
            without_estimate: 0,
            estimates,
            share_below,
            acceleration: 0.0,
            jackknife_without_estimate: 0,
        }
    }

    #[test]
    fn a_missing_limit_has_its_own_reason() {
        let one_sided = resampled(vec![1.0, 2.0], 1.0);
        assert!(
            one_sided.no_limit().contains("the same side"),
            "{}",
            one_sided.no_limit()
        );
        let skewed = Resampled {
            acceleration: 0.6,
            ..resampled((1..=100).map(f64::from).collect(), 0.5)
        };
        assert_eq!(skewed.interval(0.95), None, "1 - 0.6 x 1.96 is below 0");
        assert!(skewed.no_limit().contains("acceleration"), "{}", skewed.no_limit());
    }

    #[test]
    fn a_jackknife_table_without_an_estimate_is_said() {
        // Without the one person on two lists nothing tells how many are on none.
        let histories = Histories::new(["A", "B", "C"], vec![0, 40, 30, 1, 20, 0, 0, 0]).unwrap();
        let settings = Settings {
            resamples: 100,
            ..Settings::default()
        };
        let found = crate::multiple_systems::stepwise::estimate(&histories, &settings).unwrap();
        let resampled = found.bootstrap.unwrap();
        assert_eq!((resampled.acceleration, resampled.jackknife_without_estimate), (0.0, 1));
        assert!(
            found.warnings.iter().any(|warning| warning.contains("one person less")),
            "{:?}",
            found.warnings
        );
    }

    #[test]
    fn quantiles_follow_definition_eight() {
        let resampled = resampled((1..=10).map(f64::from).collect(), 0.5);
        // Position (10 + 1/3) 0.25 + 1/3 = 2.91666…
        assert!((resampled.quantile(0.25) - 2.916_666_666_666_667).abs() < 1e-12);
        assert_eq!((resampled.quantile(0.0), resampled.quantile(1.0)), (1.0, 10.0));
    }

    #[test]
    fn without_bias_and_acceleration_limits_are_quantiles() {
        let resampled = resampled((1..=1000).map(f64::from).collect(), 0.5);
        let limit = resampled.limit(0.025).unwrap();
        assert!((limit.value - resampled.quantile(0.025)).abs() < 1e-9, "{limit:?}");
        assert!(limit.monte_carlo_error.unwrap() > 0.0);
        let extreme = resampled.limit(0.0005).unwrap();
        assert_eq!(extreme.monte_carlo_error, None, "{extreme:?}");
    }

    #[test]
    fn estimates_on_one_side_have_no_limits() {
        assert_eq!(resampled(vec![1.0, 2.0], 0.0).limit(0.025), None);
        assert_eq!(resampled(vec![1.0, 2.0], 1.0).interval(0.95), None);
    }
}
