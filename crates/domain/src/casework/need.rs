//! Words about what a person needs, and about hours given free.

use crate::word_list;

word_list! {
    /// One of the thirteen areas of support.
    pub enum ServiceArea {
        Housing = "housing", "Housing";
        Legal = "legal", "Legal advice and representation";
        Counselling = "counselling", "Counselling";
        FamilyTracing = "family_tracing", "Finding family";
        Clothing = "clothing", "Clothing";
        Medical = "medical", "Medical care";
        Financial = "financial", "Money";
        Travel = "travel", "Travel";
        Documentation = "documentation", "Papers";
        Interpretation = "interpretation", "Interpretation";
        Employment = "employment", "Work";
        Education = "education", "Education";
        Recreation = "recreation", "Recreation";
    }
}

word_list! {
    /// How soon.
    pub enum Horizon {
        Emergency = "emergency", "Emergency";
        LongTerm = "long_term", "Longer term";
    }
}

word_list! {
    /// Whether what was given suits, as the person rates it.
    pub enum Suitability {
        Suitable = "suitable", "It suits them";
        Partly = "partly", "It suits them in part";
        Unsuitable = "unsuitable", "It does not suit them";
        NotAsked = "not_asked", "They were not asked";
    }
}

word_list! {
    /// Who refused.
    pub enum RefusedBy {
        Provider = "provider", "The provider";
        Authority = "authority", "A public authority";
        Person = "person", "The person";
    }
}

word_list! {
    /// Why it was refused.
    pub enum WhyRefused {
        Full = "full", "Full, or a waiting list";
        NotEligible = "not_eligible", "Not entitled (decision, status or age)";
        NoRecourse = "no_recourse", "No recourse to public funds";
        Area = "area", "Not from here";
        TooComplex = "too_complex", "Needs called too great";
        Cooperation = "cooperation", "Depends on helping the police";
        NotOffered = "not_offered", "Nobody offers it here";
        Unsafe = "unsafe", "Not safe for them";
        Unsuited = "unsuited", "Did not suit them";
        NoAnswer = "no_answer", "No answer";
        Other = "other", "Another reason";
    }
}

word_list! {
    /// What unpaid time was given for.
    pub enum TimeKind {
        Interpreting = "interpreting", "Interpreting or explaining";
        Statement = "statement", "Statements and evidence";
        Accompanying = "accompanying", "Going with someone";
        Chasing = "chasing", "Chasing a decision or a payment";
        Housing = "housing", "Finding or keeping a place to stay";
        Training = "training", "Training or advising staff";
        Other = "other", "Something else";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_thirteen_areas_of_support() {
        assert_eq!(ServiceArea::ALL.len(), 13);
    }
}
