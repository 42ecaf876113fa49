//! Words about legal advice, leave to stay, detention and compensation: how far each has come.

use crate::word_list;

word_list! {
    /// How far the search for legal advice has come.
    pub enum AdviceStage {
        Sought = "sought", "Looking for a lawyer";
        Refused = "refused", "A lawyer refused";
        Found = "found", "A lawyer took the matter, or advised";
        Ended = "ended", "The lawyer no longer acts";
    }
}

word_list! {
    /// How far an expert’s report has come.
    pub enum ReportStage {
        Asked = "asked", "It has been asked for";
        Received = "received", "It is here";
        Sent = "sent", "It was sent to whoever decides";
        Weighed = "weighed", "The decision for which it was written has come";
    }
}

word_list! {
    /// How far a residence permit has come.
    pub enum PermitStage {
        Applied = "applied", "Applied for, or being considered";
        Granted = "granted", "Granted";
        Refused = "refused", "Refused";
        RenewalApplied = "renewal_applied", "Renewal applied for";
        Renewed = "renewed", "Renewed";
        RenewalRefused = "renewal_refused", "Renewal refused";
        RanOut = "ran_out", "Ran out, or was cut short";
    }
}

impl PermitStage {
    /// Whether it is about the renewal of a permit and not about the first one.
    pub const fn is_renewal(self) -> bool {
        matches!(
            self,
            Self::RenewalApplied | Self::Renewed | Self::RenewalRefused | Self::RanOut
        )
    }
}

word_list! {
    /// How far an asylum claim has come.
    pub enum AsylumStage {
        Claimed = "claimed", "Claimed";
        Granted = "granted", "Refugee status granted";
        Protected = "protected", "Humanitarian protection granted";
        Refused = "refused", "Refused";
        Appealed = "appealed", "Appealed";
        Allowed = "allowed", "Appeal allowed";
        Dismissed = "dismissed", "Appeal dismissed";
        Withdrawn = "withdrawn", "Withdrawn, or treated as withdrawn";
    }
}

word_list! {
    /// A step towards removing someone from the country.
    pub enum RemovalStep {
        Notice = "notice", "Told that they are liable to removal";
        Interview = "interview", "Interviewed about removal or return";
        Directions = "directions", "A day of removal was set";
        Attempted = "attempted", "Removal was attempted";
        Stopped = "stopped", "Removal was called off or stopped by a court";
    }
}

word_list! {
    /// How far a claim for compensation has come.
    pub enum CompensationStage {
        Sought = "sought", "Claimed, or asked for";
        Awarded = "awarded", "Awarded, or agreed";
        Refused = "refused", "Refused";
        Paid = "paid", "Money has reached the person";
        Unpaid = "unpaid", "Gone through: nothing has been paid so far";
        Dropped = "dropped", "Given up";
    }
}

word_list! {
    /// How far a place in safe accommodation has come.
    pub enum PlaceStage {
        Asked = "asked", "It has been asked for";
        Placed = "placed", "The person has moved in";
        Refused = "refused", "It was refused, or there was none";
        Left = "left", "The person has left it";
    }
}
