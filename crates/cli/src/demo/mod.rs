//! The demonstration: an invented coalition with real public statistics.

pub mod content;
