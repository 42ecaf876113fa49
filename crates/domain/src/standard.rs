//! Words about standards and their provisions.

use crate::word_list;

word_list! {
    /// How strongly a provision binds. Only the first two are rated: an optional clause is never
    /// scored as a breach.
    pub enum Force {
        Mandatory = "mandatory", "Mandatory";
        Conditional = "conditional", "Mandatory, on conditions of internal law";
        Optional = "optional", "Optional";
        Possibility = "possibility", "Possibility";
        Framework = "framework", "Framework";
        Institutional = "institutional", "Monitoring institution";
        Exception = "exception", "Exception";
    }
}

impl Force {
    /// Whether an assessment may rate compliance with a provision of this force.
    pub const fn is_rated(self) -> bool {
        matches!(self, Self::Mandatory | Self::Conditional)
    }
}

word_list! {
    /// The four pillars of the ODIHR handbook on national referral mechanisms (2022), used as a
    /// second axis beside the instrument's own chapters.
    pub enum Pillar {
        Identification = "identification", "Identification and protection";
        Support = "support", "Individual support and access to services";
        Inclusion = "inclusion", "Social inclusion";
        Justice = "justice", "Criminal justice and redress";
    }
}

word_list! {
    /// Whether a provision's row was read against a copy of the text.
    pub enum Verified {
        Yes = "yes", "Read against the text";
        Partly = "partly", "Partly read against the text";
        No = "no", "Not yet read against the text";
    }
}

word_list! {
    /// How a provision of one standard relates to a provision of another.
    pub enum Mapped {
        Same = "same", "Same duty";
        Narrower = "narrower", "Narrower duty";
        Wider = "wider", "Wider duty";
        Related = "related", "Related duty";
    }
}
