//! The standard normal distribution, and Poisson tails that stay exact when they are tiny.

use std::f64::consts::SQRT_2;

/// The chance that a standard normal value is at most `x`.
pub(crate) fn cumulative(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// The density at `x`.
pub(crate) fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The value that a standard normal one is below with chance `p`; infinite at 0 and at 1.
///
/// Acklam's rational approximation (relative error 1e-9), then one step of Halley's method, which
/// leaves rounding.
pub(crate) fn quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    const LOW: f64 = 0.02425;
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    };
    let x = if p < LOW {
        tail(p)
    } else if p > 1.0 - LOW {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        q * polynomial(&A, q * q) / polynomial(&B, q * q)
    };
    let error = (cumulative(x) - p) / density(x);
    x - error / (1.0 + 0.5 * x * error)
}

/// The smaller of the chances that a Poisson value of mean `mean` is at most, and is at least, `count`.
///
/// The tail beyond the count is summed outward from the count, term by term, so it keeps its
/// relative accuracy down to the smallest number there is.
pub(crate) fn poisson_tail(count: f64, mean: f64) -> f64 {
    if mean <= 0.0 {
        return if count > 0.0 { 0.0 } else { 1.0 };
    }
    let here = (count * mean.ln() - mean - libm::lgamma(count + 1.0)).exp();
    let mut sum = 1.0;
    let mut term = 1.0;
    if count < mean {
        let mut k = count;
        while k > 0.0 && term > 1e-17 * sum {
            term *= k / mean;
            k -= 1.0;
            sum += term;
        }
    } else {
        let mut k = count + 1.0;
        while term > 1e-17 * sum {
            term *= mean / k;
            k += 1.0;
            sum += term;
        }
    }
    let outward = (here * sum).min(1.0);
    outward.min(1.0 - outward + here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, x) in [
            (0.975, 1.959_963_984_540_054),
            (0.5, 0.0),
            (0.001, -3.090_232_306_167_813_5),
            (0.9, 1.281_551_565_544_600_4),
        ] {
            assert!((quantile(p) - x).abs() < 1e-12, "{p}: {}", quantile(p));
            assert!((cumulative(x) - p).abs() < 1e-15, "{x}");
        }
        assert!(quantile(0.0) == f64::NEG_INFINITY && quantile(1.0) == f64::INFINITY && quantile(2.0).is_nan());
    }

    #[test]
    fn poisson_tails_are_sums_of_their_terms() {
        // Mean 2: P(X <= 0) = e^-2, P(X >= 5) = 1 - e^-2 (1 + 2 + 2 + 4/3 + 2/3).
        let e2 = (-2.0_f64).exp();
        assert!((poisson_tail(0.0, 2.0) - e2).abs() < 1e-15);
        assert!((poisson_tail(5.0, 2.0) - (1.0 - 7.0 * e2)).abs() < 1e-15);
        // At the mean both tails are above a half, and the smaller one counts.
        assert!((poisson_tail(2.0, 2.0) - (1.0 - 3.0 * e2)).abs() < 1e-15);
        // Far out: P(X >= 400 | 50) is near its first term.
        let far = poisson_tail(400.0, 50.0);
        assert!(far > 0.0 && far < 1e-200, "{far:e}");
    }
}
