//! A structured reading of signs, for someone who is not a specialist: the elements of the definition of trafficking, and four
//! lists of signs in six dimensions, each with the strength that the experts gave it. The lists stand in
//! `standards/recognition/signs.toml`. A reading is kept as an event of its case; it adds nothing up and ends in no verdict.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::casework::{Dimension, Nation, ReadingSet, Strength};
use serde::{Deserialize, Serialize};

use crate::sheet::Choice;

/// A sign of one dimension: some hint that a person is or was exploited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Of which dimension.
    pub dimension: Dimension,
    /// Its code, which no other sign of its dimension has.
    pub code: String,
    /// It in words.
    pub words: String,
    /// The lists that have it, with its strength where that was read.
    pub lists: BTreeMap<ReadingSet, Option<Strength>>,
}

/// Where the lists come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub by: String,
    /// Where it can be read.
    pub address: String,
}

/// Someone to call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Who it is, and for what.
    pub who: String,
    /// The number; empty where there is none for all.
    pub number: String,
    /// Where it helps.
    pub nations: Vec<Nation>,
    /// Only for a child.
    #[serde(default)]
    pub is_child: bool,
    /// Only for an adult.
    #[serde(default)]
    pub is_adult: bool,
    /// Whether the number was compared with its owner’s page.
    pub is_checked: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: Source,
    checked: BTreeMap<String, bool>,
    sign: Vec<Written>,
    call: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    dimension: Dimension,
    code: String,
    words: String,
    lists: BTreeMap<String, String>,
}

/// The lists of signs, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signs {
    /// Where they come from.
    pub source: Source,
    /// In the order of the file.
    pub all: Vec<Entry>,
    /// Lists whose strengths were compared with the source.
    pub checked: Vec<ReadingSet>,
    /// Whom to call.
    pub calls: Vec<Call>,
    /// Signs as a form shows them, with their strength: list, dimension, code, words.
    labels: Vec<(ReadingSet, Dimension, String, String)>,
}

impl Signs {
    /// Reads a file of signs, or says what is wrong in it.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let set = |code: &str| ReadingSet::parse(code).map_err(|error| error.to_string());
        let mut checked = Vec::new();
        for (code, is_checked) in &file.checked {
            let set = set(code)?;
            if *is_checked {
                checked.push(set);
            }
        }
        let mut all: Vec<Entry> = Vec::new();
        for written in file.sign {
            let place = format!("{} {}", written.dimension.code(), written.code);
            if all
                .iter()
                .any(|one| one.dimension == written.dimension && one.code == written.code)
            {
                return Err(format!("{place} stands there twice: give one of them another code"));
            }
            if written.words.trim().is_empty() || written.lists.is_empty() {
                return Err(format!("{place} needs words and at least one list"));
            }
            let mut lists = BTreeMap::new();
            for (code, strength) in &written.lists {
                let strength = match strength.as_str() {
                    "unread" => None,
                    code => Some(Strength::parse(code).map_err(|error| format!("{place}: {error}, unread"))?),
                };
                lists.insert(set(code)?, strength);
            }
            all.push(Entry {
                dimension: written.dimension,
                code: written.code,
                words: written.words,
                lists,
            });
        }
        for set in ReadingSet::ALL {
            for dimension in Dimension::ALL {
                if !all
                    .iter()
                    .any(|one| one.dimension == *dimension && one.lists.contains_key(set))
                {
                    return Err(format!("{} has no sign of {}", set.code(), dimension.code()));
                }
            }
        }
        let labels = all
            .iter()
            .flat_map(|one| one.lists.iter().map(move |(set, strength)| (one, *set, *strength)))
            .map(|(one, set, strength)| {
                let words =
                    strength.map_or_else(|| one.words.clone(), |strength| format!("{} ({strength})", one.words));
                (set, one.dimension, one.code.clone(), words)
            })
            .collect();
        Ok(Self {
            source: file.source,
            all,
            checked,
            calls: file.call,
            labels,
        })
    }

    /// The signs of one dimension.
    pub fn of(&self, dimension: Dimension) -> impl Iterator<Item = &Entry> {
        self.all.iter().filter(move |sign| sign.dimension == dimension)
    }

    /// A sign.
    pub fn find(&self, dimension: Dimension, code: &str) -> Option<&Entry> {
        self.of(dimension).find(|sign| sign.code == code)
    }

    /// The signs of one list and dimension as a form offers them: code and words, with the strength where it was read.
    pub fn offered(&self, set: ReadingSet, dimension: Dimension) -> Vec<(&str, &str)> {
        self.labels
            .iter()
            .filter(|(of, part, _, _)| *of == set && *part == dimension)
            .map(|(_, _, code, words)| (code.as_str(), words.as_str()))
            .collect()
    }

    /// Whom to call about someone in a nation.
    pub fn calls(&self, nation: Nation, is_child: bool) -> impl Iterator<Item = &Call> {
        self.calls_anywhere(is_child)
            .filter(move |call| call.nations.contains(&nation))
    }

    /// Whom to call where the nation is not known: each says where it helps.
    pub fn calls_anywhere(&self, is_child: bool) -> impl Iterator<Item = &Call> {
        self.calls
            .iter()
            .filter(move |call| if is_child { !call.is_adult } else { !call.is_child })
    }

    /// The signs of one list and dimension.
    pub fn within(&self, set: ReadingSet, dimension: Dimension) -> impl Iterator<Item = &Entry> {
        self.of(dimension).filter(move |sign| sign.lists.contains_key(&set))
    }
}

static SHIPPED: LazyLock<Signs> = LazyLock::new(|| {
    Signs::read(include_str!("../../../../standards/recognition/signs.toml"))
        .expect("the file that is shipped is read by a test")
});

/// The lists of signs that the program carries.
pub fn signs() -> &'static Signs {
    &SHIPPED
}

/// A sign that was seen, of the dimension with this number. Sealed as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign<const D: usize>(&'static Entry);

impl<const D: usize> Sign<D> {
    /// Which dimension it belongs to.
    pub const DIMENSION: Dimension = Dimension::ALL[D];

    /// The sign.
    pub const fn entry(self) -> &'static Entry {
        self.0
    }
}

impl<const D: usize> Choice for Sign<D> {
    fn choices() -> Vec<(&'static str, &'static str)> {
        signs()
            .of(Self::DIMENSION)
            .map(|sign| (sign.code.as_str(), sign.words.as_str()))
            .collect()
    }

    fn find(code: &str) -> Option<Self> {
        signs().find(Self::DIMENSION, code).map(Self)
    }

    fn code_of(self) -> &'static str {
        &self.0.code
    }

    fn words_of(self) -> &'static str {
        &self.0.words
    }
}

impl<const D: usize> Serialize for Sign<D> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.code)
    }
}

impl<'de, const D: usize> Deserialize<'de> for Sign<D> {
    fn deserialize<T: serde::Deserializer<'de>>(deserializer: T) -> Result<Self, T::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        <Self as Choice>::find(&code)
            .ok_or_else(|| serde::de::Error::custom(format!("“{code}” is not a sign of this dimension")))
    }
}
