//! The fuzz functions over their corpus, and over the corpus damaged: what cargo-fuzz drives, without it. The corpus of
//! the scanner is replayed where the reference engine is at hand, in the catalogue's `differential.rs`.

#[path = "fuzz/targets/formats.rs"]
mod formats;
#[path = "fuzz/targets/policy.rs"]
mod policy;

use std::fs;
use std::path::Path;

/// Places at which each file is cut off, and at which a byte of it is changed.
const DAMAGES: usize = 8;

fn replay(target: &str, fuzz: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut replayed = 0;
    for entry in fs::read_dir(folder).expect("a corpus") {
        let bytes = fs::read(entry.expect("an entry").path()).expect("a file");
        fuzz(&bytes);
        for step in 0..DAMAGES {
            let at = bytes.len() * step / DAMAGES;
            fuzz(&bytes[..at]);
            let mut damaged = bytes.clone();
            if let Some(byte) = damaged.get_mut(at) {
                *byte = byte.wrapping_mul(31).wrapping_add(at as u8 | 1);
                fuzz(&damaged);
            }
        }
        replayed += 1;
    }
    assert!(replayed > 2, "{target} has a corpus");
}

#[test]
fn csv() {
    replay("csv", formats::csv);
}

#[test]
fn json() {
    replay("json", formats::json);
}

#[test]
fn parquet() {
    replay("parquet", formats::parquet);
}

#[test]
fn policies() {
    replay("policy", policy::policy);
}
