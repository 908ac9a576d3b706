//! The floors of the house, held by reading the manifests. The table is the document: to allow a dependency between
//! rooms, change it here and say why in `crates/README.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room, where it is, and what it may use of the house.
const ROOMS: &[(&str, &str, &[&str])] = &[
    ("sievert-detect", "crates/detect", &[]),
    ("sievert-io", "crates/io", &[]),
    ("sievert-catalog", "crates/catalog", &["sievert-detect"]),
    ("sievert-registry", "crates/catalog/registry", &[]),
    ("sievert-redact", "crates/redact", &["sievert-detect"]),
    ("sievert-core", "crates/core", &["sievert-detect", "sievert-io", "sievert-redact"]),
    ("sievert-corpora", "corpora", &["sievert-detect", "sievert-io"]),
    ("sievert-report", "crates/report", &["sievert-core", "sievert-detect"]),
    (
        "sievert",
        "crates/sievert",
        &["sievert-catalog", "sievert-core", "sievert-detect", "sievert-redact", "sievert-report"],
    ),
    ("sievert-cli", ".", &["sievert", "sievert-corpora"]),
    ("sievert-python", "python", &["sievert"]),
];

/// Packages that only these rooms may name.
const KEPT: &[(&str, &[&str])] = &[
    ("tokio", &["sievert-io", "sievert-core"]),
    ("arrow", &["sievert-io"]),
    ("parquet", &["sievert-io"]),
    ("object_store", &["sievert-io"]),
    ("aws-config", &["sievert-io"]),
    ("clap", &["sievert-cli"]),
    ("clap_complete", &["sievert-cli"]),
    ("clap_mangen", &["sievert-cli"]),
    ("indicatif", &["sievert-cli"]),
    ("pyo3", &["sievert-python"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names under `[dependencies]` of a manifest (what tests and benches use does not count).
fn dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    manifest
        .get("dependencies")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(toml::Table::keys)
        .cloned()
        .collect()
}

#[test]
fn each_room_uses_only_what_stands_below_it() {
    for (name, folder, allowed) in ROOMS {
        for used in dependencies(folder).iter().filter(|used| used.starts_with("sievert")) {
            assert!(allowed.contains(&used.as_str()), "{name} may not use {used}");
        }
    }
}

#[test]
fn heavy_packages_stay_in_their_room() {
    for (name, folder, _) in ROOMS {
        let used = dependencies(folder);
        for (package, rooms) in KEPT {
            assert!(!used.contains(*package) || rooms.contains(name), "{name} may not name {package}");
        }
    }
}

#[test]
fn every_member_of_the_workspace_is_in_the_table() {
    let manifest: toml::Table =
        fs::read_to_string(root().join("Cargo.toml")).expect("a manifest").parse().expect("TOML");
    let members = manifest["workspace"]["members"].as_array().expect("a list");
    let members: BTreeSet<_> = members.iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(members, ROOMS.iter().map(|(_, folder, _)| *folder).collect());
}

/// Library code neither prints nor exits: a service that links it owns both.
#[test]
fn only_the_program_prints_or_exits() {
    let mut seen = 0;
    for (name, folder, _) in ROOMS.iter().filter(|(name, ..)| *name != "sievert-cli") {
        let source = root().join(folder).join("src");
        for file in source.is_dir().then(|| rust_files(&source)).into_iter().flatten() {
            seen += 1;
            let text = fs::read_to_string(&file).expect("source");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in ["println!(", "eprintln!(", "process::exit"] {
                assert!(!code.contains(word), "{name}: {} has {word}", file.display());
            }
        }
    }
    assert!(seen > 50, "the walk found only {seen} files");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        match entry.is_dir() {
            true => files.extend(rust_files(&entry)),
            false if entry.extension().is_some_and(|ending| ending == "rs") => files.push(entry),
            false => {}
        }
    }
    files
}
