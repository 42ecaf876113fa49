//! Words about indicators and their measures.

use crate::word_list;

word_list! {
    /// Structural is the letter; process and outcome are the practice.
    pub enum IndicatorKind {
        Structural = "structural", "Structural";
        Process = "process", "Process";
        Outcome = "outcome", "Outcome";
    }
}

word_list! {
    /// What a measure computes.
    pub enum Statistic {
        Share = "share", "Share";
        Count = "count", "Count";
        Rate = "rate", "Rate";
        Median = "median", "Median";
        P90 = "p90", "90th percentile";
        Mean = "mean", "Mean";
        Sum = "sum", "Sum";
        Ratio = "ratio", "Ratio";
        Ordinal = "ordinal", "Level 0 to 4";
    }
}

impl Statistic {
    /// Whether the measure is a numerator over a denominator.
    pub const fn has_denominator(self) -> bool {
        matches!(self, Self::Share | Self::Rate | Self::Ratio)
    }
}

word_list! {
    /// Which way is better.
    pub enum Direction {
        Higher = "higher", "Higher is better";
        Lower = "lower", "Lower is better";
        None = "none", "Neither is better in itself";
    }
}

word_list! {
    /// Where an indicator version stands among the organisations.
    pub enum IndicatorState {
        Proposed = "proposed", "Proposed";
        Agreed = "agreed", "Agreed";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

word_list! {
    /// What a changed definition means for comparison with the version before it.
    pub enum Comparability {
        Comparable = "comparable", "Comparable";
        WithCare = "with_care", "Comparable with care";
        NotComparable = "not_comparable", "Not comparable";
    }
}
