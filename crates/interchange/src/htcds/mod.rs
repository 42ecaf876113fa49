//! The Human Trafficking Case Data Standard 2.0 (UN Migration, CC BY 4.0): cases as one row each, in the fields of its blank
//! workbook and its form.
//!
//! [`is_one`] tells such a file by its headings; [`read`] gives its cases, and faults that name row and column; [`write()`] gives
//! the table back. What was written is read as it was. The standard holds one state of a case and no history: who maps
//! it to casework says what is lost (`casework::import`, `casework::export`).

mod field;

use std::collections::BTreeMap;

use crate::date::{self, Precision};
use crate::fault::excerpt;
use crate::rows::{Read, RowFault};
use crate::table::{Cell, Row, Table};

pub use field::{FIELDS, Field, Kind, find};

/// How many headings of the standard make a file one of it.
const ENOUGH: usize = 4;
/// What parts several codes in one cell.
const SEPARATOR: &str = ";";

/// A case: values by the names of fields; what is empty is not there. A date is ISO text, several codes are a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The row's number in the file; 0 for one that is to be written.
    pub row: u32,
    values: BTreeMap<&'static str, Vec<String>>,
}

impl Record {
    /// The values of a field; several only where it takes several.
    pub fn get(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The only value of a field, or nothing.
    pub fn one(&self, name: &str) -> &str {
        self.get(name).first().map_or("", String::as_str)
    }

    /// Sets the values of a field; empty ones are left out, and a name that is none of the standard's sets nothing.
    pub fn set(&mut self, name: &str, values: impl IntoIterator<Item = impl Into<String>>) {
        let values: Vec<String> = values
            .into_iter()
            .map(Into::into)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .collect();
        let Some(field) = FIELDS.iter().find(|field| field.name == name) else {
            return;
        };
        if values.is_empty() {
            self.values.remove(field.name);
        } else {
            self.values.insert(field.name, values);
        }
    }
}

/// Whether headings are those of a file of the standard.
pub fn is_one<S: AsRef<str>>(headers: &[S]) -> bool {
    headers
        .iter()
        .filter(|heading| find(heading.as_ref()).is_some())
        .count()
        >= ENOUGH
}

/// What a column is read as.
enum Column {
    Field(&'static Field),
    /// No field of the standard, or one of which the two rows of headings disagree, with what to call it.
    Other(String),
}

fn labelled(cell: &Cell) -> Option<&'static Field> {
    let text = cell.text();
    FIELDS.iter().find(|field| field.label == text.trim())
}

/// Whether a row repeats the labels, as the second row of the blank workbook does.
pub fn is_labels(row: &Row) -> bool {
    let filled = row.cells.iter().filter(|cell| !cell.is_blank());
    let (n, labels) = filled.fold((0, 0), |(n, labels), cell| {
        (n + 1, labels + usize::from(labelled(cell).is_some()))
    });
    labels > 2 && labels == n
}

/// What each column is read as. The blank workbook has labels below the names of fields, of which those of an address stand
/// under other names: nobody can tell which of the two was filled in, so neither is taken for it. A column of it without a name
/// goes by its label.
fn columns(table: &Table) -> Vec<Column> {
    let labels = table.rows.first().filter(|row| is_labels(row));
    let named: Vec<Option<&'static Field>> = table.headers.iter().map(|heading| find(heading)).collect();
    let of = |at: usize, heading: &String| {
        let label = labels.and_then(|row| labelled(row.cells.get(at)?));
        match (named[at], label) {
            (Some(field), Some(label)) if field.name != label.name => {
                Column::Other(format!("{heading} or {}", label.label))
            }
            (Some(field), _) => Column::Field(field),
            (None, Some(label)) if named.iter().flatten().all(|field| field.name != label.name) => Column::Field(label),
            (None, _) => Column::Other(heading.clone()),
        }
    };
    table
        .headers
        .iter()
        .enumerate()
        .map(|(at, heading)| of(at, heading))
        .collect()
}

/// Columns that are read as no field of the standard's core, each with what to call it.
pub fn others(table: &Table) -> Vec<(usize, String)> {
    let others = columns(table).into_iter().enumerate().map(|(at, column)| match column {
        Column::Other(name) => Some((at, name)),
        Column::Field(_) => None,
    });
    others.flatten().collect()
}

/// Whether a row holds nothing in the fields of the standard, or repeats the labels.
fn is_blank(row: &Row, columns: &[(usize, &'static Field)]) -> bool {
    let is_empty = |at: &usize| row.cells.get(*at).is_none_or(Cell::is_blank);
    columns.iter().all(|(at, _)| is_empty(at)) || is_labels(row)
}

/// Reads a table; rows without any value are passed over.
pub fn read(table: &Table) -> Read<Record> {
    let columns = columns(table).into_iter().enumerate().map(|(at, column)| match column {
        Column::Field(field) => Some((at, field)),
        Column::Other(_) => None,
    });
    let columns: Vec<(usize, &'static Field)> = columns.flatten().collect();
    let mut read = Read {
        good: Vec::new(),
        faults: Vec::new(),
    };
    for row in table.rows.iter().filter(|row| !is_blank(row, &columns)) {
        let mut record = Record {
            row: row.number,
            ..Record::default()
        };
        let before = read.faults.len();
        for (at, field) in &columns {
            let Some(cell) = row.cells.get(*at).filter(|cell| !cell.is_blank()) else {
                continue;
            };
            match values(field, cell, table) {
                Ok(values) => record.set(field.name, values),
                Err((message, remedy)) => read.faults.push(RowFault {
                    row: row.number,
                    column: table.headers[*at].clone(),
                    value: excerpt(&cell.text()),
                    message,
                    remedy,
                }),
            }
        }
        if read.faults.len() == before {
            read.good.push(record);
        }
    }
    read
}

fn values(field: &Field, cell: &Cell, table: &Table) -> Result<Vec<String>, (String, String)> {
    if let Some(bad) = cell.error() {
        return Err((bad.message, bad.remedy));
    }
    let text = cell.text();
    let text = text.trim();
    let unknown = |text: &str, listed: &[&str]| {
        (
            format!("“{}” is not a value of {}.", excerpt(text), field.name),
            format!("Write one of: {}.", listed.join(", ")),
        )
    };
    match field.kind {
        Kind::Text => Ok(vec![text.to_owned()]),
        Kind::Number => text.parse::<u32>().map(|number| vec![number.to_string()]).map_err(|_| {
            (
                format!("“{}” is no number.", excerpt(text)),
                "Write a whole number.".to_owned(),
            )
        }),
        Kind::Date => match date::of(cell, table.epoch) {
            Ok(Some(span)) if span.precision == Precision::Day => Ok(vec![span.first.to_string()]),
            Ok(_) => Err((
                format!("“{}” is not a whole date.", excerpt(text)),
                "Write the day, month and year, such as 2024-03-31.".to_owned(),
            )),
            Err(bad) => Err((bad.message, bad.remedy)),
        },
        Kind::One(listed) => match field::code(text, listed) {
            Some(code) => Ok(vec![code.to_owned()]),
            None => Err(unknown(text, listed)),
        },
        Kind::Many(listed) => {
            // A form parts codes by spaces, a spreadsheet by semicolons; a label has spaces and commas of its own.
            let mut found: Vec<String> = Vec::new();
            let parts: Vec<&str> = if field::code(text, listed).is_some() {
                vec![text]
            } else if text.contains(SEPARATOR) || text.contains('\n') {
                text.split([';', '\n']).collect()
            } else {
                text.split_whitespace().collect()
            };
            for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
                let code = field::code(part, listed).ok_or_else(|| unknown(part, listed))?;
                if !found.iter().any(|known| known == code) {
                    found.push(code.to_owned());
                }
            }
            Ok(found)
        }
    }
}

/// The table of some cases: the names of the fields, and a row for each.
pub fn write(records: &[Record]) -> (Vec<String>, Vec<Vec<Cell>>) {
    let headers = FIELDS.iter().map(|field| field.name.to_owned()).collect();
    let rows = records
        .iter()
        .map(|record| {
            FIELDS
                .iter()
                .map(|field| match record.get(field.name) {
                    [] => Cell::Empty,
                    values => Cell::Text(values.join(SEPARATOR)),
                })
                .collect()
        })
        .collect();
    (headers, rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{Choice, Limits};
    use crate::{csv_out, table};

    fn parsed(text: &str) -> Table {
        table::read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table")
    }

    #[test]
    fn a_case_is_read_by_codes_and_labels_and_what_is_none_is_a_fault() {
        let table = parsed(
            "prs_FirstName,prs_SecondName,prs_Gender,vic_TypeOfExploitation,vic_Methods_of_Control,prs_Birthdate,Extra\n\
             Sample,Specimen,Feminine,ForcedLabour;Sexual exploitation,DebtBondage PhysicalAbuse,1999-05-01,x\n\
             Sample,Other,Perhaps,ForcedLabour,,May 1999,\n",
        );
        assert!(is_one(&table.headers));
        assert_eq!(others(&table), [(6, "Extra".to_owned())]);
        let read = read(&table);
        assert_eq!(read.good.len(), 1);
        let record = &read.good[0];
        assert_eq!(
            record.get("vic_TypeOfExploitation"),
            ["ForcedLabour", "SexualExploitation"]
        );
        assert_eq!(record.get("vic_MethodsOfControl"), ["DebtBondage", "PhysicalAbuse"]);
        assert_eq!(record.one("prs_Birthdate"), "1999-05-01");
        let columns: Vec<&str> = read.faults.iter().map(|fault| fault.column.as_str()).collect();
        assert_eq!(columns, ["prs_Gender", "prs_Birthdate"]);
        assert!(read.faults[0].remedy.contains("Feminine"));
    }

    #[test]
    fn a_second_row_of_labels_names_a_column_without_a_heading_and_settles_no_doubt() {
        let text = "prs_FirstName,prs_SecondName,prs_Gender,con_Consent,prs_MailingCity,\n\
            First Name,Second Name,Gender,Consent,Mailing Street,Reason for Outgoing Referral\n\
            Sample,Specimen,Feminine,TRUE,Sample Lane,It is nearer\n";
        let choice = Choice {
            sheet: None,
            header_row: Some(1),
        };
        let table = table::read(text.as_bytes(), "x.csv", &choice, &Limits::default()).expect("a table");
        assert_eq!(others(&table), [(4, "prs_MailingCity or Mailing Street".to_owned())]);
        let read = read(&table);
        assert_eq!((read.good.len(), read.faults.len()), (1, 0));
        assert_eq!(read.good[0].one("cas_ReasonForOutgoingReferral"), "It is nearer");
        assert_eq!(read.good[0].one("prs_MailingCity"), "");
    }

    fn record() -> impl Strategy<Value = Record> {
        let value = |field: &'static Field| match field.kind {
            Kind::Text => "[A-Za-z=+@'][A-Za-z0-9 ,.'=-]{0,12}[a-z]"
                .prop_map(|text| vec![text])
                .boxed(),
            Kind::Number => (0_u32..40).prop_map(|number| vec![number.to_string()]).boxed(),
            Kind::Date => (1950_i16..2026, 1_i8..13, 1_i8..29)
                .prop_map(|(year, month, day)| vec![format!("{year:04}-{month:02}-{day:02}")])
                .boxed(),
            Kind::One(listed) => proptest::sample::select(listed)
                .prop_map(|code| vec![code.to_owned()])
                .boxed(),
            Kind::Many(listed) => proptest::sample::subsequence(listed, 1..=listed.len().min(3))
                .prop_map(|codes| codes.into_iter().map(str::to_owned).collect())
                .boxed(),
        };
        let fields: Vec<_> = FIELDS
            .iter()
            .map(|field| (Just(field.name), proptest::option::of(value(field))))
            .collect();
        fields.prop_map(|values| {
            let mut record = Record::default();
            record.set("prs_FirstName", ["Sample"]);
            for (name, value) in values {
                if let Some(value) = value {
                    record.set(name, value);
                }
            }
            record
        })
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_as_it_was(records in proptest::collection::vec(record(), 1..6)) {
            let (headers, rows) = write(&records);
            let bytes = csv_out::write(&headers, &rows);
            let table = table::read(&bytes, "x.csv", &Choice { sheet: None, header_row: Some(1) }, &Limits::default()).unwrap();
            let back = read(&table);
            prop_assert_eq!(&back.faults, &[]);
            let unnumbered: Vec<Record> = back.good.into_iter().map(|record| Record { row: 0, ..record }).collect();
            prop_assert_eq!(unnumbered, records);
        }
    }
}
