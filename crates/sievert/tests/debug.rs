//! Nothing that holds a text prints it: `{:?}` in a log line of a service must not be the place where data leaks.
#![cfg(feature = "io")]

use std::fmt::Debug;

use sievert::io::{
    Batch, Body, Change, Content, Edit, Kind, Names, Occurrences, Piece, Rendered, Said, Splice, Texts,
};
use sievert::{Candidate, Excerpt, KeyChoice, Overrides, Policy, Scratch};

const CANARY: &str = "quokka";

fn silent(value: &impl Debug) {
    let shown = format!("{value:?}");
    let bytes = format!("{:?}", CANARY.as_bytes());
    let bytes = bytes.trim_matches(['[', ']']);
    assert!(!shown.contains(CANARY) && !shown.contains(bytes), "a text came out through Debug");
}

#[test]
fn what_holds_a_text_does_not_print_it() {
    let bytes = || CANARY.as_bytes().to_vec();
    let texts = Texts {
        field: "f".into(),
        kind: Kind::Text,
        nullable: true,
        buffer: CANARY.into(),
        ends: vec![CANARY.len() as u32],
        occurrences: Occurrences::One(vec![0]),
        named: vec![(0, 0)],
    };
    let splice = Splice { span: 0..1, text: CANARY.into() };
    silent(&texts);
    silent(&Batch { texts: vec![texts], names: Names(vec![CANARY.into()]), ..Batch::default() });
    silent(&Edit { texts: 0, cell: 0, change: Change::Splice(vec![splice]) });
    let (content, beside) = (Content::Bytes(bytes()), Said::default());
    silent(&Piece { index: 0, first_record: 0, first_line: 1, cost: 1, content, beside });
    silent(&Rendered { body: Body::Bytes(bytes()), quarantine: bytes(), ..Rendered::default() });
    silent(&sievert::Texts { buffer: CANARY, ends: &[6] });
    silent(&Candidate {
        text: CANARY,
        around: CANARY,
        start: 0,
        regions: &[],
        anchored: sievert::Anchored::Alone,
    });
    silent(&Excerpt {
        object: String::new(),
        place: String::new(),
        detector: String::new(),
        why: String::new(),
        before: CANARY.into(),
        value: CANARY.into(),
        after: CANARY.into(),
    });
}

#[test]
fn what_has_seen_a_text_or_a_key_does_not_print_it() {
    let scanner = sievert::scanner();
    let mut scratch = Scratch::default();
    let text = format!("{CANARY}\u{ad}@example.org");
    scanner.scan(&scanner.field(""), &text, &mut scratch, &mut Vec::new());
    silent(&scratch);

    let key = sievert::Key::from_bytes(CANARY.repeat(6).as_bytes()).expect("36 bytes");
    silent(&key);
    let overrides = Overrides { key: KeyChoice::Given(key), ..Overrides::default() };
    silent(&overrides);
    let policy = "version = 1\nname = \"p\"\n[[allow]]\ndetector = \"global.email\"\nexact = [\"quokka@example.org\"]\nreason = \"r\"\n\
                  [[redact]]\ndetectors = [\"*\"]\naction = \"replace\"\n";
    let policy = Policy::parse(policy, "p.toml").expect("a policy");
    silent(&policy);
    silent(&sievert::plan(&policy, &overrides).expect("a plan"));
}
