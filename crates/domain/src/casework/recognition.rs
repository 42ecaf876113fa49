//! Words of a structured reading of signs: the elements of the definition, and the lists of signs.

use crate::word_list;

word_list! {
    /// Which of the four lists of signs is gone through.
    pub enum ReadingSet {
        AdultLabour = "adult_labour", "An adult: work or services";
        AdultSexual = "adult_sexual", "An adult: sexual exploitation";
        ChildLabour = "child_labour", "A child: work or services";
        ChildSexual = "child_sexual", "A child: sexual exploitation";
    }
}

impl ReadingSet {
    /// Whether it is about someone under 18, for whom no means are needed and no consent is asked.
    pub const fn is_child(self) -> bool {
        matches!(self, Self::ChildLabour | Self::ChildSexual)
    }
}

word_list! {
    /// An act of the definition of trafficking.
    pub enum Act {
        Recruited = "recruited", "Recruited";
        Transported = "transported", "Transported";
        Transferred = "transferred", "Handed over to others";
        Harboured = "harboured", "Housed or hidden";
        Received = "received", "Received";
    }
}

word_list! {
    /// A means of the definition of trafficking.
    pub enum Means {
        Force = "force", "Threat or use of force, or other coercion";
        Abduction = "abduction", "Abduction";
        Fraud = "fraud", "Fraud";
        Deception = "deception", "Deception";
        Power = "power", "Abuse of power";
        Vulnerability = "vulnerability", "Abuse of a position of vulnerability";
        Payment = "payment", "Payment or benefit to someone who has control over them";
    }
}

word_list! {
    /// A purpose of the definition of trafficking, which names these as the least that it covers.
    pub enum Aim {
        Sexual = "sexual", "Prostitution of others or other sexual exploitation";
        Labour = "labour", "Forced labour or services";
        Slavery = "slavery", "Slavery, or practices similar to it";
        Servitude = "servitude", "Servitude";
        Organs = "organs", "Removal of organs";
        Crime = "crime", "Being made to commit crime";
        Other = "other", "Another form of exploitation";
    }
}

word_list! {
    /// One of the six parts of a list of signs.
    pub enum Dimension {
        DeceptiveRecruitment = "deceptive_recruitment", "Deceived when they were recruited or moved";
        CoerciveRecruitment = "coercive_recruitment", "Forced when they were recruited or moved";
        VulnerableRecruitment = "vulnerable_recruitment", "Recruited by abuse of vulnerability";
        Exploitation = "exploitation", "Conditions of exploitation";
        Coercion = "coercion", "Forced where they were exploited";
        Vulnerability = "vulnerability", "Vulnerability abused where they were exploited";
    }
}

word_list! {
    /// How much a sign says, as the experts who made the list rated it.
    pub enum Strength {
        Strong = "strong", "strong";
        Medium = "medium", "medium";
        Weak = "weak", "weak";
    }
}
