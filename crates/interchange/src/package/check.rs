//! Whether a package's rows keep what its columns declare.
//!
//! A fault here is a mistake of the program that made the package, found before anyone reads the file.

use std::collections::{HashMap, HashSet};

use super::{Column, ForeignKey, Kind, Package, Resource};
use crate::fault::{Fault, Kind as FaultKind, excerpt};
use crate::table::Cell;

pub(super) fn package(package: &Package) -> Result<(), Fault> {
    name(&package.name, "package")?;
    if package.resources.is_empty() {
        return Err(fault("The package has no tables."));
    }
    if package.created.parse::<jiff::Timestamp>().is_err() {
        return Err(fault(format!(
            "The package's date of creation “{}” is not in the form 2026-03-01T12:00:00Z.",
            package.created
        )));
    }
    let mut by_name = HashMap::new();
    for resource in &package.resources {
        name(&resource.name, "table")?;
        if by_name.insert(resource.name.as_str(), resource).is_some() {
            return Err(fault(format!("Two tables are called “{}”.", resource.name)));
        }
        columns(resource)?;
        rows(resource)?;
        let key: Vec<&str> = resource.primary_key.iter().map(String::as_str).collect();
        distinct(resource, &key, "primary key", true)?;
        for column in resource.columns.iter().filter(|column| column.constraints.unique) {
            distinct(resource, &[&column.name], "unique column", false)?;
        }
    }
    for resource in &package.resources {
        for key in &resource.foreign_keys {
            foreign_key(resource, key, &by_name)?;
        }
    }
    Ok(())
}

fn fault(message: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Output, message, "The package was not written.")
}

fn name(name: &str, of: &str) -> Result<(), Fault> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if !name.is_empty() && !name.starts_with('.') && name.chars().all(allowed) {
        return Ok(());
    }
    Err(fault(format!(
        "“{}” is no name for a {of}: use lower-case letters, digits, - and _.",
        excerpt(name)
    )))
}

fn columns(resource: &Resource) -> Result<(), Fault> {
    let mut names = HashSet::new();
    for column in &resource.columns {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if column.name.is_empty() || !column.name.chars().all(allowed) || !names.insert(&column.name) {
            return Err(fault(format!(
                "Table “{}”: “{}” is no name for a column, or is used twice.",
                resource.name,
                excerpt(&column.name)
            )));
        }
    }
    Ok(())
}

fn rows(resource: &Resource) -> Result<(), Fault> {
    for (number, row) in (1..).zip(&resource.rows) {
        if row.len() != resource.columns.len() {
            return Err(fault(format!(
                "Table “{}”, row {number}: {} cells for {} columns.",
                resource.name,
                row.len(),
                resource.columns.len()
            )));
        }
        for (cell, column) in row.iter().zip(&resource.columns) {
            if let Err(why) = fits(cell, column, resource) {
                return Err(fault(format!(
                    "Table “{}”, row {number}, column “{}”: “{}” {why}.",
                    resource.name,
                    column.name,
                    excerpt(&cell.text())
                )));
            }
        }
    }
    Ok(())
}

fn is_missing(cell: &Cell, resource: &Resource) -> bool {
    match cell {
        Cell::Empty => true,
        Cell::Text(text) => text.is_empty() || resource.missing_values.iter().any(|missing| missing.value == *text),
        Cell::Number(_) | Cell::Date(_) | Cell::Error(_) => false,
    }
}

fn fits(cell: &Cell, column: &Column, resource: &Resource) -> Result<(), String> {
    let rules = &column.constraints;
    if is_missing(cell, resource) {
        return if rules.required {
            Err("is missing but required".to_owned())
        } else {
            Ok(())
        };
    }
    let of_kind = match (column.kind, cell) {
        (Kind::Text, Cell::Text(_)) | (Kind::Date, Cell::Date(_)) => true,
        (Kind::Uri, Cell::Text(text)) => text.contains(':') && !text.contains(char::is_whitespace),
        (Kind::Number, Cell::Number(number)) => number.is_finite(),
        (Kind::Integer, Cell::Number(number)) => number.is_finite() && number.fract() == 0.0,
        (Kind::Boolean, Cell::Text(text)) => matches!(text.as_str(), "true" | "false"),
        (Kind::Year, Cell::Number(year)) => year.fract() == 0.0 && (1000.0..=9999.0).contains(year),
        (Kind::YearMonth, Cell::Text(text)) => {
            text.len() == 7 && format!("{text}-01").parse::<jiff::civil::Date>().is_ok()
        }
        _ => false,
    };
    if !of_kind {
        return Err(format!("is not of the kind {:?}", column.kind));
    }
    if let Cell::Number(number) = cell
        && (rules.minimum.is_some_and(|least| *number < least) || rules.maximum.is_some_and(|most| *number > most))
    {
        return Err("is outside the limits of the column".to_owned());
    }
    if !rules.values.is_empty() && !rules.values.iter().any(|value| *value == cell.text()) {
        return Err("is not among the values of the column".to_owned());
    }
    Ok(())
}

/// Positions of named columns.
fn positions(resource: &Resource, names: &[&str], what: &str) -> Result<Vec<usize>, Fault> {
    names
        .iter()
        .map(|name| {
            resource
                .columns
                .iter()
                .position(|column| column.name == *name)
                .ok_or_else(|| {
                    fault(format!(
                        "Table “{}” has no column “{name}” for its {what}.",
                        resource.name
                    ))
                })
        })
        .collect()
}

fn values(row: &[Cell], at: &[usize]) -> Vec<String> {
    at.iter().map(|at| row[*at].text().into_owned()).collect()
}

fn distinct(resource: &Resource, names: &[&str], what: &str, required: bool) -> Result<(), Fault> {
    if names.is_empty() {
        return Ok(());
    }
    let at = positions(resource, names, what)?;
    let mut seen = HashSet::with_capacity(resource.rows.len());
    for (number, row) in (1..).zip(&resource.rows) {
        let missing = at.iter().any(|at| is_missing(&row[*at], resource));
        if missing && !required {
            continue;
        }
        if missing || !seen.insert(values(row, &at)) {
            return Err(fault(format!(
                "Table “{}”, row {number}: the {what} ({}) is repeated or incomplete.",
                resource.name,
                names.join(", ")
            )));
        }
    }
    Ok(())
}

fn foreign_key(resource: &Resource, key: &ForeignKey, tables: &HashMap<&str, &Resource>) -> Result<(), Fault> {
    let other = tables.get(key.resource.as_str()).ok_or_else(|| {
        fault(format!(
            "Table “{}” refers to “{}”, which is not in the package.",
            resource.name, key.resource
        ))
    })?;
    let own_names: Vec<&str> = key.columns.iter().map(String::as_str).collect();
    let other_names: Vec<&str> = key.other_columns.iter().map(String::as_str).collect();
    let own = positions(resource, &own_names, "foreign key")?;
    let theirs = positions(other, &other_names, "foreign key")?;
    let known: HashSet<Vec<String>> = other.rows.iter().map(|row| values(row, &theirs)).collect();
    for (number, row) in (1..).zip(&resource.rows) {
        let value = values(row, &own);
        let missing = own.iter().any(|at| is_missing(&row[*at], resource));
        if !missing && !known.contains(&value) {
            return Err(fault(format!(
                "Table “{}”, row {number}: “{}” is not in table “{}”.",
                resource.name,
                value.join(", "),
                key.resource
            )));
        }
    }
    Ok(())
}
