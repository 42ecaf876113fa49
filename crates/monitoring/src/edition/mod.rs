//! Editions: what a cycle publishes, frozen, and how it is corrected or withdrawn.

pub mod frozen;
