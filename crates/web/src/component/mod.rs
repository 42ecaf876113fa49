//! The parts of components that are drawn by code; the rest are templates (see `README.md`).

pub(crate) mod chart;
pub mod estimates;
