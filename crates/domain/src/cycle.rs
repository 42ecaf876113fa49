//! Where one audit stands, and which steps it may take.

use crate::word_list;

word_list! {
    /// The states of a cycle, in order. Definitions freeze when it is opened; evidence freezes on
    /// leaving `Gathering`; everything freezes on leaving `Assessing`.
    pub enum CycleState {
        Opened = "opened", "Opened";
        Gathering = "gathering", "Gathering evidence";
        Assessing = "assessing", "Assessing";
        Closed = "closed", "Closed";
    }
}

impl CycleState {
    /// The one state that may follow.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Opened => Some(Self::Gathering),
            Self::Gathering => Some(Self::Assessing),
            Self::Assessing => Some(Self::Closed),
            Self::Closed => None,
        }
    }
}

word_list! {
    /// The legal systems of the first state audited, and the whole of it.
    pub enum Jurisdiction {
        Uk = "uk", "United Kingdom";
        EnglandWales = "ew", "England and Wales";
        Scotland = "sct", "Scotland";
        NorthernIreland = "ni", "Northern Ireland";
    }
}
