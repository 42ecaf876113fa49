//! The contribution file: what one organisation releases of its cases into a cycle, as coded rows or as aggregates.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::schema::ROW;

/// What a contribution file says that it is.
pub const FORMAT: &str = "rapporteur-contribution-1";

/// A contribution file, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// Always [`FORMAT`].
    pub format: String,
    /// The name of the cycle whose pack was filled in.
    pub cycle: String,
    /// The version of that pack.
    pub pack: u32,
    /// What is released.
    pub body: Body,
}

/// What is released: one of two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// One row for each case.
    Rows(Vec<Row>),
    /// What was computed at the organisation, by the pack's definitions.
    Aggregates(Aggregates),
}

/// One case, coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Random (UUID version 4): nothing of the case can be read from it.
    pub id: Uuid,
    /// By column; what is not known is left out.
    pub values: BTreeMap<String, Value>,
}

/// A value of a row: a code (also `yes`, `no` and a quarter) or a whole number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Days, pounds, how often.
    Number(u32),
    /// A code, `yes` or `no`, or a quarter.
    Code(String),
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len() + 1))?;
        map.serialize_entry(ROW, &self.id)?;
        for (column, value) in &self.values {
            map.serialize_entry(column, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a row: an object with `{ROW}` and columns of the pack")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
                let (mut id, mut values) = (None, BTreeMap::new());
                while let Some(column) = map.next_key::<String>()? {
                    if column == ROW {
                        if id.replace(map.next_value::<Uuid>()?).is_some() {
                            return Err(A::Error::duplicate_field(ROW));
                        }
                        continue;
                    }
                    // `null` says the same as leaving it out.
                    let value = map.next_value::<Option<Value>>().map_err(|_| {
                        A::Error::custom(format!(
                            "column {column} holds neither text nor a whole number; write a code (also `yes` and `no`) \
                             between quotation marks, or a number without"
                        ))
                    })?;
                    let Some(value) = value else { continue };
                    match values.entry(column) {
                        Entry::Vacant(free) => free.insert(value),
                        Entry::Occupied(taken) => {
                            return Err(A::Error::custom(format!(
                                "column {} stands twice in a row",
                                taken.key()
                            )));
                        }
                    };
                }
                let id = id.ok_or_else(|| A::Error::missing_field(ROW))?;
                Ok(Row { id, values })
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// Everything computed at one organisation, or pooled from several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregates {
    /// How many cases it was computed from.
    pub cases: u64,
    /// One table for each definition.
    pub tables: Vec<Table>,
}

/// A measure's figures: the total, and one breakdown for each column of its strata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The measure, such as `I13a`.
    pub measure: String,
    /// The version of the definition.
    pub version: u32,
    /// Over every case.
    pub total: Aggregate,
    /// In how many of the total's cases, known and missing, each column is recorded that its conditions and sums need; where it
    /// is told by a wider code, only if that answers what is asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recorded: BTreeMap<String, u64>,
    /// In the order of the definition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<Stratum>,
}

impl Table {
    /// How many cases it is of, known or not.
    pub fn cases(&self) -> u64 {
        self.total.d.saturating_add(self.total.missing)
    }

    /// Adds in how many of other cases each column is recorded. Before the totals are added: where only one of two tables that
    /// have cases says it of a column, nobody can say it of both.
    pub fn merge_recorded(&mut self, other: &Self) {
        if self.cases() == 0 {
            self.recorded = other.recorded.clone();
        } else if other.cases() > 0 {
            self.recorded.retain(|column, n| {
                let others = other.recorded.get(column);
                *n = n.saturating_add(others.copied().unwrap_or_default());
                others.is_some()
            });
        }
    }
}

/// A one-way breakdown. Its parts add up to the table's total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stratum {
    /// The column.
    pub column: String,
    /// By code; codes without a case are left out.
    pub cells: BTreeMap<String, Aggregate>,
    /// Cases in which the column is not recorded.
    #[serde(default, skip_serializing_if = "Aggregate::is_zero")]
    pub not_recorded: Aggregate,
    /// Codes with few cases, merged before they were sent.
    #[serde(default, skip_serializing_if = "Aggregate::is_zero")]
    pub remainder: Aggregate,
}

impl Stratum {
    /// A breakdown without a case.
    pub fn empty(column: &str) -> Self {
        Self {
            column: column.to_owned(),
            cells: BTreeMap::new(),
            not_recorded: Aggregate::default(),
            remainder: Aggregate::default(),
        }
    }

    /// What its parts add up to.
    pub fn sum(&self) -> Aggregate {
        let mut sum = self.not_recorded.clone();
        sum.merge(&self.remainder);
        for cell in self.cells.values() {
            sum.merge(cell);
        }
        sum
    }

    /// Adds the figures of the same breakdown of other cases.
    pub fn merge(&mut self, other: &Self) {
        for (code, cell) in &other.cells {
            self.cells.entry(code.clone()).or_default().merge(cell);
        }
        self.not_recorded.merge(&other.not_recorded);
        self.remainder.merge(&other.remainder);
    }
}

/// What is kept of a group of cases. Aggregates of groups that share no case merge into that of all of them, in any
/// order and grouping; [`Aggregate::default`] is the aggregate of no case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// Cases counted: those that meet the condition, or whose number is above 0; for a median or percentile all that
    /// have a number.
    pub n: u64,
    /// Cases in the population of which that is known.
    pub d: u64,
    /// Cases of which it is not known whether they belong to the population or are counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missing: u64,
    /// The sum of the column `of`, where there is one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sum: u64,
    /// The sum of the column `out_of`, where there is one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub out_of: u64,
    /// How many cases have each number, for medians and percentiles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub histogram: BTreeMap<u32, u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Aggregate {
    /// Whether it is of no case.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Adds the aggregate of other cases. Numbers stop at 2^64 - 1, where no count of people comes.
    pub fn merge(&mut self, other: &Self) {
        self.n = self.n.saturating_add(other.n);
        self.d = self.d.saturating_add(other.d);
        self.missing = self.missing.saturating_add(other.missing);
        self.sum = self.sum.saturating_add(other.sum);
        self.out_of = self.out_of.saturating_add(other.out_of);
        for (value, count) in &other.histogram {
            let kept = self.histogram.entry(*value).or_default();
            *kept = kept.saturating_add(*count);
        }
    }
}
