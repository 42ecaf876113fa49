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

word_list! {
    /// What a prosecutor decided once it was known that someone may be a victim.
    pub enum ProsecutorDecision {
        Waiting = "waiting", "Not decided yet";
        NotAsked = "not_asked", "The question was not looked at";
        WentOn = "went_on", "To go on";
        NotCompelled = "not_compelled", "To go on: the person is said not to have been made to do it";
        NoEvidence = "no_evidence", "Not to go on: too little evidence, because of the defence";
        NotInInterest = "not_in_interest", "Not to go on: not in the public interest";
        Other = "other", "Something else";
    }
}

word_list! {
    /// What someone said to a charge.
    pub enum Plea {
        None = "none", "Nothing yet";
        Guilty = "guilty", "Guilty";
        NotGuilty = "not_guilty", "Not guilty";
        TakenBack = "taken_back", "Guilty, and took it back";
    }
}

word_list! {
    /// How far an appeal against a conviction has come.
    pub enum Appeal {
        None = "none", "None";
        Asked = "asked", "Leave to appeal was asked for";
        Refused = "refused", "Leave to appeal was refused";
        Heard = "heard", "It is to be heard";
        Review = "review", "Before the commission that looks at miscarriages of justice";
        Dismissed = "dismissed", "Dismissed";
        Allowed = "allowed", "Allowed";
    }
}
