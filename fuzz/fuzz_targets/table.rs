//! See `targets::table`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::table(bytes));
