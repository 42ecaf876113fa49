//! The cycle pack and the contribution: the one bridge between cases and the audit.
//!
//! A cycle's [`Pack`] says which columns a coded row may have, which codes they take and what is computed from them. An
//! organisation fills it in, from its own Rapporteur or from any other system, and releases a [`Contribution`]. What
//! evaluates, reads and pools them is the crate `measures`.

pub mod codes;
mod contribution;
mod definition;
mod lists;
mod schema;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::Day;

pub use contribution::{Aggregate, Aggregates, Body, Contribution, FORMAT, Row, Stratum, Table, Value};
pub use definition::{Condition, Definition, Rule, Test};
pub use lists::SEVERAL_FORMS;
pub use schema::{
    Code, CodeList, Column, HIGHEST_MONEY, HIGHEST_TOP, Kind, MOST_CODES, Quarter, ROW, Schema, SchemaFault, Unit,
    Wider,
};

/// Cells with fewer people are neither shown nor derivable, unless a cycle asks for more.
pub const THRESHOLD: u64 = 11;

/// The days that a cycle is about, both counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// The first.
    pub from: Day,
    /// The last.
    pub until: Day,
}

/// One file that a coordinator gives to every organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// The cycle's name.
    pub cycle: String,
    /// From 1; a changed pack is a new version.
    pub version: u32,
    /// Of whom a contribution tells: who was supported on any of these days. Packs of older programs do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Days>,
    /// Cells with fewer people are merged before they are sent, and withheld after pooling.
    pub threshold: u64,
    /// Columns and codes.
    pub schema: Schema,
    /// What is computed.
    pub definitions: Vec<Definition>,
}
