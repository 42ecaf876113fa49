//! Randomness that does not depend on the number of threads: one stream for each numbered piece of work.
//!
//! The generator is `ChaCha` with 8 rounds. The seed makes its 256-bit key, and the number of the
//! resample (or chain) is its 64-bit stream id, so piece `b` draws the same numbers whoever computes
//! it, in whatever order. Each method takes its own [`Purpose`], so that two methods with one seed do not share draws.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// What the draws are for. The number is part of the stream id: never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    /// Resamples of the bootstrap.
    Bootstrap = 0,
    /// Starting models of the downhill search.
    Start = 1,
    /// Chains of the Bayesian threshold.
    Threshold = 2,
    /// Chains of the latent class model.
    Classes = 3,
    /// Simulated coverage and held-out overlaps.
    Reliability = 4,
    /// Min-hashes, sampled pairs and resampled links of a linkage.
    Linkage = 5,
}

/// The generator of piece `number` of the work called `purpose`.
pub(crate) fn stream(seed: u64, purpose: Purpose, number: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(((purpose as u64) << 56) | (number & ((1 << 56) - 1)));
    generator
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn pieces_of_work_draw_different_numbers_and_the_same_ones_again() {
        let first = |purpose, number| stream(1, purpose, number).next_u64();
        assert_eq!(first(Purpose::Bootstrap, 7), first(Purpose::Bootstrap, 7));
        assert_ne!(first(Purpose::Bootstrap, 7), first(Purpose::Bootstrap, 8));
        assert_ne!(first(Purpose::Bootstrap, 7), first(Purpose::Classes, 7));
    }
}
