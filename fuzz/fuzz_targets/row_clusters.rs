//! See `targets::row_clusters`.
#![no_main]

#[path = "../src/program.rs"]
#[expect(dead_code, reason = "one function of them")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::row_clusters(bytes));
