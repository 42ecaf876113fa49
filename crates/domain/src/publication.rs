//! Words about editions.

use crate::word_list;

word_list! {
    /// Where one revision of an edition stands.
    pub enum RevisionState {
        Building = "building", "Being built";
        Published = "published", "Published";
        Failed = "failed", "Could not be built";
    }
}
