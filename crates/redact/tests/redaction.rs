//! What redaction promises, held over generated texts: what was covered is gone, everything else stays, a second
//! time changes nothing.

use std::ops::Range;
use std::sync::Arc;

use proptest::prelude::*;
use sievert_detect::{Borders, Confidence, Detector, DetectorIndex, Evidence, Finding, Scanner, Verdict};
use sievert_redact::{Action, ActionKind, Actions, Key, Mask, Outcome, Redactor, Splice, Taken, is_token};

static EMAIL: Detector = Detector {
    id: "toy.email",
    placeholder: "EMAIL",
    pattern: r"[a-z]+@[a-z]+\.[a-z]+",
    validate: |_| Verdict::Unmistakable,
    ..Detector::BLANK
};

static NUMBER: Detector = Detector {
    id: "toy.number",
    placeholder: "NUMBER",
    pattern: "[0-9]{3}-?[0-9]{3}",
    labelled: "[A-Z0-9-]{3,24}",
    labels: &["number"],
    borders: Borders::Digit,
    ..Detector::BLANK
};

static PASSWORD: Detector = Detector {
    id: "toy.password",
    placeholder: "PASSWORD",
    labelled: r"[^\s]{3,40}",
    labels: &["password"],
    ..Detector::BLANK
};

fn redactor(actions: &[&Action]) -> Redactor {
    let scanner = Scanner::new(&[&EMAIL, &NUMBER, &PASSWORD], &[]).expect("they compile");
    let key = Key::from_bytes(&[7; 32]).expect("32 bytes");
    Redactor::new(Arc::new(scanner), Some(key), actions.iter().copied()).expect("there is a key")
}

fn finding(detector: u16, span: Range<u32>, confidence: Confidence) -> Finding {
    Finding { detector: DetectorIndex(detector), span, confidence, evidence: Evidence::NONE }
}

/// Scans and redacts with one action for all.
fn redact(redactor: &Redactor, action: &Action, text: &str) -> String {
    let actions = Actions::every(redactor.scanner().len(), action);
    redactor.redact(&actions, text, redactor.scanner().findings(text)).into_owned()
}

#[test]
fn each_action_on_one_text() {
    let text = "to anna@example.com now";
    for (action, expected) in [
        (Action::Keep, text),
        (Action::Replace(None), "to <EMAIL> now"),
        (Action::Replace(Some("somebody".to_owned())), "to somebody now"),
        (Action::Replace(Some(String::new())), "to  now"),
        (Action::Mask(Mask { keep_first: 1, ..Mask::default() }), "to a***@*******.*** now"),
        (Action::DropCell, ""),
        (Action::DropRecord, ""),
    ] {
        assert_eq!(redact(&redactor(&[&action]), &action, text), expected);
    }
}

#[test]
fn a_value_has_one_token_however_it_is_spelled() {
    let redactor = redactor(&[&Action::Pseudonym]);
    let text = redact(&redactor, &Action::Pseudonym, "123-456, 123456 and 123457");
    let tokens: Vec<_> = text.split([' ', ',']).filter(|word| word.starts_with("NUMBER")).collect();
    assert!(tokens.iter().all(|token| is_token("NUMBER", token)), "{text}");
    assert_eq!(tokens.len(), 3);
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
}

#[test]
fn a_pseudonym_without_a_key_is_refused() {
    let scanner = Arc::new(Scanner::new(&[&EMAIL], &[]).expect("compiles"));
    assert!(Redactor::new(Arc::clone(&scanner), None, [&Action::Pseudonym]).is_err());
    assert!(Redactor::new(scanner, None, [&Action::Replace(None)]).is_ok());
}

#[test]
fn the_winner_s_action_covers_what_the_losers_covered() {
    let redactor = redactor(&[]);
    let actions = Actions::new(3, |detector, _| match detector.0 {
        0 => Action::Replace(None),
        1 => Action::Mask(Mask::default()),
        _ => Action::Keep,
    });
    let text = "abc 123456 def";
    let mut taken = Vec::new();
    let findings = [finding(0, 0..7, Confidence::Possible), finding(1, 4..10, Confidence::Likely)];
    let outcome = redactor.plan_cell(&actions, text, &findings, &mut taken);
    assert_eq!(outcome, Outcome::Splices(vec![Splice { span: 0..10, text: "******".to_owned() }]));
    assert_eq!(
        taken,
        [0, 1].map(|detector| Taken { detector: DetectorIndex(detector), action: ActionKind::Mask })
    );
}

#[test]
fn what_is_kept_hides_nothing() {
    let redactor = redactor(&[]);
    let actions = Actions::new(3, |detector, confidence| match (detector.0, confidence) {
        (0, Confidence::Certain) => Action::Replace(None),
        _ => Action::Keep,
    });
    let mut taken = Vec::new();
    let findings = [
        finding(2, 0..14, Confidence::Certain),
        finding(0, 4..10, Confidence::Certain),
        finding(0, 11..14, Confidence::Possible),
    ];
    let outcome = redactor.plan_cell(&actions, "abc 123456 def", &findings, &mut taken);
    assert_eq!(outcome, Outcome::Splices(vec![Splice { span: 4..10, text: "<EMAIL>".to_owned() }]));
    let kinds: Vec<_> = taken.iter().map(|taken| taken.action).collect();
    assert_eq!(kinds, [ActionKind::Keep, ActionKind::Replace, ActionKind::Keep]);
}

#[test]
fn a_dropped_record_outdoes_a_dropped_cell_and_counts_all() {
    let redactor = redactor(&[]);
    let actions = Actions::new(3, |detector, _| match detector.0 {
        0 => Action::DropCell,
        1 => Action::DropRecord,
        _ => Action::Keep,
    });
    let mut taken = Vec::new();
    let findings = [
        finding(0, 0..3, Confidence::Likely),
        finding(1, 4..10, Confidence::Likely),
        finding(2, 11..14, Confidence::Likely),
    ];
    let text = "abc 123456 def";
    assert_eq!(redactor.plan_cell(&actions, text, &findings, &mut taken), Outcome::DropRecord);
    assert!(taken.len() == 3 && taken.iter().all(|taken| taken.action == ActionKind::DropRecord));
    assert_eq!(redactor.plan_cell(&actions, text, &findings[..1], &mut taken), Outcome::DropCell);
}

#[test]
fn a_new_text_does_not_grow_together_with_its_neighbours() {
    let redactor = redactor(&[&Action::Replace(Some(String::new()))]);
    let of = |action: &Action, text: &str, spans: &[(u32, u32)]| {
        let findings =
            spans.iter().map(|(start, end)| finding(1, *start..*end, Confidence::Likely)).collect();
        redactor.redact(&Actions::every(3, action), text, findings).into_owned()
    };
    assert_eq!(of(&Action::Replace(Some(String::new())), "12abc34", &[(2, 5)]), "12 34");
    assert_eq!(of(&Action::Replace(Some(String::new())), "12 abc 34", &[(3, 6)]), "12  34");
    assert_eq!(of(&Action::Replace(None), "xabcy", &[(1, 4)]), "x<NUMBER>y");
    let token = of(&Action::Pseudonym, "xabcy", &[(1, 4)]);
    assert!(token.starts_with("x NUMBER_") && token.ends_with(" y"), "{token}");
    let two = of(&Action::Pseudonym, "abcdef", &[(0, 3), (3, 6)]);
    assert!(two.split(' ').all(|token| is_token("NUMBER", token)) && two.contains(' '), "{two}");
}

#[test]
fn the_name_in_a_mark_does_not_label_its_neighbour() {
    for action in [Action::Replace(None), Action::Pseudonym] {
        let redactor = redactor(&[&action]);
        assert_eq!(redact(&redactor, &action, "number ABC-77").matches("ABC-77").count(), 0);
        let once = redact(&redactor, &action, "123-456 ABC-77");
        assert!(!once.contains("123-456") && once.ends_with(" ABC-77"), "{once}");
    }
}

/// Runs of what detectors, tokens and other texts are made of.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-c]{1,3}@[a-c]{1,3}\\.[a-c]{2}",
        "[0-9]{3}-?[0-9]{3}",
        "[0-9]{1,7}",
        "[A-Z2-7]{16}",
        Just("password: ".to_owned()),
        Just("number ".to_owned()),
        Just("<NUMBER>".to_owned()),
        Just("<OTHER>".to_owned()),
        Just("EMAIL_ABCDEFGHIJKLMNOP".to_owned()),
        "[ ,:_<>A-Zxé１]{1,3}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn actions() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Replace(None)),
        Just(Action::Pseudonym),
        Just(Action::Replace(Some("[gone]".to_owned()))),
        Just(Action::Mask(Mask::default())),
    ]
}

/// Masks that leave what the detectors find.
fn open_masks() -> impl Strategy<Value = Action> {
    let mask = (0..4_usize, 0..4_usize, prop_oneof![Just('*'), Just('x'), Just('#')], any::<bool>());
    mask.prop_map(|(keep_first, keep_last, character, keep_separators)| {
        Action::Mask(Mask { keep_first, keep_last, character, keep_separators })
    })
}

/// Findings anywhere in a text, on its character borders.
fn text_and_findings() -> impl Strategy<Value = (String, Vec<Finding>)> {
    let spans = proptest::collection::vec((any::<u16>(), any::<u16>(), 0..3_u16, 0..3_usize), 0..6);
    (texts(), spans).prop_map(|(text, spans)| {
        let borders: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let border = |pick: u16| borders[usize::from(pick) % borders.len()] as u32;
        let findings = spans
            .into_iter()
            .map(|(a, b, detector, level)| {
                let (a, b) = (border(a), border(b));
                finding(detector, a.min(b)..a.max(b), Confidence::ALL[level])
            })
            .filter(|finding| !finding.span.is_empty())
            .collect();
        (text, findings)
    })
}

proptest! {
    #[test]
    fn what_is_covered_goes_and_the_rest_stays((text, findings) in text_and_findings(), action in actions()) {
        let redactor = redactor(&[&action]);
        let actions = Actions::new(3, |_, confidence| match confidence {
            Confidence::Possible => Action::Keep,
            _ => action.clone(),
        });
        let mut covered = vec![false; text.len()];
        for finding in findings.iter().filter(|finding| finding.confidence > Confidence::Possible) {
            covered[finding.range()].fill(true);
        }
        let mut taken = Vec::new();
        let splices = match redactor.plan_cell(&actions, &text, &findings, &mut taken) {
            Outcome::Splices(splices) => splices,
            Outcome::Untouched => Vec::new(),
            other => panic!("nothing is dropped: {other:?}"),
        };
        prop_assert_eq!(taken.len(), findings.len());
        let mut spliced = vec![false; text.len()];
        let mut end = 0;
        for Splice { span, text: new } in &splices {
            prop_assert!(end <= span.start && span.start < span.end, "rising, not overlapping, not empty");
            end = span.end;
            spliced[span.start as usize..span.end as usize].fill(true);
            match &action {
                Action::Replace(None) => prop_assert!(["<EMAIL>", "<NUMBER>", "<PASSWORD>"].contains(&new.as_str())),
                Action::Replace(Some(own)) => prop_assert_eq!(new, own),
                Action::Pseudonym => {
                    let known = ["EMAIL", "NUMBER", "PASSWORD"].iter().any(|kind| is_token(kind, new.trim()));
                    prop_assert!(known, "{}", new);
                }
                _ => prop_assert!(!new.chars().any(char::is_alphanumeric)),
            }
        }
        for (at, c) in text.char_indices() {
            prop_assert!(covered[at] || !spliced[at], "outside the findings nothing changes");
            // A cover is left alone only where the new text is the old one.
            let same = matches!(action, Action::Mask(_)) && !c.is_alphanumeric() || "<>[]_".contains(c) || c.is_ascii_alphanumeric();
            prop_assert!(!covered[at] || spliced[at] || same);
        }
    }

    #[test]
    fn redacting_twice_is_redacting_once(text in texts(), action in prop_oneof![actions(), open_masks()]) {
        let redactor = redactor(&[&action]);
        let once = redact(&redactor, &action, &text);
        prop_assert_eq!(redact(&redactor, &action, &text), once.clone(), "the same every time");
        prop_assert_eq!(redact(&redactor, &action, &once), once);
    }
}
