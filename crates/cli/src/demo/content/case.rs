//! Cases as `demo/cases.toml` tells them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An answer of a form.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    /// Words or a code.
    One(String),
    /// Several codes.
    Several(Vec<String>),
    /// A day: so many days before the demonstration is built, or after it where it is below nought.
    Ago(i32),
}

/// Answers by the names of their fields.
pub(crate) type Answers = BTreeMap<String, Answer>;

/// A case with everything in it. Whoever records it works on it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// Key of the caseworker.
    pub by: String,
    /// Days since support began.
    pub opened: i32,
    pub nation: String,
    pub is_closed: bool,
    pub person: Answers,
    #[serde(default)]
    pub contact: Answers,
    #[serde(default)]
    pub events: Vec<Happening>,
    #[serde(default)]
    pub needs: Vec<Happening>,
    #[serde(default)]
    pub episodes: Vec<Answers>,
    /// What they said in their own words.
    #[serde(default)]
    pub voices: Vec<Happening>,
    #[serde(default)]
    pub time: Vec<Happening>,
    #[serde(default)]
    pub referrals: Vec<Referred>,
}

/// A referral to another organisation that nobody has answered yet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Referred {
    /// How many days ago.
    pub ago: i32,
    /// Key of the organisation.
    pub to: String,
    pub summary: String,
    /// What goes along about the person, beside the first need.
    pub parts: Vec<String>,
}

/// Something that was recorded on its day.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Happening {
    /// How many days ago.
    pub ago: i32,
    #[serde(flatten)]
    pub answers: Answers,
}
