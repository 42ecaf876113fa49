//! Measures from cases: coded rows or aggregates in, figures that may be shown out. No input, no output, no clock.
//!
//! [`definition`] reads what is computed (data, checked against the pack's schema) and puts it into words; [`read`] takes
//! in a contribution file or refuses it by row and column; [`evaluate()`] computes every definition from coded rows in one
//! pass; [`small`] merges an organisation's small cells before they are sent; [`pool`] adds up what several
//! organisations sent, and [`once`] counts a person once whom several know; [`disclosure`] withholds small cells, and others so that no subtraction gives them back, within a
//! table and from one table to the next;
//! [`mod@reference`] describes the pack for other systems and for readers.

pub mod definition;
pub mod disclosure;
mod evaluate;
pub mod invented;
pub mod once;
pub mod pool;
pub mod quantile;
pub mod read;
pub mod reference;
mod rows;
pub mod small;

pub use evaluate::evaluate;
pub use rows::Rows;

use domain::pack::{Pack, Schema, THRESHOLD};

/// The version of the pack that the program ships. 2: columns that tell what is of the period. 3: what the reasons of decisions
/// lean on, and what is settled within the period; how much is recorded of what a measure needs. 4: what unpaid hours are worth. 5: by
/// quarter, wherever a measure is of referrals or decisions.
const VERSION: u32 = 5;

/// The pack of a cycle that changed nothing of what the program ships.
pub fn shipped_pack(cycle: &str) -> Pack {
    Pack {
        cycle: cycle.to_owned(),
        version: VERSION,
        period: None,
        threshold: THRESHOLD,
        schema: Schema::shipped(),
        definitions: definition::shipped().definitions,
    }
}
