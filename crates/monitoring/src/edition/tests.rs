//! Publishing, correcting and withdrawing.
