//! `datapackage.json`, after the Data Package standard, version 2.0.
//!
//! `unit` on a field is an extra property, which the standard allows.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Column, Constraints, Contributor, File, ForeignKey, Kind, Licence, Package, Resource, Source};

#[derive(Serialize)]
pub(super) struct Descriptor<'p> {
    #[serde(rename = "$schema")]
    profile: &'static str,
    name: &'p str,
    title: &'p str,
    description: &'p str,
    version: &'p str,
    created: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<&'p str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    keywords: &'p [String],
    #[serde(rename = "licenses", skip_serializing_if = "<[_]>::is_empty")]
    licences: &'p [Licence],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    contributors: &'p [Contributor],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sources: &'p [Source],
    resources: Vec<DescribedResource<'p>>,
}

#[derive(Serialize)]
struct DescribedResource<'p> {
    name: &'p str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'p str,
    description: &'p str,
    path: &'p str,
    format: &'static str,
    mediatype: &'static str,
    encoding: &'static str,
    bytes: usize,
    hash: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sources: &'p [Source],
    dialect: Dialect,
    schema: Schema<'p>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dialect {
    delimiter: &'static str,
    line_terminator: &'static str,
    quote_char: &'static str,
    double_quote: bool,
    header: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Schema<'p> {
    #[serde(rename = "$schema")]
    profile: &'static str,
    fields: Vec<DescribedField<'p>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    primary_key: &'p [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<DescribedKey<'p>>,
    missing_values: Vec<DescribedMissing<'p>>,
}

#[derive(Serialize)]
struct DescribedField<'p> {
    name: &'p str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    title: &'p str,
    description: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<&'p Constraints>,
}

#[derive(Serialize)]
struct DescribedKey<'p> {
    fields: &'p [String],
    reference: Reference<'p>,
}

#[derive(Serialize)]
struct Reference<'p> {
    resource: &'p str,
    fields: &'p [String],
}

#[derive(Serialize)]
struct DescribedMissing<'p> {
    value: &'p str,
    label: &'p str,
}

pub(super) fn of<'p>(package: &'p Package, data: &'p [File]) -> Descriptor<'p> {
    Descriptor {
        profile: "https://datapackage.org/profiles/2.0/datapackage.json",
        name: &package.name,
        title: &package.title,
        description: &package.description,
        version: &package.version,
        created: &package.created,
        homepage: package.homepage.as_deref(),
        keywords: &package.keywords,
        licences: &package.licences,
        contributors: &package.contributors,
        sources: &package.sources,
        resources: package
            .resources
            .iter()
            .zip(data)
            .map(|(resource, file)| described(resource, file))
            .collect(),
    }
}

fn described<'p>(resource: &'p Resource, file: &'p File) -> DescribedResource<'p> {
    DescribedResource {
        name: &resource.name,
        kind: "table",
        title: &resource.title,
        description: &resource.description,
        path: &file.path,
        format: "csv",
        mediatype: file.media_type,
        encoding: "utf-8",
        bytes: file.bytes.len(),
        hash: hash(&file.bytes),
        sources: &resource.sources,
        dialect: Dialect {
            delimiter: ",",
            line_terminator: "\r\n",
            quote_char: "\"",
            double_quote: true,
            header: true,
        },
        schema: schema(resource),
    }
}

fn schema(resource: &Resource) -> Schema<'_> {
    let empty = DescribedMissing {
        value: "",
        label: "no value",
    };
    let marks = resource.missing_values.iter().map(|missing| DescribedMissing {
        value: &missing.value,
        label: &missing.meaning,
    });
    Schema {
        profile: "https://datapackage.org/profiles/2.0/tableschema.json",
        fields: resource.columns.iter().map(field).collect(),
        primary_key: &resource.primary_key,
        foreign_keys: resource.foreign_keys.iter().map(key).collect(),
        missing_values: [empty].into_iter().chain(marks).collect(),
    }
}

fn field(column: &Column) -> DescribedField<'_> {
    DescribedField {
        name: &column.name,
        kind: type_name(column.kind),
        format: (column.kind == Kind::Uri).then_some("uri"),
        title: &column.title,
        description: &column.description,
        unit: column.unit.as_deref(),
        constraints: (column.constraints != Constraints::default()).then_some(&column.constraints),
    }
}

fn key(key: &ForeignKey) -> DescribedKey<'_> {
    DescribedKey {
        fields: &key.columns,
        reference: Reference {
            resource: &key.resource,
            fields: &key.other_columns,
        },
    }
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Uri => "string",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Year => "year",
        Kind::YearMonth => "yearmonth",
    }
}

fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").expect("a String takes every character");
    }
    text
}
