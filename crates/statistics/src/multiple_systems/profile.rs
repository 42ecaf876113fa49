//! The interval from the profile of the multinomial likelihood.
//!
//! Given a total `N` and a model, the histories are multinomial. For every `N` the model is fitted
//! to the table with `N - n` people on no list; the totals whose likelihood is not much lower than
//! the highest form the interval (Cormack, R. M. (1992), Biometrics 48:567-576). It is asymmetric, never
//! below the people seen, and its highest point lies a little below the Poisson estimate.

use super::estimate::{Interval, IntervalKind, Refusal};
use super::histories::Histories;
use super::model::Model;
use super::newton::{Newton, NotConverged};
use super::normal;
use super::poisson;
use super::table::{Reduction, Table};

/// The likelihood's highest total and the interval around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// The total with the highest likelihood.
    pub total: f64,
    /// Totals whose likelihood is not much lower.
    pub interval: Interval,
}

/// Profiles the total under a model.
///
/// ```
/// use statistics::multiple_systems::{Histories, Model, profile};
/// let histories = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 0, 0, 0])?;
/// let profile = profile::profile(&histories, &Model::main_effects(3), 0.95).expect("an estimate");
/// assert!((profile.total - 530.94).abs() < 0.05);
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn profile(histories: &Histories, model: &Model, level: f64) -> Result<Profile, Refusal> {
    let fit = poisson::fit(histories, model)?;
    let table = Table::of(histories);
    let reduction = Reduction::new(&table, &model.terms());
    let mut likelihood = Likelihood {
        table: &table,
        reduction,
        newton: Newton::default(),
        start: None,
    };
    let refuse = |_| Refusal::NotConverged {
        model: model.notation(histories.names()).join(", "),
    };
    let start = fit.unseen.max(1e-6).ln();
    let top = likelihood.maximum(start).map_err(refuse)?;
    let half = normal::quantile(0.5 + level / 2.0);
    let wanted = likelihood.at(top).map_err(refuse)?.height - 0.5 * half * half;
    let lower = likelihood.crossing(top, -1.0, wanted).map_err(refuse)?;
    let upper = likelihood.crossing(top, 1.0, wanted).map_err(refuse)?;
    let total = |log: f64| table.observed() + log.exp();
    Ok(Profile {
        total: total(top),
        interval: Interval {
            kind: IntervalKind::Profile,
            level,
            lower: total(lower),
            upper: total(upper),
        },
    })
}

struct Likelihood<'a> {
    table: &'a Table,
    reduction: Reduction,
    newton: Newton,
    start: Option<Vec<f64>>,
}

/// The profile at one total.
struct Point {
    /// Log-likelihood less what does not depend on the total.
    height: f64,
    /// Its derivative by the total.
    slope: f64,
}

impl Likelihood<'_> {
    /// The profile at a logarithm of the people unseen.
    fn at(&mut self, log_unseen: f64) -> Result<Point, NotConverged> {
        let unseen = log_unseen.exp();
        let total = self.table.observed() + unseen;
        let start = self.start.as_deref();
        let maximum = match self.newton.maximise(self.table, &self.reduction, start, Some(unseen)) {
            Ok(maximum) => maximum,
            Err(NotConverged) => self.newton.maximise(self.table, &self.reduction, None, Some(unseen))?,
        };
        let point = Point {
            height: libm::lgamma(total + 1.0) - libm::lgamma(unseen + 1.0) + maximum.kernel + total
                - total * total.ln(),
            slope: digamma(total + 1.0) - digamma(unseen + 1.0) + maximum.parameters[0] - total.ln(),
        };
        self.start = Some(maximum.parameters);
        Ok(point)
    }

    /// Where the slope changes its sign, from a value nearby.
    fn maximum(&mut self, near: f64) -> Result<f64, NotConverged> {
        let (mut low, mut high) = (near, near);
        while self.at(low)?.slope < 0.0 && low > SMALLEST {
            low -= 0.5;
        }
        while self.at(high)?.slope > 0.0 && high < near + 20.0 {
            high += 0.5;
        }
        self.bisect(low, high, |point| point.slope > 0.0)
    }

    /// Where the profile falls to a height, downward (-1) or upward (1) of its top.
    fn crossing(&mut self, top: f64, direction: f64, wanted: f64) -> Result<f64, NotConverged> {
        let mut step = 0.25;
        let (mut inside, mut outside) = (top, top + direction * step);
        while self.at(outside)?.height > wanted {
            if outside < SMALLEST {
                // Even with nobody unseen the likelihood is high enough.
                return Ok(f64::NEG_INFINITY);
            }
            step *= 2.0;
            inside = outside;
            outside += direction * step.min(2.0);
            if outside > top + 40.0 {
                return Ok(f64::INFINITY);
            }
        }
        if direction > 0.0 {
            self.bisect(inside, outside, |point| point.height > wanted)
        } else {
            self.bisect(outside, inside, |point| point.height < wanted)
        }
    }

    /// Halves `low..high` around the place where a condition that holds at `low` stops holding.
    fn bisect(&mut self, mut low: f64, mut high: f64, holds: impl Fn(&Point) -> bool) -> Result<f64, NotConverged> {
        while high - low > 1e-10 * (1.0 + high.abs()) {
            let middle = 0.5 * (low + high);
            if holds(&self.at(middle)?) {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(0.5 * (low + high))
    }
}

/// A logarithm of the people unseen that is as good as nobody.
const SMALLEST: f64 = -12.0;

/// The derivative of `lgamma`, for positive values.
fn digamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 10.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    sum + x.ln() - 0.5 / x - square * (1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square / 240.0)))
}

#[cfg(test)]
mod tests {
    use super::{digamma, profile};
    use crate::multiple_systems::{Histories, Model};

    /// With terms for the first two and the last two of three lists, the first and the last are
    /// independent given the second, and every fitted count has a closed form. Maximised by golden
    /// section in another language: 151.713039, from 128.987398 to 226.467004.
    #[test]
    fn a_model_with_a_closed_form_has_its_profile() {
        let korea = Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12]).unwrap();
        let profile = profile(&korea, &Model::from_terms(3, [0b011, 0b110]), 0.95).unwrap();
        for (ours, closed) in [
            (profile.total, 151.713_039),
            (profile.interval.lower, 128.987_398),
            (profile.interval.upper, 226.467_004),
        ] {
            assert!((ours - closed).abs() < 2e-5, "{ours} {closed}");
        }
    }

    #[test]
    fn digamma_is_that_of_the_tables() {
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-11);
        assert!((digamma(10.5) - 2.302_991_413_4).abs() < 1e-3);
        assert!((digamma(2.0) - digamma(1.0) - 1.0).abs() < 1e-12);
    }
}
