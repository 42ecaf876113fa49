//! The words the whole program shares: ids, instants, days, code lists, ratings and the permission
//! matrix. Nothing here reads or writes anything.
//!
//! One word per thing: the type, the table, the folder, the route and the screen use the same one.

pub mod area;
pub mod assessment;
pub mod call;
pub mod casework;
pub mod contribution;
pub mod cycle;
pub mod evidence;
pub mod export;
pub mod fold;
pub mod ids;
pub mod indicator;
pub mod mode;
pub mod pack;
pub mod permission;
pub mod publication;
pub mod received;
pub mod series;
pub mod standard;
pub mod study;
pub mod time;
pub mod words;

pub use ids::Ids;
pub use time::{Day, Instant};
