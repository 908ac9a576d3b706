//! No text makes a detector of the catalogue slow. The worst are those in which something like a value begins again and
//! again and never is one; nearest to these is a piece of a value, repeated. Steps are counted, not time.

use std::collections::BTreeSet;

use sievert_catalog::all;
use sievert_detect::{Draw, Example, Scanner, Scratch};

/// Long enough that the square of it would show.
const LENGTH: usize = 8_000;

/// Steps for a byte: bytes walked, and ends asked about.
const MOST: u64 = 150;

/// The beginnings of what each detector looks for and of what it takes for something else, and their words.
fn pieces() -> BTreeSet<String> {
    let mut draw = Draw::new(5);
    let mut pieces = BTreeSet::new();
    for detector in all() {
        let examples = detector.examples.iter().map(|marked| Example::parse(marked).text);
        let texts = [(detector.sample)(&mut draw)].into_iter().chain(examples);
        for text in texts.chain(detector.counter_examples.iter().map(|text| (*text).to_owned())) {
            let beginnings = text.char_indices().step_by(5).map(|(end, _)| text[..end].to_owned());
            pieces.extend(beginnings.take(6));
            let words = text.split([' ', '|', ',', ';']).filter(|word| word.len() > 2);
            pieces.extend(words.flat_map(|word| ['.', '-', '&'].map(|sign| format!("{word}{sign}"))));
        }
    }
    pieces.remove("");
    pieces
}

#[test]
fn a_piece_repeated_is_a_matter_of_bytes() {
    let scanner = Scanner::new(all(), &[]).expect("every pattern compiles");
    let field = scanner.field("");
    let mut scratch = Scratch::default();
    for piece in pieces() {
        let text = piece.repeat(LENGTH.div_ceil(piece.len()));
        let before = scratch.steps();
        scanner.scan(&field, &text, &mut scratch, &mut Vec::new());
        let steps = (scratch.steps() - before) / text.len() as u64;
        assert!(steps <= MOST, "{piece:?} again and again: {steps} steps a byte");
    }
}
