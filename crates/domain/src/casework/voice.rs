//! Words about what people say of the help they get and of what is done to them.

use crate::word_list;

word_list! {
    /// What someone speaks about.
    pub enum VoiceAbout {
        Help = "help", "The help that this organisation gives";
        Housing = "housing", "Where they were placed";
        Interview = "interview", "How they were questioned";
        Interpreting = "interpreting", "Interpreting";
        Decision = "decision", "A decision about them";
        Waiting = "waiting", "Waiting";
        Police = "police", "The police";
        Lawyer = "lawyer", "Lawyers and courts";
        Other = "other", "Something else";
    }
}

word_list! {
    /// What someone’s words may be used for. Each is asked, given and taken back on its own.
    pub enum VoiceUse {
        Improve = "improve", "To make the help here better";
        Audit = "audit", "In the audit, put so that nothing points to them";
        Quote = "quote", "Printed in their own words, without their name";
    }
}
