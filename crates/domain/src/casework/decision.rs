//! Words about decisions in the mechanism, and about their reasons.

use crate::word_list;

word_list! {
    /// Who decides.
    pub enum Authority {
        Sca = "sca", "Single Competent Authority";
        Ieca = "ieca", "Immigration Enforcement Competent Authority";
        LocalPanel = "local_panel", "Local authority’s panel for children";
        Unknown = "unknown", "Not known";
    }
}

word_list! {
    /// What was decided.
    pub enum Grounds {
        Positive = "positive", "Positive";
        Negative = "negative", "Negative";
    }
}

word_list! {
    /// A reason that a decision gives, as it gives it. Read together over many decisions, reasons show more than any
    /// one of them: whom the decision did not believe, and whom it thought undeserving.
    pub enum Reason {
        Inconsistent = "inconsistent", "The account is called inconsistent";
        LateDisclosure = "late_disclosure", "The person is said to have spoken too late";
        Implausible = "implausible", "The account is called implausible";
        NoObjectiveFactors = "no_objective_factors", "No evidence beyond the person’s own word";
        ExpertSetAside = "expert_set_aside", "An expert’s report was given little or no weight";
        Demeanour = "demeanour", "The person did not behave as a victim is expected to";
        DamagedCredibility = "damaged_credibility", "Something unrelated is held against their credibility";
        Agreed = "agreed", "The person is said to have agreed or chosen";
        CouldHaveLeft = "could_have_left", "The person is said to have been able to leave or seek help";
        Smuggled = "smuggled", "Called smuggling and not trafficking";
        SeeksStatus = "seeks_status", "The person is said to be seeking leave to stay";
        BadWorkOnly = "bad_work_only", "Called poor conditions of work and not exploitation";
        Over = "over", "The exploitation is called past, and help no longer needed";
        CriminalConduct = "criminal_conduct", "The person is held to be an offender";
        Conviction = "conviction", "A conviction is held against them";
        PublicOrder = "public_order", "Called a threat to public order";
        BadFaith = "bad_faith", "The claim is called made in bad faith";
        NoAct = "no_act", "No act (recruiting, moving, harbouring) was found";
        NoMeans = "no_means", "No means (force, deceit, abuse of vulnerability) were found";
        NoPurpose = "no_purpose", "No purpose of exploitation was found";
        TooLittle = "too_little", "Too little information was given";
        NoAnswer = "no_answer", "A question was not answered in time";
        NotGiven = "not_given", "No reasons were given";
        Other = "other", "Another reason";
    }
}

word_list! {
    /// What a reason leans on.
    pub enum Leaning {
        Disbelief = "disbelief", "Disbelief";
        Undeserving = "undeserving", "Undeserving";
        Criminality = "criminality", "Criminality";
        Definition = "definition", "The definition";
        Procedure = "procedure", "Procedure";
    }
}

impl Reason {
    /// What it leans on; `None` for a reason that stands in words alone, of which no code can tell. An account of decisions is told
    /// by these.
    ///
    /// No text prescribes these groups: they are this program's own reading, so that the split of those who are thought deserving
    /// from those who are not can be counted. Two could be read otherwise. Called smuggling: it says of the person that they
    /// wanted to be moved, as “agreed or chosen” does, and stands beside that; that a part of the definition was not found has
    /// reasons of its own. Bad faith: the law takes protection from a person for it as it does for a threat to public order
    /// (Nationality and Borders Act 2022, section 63), so it is held against them as something that they did; an account that is
    /// merely not believed has the reasons under disbelief.
    pub const fn leaning(self) -> Option<Leaning> {
        Some(match self {
            Self::Inconsistent
            | Self::LateDisclosure
            | Self::Implausible
            | Self::NoObjectiveFactors
            | Self::ExpertSetAside
            | Self::Demeanour
            | Self::DamagedCredibility => Leaning::Disbelief,
            Self::Agreed
            | Self::CouldHaveLeft
            | Self::Smuggled
            | Self::SeeksStatus
            | Self::BadWorkOnly
            | Self::Over => Leaning::Undeserving,
            Self::CriminalConduct | Self::Conviction | Self::PublicOrder | Self::BadFaith => Leaning::Criminality,
            Self::NoAct | Self::NoMeans | Self::NoPurpose => Leaning::Definition,
            Self::TooLittle | Self::NoAnswer | Self::NotGiven => Leaning::Procedure,
            Self::Other => return None,
        })
    }
}

word_list! {
    /// What a conclusive decision did with an expert's report.
    pub enum ExpertWeight {
        Addressed = "addressed", "It was before them, and the decision addresses it";
        Ignored = "ignored", "It was before them, and the decision says nothing of it";
        None = "none", "There was none";
    }
}

word_list! {
    /// On what ground protection is to be taken away.
    pub enum DisqualificationGround {
        PublicOrder = "public_order", "Threat to public order";
        BadFaith = "bad_faith", "Claim in bad faith";
    }
}

word_list! {
    /// How far a disqualification has come.
    pub enum DisqualificationStage {
        Asked = "asked", "It has been asked for";
        Made = "made", "It has been made";
        Refused = "refused", "It was refused";
    }
}

word_list! {
    /// Which decision is challenged.
    pub enum Challenged {
        ReasonableGrounds = "reasonable_grounds", "The reasonable-grounds decision";
        ConclusiveGrounds = "conclusive_grounds", "The conclusive-grounds decision";
        Disqualification = "disqualification", "The disqualification";
    }
}

word_list! {
    /// How far a reconsideration has come.
    pub enum ChallengeStage {
        Asked = "asked", "It has been asked for";
        Refused = "refused", "They will not look again";
        Upheld = "upheld", "They looked again, and the decision stays";
        Overturned = "overturned", "They looked again, and the decision is now positive";
    }
}

word_list! {
    /// How far a judicial review has come.
    pub enum ReviewStage {
        Letter = "letter", "Letter before claim sent";
        Begun = "begun", "Claim issued";
        PermissionGiven = "permission_given", "Permission given";
        PermissionRefused = "permission_refused", "Permission refused";
        Settled = "settled", "Settled: they agreed to decide again";
        Won = "won", "Won";
        Lost = "lost", "Lost";
        Dropped = "dropped", "Dropped";
    }
}

word_list! {
    /// Who ended a person's part in the mechanism.
    pub enum WithdrawnBy {
        Person = "person", "The person";
        Authority = "authority", "The authority";
    }
}

word_list! {
    /// What a referral into the mechanism lacked.
    pub enum MissingItem {
        Nothing = "nothing", "Nothing";
        Consent = "consent", "Consent of an adult";
        Identity = "identity", "Who the person is";
        Account = "account", "What happened, in the person’s words";
        Dates = "dates", "When or where it happened";
        Exploiters = "exploiters", "Who did it";
        Signs = "signs", "The signs that were seen";
        Evidence = "evidence", "Papers or other evidence";
        Contact = "contact", "How the person may be reached safely";
        Language = "language", "Language or interpreter";
        Wrong = "wrong", "Something in it was wrong";
        Other = "other", "Something else";
    }
}

word_list! {
    /// How sure a decision had to be, as it says itself.
    pub enum Standard {
        Balance = "balance", "More likely than not (balance of probabilities)";
        Suspect = "suspect", "Suspected but not proven";
        Higher = "higher", "A higher one";
        Unsaid = "unsaid", "It does not say";
    }
}

word_list! {
    /// When someone’s needs and risks were assessed.
    pub enum AssessedWhen {
        Entry = "entry", "When support began";
        During = "during", "While support went on";
        Recovery = "recovery", "After the conclusive decision (Recovery Needs Assessment)";
        Leaving = "leaving", "Before support ended";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaning_is_what_some_reason_leans_on() {
        for leaning in Leaning::ALL {
            assert!(
                Reason::ALL.iter().any(|reason| reason.leaning() == Some(*leaning)),
                "{leaning}"
            );
        }
    }

    #[test]
    fn a_reason_that_has_no_code_leans_on_nothing_that_could_be_counted() {
        let without: Vec<Reason> = Reason::ALL
            .iter()
            .copied()
            .filter(|reason| reason.leaning().is_none())
            .collect();
        assert_eq!(without, [Reason::Other]);
    }
}
