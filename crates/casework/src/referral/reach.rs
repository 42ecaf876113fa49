//! What a copy tells of how the person can be contacted: the ways that are safe on the day it is made, or why none is. A
//! number that is not safe that day never leaves, whatever was ticked.

use domain::Day;
use serde::{Deserialize, Serialize};

use crate::event::History;
use crate::person::{Contact, GoneThrough, Person, SafeContact, gone_through};

/// Why a copy names no way in which the person can be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", content = "on", rename_all = "snake_case")]
pub enum NoContact {
    /// Nobody has gone through it with them.
    Unset,
    /// It was found unsafe on this day, and not put right since.
    Unsafe(Day),
    /// It was gone through too long ago, on this day.
    Stale(Day),
    /// Not before this day.
    NotBefore(Day),
    /// Nothing is safe, as they said on this day.
    Never(Day),
    /// They have been missing since this day.
    Missing(Day),
    /// They were missing and found on this day, and it was not gone through since.
    Found(Day),
    /// They died on this day.
    Died(Day),
    /// It was recorded anew after the copy was made.
    Changed,
}

impl NoContact {
    /// In words, as a copy shows them: captions with what they mean.
    pub(super) fn rows(self) -> Vec<(String, String)> {
        const NOTHING: &str = "Send nothing, do not call";
        let (caption, words) = match self {
            Self::Unset => (
                NOTHING.to_owned(),
                "Nobody has gone through with them how they can be contacted safely.".to_owned(),
            ),
            Self::Unsafe(on) => (
                NOTHING.to_owned(),
                format!("It was found unsafe on {on}, and no safe way has been agreed with them since."),
            ),
            Self::Stale(on) => (
                NOTHING.to_owned(),
                format!("It was last gone through with them on {on}. What was safe then need not be safe now."),
            ),
            Self::NotBefore(day) => (format!("Not before {day}"), "So they said.".to_owned()),
            Self::Never(on) => (
                "No way is safe".to_owned(),
                format!("So they said on {on}. See them in person."),
            ),
            Self::Missing(on) => (
                NOTHING.to_owned(),
                format!("They have been missing since {on}. Whoever is with them may read or hear it."),
            ),
            Self::Found(on) => (
                NOTHING.to_owned(),
                format!("They were missing until {on}, and nobody has gone through with them since what is safe now."),
            ),
            Self::Died(on) => (NOTHING.to_owned(), format!("They died on {on}.")),
            Self::Changed => (
                NOTHING.to_owned(),
                "How they can be contacted has changed since this was drawn up.".to_owned(),
            ),
        };
        vec![
            (caption, words),
            (
                "Before anything else".to_owned(),
                "Speak with whoever referred them.".to_owned(),
            ),
        ]
    }

    /// Why nobody is to use what is recorded of contact, by itself. A copy that an earlier version made holds numbers that
    /// nobody had gone through, or of somebody for whom nothing is safe.
    pub(super) fn of(contact: &SafeContact) -> Option<Self> {
        match contact.confirmed_on {
            None => Some(Self::Unset),
            Some(on) if contact.channels.is_empty() => Some(Self::Never(on)),
            Some(_) => None,
        }
    }
}

/// What a copy tells of contact: everything of the ways that are safe, with the day they were gone through; otherwise why there is
/// none, with no more than whoever takes the person on has to keep.
pub(super) fn reach(person: &Person, history: &History, contact: Contact) -> (SafeContact, Option<NoContact>) {
    let none = SafeContact::none();
    match contact {
        Contact::Safe(on) => {
            let safe = SafeContact {
                confirmed_on: Some(on),
                ..person.contact.clone()
            };
            (safe, None)
        }
        Contact::Unset => {
            let why = match gone_through(person, history) {
                GoneThrough::Unsafe(on) => NoContact::Unsafe(on),
                _ => NoContact::Unset,
            };
            (none, Some(why))
        }
        Contact::Stale(on) => (none, Some(NoContact::Stale(on))),
        Contact::NotBefore(day) => {
            let kept = SafeContact {
                not_before: Some(day),
                ..none
            };
            (kept, Some(NoContact::NotBefore(day)))
        }
        Contact::Never(on) => {
            let kept = SafeContact {
                confirmed_on: Some(on),
                ..none
            };
            (kept, Some(NoContact::Never(on)))
        }
        Contact::Missing(on) => (none, Some(NoContact::Missing(on))),
        Contact::Found(on) => (none, Some(NoContact::Found(on))),
        Contact::Died(on) => (none, Some(NoContact::Died(on))),
    }
}
