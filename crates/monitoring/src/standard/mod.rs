//! Standards and their provisions.
