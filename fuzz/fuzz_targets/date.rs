//! See `targets::date`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::date(bytes));
