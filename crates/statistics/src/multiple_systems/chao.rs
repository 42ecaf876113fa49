//! Chao's lower bound: the people unseen, from those on exactly one and on exactly two lists.
//!
//! Chao, A. (1987), Biometrics 43:783-791. With `f1` people on one list and `f2` on two, at least
//! `f1^2 / (2 f2)` are on none, whether or not people differ in how easily they are found. Where
//! being on one list keeps people off another, the bound is too high.

use super::estimate::{Estimate, Interval, IntervalKind, Method, Refusal};
use super::histories::Histories;
use super::normal;

/// How the remark begins that gives the bound in its bias-corrected form, not rounded.
pub const CORRECTED: &str = "In its bias-corrected form";

/// The bound in its three forms, in people altogether.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// `n + f1^2 / (2 f2)`; `None` where nobody is on exactly two lists.
    pub lower: Option<f64>,
    /// `n + f1 (f1 - 1) / (2 (f2 + 1))`, less biased where overlaps are few.
    pub bias_corrected: f64,
    /// The bound with the factor `(t - 1) / t` for `t` lists.
    pub with_list_factor: Option<f64>,
}

/// Computes the bound.
///
/// ```
/// use statistics::multiple_systems::{Histories, chao};
/// let histories = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 0, 0, 0])?;
/// assert_eq!(chao::bound(&histories).lower, Some(96.0 + 90.0 * 90.0 / 12.0));
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn bound(histories: &Histories) -> Bound {
    let (observed, once, twice) = frequencies(histories);
    let unseen = (twice > 0.0).then(|| once * once / (2.0 * twice));
    let lists = histories.lists() as f64;
    Bound {
        lower: unseen.map(|unseen| observed + unseen),
        bias_corrected: observed + once * (once - 1.0) / (2.0 * (twice + 1.0)),
        with_list_factor: unseen.map(|unseen| observed + (lists - 1.0) / lists * unseen),
    }
}

/// The bound as the answer of a method, log-normal on the people unseen with the variance of
/// Chao (1987).
///
/// Where nobody is on exactly two lists, the bias-corrected form stands in and there is no interval.
pub fn estimate(histories: &Histories, level: f64) -> Result<Estimate, Refusal> {
    let (observed, once, twice) = frequencies(histories);
    if histories.by_number_of_lists().iter().skip(2).all(|people| *people == 0) {
        return Err(Refusal::NoOverlap);
    }
    let bound = bound(histories);
    let mut warnings = vec![
        "A lower bound, not an estimate; and not even a bound where being on one list keeps people off another."
            .to_owned(),
    ];
    let interval = bound.lower.filter(|lower| *lower > observed).map(|lower| {
        let (unseen, ratio) = (lower - observed, once / twice);
        let variance = twice * (0.25 * ratio.powi(4) + ratio.powi(3) + 0.5 * ratio.powi(2));
        let spread = normal::quantile(0.5 + level / 2.0) * (1.0 + variance / (unseen * unseen)).ln().sqrt();
        Interval {
            kind: IntervalKind::Wald,
            level,
            lower: observed + unseen * (-spread).exp(),
            upper: observed + unseen * spread.exp(),
        }
    });
    if bound.lower.is_some() {
        warnings.push(format!(
            "{CORRECTED}, for small overlaps, the bound is {:.0}.",
            bound.bias_corrected
        ));
    } else {
        warnings.push("Nobody is on exactly two lists, so the bias-corrected form is shown.".to_owned());
    }
    Ok(Estimate {
        method: Method::Chao,
        estimate: bound.lower.unwrap_or(bound.bias_corrected),
        interval,
        model: Vec::new(),
        aic: None,
        bic: None,
        checks: None,
        warnings,
        seed: None,
        bootstrap: None,
        posterior: None,
        computed: None,
    })
}

fn frequencies(histories: &Histories) -> (f64, f64, f64) {
    let people = histories.by_number_of_lists();
    (histories.observed() as f64, people[1] as f64, people[2] as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bias_corrected_form_stands_beside_the_bound() {
        let histories = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 0, 0, 0]).unwrap();
        let found = estimate(&histories, 0.95).unwrap();
        // 96 + 90 x 89 / (2 x 7)
        assert_eq!(
            found.warnings[1],
            "In its bias-corrected form, for small overlaps, the bound is 668."
        );
    }
}
