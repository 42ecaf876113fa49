//! Words about exports.

use crate::word_list;

word_list! {
    /// What can be exported.
    pub enum ExportKind {
        Log = "log", "Log of acts";
        Evidence = "evidence", "Evidence register";
        Measurements = "measurements", "Measurements of every cycle";
        Series = "series", "Values of a series";
        Cases = "cases", "Everything in your organisation’s cases";
    }
}

word_list! {
    /// Where a request for an export stands.
    pub enum RequestState {
        Asked = "asked", "Waiting for a second person";
        Agreed = "agreed", "Being made";
        Refused = "refused", "Refused";
        Ready = "ready", "Ready";
        Failed = "failed", "Could not be made";
        Expired = "expired", "Expired: the file was removed";
    }
}
