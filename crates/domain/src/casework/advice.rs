//! Words about legal advice, leave to stay, detention and compensation: how far each has come.

use crate::word_list;

word_list! {
    /// How far the search for legal advice has come.
    pub enum AdviceStage {
        Sought = "sought", "Looking for a lawyer";
        Refused = "refused", "A lawyer refused";
        Found = "found", "A lawyer took the matter, or advised";
        Ended = "ended", "The lawyer no longer acts";
    }
}

word_list! {
    /// How far an expert’s report has come.
    pub enum ReportStage {
        Asked = "asked", "It has been asked for";
        Received = "received", "It is here";
        Sent = "sent", "It was sent to whoever decides";
        Weighed = "weighed", "The decision for which it was written has come";
    }
}

word_list! {
    /// How far a residence permit has come.
    pub enum PermitStage {
        Applied = "applied", "Applied for, or being considered";
        Granted = "granted", "Granted";
        Refused = "refused", "Refused";
        RenewalApplied = "renewal_applied", "Renewal applied for";
        Renewed = "renewed", "Renewed";
        RenewalRefused = "renewal_refused", "Renewal refused";
        RanOut = "ran_out", "Ran out, or was cut short";
    }
}

impl PermitStage {
    /// Whether it is about the renewal of a permit and not about the first one.
    pub const fn is_renewal(self) -> bool {
        matches!(
            self,
            Self::RenewalApplied | Self::Renewed | Self::RenewalRefused | Self::RanOut
        )
    }
}

word_list! {
    /// How far an asylum claim has come.
    pub enum AsylumStage {
        Claimed = "claimed", "Claimed";
        Granted = "granted", "Refugee status granted";
        Protected = "protected", "Humanitarian protection granted";
        Refused = "refused", "Refused";
        Appealed = "appealed", "Appealed";
        Allowed = "allowed", "Appeal allowed";
        Dismissed = "dismissed", "Appeal dismissed";
        Withdrawn = "withdrawn", "Withdrawn, or treated as withdrawn";
    }
}

word_list! {
    /// A step towards removing someone from the country.
    pub enum RemovalStep {
        Notice = "notice", "Told that they are liable to removal";
        Interview = "interview", "Interviewed about removal or return";
        Directions = "directions", "A day of removal was set";
        Attempted = "attempted", "Removal was attempted";
        Stopped = "stopped", "Removal was called off or stopped by a court";
    }
}

word_list! {
    /// How far a claim for compensation has come.
    pub enum CompensationStage {
        Sought = "sought", "Claimed, or asked for";
        Awarded = "awarded", "Awarded, or agreed";
        Refused = "refused", "Refused";
        Paid = "paid", "Money has reached the person";
        Unpaid = "unpaid", "Gone through: nothing has been paid so far";
        Dropped = "dropped", "Given up";
    }
}

word_list! {
    /// How far a place in safe accommodation has come.
    pub enum PlaceStage {
        Asked = "asked", "It has been asked for";
        Placed = "placed", "The person has moved in";
        Refused = "refused", "It was refused, or there was none";
        Left = "left", "The person has left it";
    }
}

word_list! {
    /// Who pays for a lawyer or an expert.
    pub enum Funding {
        LegalAid = "legal_aid", "Legal aid";
        Exceptional = "exceptional", "Legal aid by exceptional case funding";
        ProBono = "pro_bono", "Nobody: it is done free of charge";
        Private = "private", "Privately, by the person or somebody else";
        None = "none", "There is no money for it";
    }
}

impl Funding {
    /// Whether legal aid pays.
    pub const fn is_legal_aid(self) -> bool {
        matches!(self, Self::LegalAid | Self::Exceptional)
    }
}

word_list! {
    /// Why a lawyer refused.
    pub enum LawyerRefusal {
        Capacity = "capacity", "No time or nobody free";
        Distance = "distance", "Too far away";
        Contract = "contract", "No legal aid contract for such a matter";
        Means = "means", "The person has too much money for legal aid";
        Merits = "merits", "Did not think that it would succeed";
        Complex = "complex", "Called it too hard, or the fee too low for it";
        Language = "language", "No interpreter";
        Conflict = "conflict", "Acts for somebody else in it";
        NoAnswer = "no_answer", "Did not answer";
        Other = "other", "Another reason";
    }
}

word_list! {
    /// Where an expert’s report is relied on.
    pub enum ReliedIn {
        Mechanism = "mechanism", "A decision of the referral mechanism";
        HomeOffice = "home_office", "Another decision of the Home Office";
        Tribunal = "tribunal", "A tribunal";
        CrownCourt = "crown_court", "A criminal court";
        Civil = "civil", "A civil court";
    }
}

word_list! {
    /// What weight a decision gave to an expert’s report.
    pub enum ReportWeight {
        Full = "full", "It follows the report";
        Some = "some", "Some";
        Little = "little", "Little";
        None = "none", "None";
        Unsaid = "unsaid", "It does not say";
    }
}

word_list! {
    /// Under which power someone was detained.
    pub enum DetentionPower {
        Removal = "removal", "Immigration: to be removed or deported";
        Examination = "examination", "Immigration: to be examined on arrival";
        Arrest = "arrest", "Arrested or held by the police";
        Remand = "remand", "Remanded by a court";
        Sentence = "sentence", "Serving a sentence";
        Health = "health", "Mental health";
        Unknown = "unknown", "Not known";
    }
}

word_list! {
    /// What safe accommodation it is.
    pub enum Accommodation {
        SafeHouse = "safe_house", "Safe house of the care contract for victims";
        Emergency = "emergency", "Emergency place before a first decision";
        Refuge = "refuge", "Refuge";
        Charity = "charity", "House of a charity, outside the care contract";
        Asylum = "asylum", "Asylum accommodation, hotels too";
        Council = "council", "Housing by a local authority";
        Hostel = "hostel", "Hostel or bed and breakfast";
        Foster = "foster", "Foster family";
        ChildrensHome = "childrens_home", "Children’s home or supported lodgings";
        Private = "private", "Private home, their own or somebody else’s";
        Other = "other", "Another kind";
    }
}
