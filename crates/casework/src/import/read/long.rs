//! Files with a row for each event: which event a row is about, and what a row says that is about none.

use domain::Day;
use interchange::excerpt;
use interchange::table::{Cell, Row};
use store::FieldErrors;

use super::{From, Reader, Slot};
use crate::event::{self, Happened, Kind};
use crate::import::target::Place;
use crate::import::{Fault, cell};
use crate::sheet::Typed;

impl<'t> Reader<'t> {
    /// The event that a row is about, of whatever kind.
    pub(super) fn long(
        &self,
        row: &'t Row,
        slot: &Slot,
        opened_on: Option<Day>,
        faults: &mut Vec<Fault>,
    ) -> Option<Happened> {
        if self.is_of_no_event(row) {
            return self.of_no_event(row, slot, opened_on, faults);
        }
        let kind = Self::kind(row, slot, faults)?;
        let asked = kind.fields();
        let mut answers: Vec<(String, String)> = Vec::new();
        for source in slot.sources.iter().filter(|source| source.field.key != "kind") {
            let cell = Self::cell(row, source);
            self.take(row, source, &source.field, &cell, &mut answers, faults);
        }
        let Some(of_answers) = self.slots.iter().find(|slot| slot.place == Place::Answer) else {
            return self.happened(row, slot, kind, answers, faults);
        };
        for source in &of_answers.sources {
            let cell = Self::cell(row, source);
            // The same name may be asked in another way by another kind.
            match asked.iter().find(|field| field.key == source.field.key) {
                Some(field) => self.take(row, source, field, &cell, &mut answers, faults),
                None if cell.is_blank() || matches!(source.from, From::Fixed(_)) => {}
                None => faults.push(Fault {
                    row: row.number,
                    column: source.name.clone(),
                    value: excerpt(&cell.text()),
                    message: format!("“{kind}” does not ask this."),
                    remedy: "Leave the cell empty, or correct the kind of event.".into(),
                }),
            }
        }
        // Faults name the columns of both.
        match event::read(self.setting.now.british_day(), kind, &Typed::of(answers)) {
            Ok(happened) => Some(happened),
            Err(errors) => {
                for (field, message) in errors.iter() {
                    let mut one = FieldErrors::new();
                    one.add(field, message);
                    let of = [slot, of_answers]
                        .into_iter()
                        .find(|slot| slot.sources.iter().any(|source| source.field.key == field));
                    Self::say(row, of.or(Some(of_answers)), &one, faults);
                }
                None
            }
        }
    }

    /// Whether a row of a file with a row for each event says none: it is about the person alone.
    pub(super) fn is_of_no_event(&self, row: &Row) -> bool {
        let is_blank = |at: usize| row.cells.get(at).is_none_or(Cell::is_blank);
        self.kind_at.is_some_and(is_blank)
    }

    /// What a row says that is about no event: a note is one of the case, and anything else has no place.
    fn of_no_event(
        &self,
        row: &'t Row,
        slot: &Slot,
        opened_on: Option<Day>,
        faults: &mut Vec<Fault>,
    ) -> Option<Happened> {
        let said = |key: &str| {
            let source = slot.sources.iter().find(|source| source.field.key == key)?;
            let cell = Self::cell(row, source);
            (!cell.is_blank()).then_some((source, cell))
        };
        let Some((_, note)) = said("note") else {
            Self::without_place(row, slot, faults);
            return None;
        };
        let mut answers = vec![("words".to_owned(), note.text().trim().to_owned())];
        match said("on") {
            Some((source, cell)) => self.take(row, source, &source.field, &cell, &mut answers, faults),
            None => answers.push(("on".to_owned(), self.day_of(opened_on).iso())),
        }
        self.happened(row, slot, Kind::Note, answers, faults)
    }

    /// Faults for what a row says about an event, where it says none.
    pub(super) fn without_place(row: &Row, slot: &Slot, faults: &mut Vec<Fault>) {
        for source in slot
            .sources
            .iter()
            .filter(|source| matches!(source.from, From::Column(_)))
        {
            let cell = Self::cell(row, source);
            if !cell.is_blank() {
                faults.push(Fault {
                    row: row.number,
                    column: source.name.clone(),
                    value: excerpt(&cell.text()),
                    message: "The row does not say which event this is about.".into(),
                    remedy: "Write the kind of event, or leave the cell empty.".into(),
                });
            }
        }
    }

    /// The kind of event that a row is about; none where it is about the person alone.
    fn kind(row: &Row, slot: &Slot, faults: &mut Vec<Fault>) -> Option<Kind> {
        let source = slot.sources.iter().find(|source| source.field.key == "kind")?;
        let From::Column(at) = &source.from else { return None };
        let cell = row.cells.get(*at).filter(|cell| !cell.is_blank())?;
        let listed: Vec<(&str, &str)> = Kind::choices()
            .into_iter()
            .filter(|(code, _)| Kind::parse(code).is_ok_and(Kind::is_recorded))
            .collect();
        match cell::code(&cell.text(), &listed) {
            Ok(code) => Kind::parse(code).ok(),
            Err((message, remedy)) => {
                faults.push(Fault {
                    row: row.number,
                    column: source.name.clone(),
                    value: excerpt(&cell.text()),
                    message,
                    remedy,
                });
                None
            }
        }
    }
}
