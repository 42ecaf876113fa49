//! Confidence intervals of shares and of differences.
//!
//! Shares in an audit come from a few dozen files, often all or none of them, where the textbook
//! interval (share plus or minus two standard errors) leaves 0 to 1 or shrinks to nothing. The score
//! interval does neither.

/// The standard normal deviate of a two-sided 95 % interval.
pub const Z95: f64 = 1.959_963_984_540_054;

/// An interval: lower end, upper end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end, never below the lower.
    pub upper: f64,
}

impl Interval {
    /// Whether a value lies in it, ends included.
    pub fn holds(self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }
}

/// The score interval of a share `n` of `d`, as shares of 1. `None` unless `0 <= n <= d` and `d > 0`.
///
/// Wilson, E. B. (1927), Journal of the American Statistical Association 22:209-212; recommended as
/// method 3 by Newcombe, R. G. (1998), Statistics in Medicine 17:857-872, whose Table I the tests use.
///
/// ```
/// let interval = statistics::interval::wilson(81, 263, statistics::interval::Z95).expect("a share");
/// assert!((interval.lower - 0.2553).abs() < 0.00005 && (interval.upper - 0.3662).abs() < 0.00005);
/// ```
pub fn wilson(n: u64, d: u64, z: f64) -> Option<Interval> {
    if d == 0 || n > d || !z.is_finite() {
        return None;
    }
    let (n, d) = (n as f64, d as f64);
    let square = z * z;
    let middle = 2.0 * n + square;
    let half = z * (square + 4.0 * n * (1.0 - n / d)).sqrt();
    let whole = 2.0 * (d + square);
    // Rounding may carry an end a hair outside at 0 and at d.
    Some(Interval {
        lower: ((middle - half) / whole).max(0.0),
        upper: ((middle + half) / whole).min(1.0),
    })
}

/// A value with its interval.
pub type Estimate = (f64, Interval);

/// The interval of the difference `later - earlier` of two independent values, from the interval of each.
///
/// The two distances to the near ends are squared and added, so intervals need not be symmetric:
/// method 10 of Newcombe, R. G. (1998), Statistics in Medicine 17:873-890, whose Table II the tests
/// use; for values of any kind see Zou, G. Y. and Donner, A. (2008), Statistics in Medicine
/// 27:1693-1702.
pub fn difference((later, a): Estimate, (earlier, b): Estimate) -> Interval {
    let change = later - earlier;
    Interval {
        lower: change - (later - a.lower).hypot(b.upper - earlier),
        upper: change + (a.upper - later).hypot(earlier - b.lower),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(n: u64, d: u64) -> Estimate {
        (n as f64 / d as f64, wilson(n, d, Z95).unwrap())
    }

    /// Ends to four decimals, as the papers print them.
    fn four(interval: Interval) -> (f64, f64) {
        let round = |x: f64| (x * 10_000.0).round() / 10_000.0 + 0.0;
        (round(interval.lower), round(interval.upper))
    }

    #[test]
    fn shares_have_the_intervals_that_newcombe_published() {
        let published = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (n, d, lower, upper) in published {
            assert_eq!(four(wilson(n, d, Z95).unwrap()), (lower, upper), "{n} of {d}");
        }
    }

    #[test]
    fn differences_have_the_intervals_that_newcombe_published() {
        let published = [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ];
        for (a, b, lower, upper) in published {
            assert_eq!(
                four(difference(share(a.0, a.1), share(b.0, b.1))),
                (lower, upper),
                "{a:?} and {b:?}"
            );
        }
    }

    #[test]
    fn what_is_no_share_has_no_interval() {
        assert_eq!(wilson(1, 0, Z95), None);
        assert_eq!(wilson(3, 2, Z95), None);
        assert_eq!(wilson(1, 2, f64::NAN), None);
    }

    #[test]
    fn an_interval_never_leaves_the_share() {
        for d in 1..60 {
            for n in 0..=d {
                let (value, interval) = share(n, d);
                assert!(
                    interval.lower >= 0.0 && interval.upper <= 1.0 && interval.holds(value),
                    "{n} of {d}"
                );
            }
        }
    }
}
