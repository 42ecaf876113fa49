//! Words about what became of people: the points in time at which they are asked, and what they answer.

use crate::word_list;

word_list! {
    /// When outcomes are gone through, counted from the beginning of support.
    pub enum OutcomePoint {
        Entry = "entry", "When support began";
        Month6 = "month_6", "After 6 months";
        Month12 = "month_12", "After 12 months";
        Month24 = "month_24", "After 24 months";
        Month36 = "month_36", "After 36 months";
    }
}

word_list! {
    /// How far one outcome holds, as the person rates it, from best to worst.
    pub enum Rating {
        Fully = "fully", "Yes, fully";
        Mostly = "mostly", "Mostly";
        Little = "little", "A little";
        NotAtAll = "not_at_all", "Not at all";
        Unsaid = "unsaid", "Would rather not say";
        NotAsked = "not_asked", "Not asked";
    }
}

impl Rating {
    /// How good it is, from 0 to 3; `None` where the person did not rate it.
    pub const fn rank(self) -> Option<u8> {
        match self {
            Self::Fully => Some(3),
            Self::Mostly => Some(2),
            Self::Little => Some(1),
            Self::NotAtAll => Some(0),
            Self::Unsaid | Self::NotAsked => None,
        }
    }
}

word_list! {
    /// Who answered.
    pub enum AnsweredBy {
        Person = "person", "The person, on their own";
        Together = "together", "The person, with someone of this organisation";
        Interpreter = "interpreter", "The person, through an interpreter";
        Carer = "carer", "A parent, guardian or carer for them";
        Nobody = "nobody", "Nobody: the person could not be reached";
    }
}

word_list! {
    /// When someone who returned is to be contacted.
    pub enum ReturnPoint {
        Month6 = "month_6", "After 6 months";
        Month12 = "month_12", "After 12 months";
        Month36 = "month_36", "After 36 months";
    }
}

impl OutcomePoint {
    /// From which month after the beginning it can be gone through: half of the way from the point before it.
    pub const fn from_month(self) -> i32 {
        match self {
            Self::Entry => 0,
            Self::Month6 => 3,
            Self::Month12 => 9,
            Self::Month24 => 18,
            Self::Month36 => 30,
        }
    }
}

impl ReturnPoint {
    /// From which month after the return a contact counts as this one: half of the way from the point before it.
    pub const fn from_month(self) -> i32 {
        match self {
            Self::Month6 => 3,
            Self::Month12 => 9,
            Self::Month36 => 24,
        }
    }

    /// How many months after the return.
    pub const fn months(self) -> i32 {
        match self {
            Self::Month6 => 6,
            Self::Month12 => 12,
            Self::Month36 => 36,
        }
    }
}

word_list! {
    /// What a supervisor says to a plan.
    pub enum PlanAnswer {
        Approved = "approved", "Approved";
        SentBack = "sent_back", "Sent back";
    }
}

word_list! {
    /// Which of two cases of one person another case is.
    pub enum LinkedAs {
        Earlier = "earlier", "The earlier case";
        Later = "later", "The later case";
    }
}

word_list! {
    /// What someone at an authority or a service is to a case.
    pub enum ContactRole {
        FirstResponder = "first_responder", "First responder who refers, or referred, the person";
        LocalAuthority = "local_authority", "Local authority";
        Authority = "authority", "Authority that decides";
        Police = "police", "Police";
        SocialWorker = "social_worker", "Social worker";
        Guardian = "guardian", "Guardian";
        Lawyer = "lawyer", "Lawyer";
        Support = "support", "Support provider";
        Health = "health", "Doctor or nurse";
        Decision = "decision", "Is to receive the decision for the person";
        Other = "other", "Someone else";
    }
}

word_list! {
    /// What help went with a return to another country.
    pub enum ReturnHelp {
        None = "none", "None";
        Journey = "journey", "The journey";
        Papers = "papers", "Papers";
        Money = "money", "Money";
        Housing = "housing", "A place to stay";
        Health = "health", "Medical or psychological care";
        Legal = "legal", "Legal help";
        Work = "work", "Work, training or school";
        Family = "family", "Finding family, or speaking with them";
        Safety = "safety", "Protection";
        Contacts = "contacts", "Addresses of those who help there";
    }
}
