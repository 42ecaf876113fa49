//! `expected.json` as leaves with paths.

use std::path::Path;

use serde_json::Value;
use statistics::multiple_systems::Histories;

/// One value of one data set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) dataset: String,
    /// Keys and indices, joined by `/`; a list of texts is one leaf.
    pub(crate) path: String,
    pub(crate) value: Value,
}

/// All data sets by name.
pub(crate) fn datasets(folder: &Path) -> Vec<(String, Vec<Leaf>)> {
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let sets = all["datasets"].as_object().unwrap();
    sets.iter()
        .map(|(name, value)| {
            let mut leaves = Vec::new();
            flatten(name, String::new(), value, &mut leaves);
            (name.clone(), leaves)
        })
        .collect()
}

fn flatten(dataset: &str, path: String, value: &Value, leaves: &mut Vec<Leaf>) {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}/{key}")
        }
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                flatten(dataset, below(key), value, leaves);
            }
        }
        Value::Array(values) if !values.is_empty() && !values.iter().all(Value::is_string) => {
            for (index, value) in values.iter().enumerate() {
                flatten(dataset, below(&index.to_string()), value, leaves);
            }
        }
        Value::Array(values) => {
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            leaves.push(Leaf {
                dataset: dataset.to_owned(),
                path,
                value: Value::String(texts.join(", ")),
            });
        }
        _ => leaves.push(Leaf {
            dataset: dataset.to_owned(),
            path,
            value: value.clone(),
        }),
    }
}

/// The histories of a data set.
pub(crate) fn histories(folder: &Path, name: &str) -> Histories {
    let text = std::fs::read_to_string(folder.join(format!("{name}.csv"))).unwrap();
    Histories::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}
