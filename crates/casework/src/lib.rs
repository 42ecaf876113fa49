//! Casework: people who are supported, what happens to them, and what is due.
//!
//! One folder per slice, named as its table, its route and its screen are. Everything about a person is sealed under a
//! key of their own; this crate and `monitoring` do not know each other, and nothing here is read by the audit.

pub mod background;
pub mod calendar;
pub mod case;
pub mod clock;
pub mod consent;
pub mod contact;
pub mod contribution;
pub mod event;
pub mod exploitation;
pub mod export;
pub mod feedback;
pub mod follow_up;
pub mod import;
pub mod link;
pub mod need;
pub mod own_time;
pub mod part;
pub mod person;
pub mod plan;
pub mod recognition;
pub mod referral;
pub mod sheet;
pub mod text;
pub mod time_entry;
pub mod voice;
