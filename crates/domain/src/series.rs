//! Words about published statistics and the figures taken from them.

use crate::word_list;

word_list! {
    /// What a series counts: mixing these is the commonest way to be wrong.
    pub enum CountingRule {
        Person = "person", "Persons";
        Case = "case", "Cases";
        Event = "event", "Events";
        Decision = "decision", "Decisions";
        Money = "money", "Money";
        Duration = "duration", "Durations";
        Other = "other", "Other";
    }
}

word_list! {
    /// Whether a figure was read in the publisher's own publication.
    pub enum SourceKind {
        Primary = "primary", "Publisher's own publication";
        Secondary = "secondary", "Known only from a secondary source";
    }
}

word_list! {
    /// Where a figure comes from. The gate passes the first two as they are, rounds estimates of list studies, and refuses the
    /// rest.
    pub enum Origin {
        Official = "official", "Official statistic";
        Typed = "typed", "Typed in with its source";
        Cases = "cases", "Computed from members' cases";
        Study = "study", "Estimated from lists that overlap";
    }
}

word_list! {
    /// What became of an import.
    pub enum ImportState {
        Staged = "staged", "Waiting for your decision";
        Taken = "taken", "Taken in";
        Undone = "undone", "Undone";
        Dropped = "dropped", "Not taken";
    }
}
