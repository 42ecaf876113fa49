//! Words about calls for evidence and the answers they get.

use crate::word_list;

word_list! {
    /// Where an answer stands.
    pub enum AnswerState {
        New = "new", "New";
        Reading = "reading", "Being read";
        SetAside = "set_aside", "Set aside";
        Recorded = "recorded", "Recorded as evidence";
    }
}

word_list! {
    /// Why an answer is set aside.
    pub enum SetAsideReason {
        OffTopic = "off_topic", "It is about something else";
        NothingUsable = "nothing_usable", "It holds nothing that can be used";
        Unsafe = "unsafe", "It cannot be used without endangering someone";
        Twice = "twice", "It was sent twice";
        Withdrawn = "withdrawn", "Whoever sent it asked for it not to be used";
        Abuse = "abuse", "It was not sent in good faith";
    }
}
