//! See `targets/formats.rs`.
#![no_main]

#[path = "../targets/formats.rs"]
mod formats;

libfuzzer_sys::fuzz_target!(|data: &[u8]| formats::json(data));
