//! Standards and their provisions.

pub mod files;
