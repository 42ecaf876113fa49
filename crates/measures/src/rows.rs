//! Coded rows as columns: one small number for each case and column, 0 where nothing is known.

use domain::pack::{Code, Column, Kind, Quarter, Schema, Unit, Value, Wider};
use uuid::Uuid;

/// How many years a quarter may be told by alone: 2000 to 2099, which stand after all quarters.
pub(crate) const YEARS: u16 = Quarter::COUNT / 4;

/// The values of a column. 0 is not known; a code is its place in its list plus one, and those that say less follow; a number is
/// itself plus one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cells {
    /// Codes and flags: a list has at most 100 codes.
    Code(Vec<u8>),
    /// Numbers up to 10,000 and quarters.
    Number(Vec<u16>),
    /// Pounds.
    Money(Vec<u32>),
}

impl Cells {
    fn of(column: &Column) -> Self {
        match column.kind {
            Kind::Code(_) | Kind::Flag => Self::Code(Vec::new()),
            Kind::Number { unit: Unit::Money, .. } => Self::Money(Vec::new()),
            Kind::Number { .. } | Kind::Quarter => Self::Number(Vec::new()),
        }
    }

    fn push_unknown(&mut self) {
        match self {
            Self::Code(cells) => cells.push(0),
            Self::Number(cells) => cells.push(0),
            Self::Money(cells) => cells.push(0),
        }
    }

    /// Puts a value that [`encode`] made of this very column into the last row.
    fn set_last(&mut self, value: u32) {
        const FITS: &str = "the schema keeps every value within the width of its column";
        match self {
            Self::Code(cells) => *cells.last_mut().expect("a row was begun") = u8::try_from(value).expect(FITS),
            Self::Number(cells) => *cells.last_mut().expect("a row was begun") = u16::try_from(value).expect(FITS),
            Self::Money(cells) => *cells.last_mut().expect("a row was begun") = value,
        }
    }

    /// Copies values, beginning with a row, for as many rows as there is room for.
    pub(crate) fn widen(&self, start: usize, into: &mut [u32]) {
        match self {
            Self::Code(cells) => copy(&cells[start..], into),
            Self::Number(cells) => copy(&cells[start..], into),
            Self::Money(cells) => copy(&cells[start..], into),
        }
    }

    fn only(&self, places: &[usize]) -> Self {
        match self {
            Self::Code(cells) => Self::Code(places.iter().map(|at| cells[*at]).collect()),
            Self::Number(cells) => Self::Number(places.iter().map(|at| cells[*at]).collect()),
            Self::Money(cells) => Self::Money(places.iter().map(|at| cells[*at]).collect()),
        }
    }

    pub(crate) fn get(&self, row: usize) -> u32 {
        match self {
            Self::Code(cells) => cells[row].into(),
            Self::Number(cells) => cells[row].into(),
            Self::Money(cells) => cells[row],
        }
    }
}

fn copy<N: Copy + Into<u32>>(from: &[N], into: &mut [u32]) {
    for (wide, cell) in into.iter_mut().zip(from) {
        *wide = (*cell).into();
    }
}

/// Cases of one organisation, coded. Every value fits the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    schema: Schema,
    ids: Vec<Uuid>,
    columns: Vec<Cells>,
}

impl Rows {
    /// No case yet.
    pub fn empty(schema: &Schema) -> Self {
        Self {
            columns: schema.columns().iter().map(Cells::of).collect(),
            ids: Vec::new(),
            schema: schema.clone(),
        }
    }

    /// How many cases there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The random ids, in the order of the rows.
    pub fn ids(&self) -> &[Uuid] {
        &self.ids
    }

    /// What the columns mean.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The value of a case in a column; `None` where it is not known. Both count from 0.
    ///
    /// # Panics
    ///
    /// When there is no such row or column.
    pub fn value(&self, row: usize, column: usize) -> Option<Value> {
        let number = self.columns[column].get(row).checked_sub(1)?;
        let column = &self.schema.columns()[column];
        Some(match column.kind {
            Kind::Code(_) | Kind::Flag => {
                let (codes, place) = (self.schema.codes(column), usize::try_from(number).ok()?);
                let code = codes.get(place).map(|code| &code.code);
                let wider = || {
                    self.schema
                        .wider(column)
                        .get(place - codes.len())
                        .map(|wide| &wide.code)
                };
                Value::Code(code.or_else(wider)?.clone())
            }
            Kind::Number { .. } => Value::Number(number),
            Kind::Quarter => {
                let number = u16::try_from(number).ok()?;
                let year = || (2000 + number - Quarter::COUNT).to_string();
                Value::Code(Quarter::from_number(number).map_or_else(year, |quarter| quarter.to_string()))
            }
        })
    }

    /// How many columns of a case are recorded.
    pub(crate) fn n_recorded(&self, row: usize) -> usize {
        self.columns.iter().filter(|cells| cells.get(row) > 0).count()
    }

    /// Those cases alone for which `keeps` is true; there is one for each.
    pub(crate) fn only(&self, keeps: &[bool]) -> Self {
        let kept = |at: &usize| keeps[*at];
        let places: Vec<usize> = (0..self.len()).filter(kept).collect();
        Self {
            schema: self.schema.clone(),
            ids: places.iter().map(|at| self.ids[*at]).collect(),
            columns: self.columns.iter().map(|cells| cells.only(&places)).collect(),
        }
    }

    pub(crate) fn columns(&self) -> &[Cells] {
        &self.columns
    }

    /// Begins a case in which nothing is known.
    pub(crate) fn begin(&mut self, id: Uuid) {
        self.ids.push(id);
        for cells in &mut self.columns {
            cells.push_unknown();
        }
    }

    /// Makes the case last begun one in which nothing is known.
    pub(crate) fn clear_last(&mut self) {
        for cells in &mut self.columns {
            cells.set_last(0);
        }
    }

    /// Puts an encoded value into the case last begun.
    pub(crate) fn set(&mut self, column: usize, value: u32) {
        self.columns[column].set_last(value);
    }
}

/// Why a value does not fit its column: what is wrong, and what to do.
pub(crate) type Misfit = (String, String);

/// The codes that a column takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices<'s> {
    codes: &'s [Code],
    /// Those that say less.
    wider: &'s [Wider],
}

impl<'s> Choices<'s> {
    pub(crate) fn of(schema: &'s Schema, column: &Column) -> Self {
        Self {
            codes: schema.codes(column),
            wider: schema.wider(column),
        }
    }

    fn all(self) -> impl Iterator<Item = &'s str> {
        let codes = self.codes.iter().map(|code| code.code.as_str());
        codes.chain(self.wider.iter().map(|wide| wide.code.as_str()))
    }
}

/// A year in the place of a quarter, after all quarters.
fn year(text: &str) -> Option<u32> {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let year: u16 = text.parse().ok().filter(|_| is_year)?;
    let number = year.checked_sub(2000).filter(|number| *number < YEARS)?;
    Some(u32::from(Quarter::COUNT + number))
}

/// A value as a cell holds it: 0 for an empty text, else at least 1. `choices` are those of the column.
pub(crate) fn encode(choices: Choices<'_>, column: &Column, text: &[u8]) -> Result<u32, Misfit> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(0);
    }
    match &column.kind {
        Kind::Code(_) | Kind::Flag => choices
            .all()
            .zip(1..)
            .find_map(|(code, place)| (code.as_bytes() == text).then_some(place))
            .ok_or_else(|| {
                let known: Vec<&str> = choices.all().collect();
                (
                    format!("{} is not a code of this column", shown(text)),
                    format!("use one of: {}; leave it empty where it is not known", known.join(", ")),
                )
            }),
        Kind::Number { unit, top } => {
            let whole = || {
                (
                    format!("{} is not a whole number of {}", shown(text), unit.words()),
                    format!("write digits alone, from 0 to {top}"),
                )
            };
            let digits = str::from_utf8(text)
                .ok()
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                .ok_or_else(whole)?;
            let beyond = || {
                (
                    format!("{} is above the top code {top}", shown(text)),
                    format!("write {top} for {top} and everything above it"),
                )
            };
            // More digits than fit are beyond every top code.
            let number: u32 = digits.parse().map_err(|_| beyond())?;
            if number > *top { Err(beyond()) } else { Ok(number + 1) }
        }
        Kind::Quarter => str::from_utf8(text)
            .ok()
            .and_then(|text| {
                let quarter = Quarter::parse(text).map(|quarter| u32::from(quarter.number()));
                quarter.or_else(|| year(text))
            })
            .map(|number| number + 1)
            .ok_or_else(|| {
                (
                    format!("{} is not a quarter", shown(text)),
                    "write it as 2026-Q1, from 2000 to 2099, or the year alone where less is to be said".to_owned(),
                )
            }),
    }
}

/// A value of JSON as a cell holds it.
pub(crate) fn encode_value(choices: Choices<'_>, column: &Column, value: &Value) -> Result<u32, Misfit> {
    match (value, &column.kind) {
        (Value::Number(number), Kind::Number { .. }) => encode(choices, column, number.to_string().as_bytes()),
        (Value::Code(code), Kind::Code(_) | Kind::Flag | Kind::Quarter) => encode(choices, column, code.as_bytes()),
        (Value::Number(number), _) => Err((
            format!("{number} is a number, and this column holds codes"),
            "write the code between quotation marks".to_owned(),
        )),
        (Value::Code(code), Kind::Number { .. }) => Err((
            format!("{} is text, and this column holds numbers", shown(code.as_bytes())),
            "write the number without quotation marks".to_owned(),
        )),
    }
}

/// What was written, cut short: a message is no place for a story.
pub(crate) fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let short: String = text.chars().take(40).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("“{}{more}”", short.replace(char::is_control, " "))
}
