//! See `targets::text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::text(bytes));
