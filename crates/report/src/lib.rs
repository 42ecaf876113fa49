//! Turns a frozen edition into what people read: the PDF, the static site and the data package.
//!
//! Everything here is a pure function of the edition: no database, no clock, no network, no randomness,
//! so the same edition always gives the same bytes.

mod abbreviation;
pub mod chart;
mod package;
pub mod pdf;
pub mod profile;
pub mod publish;
pub mod sample;
pub mod site;
mod svg;
mod wording;

pub use publish::{OutputFile, RenderError, publish};
