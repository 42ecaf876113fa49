//! How the answers of a method are spread: resampled estimates, or a posterior; and that spread in steps, to be drawn.
//!
//! A histogram says what an interval cannot: whether the answers have one peak, and on which side the tail is. Steps are round
//! numbers of people, so that a picture and its table can be read, and so that whoever rounds figures can ask for steps that
//! are no finer than they.

/// Totals that a method holds possible, rising, each with its share; the shares sum to 1. A total may be infinite: a resample
/// without an estimate counts as larger than every number.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    totals: Vec<(f64, f64)>,
}

/// A spread in steps of equal width.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    /// Where the first step begins, in people; a multiple of `step`.
    pub from: f64,
    /// Width of a step, in people: 1, 2 or 5 times a power of ten.
    pub step: f64,
    /// The share in each step, 0 to 1. A step holds its beginning and not its end.
    pub shares: Vec<f64>,
    /// The share below the first step.
    pub below: f64,
    /// The share above the last step.
    pub above: f64,
}

/// The steps reach from the total that one in a hundred answers lies below to that which two in a hundred lie above: the
/// longer tail would leave all others in a few steps.
const TAILS: (f64, f64) = (0.01, 0.98);
/// No step is as wide as this: there are fewer people.
const WIDEST: f64 = 1e15;

impl Spread {
    /// Answers that count the same, rising; `None` without any.
    pub fn of_equal(totals: &[f64]) -> Option<Self> {
        let share = 1.0 / totals.len() as f64;
        Self::of_weighed(totals.iter().map(|total| (*total, share)))
    }

    /// Rising totals with their shares, which are brought to a sum of 1; `None` where there is none that weighs anything.
    pub fn of_weighed(totals: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let mut totals: Vec<(f64, f64)> = totals.into_iter().filter(|(_, share)| *share > 0.0).collect();
        let whole: f64 = totals.iter().map(|(_, share)| share).sum();
        for (_, share) in &mut totals {
            *share /= whole;
        }
        (!totals.is_empty()).then_some(Self { totals })
    }

    /// The smallest finite total with this share of the finite ones at or below it; `None` where none is finite.
    fn quantile(&self, share: f64) -> Option<f64> {
        let finite = || self.totals.iter().filter(|(total, _)| total.is_finite());
        let whole: f64 = finite().map(|(_, share)| share).sum();
        let mut sum = 0.0;
        let reached = finite().find(|(_, next)| {
            sum += next;
            sum >= share * whole
        });
        reached.or_else(|| finite().next_back()).map(|(total, _)| *total)
    }

    /// The spread in at most `most` steps (at least one), no finer at their upper end than `finest` says for a number of people
    /// there. `None` where no answer is a number.
    ///
    /// ```
    /// use statistics::multiple_systems::spread::Spread;
    /// let resampled: Vec<f64> = (0..1_000).map(|n| 900.0 + f64::from(n) / 2.0).collect();
    /// let steps = Spread::of_equal(&resampled).and_then(|spread| spread.steps(|_| 1.0, 12)).expect("some answers");
    /// assert_eq!((steps.from, steps.step, steps.shares.len()), (900.0, 50.0, 10));
    /// ```
    pub fn steps(&self, finest: impl Fn(f64) -> f64, most: usize) -> Option<Steps> {
        let (low, high) = (self.quantile(TAILS.0)?, self.quantile(TAILS.1)?);
        let widths = (0..).flat_map(|power| [1.0, 2.0, 5.0].map(|times| times * 10_f64.powi(power)));
        let fits = |step: &f64| {
            let end = ((high / step).floor() + 1.0) * step;
            *step >= finest(end) && (high / step).floor() - (low / step).floor() < most.max(1) as f64
        };
        let step = widths.take_while(|step| *step < WIDEST).find(fits)?;
        let first = (low / step).floor();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and the most steps, which was found above"
        )]
        let count = ((high / step).floor() + 1.0 - first) as usize;
        let mut steps = Steps {
            from: first * step,
            step,
            shares: vec![0.0; count],
            below: 0.0,
            above: 0.0,
        };
        for (total, share) in &self.totals {
            let at = (total / step).floor() - first;
            if at < 0.0 {
                steps.below += share;
            } else if at >= count as f64 {
                steps.above += share;
            } else {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 0 and the number of steps"
                )]
                let index = at as usize;
                steps.shares[index] += share;
            }
        }
        Some(steps)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_are_round_no_finer_than_asked_and_hold_the_middle() {
        let normal: Vec<f64> = (1..1_000)
            .map(|n| 2_400.0 + 150.0 * crate::multiple_systems::normal::quantile(f64::from(n) / 1_000.0))
            .collect();
        let spread = Spread::of_equal(&normal).expect("a spread");
        let fine = spread.steps(|_| 1.0, 40).expect("steps");
        assert_eq!((fine.step, fine.from % 20.0), (20.0, 0.0));
        let coarse = spread.steps(|_| 100.0, 40).expect("steps");
        assert_eq!((coarse.from, coarse.step, coarse.shares.len()), (2_000.0, 100.0, 8));
        let highest = coarse.shares.iter().copied().fold(0.0, f64::max);
        assert!((0.2..0.3).contains(&highest), "{coarse:?}");
    }

    #[test]
    fn answers_without_a_number_lie_above_every_step() {
        let spread = Spread::of_equal(&[100.0, 110.0, 120.0, f64::INFINITY]).expect("a spread");
        let steps = spread.steps(|_| 10.0, 8).expect("steps");
        assert_eq!((steps.from, steps.step), (100.0, 10.0));
        assert!((steps.above - 0.25).abs() < 1e-12, "{steps:?}");
        let none = Spread::of_equal(&[f64::INFINITY]).expect("a spread");
        assert_eq!(none.steps(|_| 10.0, 8), None);
        assert_eq!(Spread::of_equal(&[]), None);
    }

    #[test]
    fn weights_count() {
        let spread = Spread::of_weighed([(100.0, 1.0), (150.0, 3.0), (175.0, 0.0)]).expect("a spread");
        let steps = spread.steps(|_| 50.0, 8).expect("steps");
        assert_eq!(steps.shares, [0.25, 0.75]);
    }

    proptest! {
        #[test]
        fn nobody_is_lost_and_there_are_no_more_steps_than_asked_for(
            mut totals in proptest::collection::vec(1.0..1e7_f64, 1..200),
            most in 1..60_usize,
        ) {
            totals.sort_by(f64::total_cmp);
            let steps = Spread::of_equal(&totals).and_then(|spread| spread.steps(|_| 1.0, most)).expect("steps");
            prop_assert!((1..=most).contains(&steps.shares.len()));
            let sum = steps.shares.iter().sum::<f64>() + steps.below + steps.above;
            prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
            prop_assert!((steps.from / steps.step).fract().abs() < 1e-9);
        }
    }
}
