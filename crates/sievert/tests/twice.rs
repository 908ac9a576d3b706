//! Redaction over the whole catalogue: a second time changes nothing, whatever the detectors are.

use std::sync::Arc;

use sievert_detect::{Confidence, Detector, Draw, Example, Scanner};
use sievert_redact::{Action, Actions, Key, Redactor};

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
