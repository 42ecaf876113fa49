//! What is gone through before and around a referral.

use domain::casework::{Act, Agency, Aim, Interpreting, Known, Means, ReadingSet, RightsForm};

use crate::recognition::Sign;
use crate::sheet::{Line, Words};

crate::sheet! {
    /// Signs were gone through with one of the published lists. It ends in what to do, and in no verdict.
    pub struct Recognition {
        set: ReadingSet = "Which list", "";
        acts: Vec<Act> = "What was done to them", "The act: one is enough.";
        means: Vec<Means> = "By what means", "One is enough for an adult; none is needed for a child.";
        aims: Vec<Aim> = "For what purpose", "It need not have come to pass.";
        deceived: Vec<Sign<0>> = "Deceived when they were recruited or moved", "";
        forced: Vec<Sign<1>> = "Forced when they were recruited or moved", "";
        abused: Vec<Sign<2>> = "Recruited by abuse of vulnerability", "";
        conditions: Vec<Sign<3>> = "Conditions of exploitation", "";
        held: Vec<Sign<4>> = "Forced where they were exploited", "";
        dependent: Vec<Sign<5>> = "Vulnerability abused where they were exploited", "";
        seen: Option<Words> = "What you saw or heard", "In their words where you can. Do not ask for more than you need.";
        in_danger: Option<Known> = "Is anyone in danger now?", "";
    }
}

crate::sheet! {
    /// The person was told their rights.
    pub struct RightsTold {
        within_day: Known = "Within 24 hours of the first contact with anyone whose task it is?", "";
        own_language: Known = "In a language of their own?", "";
        how: Option<Line> = "How", "By whom, spoken or in writing.";
        ..
        language: Option<Line> = "In which language", "";
        interpreting: Option<Interpreting> = "How people understood each other", "";
        forms: Vec<RightsForm> = "In what form", "";
    }
}

crate::sheet! {
    /// This organisation asked a first responder to refer the person.
    pub struct ReferralAsked {
        agency: Agency = "Which first responder was asked", "";
        said: Option<Words> = "What they said", "";
    }
}

crate::sheet! {
    /// What a referral asks of the person beyond the exploitation itself.
    pub struct Interview {
        place: Option<Line> = "Where you spoke", "A town or an institution, no address.";
        present: Option<Line> = "Who was there", "";
        interpreting: Option<Interpreting> = "How people understood each other", "";
        said: Option<Words> = "What they said happened", "Only what is not in the record of exploitation already.";
        reported_before: Option<Known> = "Had they told an authority before?", "";
        earlier: Option<Words> = "Whom, when, and what came of it", "";
        not_sooner: Option<Words> = "What kept them from telling sooner", "";
        doubts: Option<Words> = "Anything that may be held against the account", "The referral form asks for it. Write what explains it, too.";
        fears_again: Option<Known> = "Could they be exploited again?", "As they fear, or as you see it.";
        why_again: Option<Words> = "Why", "";
        police_force: Option<Line> = "Police force, if it was reported", "";
        crime_reference: Option<Line> = "Crime reference", "";
        helps_police: Option<Known> = "Are they willing to help an investigation?", "Nothing that they are owed depends on it.";
        help_words: Option<Words> = "What they are willing to do, and what not", "";
        wants_support: Option<Known> = "Do they want support?", "";
    }
}

crate::sheet! {
    /// A recovery period that is over, or going on, was looked back on.
    pub struct RecoveryReview {
        was_full: Known = "Did they have the whole recovery period?", "";
        had_help: Known = "Did they have the help that is due in it, all the time?", "";
        enforced: Known = "Was any step taken in it to detain or remove them?", "";
    }
}
