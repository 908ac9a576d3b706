//! Writes CATALOG.md from the detectors, as the registry is written from the folder.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use sievert_catalog::all;
use sievert_detect::Detector;

const HEAD: &str = "\
# What Sievert looks for

Written by `cargo test -p sievert-catalog --test listing`, never by hand. `sievert explain ID` says more of each.

*Context*: reported only where a label, a word near, the field's name or its column vouches for it. *By chance*: the
share of random values of the same shape that pass the checksum; empty where there is none.

| Id | What it is | Category | Context | By chance | Also called | Source |
|---|---|---|---|---|---|---|
";

#[test]
fn the_catalogue_page_lists_every_detector() {
    let wanted = all().iter().fold(HEAD.to_owned(), |mut page, detector| {
        row(&mut page, detector);
        page
    });
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("CATALOG.md");
    if fs::read_to_string(&page).ok().as_deref() != Some(&wanted) {
        fs::write(&page, wanted).expect("the page is writable");
        panic!("CATALOG.md was stale; it has been rewritten, commit it");
    }
}

fn row(page: &mut String, d: &Detector) {
    let Detector { id, title, .. } = d;
    let context = if d.needs_context || d.pattern.is_empty() { "needed" } else { "" };
    let chance = match d.chance {
        0.0 => String::new(),
        chance if chance < 0.000_1 => "< 0.01 %".into(),
        chance => format!("{:.2} %", 100.0 * chance),
    };
    let aliases = d.aliases.join(", ");
    let sources: Vec<_> = d.sources.iter().map(|source| link(source)).collect();
    let _ = writeln!(
        page,
        "| `{id}` | {title} | {} | {context} | {chance} | {aliases} | {} |",
        d.category.name(),
        sources.join("; ")
    );
}

/// A web address by the name of its host.
fn link(source: &str) -> String {
    match source.split_once("://") {
        Some((_, rest)) => format!("[{}]({source})", rest.split('/').next().unwrap_or(rest)),
        None => source.to_owned(),
    }
}
