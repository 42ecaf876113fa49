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

impl ImportState {
    /// Why nothing can be decided about an import any more that is in this state.
    pub fn decided_already(self) -> String {
        format!(
            "This import was decided already: {}. Send the file again to start another.",
            self.words().to_lowercase()
        )
    }

    /// Why an import in this state cannot be undone.
    pub fn cannot_be_undone(self) -> String {
        format!(
            "Only an import that was taken in can be undone; this one: {}",
            self.words().to_lowercase()
        )
    }
}
