//! What a row says of a case besides events: episodes, needs, background, contacts, what the person says, unpaid time.

use interchange::table::Row;
use store::FieldErrors;

use super::{Reader, Slot};
use crate::background::Background;
use crate::contact::Contact;
use crate::exploitation::Episode;
use crate::import::Fault;
use crate::need::Need;
use crate::part::Part;
use crate::sheet::Typed;
use crate::time_entry::{Given, TimeEntry};
use crate::voice::Voice;

/// The parts of a case, as its rows tell them.
#[derive(Default)]
pub(super) struct Parts {
    pub episodes: Vec<Episode>,
    pub needs: Vec<Need>,
    pub background: Vec<Background>,
    pub contacts: Vec<Contact>,
    pub voices: Vec<Voice>,
    pub time: Vec<TimeEntry>,
}

impl<'t> Reader<'t> {
    /// A part that a row says, checked as its form is.
    pub(super) fn part<P: Part>(&self, row: &'t Row, slot: &Slot, faults: &mut Vec<Fault>) -> Option<P> {
        let answers = self.answers(row, slot, faults);
        let mut errors = FieldErrors::new();
        let part = P::read(&Typed::of(answers), &mut errors);
        if let Some(part) = &part {
            part.check(self.setting.now.british_day(), &mut errors);
        }
        Self::say(row, Some(slot), &errors, faults);
        part
    }

    /// Time that was given free: by whoever brings the file in, because a file does not name members.
    pub(super) fn time(&self, row: &'t Row, slot: &Slot, faults: &mut Vec<Fault>) -> Option<TimeEntry> {
        let answers = self.answers(row, slot, faults);
        let given = match Given::typed(&Typed::of(answers), self.setting.now.british_day()) {
            Ok(given) => Some(given),
            Err(errors) => {
                Self::say(row, Some(slot), &errors, faults);
                None
            }
        };
        let by = self.setting.by;
        given.map(|given| TimeEntry { given, by })
    }
}
