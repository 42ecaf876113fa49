//! Events: what happened in a case, each on its day, never overwritten. A correction is a new event that takes the place
//! of an earlier one, which stays and can be read.

mod check;
mod record;
#[cfg(test)]
mod tests;
pub mod what;

use std::collections::{HashMap, HashSet};

use domain::casework::{Certainty, Challenged, KnownFrom, Leaning, Purpose, ReviewStage, Said, Status};
use domain::{Day, Instant, word_list};
use serde::{Deserialize, Serialize};
use store::FieldErrors;
use store::seal::Identity;
use uuid::Uuid;

pub(crate) use check::{Beside, check_beginning, check_beside, repeats};
pub use check::{before_referral, within_recovery};
pub use record::{Correct, Record, common, correct, done, record, strike};
pub(crate) use record::{Fresh, append, append_all, append_each, insert};
pub(crate) use record::{Happened, happened, read};

use crate::person::Age;
use crate::sheet::{Field, Sheet, Typed};

/// Declares the kinds of events: the sealed enum, the list of kinds, and how each is asked, read and shown.
macro_rules! kinds {
    ($($name:ident = $code:literal, $words:literal;)+) => {
        /// What happened, with the answers of its kind. Sealed.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        #[expect(missing_docs, reason = "each variant is the sheet of the same name in `what`")]
        pub enum What { $($name(what::$name),)+ }

        word_list! {
            /// A kind of event.
            pub enum Kind { $($name = $code, $words;)+ }
        }

        impl Kind {
            /// What is asked of such an event.
            pub fn fields(self) -> Vec<Field> {
                match self { $(Self::$name => what::$name::fields(),)+ }
            }

            /// Reads what was typed of such an event.
            pub fn read(self, typed: &Typed, errors: &mut FieldErrors) -> Option<What> {
                match self { $(Self::$name => what::$name::read(typed, errors).map(What::$name),)+ }
            }
        }

        impl What {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$name(_) => Kind::$name,)+ }
            }

            /// The answers as a form holds them.
            pub fn kept(&self) -> Vec<(String, String)> {
                match self { $(Self::$name(sheet) => sheet.kept(),)+ }
            }

            /// The answers as a page shows them.
            pub fn shown(&self) -> Vec<(&'static str, String)> {
                match self { $(Self::$name(sheet) => sheet.shown(),)+ }
            }
        }
    };
}

kinds! {
    Encounter = "encounter", "Someone met the person";
    RightsTold = "rights_told", "Told their rights";
    Recognition = "recognition", "Signs were gone through, with a list";
    Screening = "screening", "Signs were gone through";
    Interview = "interview", "Spoke for a referral";
    Consent = "consent", "The person was asked to agree";
    ReferralAsked = "referral_asked", "A first responder was asked to refer";
    NrmReferral = "nrm_referral", "Referred into the mechanism";
    Declined = "declined", "Did not want a referral";
    Notified = "notified", "Notified without their name";
    Withheld = "withheld", "A first responder did not refer them";
    ReasonableGrounds = "reasonable_grounds", "Reasonable-grounds decision";
    RecoveryPeriod = "recovery_period", "Recovery period given or made longer";
    RecoveryReview = "recovery_review", "Recovery period looked back on";
    ConclusiveGrounds = "conclusive_grounds", "Conclusive-grounds decision";
    NeedsAssessment = "needs_assessment", "Needs and risks assessed";
    Disqualification = "disqualification", "Disqualification";
    Reconsideration = "reconsideration", "Reconsideration";
    JudicialReview = "judicial_review", "Judicial review";
    Withdrawal = "withdrawal", "Withdrawn from the mechanism";
    LegalAdvice = "legal_advice", "Legal advice sought, found or refused";
    ExpertReport = "expert_report", "Expert’s report";
    Immigration = "immigration", "Right to be in the country";
    ResidencePermit = "residence_permit", "Residence permit";
    Asylum = "asylum", "Asylum";
    RightToWork = "right_to_work", "Right to work";
    Detained = "detained", "Detained";
    Released = "released", "Released from detention";
    RemovalStep = "removal_step", "Step towards removal";
    Subsistence = "subsistence", "Subsistence due and paid";
    Compensation = "compensation", "Compensation sought, awarded or paid";
    Offender = "offender", "Treated as an offender";
    Proceedings = "proceedings", "Case against those who exploited them";
    SpecialMeasure = "special_measure", "Help for a witness";
    Guardian = "guardian", "Guardian";
    AgeDispute = "age_dispute", "Age disputed or assessed";
    School = "school", "School or college";
    FamilyTracing = "family_tracing", "Family searched for";
    BestInterests = "best_interests", "Best interests assessed";
    KnownBefore = "known_before", "Known to services before";
    SafeHouse = "safe_house", "Safe accommodation";
    CareCharge = "care_charge", "Charged for care";
    Disclosed = "disclosed", "Made known who they are";
    Missing = "missing", "Missing";
    Found = "found", "Found again";
    Return = "return", "Returned to another country";
    ReturnContact = "return_contact", "Contact after a return";
    Outcomes = "outcomes", "Outcomes, as the person rates them";
    Review = "review", "Gone through with yes or no";
    Exit = "exit", "Support ended";
    Death = "death", "Died";
    ContactCheck = "contact_check", "Safe contact gone through";
    Note = "note", "Note";
    Reminder = "reminder", "Reminder";
    PlanAnswered = "plan_answered", "A plan was looked at";
    Linked = "linked", "Met again";
    Done = "done", "Done";
    Struck = "struck", "Recorded by mistake";
}

impl Kind {
    /// The kinds that a member chooses from, in groups, as a case goes.
    pub const GROUPS: &'static [(&'static str, &'static [Self])] = &[
        (
            "Notes",
            &[Self::Note, Self::Reminder, Self::ContactCheck, Self::Consent],
        ),
        (
            "Being found",
            &[
                Self::Encounter,
                Self::RightsTold,
                Self::Recognition,
                Self::Screening,
                Self::Interview,
            ],
        ),
        (
            "Mechanism",
            &[
                Self::ReferralAsked,
                Self::NrmReferral,
                Self::Declined,
                Self::Notified,
                Self::Withheld,
                Self::ReasonableGrounds,
                Self::RecoveryPeriod,
                Self::RecoveryReview,
                Self::ConclusiveGrounds,
                Self::NeedsAssessment,
                Self::Disqualification,
                Self::Reconsideration,
                Self::JudicialReview,
                Self::Withdrawal,
            ],
        ),
        ("Legal", &[Self::LegalAdvice, Self::ExpertReport]),
        (
            "Status",
            &[
                Self::Immigration,
                Self::ResidencePermit,
                Self::Asylum,
                Self::RightToWork,
                Self::Detained,
                Self::Released,
                Self::RemovalStep,
            ],
        ),
        ("Money", &[Self::Subsistence, Self::Compensation]),
        ("Justice", &[Self::Offender, Self::Proceedings, Self::SpecialMeasure]),
        (
            "Child",
            &[
                Self::Guardian,
                Self::AgeDispute,
                Self::School,
                Self::FamilyTracing,
                Self::BestInterests,
                Self::KnownBefore,
            ],
        ),
        (
            "Health and safety",
            &[
                Self::SafeHouse,
                Self::CareCharge,
                Self::Disclosed,
                Self::Missing,
                Self::Found,
                Self::Death,
            ],
        ),
        ("Return", &[Self::Return, Self::ReturnContact]),
        ("Outcome", &[Self::Outcomes, Self::Review, Self::Exit]),
    ];

    /// Whether a member records it as such; the others come about when an event is done or struck.
    pub fn is_recorded(self) -> bool {
        Self::GROUPS.iter().any(|(_, kinds)| kinds.contains(&self))
    }
}

impl What {
    /// What the reasons of a decision lean on, each once, in the order of the list.
    pub fn leanings(&self) -> Vec<Leaning> {
        let reasons = match self {
            Self::ReasonableGrounds(sheet) => &sheet.reasons,
            Self::ConclusiveGrounds(sheet) => &sheet.reasons,
            _ => return Vec::new(),
        };
        Leaning::ALL
            .iter()
            .copied()
            .filter(|leaning| reasons.iter().any(|reason| reason.leaning() == Some(*leaning)))
            .collect()
    }
}

crate::sheet! {
    /// Where an event is known from, and how sure that is.
    #[derive(Default)]
    pub struct Basis {
        ..
        known_from: Option<KnownFrom> = "Where you know it from", "";
        certainty: Option<Certainty> = "How sure it is", "";
    }
}

impl Basis {
    /// Whether neither is told.
    pub const fn is_unsaid(&self) -> bool {
        self.known_from.is_none() && self.certainty.is_none()
    }
}

/// One event as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The day it happened.
    pub on: Day,
    /// What happened.
    pub what: What,
    /// More of it, in words.
    pub note: String,
    /// Where it is known from, and how sure that is.
    #[serde(default, skip_serializing_if = "Basis::is_unsaid")]
    pub basis: Basis,
    /// The event whose place it takes.
    pub supersedes: Option<Uuid>,
    /// Who recorded it.
    pub by: Uuid,
    /// When it was recorded.
    pub at: Instant,
}

/// An event with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event.
    pub id: Uuid,
    /// What is sealed of it.
    pub entry: Entry,
}

/// Where an entry is sealed: it opens in its own case alone, and is disclosed with it.
pub(crate) const fn identity(id: Uuid, case: Uuid) -> Identity {
    Identity::new("event", id, "sealed_entry").within(case)
}

/// Everything that happened in a case, earliest first; what happened on one day in the order in which it was first
/// recorded: a correction stands where the entry stood that it corrects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    events: Vec<Event>,
    /// Which event took whose place.
    superseded: HashMap<Uuid, Uuid>,
}

impl History {
    /// Puts events in order. Of two that take the place of the same one, the later recorded counts.
    pub fn new(mut events: Vec<Event>) -> Self {
        let recorded: HashMap<Uuid, (Instant, Option<Uuid>)> = events
            .iter()
            .map(|event| (event.id, (event.entry.at, event.entry.supersedes)))
            .collect();
        events.sort_by_cached_key(|event| {
            (
                event.entry.on,
                first_recorded(&recorded, event),
                event.entry.at,
                event.id,
            )
        });
        let mut by_record: Vec<&Event> = events.iter().collect();
        by_record.sort_by_key(|event| (event.entry.at, event.id));
        let superseded = by_record
            .into_iter()
            .filter_map(|event| Some((event.entry.supersedes?, event.id)))
            .collect();
        Self { events, superseded }
    }

    /// Every event.
    pub fn all(&self) -> &[Event] {
        &self.events
    }

    /// An event.
    pub fn find(&self, id: Uuid) -> Option<&Event> {
        self.events.iter().find(|event| event.id == id)
    }

    /// The event that took another's place.
    pub fn successor(&self, id: Uuid) -> Option<&Event> {
        self.superseded.get(&id).and_then(|id| self.find(*id))
    }

    /// What holds: no event whose place another took, none that was struck, no reminder that is done. Of a chain of
    /// corrections its end.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = &Event> {
        // Of two corrections of one event the later counts, so the earlier is out too.
        let winners: HashSet<&Uuid> = self.superseded.values().collect();
        self.events.iter().filter(move |event| {
            !self.superseded.contains_key(&event.id)
                && (event.entry.supersedes.is_none() || winners.contains(&event.id))
                && !matches!(event.entry.what, What::Done(_) | What::Struck(_))
        })
    }

    /// The last decision about the person that holds: leaving, going missing or a return takes nothing from it. Of one that was
    /// challenged what came of that; [`Status::Reconsidering`] where a court or a settlement has it made again.
    pub fn decision(&self) -> Option<Status> {
        self.standing().rev().find_map(|event| match &event.entry.what {
            What::ReasonableGrounds(_) | What::ConclusiveGrounds(_) => status_after(&event.entry.what),
            What::Reconsideration(sheet) if sheet.stage == domain::casework::ChallengeStage::Asked => None,
            What::JudicialReview(sheet) if !matches!(sheet.stage, ReviewStage::Settled | ReviewStage::Won) => None,
            What::Reconsideration(_) | What::JudicialReview(_) => status_after(&event.entry.what),
            _ => None,
        })
    }

    /// How far the person has come, by the last event that says so. `age`: what a child says to a referral decides
    /// nothing.
    pub fn status(&self, age: Age) -> Option<Status> {
        let mut status = None;
        // Decisions come while someone is missing or disqualified; being found, or a disqualification that is overturned,
        // leads back to where they stand by then.
        let mut is_missing = false;
        let mut disqualified = None;
        // Where they stood before they said no to a referral: a later yes leads back there.
        let mut before_no = None;
        for event in self.standing() {
            // What is decided afterwards brings nobody back.
            if status == Some(Status::Died) {
                break;
            }
            let what = &event.entry.what;
            match disqualification(what) {
                Disqualified::Unsaid => {}
                Disqualified::Now(status) => {
                    disqualified = Some(status);
                    continue;
                }
                Disqualified::NoMore => {
                    disqualified = None;
                    continue;
                }
                Disqualified::Refused => {
                    disqualified = disqualified.filter(|status| *status != Status::Reconsidering);
                    continue;
                }
            }
            match what {
                What::Missing(_) => is_missing = true,
                What::Found(_) => is_missing = false,
                // Met again, or turned away elsewhere: who has been referred stays referred.
                What::Encounter(_) | What::Declined(_) | What::Consent(_) | What::Notified(_) | What::Withheld(_)
                    if !status.is_none_or(is_before_referral) => {}
                What::Encounter(_) if status.is_some() => {}
                What::Consent(_) if age.is_minor(event.entry.on) => {}
                What::Consent(sheet) if status == Some(Status::Declined) && is_yes(sheet) => status = before_no,
                _ => {
                    if let Some(now) = status_after(what) {
                        if now == Status::Declined && status != Some(Status::Declined) {
                            before_no = status;
                        }
                        (status, disqualified) = (Some(now), None);
                    }
                    // Whoever left support, or the country, is not looked for here any more.
                    is_missing &= !matches!(what, What::Return(_) | What::Exit(_) | What::Death(_));
                }
            }
        }
        if is_missing {
            Some(Status::Missing)
        } else {
            disqualified.or(status)
        }
    }
}

/// When the first of a chain of corrections was recorded, of which an event is the end. Linear in the chain.
fn first_recorded(recorded: &HashMap<Uuid, (Instant, Option<Uuid>)>, event: &Event) -> (Instant, Uuid) {
    let mut first = (event.entry.at, event.id);
    let mut before = event.entry.supersedes;
    // No chain is longer than there are events: whatever it holds, this ends.
    for _ in 0..recorded.len() {
        let Some((id, (at, supersedes))) = before.and_then(|id| Some((id, *recorded.get(&id)?))) else {
            break;
        };
        (first, before) = ((at, id), supersedes);
    }
    first
}

const fn is_before_referral(status: Status) -> bool {
    matches!(
        status,
        Status::Encountered | Status::Declined | Status::Notified | Status::Withheld
    )
}

/// Whether someone agreed to being referred.
fn is_yes(sheet: &what::Consent) -> bool {
    sheet.purpose == Purpose::Referral && sheet.said == Said::Given
}

fn status_after(what: &What) -> Option<Status> {
    use domain::casework::{ChallengeStage as C, Grounds};
    Some(match what {
        What::Encounter(_) => Status::Encountered,
        What::Declined(_) => Status::Declined,
        What::Consent(sheet) if sheet.purpose == Purpose::Referral && sheet.said != Said::Given => Status::Declined,
        What::Notified(_) => Status::Notified,
        What::Withheld(_) => Status::Withheld,
        What::NrmReferral(_) => Status::Referred,
        What::ReasonableGrounds(sheet) => match sheet.outcome {
            Grounds::Positive => Status::RgPositive,
            Grounds::Negative => Status::RgNegative,
        },
        What::ConclusiveGrounds(sheet) => match sheet.outcome {
            Grounds::Positive => Status::CgPositive,
            Grounds::Negative => Status::CgNegative,
        },
        What::Reconsideration(sheet) => match sheet.stage {
            C::Asked => Status::Reconsidering,
            stage => after_challenge(stage == C::Overturned, sheet.challenged)?,
        },
        What::JudicialReview(sheet) if is_open(sheet.stage) => Status::Reconsidering,
        What::JudicialReview(sheet) => after_challenge(false, sheet.challenged)?,
        What::Withdrawal(_) => Status::Withdrawn,
        What::Return(_) => Status::Returned,
        What::Exit(_) => Status::Exited,
        What::Death(_) => Status::Died,
        _ => return None,
    })
}

/// Whether a review goes on, or led to a decision that is to be made again.
const fn is_open(stage: ReviewStage) -> bool {
    use ReviewStage as R;
    match stage {
        R::Letter | R::Begun | R::PermissionGiven | R::Settled | R::Won => true,
        R::PermissionRefused | R::Lost | R::Dropped => false,
    }
}

/// What an event says of a disqualification.
enum Disqualified {
    /// Nothing.
    Unsaid,
    /// It holds, or it is challenged.
    Now(Status),
    /// It was overturned.
    NoMore,
    /// It was refused: one that a court had decided again is made no more, and another that was made stays.
    Refused,
}

fn disqualification(what: &What) -> Disqualified {
    use domain::casework::{ChallengeStage as C, DisqualificationStage as D};
    match what {
        What::Disqualification(sheet) => match sheet.stage {
            D::Asked => Disqualified::Unsaid,
            D::Made => Disqualified::Now(Status::Disqualified),
            D::Refused => Disqualified::Refused,
        },
        What::Reconsideration(sheet) if sheet.challenged == Challenged::Disqualification => match sheet.stage {
            C::Asked => Disqualified::Now(Status::Reconsidering),
            C::Refused | C::Upheld => Disqualified::Now(Status::Disqualified),
            C::Overturned => Disqualified::NoMore,
        },
        What::JudicialReview(sheet) if sheet.challenged == Challenged::Disqualification => {
            Disqualified::Now(if is_open(sheet.stage) {
                Status::Reconsidering
            } else {
                Status::Disqualified
            })
        }
        _ => Disqualified::Unsaid,
    }
}

/// Where a challenge of a decision leaves someone; a disqualification's are told apart.
const fn after_challenge(is_overturned: bool, challenged: Challenged) -> Option<Status> {
    match (challenged, is_overturned) {
        (Challenged::ReasonableGrounds, true) => Some(Status::RgPositive),
        (Challenged::ReasonableGrounds, false) => Some(Status::RgNegative),
        (Challenged::ConclusiveGrounds, true) => Some(Status::CgPositive),
        (Challenged::ConclusiveGrounds, false) => Some(Status::CgNegative),
        (Challenged::Disqualification, _) => None,
    }
}
