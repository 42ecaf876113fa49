//! Medians and percentiles from histograms.
//!
//! The quantile is type 7 of R. J. Hyndman and Y. Fan, “Sample Quantiles in Statistical Packages”, The American
//! Statistician 50 (1996), 361-365: what R, NumPy, PostgreSQL's `percentile_cont` and a spreadsheet's MEDIAN and
//! PERCENTILE.INC give, so that an organisation can check its own figure. A histogram of whole numbers keeps every value,
//! so the quantile of merged histograms is that of all cases, exactly.

use std::collections::BTreeMap;

/// A quantile, and whether it is only a lower bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// The value, between the two numbers around it.
    pub value: f64,
    /// Whether it rests on a top-coded number, so that the true value is this or higher.
    pub is_at_least: bool,
}

/// The quantile of a share (0 to 1) of the cases in a histogram; `None` where there is no case. `top` is the top code.
///
/// # Panics
///
/// When `share` is not from 0 to 1.
pub fn quantile(histogram: &BTreeMap<u32, u64>, share: f64, top: u32) -> Option<Quantile> {
    assert!((0.0..=1.0).contains(&share), "a share is from 0 to 1");
    let cases = histogram.values().fold(0_u64, |sum, count| sum.saturating_add(*count));
    let last = cases.checked_sub(1)?;
    let place = last as f64 * share;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of cases"
    )]
    let below = place.floor() as u64;
    let part = place - place.floor();
    let (low, high) = (at(histogram, below)?, at(histogram, (below + 1).min(last))?);
    let value = f64::from(low) + part * (f64::from(high) - f64::from(low));
    Some(Quantile {
        value,
        is_at_least: low >= top || (part > 0.0 && high >= top),
    })
}

/// The same quantile of numbers in rising order, of which there is at least one.
pub(crate) fn of_sorted(numbers: &[f64], share: f64) -> f64 {
    let place = (numbers.len() - 1) as f64 * share;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of numbers"
    )]
    let below = place.floor() as usize;
    let (low, high) = (numbers[below], numbers[(below + 1).min(numbers.len() - 1)]);
    low + (place - place.floor()) * (high - low)
}

/// The number of the case at a place, counted from 0 in rising order.
fn at(histogram: &BTreeMap<u32, u64>, place: u64) -> Option<u32> {
    let mut passed = 0_u64;
    histogram.iter().find_map(|(number, count)| {
        passed = passed.saturating_add(*count);
        (passed > place).then_some(*number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[u32]) -> BTreeMap<u32, u64> {
        let mut histogram = BTreeMap::new();
        for number in numbers {
            *histogram.entry(*number).or_default() += 1;
        }
        histogram
    }

    fn value(numbers: &[u32], share: f64) -> f64 {
        quantile(&of(numbers), share, 10_000).expect("there are cases").value
    }

    #[test]
    fn numbers_and_their_histogram_have_the_same_quantiles() {
        let numbers = [1, 2, 4, 7, 7, 9];
        let sorted: Vec<f64> = numbers.iter().map(|number| f64::from(*number)).collect();
        for share in [0.0, 0.025, 0.3, 0.5, 0.975, 1.0] {
            assert!(
                (of_sorted(&sorted, share) - value(&numbers, share)).abs() < 1e-12,
                "{share}"
            );
        }
        assert!((of_sorted(&[3.0], 0.4) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn type_seven_by_hand() {
        // (n - 1) p + 1 is the place among 1 to n: for ten numbers and p = 0.9 it is 9.1, a tenth beyond the ninth.
        let ten: Vec<u32> = (1..=10).collect();
        assert!((value(&ten, 0.9) - 9.1).abs() < 1e-12);
        assert!((value(&ten, 0.5) - 5.5).abs() < 1e-12);
        assert!((value(&[3, 1, 2], 0.5) - 2.0).abs() < 1e-12);
        assert!((value(&[7], 0.9) - 7.0).abs() < 1e-12);
        assert!((value(&[0, 0, 0, 40], 0.9) - 28.0).abs() < 1e-12);
    }

    /// The horsepower of the 32 cars of Henderson and Velleman (Biometrics 37, 1981), R's `mtcars`, whose `summary` is
    /// printed in many textbooks: 52, 96.5, 123, 180, 335.
    #[test]
    fn horsepower_of_cars_as_r_prints_it() {
        let horsepower: [u32; 32] = [
            110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215, 230, 66, 52, 65, 97, 150, 150,
            245, 175, 66, 91, 113, 264, 175, 335, 109,
        ];
        let quartiles: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0]
            .into_iter()
            .map(|share| value(&horsepower, share))
            .collect();
        assert_eq!(quartiles, [52.0, 96.5, 123.0, 180.0, 335.0]);
    }

    #[test]
    fn what_rests_on_a_top_code_says_so() {
        let histogram = BTreeMap::from([(3, 8), (100, 2)]);
        let median = quantile(&histogram, 0.5, 100).expect("cases");
        assert!(!median.is_at_least);
        let high = quantile(&histogram, 0.9, 100).expect("cases");
        assert!(high.is_at_least);
        // The ninth of ten is the lower one, and the place is exactly there.
        let edge = quantile(&BTreeMap::from([(3, 6), (100, 5)]), 0.5, 100).expect("cases");
        assert!(!edge.is_at_least);
    }

    #[test]
    fn nobody_has_no_quantile() {
        assert_eq!(quantile(&BTreeMap::new(), 0.5, 100), None);
    }
}
