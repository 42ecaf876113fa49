//! Words about assessments, findings and recommendations.

use crate::word_list;

word_list! {
    /// A rating of structure, process or outcome.
    pub enum Score {
        None = "0", "0: no measure";
        Token = "1", "1: token";
        Partial = "2", "2: partial";
        Substantial = "3", "3: substantial";
        Full = "4", "4: full";
        NotAssessable = "N", "N: not assessable";
    }
}

impl Score {
    /// The step from 0 to 4; `None` where it could not be assessed.
    pub const fn step(self) -> Option<u8> {
        match self {
            Self::None => Some(0),
            Self::Token => Some(1),
            Self::Partial => Some(2),
            Self::Substantial => Some(3),
            Self::Full => Some(4),
            Self::NotAssessable => None,
        }
    }
}

/// Whether the letter is kept and the practice is not: structure 3 or more while outcome is 1 or less.
///
/// ```
/// use domain::assessment::{Score, letter_against_practice};
/// assert!(letter_against_practice(Score::Substantial, Score::Token));
/// assert!(!letter_against_practice(Score::Full, Score::NotAssessable));
/// ```
pub fn letter_against_practice(structure: Score, outcome: Score) -> bool {
    matches!((structure.step(), outcome.step()), (Some(s), Some(o)) if s >= 3 && o <= 1)
}

word_list! {
    /// How a provision stands beside the cycle before.
    pub enum Trend {
        Better = "better", "Better";
        Same = "same", "Same";
        Worse = "worse", "Worse";
        New = "new", "New this cycle";
        Broken = "broken", "Cannot be compared";
    }
}

word_list! {
    /// How sure the assessors are.
    pub enum Confidence {
        High = "high", "High";
        Moderate = "moderate", "Moderate";
        Low = "low", "Low";
        VeryLow = "very_low", "Very low";
    }
}

word_list! {
    /// What an organisation says of an assessment or an indicator. Silence is recorded too: it is
    /// the absence of a stance, and it is printed.
    pub enum Stance {
        Agree = "agree", "Signs";
        Dissent = "dissent", "Dissents";
        Abstain = "abstain", "Abstains";
    }
}

word_list! {
    /// Where an assessment stands.
    pub enum AssessmentState {
        Open = "open", "Waiting for two assessors";
        Reconciling = "reconciling", "Both are in: to be reconciled";
        Reconciled = "reconciled", "Reconciled";
    }
}

word_list! {
    /// Why a person or an organisation may not judge something.
    pub enum InterestKind {
        PaidBy = "paid_by", "Paid by the body assessed";
        Party = "party", "Party to a case on it";
        Other = "other", "Another interest";
    }
}

word_list! {
    /// How sure a finding must be.
    pub enum Proof {
        ReasonableGrounds = "reasonable_grounds", "Reasonable grounds to believe";
        Balance = "balance", "Balance of probabilities";
        ClearConvincing = "clear_convincing", "Clear and convincing";
    }
}

word_list! {
    /// Where a finding stands.
    pub enum FindingState {
        Draft = "draft", "Draft";
        Approved = "approved", "Approved by two reviewers";
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

word_list! {
    /// On which side of a finding an item of evidence stands.
    pub enum Side {
        Supporting = "supporting", "Supports it";
        Contrary = "contrary", "Speaks against it";
    }
}

word_list! {
    /// What a member says of a finding: two of them as reviewers, and the last as one who takes it back.
    pub enum Verdict {
        Approve = "approve", "Approve";
        Return = "return", "Return with comments";
        Withdraw = "withdraw", "Withdraw";
    }
}

word_list! {
    /// How strongly a recommendation speaks, in the monitoring bodies' own order of strength.
    pub enum Urgency {
        Urges = "urges", "urges";
        Considers = "considers", "considers that the addressee should";
        Invites = "invites", "invites";
    }
}

word_list! {
    /// What became of a recommendation (the Human Rights Committee's follow-up scale).
    pub enum Grade {
        A = "A", "A: largely carried out";
        B = "B", "B: partly carried out";
        C = "C", "C: not carried out";
        D = "D", "D: no answer";
        E = "E", "E: done the contrary, or rejected";
    }
}
