//! Referrals to another organisation: an offer with a sealed copy that holds what was chosen and nothing else, what the
//! receiver answers, and lists on both sides on which an unanswered offer climbs. (A referral into the National Referral
//! Mechanism is an event of a case, and another thing.)
//!
//! The copy is sealed under a key of its own, which is sealed to the receiver's key pair: the sender cannot open it, and
//! whoever takes it back destroys that key. It is gone once there is an answer; a receiver who accepts holds the person
//! as a case of their own, under a new key. What is answered comes back the same way. The sender keeps what went, under
//! the person's key.
//!
//! What goes rests on what the person agreed may go to that receiver, part by part, or on safety; what they no longer agree to
//! can be neither opened nor accepted.

mod answer;
mod copy;
mod draw;
pub mod file;
mod list;
mod offer;
mod open;
mod reach;
mod rest;
mod revoke;
#[cfg(test)]
mod tests;
mod waiting;

use domain::Day;
use domain::casework::{HowFinished, ReferralState, ServiceArea, WhyRefused, WhyWithout};
use serde::{Deserialize, Serialize};
use store::AppError;
use store::row::referral;
use store::seal::Identity;
use uuid::Uuid;

pub use answer::{Accept, Finish, Reply, accept, finish, refuse, report};
pub use copy::{Ground, SealedCopy, Section, SentEvent, may_go};
pub use draw::{Drawn, OUTSIDE, Offer, Receiver, draw, receivers};
pub use list::{Listed, Tally, from_us, tally, to_us};
pub use offer::{Offered, letter, make_file, offer, take_file};
pub(crate) use open::{Came, everything_received, of, sent_of_all};
pub use open::{Inbox, Referrals, Sent, inbox, sent};
pub use reach::NoContact;
pub(crate) use rest::reconsider;
pub use rest::rests;
pub(crate) use revoke::{complete, erase_copies, forget};
pub use revoke::{read_answer, review, revoke};
pub use waiting::{STANDARD, Step, Waits, waits};

/// Why someone's details went without their consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Without {
    /// The reason: safety, and nothing else.
    pub why: WhyWithout,
    /// In words.
    pub words: String,
    /// Which supervisor read it, and on which day.
    pub read: Option<(Uuid, Day)>,
}

/// What the sender keeps of a referral, sealed under the person's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What went.
    pub copy: SealedCopy,
    /// Who it went to, by name as it was then.
    pub receiver: String,
    /// The need that it is about.
    pub need: Option<Uuid>,
    /// What area that is.
    pub area: Option<ServiceArea>,
    /// Who sent it.
    pub by: Uuid,
    /// Why it went without consent, where it did.
    pub without: Option<Without>,
}

/// What was answered, sealed to the sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it came to.
    pub state: ReferralState,
    /// On which day.
    pub on: Day,
    /// Why it was refused.
    pub why: Option<WhyRefused>,
    /// What came of it in the end.
    pub how: Option<HowFinished>,
    /// More in words; may be empty.
    pub words: String,
}

/// Where what the sender keeps stands sealed: within the case, and shown with it.
const fn note(id: Uuid, case: Uuid) -> Identity {
    Identity::new("referral", id, "sealed_note").within(case)
}

/// Where the file for someone outside stands sealed.
const fn sealed_file(id: Uuid, case: Uuid) -> Identity {
    Identity::new("referral", id, "sealed_file").within(case)
}

/// Where the receiver's copy stands sealed.
const fn sealed_copy(id: Uuid) -> Identity {
    Identity::new("referral", id, "sealed_copy")
}

/// Where an answer stands sealed: shown with the sender's case.
const fn sealed_answer(id: Uuid, case: Uuid) -> Identity {
    Identity::new("referral_answer", id, "sealed_answer").within(case)
}

/// The state of a row.
fn state(row: &referral::Model) -> Result<ReferralState, AppError> {
    ReferralState::parse(&row.state).map_err(|error| AppError::Internal(error.into()))
}

/// A day of a row.
fn day(iso: &str) -> Result<Day, AppError> {
    Day::parse(iso).map_err(|error| AppError::Internal(error.into()))
}

/// Refuses what cannot come after the state that a referral is in.
fn steps_to(row: &referral::Model, next: ReferralState) -> Result<(), AppError> {
    let now = state(row)?;
    if now.may_become(next) {
        Ok(())
    } else {
        Err(AppError::Refused(format!(
            "this referral is “{now}” by now: open it again to see what can be done"
        )))
    }
}
