//! Multiple systems estimation: how many people no list holds, from how several lists overlap.
//!
//! Several organisations each know some of the people. Who is on which lists is one *capture
//! history* per person; [`Histories`] counts them. Every method here is a different assumption about
//! how lists depend on one another, and answers with an [`Estimate`] or a [`Refusal`]. None of them
//! is *the* answer: show them side by side.
pub mod bootstrap;
pub mod chao;
pub(crate) mod cholesky;
pub mod classes;
pub mod convergence;
pub mod downhill;
pub mod estimate;
pub(crate) mod existence;
pub mod graphs;
pub mod hierarchical;
pub mod histories;
pub mod model;
pub(crate) mod newton;
pub(crate) mod normal;
pub mod panel;
pub mod poisson;
pub mod profile;
pub mod reliability;
pub mod stepwise;
pub(crate) mod stream;
pub(crate) mod table;
pub mod threshold;
pub mod verdict;

pub use estimate::{Checks, Estimate, Interval, IntervalKind, Method, Refusal, Settings};
pub use histories::{Histories, HistoriesError};
pub use model::Model;
