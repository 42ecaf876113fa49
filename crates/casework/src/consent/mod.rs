//! Consent: what a person agreed to, purpose by purpose, each on its day and each to be taken back. It is kept as events,
//! so that what was agreed at any time can be told.

mod record;

use domain::Day;
use domain::casework::{Known, Purpose, Said, SaidBy};
use uuid::Uuid;

pub use record::{NOT_ASKED, asked, purposes, record};

use crate::event::{History, What};

/// How a person stands to one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The purpose.
    pub purpose: Purpose,
    /// The last answer; `None` where they were not asked.
    pub last: Option<Answer>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What they said.
    pub said: Said,
    /// Who said it.
    pub said_by: SaidBy,
    /// When.
    pub on: Day,
    /// The event that holds it.
    pub event: Uuid,
}

impl Standing {
    /// Whether this purpose is agreed to now. Silence is not consent.
    pub fn is_given(&self) -> bool {
        self.last.as_ref().is_some_and(|answer| answer.said == Said::Given)
    }
}

/// How a person stands to every purpose: by the last answer of each.
pub fn standing(history: &History) -> Vec<Standing> {
    Purpose::ALL
        .iter()
        .map(|purpose| Standing {
            purpose: *purpose,
            last: history.standing().rev().find_map(|event| match &event.entry.what {
                What::Consent(sheet) if sheet.purpose == *purpose => Some(Answer {
                    said: sheet.said,
                    said_by: sheet.said_by,
                    on: event.entry.on,
                    event: event.id,
                }),
                _ => None,
            }),
        })
        .collect()
}

/// Whether the person agrees to being counted in the audit. Silence is not consent, and an answer that was taken back none.
pub fn is_counted(history: &History) -> bool {
    standing(history)
        .iter()
        .any(|standing| standing.purpose == Purpose::Monitoring && standing.is_given())
}

/// Whether a referral into the mechanism was made for an adult who had not agreed to it by then. A child is referred
/// without consent; where the age is not known, the person counts as a child. `is_child`: what is known of the person,
/// for a referral that does not say.
pub fn referred_without(history: &History, is_child: Option<Known>) -> Option<Uuid> {
    history.standing().find_map(|event| {
        let What::NrmReferral(sheet) = &event.entry.what else {
            return None;
        };
        let agreed = history
            .standing()
            .filter(|other| other.entry.on <= event.entry.on)
            .filter_map(|other| match &other.entry.what {
                What::Consent(consent) if consent.purpose == Purpose::Referral => Some(consent.said),
                _ => None,
            })
            .next_back();
        (sheet.is_child.or(is_child) == Some(Known::No) && agreed != Some(Said::Given)).then_some(event.id)
    })
}

#[cfg(test)]
mod tests {
    use domain::Instant;
    use domain::casework::Agency;

    use super::*;
    use crate::event::{Basis, Entry, Event, what};

    fn said(n: u128, on: i8, purpose: Purpose, said: Said) -> Event {
        let consent = what::Consent {
            purpose,
            said,
            said_by: SaidBy::Person,
            language: None,
            interpreting: None,
            wording: None,
        };
        event(n, on, What::Consent(consent))
    }

    fn event(n: u128, on: i8, what: What) -> Event {
        Event {
            id: Uuid::from_u128(n),
            entry: Entry {
                on: Day::new(2025, 5, on).expect("a day"),
                what,
                note: String::new(),
                basis: Basis::default(),
                supersedes: None,
                by: Uuid::nil(),
                at: Instant(i64::try_from(n).expect("small")),
            },
        }
    }

    #[test]
    fn each_purpose_stands_by_its_own_last_answer_and_silence_is_no_consent() {
        let history = History::new(vec![
            said(1, 1, Purpose::Support, Said::Given),
            said(2, 2, Purpose::Monitoring, Said::Given),
            said(3, 9, Purpose::Monitoring, Said::Withdrawn),
        ]);
        let given: Vec<Purpose> = standing(&history)
            .into_iter()
            .filter(Standing::is_given)
            .map(|standing| standing.purpose)
            .collect();
        assert_eq!(given, [Purpose::Support]);
    }

    #[test]
    fn an_adult_referred_before_they_agreed_is_noticed_and_a_child_is_not() {
        let referred = |is_child| {
            event(
                5,
                5,
                What::NrmReferral(what::NrmReferral {
                    agency: Agency::Police,
                    asked_on: None,
                    reference: None,
                    is_child: Some(is_child),
                    missing: Vec::new(),
                }),
            )
        };
        let late = said(6, 6, Purpose::Referral, Said::Given);
        let early = said(4, 5, Purpose::Referral, Said::Given);
        let found = |events: Vec<Event>| referred_without(&History::new(events), None);
        assert!(found(vec![referred(Known::No), late.clone()]).is_some());
        assert!(found(vec![referred(Known::Yes), late.clone()]).is_none());
        assert!(found(vec![referred(Known::Unknown), late]).is_none());
        assert!(found(vec![early, referred(Known::No)]).is_none());
    }

    #[test]
    fn a_referral_that_does_not_say_whether_they_are_a_child_is_judged_by_what_is_known_of_the_person() {
        let referral = what::NrmReferral {
            agency: Agency::Police,
            asked_on: None,
            reference: None,
            is_child: None,
            missing: Vec::new(),
        };
        let history = History::new(vec![event(5, 5, What::NrmReferral(referral))]);
        assert!(referred_without(&history, Some(Known::No)).is_some());
        assert!(referred_without(&history, Some(Known::Yes)).is_none());
        assert!(referred_without(&history, None).is_none());
    }

    #[test]
    fn an_answer_that_was_taken_back_stays_so_when_only_the_language_of_the_first_is_corrected() {
        let given = said(1, 5, Purpose::Monitoring, Said::Given);
        let withdrawn = said(2, 5, Purpose::Monitoring, Said::Withdrawn);
        let mut corrected = said(3, 5, Purpose::Monitoring, Said::Given);
        corrected.entry.supersedes = Some(given.id);
        // A correction of the correction stands there as well.
        let mut again = said(4, 5, Purpose::Monitoring, Said::Given);
        again.entry.supersedes = Some(corrected.id);
        let history = History::new(vec![again, corrected, withdrawn, given]);
        assert!(standing(&history).iter().all(|standing| !standing.is_given()));
    }
}
