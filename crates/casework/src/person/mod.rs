//! The person: who they are, and how they may be contacted without putting them in danger.

mod amend;
mod forget;

use domain::Day;
use domain::casework::{Channel, Gender, Known};
use serde::{Deserialize, Serialize};
use store::seal::Identity as Place;
use uuid::Uuid;

pub use amend::{Amend, amend};
pub use forget::{complete, forget};

use crate::sheet::{Line, PartDay, Words};

crate::sheet! {
    /// Who someone is, as they say it.
    pub struct Identity {
        name: Line = "Name", "As the person gives it. If you do not know it, write what you call them.";
        nickname: Option<Line> = "Other names", "Nicknames, names used while they were exploited, other spellings: the search finds them all.";
        born: Option<PartDay> = "Date of birth", "As far as it is known: the year alone is enough.";
        is_child: Option<Known> = "Are they under 18?", "";
        age_disputed: Option<Known> = "Is their age disputed?", "";
        gender: Option<Gender> = "Gender", "";
        nationality: Option<Line> = "Nationality", "One or more.";
        language: Option<Line> = "Language they understand best", "";
        needs_interpreter: Option<Known> = "Do they need an interpreter?", "";
        communication: Option<Line> = "Other help with communication", "";
        children: Option<u32> = "How many children they have", "";
        place: Option<Line> = "Where they are staying", "A town or region. No address of a refuge or safe house.";
        references: Option<Words> = "Reference numbers", "Of the Home Office, the police or a court, one to a line.";
    }
}

crate::sheet! {
    /// How someone may be contacted.
    pub struct SafeContact {
        channels: Vec<Channel> = "Ways that are safe", "Tick none if nothing is safe.";
        how: Option<Words> = "Numbers and addresses for these ways", "";
        shared_with: Option<Line> = "Who else uses or sees them", "";
        hours: Option<Line> = "When", "Hours and days that are safe.";
        message: Option<Known> = "May a message be left?", "";
        answered_by: Option<Line> = "Who may answer", "";
        code_word: Option<Line> = "Code word", "";
        sender: Option<Line> = "Who to say is calling or writing", "";
        not_before: Option<Day> = "Do not contact before", "";
        confirmed_on: Option<Day> = "Gone through with the person on", "Until this is filled in, and again after four weeks, nothing is to be sent.";
    }
}

impl SafeContact {
    /// Nothing known.
    pub const fn none() -> Self {
        Self {
            channels: Vec::new(),
            how: None,
            shared_with: None,
            hours: None,
            message: None,
            answered_by: None,
            code_word: None,
            sender: None,
            not_before: None,
            confirmed_on: None,
        }
    }
}

/// Whether someone may be contacted on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// Nobody has gone through it with them: no.
    Unset,
    /// It was gone through too long ago, on this day: no.
    Stale(Day),
    /// Not before this day.
    NotBefore(Day),
    /// Nothing is safe, as the person said on this day: no.
    Never(Day),
    /// Yes, in the ways that are recorded, gone through on this day.
    Safe(Day),
}

/// Whether someone may be contacted. `checked_on`: when safe contact was last gone through as an event; `is_safe`:
/// whether it was found safe then.
pub fn contact(of: &SafeContact, checked: Option<(Day, bool)>, today: Day) -> Contact {
    let recorded = of.confirmed_on;
    // What was recorded after a check that found it unsafe counts again.
    if let Some((on, false)) = checked
        && recorded.is_none_or(|recorded| recorded <= on)
    {
        return Contact::Unset;
    }
    let Some(on) = recorded.max(checked.map(|(on, _)| on)) else {
        return Contact::Unset;
    };
    let days = crate::clock::rule(crate::clock::ClockKind::SafeContact, on).map_or(0, |rule| rule.days);
    if on.plus_days(i32::try_from(days).unwrap_or(i32::MAX)) < today {
        Contact::Stale(on)
    } else if let Some(day) = of.not_before.filter(|day| *day > today) {
        Contact::NotBefore(day)
    } else if of.channels.is_empty() {
        Contact::Never(on)
    } else {
        Contact::Safe(on)
    }
}

/// What is sealed of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who they are.
    pub identity: Identity,
    /// How they may be contacted.
    pub contact: SafeContact,
}

/// Where a person is sealed.
pub(crate) const fn place(id: Uuid) -> Place {
    Place::new("person", id, "sealed_identity")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn nothing_is_sent_where_safe_contact_is_unset_stale_or_found_unsafe() {
        let today = day("2025-06-01");
        let none = SafeContact::none();
        assert_eq!(contact(&none, None, today), Contact::Unset);
        let known = |on: &str| SafeContact {
            channels: vec![Channel::Text],
            confirmed_on: Some(day(on)),
            ..SafeContact::none()
        };
        assert_eq!(
            contact(&known("2025-05-04"), None, today),
            Contact::Safe(day("2025-05-04"))
        );
        assert_eq!(
            contact(&known("2025-05-03"), None, today),
            Contact::Stale(day("2025-05-03"))
        );
        let checked = Some((day("2025-05-20"), true));
        assert_eq!(
            contact(&known("2025-05-03"), checked, today),
            Contact::Safe(day("2025-05-20"))
        );
        let unsafe_then = Some((day("2025-05-20"), false));
        assert_eq!(contact(&known("2025-05-03"), unsafe_then, today), Contact::Unset);
        assert_eq!(
            contact(&known("2025-05-21"), unsafe_then, today),
            Contact::Safe(day("2025-05-21"))
        );
    }

    #[test]
    fn a_day_before_which_nobody_calls_and_a_person_for_whom_nothing_is_safe_are_kept_to() {
        let today = day("2025-06-01");
        let mut of = SafeContact {
            confirmed_on: Some(day("2025-05-20")),
            ..SafeContact::none()
        };
        assert_eq!(contact(&of, None, today), Contact::Never(day("2025-05-20")));
        of.channels = vec![Channel::Post];
        of.not_before = Some(day("2025-06-02"));
        assert_eq!(contact(&of, None, today), Contact::NotBefore(day("2025-06-02")));
    }
}
