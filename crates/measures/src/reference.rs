//! The pack described for others: a JSON Schema for systems that fill it in, and pages for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use domain::pack::{Column, FORMAT, Kind, Pack, ROW, Schema};
use serde_json::{Map, Value, json};

use crate::definition::{Library, in_words, needed};
use crate::read::MOST_ROWS;

/// A JSON Schema (draft 2020-12) of contribution files that answer a pack, rows and aggregates alike. It cannot say all
/// that `read` checks: that ids are given once, that parts add up, that small cells were merged.
pub fn json_schema(pack: &Pack) -> Value {
    let schema = &pack.schema;
    let mut row = Map::new();
    row.insert(
        ROW.to_owned(),
        json!({
            "description": "A random id (UUID version 4) that only the sender can tie to a person.",
            "type": "string",
            "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
        }),
    );
    for column in schema.columns() {
        row.insert(column.name.clone(), value_schema(schema, column));
    }
    let measures: Vec<&str> = pack.definitions.iter().map(|one| one.code.as_str()).collect();
    let columns: Vec<&str> = schema
        .columns()
        .iter()
        .filter(|column| !matches!(column.kind, Kind::Number { .. }))
        .map(|column| column.name.as_str())
        .collect();
    let needed: BTreeSet<&str> = pack.definitions.iter().flat_map(needed).collect();
    let whole = json!({ "type": "integer", "minimum": 0 });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rapporteur contribution file",
        "description": "What one organisation releases of its cases into a cycle: coded rows, or aggregates that were computed from them.",
        "type": "object",
        "additionalProperties": false,
        "required": ["format", "cycle", "pack", "body"],
        "properties": {
            "format": { "const": FORMAT },
            "cycle": { "description": "The cycle's name, as the pack gives it.", "type": "string" },
            "pack": { "description": "The version of the pack.", "type": "integer", "minimum": 1 },
            "body": { "oneOf": [
                object(&["rows"], json!({ "rows": { "type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": { "$ref": "#/$defs/row" } } })),
                object(&["aggregates"], json!({ "aggregates": { "$ref": "#/$defs/aggregates" } })),
            ] },
        },
        "$defs": {
            "row": { "type": "object", "additionalProperties": false, "required": [ROW], "properties": row },
            "aggregates": object(&["cases", "tables"], json!({
                "cases": { "description": "How many cases it was computed from.", "type": "integer", "minimum": 1 },
                "tables": { "type": "array", "items": { "$ref": "#/$defs/table" } },
            })),
            "table": object(&["measure", "version", "total"], json!({
                "measure": { "enum": measures },
                "version": { "type": "integer", "minimum": 1 },
                "total": { "$ref": "#/$defs/aggregate" },
                "recorded": {
                    "description": "In how many of the cases counted in `d` or `missing` each column is recorded that the measure needs; a wider code counts where it answers what is asked.",
                    "type": "object",
                    "propertyNames": { "enum": needed },
                    "additionalProperties": whole,
                },
                "strata": { "type": "array", "items": { "$ref": "#/$defs/stratum" } },
            })),
            "stratum": object(&["column", "cells"], json!({
                "column": { "enum": columns },
                "cells": { "description": "By code.", "type": "object", "additionalProperties": { "$ref": "#/$defs/aggregate" } },
                "not_recorded": { "$ref": "#/$defs/aggregate" },
                "remainder": { "$ref": "#/$defs/aggregate" },
            })),
            "aggregate": object(&["n", "d"], json!({
                "n": whole, "d": whole, "missing": whole, "sum": whole, "out_of": whole,
                "histogram": {
                    "description": "How many cases have each number.",
                    "type": "object",
                    "propertyNames": { "pattern": "^[0-9]+$" },
                    "additionalProperties": { "type": "integer", "minimum": 1 },
                },
            })),
        },
    })
}

fn value_schema(schema: &Schema, column: &Column) -> Value {
    let mut text = format!("{}. {}", sentence(&column.label), column.words);
    let mut value = match &column.kind {
        Kind::Code(_) | Kind::Flag => {
            let codes = schema.codes(column).iter().map(|code| code.code.as_str());
            let wider = schema.wider(column).iter().map(|wide| wide.code.as_str());
            let codes: Vec<&str> = codes.chain(wider).collect();
            json!({ "enum": codes })
        }
        Kind::Number { unit, top } => {
            let _ = write!(text, " In {}; {top} stands for {top} and more.", unit.words());
            json!({ "type": "integer", "minimum": 0, "maximum": top })
        }
        Kind::Quarter => json!({ "type": "string", "pattern": "^20[0-9]{2}(-Q[1-4])?$" }),
    };
    value["description"] = Value::String(text);
    value
}

/// Columns and codes as a page of Markdown.
pub fn columns_page(schema: &Schema) -> String {
    let mut page = format!(
        "# The coded schema\n\n\
         What a row of a contribution may hold: one row is one case, and a cell whose value is not known is left empty. A test\n\
         writes this page from `standards/pack/schema.toml` and the program's lists of codes. Beside these columns each row has\n\
         `{ROW}`: a random id (UUID version 4) that only the sender can tie to a person. `docs/reference/contribution.schema.json`\n\
         says the same to a program.\n\n\
         ## Which cases\n\n\
         A row for everyone who was supported on any day of the cycle's period, which the pack names, and agrees to being counted as\n\
         consent stands on the day on which the file is made. Support begins on the day on which the case was opened. It ends when\n\
         the person leaves or dies, unless somebody meets or refers them again later; after that they go in only where something\n\
         else than a note, a reminder, a consent or a look at how they may be contacted was recorded within the period, such as a\n\
         follow-up. So it is with a case that was closed though nobody recorded that support ended.\n\n\
         A column says how it stands on the period's last day, whenever that came about, unless it says “within the period”. What\n\
         was decided before the period is said too, because it decides what a person is owed; the columns that end in `_in_period`\n\
         tell decisions of the period from earlier ones, so that none is counted in two years.\n\n\
         ## Saying less\n\n\
         Where a case could be told apart by a code, a wider one may stand in its place (they are the last of their list), or the\n\
         year in the place of a quarter. A measure takes it as an answer where all codes that it stands for give the same, and as\n\
         not known elsewhere; in a breakdown such a case is in the total and in no part.\n\n\
         ## Columns\n\n| column | holds | means | from |\n|---|---|---|---|\n"
    );
    for column in schema.columns() {
        let holds = match &column.kind {
            Kind::Code(list) => format!("a code of [{list}](#{list})"),
            Kind::Flag => "`yes` or `no`".to_owned(),
            Kind::Number { unit, top } => format!("{}, 0 to {top} and more", unit.words()),
            Kind::Quarter => "a quarter, as `2026-Q1`, or its year alone".to_owned(),
        };
        let _ = writeln!(
            page,
            "| `{}` | {holds} | {}. {} | {} |",
            column.name,
            sentence(&column.label),
            column.words,
            column.from.replace('*', "\\*")
        );
    }
    page.push_str("\n## Lists of codes\n");
    for list in schema.lists() {
        let _ = write!(page, "\n### {}\n\n| code | means |\n|---|---|\n", list.name);
        for code in &list.codes {
            let _ = writeln!(page, "| `{}` | {} |", code.code, code.words);
        }
        for wide in &list.wider {
            let parts: Vec<String> = wide.parts.iter().map(|part| format!("`{part}`")).collect();
            let _ = writeln!(
                page,
                "| `{}` | {}: one of {} |",
                wide.code,
                wide.words,
                parts.join(", ")
            );
        }
    }
    page
}

/// Every measure in words, as a page of Markdown. `name` gives a measure's name by its code.
pub fn measures_page(library: &Library, schema: &Schema, name: impl Fn(&str) -> String) -> String {
    let mut page = "# Measures from cases\n\n\
         What is computed from the cases of member organisations, in words. A test writes this page from `standards/measures`.\n"
        .to_owned();
    for definition in &library.definitions {
        let _ = write!(
            page,
            "\n## {}: {}\n\n{}\n",
            definition.code,
            name(&definition.code),
            in_words(definition, schema)
        );
    }
    page.push_str("\n## Not from cases\n\n");
    for one in &library.not_from_cases {
        let _ = writeln!(page, "- **{}: {}**: {}", one.code, name(&one.code), one.why);
    }
    page
}

/// With a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
