//! A name that stands in several columns, read as one answer.

use interchange::table::{Cell, Row, Table};

use super::{From, Slot, Source};
use crate::import::name;
use crate::import::target::{NAME, Place};

/// Makes one source of the columns that hold the name.
pub(super) fn join(table: &Table, slots: &mut [Slot]) {
    let Some(slot) = slots.iter_mut().find(|slot| slot.place == Place::Person) else {
        return;
    };
    let column = |source: &Source| match source.from {
        From::Column(at) if Some(source.field.key) == NAME.strip_prefix("person.") => Some(at),
        _ => None,
    };
    let columns: Vec<usize> = slot.sources.iter().filter_map(column).collect();
    let first = slot.sources.iter().position(|source| column(source).is_some());
    let (Some(first), true) = (first, columns.len() > 1) else {
        return;
    };
    let columns = name::in_order(&table.headers, columns);
    let headings: Vec<&str> = columns.iter().map(|at| table.headers[*at].as_str()).collect();
    let joined = Source {
        field: slot.sources[first].field.clone(),
        name: headings.join(", "),
        from: From::Joined(columns),
    };
    slot.sources.retain(|source| column(source).is_none());
    slot.sources.insert(first, joined);
}

/// What some columns of a row hold, as one cell. An error of the spreadsheet in one of them is one of all.
pub(super) fn cell(row: &Row, columns: &[usize]) -> Cell {
    let cells: Vec<&Cell> = columns.iter().filter_map(|at| row.cells.get(*at)).collect();
    if let Some(error) = cells.iter().find(|cell| matches!(cell, Cell::Error(_))) {
        return (*error).clone();
    }
    let texts: Vec<_> = cells.iter().map(|cell| cell.text()).collect();
    Cell::from(name::joined(texts.iter().map(AsRef::as_ref)).as_str())
}
