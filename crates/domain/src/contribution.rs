//! Words of the contribution that an organisation prepares, approves and sends.

use crate::word_list;

word_list! {
    /// Where a contribution stands at the organisation that makes it.
    pub enum ContributionState {
        Prepared = "prepared", "Prepared: a second person looks at it";
        Approved = "approved", "Approved: to be sent";
        Sent = "sent", "Sent";
        Replaced = "replaced", "Replaced by a later one";
        Refused = "refused", "Refused";
        Withdrawn = "withdrawn", "Withdrawn before it was sent";
    }
}

word_list! {
    /// What a contribution releases of the cases.
    pub enum Holds {
        Aggregates = "aggregates", "Figures, added up";
        Rows = "rows", "Coded rows, one for each case";
    }
}
