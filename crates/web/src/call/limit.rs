//! How often one network, and all of them together, may answer calls and look receipts up. Kept in the memory of
//! each node and nowhere else: no address is ever written down.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Answers from one network in an hour: a shelter's residents share one.
const ANSWERS_PER_NETWORK: NonZeroU32 = NonZeroU32::new(20).expect("not nought");
/// Answers from everywhere in an hour: more than people can read, so more are a flood.
const ANSWERS: NonZeroU32 = NonZeroU32::new(500).expect("not nought");
/// Receipts looked up from one network in a minute.
const LOOK_UPS: NonZeroU32 = NonZeroU32::new(20).expect("not nought");
/// When more networks than this are kept, those that have been quiet are forgotten.
const MANY: usize = 10_000;

/// The limits of one node.
pub struct Limits {
    answers: DefaultKeyedRateLimiter<String>,
    all_answers: DefaultDirectRateLimiter,
    look_ups: DefaultKeyedRateLimiter<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answers: RateLimiter::keyed(Quota::per_hour(ANSWERS_PER_NETWORK)),
            all_answers: RateLimiter::direct(Quota::per_hour(ANSWERS)),
            look_ups: RateLimiter::keyed(Quota::per_minute(LOOK_UPS)),
        }
    }
}

impl Limits {
    /// Whether one more answer from this network is taken. A flood from one does not use up what all share.
    pub(crate) fn takes_answer(&self, network: &str) -> bool {
        is_let_through(&self.answers, network) && self.all_answers.check().is_ok()
    }

    /// Whether one more receipt may be looked up from this network.
    pub(crate) fn looks_up(&self, network: &str) -> bool {
        is_let_through(&self.look_ups, network)
    }
}

fn is_let_through(limiter: &DefaultKeyedRateLimiter<String>, network: &str) -> bool {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter.check_key(&network.to_owned()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn a_flood_from_one_network_is_stopped_and_another_still_heard() {
        let limits = Limits::default();
        let taken = (0..100).filter(|_| limits.takes_answer("192.0.2.0/24")).count();
        assert_eq!(taken, 20);
        assert!(limits.takes_answer("198.51.100.0/24"));
        let found = (0..100).filter(|_| limits.looks_up("192.0.2.0/24")).count();
        assert_eq!(found, 20);
    }

    #[test]
    fn a_flood_from_everywhere_is_stopped_too() {
        let limits = Limits::default();
        let taken = (0..1_000)
            .filter(|n| limits.takes_answer(&format!("network {n}")))
            .count();
        assert_eq!(taken, 500);
    }
}
