//! Writes `crates/catalog/src/detectors.rs` from the folder beside it. A package of its own that links nothing: a
//! detector file that was deleted stops the catalogue compiling, but not the test that mends its list.
//!
//! After adding, moving or deleting a detector file: `cargo test -p sievert-registry`, twice.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

const HEAD: &str = r#"//! Every detector file, as a module and in one list: written by `cargo test -p sievert-registry`, never by hand.
#![expect(unreachable_pub, reason = "a detector file reads as a page of its own; the list is the way in")]

use sievert_detect::Detector;
"#;

/// Names of countries and detectors that Rust wants written as raw identifiers.
const KEYWORDS: &[&str] = &["as", "do", "enum", "if", "in", "mod", "ref", "static", "type", "use"];

#[test]
fn the_registry_lists_every_detector_file() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let wanted = render(&detectors(&source.join("detectors")).expect("the folder of detectors is readable"));
    let registry = source.join("detectors.rs");
    if fs::read_to_string(&registry).ok().as_deref() != Some(&wanted) {
        fs::write(&registry, wanted).expect("the registry is writable");
        panic!("crates/catalog/src/detectors.rs was stale; it has been rewritten, commit it");
    }
}

/// The names of the detector files by folder, both in alphabetical order: the order of their ids.
fn detectors(folder: &Path) -> io::Result<BTreeMap<String, Vec<String>>> {
    let mut places = BTreeMap::new();
    for place in fs::read_dir(folder)? {
        let place = place?;
        let mut names = Vec::new();
        for file in fs::read_dir(place.path())? {
            let path = file?.path();
            assert!(path.extension().is_some_and(|e| e == "rs"), "not a detector file: {}", path.display());
            names.push(stem(&path));
        }
        names.sort();
        if !names.is_empty() {
            places.insert(stem(&place.path()), names);
        }
    }
    Ok(places)
}

fn stem(path: &Path) -> String {
    path.file_stem().and_then(|name| name.to_str()).expect("file names are plain ASCII words").to_owned()
}

/// The registry's text, as rustfmt would leave it.
fn render(places: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = HEAD.to_owned();
    for (place, names) in places {
        let _ = writeln!(text, "\nmod {} {{", word(place));
        for name in names {
            let _ = writeln!(text, "    pub mod {};", word(name));
        }
        text.push_str("}\n");
    }
    text.push_str(
        "\n/// All detectors, sorted by id.\n#[rustfmt::skip]\npub(crate) static ALL: &[&Detector] = &[\n",
    );
    for (place, names) in places {
        for name in names {
            let _ = writeln!(text, "    &{}::{}::DETECTOR,", word(place), word(name));
        }
    }
    text.push_str("];\n");
    text
}

fn word(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}
