//! The web: the only crate that knows HTTP.
//!
//! A slice has the folder its table and its route are named after; handler, template and test stand
//! side by side. Handlers never build queries: they call the context's commands and queries.

pub mod app;
mod body;
mod door;
mod draft;
mod error;
mod form;
mod home;
mod page;
mod plain;
pub mod routes;
mod sign_in;
mod upload;
#[cfg(test)]
mod tests;

pub use app::{App, Settings};
pub use routes::router;
