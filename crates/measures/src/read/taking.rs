//! Taking in rows one after the other, whatever they are written in.

use std::collections::HashSet;

use domain::pack::{Column, Pack, ROW, Value};
use uuid::{Uuid, Variant};

use super::{Fault, MOST_FAULTS, MOST_ROWS, Refused};
use crate::Rows;
use crate::rows::{Choices, Misfit, encode, encode_value, shown};

/// Rows being taken in. CSV and JSON have readers of their own; a spreadsheet's cells come through this as text.
pub struct Taking<'p> {
    pack: &'p Pack,
    /// For each heading the column's place in the schema; `None` for the row id.
    headings: Vec<Option<usize>>,
    /// The codes of each column of the schema.
    codes: Vec<Choices<'p>>,
    /// Pairs of columns of which the first counts a part of the second.
    parts: Vec<(usize, usize)>,
    rows: Rows,
    seen: HashSet<Uuid>,
    faults: Vec<Fault>,
    more: u64,
}

impl<'p> Taking<'p> {
    /// Begins with no row.
    pub(super) fn new(pack: &'p Pack) -> Self {
        let place = |name: &Option<String>| Some(pack.schema.column(name.as_deref()?)?.0);
        let parts = pack
            .definitions
            .iter()
            .filter(|definition| definition.statistic == domain::indicator::Statistic::Share)
            .filter_map(|definition| Some((place(&definition.of)?, place(&definition.out_of)?)))
            .collect();
        Self {
            pack,
            headings: Vec::new(),
            codes: pack
                .schema
                .columns()
                .iter()
                .map(|column| Choices::of(&pack.schema, column))
                .collect(),
            parts,
            rows: Rows::empty(&pack.schema),
            seen: HashSet::new(),
            faults: Vec::new(),
            more: 0,
        }
    }

    /// Begins with a table's headings.
    ///
    /// # Errors
    ///
    /// Every heading that is not a column of the pack, by its name; one that stands twice; a missing row id.
    pub fn under(pack: &'p Pack, headings: &[&str]) -> Result<Self, Refused> {
        let mut taking = Self::new(pack);
        let mut named = HashSet::new();
        for heading in headings {
            let name = heading.trim();
            if !named.insert(name) {
                taking.fault(Fault::new(
                    None,
                    &shown(name.as_bytes()),
                    "the heading stands there twice",
                    "keep one of the two columns",
                ));
            } else if name == ROW {
                taking.headings.push(None);
            } else if let Some(place) = taking.place(None, name) {
                taking.headings.push(Some(place));
            }
        }
        if !named.contains(ROW) {
            taking.fault(Fault::new(
                None,
                ROW,
                "there is no such column",
                "add it, with a random id (UUID version 4) in each row",
            ));
        }
        if taking.faults.is_empty() {
            Ok(taking)
        } else {
            Err(taking.refused())
        }
    }

    /// Takes the cells of a row, in the order of the headings. `number` is the row's as its reader sees it.
    pub fn row<'a>(&mut self, number: u64, cells: impl ExactSizeIterator<Item = &'a [u8]> + Clone) {
        if cells.len() != self.headings.len() {
            self.fault(Fault::new(
                Some(number),
                "",
                format!("it has {} cells under {} headings", cells.len(), self.headings.len()),
                "give each row one cell under each heading",
            ));
            return;
        }
        let place = self.headings.iter().position(Option::is_none);
        let id = place.and_then(|place| cells.clone().nth(place)).unwrap_or_default();
        let id = id.trim_ascii();
        let Ok(id) = Uuid::try_parse_ascii(id) else {
            self.fault(Fault::new(
                Some(number),
                ROW,
                format!("{} is not an id", shown(id)),
                "write a random id (UUID version 4)",
            ));
            return;
        };
        self.begin(number, id);
        for (index, cell) in cells.enumerate() {
            if !cell.is_empty()
                && let Some(place) = self.headings[index]
            {
                self.put(number, place, |choices, column| encode(choices, column, cell));
            }
        }
        self.end(number);
    }

    /// Takes a row of JSON.
    pub(super) fn values<'a>(&mut self, number: u64, id: Uuid, values: impl Iterator<Item = (&'a String, &'a Value)>) {
        self.begin(number, id);
        for (name, value) in values {
            if let Some(place) = self.place(Some(number), name) {
                self.put(number, place, |choices, column| encode_value(choices, column, value));
            }
        }
        self.end(number);
    }

    /// All rows, if none has a fault.
    ///
    /// # Errors
    ///
    /// Every fault, and a file without a row.
    pub fn finish(mut self) -> Result<Rows, Refused> {
        if self.rows.is_empty() && self.faults.is_empty() {
            self.fault(Fault::new(None, "", "there is no row", "give one row for each case"));
        }
        if self.faults.is_empty() {
            Ok(self.rows)
        } else {
            Err(self.refused())
        }
    }

    fn begin(&mut self, number: u64, id: Uuid) {
        if self.rows.len() == MOST_ROWS {
            self.fault(Fault::new(
                Some(number),
                "",
                format!("the file has more than {MOST_ROWS} rows"),
                "give the cases of one cycle and one organisation",
            ));
        }
        if id.get_version_num() != 4 || id.get_variant() != Variant::RFC4122 {
            self.fault(Fault::new(
                Some(number),
                ROW,
                "the id is not random, so something of the case might be read from it",
                "write a random id (UUID version 4), not a number of your own",
            ));
        }
        if !self.seen.insert(id) {
            self.fault(Fault::new(
                Some(number),
                ROW,
                "another row has the same id",
                "give each row a random id of its own",
            ));
        }
        // Rows of a file that is refused anyway need no room.
        if self.faults.is_empty() || self.rows.is_empty() {
            self.rows.begin(id);
        }
    }

    fn place(&mut self, row: Option<u64>, name: &str) -> Option<usize> {
        let place = self.pack.schema.column(name).map(|(place, _)| place);
        if place.is_none() {
            self.fault(Fault::new(
                row,
                &shown(name.as_bytes()),
                "the pack has no such column, and nothing else may be sent",
                "remove it, or spell it as the pack does",
            ));
        }
        place
    }

    fn put(&mut self, number: u64, place: usize, encode: impl Fn(Choices<'_>, &Column) -> Result<u32, Misfit>) {
        let column = &self.pack.schema.columns()[place];
        match encode(self.codes[place], column) {
            Ok(0) => {}
            Ok(value) => self.rows.set(place, value),
            Err((what, remedy)) => self.fault(Fault::new(Some(number), &column.name, what, remedy)),
        }
    }

    /// Checks what one column says about another.
    fn end(&mut self, number: u64) {
        if !self.faults.is_empty() {
            return;
        }
        let Some(last) = self.rows.len().checked_sub(1) else {
            return;
        };
        for index in 0..self.parts.len() {
            let (part, whole) = self.parts[index];
            let (some, all) = (
                self.rows.columns()[part].get(last),
                self.rows.columns()[whole].get(last),
            );
            if all > 0 && some > all {
                let columns = self.pack.schema.columns();
                let (part, whole) = (columns[part].name.clone(), columns[whole].name.clone());
                self.fault(Fault::new(
                    Some(number),
                    &part,
                    format!("it is higher than {whole}, of which it is a part"),
                    "correct one of the two",
                ));
            }
        }
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    fn refused(self) -> Refused {
        Refused {
            faults: self.faults,
            more: self.more,
        }
    }
}
