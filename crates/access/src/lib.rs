//! Access: organisations, their members, what each is trusted with, and how they sign in.

pub mod key;
pub mod log;
pub mod member;
pub mod organisation;
pub mod passphrase;
pub mod receipt;
pub mod secret;
pub mod session;

pub use store::work::Actor;
