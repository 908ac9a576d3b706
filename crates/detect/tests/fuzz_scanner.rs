//! The scanner on any bytes: it must not panic, and its findings must be sound. A fuzzer can drive the same function.

#[path = "fixtures/toys.rs"]
mod toys;

use std::sync::LazyLock;

use sievert_detect::{Detector, Draw, Scanner, Scratch, Texts, resolve};

use toys::{TOYS, custom};

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let detectors: Vec<&'static Detector> = TOYS.iter().collect();
    Scanner::new(&detectors, &[custom()]).expect("the toys are well formed")
});

/// Up to the first newline the field's name, behind it the text.
fn fuzz_scanner(data: &[u8]) {
    let scanner = &*SCANNER;
    let all = String::from_utf8_lossy(data);
    let (name, text) = all.split_once('\n').unwrap_or(("", &all));
    let field = scanner.field(name);
    let mut scratch = Scratch::default();
    let mut found = Vec::new();
    scanner.scan(&field, text, &mut scratch, &mut found);
    for finding in &found {
        assert!(!text[finding.range()].is_empty(), "a finding is some text, on character borders");
        assert_eq!(finding.confidence, finding.evidence.confidence());
        let _ = scanner.normalize(finding.detector, &text[finding.range()]);
    }
    assert!(found.is_sorted_by_key(|finding| finding.span.start));

    let mut many = Vec::new();
    let texts = Texts { buffer: text, ends: &[text.len() as u32, text.len() as u32] };
    scanner.scan_texts(&field, &texts, &mut scratch, &mut many);
    assert_eq!(many, found.iter().cloned().map(|finding| (0, finding)).collect::<Vec<_>>());

    let groups = resolve(&mut found.clone());
    assert!(groups.windows(2).all(|pair| pair[0].cover.end <= pair[1].cover.start));
    let covered = |finding: &sievert_detect::Finding| {
        let holds =
            |cover: &std::ops::Range<u32>| cover.start <= finding.span.start && finding.span.end <= cover.end;
        groups.iter().any(|group| holds(&group.cover))
    };
    assert!(found.iter().all(covered), "nothing that a loser covered stays visible");
}

#[test]
fn on_a_small_corpus() {
    for data in [
        &b""[..],
        b"\n",
        b"card\n4111 1111",
        b"mrn\xFF\n\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9 12 \xFF\xFE",
        "patientMrn\n\u{200B}１２３４\u{AD}56 号AB-12, имя: Имя\u{202E}".as_bytes(),
        "mac\n0a:1b:2c:3d می\u{200C}خواهم क्\u{200D}ष ab://x".as_bytes(),
    ] {
        fuzz_scanner(data);
    }
}

#[test]
fn on_random_bytes() {
    let mut draw = Draw::new(1);
    let alphabet = "0123456789abck_-:.@; /\n\u{0}mrnd";
    for _ in 0..300 {
        let mut data = Vec::new();
        for _ in 0..draw.number(0, 60) {
            data.push(if draw.chance(80) { draw.letter(alphabet) as u8 } else { draw.bits() as u8 });
        }
        fuzz_scanner(&data);
    }
}
