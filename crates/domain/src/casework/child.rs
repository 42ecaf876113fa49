//! Words about children.

use crate::word_list;

word_list! {
    /// How far the appointment of a guardian has come.
    pub enum GuardianStage {
        Asked = "asked", "One has been asked for";
        Appointed = "appointed", "One has been appointed";
        Refused = "refused", "It was refused, or there is none";
        Ended = "ended", "The guardian no longer acts";
    }
}

word_list! {
    /// How far a dispute about someone’s age has come.
    pub enum AgeStage {
        Disputed = "disputed", "Their age is disputed";
        Assessing = "assessing", "It is being assessed";
        Child = "child", "Assessed as a child";
        Adult = "adult", "Assessed as an adult";
        Challenged = "challenged", "The assessment is challenged";
        Dropped = "dropped", "No longer disputed";
    }
}

word_list! {
    /// How someone was treated while their age was disputed.
    pub enum TreatedAs {
        Child = "child", "As a child, all the time";
        Adult = "adult", "As an adult, some or all of the time";
        Unknown = "unknown", "Not known";
    }
}

word_list! {
    /// How far a place in a school or college has come.
    pub enum SchoolStage {
        Applied = "applied", "Applied for";
        Offered = "offered", "A place was offered";
        Began = "began", "They began";
        Refused = "refused", "Refused, or there was no place";
        Left = "left", "They left";
    }
}

word_list! {
    /// How far the search for a family has come.
    pub enum TracingStage {
        Unwanted = "unwanted", "The person does not want it";
        Began = "began", "The search began";
        Found = "found", "The family was found";
        NotFound = "not_found", "The family was not found";
        Stopped = "stopped", "Stopped, because it was not safe";
    }
}

word_list! {
    /// What kind of guardian a child has.
    pub enum GuardianKind {
        Independent = "independent", "Independent child trafficking guardian";
        Scotland = "scotland", "Guardian of the service in Scotland";
        NorthernIreland = "northern_ireland", "Independent guardian in Northern Ireland";
        SocialWorker = "social_worker", "Social worker of the local authority";
        Advocate = "advocate", "Advocate of a charity";
        Family = "family", "Member of the family";
        Other = "other", "Someone else";
    }
}
