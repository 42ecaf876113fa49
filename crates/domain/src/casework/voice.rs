//! Words about what people say of the help they get and of what is done to them.

use super::Purpose;
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

impl VoiceUse {
    /// The purpose that a person is asked to agree to as a whole and that governs this use: whoever says no to it, or takes it
    /// back, rules the use out, whatever was ticked of single words. The others are asked with the words alone: counting in the
    /// audit is about a record, not about what someone says.
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::Quote => Some(Purpose::Publication),
            Self::Improve | Self::Audit => None,
        }
    }
}
