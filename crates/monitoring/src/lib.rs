//! Monitoring: from standards and evidence to findings, recommendations and editions.
//!
//! One folder per slice, named as its table, its route and its screen are. This crate never reads
//! casework: the two do not know each other.

pub mod body;
pub mod edition;
pub mod gate;
pub mod standard;
