//! `csv-metadata.json`: the same tables described as a table group of CSV on the Web.

use serde::Serialize;

use super::{Column, ForeignKey, Kind, Package, Resource, file_name};

#[derive(Serialize)]
pub(super) struct Group<'p> {
    #[serde(rename = "@context")]
    context: [Context; 2],
    #[serde(rename = "dc:title")]
    title: &'p str,
    #[serde(rename = "dc:description")]
    description: &'p str,
    #[serde(rename = "dc:license", skip_serializing_if = "Vec::is_empty")]
    licences: Vec<Link<'p>>,
    tables: Vec<Described<'p>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Context {
    Vocabulary(&'static str),
    Language {
        #[serde(rename = "@language")]
        language: &'static str,
    },
}

#[derive(Serialize)]
struct Link<'p> {
    #[serde(rename = "@id")]
    address: &'p str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Described<'p> {
    url: String,
    #[serde(rename = "dc:title")]
    title: &'p str,
    #[serde(rename = "dc:description")]
    description: &'p str,
    dialect: Dialect,
    table_schema: Schema<'p>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dialect {
    encoding: &'static str,
    delimiter: &'static str,
    header: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Schema<'p> {
    columns: Vec<DescribedColumn<'p>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    primary_key: &'p [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<DescribedKey<'p>>,
}

#[derive(Serialize)]
struct DescribedColumn<'p> {
    name: &'p str,
    titles: [&'p str; 1],
    #[serde(rename = "dc:title")]
    title: &'p str,
    #[serde(rename = "dc:description")]
    description: &'p str,
    datatype: &'static str,
    required: bool,
    null: Vec<&'p str>,
    #[serde(rename = "schema:unitText", skip_serializing_if = "Option::is_none")]
    unit: Option<&'p str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribedKey<'p> {
    column_reference: &'p [String],
    reference: Reference<'p>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference<'p> {
    resource: String,
    column_reference: &'p [String],
}

pub(super) fn of(package: &Package) -> Group<'_> {
    Group {
        context: [
            Context::Vocabulary("http://www.w3.org/ns/csvw"),
            Context::Language { language: "en" },
        ],
        title: &package.title,
        description: &package.description,
        licences: package
            .licences
            .iter()
            .filter_map(|licence| licence.path.as_deref())
            .map(|address| Link { address })
            .collect(),
        tables: package.resources.iter().map(table).collect(),
    }
}

fn table(resource: &Resource) -> Described<'_> {
    Described {
        url: file_name(resource),
        title: &resource.title,
        description: &resource.description,
        dialect: Dialect {
            encoding: "utf-8",
            delimiter: ",",
            header: true,
        },
        table_schema: Schema {
            columns: resource.columns.iter().map(|of| column(of, resource)).collect(),
            primary_key: &resource.primary_key,
            foreign_keys: resource.foreign_keys.iter().map(key).collect(),
        },
    }
}

fn column<'p>(column: &'p Column, resource: &'p Resource) -> DescribedColumn<'p> {
    DescribedColumn {
        name: &column.name,
        // The titles are what stands in the file's heading row.
        titles: [&column.name],
        title: &column.title,
        description: &column.description,
        datatype: datatype(column.kind),
        required: column.constraints.required,
        null: [""]
            .into_iter()
            .chain(resource.missing_values.iter().map(|missing| missing.value.as_str()))
            .collect(),
        unit: column.unit.as_deref(),
    }
}

fn key(key: &ForeignKey) -> DescribedKey<'_> {
    DescribedKey {
        column_reference: &key.columns,
        reference: Reference {
            resource: format!("{}.csv", key.resource),
            column_reference: &key.other_columns,
        },
    }
}

fn datatype(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Uri => "anyURI",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Year => "gYear",
        Kind::YearMonth => "gYearMonth",
    }
}
