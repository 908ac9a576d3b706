//! Redaction over the whole catalogue: a second time changes nothing, whatever the detectors are.

use std::sync::Arc;

use sievert_detect::{Confidence, Detector, Draw, Example, Scanner};
use sievert_redact::{Action, Actions, Key, Mask, Redactor};

/// Texts that hold what a detector looks for: its examples, and samples behind its name.
fn texts(detector: &'static Detector, draw: &mut Draw) -> Vec<String> {
    let label = detector.labels.first().copied().unwrap_or(detector.title);
    let mut texts: Vec<_> = detector.examples.iter().map(|marked| Example::parse(marked).text).collect();
    for _ in 0..2 {
        let (one, two) = ((detector.sample)(draw), (detector.sample)(draw));
        texts.push(format!("{label}: {one}, then {two} and {one}."));
    }
    texts
}

/// Masks that keep as much as policies ask for; letters read as parts of a value, and four digits are a whole one.
fn masks() -> impl Iterator<Item = Mask> {
    let signs = ['*', 'X', '#', '█'].into_iter();
    signs.flat_map(|character| {
        [(0, 0), (0, 4), (1, 0), (6, 4)].map(|(keep_first, keep_last)| Mask {
            keep_first,
            keep_last,
            character,
            ..Mask::default()
        })
    })
}

#[test]
fn what_a_mask_leaves_is_not_found_again() {
    let detectors: Vec<&'static Detector> = sievert_catalog::all().to_vec();
    let scanner = Arc::new(Scanner::new(&detectors, &[]).expect("the catalogue compiles"));
    let redactor = Redactor::new(Arc::clone(&scanner), None, []).expect("no key is needed");
    let with = |mask: Mask| {
        Actions::new(scanner.len(), |_, confidence| match confidence {
            Confidence::Possible => Action::Keep,
            _ => Action::Mask(mask.clone()),
        })
    };
    let masked =
        |actions: &Actions, text: &str| redactor.redact(actions, text, scanner.findings(text)).into_owned();
    let mut draw = Draw::new(2);
    let (four, letters) =
        (Mask { keep_last: 4, ..Mask::default() }, Mask { character: 'X', ..Mask::default() });
    for (id, mask, stays) in [
        ("global.payment_card", &four, true),
        ("us.bank_account", &four, false), // four digits behind `bank account` are one
        ("us.ssn", &letters, true),
        ("global.email", &letters, false), // XXXX@XXXX.XXX
    ] {
        let detector = detectors.iter().find(|detector| detector.id == id).expect("in the catalogue");
        let (value, label) = ((detector.sample)(&mut draw), detector.labels[0]);
        let left = if stays { mask.apply(&value) } else { mask.character.to_string().repeat(value.len()) };
        assert_eq!(masked(&with(mask.clone()), &format!("{label}: {value}")), format!("{label}: {left}"));
    }
    for detector in &detectors {
        for text in texts(detector, &mut draw) {
            for mask in masks() {
                let actions = with(mask.clone());
                let once = masked(&actions, &text);
                let mut found = scanner.findings(&once);
                found.retain(|finding| finding.confidence > Confidence::Possible);
                assert_eq!(found, [], "{mask:?} of {} leaves {once} of {text}", detector.id);
                assert_eq!(masked(&actions, &once), once, "{mask:?} of {} twice", detector.id);
            }
        }
    }
}

#[test]
fn redacting_twice_changes_nothing() {
    let detectors: Vec<&'static Detector> = sievert_catalog::all().to_vec();
    let scanner = Arc::new(Scanner::new(&detectors, &[]).expect("the catalogue compiles"));
    let key = Key::from_bytes(&[7; 32]).expect("32 bytes");
    let redactor = Redactor::new(Arc::clone(&scanner), Some(key), []).expect("there is a key");
    let mut draw = Draw::new(1);
    let mut rewritten = 0;
    for detector in &detectors {
        for text in texts(detector, &mut draw) {
            for (action, from) in
                [(Action::Replace(None), Confidence::Likely), (Action::Pseudonym, Confidence::Possible)]
            {
                let actions = Actions::new(scanner.len(), |_, confidence| {
                    if confidence >= from { action.clone() } else { Action::Keep }
                });
                let once = redactor.redact(&actions, &text, scanner.findings(&text));
                let twice = redactor.redact(&actions, &once, scanner.findings(&once));
                assert_eq!(twice, once, "{} in {text}", detector.id);
                rewritten += usize::from(once != text);
            }
        }
    }
    assert!(rewritten > detectors.len() * 2, "only {rewritten} texts held anything");
}
