//! What can happen: one sheet for each kind.

mod help;
mod justice;
mod made;
mod recognition;
mod status;

use domain::Day;
use domain::casework::{
    Agency, Authority, ChallengeStage, Challenged, ConsentPart, Destination, DisqualificationGround,
    DisqualificationStage, ExpertWeight, Grounds, Interpreting, Known, MissingItem, Purpose, Reason, ReturnHelp,
    ReviewStage, Said, SaidBy, Screened, Standard, WhyDeclined, WhyExit, WhyWithheld, WithdrawnBy,
};

pub use help::{
    Answered, CareCharge, Compensation, Disclosed, NeedsAssessment, Outcomes, ReturnContact, Review, SafeHouse,
    Subsistence,
};
pub use justice::{
    AgeDispute, BestInterests, FamilyTracing, Guardian, KnownBefore, Offender, Proceedings, School, SpecialMeasure,
};
pub use made::{About, Linked, PlanAnswered};
pub use recognition::{Interview, Recognition, RecoveryReview, ReferralAsked, RightsTold};
pub use status::{
    Asylum, Detained, ExpertReport, Immigration, LegalAdvice, Released, RemovalStep, ResidencePermit, RightToWork,
};

use crate::sheet::{Line, Words};

crate::sheet! {
    /// Someone met the person.
    pub struct Encounter {
        agency: Agency = "Who met them", "Also where it was not you: an authority that met them and did nothing is recorded as having met them.";
        place: Option<Line> = "Where", "A town or an institution, no address.";
        noted_signs: Option<Known> = "Did they note signs of trafficking?", "";
        told_rights: Option<Known> = "Was the person told their rights in a language they understand?", "";
        interpreting: Option<Interpreting> = "How people understood each other", "";
        ..
        language: Option<Line> = "In which language they spoke", "";
    }
}

crate::sheet! {
    /// Signs of trafficking were gone through.
    pub struct Screening {
        screened: Screened = "What it led to", "A reading of signs, never a verdict on the person.";
        grounds: Option<Words> = "Which signs", "";
    }
}

crate::sheet! {
    /// The person was asked to agree to something.
    pub struct Consent {
        purpose: Purpose = "What they were asked to agree to", "";
        said: Said = "What they said", "";
        said_by: SaidBy = "Who said it", "";
        to_whom: Option<Line> = "Whom the details may go to", "Its name as people know it. To take it back for everyone, leave this empty.";
        #[serde(default)]
        parts: Vec<ConsentPart> = "What may go to them", "Only what the person chose. A referral holds nothing else.";
        language: Option<Line> = "In which language they were asked", "";
        interpreting: Option<Interpreting> = "How people understood each other", "";
        wording: Option<Line> = "Which text they were given or read", "Its name and version, as its page under “Texts” gives them.";
    }
}

impl Consent {
    /// An answer that says no more: it names nobody, no part, no language and no text.
    pub const fn answer(purpose: Purpose, said: Said, said_by: SaidBy) -> Self {
        Self {
            purpose,
            said,
            said_by,
            to_whom: None,
            parts: Vec::new(),
            language: None,
            interpreting: None,
            wording: None,
        }
    }
}

crate::sheet! {
    /// A first responder referred the person.
    pub struct NrmReferral {
        agency: Agency = "Which first responder referred them", "";
        asked_on: Option<Day> = "When the first responder was asked", "";
        reference: Option<Line> = "Reference number", "";
        is_child: Option<Known> = "Was the person under 18?", "A child is referred without consent.";
        ..
        missing: Vec<MissingItem> = "What the referral lacked", "When it was sent, as far as you know.";
    }
}

crate::sheet! {
    /// An adult did not want to be referred.
    pub struct Declined {
        reasons: Vec<WhyDeclined> = "Why", "";
        told: Option<Known> = "Were they told what a referral means, and what it does not?", "";
    }
}

crate::sheet! {
    /// The authorities were notified without the person's name.
    pub struct Notified {
        agency: Agency = "Who notified", "";
        is_anonymous: Known = "Without anything that names the person?", "";
    }
}

crate::sheet! {
    /// A first responder did not refer someone who was willing.
    pub struct Withheld {
        agency: Agency = "Who did not refer them", "";
        reasons: Vec<WhyWithheld> = "Why, as they said or as you saw", "";
    }
}

crate::sheet! {
    /// The decision on reasonable grounds.
    pub struct ReasonableGrounds {
        outcome: Grounds = "Decision", "";
        authority: Authority = "Who decided", "";
        reasons: Vec<Reason> = "Reasons that it gives", "As the letter gives them, right or wrong.";
        asked_more: Option<Known> = "Did they ask for more evidence first?", "";
    }
}

crate::sheet! {
    /// The decision on conclusive grounds.
    pub struct ConclusiveGrounds {
        outcome: Grounds = "Decision", "";
        authority: Authority = "Who decided", "";
        reasons: Vec<Reason> = "Reasons that it gives", "As the letter gives them, right or wrong.";
        expert: Option<ExpertWeight> = "What became of expert evidence", "";
        ..
        standard: Option<Standard> = "How sure it says that it had to be", "";
        expert_words: Option<Words> = "What it says of expert evidence", "What weight it gave to it, and why.";
    }
}

crate::sheet! {
    /// A recovery period was given or made longer.
    pub struct RecoveryPeriod {
        ends_on: Day = "The earliest day on which it may end", "";
    }
}

crate::sheet! {
    /// Protection is to be taken away.
    pub struct Disqualification {
        ground: DisqualificationGround = "Ground", "";
        stage: DisqualificationStage = "How far it has come", "";
        needs_assessed: Option<Known> = "Were their needs and the risk of being trafficked again assessed?", "";
    }
}

crate::sheet! {
    /// The authority was asked to look again.
    pub struct Reconsideration {
        challenged: Challenged = "Of which decision", "";
        stage: ChallengeStage = "How far it has come", "";
        is_represented: Option<Known> = "Has the person a lawyer for it?", "";
        ..
        ground: Option<Words> = "On what ground", "What is said to be wrong with the decision, or what is new.";
    }
}

crate::sheet! {
    /// A court was asked.
    pub struct JudicialReview {
        challenged: Challenged = "Of which decision", "";
        stage: ReviewStage = "How far it has come", "";
        ..
        ground: Option<Words> = "On what ground", "What is said to be wrong with the decision.";
    }
}

crate::sheet! {
    /// The person is no longer in the mechanism.
    pub struct Withdrawal {
        by: WithdrawnBy = "Who ended it", "";
    }
}

crate::sheet! {
    /// Support ended.
    pub struct Exit {
        reason: WhyExit = "Why", "";
        destination: Destination = "Where they went", "";
    }
}

crate::sheet! {
    /// Nobody knows where the person is.
    pub struct Missing {
        is_reported: Known = "Has the police been told?", "";
        circumstances: Option<Words> = "What is known", "";
    }
}

crate::sheet! {
    /// The person is there again.
    pub struct Found {
        circumstances: Option<Words> = "What is known", "";
    }
}

crate::sheet! {
    /// The person went, or was taken, to another country.
    pub struct Return {
        destination: Line = "Which country", "";
        is_voluntary: Known = "Did they want it?", "";
        risk_assessed: Known = "Was the risk assessed and written down before?", "";
        is_consent_kept: Option<Known> = "Is their consent to it on file?", "";
        receiver: Option<Line> = "Which organisation receives them there", "";
        ..
        package: Vec<ReturnHelp> = "What help went with it", "";
        package_words: Option<Words> = "More of that help", "How much, and for how long.";
    }
}

crate::sheet! {
    /// The person died.
    pub struct Death {
        circumstances: Option<Words> = "What is known", "";
    }
}

crate::sheet! {
    /// How to contact the person safely was gone through with them.
    pub struct ContactCheck {
        is_safe: Known = "Is the way that is recorded still safe?", "If not, change it on the person’s page before anything is sent.";
    }
}

crate::sheet! {
    /// A day's note.
    pub struct Note {
        words: Words = "What happened", "";
    }
}

crate::sheet! {
    /// Something to be done by a day.
    pub struct Reminder {
        task: Line = "What is to be done", "";
        due_on: Day = "By when", "";
    }
}

crate::sheet! {
    /// What a reminder asked for is done.
    pub struct Done {
    }
}

crate::sheet! {
    /// An event was recorded by mistake.
    pub struct Struck {
    }
}
