//! The web: the only crate that knows HTTP.
//!
//! A slice has the folder its table and its route are named after; handler, template and test stand
//! side by side. Handlers never build queries: they call the context's commands and queries.

pub mod app;
mod area;
mod body;
mod claim;
mod component;
mod coverage;
mod door;
mod draft;
mod edition;
mod error;
mod evidence;
mod form;
mod home;
mod import;
mod page;
mod plain;
pub mod routes;
mod series;
mod sign_in;
mod upload;
#[cfg(test)]
mod tests;

pub use app::{App, Settings};
pub use plain::STYLE;
pub use routes::router;
