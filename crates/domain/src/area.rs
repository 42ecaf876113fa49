//! Kinds of area.

use crate::word_list;

word_list! {
    /// What an area is.
    pub enum AreaKind {
        State = "state", "State";
        Nation = "nation", "Nation";
        Region = "region", "Region";
        Police = "police", "Police force area";
        Authority = "authority", "Local authority";
    }
}
