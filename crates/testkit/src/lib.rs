//! The test kit: a stage on each database, a cast of members, a client in process, a browser.
//!
//! Every test of the store runs on both databases: write it once, as
//! `on_both(async |stage| { … }).await`. PostgreSQL, Chromium and the rest come from
//! `cargo xtask test`, which says where they are through the environment; a test that finds one
//! missing fails and says so.

pub mod browser;
pub mod cast;
pub mod client;
pub mod keyboard;
pub mod machine;
pub mod provision;
pub mod stage;

pub use cast::Coalition;
pub use client::Client;
pub use provision::provisions;
pub use stage::{Stage, on_both};

/// A part that `cargo xtask test` provides.
///
/// # Panics
/// When it is missing: a test is never skipped.
pub fn part(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests with `cargo xtask test`"))
}
