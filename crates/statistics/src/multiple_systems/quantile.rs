//! Quantiles of sorted values, by two definitions of Hyndman, R. J. and Fan, Y. (1996), “Sample quantiles in statistical
//! packages”, The American Statistician 50, 361-365. Values may be infinite: what has no estimate is larger than every number.

/// Definition 7: the ends of the values are the quantiles of 0 and 1. There must be at least one value.
pub(crate) fn seven(sorted: &[f64], share: f64) -> f64 {
    between(sorted, share * (sorted.len() as f64 - 1.0))
}

/// Definition 8: nearly unbiased in the middle, whatever the distribution. There must be at least one value.
pub(crate) fn eight(sorted: &[f64], share: f64) -> f64 {
    between(sorted, (sorted.len() as f64 + 1.0 / 3.0) * share + 1.0 / 3.0 - 1.0)
}

/// The value at a place, in a straight line between the two beside it.
fn between(sorted: &[f64], place: f64) -> f64 {
    let place = place.clamp(0.0, sorted.len() as f64 - 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among the values"
    )]
    let below = place.floor() as usize;
    let (here, share) = (sorted[below], place - place.floor());
    match sorted.get(below + 1) {
        // Between two infinite values there is no line.
        Some(next) if share > 0.0 && *next > here => here + share * (next - here),
        _ => here,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_definitions_give_what_their_formulas_say() {
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        // Place 9 x 0.25 = 2.25, and (10 + 1/3) 0.25 + 1/3 - 1 = 1.91666…
        assert!((seven(&values, 0.25) - 3.25).abs() < 1e-12);
        assert!((eight(&values, 0.25) - 2.916_666_666_666_667).abs() < 1e-12);
        for quantile in [seven, eight] {
            assert_eq!((quantile(&values, 0.0), quantile(&values, 1.0)), (1.0, 10.0));
            assert!((quantile(&[4.0], 0.3) - 4.0).abs() < 1e-12);
        }
    }

    #[test]
    fn what_has_no_estimate_is_larger_than_every_number_and_never_none() {
        let values = [1.0, 2.0, f64::INFINITY, f64::INFINITY];
        for quantile in [seven, eight] {
            assert!(quantile(&values, 0.2).is_finite());
            assert!(quantile(&values, 0.55).is_infinite());
            assert!(quantile(&values, 0.9).is_infinite(), "also between two of them");
        }
    }
}
