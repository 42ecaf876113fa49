//! Words about contributions as the coalition receives them.

use crate::word_list;

word_list! {
    /// What became of a contribution.
    pub enum ReceivedState {
        Waiting = "waiting", "Waiting: a coordinator first asks the sender whether it is theirs";
        Current = "current", "Current";
        Replaced = "replaced", "Replaced by a newer one and erased";
        Refused = "refused", "Refused and erased";
    }
}

impl ReceivedState {
    /// Its name alone, without what it means.
    pub fn name(self) -> &'static str {
        self.words().split_once(':').map_or(self.words(), |(name, _)| name)
    }
}
