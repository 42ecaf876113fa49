//! How good a linkage is where the truth is known: precision and recall with their intervals.

use std::collections::HashSet;

use crate::interval::{self, Interval, Z95};

/// Links counted against the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Links that are right.
    pub right: u64,
    /// Links that are wrong.
    pub wrong: u64,
    /// Matches that were not linked.
    pub missed: u64,
}

impl Quality {
    /// Counts links, as pairs of records in either order.
    pub fn of(links: &[(u32, u32)], truth: &[(u32, u32)]) -> Self {
        let ordered = |(one, other): &(u32, u32)| (*one.min(other), *one.max(other));
        let truth: HashSet<(u32, u32)> = truth.iter().map(ordered).collect();
        let links: HashSet<(u32, u32)> = links.iter().map(ordered).collect();
        let right = links.intersection(&truth).count() as u64;
        Self {
            right,
            wrong: links.len() as u64 - right,
            missed: truth.len() as u64 - right,
        }
    }

    /// The share of links that are right.
    pub fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    /// The share of matches that were linked.
    pub fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missed).max(1) as f64
    }
}

impl Quality {
    /// The 95 % interval of the precision; none without links.
    pub fn precision_interval(&self) -> Option<Interval> {
        interval::wilson(self.right, self.right + self.wrong, Z95)
    }

    /// The 95 % interval of the recall; none without matches.
    pub fn recall_interval(&self) -> Option<Interval> {
        interval::wilson(self.right, self.right + self.missed, Z95)
    }
}

impl std::fmt::Display for Quality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let limits = |interval: Option<Interval>| {
            interval.map_or_else(String::new, |interval| {
                format!(" ({:.4} to {:.4})", interval.lower, interval.upper)
            })
        };
        write!(
            f,
            "precision {:.4}{}, recall {:.4}{}, F1 {:.4}",
            self.precision(),
            limits(self.precision_interval()),
            self.recall(),
            limits(self.recall_interval()),
            self.f1()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_counted_in_either_order_and_once() {
        let quality = Quality::of(&[(1, 0), (0, 1), (2, 3)], &[(0, 1), (4, 5)]);
        assert_eq!(
            quality,
            Quality {
                right: 1,
                wrong: 1,
                missed: 1
            }
        );
        assert!((quality.f1() - 0.5).abs() < 1e-12);
        assert!(quality.precision_interval().is_some_and(|interval| interval.holds(0.5)));
    }
}
