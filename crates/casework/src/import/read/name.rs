//! What stands in several columns and is read as one answer: a name, or ways of contact.

use interchange::table::{Cell, Row, Table};

use super::{From, Slot, Source};
use crate::import::name;
use crate::import::target::{HOW, NAME, Place};

/// Columns that are read as one answer, in this order, each with what is written before it.
pub(super) struct Joined {
    columns: Vec<(usize, String)>,
    by: &'static str,
}

/// Makes one source of the columns that hold the name, and one of those that hold ways of contact.
pub(super) fn join(table: &Table, slots: &mut [Slot]) {
    for slot in slots {
        match slot.place {
            Place::Person => join_columns(table, slot, NAME),
            Place::Contact => join_columns(table, slot, HOW),
            _ => {}
        }
    }
}

fn join_columns(table: &Table, slot: &mut Slot, code: &str) {
    let key = code.split_once('.').map(|(_, key)| key);
    let column = |source: &Source| match source.from {
        From::Column(at) if Some(source.field.key) == key => Some(at),
        _ => None,
    };
    let columns: Vec<usize> = slot.sources.iter().filter_map(column).collect();
    let first = slot.sources.iter().position(|source| column(source).is_some());
    let (Some(first), true) = (first, columns.len() > 1) else {
        return;
    };
    let columns = name::in_order(&table.headers, columns);
    let headings: Vec<&str> = columns.iter().map(|at| table.headers[*at].as_str()).collect();
    let is_name = code == NAME;
    // A number or an address does not say by itself what it is.
    let before = headings
        .iter()
        .map(|heading| if is_name { String::new() } else { format!("{heading}: ") });
    let joined = Source {
        field: slot.sources[first].field.clone(),
        name: headings.join(", "),
        from: From::Joined(Joined {
            columns: columns.iter().copied().zip(before).collect(),
            by: if is_name { " " } else { "\n" },
        }),
    };
    slot.sources.retain(|source| column(source).is_none());
    slot.sources.insert(first, joined);
}

/// What some columns of a row hold, as one cell. An error of the spreadsheet in one of them is one of all.
pub(super) fn cell(row: &Row, joined: &Joined) -> Cell {
    let cells = joined
        .columns
        .iter()
        .filter_map(|(at, before)| Some((row.cells.get(*at)?, before)))
        .filter(|(cell, _)| !cell.is_blank());
    let mut texts: Vec<String> = Vec::new();
    for (cell, before) in cells {
        if matches!(cell, Cell::Error(_)) {
            return cell.clone();
        }
        texts.push(format!("{before}{}", cell.text().trim()));
    }
    Cell::from(name::joined(texts.iter().map(String::as_str), joined.by).as_str())
}
