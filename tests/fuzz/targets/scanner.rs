//! Any text, in a field of any name: the scanner finds what the plain reference engine finds.

use std::sync::LazyLock;

use sievert_catalog::all;
use sievert_detect::reference::Reference;
use sievert_detect::{Scanner, Scratch};

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
    let tallies = scratch.take_tallies();
    assert_eq!((found, tallies), reference.scan(&field, text));
}
