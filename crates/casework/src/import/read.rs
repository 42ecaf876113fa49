//! The rows of a file as cases, or as faults that name row, column and remedy. Nothing is asked of the database.

mod beside;
mod long;
mod name;
mod order;
mod parts;

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::casework::Purpose;
use domain::{Day, Instant};
use interchange::excerpt;
use interchange::table::{Cell, Row, Table};
use store::FieldErrors;
use uuid::Uuid;

use self::parts::Parts;
use super::Fault;
use super::cell;
use super::htcds;
use super::mapping::{Mapping, Others};
use super::others;
use super::target::{self, KIND, Place, REFERENCE};
use super::write::NewCase;
use crate::case::About;
use crate::event::{self, Entry, Happened, Kind};
use crate::person::{Identity, SafeContact};
use crate::sheet::{Field, Sheet, Typed};

/// With more faults than this, each further row tells its first alone: a column that was taken for another has one in every
/// row, and all of them stand in memory at once.
const MOST_FAULTS: usize = if cfg!(test) { 1_000 } else { 100_000 };

/// A case of the file, with the rows that it stands in.
#[derive(Debug)]
pub(super) struct Found {
    pub rows: Vec<u32>,
    pub new: NewCase,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub cases: Vec<Found>,
    /// In the order of rows.
    pub faults: Vec<Fault>,
    /// Days of its cases that hardly fit each other, in the order of rows.
    pub disorder: Vec<Fault>,
}

/// Where an answer comes from.
enum From {
    Column(usize),
    /// Several columns, read as one: a name, or ways of contact.
    Joined(name::Joined),
    Fixed(Cell),
}

struct Source {
    field: Field,
    from: From,
    /// What a fault calls it: the heading, or what is asked.
    name: String,
}

/// The questions of one place that the file answers.
struct Slot {
    place: Place,
    sources: Vec<Source>,
}

/// Whose file is read, and when.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub by: Uuid,
    pub now: Instant,
    pub is_invented: bool,
}

struct Reader<'t> {
    table: &'t Table,
    slots: Vec<Slot>,
    kind_at: Option<usize>,
    /// Columns of which the words are kept in a note.
    kept: Vec<usize>,
    setting: Setting,
    faults: Vec<Fault>,
    disorder: Vec<Fault>,
}

/// Leaves one fault of each row where there are `n` already, and those are too many to tell everything.
fn shorten(faults: &mut Vec<Fault>, n: usize) {
    if n <= MOST_FAULTS {
        return;
    }
    let mut n_of: HashMap<u32, usize> = HashMap::new();
    for fault in &*faults {
        *n_of.entry(fault.row).or_default() += 1;
    }
    let mut told = HashSet::new();
    faults.retain(|fault| told.insert(fault.row));
    for fault in faults
        .iter_mut()
        .filter(|fault| n_of.get(&fault.row).is_some_and(|n| *n > 1))
    {
        fault.remedy.push_str(" Other cells of this row have faults too.");
    }
}

/// Where a place stands in a case: events in the order in which they are declared, which is that of a case.
fn rank(place: Place) -> usize {
    let of = |kind: Kind| Kind::ALL.iter().position(|known| *known == kind).unwrap_or(0) + 20;
    match place {
        Place::Person => 0,
        Place::Contact => 1,
        Place::Case => 2,
        Place::Episode => 3,
        Place::Need => 4,
        Place::Background => 5,
        Place::Colleague => 6,
        Place::Voice => 7,
        Place::Time => 8,
        Place::Row => 9,
        Place::Answer => 10,
        Place::Event(kind) => of(kind),
        Place::Consent(_) => of(Kind::Consent),
    }
}

/// Reads a table by a mapping; a fault of the whole file in words where the mapping does not fit it.
pub(super) fn read(table: &Table, mapping: &Mapping, setting: Setting) -> Result<Read, String> {
    let mut slots: Vec<Slot> = Vec::new();
    let mut kind_at = None;
    let columns = mapping.columns.iter().map(|(heading, code)| {
        let at = table.headers.iter().position(|known| known == heading);
        let at = at
            .ok_or_else(|| format!("The file has no column “{heading}” any more: say again which column holds what"))?;
        Ok::<_, String>((code, From::Column(at), heading.clone()))
    });
    let fixed = mapping.fixed.iter().map(|(code, value)| {
        let words = target::find(code).map_or_else(|| code.clone(), target::Target::words);
        Ok((code, From::Fixed(Cell::from(value.as_str())), words))
    });
    for source in columns.chain(fixed) {
        let (code, from, name) = source?;
        let target = target::find(code).ok_or_else(|| format!("“{code}” is nothing that a column can hold"))?;
        if let (KIND, From::Column(at)) = (code.as_str(), &from) {
            kind_at = Some(*at);
        }
        let source = Source {
            field: target.field.clone(),
            from,
            name,
        };
        match slots.iter_mut().find(|slot| slot.place == target.place) {
            Some(slot) => slot.sources.push(source),
            None => slots.push(Slot {
                place: target.place,
                sources: vec![source],
            }),
        }
    }
    name::join(table, &mut slots);
    slots.sort_by_key(|slot| rank(slot.place));
    let mut reader = Reader {
        table,
        slots,
        kind_at,
        kept: match mapping.others {
            Others::Keep => others::columns(table, mapping),
            Others::LeaveOut => Vec::new(),
        },
        setting,
        faults: Vec::new(),
        disorder: Vec::new(),
    };
    let mut read = Read::default();
    for rows in reader.groups() {
        let before = reader.faults.len();
        let new = reader.case(&rows);
        let numbers: Vec<u32> = rows.iter().map(|row| row.number).collect();
        match new {
            Some(new) if reader.faults.len() == before => read.cases.push(Found { rows: numbers, new }),
            _ => reader.refuse_the_rest(&numbers, before),
        }
    }
    read.faults = reader.faults;
    read.faults.sort_by_key(|fault| fault.row);
    read.disorder = reader.disorder;
    read.disorder.sort_by_key(|fault| fault.row);
    Ok(read)
}

impl<'t> Reader<'t> {
    /// The rows of each case: one each, or, where a row is an event, those with one reference.
    fn groups(&mut self) -> Vec<Vec<&'t Row>> {
        let table = self.table;
        if self.kind_at.is_none() {
            return table.rows.iter().map(|row| vec![row]).collect();
        }
        let reference = self
            .slots
            .iter()
            .find(|slot| slot.place == Place::Case)
            .and_then(|slot| {
                slot.sources
                    .iter()
                    .find(|source| Some(source.field.key) == REFERENCE.strip_prefix("case."))
            });
        let at = match reference.map(|source| (&source.from, source.name.clone())) {
            Some((From::Column(at), name)) => (*at, name),
            // The same in every row: the file is about one person.
            Some((From::Fixed(_), _)) => return vec![table.rows.iter().collect()],
            Some((From::Joined(_), _)) | None => return table.rows.iter().map(|row| vec![row]).collect(),
        };
        let mut groups: Vec<Vec<&Row>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for row in &table.rows {
            let reference = row
                .cells
                .get(at.0)
                .map(|cell| cell.text().trim().to_owned())
                .unwrap_or_default();
            if reference.is_empty() {
                self.faults.push(Fault {
                    row: row.number,
                    column: at.1.clone(),
                    value: String::new(),
                    message: "The row does not say which case it belongs to.".into(),
                    remedy: "Write the reference of the case in every row: of merged cells only the first holds it."
                        .into(),
                });
                continue;
            }
            let place = *known.entry(reference).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Vec::new());
            }
            groups[place].push(row);
        }
        groups
    }

    /// A case is refused whole: its other rows come back too, so that the corrected file brings all of it.
    fn refuse_the_rest(&mut self, numbers: &[u32], before: usize) {
        let Some(first) = self.faults.get(before).map(|fault| fault.row) else {
            return;
        };
        let faulty: HashSet<u32> = self.faults[before..].iter().map(|fault| fault.row).collect();
        for row in numbers.iter().filter(|row| !faulty.contains(row)) {
            self.faults.push(Fault {
                row: *row,
                column: String::new(),
                value: String::new(),
                message: format!("Row {first} of the same case has a fault."),
                remedy: "Correct that row, and send this one with it.".into(),
            });
        }
    }

    fn cell(row: &Row, source: &Source) -> Cell {
        match &source.from {
            From::Column(at) => row.cells.get(*at).cloned().unwrap_or(Cell::Empty),
            From::Joined(columns) => name::cell(row, columns),
            From::Fixed(cell) => cell.clone(),
        }
    }

    /// Whether a row says anything about a slot that is not the same in every row.
    fn is_said(row: &Row, slot: &Slot) -> bool {
        slot.sources.iter().any(|source| match &source.from {
            From::Column(at) => row.cells.get(*at).is_some_and(|cell| !cell.is_blank()),
            From::Joined(columns) => !name::cell(row, columns).is_blank(),
            From::Fixed(_) => false,
        })
    }

    /// The answers of a slot in a row; bad cells become faults.
    fn answers(&self, row: &'t Row, slot: &Slot, faults: &mut Vec<Fault>) -> Vec<(String, String)> {
        let mut answers = Vec::new();
        for source in &slot.sources {
            let cell = Self::cell(row, source);
            self.take(row, source, &source.field, &cell, &mut answers, faults);
        }
        answers
    }

    /// Turns the faults of a form into faults of a row.
    fn say(row: &Row, slot: Option<&Slot>, errors: &FieldErrors, faults: &mut Vec<Fault>) {
        for (field, message) in errors.iter() {
            let source = slot.and_then(|slot| slot.sources.iter().find(|source| source.field.key == field));
            let column = source.map_or_else(
                || slot.map_or_else(|| field.to_owned(), |slot| words_of(slot.place, field)),
                |source| source.name.clone(),
            );
            let value = source.and_then(|source| match &source.from {
                From::Column(at) => row.cells.get(*at).map(|cell| excerpt(&cell.text())),
                From::Joined(columns) => Some(excerpt(&name::cell(row, columns).text())),
                From::Fixed(_) => None,
            });
            let fault = Fault {
                row: row.number,
                column,
                value: value.unwrap_or_default(),
                message: format!("{message}."),
                remedy: "Correct the cell, or fill it in.".into(),
            };
            // A cell that could not be read is not missed as well.
            if !faults
                .iter()
                .any(|known| known.row == fault.row && known.column == fault.column)
            {
                faults.push(fault);
            }
        }
    }

    /// A sheet of which the rows of a case say each answer once.
    fn sheet<S: Sheet>(&self, rows: &[&'t Row], place: Place, faults: &mut Vec<Fault>) -> Option<S> {
        let Some(slot) = self.slots.iter().find(|slot| slot.place == place) else {
            return S::read(&Typed::default(), &mut FieldErrors::new());
        };
        let mut answers: Vec<(String, String)> = Vec::new();
        let mut first: HashMap<String, (u32, Vec<String>)> = HashMap::new();
        for row in rows {
            // In one order, so that a file that is read again has the same faults.
            let mut by_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (key, value) in self.answers(row, slot, faults) {
                by_key.entry(key).or_default().push(value);
            }
            for (key, values) in by_key {
                match first.get(&key) {
                    None => {
                        answers.extend(values.iter().map(|value| (key.clone(), value.clone())));
                        first.insert(key, (row.number, values));
                    }
                    Some((other, said)) if *said != values => {
                        let source = slot.sources.iter().find(|source| source.field.key == key);
                        faults.push(Fault {
                            row: row.number,
                            column: source.map(|source| source.name.clone()).unwrap_or_default(),
                            value: excerpt(&values.join("; ")),
                            message: format!("Row {other} of the same case says something else."),
                            remedy: "Correct one of them, or leave it out of this row.".into(),
                        });
                    }
                    Some(_) => {}
                }
            }
        }
        let mut errors = FieldErrors::new();
        let sheet = S::read(&Typed::of(answers), &mut errors);
        Self::say(rows.first()?, Some(slot), &errors, faults);
        sheet
    }

    fn case(&mut self, rows: &[&'t Row]) -> Option<NewCase> {
        let (mut faults, mut disorder) = (Vec::new(), Vec::new());
        let new = self.assemble(rows, &mut faults, &mut disorder);
        let is_good = faults.is_empty();
        if is_good {
            self.disorder.append(&mut disorder);
        }
        shorten(&mut faults, self.faults.len());
        self.faults.append(&mut faults);
        new.filter(|_| is_good)
    }

    fn assemble(&self, rows: &[&'t Row], faults: &mut Vec<Fault>, disorder: &mut Vec<Fault>) -> Option<NewCase> {
        let first = *rows.first()?;
        let today = self.setting.now.british_day();
        for row in rows {
            faults.extend(self.stray(row));
        }
        let identity = self.sheet::<Identity>(rows, Place::Person, faults);
        let about = self.sheet::<About>(rows, Place::Case, faults);
        let contact = if self.slots.iter().any(|slot| slot.place == Place::Contact) {
            self.sheet::<SafeContact>(rows, Place::Contact, faults)
        } else {
            Some(SafeContact::none())
        };
        let opened_on = about
            .as_ref()
            .map(|about| about.opened_on)
            .filter(|opened_on| *opened_on <= today);
        let mut parts = Parts::default();
        let mut happened = Vec::new();
        for row in rows {
            // Of this row alone: what is already known of a cell is looked for among them.
            let (mut found, mut said) = (Vec::new(), Vec::new());
            for slot in self.slots.iter().filter(|slot| Self::is_said(row, slot)) {
                match slot.place {
                    Place::Episode => parts.episodes.extend(self.part(row, slot, &mut found)),
                    Place::Need => parts.needs.extend(self.part(row, slot, &mut found)),
                    Place::Background => parts.background.extend(self.part(row, slot, &mut found)),
                    Place::Colleague => parts.contacts.extend(self.part(row, slot, &mut found)),
                    Place::Voice => parts.voices.extend(self.part(row, slot, &mut found)),
                    Place::Time => parts.time.extend(self.time(row, slot, &mut found)),
                    Place::Event(kind) => said.extend(self.event(row, slot, kind, None, opened_on, &mut found)),
                    Place::Consent(purpose) => {
                        said.extend(self.event(row, slot, Kind::Consent, Some(purpose), opened_on, &mut found));
                    }
                    Place::Row => said.extend(self.long(row, slot, opened_on, &mut found)),
                    Place::Answer if self.is_of_no_event(row) => Self::without_place(row, slot, &mut found),
                    Place::Person | Place::Contact | Place::Case | Place::Answer => {}
                }
            }
            happened.extend(said.into_iter().map(|one| (*row, one)));
            shorten(&mut found, self.faults.len() + faults.len());
            faults.append(&mut found);
        }
        for words in others::words(self.table, rows, &self.kept) {
            let typed = Typed::of([("on", self.day_of(opened_on).iso()), ("words", words)]);
            match event::read(today, Kind::Note, &typed) {
                Ok(note) => happened.push((first, note)),
                Err(errors) => Self::say(first, None, &errors, faults),
            }
        }
        let (identity, about, contact) = (identity?, about?, contact?);
        let mut errors = FieldErrors::new();
        about.check(today, identity.born_year(), &mut errors);
        let mut of_person = FieldErrors::new();
        identity.check(about.opened_on, today, &mut of_person);
        Self::say(
            first,
            self.slots.iter().find(|slot| slot.place == Place::Person),
            &of_person,
            faults,
        );
        Self::say(
            first,
            self.slots.iter().find(|slot| slot.place == Place::Case),
            &errors,
            faults,
        );
        let mut errors = FieldErrors::new();
        contact.check(today, &mut errors);
        Self::say(
            first,
            self.slots.iter().find(|slot| slot.place == Place::Contact),
            &errors,
            faults,
        );
        happened.sort_by_key(|(_, one)| one.on);
        self.beside(&happened, (about.opened_on, identity.born_year()), faults);
        disorder.extend(self.out_of_order(&happened, &about));
        // What happened on one day is told in the order of the file.
        let events = happened
            .into_iter()
            .zip(0_i64..)
            .map(|((_, happened), nth)| Entry {
                on: happened.on,
                what: happened.what,
                note: happened.note,
                basis: happened.basis,
                supersedes: None,
                by: self.setting.by,
                at: Instant(self.setting.now.0 + nth),
            })
            .collect();
        Some(NewCase {
            identity,
            contact,
            contact_at: self.setting.now,
            about,
            events,
            episodes: parts.episodes,
            needs: parts.needs,
            background: parts.background,
            contacts: parts.contacts,
            voices: parts.voices,
            time: parts.time,
            members: vec![self.setting.by],
            is_open: self.is_closed(rows).then_some(false),
            is_invented: self.setting.is_invented,
        })
    }

    /// Whether a file of the case data standard says that a case is closed. Every other says so by the end of support or a death.
    fn is_closed(&self, rows: &[&'t Row]) -> bool {
        let at = self.table.stray.iter().find(|at| self.says_closed(**at));
        at.is_some_and(|at| {
            rows.iter()
                .any(|row| row.cells.get(*at).is_some_and(|cell| !cell.is_blank()))
        })
    }

    /// Whether a column is the one that tells which cases are closed.
    fn says_closed(&self, at: usize) -> bool {
        self.table
            .headers
            .get(at)
            .is_some_and(|heading| heading == htcds::IS_CLOSED)
    }

    /// Content in a column without heading mostly comes from a separator that was not quoted.
    fn stray(&self, row: &Row) -> Vec<Fault> {
        let cells = self
            .table
            .stray
            .iter()
            .filter(|at| !self.says_closed(**at))
            .filter_map(|at| Some((*at, row.cells.get(*at)?)));
        cells
            .filter(|(_, cell)| !cell.is_blank())
            .map(|(at, cell)| Fault {
                row: row.number,
                column: self.table.headers.get(at).cloned().unwrap_or_default(),
                value: excerpt(&cell.text()),
                message: "The row holds something in a column that has no heading.".into(),
                remedy: "Check for a comma inside a text without quotation marks, or give the column a heading.".into(),
            })
            .collect()
    }

    fn event(
        &self,
        row: &'t Row,
        slot: &Slot,
        kind: Kind,
        purpose: Option<Purpose>,
        opened_on: Option<Day>,
        faults: &mut Vec<Fault>,
    ) -> Option<Happened> {
        let mut answers = self.answers(row, slot, faults);
        if let Some(purpose) = purpose {
            answers.push(("purpose".to_owned(), purpose.code().to_owned()));
        }
        // Where the file has no column for the day, an answer was given when support began, and a note is of that day.
        let is_dated = match kind {
            Kind::Consent => slot.sources.iter().any(|source| source.field.key == "on"),
            Kind::Note => answers.iter().any(|(key, _)| key == "on"),
            _ => true,
        };
        if !is_dated {
            answers.push(("on".to_owned(), self.day_of(opened_on).iso()));
        }
        self.happened(row, slot, kind, answers, faults)
    }

    /// The day that support began. Where the row does not say it, which is a fault of its own, today stands in: the other answers
    /// are looked at all the same, and nothing comes of them.
    fn day_of(&self, opened_on: Option<Day>) -> Day {
        opened_on.unwrap_or_else(|| self.setting.now.british_day())
    }

    fn happened(
        &self,
        row: &'t Row,
        slot: &Slot,
        kind: Kind,
        answers: Vec<(String, String)>,
        faults: &mut Vec<Fault>,
    ) -> Option<Happened> {
        match event::read(self.setting.now.british_day(), kind, &Typed::of(answers)) {
            Ok(happened) => Some(happened),
            Err(errors) => {
                Self::say(row, Some(slot), &errors, faults);
                None
            }
        }
    }

    fn take(
        &self,
        row: &Row,
        source: &Source,
        field: &Field,
        cell: &Cell,
        answers: &mut Vec<(String, String)>,
        faults: &mut Vec<Fault>,
    ) {
        if let Err((message, remedy)) = cell::put(field, cell, self.table.epoch, answers) {
            faults.push(Fault {
                row: row.number,
                column: source.name.clone(),
                value: excerpt(&cell.text()),
                message,
                remedy,
            });
        }
    }
}

/// What a question is called that no column answers.
fn words_of(place: Place, key: &str) -> String {
    target::targets()
        .iter()
        .find(|target| target.place == place && target.field.key == key)
        .map_or_else(|| key.to_owned(), target::Target::words)
}
