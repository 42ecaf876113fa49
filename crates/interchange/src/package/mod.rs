//! Tables published as a data package: CSV files with a description of every column.
//!
//! Two descriptions stand beside the data: `datapackage.json` (Data Package 2.0) and
//! `csv-metadata.json` (CSV on the Web). Before anything is written every cell is checked against its
//! column, so what is published keeps what it declares. The same package gives the same bytes.

mod check;
mod csvw;
mod descriptor;

use serde::Serialize;

use crate::csv_out;
use crate::fault::{Fault, Kind as FaultKind};
use crate::table::Cell;

/// A set of tables with what a stranger needs to know to use them.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// Lower-case letters, digits, `-`, `_` and `.`.
    pub name: String,
    pub title: String,
    pub description: String,
    /// The version of the content, such as `2025.1`.
    pub version: String,
    /// When it was made, as RFC 3339 with zone: `2026-03-01T12:00:00Z`.
    pub created: String,
    pub homepage: Option<String>,
    pub keywords: Vec<String>,
    pub licences: Vec<Licence>,
    pub contributors: Vec<Contributor>,
    /// Where the figures come from.
    pub sources: Vec<Source>,
    pub resources: Vec<Resource>,
}

/// A licence by its name in the Open Definition's or SPDX list, its address, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Licence {
    pub name: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contributor {
    pub title: String,
    /// Such as `author` or `publisher`.
    pub roles: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// One table, stored as `NAME.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// As the package's name; unique in the package.
    pub name: String,
    pub title: String,
    pub description: String,
    pub columns: Vec<Column>,
    /// Names of the columns that tell rows apart; may be empty.
    pub primary_key: Vec<String>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Texts that stand for a missing value in any column, with their meaning: `[c]`, suppressed.
    /// Empty cells always do.
    pub missing_values: Vec<MissingValue>,
    pub sources: Vec<Source>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingValue {
    pub value: String,
    pub meaning: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Letters, digits and `_`; unique in the table.
    pub name: String,
    pub kind: Kind,
    pub title: String,
    pub description: String,
    /// The unit of a number, where the whole column has one: `persons`, `percent`.
    pub unit: Option<String>,
    pub constraints: Constraints,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A web address.
    Uri,
    Integer,
    Number,
    Boolean,
    /// A full day. Dates of mixed precision are `Text`.
    Date,
    Year,
    YearMonth,
}

/// Rules that every cell of a column keeps.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Constraints {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// The only values that may stand in the column.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// Columns whose values are found in columns of a table of the same package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    pub columns: Vec<String>,
    /// The name of the other resource.
    pub resource: String,
    pub other_columns: Vec<String>,
}

/// A file of the package, by its path from the package's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

impl Column {
    /// A column without unit or constraints.
    pub fn new(name: &str, kind: Kind, title: &str, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            title: title.to_owned(),
            description: description.to_owned(),
            unit: None,
            constraints: Constraints::default(),
        }
    }

    #[must_use]
    pub fn required(mut self) -> Self {
        self.constraints.required = true;
        self
    }

    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.to_owned());
        self
    }

    #[must_use]
    pub fn one_of(mut self, values: &[&str]) -> Self {
        self.constraints.values = values.iter().map(|value| (*value).to_owned()).collect();
        self
    }
}

/// Writes the data files in the order of the resources, then the two descriptions.
///
/// # Errors
/// A cell that breaks its column's kind or constraints, a repeated key, a foreign key that leads
/// nowhere, or a bad name; the message says where.
pub fn write(package: &Package) -> Result<Vec<File>, Fault> {
    check::package(package)?;
    let data: Vec<File> = package.resources.iter().map(data_file).collect();
    let described = json("datapackage.json", &descriptor::of(package, &data))?;
    let metadata = json("csv-metadata.json", &csvw::of(package))?;
    Ok(data.into_iter().chain([described, metadata]).collect())
}

fn data_file(resource: &Resource) -> File {
    let headers: Vec<String> = resource.columns.iter().map(|column| column.name.clone()).collect();
    File {
        path: file_name(resource),
        media_type: "text/csv",
        bytes: csv_out::write(&headers, &resource.rows),
    }
}

fn file_name(resource: &Resource) -> String {
    format!("{}.csv", resource.name)
}

fn json(path: &str, content: &impl Serialize) -> Result<File, Fault> {
    let mut bytes = serde_json::to_vec_pretty(content).map_err(|error| {
        Fault::new(
            FaultKind::Output,
            format!("The description {path} cannot be written: {error}."),
            "",
        )
    })?;
    bytes.push(b'\n');
    Ok(File {
        path: path.to_owned(),
        media_type: "application/json",
        bytes,
    })
}
