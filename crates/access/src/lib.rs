//! Access: organisations, their members, what each is trusted with, and how they come in.

pub mod anonymous;
pub mod attempt;
pub mod code;
pub mod factor;
pub mod invitation;
pub mod key;
pub mod log;
pub mod member;
pub mod mode;
pub mod organisation;
pub mod passphrase;
pub mod receipt;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod strength;

pub use store::work::Actor;
