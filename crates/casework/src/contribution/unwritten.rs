//! Coding a case that is not written: of a demonstration, on which a definition is tried. Pure.

use domain::casework::Status;
use domain::pack::{Row, Schema};
use uuid::Uuid;

use super::{Case, Period, code};
use crate::event::{Event, History};
use crate::import::NewCase;
use crate::person::Person;
use crate::time_entry::Given;

/// The row of a case that nobody has written down, as [`code()`] would make it of the same case once it was written.
pub fn code_unwritten(new: NewCase, schema: &Schema, period: Period, id: Uuid) -> Option<Row> {
    let events = new.events.into_iter().zip(1_u128..);
    let history = History::new(
        events
            .map(|(entry, nth)| Event {
                id: Uuid::from_u128(nth),
                entry,
            })
            .collect(),
    );
    let status = history.status(new.identity.age(&history));
    let is_over = matches!(status, Some(Status::Exited | Status::Died));
    let time: Vec<Given> = new.time.into_iter().map(|entry| entry.given).collect();
    let case = Case {
        person: &Person {
            identity: new.identity,
            contact: new.contact,
            contact_at: new.contact_at,
            earlier_contacts: Vec::new(),
        },
        about: &new.about,
        history: &history,
        episodes: &new.episodes,
        needs: &new.needs,
        background: &new.background,
        time: &time,
        is_open: new.is_open.unwrap_or(!is_over),
    };
    code(case, schema, period, id)
}
