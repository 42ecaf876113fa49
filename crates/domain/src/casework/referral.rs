//! Words about passing a person on to another organisation. (A referral into the National Referral Mechanism is an event of
//! a case, and another thing.)

use super::ServiceArea;
use crate::word_list;

word_list! {
    /// How far a referral to another organisation is.
    pub enum ReferralState {
        Offered = "offered", "Waiting for an answer";
        Accepted = "accepted", "Accepted";
        Refused = "refused", "Refused";
        Finished = "finished", "Finished";
        Revoked = "revoked", "Taken back";
    }
}

impl ReferralState {
    /// Whether it can still come to this from where it is.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Offered, Self::Accepted | Self::Refused | Self::Revoked) | (Self::Accepted, Self::Finished)
        )
    }
}

word_list! {
    /// What of a person goes along, beside the words that ask for help. Nothing goes unless it is chosen.
    pub enum SharedPart {
        Name = "name", "Name and other names";
        About = "about", "Date of birth, whether they are under 18, gender, nationality, children";
        Language = "language", "Language, interpreter, other help with communication";
        References = "references", "Reference numbers";
        Contact = "contact", "How they can be contacted safely";
    }
}

word_list! {
    /// What of a person's record may go to somebody else, as the person is asked. Each part is agreed to on its own.
    pub enum ConsentPart {
        Identity = "identity", "Who they are: name, age, gender, nationality, children, reference numbers";
        Contact = "contact", "How to reach and speak with them: safe contact, language, interpreter";
        Exploitation = "exploitation", "What was done to them, and the signs of it";
        Health = "health", "Health: medical care, counselling, experts’ reports, outcomes";
        Legal = "legal", "Law: decisions, advice, papers, detention, courts, compensation";
        Needs = "needs", "What they need otherwise: housing, money, work, school";
        Life = "life", "How they live: childhood and guardian, being missing, return, end of support";
    }
}

impl ConsentPart {
    /// Under which part that goes which is chosen of who a person is.
    pub const fn of(part: SharedPart) -> Self {
        match part {
            SharedPart::Name | SharedPart::About | SharedPart::References => Self::Identity,
            SharedPart::Language | SharedPart::Contact => Self::Contact,
        }
    }

    /// Under which part a need of an area goes: what it is about may say more than that there is one.
    pub const fn of_area(area: ServiceArea) -> Self {
        match area {
            ServiceArea::Medical | ServiceArea::Counselling => Self::Health,
            ServiceArea::Legal | ServiceArea::Documentation => Self::Legal,
            ServiceArea::Housing
            | ServiceArea::FamilyTracing
            | ServiceArea::Clothing
            | ServiceArea::Financial
            | ServiceArea::Travel
            | ServiceArea::Interpretation
            | ServiceArea::Employment
            | ServiceArea::Education
            | ServiceArea::Recreation => Self::Needs,
        }
    }
}

word_list! {
    /// Why someone's details are passed on although they have not agreed to it. There is no other reason than safety.
    pub enum WhyWithout {
        Danger = "danger", "Someone’s life or safety is in danger now";
        Child = "child", "A child is in danger of harm";
        Capacity = "capacity", "The person cannot decide this themselves, and is in danger of harm";
    }
}

word_list! {
    /// What came of a referral in the end, as the receiver says.
    pub enum HowFinished {
        Done = "done", "What was asked for was done";
        Partly = "partly", "It was done in part";
        NotDone = "not_done", "It could not be done";
        Declined = "declined", "The person did not want it";
        Lost = "lost", "Lost contact";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_after_an_end_and_only_what_was_accepted_is_finished() {
        use ReferralState as S;
        for state in S::ALL {
            let next: Vec<S> = S::ALL.iter().copied().filter(|next| state.may_become(*next)).collect();
            let expected: &[S] = match state {
                S::Offered => &[S::Accepted, S::Refused, S::Revoked],
                S::Accepted => &[S::Finished],
                S::Refused | S::Finished | S::Revoked => &[],
            };
            assert_eq!(next, expected, "{state}");
        }
    }
}
