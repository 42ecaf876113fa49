//! What reading a table gives: good rows, and faults that each name a row and column.

use serde::{Deserialize, Serialize};

use crate::fault::{BadValue, excerpt};
use crate::mapping::{Bound, Field};
use crate::table::{Cell, Row, Table};

/// One thing wrong with one row. A row with any fault is not among the good ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// The row's number as a spreadsheet program shows it.
    pub row: u32,
    /// The column's heading, or what is asked where no column answers it.
    pub column: String,
    /// What stands in the cell, shortened.
    pub value: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// Good rows and faults, both in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<T> {
    pub good: Vec<T>,
    pub faults: Vec<RowFault>,
}

/// Reads one row and collects everything that is wrong with it, so that the user corrects it once.
pub(crate) struct RowReader<'t, F> {
    pub bound: &'t Bound<'t, F>,
    pub row: &'t Row,
    pub faults: Vec<RowFault>,
}

impl<'t, F: Field> RowReader<'t, F> {
    /// Starts on a row; content in a column without heading is a fault, as it mostly comes from a
    /// separator that was not quoted.
    pub(crate) fn new(table: &Table, bound: &'t Bound<'t, F>, row: &'t Row) -> Self {
        let faults = bound
            .rest(row)
            .filter(|(at, _, _)| table.stray.contains(at))
            .map(|(_, header, cell)| RowFault {
                row: row.number,
                column: header.to_owned(),
                value: excerpt(&cell.text()),
                message: "The row holds something in a column that has no heading.".to_owned(),
                remedy: "Check for a comma inside a text without quotation marks, or give the column a heading."
                    .to_owned(),
            })
            .collect();
        Self { bound, row, faults }
    }

    pub(crate) fn fault(&mut self, field: F, bad: BadValue) {
        self.faults.push(RowFault {
            row: self.row.number,
            column: self.bound.name(field).to_owned(),
            value: excerpt(&self.bound.cell(self.row, field).text()),
            message: bad.message,
            remedy: bad.remedy,
        });
    }

    /// Reads a field's cell; a bad value becomes a fault.
    pub(crate) fn read<T>(&mut self, field: F, parse: impl FnOnce(&Cell) -> Result<T, BadValue>) -> Option<T> {
        match parse(self.bound.cell(self.row, field)) {
            Ok(value) => Some(value),
            Err(bad) => {
                self.fault(field, bad);
                None
            }
        }
    }

    /// A text that may be left out. Error values of a spreadsheet are faults.
    pub(crate) fn optional(&mut self, field: F) -> Option<String> {
        if let Some(bad) = self.bound.cell(self.row, field).error() {
            self.fault(field, bad);
            return None;
        }
        self.bound.text(self.row, field)
    }

    /// A text that may not be left out; empty, and a fault, if it is.
    pub(crate) fn required(&mut self, field: F) -> String {
        let before = self.faults.len();
        let text = self.optional(field).unwrap_or_default();
        if text.is_empty() && self.faults.len() == before {
            self.fault(
                field,
                BadValue::new(format!("The {} is missing.", field.label()), "Fill in the cell."),
            );
        }
        text
    }
}
