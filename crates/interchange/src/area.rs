//! Areas: code, kind, dated names, parent and successor, from a file.
//!
//! One row is one name of one area for a time. The same code may come again with another first day,
//! when an area was renamed; the same code with the same first day twice is a mistake.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::date::{self, Dated, Span};
use crate::fault::{BadValue, Fault};
use crate::mapping;
use crate::personal;
use crate::rows::{Read, RowFault, RowReader};
use crate::table::Table;

/// The fields of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Code,
    Name,
    Kind,
    Parent,
    ValidFrom,
    ValidTo,
    Successor,
}

pub type Mapping = mapping::Mapping<Field>;

impl mapping::Field for Field {
    const ALL: &'static [Self] = &[
        Self::Code,
        Self::Name,
        Self::Kind,
        Self::Parent,
        Self::ValidFrom,
        Self::ValidTo,
        Self::Successor,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Parent => "code of the parent area",
            Self::ValidFrom => "first day",
            Self::ValidTo => "last day",
            Self::Successor => "code of the successor",
        }
    }

    fn usual_headings(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["code", "area_code", "areacode", "gss_code", "ltlacd", "oldcd"],
            Self::Name => &[
                "name",
                "area_name",
                "areaname",
                "nice_name",
                "official_name",
                "ltlanm",
                "oldnm",
            ],
            Self::Kind => &["kind", "type", "area_type", "areatype", "local_authority_type_name"],
            Self::Parent => &["parent", "parent_code", "rgncd", "ctrycd"],
            Self::ValidFrom => &["valid_from", "start_date", "start", "from"],
            Self::ValidTo => &["valid_to", "end_date", "end", "to"],
            Self::Successor => &["successor", "successor_code", "replaced_by", "newcd"],
        }
    }

    fn missing(mapping: &Mapping) -> Option<String> {
        [Self::Code, Self::Name, Self::Kind]
            .into_iter()
            .find(|field| !mapping.has(*field))
            .map(|field| format!("Nothing is mapped to the {} of the area.", field.label()))
    }
}

/// One name of an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The row's number in the file.
    pub row: u32,
    /// Such as `E12000001`: letters, digits, `-`, `_`, `.` and `:`, at most 40.
    pub code: String,
    pub name: String,
    /// As in the file, such as `region` or `police force`.
    pub kind: String,
    pub parent: Option<String>,
    /// First day; `None` if not known.
    pub valid_from: Option<Dated>,
    /// Last day, included; `None` while it exists or if not known.
    pub valid_to: Option<Dated>,
    pub successor: Option<String>,
}

/// Reads every row of the table.
///
/// # Errors
/// Columns about people, and a mapping that does not fit. Bad rows are faults in the result.
pub fn read(table: &Table, mapping: &Mapping) -> Result<Read<Area>, Fault> {
    personal::refuse(&table.headers)?;
    let bound = mapping.bind(table)?;
    let mut good: Vec<Area> = Vec::with_capacity(table.rows.len());
    let mut faults = Vec::new();
    let mut seen: HashMap<(String, Option<Dated>), u32> = HashMap::with_capacity(table.rows.len());
    for row in &table.rows {
        let mut reader = RowReader::new(table, &bound, row);
        let area = area(&mut reader, table);
        if !reader.faults.is_empty() {
            faults.append(&mut reader.faults);
            continue;
        }
        if let Some(first) = seen.insert((area.code.clone(), area.valid_from), area.row) {
            seen.insert((area.code.clone(), area.valid_from), first);
            faults.push(repeated(&area, first, bound.name(Field::Code)));
            continue;
        }
        good.push(area);
    }
    Ok(Read { good, faults })
}

/// The row as far as it could be read; complete if the reader has no fault.
fn area(reader: &mut RowReader<'_, Field>, table: &Table) -> Area {
    let code = code(reader, Field::Code, true).unwrap_or_default();
    let name = reader.required(Field::Name);
    let kind = reader.required(Field::Kind);
    let parent = code_of_other(reader, Field::Parent, &code);
    let successor = code_of_other(reader, Field::Successor, &code);
    let mut span = |field| reader.read(field, |cell| date::of(cell, table.epoch)).flatten();
    let valid_from = span(Field::ValidFrom).map(Span::start);
    let valid_to = span(Field::ValidTo).map(Span::end);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && from.date > to.date
    {
        reader.fault(
            Field::ValidTo,
            BadValue::new(
                format!("The area ends ({}) before it begins ({}).", to.date, from.date),
                "Correct one of the two dates.",
            ),
        );
    }
    Area {
        row: reader.row.number,
        code,
        name,
        kind,
        parent,
        valid_from,
        valid_to,
        successor,
    }
}

fn code(reader: &mut RowReader<'_, Field>, field: Field, required: bool) -> Option<String> {
    let code = if required {
        Some(reader.required(field)).filter(|code| !code.is_empty())
    } else {
        reader.optional(field)
    }?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if code.len() <= 40 && code.chars().all(allowed) {
        return Some(code);
    }
    reader.fault(
        field,
        BadValue::new(
            "This is not a code: it has spaces or signs, or is longer than 40 characters.",
            "Write a code such as E12000001, one to a cell.",
        ),
    );
    None
}

/// A parent or successor; an area cannot be its own.
fn code_of_other(reader: &mut RowReader<'_, Field>, field: Field, own: &str) -> Option<String> {
    let other = code(reader, field, false)?;
    if other == own {
        reader.fault(
            field,
            BadValue::new(
                "The area is given as its own parent or successor.",
                "Leave the cell empty or write the other area's code.",
            ),
        );
        return None;
    }
    Some(other)
}

fn repeated(area: &Area, first: u32, column: &str) -> RowFault {
    RowFault {
        row: area.row,
        column: column.to_owned(),
        value: area.code.clone(),
        message: format!("Row {} has the code and first day of row {first}.", area.row),
        remedy: "Delete one of the rows, or give the day from which the other name holds.".to_owned(),
    }
}
