//! Monitoring: from standards and evidence to findings, recommendations and editions.
//!
//! One folder per slice, named as its table, its route and its screen are. This crate never reads
//! casework: the two do not know each other.

pub mod area;
pub mod assessment;
pub mod body;
pub mod call;
pub mod claim;
pub mod contribution;
pub mod coverage;
pub mod cycle;
pub mod definition;
pub mod edition;
pub mod evidence;
pub mod export;
pub mod finding;
pub mod gate;
pub mod import;
pub mod indicator;
pub mod interest;
pub mod measurement;
pub mod personal;
pub mod recommendation;
pub mod retention;
pub mod series;
pub mod standard;
pub mod study;
