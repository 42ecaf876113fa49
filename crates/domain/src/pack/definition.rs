//! Definitions: what a measure computes from coded rows, as data that a form can offer and a page can explain.
//!
//! There are no free expressions. A condition is a list of tests, all of which must hold, and a list of which one must;
//! a test compares one column with codes or with a number. So every definition ends, costs little and can be put into
//! words, and a test on what is not known is answered “not known”, never “no”.

use serde::{Deserialize, Serialize};

use crate::indicator::Statistic;

/// One measure's definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The measure, such as `I13a`.
    pub code: String,
    /// From 1; a changed definition is a new version.
    pub version: u32,
    /// What is computed.
    pub statistic: Statistic,
    /// The column that is summed, timed or averaged; none where cases are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The column whose sum it is divided by; none where it is divided by cases, or not at all. Cases in which it is 0
    /// are outside the population.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of: Option<String>,
    /// For a rate: per how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<u32>,
    /// Which cases are looked at; every case where nothing is asked.
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub population: Condition,
    /// Which of them are counted.
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub counted: Condition,
    /// Columns that it is broken down by, one at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<String>,
    /// What the rows of cases cannot give of it; empty where they give all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What must hold of a case: all of some tests, and one of some others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Each of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Test>,
    /// At least one of these holds, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Test>,
}

impl Condition {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }

    /// Its tests.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        self.all.iter().chain(&self.any)
    }
}

/// A question about one column of a case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Test {
    /// The column's name.
    pub column: String,
    /// What is asked.
    pub rule: Rule,
}

/// What is asked of a value. Of a value that is not there, every answer but that to `Recorded` is “not known”.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It is one of these codes.
    Is(Vec<String>),
    /// It is none of these codes.
    IsNot(Vec<String>),
    /// It is this number or lower.
    AtMost(u32),
    /// It is this number or higher.
    AtLeast(u32),
    /// It is there, or it is not.
    Recorded(bool),
}

/// A test as a file holds it: the column, and one of the rules.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    column: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_not: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_most: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded: Option<bool>,
}

impl TryFrom<Written> for Test {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let mut rules = [
            written.is.map(Rule::Is),
            written.is_not.map(Rule::IsNot),
            written.at_most.map(Rule::AtMost),
            written.at_least.map(Rule::AtLeast),
            written.recorded.map(Rule::Recorded),
        ]
        .into_iter()
        .flatten();
        match (rules.next(), rules.next()) {
            (Some(rule), None) => Ok(Self {
                column: written.column,
                rule,
            }),
            _ => Err(format!(
                "the test of column {} needs exactly one of: is, is_not, at_most, at_least, recorded",
                written.column
            )),
        }
    }
}

impl From<Test> for Written {
    fn from(test: Test) -> Self {
        let mut written = Self {
            column: test.column,
            ..Self::default()
        };
        match test.rule {
            Rule::Is(codes) => written.is = Some(codes),
            Rule::IsNot(codes) => written.is_not = Some(codes),
            Rule::AtMost(number) => written.at_most = Some(number),
            Rule::AtLeast(number) => written.at_least = Some(number),
            Rule::Recorded(is_there) => written.recorded = Some(is_there),
        }
        written
    }
}
