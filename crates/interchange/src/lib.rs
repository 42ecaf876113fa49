//! Readers and writers of outside formats.
//!
//! Bytes go in; values or faults come out. The crate performs no input or output, reads no clock and
//! depends on no other crate of the program, so that every reader can be fuzzed and every writer gives
//! the same bytes for the same values.
//!
//! The way of a statistics file: [`table::read`] decodes the bytes and finds the heading row,
//! [`personal::refuse`] turns away columns about people, [`series::read`] applies a remembered
//! [`mapping::Mapping`] and separates good rows from faulty ones, and [`csv_out::refused`] gives the
//! faulty ones back as a file to correct. [`area::read`] does the same for areas.
//! [`package::write`] publishes tables as a data package.
//!
//! Two rules hold throughout. Nothing is guessed: what could be read in two ways is a [`Fault`] that
//! says how to say which. And a bad row is refused alone: only a file that cannot be read as a table at
//! all is refused whole.

pub mod archive;
pub mod area;
pub mod csv_out;
pub mod date;
mod fault;
pub mod htcds;
pub mod mapping;
pub mod package;
pub mod personal;
pub mod plan;
mod rows;
pub mod series;
pub mod table;
pub mod text;
pub mod value;
pub mod xlsx_out;

pub use fault::{BadValue, Fault, Kind, Note, excerpt};
pub use rows::{Read, RowFault};
