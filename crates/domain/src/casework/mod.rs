//! Words of casework: codes of what happens to a person who is supported. Each list stays as it is once a cycle has
//! counted it; a new code is added at its place, none is given another meaning.

mod advice;
mod child;
mod decision;
mod exploitation;
mod justice;
mod need;
mod outcome;
mod recognition;
mod referral;
mod voice;

pub use advice::{
    Accommodation, AdviceStage, AsylumStage, CompensationStage, DetentionPower, Funding, LawyerRefusal, PermitStage,
    PlaceStage, ReliedIn, RemovalStep, ReportStage, ReportWeight,
};
pub use child::{AgeStage, GuardianKind, GuardianStage, SchoolStage, TracingStage, TreatedAs};
pub use decision::{
    AssessedWhen, Authority, ChallengeStage, Challenged, DisqualificationGround, DisqualificationStage, ExpertWeight,
    Grounds, Leaning, MissingItem, Reason, ReviewStage, Standard, WithdrawnBy,
};
pub use exploitation::{Control, ExploitationForm, Recruitment, Route, Sector, Where};
pub use justice::{Appeal, Measure, MeasureAnswer, OffenderStage, Plea, ProceedingStep, ProsecutorDecision};
pub use need::{Horizon, RefusedBy, ServiceArea, Suitability, TimeKind, WhyRefused};
pub use outcome::{AnsweredBy, ContactRole, LinkedAs, OutcomePoint, PlanAnswer, Rating, ReturnHelp, ReturnPoint};
pub use recognition::{Act, Aim, Dimension, Means, ReadingSet, Strength};
pub use referral::{ConsentPart, HowFinished, ReferralState, SharedPart, WhyWithout};
pub use voice::{VoiceAbout, VoiceUse};

use crate::word_list;

word_list! {
    /// The nation whose rules and working days apply.
    pub enum Nation {
        England = "england", "England";
        Wales = "wales", "Wales";
        Scotland = "scotland", "Scotland";
        NorthernIreland = "northern_ireland", "Northern Ireland";
    }
}

word_list! {
    /// An answer that may not be known: what is not known is never counted as a no.
    pub enum Known {
        Yes = "yes", "Yes";
        No = "no", "No";
        Unknown = "unknown", "Not known";
    }
}

word_list! {
    /// Where something that is recorded is known from.
    pub enum KnownFrom {
        Person = "person", "The person told it";
        Document = "document", "A letter or document that you have seen";
        Organisation = "organisation", "Another organisation or an authority told it";
        Seen = "seen", "You saw or heard it yourself";
        Other = "other", "Somebody else told it";
        Inferred = "inferred", "It follows from other things";
    }
}

word_list! {
    /// How sure something that is recorded is.
    pub enum Certainty {
        Sure = "sure", "Sure";
        Likely = "likely", "Likely";
        Unsure = "unsure", "Not sure";
    }
}

word_list! {
    /// In what form someone was told their rights.
    pub enum RightsForm {
        Spoken = "spoken", "Spoken";
        Written = "written", "In writing";
        EasyRead = "easy_read", "In writing, with simple words or pictures";
        Recording = "recording", "Recording or film";
        Online = "online", "A page or an app";
    }
}

word_list! {
    /// Who met the person, or acted for or against them.
    pub enum Agency {
        Own = "own", "This organisation";
        OtherNgo = "other_ngo", "Another non-governmental organisation";
        Police = "police", "Police";
        LocalAuthority = "local_authority", "Local authority";
        Health = "health", "Health service";
        School = "school", "School or college";
        Ukvi = "ukvi", "UK Visas and Immigration";
        BorderForce = "border_force", "Border Force";
        ImmigrationEnforcement = "immigration_enforcement", "Immigration Enforcement";
        Nca = "nca", "National Crime Agency";
        LabourInspectorate = "labour_inspectorate", "Labour inspectorate (GLAA, Fair Work Agency)";
        Prison = "prison", "Prison, probation or youth justice";
        Court = "court", "Court or prosecutor";
        Lawyer = "lawyer", "Lawyer";
        Themselves = "themselves", "The person themselves";
        Other = "other", "Someone else";
    }
}

impl Agency {
    /// Whether it is a public body: what was its duty, and was done by somebody else, is unpaid time that the audit counts.
    pub const fn is_public(self) -> bool {
        !matches!(
            self,
            Self::Own | Self::OtherNgo | Self::Lawyer | Self::Themselves | Self::Other
        )
    }
}

word_list! {
    /// How people understood each other.
    pub enum Interpreting {
        Professional = "professional", "A professional interpreter";
        Informal = "informal", "Someone who happened to speak both";
        NotNeeded = "not_needed", "None was needed";
        Missing = "missing", "One was needed and not there";
    }
}

word_list! {
    /// What a structured reading of signs led to. Never a verdict on the person.
    pub enum Screened {
        Signs = "signs", "Signs were seen";
        Unclear = "unclear", "Not clear yet";
        None = "none", "No signs were seen";
    }
}

word_list! {
    /// Why an adult did not want to be referred.
    pub enum WhyDeclined {
        FearsTraffickers = "fears_traffickers", "Fears the traffickers";
        FearsAuthorities = "fears_authorities", "Fears the police or other authorities";
        FearsRemoval = "fears_removal", "Fears detention or removal";
        NoBenefit = "no_benefit", "Sees no benefit in it";
        WantsAdvice = "wants_advice", "Wants legal advice first";
        WantsTime = "wants_time", "Wants more time";
        Other = "other", "Another reason";
    }
}

word_list! {
    /// Why a first responder did not refer someone who was willing.
    pub enum WhyWithheld {
        NotBelieved = "not_believed", "Did not believe the person";
        NotTrafficking = "not_trafficking", "Did not think it was trafficking";
        SeenAsOffender = "seen_as_offender", "Treated the person as an offender";
        SeenAsMigrant = "seen_as_migrant", "Treated it as an immigration matter";
        NotTheirTask = "not_their_task", "Said it was not their task";
        NoTime = "no_time", "Had no time or nobody trained";
        NotAsked = "not_asked", "Never asked the person";
        Other = "other", "Another reason";
    }
}

word_list! {
    /// Why support ended.
    pub enum WhyExit {
        Planned = "planned", "As planned";
        Negative = "negative", "Support was withdrawn after a negative decision";
        Disqualified = "disqualified", "Support was withdrawn after a disqualification";
        Choice = "choice", "The person chose to leave";
        Asked = "asked", "The provider asked them to leave";
        Removed = "removed", "Detained or removed from the country";
        Moved = "moved", "Passed on to another organisation";
        Lost = "lost", "Lost contact";
        Other = "other", "Another reason";
    }
}

word_list! {
    /// Where someone went when support ended.
    pub enum Destination {
        OwnHome = "own_home", "A home of their own";
        Family = "family", "Family or friends";
        SocialHousing = "social_housing", "Social or supported housing";
        AsylumHousing = "asylum_housing", "Asylum accommodation";
        Care = "care", "Local authority care";
        Homeless = "homeless", "Homeless";
        Custody = "custody", "Prison or detention";
        Abroad = "abroad", "Another country";
        Unknown = "unknown", "Not known";
    }
}

word_list! {
    /// What a person is asked to agree to. Each is asked, given and taken back on its own.
    pub enum Purpose {
        Support = "support", "Being supported by this organisation, and its keeping a record";
        Referral = "referral", "Being referred into the National Referral Mechanism";
        Sharing = "sharing", "Passing details to another service that helps them";
        Monitoring = "monitoring", "Counting in the audit, without name or anything that points to them";
        Publication = "publication", "Printing words of theirs, without their name";
        Litigation = "litigation", "Use of their record in a legal case";
    }
}

word_list! {
    /// What someone said when they were asked.
    pub enum Said {
        Given = "given", "Agreed";
        Refused = "refused", "Said no";
        Withdrawn = "withdrawn", "Took it back";
    }
}

word_list! {
    /// Who said it: a child assents, and someone responsible consents beside them.
    pub enum SaidBy {
        Person = "person", "The person themselves";
        Guardian = "guardian", "A parent, guardian or the local authority, for a child";
        Attorney = "attorney", "Someone who decides for an adult by law";
    }
}

word_list! {
    /// A way to reach someone.
    pub enum Channel {
        Call = "call", "Telephone call";
        Text = "text", "Text message";
        App = "app", "Messaging app";
        Email = "email", "E-mail";
        Post = "post", "Letter";
        InPerson = "in_person", "In person only";
        Through = "through", "Through someone they trust";
    }
}

word_list! {
    /// A person's gender, as they state it.
    pub enum Gender {
        Female = "female", "Woman or girl";
        Male = "male", "Man or boy";
        Other = "other", "In another way";
        Unknown = "unknown", "Not stated";
    }
}

word_list! {
    /// How far a person has come in the mechanism, by the last event that says so.
    pub enum Status {
        Encountered = "encountered", "Met";
        Declined = "declined", "Did not want a referral";
        Notified = "notified", "Notified without their name";
        Withheld = "withheld", "Referral withheld";
        Referred = "referred", "Referred, waiting for reasonable grounds";
        RgPositive = "rg_positive", "Reasonable grounds: yes; waiting for conclusive grounds";
        RgNegative = "rg_negative", "Reasonable grounds: no";
        CgPositive = "cg_positive", "Conclusive grounds: yes";
        CgNegative = "cg_negative", "Conclusive grounds: no";
        Reconsidering = "reconsidering", "Decision being challenged";
        Disqualified = "disqualified", "Disqualified from protection";
        Withdrawn = "withdrawn", "Withdrawn from the mechanism";
        Missing = "missing", "Missing";
        Returned = "returned", "Returned to another country";
        Exited = "exited", "Support has ended";
        Died = "died", "Died";
    }
}
