//! Words about proceedings: against the person, and against those who exploited them.

use crate::word_list;

word_list! {
    /// How far a person’s being treated as an offender has come.
    pub enum OffenderStage {
        Arrested = "arrested", "Arrested, or questioned as a suspect";
        NotCharged = "not_charged", "It was decided not to charge them";
        Charged = "charged", "Charged";
        Convicted = "convicted", "Convicted";
        Acquitted = "acquitted", "Acquitted, or the case was dropped";
        AppealDismissed = "appeal_dismissed", "An appeal was dismissed";
        Quashed = "quashed", "The conviction was quashed";
    }
}

impl OffenderStage {
    /// Whether the person stands or stood before a court.
    pub const fn is_accused(self) -> bool {
        !matches!(self, Self::Arrested | Self::NotCharged)
    }

    /// Whether it had been decided whether to charge the person.
    pub const fn is_decided(self) -> bool {
        !matches!(self, Self::Arrested)
    }
}

word_list! {
    /// How far the case against those who exploited the person has come.
    pub enum ProceedingStep {
        Reported = "reported", "Reported to the police";
        Recorded = "recorded", "Recorded as a crime";
        Investigated = "investigated", "Being investigated";
        Closed = "closed", "The police closed it without a charge";
        Charged = "charged", "Someone was charged";
        Trial = "trial", "On trial";
        Convicted = "convicted", "Someone was convicted";
        Acquitted = "acquitted", "Nobody was convicted";
    }
}

word_list! {
    /// Help for a witness in court.
    pub enum Measure {
        Supporter = "supporter", "A supporter beside them";
        Screen = "screen", "A screen";
        VideoLink = "video_link", "Giving evidence by video link";
        Recorded = "recorded", "A recorded interview or questioning";
        Private = "private", "Nobody else in the room";
        Intermediary = "intermediary", "An intermediary, or other help to communicate";
        Anonymity = "anonymity", "Keeping their name secret";
        Protection = "protection", "Protection from those they give evidence against";
        Other = "other", "Other help";
    }
}

word_list! {
    /// What came of asking for it.
    pub enum MeasureAnswer {
        Waiting = "waiting", "Asked for, no answer yet";
        Granted = "granted", "Granted";
        Refused = "refused", "Refused";
    }
}
