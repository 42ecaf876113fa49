//! The web: the only crate that knows HTTP.
//!
//! A slice has the folder its table and its route are named after; handler, template and test stand
//! side by side. Handlers never build queries: they call the context's commands and queries.

#![expect(
    clippy::cmp_owned,
    reason = "component macros compare words of whatever type a page gives them"
)]

mod account;
pub mod app;
mod area;
mod assessment;
mod background;
mod body;
mod call;
mod case;
mod case_import;
mod claim;
mod component;
mod confirm;
mod consent;
mod contact;
mod contribution;
mod cookie;
mod coverage;
mod cycle;
mod definition;
mod door;
mod draft;
mod edition;
mod error;
mod event;
mod evidence;
mod exploitation;
mod export;
mod feedback;
mod finding;
mod follow_up;
mod form;
mod home;
mod import;
mod indicator;
mod interest;
mod invitation;
mod key;
mod limit;
mod link;
mod log;
mod matrix;
mod measurement;
mod member;
mod need;
mod organisation;
mod own_time;
mod page;
mod personal;
mod plain;
mod plan;
mod provision;
mod receipt;
mod received;
mod recognition;
mod recommendation;
mod referral;
mod retention;
pub mod routes;
mod security;
mod series;
mod sheet;
mod sign_in;
mod standard;
mod study;
#[cfg(test)]
mod tests;
mod text;
mod time_entry;
mod upload;
mod voice;

pub use app::{App, Settings};
pub use component::estimates;
pub use contribution::add_up;
pub use form::Values;
pub use plain::STYLE;
pub use routes::router;
pub use upload::{Sent, take_in};
