//! See `targets/formats.rs`.
#![no_main]

#[path = "../targets/formats.rs"]
#[allow(dead_code, reason = "a target drives one format")]
mod formats;

libfuzzer_sys::fuzz_target!(|data: &[u8]| formats::csv(data));
