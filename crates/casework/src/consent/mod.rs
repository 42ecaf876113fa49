//! Consent: what a person agreed to, purpose by purpose, each on its day and each to be taken back. It is kept as events,
//! so that what was agreed at any time can be told. What may go to somebody else is agreed to receiver by receiver, and part
//! by part.

mod linked;
mod record;

use domain::Day;
use domain::casework::{ConsentPart, Known, Purpose, Said, SaidBy};
use domain::fold::fold;
use uuid::Uuid;

pub(crate) use linked::{Counting, groups, is_ruled_out, ruled_out};
pub(crate) use record::complete;
pub use record::{NOT_ASKED, OTHER_WORDS, OUR_TEXT, asked, offered, purposes, record, sharing};

use crate::event::{History, What};
use crate::person::Age;

/// How a person stands to one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The purpose.
    pub purpose: Purpose,
    /// The last answer; `None` where they were not asked.
    pub last: Option<Answer>,
    /// To whom what may go, where the purpose is that details are passed on; none otherwise.
    pub agreements: Vec<Agreement>,
}

/// What a person agreed may go to one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Whom, as they were told.
    pub to_whom: String,
    /// Which parts of their record.
    pub parts: Vec<ConsentPart>,
    /// Since when.
    pub on: Day,
    /// Who said so.
    pub said_by: SaidBy,
}

impl Agreement {
    /// Whether it is about this receiver, by its name. Capitals and spaces do not matter. Who is called otherwise by now has
    /// another name than the person was told: they are asked again.
    pub fn is_with(&self, receiver: &str) -> bool {
        fold(&self.to_whom) == fold(receiver)
    }
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
    /// Whether this purpose is agreed to now. Silence is not consent, and who agreed to passing details on without being told
    /// to whom agreed to nobody.
    pub fn is_given(&self) -> bool {
        match self.purpose {
            Purpose::Sharing => !self.agreements.is_empty(),
            _ => self.is_said(),
        }
    }

    /// Whether the last answer was yes, whomever it names.
    pub fn is_said(&self) -> bool {
        self.last.as_ref().is_some_and(|answer| answer.said == Said::Given)
    }
}

/// What of a person's record may go to whom, as it stands, by the last answer about each receiver; the earliest first. An
/// answer of no that names nobody is about everybody.
///
/// A yes that names nobody, as an earlier version recorded it, can still be read and opens nothing: nobody can say today
/// which receiver the person had in mind, so they are asked again, which the form of a referral does in one answer.
pub fn agreements(history: &History) -> Vec<Agreement> {
    let mut agreed: Vec<Agreement> = Vec::new();
    for event in history.standing() {
        let What::Consent(sheet) = &event.entry.what else {
            continue;
        };
        if sheet.purpose != Purpose::Sharing {
            continue;
        }
        let Some(to_whom) = sheet.to_whom.as_ref().map(|line| line.0.as_str()) else {
            if sheet.said != Said::Given {
                agreed.clear();
            }
            continue;
        };
        agreed.retain(|other| !other.is_with(to_whom));
        if sheet.said == Said::Given {
            agreed.push(Agreement {
                to_whom: to_whom.to_owned(),
                parts: sheet.parts.clone(),
                on: event.entry.on,
                said_by: sheet.said_by,
            });
        }
    }
    agreed
}

/// What the person agreed may go to this receiver; `None` where they have not agreed to them.
pub fn agreed_with(history: &History, receiver: &str) -> Option<Agreement> {
    agreements(history).into_iter().find(|agreed| agreed.is_with(receiver))
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
            agreements: match purpose {
                Purpose::Sharing => agreements(history),
                _ => Vec::new(),
            },
        })
        .collect()
}

/// The answer by which a purpose is ruled out as it stands: the last one, where it is a no or takes an earlier one back; `None`
/// where they agree or were not asked.
pub fn against(history: &History, purpose: Purpose) -> Option<Answer> {
    let standing = standing(history).into_iter().find(|of| of.purpose == purpose)?;
    standing.last.filter(|answer| answer.said != Said::Given)
}

/// Whether the person agrees, as this case alone tells, to being counted in the audit. Silence is not consent, and an answer
/// that was taken back none. What they said in another case of theirs is asked of all cases together.
pub fn is_counted(history: &History) -> bool {
    standing(history)
        .iter()
        .any(|standing| standing.purpose == Purpose::Monitoring && standing.is_given())
}

/// A referral into the mechanism to which an adult had not agreed by its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferredWithout {
    /// The referral.
    pub event: Uuid,
    /// Its day.
    pub on: Day,
    /// The last day by then on which they said no, or took an earlier yes back; `None` where no answer is recorded.
    pub refused_on: Option<Day>,
}

/// The referral into the mechanism that was made for an adult who had not agreed to it by then. A child is referred
/// without consent; where the age is not known, the person counts as a child. `age`: what is known of the person, for a
/// referral that does not say.
pub fn referred_without(history: &History, age: Age) -> Option<ReferredWithout> {
    history.standing().find_map(|event| {
        let What::NrmReferral(sheet) = &event.entry.what else {
            return None;
        };
        let on = event.entry.on;
        let is_adult = sheet.is_child.or_else(|| age.was_child(on)) == Some(Known::No);
        let by_then = history.standing().filter(|other| other.entry.on <= on);
        let (mut last, mut refused_on) = (None, None);
        for other in by_then {
            match &other.entry.what {
                What::Consent(consent) if consent.purpose == Purpose::Referral => {
                    last = Some(consent.said);
                    if consent.said != Said::Given {
                        refused_on = Some(other.entry.on);
                    }
                }
                What::Declined(_) => refused_on = Some(other.entry.on),
                _ => {}
            }
        }
        (is_adult && last != Some(Said::Given)).then_some(ReferredWithout {
            event: event.id,
            on,
            refused_on,
        })
    })
}

/// What somebody agreed to for a child who was none that day, and what holds as it stands: an adult says so themselves, or
/// someone who decides for them by law.
pub fn said_for_an_adult(history: &History, age: Age) -> Vec<Purpose> {
    let is_wrong = |said_by: SaidBy, on: Day| said_by == SaidBy::Guardian && age.was_child(on) == Some(Known::No);
    standing(history)
        .into_iter()
        .filter(|of| {
            let last = of.last.as_ref().filter(|answer| answer.said == Said::Given);
            last.is_some_and(|answer| is_wrong(answer.said_by, answer.on))
                || of.agreements.iter().any(|agreed| is_wrong(agreed.said_by, agreed.on))
        })
        .map(|of| of.purpose)
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::Instant;
    use domain::casework::Agency;

    use super::*;
    use crate::event::{Basis, Entry, Event, what};

    fn said(n: u128, on: i8, purpose: Purpose, said: Said) -> Event {
        let consent = what::Consent::answer(purpose, said, SaidBy::Person);
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

    /// An answer to passing details on.
    fn shared(n: u128, on: i8, to_whom: &str, parts: &[ConsentPart], said: Said) -> Event {
        let consent = what::Consent {
            to_whom: (!to_whom.is_empty()).then(|| to_whom.into()),
            parts: parts.to_vec(),
            ..what::Consent::answer(Purpose::Sharing, said, SaidBy::Person)
        };
        event(n, on, What::Consent(consent))
    }

    /// To whom what may go after these events.
    fn to(events: Vec<Event>) -> Vec<(String, Vec<ConsentPart>)> {
        let agreed = agreements(&History::new(events)).into_iter();
        agreed.map(|one| (one.to_whom, one.parts)).collect()
    }

    #[test]
    fn what_may_go_is_told_receiver_by_receiver_by_the_last_answer_about_each() {
        use ConsentPart::{Contact, Health, Identity};
        let first = shared(1, 1, "Second", &[Identity, Contact], Said::Given);
        let other = shared(2, 2, "Specimen Law Centre", &[Identity], Said::Given);
        let narrower = shared(3, 3, " second ", &[Health], Said::Given);
        let centre = || ("Specimen Law Centre".to_owned(), vec![Identity]);
        assert_eq!(
            to(vec![first.clone(), other.clone(), narrower.clone()]),
            [centre(), (" second ".to_owned(), vec![Health])]
        );
        let back = shared(4, 4, "SECOND", &[], Said::Withdrawn);
        assert_eq!(to(vec![first.clone(), other.clone(), back.clone()]), [centre()]);
        // A no that names nobody is about everybody, and what comes after it stands.
        let none = shared(5, 5, "", &[], Said::Refused);
        let anew = shared(6, 6, "Second", &[Identity], Said::Given);
        assert_eq!(
            to(vec![first.clone(), other, none, anew]),
            [("Second".to_owned(), vec![Identity])]
        );
        let history = History::new(vec![first, back]);
        assert_eq!(agreed_with(&history, "Second"), None);
    }

    #[test]
    fn a_yes_that_names_nobody_is_read_and_opens_nothing() {
        // As an earlier version sealed it.
        let sealed = r#"{"kind":"consent","purpose":"sharing","said":"given","said_by":"person","language":null,"interpreting":null,"wording":null}"#;
        let what: What = serde_json::from_str(sealed).expect("it can be read");
        let history = History::new(vec![event(1, 1, what)]);
        assert!(agreements(&history).is_empty());
        let sharing = standing(&history).remove(2);
        assert_eq!(sharing.purpose, Purpose::Sharing);
        assert!(sharing.is_said() && !sharing.is_given());
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
        let found = |events: Vec<Event>| referred_without(&History::new(events), Age::default());
        assert!(found(vec![referred(Known::No), late.clone()]).is_some());
        assert!(found(vec![referred(Known::Yes), late.clone()]).is_none());
        assert!(found(vec![referred(Known::Unknown), late]).is_none());
        assert!(found(vec![early.clone(), referred(Known::No)]).is_none());

        // Who had said no is told apart from who was not asked, and a no of a later day is not one by then.
        let refused_on = |before: Vec<Event>| {
            let events = before.into_iter().chain([referred(Known::No)]).collect();
            found(events).map(|without| (without.on.day_of_month(), without.refused_on.map(Day::day_of_month)))
        };
        let declined = What::Declined(what::Declined {
            reasons: Vec::new(),
            told: None,
        });
        assert_eq!(refused_on(Vec::new()), Some((5, None)));
        for no in [
            said(3, 3, Purpose::Referral, Said::Refused),
            said(3, 3, Purpose::Referral, Said::Withdrawn),
            event(3, 3, declined),
        ] {
            assert_eq!(refused_on(vec![no.clone()]), Some((5, Some(3))));
            assert_eq!(refused_on(vec![no, early.clone()]), None, "they agreed after it");
        }
        let after = said(6, 6, Purpose::Referral, Said::Refused);
        assert_eq!(refused_on(vec![after]), Some((5, None)));
    }

    #[test]
    fn what_a_parent_agreed_to_for_somebody_who_was_no_child_is_noticed_until_they_say_it_themselves() {
        let by = |n: u128, on: i8, said_by| {
            let consent = what::Consent::answer(Purpose::Support, Said::Given, said_by);
            event(n, on, What::Consent(consent))
        };
        let found = |events: Vec<Event>, age: Age| said_for_an_adult(&History::new(events), age);
        let adult = Age::answered(Some(Known::No));
        let parent = by(1, 5, SaidBy::Guardian);
        assert_eq!(found(vec![parent.clone()], adult), [Purpose::Support]);
        for age in [Age::default(), Age::answered(Some(Known::Yes))] {
            assert!(found(vec![parent.clone()], age).is_empty());
        }
        assert!(found(vec![by(1, 5, SaidBy::Attorney)], adult).is_empty());
        assert!(found(vec![parent, by(2, 6, SaidBy::Person)], adult).is_empty());
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
        assert!(referred_without(&history, Age::answered(Some(Known::No))).is_some());
        assert!(referred_without(&history, Age::answered(Some(Known::Yes))).is_none());
        assert!(referred_without(&history, Age::default()).is_none());
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
