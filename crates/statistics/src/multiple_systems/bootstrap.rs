//! Placeholder
/// The resampled estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    /// Sorted.
    pub estimates: Vec<f64>,
}
