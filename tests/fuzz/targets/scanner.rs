//! Any text, in a field of any name: the scanner finds what the plain reference engine finds.

use std::sync::LazyLock;

use sievert_catalog::all;
use sievert_detect::reference::Reference;
use sievert_detect::{Scanner, Scratch, Texts, Trial};

static ENGINES: LazyLock<(Scanner, Reference)> = LazyLock::new(|| {
    let scanner = Scanner::new(all(), &[]).expect("every pattern compiles");
    (scanner, Reference::new(all(), &[]).expect("every pattern compiles"))
});

/// Up to the first newline the field's name, behind it the text.
pub(crate) fn scanner(data: &[u8]) {
    let (scanner, reference) = &*ENGINES;
    let all = String::from_utf8_lossy(data);
    let (name, text) = all.split_once('\n').unwrap_or(("", &all));
    let field = scanner.field(name);
    let mut scratch = Scratch::default();
    let mut found = Vec::new();
    scanner.scan(&field, text, &mut scratch, &mut found);
    let (expected, tried) = reference.scan(&field, text);
    assert_eq!(found, expected);

    // As a cell, which is tried as a whole.
    let mut in_cell = Vec::new();
    let texts = Texts { buffer: text, ends: &[text.len() as u32] };
    scanner.scan_texts(&field, &texts, &mut scratch, &mut in_cell);
    assert!(in_cell.into_iter().map(|(_, finding)| finding).eq(expected));
    let trials = tried.into_iter().map(|(detector, passed)| Trial { text: 0, detector, passed });
    assert!(scratch.take_trials().into_iter().eq(trials));
}
