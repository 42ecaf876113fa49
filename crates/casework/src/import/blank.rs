//! What stands in a spreadsheet and tells nothing of a person: rows with sums, and cells that say that there is no answer.

use domain::fold::fold_plain;
use interchange::excerpt;
use interchange::table::{Cell, Row, Table};

use super::mapping::Mapping;
use super::target::{self, Place, Target};
use super::{Fault, cell};
use crate::sheet::Input;

/// What people write where they have no answer. Neither “na” nor “nk”, which are names and initials too, nor “none”, which is
/// one.
const NOTHING: &[&str] = &[
    "n/a",
    "n.a.",
    "not applicable",
    "n/k",
    "n.k.",
    "not known",
    "unknown",
    "not stated",
    "not recorded",
    "don't know",
    "don’t know",
    "tbc",
    "tba",
    "to be confirmed",
    "?",
    "??",
    "-",
    "--",
    "–",
    "—",
];

/// Answers that such words may be to a question. What is asked of an event depends on its kind: there they may always be one.
fn answers(target: &Target) -> Vec<(&'static str, &'static str)> {
    match (target.place, &target.field.input) {
        (Place::Answer, _) => vec![("unknown", "Not known")],
        (_, Input::Choice(listed) | Input::Boxes(listed)) => listed.clone(),
        _ => Vec::new(),
    }
}

/// Empties the cells that say that there is no answer, in columns that answer a question and where that is none of its answers:
/// else one could be called so, and all those would be taken for one. Says how many there were.
pub(super) fn empty(table: &mut Table, mapping: &Mapping) -> Option<String> {
    let asked: Vec<_> = table
        .headers
        .iter()
        .enumerate()
        .filter_map(|(at, heading)| Some((at, answers(target::find(mapping.columns.get(heading)?)?))))
        .collect();
    let mut n = 0_usize;
    for row in &mut table.rows {
        for (at, listed) in &asked {
            if let Some(cell) = row.cells.get_mut(*at)
                && says_nothing(cell, listed)
            {
                *cell = Cell::Empty;
                n += 1;
            }
        }
    }
    let (cells, were) = if n == 1 {
        ("cell says", "was")
    } else {
        ("cells say", "were")
    };
    (n > 0).then(|| {
        format!("{n} {cells} that there is no answer, such as “n/a”, “N/K”, “TBC” or “-”, and {were} read as empty.")
    })
}

fn says_nothing(cell: &Cell, listed: &[(&str, &str)]) -> bool {
    let Cell::Text(text) = cell else { return false };
    let text = text.trim();
    NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing)) && cell::lookup(text, listed).is_none()
}

/// Whether a row holds sums: the first that it says is “Total”.
fn is_sum(row: &Row) -> bool {
    let Some(Cell::Text(text)) = row.cells.iter().find(|cell| !cell.is_blank()) else {
        return false;
    };
    let folded = fold_plain(text);
    let mut words = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    match words.next() {
        Some("total" | "totals" | "subtotal" | "subtotals") => true,
        Some("grand" | "sub") => matches!(words.next(), Some("total" | "totals")),
        _ => false,
    }
}

/// Takes the rows with sums out of a table, each as a fault: with a day that is the same in every row it would come in as a person.
pub(super) fn sums(table: &mut Table) -> Vec<Fault> {
    let (sums, rows): (Vec<Row>, Vec<Row>) = std::mem::take(&mut table.rows).into_iter().partition(is_sum);
    table.rows = rows;
    let fault = |row: &Row| {
        let at = row.cells.iter().position(|cell| !cell.is_blank()).unwrap_or(0);
        Fault {
            row: row.number,
            column: table.headers.get(at).cloned().unwrap_or_default(),
            value: row.cells.get(at).map(|cell| excerpt(&cell.text())).unwrap_or_default(),
            message: "The row seems to hold sums, and nobody.".into(),
            remedy: "Delete it. If it is about a person, begin its first cell with another word.".into(),
        }
    };
    sums.iter().map(fault).collect()
}
