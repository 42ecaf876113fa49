//! Events of a file that contradict what the file says of their case.

use domain::Day;
use interchange::table::Row;
use store::FieldErrors;

use super::{Reader, Slot};
use crate::event::{self, Beside, Happened, What};
use crate::import::Fault;
use crate::import::target::Place;

impl Reader<'_> {
    /// Adds a fault, at its row and column, for each event that contradicts when support began, when the person was born, or
    /// another event: as a form refuses it. `happened`: in the order of days.
    pub(super) fn beside(
        &self,
        happened: &[(&Row, Happened)],
        (opened_on, born_year): (Day, Option<i16>),
        faults: &mut Vec<Fault>,
    ) {
        let returns = happened.iter().filter(|(_, one)| matches!(one.what, What::Return(_)));
        let beside = Beside {
            opened_on,
            born_year,
            returned_on: returns.map(|(_, one)| one.on).max(),
        };
        for (nth, (row, one)) in happened.iter().enumerate() {
            let mut errors = FieldErrors::new();
            event::check_beside(one.on, &one.what, beside, &mut errors);
            let before = happened[..nth].iter().rev();
            if let Some(fault) = event::repeats(&one.what, before.map(|(_, one)| (one.on, &one.what))) {
                errors.add("on", fault);
            }
            for (field, message) in errors.iter() {
                let slot = self.slot_of(&one.what, field);
                Self::say(row, slot, &FieldErrors::of(field, message), faults);
            }
        }
    }

    /// The columns of an event, of which one is asked for: those of its kind, or, where a row is an event, those of any.
    pub(super) fn slot_of(&self, what: &What, field: &str) -> Option<&Slot> {
        let own = match what {
            What::Consent(sheet) => Place::Consent(sheet.purpose),
            what => Place::Event(what.kind()),
        };
        let places = [own, Place::Row, Place::Answer];
        let slots = places.iter();
        let slots = slots.filter_map(|place| self.slots.iter().find(|slot| slot.place == *place));
        let slots: Vec<_> = slots.collect();
        let has = |slot: &&&Slot| slot.sources.iter().any(|source| source.field.key == field);
        slots.iter().find(has).or(slots.first()).copied()
    }
}
