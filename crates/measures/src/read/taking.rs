//! Taking in rows one after the other, whatever they are written in.

use std::collections::{HashMap, HashSet};

use domain::pack::codes::YesNo;
use domain::pack::{Column, Days, Kind, Pack, Quarter, ROW, Value};
use uuid::{Uuid, Variant};

use super::{Fault, MOST_FAULTS, MOST_ROWS, Refused};
use crate::Rows;
use crate::rows::{Choices, Misfit, encode, encode_value, shown};

/// What stands under a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    /// The row's id.
    Id,
    /// A column, by its place in the schema.
    Column(usize),
    /// What has no place here: the heading is a fault, and its cells are passed over.
    Nothing,
}

/// A column that rows have and the pack does not.
#[derive(Debug, Clone, Copy)]
struct Foreign {
    /// Its place among such columns, in the order of the file.
    place: usize,
    /// The first row that has it.
    first: u64,
    /// How many rows have it.
    rows: u64,
}

/// Columns of quarters, each with the one that says whether the same day is of the period.
const OF_PERIOD: [(&str, &str); 3] = [
    ("referral_quarter", "referred_in_period"),
    ("rg_quarter", "rg_in_period"),
    ("cg_quarter", "cg_in_period"),
];

/// A column of quarters, by its place in the schema.
#[derive(Debug, Clone, Copy)]
struct Dated {
    quarter: usize,
    /// The column that says whether the day is of the period.
    is_of_period: Option<usize>,
    /// The period, and the numbers of its first and its last quarter.
    period: (Days, u32, u32),
}

impl Dated {
    /// Those of a pack; none where it does not say its period.
    fn of(pack: &Pack) -> Vec<Self> {
        let number = |day: domain::Day| Some(u32::from(Quarter::of(day.year(), day.month())?.number()));
        let Some(period) = pack
            .period
            .and_then(|days| Some((days, number(days.from)?, number(days.until)?)))
        else {
            return Vec::new();
        };
        let beside = |name: &str| {
            let (_, flag) = OF_PERIOD.iter().find(|(quarter, _)| *quarter == name)?;
            Some(pack.schema.column(flag)?.0)
        };
        let columns = pack.schema.columns().iter().enumerate();
        columns
            .filter(|(_, column)| column.kind == Kind::Quarter)
            .map(|(quarter, column)| Self {
                quarter,
                is_of_period: beside(&column.name),
                period,
            })
            .collect()
    }
}

/// The first and the last quarter of what a column of quarters holds: years stand there after all quarters.
fn quarters(number: u32) -> (u32, u32) {
    match number.checked_sub(u32::from(Quarter::COUNT)) {
        None => (number, number),
        Some(year) => (4 * year, 4 * year + 3),
    }
}

/// Rows being taken in. CSV and JSON have readers of their own; a spreadsheet's cells come through this as text.
pub struct Taking<'p> {
    pack: &'p Pack,
    headings: Vec<Under>,
    /// The codes of each column of the schema.
    codes: Vec<Choices<'p>>,
    /// Pairs of columns of which the first counts a part of the second.
    parts: Vec<(usize, usize)>,
    dated: Vec<Dated>,
    rows: Rows,
    seen: HashSet<Uuid>,
    /// How many rows there were, sound or not.
    n: usize,
    faults: Vec<Fault>,
    more: u64,
    /// By name, of rows that name their columns themselves.
    foreign: HashMap<String, Foreign>,
}

impl<'p> Taking<'p> {
    /// Begins with no row.
    pub(super) fn new(pack: &'p Pack) -> Self {
        let place = |name: &Option<String>| Some(pack.schema.column(name.as_deref()?)?.0);
        let mut parts: Vec<_> = pack
            .definitions
            .iter()
            .filter(|definition| definition.statistic == domain::indicator::Statistic::Share)
            .filter_map(|definition| Some((place(&definition.of)?, place(&definition.out_of)?)))
            .collect();
        // Several measures may divide the same two.
        parts.sort_unstable();
        parts.dedup();
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
            dated: Dated::of(pack),
            rows: Rows::empty(&pack.schema),
            seen: HashSet::new(),
            n: 0,
            faults: Vec::new(),
            more: 0,
            foreign: HashMap::new(),
        }
    }

    /// Begins with a table's headings. Every one that is not a column of the pack or stands there twice is a fault, and so is
    /// a missing row id; the cells are read all the same, because whoever corrects a file wants the whole list.
    pub fn under(pack: &'p Pack, headings: &[&str]) -> Self {
        Self::under_read(pack, headings.iter().map(|heading| Ok(*heading)))
    }

    /// Begins with headings of which some are not UTF-8, and come as they are.
    pub(super) fn under_read<'a>(pack: &'p Pack, headings: impl Iterator<Item = Result<&'a str, &'a [u8]>>) -> Self {
        let mut taking = Self::new(pack);
        let mut named = HashSet::new();
        for heading in headings {
            let under = match heading {
                Ok(text) => taking.heading(text.trim(), &mut named),
                Err(bytes) => {
                    taking.fault(Fault::new(
                        None,
                        &shown(bytes),
                        "the heading is not UTF-8",
                        "save the file as CSV UTF-8",
                    ));
                    Under::Nothing
                }
            };
            taking.headings.push(under);
        }
        if !named.contains(ROW) {
            taking.fault(Fault::new(
                None,
                ROW,
                "there is no such column",
                "add it, with a random id (UUID version 4) in each row",
            ));
        }
        taking
    }

    fn heading<'a>(&mut self, name: &'a str, named: &mut HashSet<&'a str>) -> Under {
        if !named.insert(name) {
            self.fault(Fault::new(
                None,
                &shown(name.as_bytes()),
                "the heading stands there twice",
                "keep one of the two columns",
            ));
            Under::Nothing
        } else if name == ROW {
            Under::Id
        } else {
            self.place(None, name).map_or(Under::Nothing, Under::Column)
        }
    }

    /// Takes the cells of a row, in the order of the headings. `number` is the row's as its reader sees it.
    pub fn row<'a>(&mut self, number: u64, cells: impl ExactSizeIterator<Item = &'a [u8]> + Clone) {
        if cells.len() != self.headings.len() {
            let (n, headings) = (cells.len(), self.headings.len());
            self.refuse(
                number,
                format!("it has {n} cells under {headings} headings"),
                "give each row one cell under each heading",
            );
            return;
        }
        let place = self.headings.iter().position(|under| *under == Under::Id);
        // Without the column its fault is named once, and not in each row.
        let id = place.and_then(|place| cells.clone().nth(place));
        let id = id.and_then(|id| self.id(number, id.trim_ascii()));
        self.begin(number, id);
        for (index, cell) in cells.enumerate() {
            if !cell.is_empty()
                && let Under::Column(place) = self.headings[index]
            {
                self.put(number, place, |choices, column| encode(choices, column, cell));
            }
        }
        self.end(number);
    }

    /// Takes a row that was made elsewhere in the program.
    pub(super) fn values<'a>(&mut self, number: u64, id: Uuid, values: impl Iterator<Item = (&'a String, &'a Value)>) {
        self.begin(number, Some(id));
        for (name, value) in values {
            self.value(number, name, value);
        }
        self.end(number);
    }

    /// Takes a value of the row that was begun.
    pub(super) fn value(&mut self, number: u64, name: &str, value: &Value) {
        if let Some(place) = self.place(Some(number), name) {
            self.put(number, place, |choices, column| encode_value(choices, column, value));
        }
    }

    /// Refuses what stands in a column and is no value at all: `words` say what it is.
    pub(super) fn misfit(&mut self, number: u64, name: &str, words: &str) {
        let Some(place) = self.place(Some(number), name) else {
            return;
        };
        let column = &self.pack.schema.columns()[place];
        let (what, remedy) = match &column.kind {
            Kind::Number { top, .. } => (
                format!("{words} is not a whole number from 0 to {top}"),
                format!("write digits alone, and {top} for {top} and everything above it"),
            ),
            Kind::Code(_) | Kind::Flag | Kind::Quarter => (
                format!("{words} is not a code of this column"),
                "write a code (also yes and no) between quotation marks; leave the column out where it is not known"
                    .to_owned(),
            ),
        };
        self.fault(Fault::new(Some(number), &column.name, what, remedy));
    }

    /// Reads a row's id.
    pub(super) fn id(&mut self, number: u64, text: &[u8]) -> Option<Uuid> {
        let id = Uuid::try_parse_ascii(text).ok();
        if id.is_none() {
            self.not_an_id(number, &shown(text));
        }
        id
    }

    /// Refuses what stands in the place of a row's id.
    pub(super) fn not_an_id(&mut self, number: u64, words: &str) {
        self.fault(Fault::new(
            Some(number),
            ROW,
            format!("{words} is not an id"),
            "write a random id (UUID version 4)",
        ));
    }

    /// Refuses a row of which no cell can be read.
    pub(super) fn refuse(&mut self, number: u64, what: impl Into<String>, remedy: &str) {
        self.n += 1;
        self.fault(Fault::new(Some(number), "", what, remedy));
    }

    /// All rows, if none has a fault.
    ///
    /// # Errors
    ///
    /// Every fault, and a file without a row.
    pub fn finish(mut self) -> Result<Rows, Refused> {
        if self.n == 0 {
            self.fault(Fault::new(None, "", "there is no row", "give one row for each case"));
        }
        if self.is_refused() {
            Err(self.refused())
        } else {
            Ok(self.rows)
        }
    }

    /// Begins a row. One without an id has had its fault.
    pub(super) fn begin(&mut self, number: u64, id: Option<Uuid>) {
        self.n += 1;
        if self.n == MOST_ROWS + 1 {
            self.fault(Fault::new(
                Some(number),
                "",
                format!("the file has more than {MOST_ROWS} rows"),
                "give the cases of one cycle and one organisation",
            ));
        }
        if let Some(id) = id {
            self.check_id(number, id);
        }
        // Rows of a file that is refused anyway need no room.
        // The last one is written over, so that what one column says of another is still checked.
        if !self.is_refused() || self.rows.is_empty() {
            self.rows.begin(id.unwrap_or_default());
        } else {
            self.rows.clear_last();
        }
    }

    fn check_id(&mut self, number: u64, id: Uuid) {
        if id.get_version_num() != 4 || id.get_variant() != Variant::RFC4122 {
            self.fault(Fault::new(
                Some(number),
                ROW,
                "the id is not random, so something of the case might be read from it",
                "write a random id (UUID version 4), not a number of your own",
            ));
        }
        // A file with too many rows is refused, and its ids need no more room.
        if self.n <= MOST_ROWS && !self.seen.insert(id) {
            self.fault(Fault::new(
                Some(number),
                ROW,
                "another row has the same id",
                "give each row a random id of its own",
            ));
        }
    }

    fn place(&mut self, row: Option<u64>, name: &str) -> Option<usize> {
        let place = self.pack.schema.column(name).map(|(place, _)| place);
        match row {
            _ if place.is_some() => {}
            None => self.fault(no_such_column(name, "")),
            // Once for all rows, or it would hide what else is wrong with them.
            Some(row) => {
                if let Some(known) = self.foreign.get_mut(name) {
                    known.rows += 1;
                } else {
                    let foreign = Foreign {
                        place: self.foreign.len(),
                        first: row,
                        rows: 1,
                    };
                    self.foreign.insert(name.to_owned(), foreign);
                }
            }
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

    /// Checks what one column says about another, and about the period.
    pub(super) fn end(&mut self, number: u64) {
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
        for index in 0..self.dated.len() {
            self.check_quarter(number, last, self.dated[index]);
        }
    }

    /// Checks a quarter: rows say what was so on the period's last day, and what is of the period lies in it.
    fn check_quarter(&mut self, number: u64, last: usize, dated: Dated) {
        let get = |place: usize| self.rows.columns()[place].get(last);
        let Some((begins, ends)) = get(dated.quarter).checked_sub(1).map(quarters) else {
            return;
        };
        let (days, first_of_period, last_of_period) = dated.period;
        let name = |place: usize| self.pack.schema.columns()[place].name.as_str();
        let fault = if begins > last_of_period {
            Fault::new(
                Some(number),
                name(dated.quarter),
                format!("it is after the period, which ends on {}", days.until),
                "correct it, or leave out what happened after the period",
            )
        } else if ends < first_of_period
            && let Some(flag) = dated.is_of_period
            && self.rows.value(last, flag) == Some(Value::Code(YesNo::Yes.code().to_owned()))
        {
            Fault::new(
                Some(number),
                name(flag),
                format!(
                    "it says yes, but {} is before the period, which begins on {}",
                    name(dated.quarter),
                    days.from
                ),
                "correct one of the two",
            )
        } else {
            return;
        };
        self.fault(fault);
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// How many rows are kept.
    #[cfg(test)]
    pub(super) fn n_kept(&self) -> usize {
        self.rows.len()
    }

    /// Whether anything is wrong so far.
    fn is_refused(&self) -> bool {
        !self.faults.is_empty() || !self.foreign.is_empty()
    }

    /// Every fault: columns that the pack does not have come first, as in a table, whose headings do.
    fn refused(self) -> Refused {
        let mut foreign: Vec<(String, Foreign)> = self.foreign.into_iter().collect();
        foreign.sort_unstable_by_key(|(_, one)| one.place);
        let foreign = foreign.into_iter().map(|(name, one)| {
            let rows = if one.rows == 1 {
                format!(" (in row {})", one.first)
            } else {
                format!(" (in {} rows, the first of them row {})", one.rows, one.first)
            };
            no_such_column(&name, &rows)
        });
        let mut faults: Vec<Fault> = foreign.chain(self.faults).collect();
        let more = faults.len().saturating_sub(MOST_FAULTS) as u64 + self.more;
        faults.truncate(MOST_FAULTS);
        Refused { faults, more }
    }
}

/// The fault of a column that the pack does not have; `rows` says which rows have it, and is empty for a heading.
fn no_such_column(name: &str, rows: &str) -> Fault {
    Fault::new(
        None,
        &shown(name.as_bytes()),
        format!("the pack has no such column, and nothing else may be sent{rows}"),
        "remove it, or spell it as the pack does",
    )
}
