//! The scanner agrees with the plain reference engine when all detectors are on, finding for finding.

#[path = "../../../tests/fuzz/targets/scanner.rs"]
mod fuzz;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use sievert_catalog::all;
use sievert_detect::reference::Reference;
use sievert_detect::{Draw, Example, Scanner, Scratch};

static ENGINES: LazyLock<(Scanner, Reference)> = LazyLock::new(|| {
    let scanner = Scanner::new(all(), &[]).expect("every pattern compiles");
    (scanner, Reference::new(all(), &[]).expect("every pattern compiles"))
});

fn agree(name: &str, text: &str) {
    agree_on(&ENGINES, name, text);
}

fn agree_on((scanner, reference): &(Scanner, Reference), name: &str, text: &str) {
    let field = scanner.field(name);
    let mut scratch = Scratch::default();
    let mut found = Vec::new();
    scanner.scan(&field, text, &mut scratch, &mut found);
    assert_eq!(found, reference.scan(&field, text).0, "in {text:?} of field {name:?}");
    let (mut anchors, mut verified) = (Vec::new(), Vec::new());
    scanner.candidates(text.as_bytes(), &mut scratch, &mut anchors);
    scanner.verify(&field, text, &anchors, &mut scratch, &mut verified);
    assert_eq!(verified, found, "at the anchors of {text:?}");
}

#[test]
fn on_every_example_and_counter_example() {
    for detector in all() {
        for text in detector.examples.iter().map(|marked| Example::parse(marked).text) {
            agree("", &text);
        }
        detector.counter_examples.iter().for_each(|text| agree("", text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Samples cut, joined and labelled at random: the texts that are nearest to what is looked for.
    #[test]
    fn on_mangled_samples(seed: u64, glue in "[ ,;:=@/()\"'.\u{200b}\u{ff11}_-]{0,3}|\\\\[nrt]", name in "(ssn|email|card_number|note)?") {
        let mut draw = Draw::new(seed);
        let mut text = String::new();
        for _ in 0..4 {
            let detector = *draw.pick(all());
            if draw.chance(50) && !detector.labels.is_empty() {
                text.push_str(draw.pick::<&str>(detector.labels));
                text.push_str(&glue);
            }
            let sample = (detector.sample)(&mut draw);
            let kept = draw.number(0, sample.chars().count() as u64 * 2) as usize;
            text.extend(sample.chars().take(kept.max(1)));
            text.push_str(&glue);
        }
        agree(&name, &text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Where no word can stand, fewer shapes are looked at.
    #[test]
    fn on_samples_without_their_letters(seed: u64, glue in "[ ,;:=@/()._-]{0,2}", name in "(ssn|phone|card_number|note)?") {
        let mut draw = Draw::new(seed);
        let mut text = String::new();
        for _ in 0..3 {
            let sample = (draw.pick(all()).sample)(&mut draw);
            text.extend(sample.chars().filter(|c| c.is_ascii() && !c.is_ascii_alphabetic()));
            text.push_str(&glue);
        }
        agree(&name, &text);
    }
}

/// Filters and buckets depend on what else is looked for.
#[test]
fn with_any_part_of_the_catalogue() {
    let mut draw = Draw::new(11);
    for _ in 0..12 {
        let percent = *draw.pick(&[2, 10, 50]);
        let some: Vec<_> = all().iter().copied().filter(|_| draw.chance(percent)).collect();
        let Some(one) = some.first() else { continue };
        let scanner = Scanner::new(&some, &[]).expect("every pattern compiles");
        let engines = (scanner, Reference::new(&some, &[]).expect("every pattern compiles"));
        for _ in 0..12 {
            let detector = *draw.pick(&some);
            let label = detector.labels.first().unwrap_or(&one.id);
            let text = format!("{label}: {} {}", (detector.sample)(&mut draw), (one.sample)(&mut draw));
            agree_on(&engines, "", &text);
        }
    }
}

#[test]
fn on_the_corpus_of_the_fuzzer() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus/scanner");
    let mut replayed = 0;
    for entry in fs::read_dir(corpus).expect("a corpus") {
        let bytes = fs::read(entry.expect("an entry").path()).expect("a file");
        fuzz::scanner(&bytes);
        fuzz::scanner(&bytes[..bytes.len() / 2]);
        replayed += 1;
    }
    assert!(replayed > 2);
}
