//! Money, safety, and what became of the person.

use domain::Day;
use domain::casework::{
    Accommodation, Agency, AnsweredBy, AssessedWhen, CompensationStage, Destination, Known, OutcomePoint, PlaceStage,
    Rating, ReturnPoint,
};
use domain::pack::codes::{AwardRefusal, CompensationRoute};

use crate::event::{Event, What};
use crate::sheet::{Line, Pence, Words};

crate::sheet! {
    /// What was due of subsistence, and what was paid.
    pub struct Subsistence {
        weeks_due: u32 = "Weeks for which it was due", "Since you last recorded this, up to that day.";
        weeks_paid: u32 = "Weeks for which it was paid in full and in time", "";
        why: Option<Words> = "Why some were not", "";
        ..
        rate: Option<Pence> = "How much for a week, in pounds", "As they say or as it was paid, such as 75.03.";
    }
}

crate::sheet! {
    /// A step with a claim for compensation.
    pub struct Compensation {
        route: CompensationRoute = "By which route", "";
        stage: CompensationStage = "What happened", "";
        pounds: Option<u32> = "How many pounds", "Of this award or this payment, in whole pounds.";
        refusal: Option<AwardRefusal> = "Why it was refused", "";
        is_represented: Option<Known> = "Has the person a lawyer for it?", "";
    }
}

crate::sheet! {
    /// A step with a place in safe accommodation.
    pub struct SafeHouse {
        stage: PlaceStage = "What happened", "";
        accommodation: Option<Accommodation> = "Of what kind", "";
        why: Option<Words> = "Why it was refused, or why they left", "";
        ..
        sort: Option<Line> = "More of its kind", "No address.";
    }
}

crate::sheet! {
    /// What the person needs and what endangers them was assessed, by us or by somebody else.
    pub struct NeedsAssessment {
        occasion: AssessedWhen = "When in their support", "";
        by: Option<Agency> = "Who assessed them", "";
        has_risks: Option<Known> = "Were risks to them assessed too?", "";
        plan: Option<Words> = "What was planned", "";
        ends_on: Option<Day> = "Support goes on until", "As the plan or the letter says.";
        ..
        days: Option<u32> = "For how many days of support", "";
        destination: Option<Destination> = "Where they are to go when it ends", "";
        ending: Option<Words> = "How it is to end", "What has to be in place by then.";
    }
}

crate::sheet! {
    /// Whether the person was charged for care.
    pub struct CareCharge {
        is_charged: Known = "Were they charged for care?", "";
        was_free: Option<Known> = "Was that care free to them by law?", "";
        pounds: Option<u32> = "How many pounds", "";
        what: Option<Words> = "For what, and what came of it", "";
    }
}

crate::sheet! {
    /// Someone made known who the person is.
    pub struct Disclosed {
        agency: Agency = "Who made it known", "";
        is_verified: Known = "Is it certain?", "Someone saw the letter, the page or the message.";
        what: Option<Words> = "What was made known, and to whom", "Do not repeat it more than you need.";
    }
}

crate::sheet! {
    /// What did not happen, gone through in a minute: what is not known is never counted as a no.
    pub struct Review {
        destitute: Option<Known> = "Were they without means for a place to stay or for food?", "At any time up to that day.";
        detained: Option<Known> = "Were they in immigration detention?", "Record when it began and ended, too.";
        suspected: Option<Known> = "Were they suspected or accused of an offence?", "";
        disclosed: Option<Known> = "Did a public body or service make known who they are?", "";
        lawyer: Option<Known> = "Did anyone look for a legal aid lawyer for them?", "";
        permit: Option<Known> = "Was a residence permit as a victim applied for or considered?", "";
        compensation: Option<Known> = "Was compensation sought?", "";
        measures: Option<Known> = "Was a supporter or other help in court asked for?", "";
    }
}

crate::sheet! {
    /// Someone who returned was contacted, or could not be reached.
    pub struct ReturnContact {
        point: ReturnPoint = "Which contact", "";
        is_reached: Known = "Was the person reached?", "";
        is_safe: Option<Known> = "Are they safe?", "As they say.";
        again: Option<Known> = "Were they trafficked again?", "";
        how: Option<Words> = "How they are", "";
    }
}

crate::sheet! {
    /// The seven outcomes of the Modern Slavery Core Outcome Set, as the person rates them.
    pub struct Outcomes {
        point: OutcomePoint = "When", "";
        answered_by: AnsweredBy = "Who answered", "Ask only what they wish to answer.";
        housing: Option<Rating> = "Do you live somewhere safe that suits you?", "Secure and suitable housing.";
        housing_words: Option<Line> = "In their words: housing", "";
        safety: Option<Rating> = "Are you safe from traffickers and anyone else who might harm you?", "Safety from any trafficker or other abuser.";
        safety_words: Option<Line> = "In their words: safety", "";
        support: Option<Rating> = "Is there support that you can count on for as long as you need it?", "Long-term consistent support.";
        support_words: Option<Line> = "In their words: support", "";
        care: Option<Rating> = "Are you treated with kindness and with thought for what you went through?", "Compassionate, trauma-informed services.";
        care_words: Option<Line> = "In their words: how they are treated", "";
        purpose: Option<Rating> = "Do you have aims of your own, and can you work towards them?", "Finding purpose in life and self-actualisation.";
        purpose_words: Option<Line> = "In their words: purpose", "";
        medical: Option<Rating> = "Do you get the medical treatment that you need?", "Access to medical treatment.";
        medical_words: Option<Line> = "In their words: treatment", "";
        education: Option<Rating> = "Can you learn what you want to learn?", "Access to education.";
        education_words: Option<Line> = "In their words: learning", "";
        works: Option<Known> = "Have they paid work?", "";
    }
}

impl Outcomes {
    /// Whether anything was rated or said.
    pub(crate) fn says_anything(&self) -> bool {
        let rated = [
            self.housing,
            self.safety,
            self.support,
            self.care,
            self.purpose,
            self.medical,
            self.education,
        ];
        let said = [
            &self.housing_words,
            &self.safety_words,
            &self.support_words,
            &self.care_words,
            &self.purpose_words,
            &self.medical_words,
            &self.education_words,
        ];
        rated.into_iter().flatten().any(|rating| rating.rank().is_some())
            || said.into_iter().any(Option::is_some)
            || matches!(self.works, Some(Known::Yes | Known::No))
    }
}

/// What was answered at one of the times for outcomes. Of each outcome the last answer counts: a later entry that left it open, or in
/// which nobody was reached any more, takes nothing from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered<'a> {
    /// Which time.
    pub point: OutcomePoint,
    /// The day of the last entry in which somebody answered; `None` where nobody ever did.
    pub on: Option<Day>,
    /// The entries in which somebody answered, in order.
    sheets: Vec<&'a Outcomes>,
}

impl<'a> Answered<'a> {
    /// Told by events that hold, in their order; `None` where outcomes were not gone through at that time.
    pub fn at(point: OutcomePoint, events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut is_gone_through = false;
        let mut answered = Self {
            point,
            on: None,
            sheets: Vec::new(),
        };
        for event in events {
            if let What::Outcomes(sheet) = &event.entry.what
                && sheet.point == point
            {
                is_gone_through = true;
                if sheet.answered_by != AnsweredBy::Nobody {
                    answered.on = Some(event.entry.on);
                    answered.sheets.push(sheet);
                }
            }
        }
        is_gone_through.then_some(answered)
    }

    /// The last answer about one outcome; `None` where it was never asked about.
    pub fn rating(&self, of: impl Fn(&Outcomes) -> Option<Rating>) -> Option<Rating> {
        let mut given = self.sheets.iter().rev().filter_map(|sheet| of(sheet));
        given.find(|rating| *rating != Rating::NotAsked)
    }
}
