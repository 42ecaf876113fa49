//! The store: one database (SQLite or PostgreSQL), files, jobs, drafts, and the log of acts with
//! its proof.
//!
//! Contexts reach the database only through here. What differs between the two databases stands in
//! [`dialect`] and nowhere else.

pub mod backup;
pub mod canonical;
pub mod chain;
pub mod checkpoint;
pub mod db;
pub mod demonstration;
pub mod dialect;
pub mod draft;
pub mod envelope;
pub mod error;
pub mod files;
pub mod jobs;
mod kept;
pub mod migrate;
pub mod mode;
pub mod retention;
#[expect(clippy::struct_excessive_bools, reason = "rows have the columns of their tables")]
pub mod row;
pub mod seal;
pub mod work;

pub use db::Db;
pub use error::{AppError, FieldErrors};
pub use work::{Cx, Work};
