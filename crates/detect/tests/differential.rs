//! The scanner and the plain reference engine agree, finding for finding, on random and adversarial text.

#[path = "fixtures/toys.rs"]
mod toys;

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use sievert_detect::reference::Reference;
use sievert_detect::{Detector, DetectorIndex, Draw, Region, Scanner, Scratch, Texts, Trial};

use toys::{TOYS, custom};

static ENGINES: LazyLock<(Vec<Scanner>, Reference)> = LazyLock::new(|| {
    let detectors: Vec<&'static Detector> = TOYS.iter().collect();
    let custom = [custom()];
    let scanners = Scanner::on_all_paths(&detectors, &custom).expect("the toys are well formed");
    (scanners, Reference::new(&detectors, &custom).expect("the toys are well formed"))
});

/// Scans with all, in a field whose name, mask, column and region the arguments choose.
fn agree(name: &str, off: u16, column: u16, text: &str) {
    let (scanners, reference) = &*ENGINES;
    for scanner in scanners {
        let mut field = scanner.field(name);
        field.detectors.remove(DetectorIndex(off));
        field.column.insert(DetectorIndex(column));
        field.regions.extend(Region::new("NL").filter(|_| column.is_multiple_of(2)));
        let mut scratch = Scratch::default();
        let mut found = Vec::new();
        scanner.scan(&field, text, &mut scratch, &mut found);
        let (expected, tried) = reference.scan(&field, text);
        assert_eq!(found, expected, "in {text:?}");

        let mut in_cell = Vec::new();
        let texts = Texts { buffer: text, ends: &[text.len() as u32] };
        scanner.scan_texts(&field, &texts, &mut scratch, &mut in_cell);
        assert_eq!(
            in_cell,
            expected.into_iter().map(|finding| (0, finding)).collect::<Vec<_>>(),
            "in {text:?}"
        );
        let trials = tried.into_iter().map(|(detector, passed)| Trial { text: 0, detector, passed });
        assert_eq!(scratch.take_trials(), trials.collect::<Vec<_>>(), "the trials of {text:?}");

        let mut anchors = Vec::new();
        scanner.candidates(text.as_bytes(), &mut scratch, &mut anchors);
        let mut verified = Vec::new();
        scanner.verify(&field, text, &anchors, &mut scratch, &mut verified);
        assert_eq!(verified, found, "at the anchors of {text:?}, with a scratch that was used before");
    }
}

/// Scans cells of one buffer together, and each by itself.
fn agree_on_cells(name: &str, cells: &[String]) {
    for scanner in &ENGINES.0 {
        let field = scanner.field(name);
        let buffer = cells.concat();
        let ends = cells.iter().scan(0, |end, cell| {
            *end += cell.len() as u32;
            Some(*end)
        });
        let texts = Texts { buffer: &buffer, ends: &ends.collect::<Vec<_>>() };
        let (mut together, mut apart) = (Vec::new(), Vec::new());
        let mut scratch = Scratch::default();
        scanner.scan_texts(&field, &texts, &mut scratch, &mut together);
        let trials = scratch.take_trials();
        let mut trials_apart = Vec::new();
        for (number, cell) in (0..).zip(cells) {
            let mut found = Vec::new();
            scanner.scan(&field, cell, &mut scratch, &mut found);
            apart.extend(found.into_iter().map(|finding| (number, finding)));
            let alone = Texts { buffer: cell, ends: &[cell.len() as u32] };
            scanner.scan_texts(&field, &alone, &mut scratch, &mut Vec::new());
            trials_apart
                .extend(scratch.take_trials().into_iter().map(|trial| Trial { text: number, ..trial }));
        }
        assert_eq!(together, apart, "in {cells:?}");
        assert_eq!(trials, trials_apart, "the trials of {cells:?}");
    }
}

/// Pieces that the toys are made of, and what breaks them.
const PIECES: [&str; 85] = [
    "4111 1111",
    "4111",
    "1111",
    "12",
    "2",
    "2: ",
    "_PROD=",
    "_of_other: ",
    "_count=",
    "-file=",
    "Prod",
    "passwordProd=",
    "5",
    "0",
    "-",
    " ",
    "  ",
    "\n",
    r"\n",
    "\\",
    ".",
    ",",
    ":",
    ";",
    "@",
    "/",
    "://",
    "+",
    "#",
    "_",
    "=",
    "card",
    "card no",
    "Card",
    "visa",
    "order",
    "mrn",
    "MRN",
    "<MRN>",
    "MRN_ABCDEFGHIJKLMNOP",
    "record_id",
    "patient",
    "号",
    "email",
    "E-Mail",
    "a",
    "b.c",
    "abc",
    "k_",
    "k_1a2",
    "AC",
    "AC-12",
    "Project X",
    "projectx",
    "no",
    "id",
    "is",
    "number",
    "имя",
    "Имя",
    "ОМС",
    "oмc",
    "password",
    "pass",
    "mac",
    "hardware address",
    "0a:1b:2c",
    "qq",
    "say",
    "</b>",
    "<td class=x>",
    "&nbsp;",
    "(no x)",
    "!",
    "é",
    "Ünal",
    "한국",
    "\u{200B}",
    "\u{AD}",
    "\u{A0}",
    "\u{2010}",
    "１２３",
    "٤٥",
    r#"", "value": ""#,
    r#"\",\"Value\":\""#,
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&PIECES[..]), 0..14).prop_map(|pieces| pieces.concat())
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &["", "", "card", "patientMrn", "email_count", "record.id[0]", "note", "mac1", "visa"][..],
    )
}

proptest! {
    #[test]
    fn on_texts_made_of_pieces(name in name(), off in 0u16..40, column in 0u16..40, text in text()) {
        agree(name, off, column, &text);
    }

    #[test]
    fn on_narrow_alphabets(name in name(), text in "[1-4 a:.;@k_-]{0,40}") {
        agree(name, 99, 99, &text);
    }

    #[test]
    fn on_texts_without_a_letter(name in name(), column in 0u16..40, text in "[1-4 .:+-]{0,40}") {
        agree(name, 99, column, &text);
    }

    #[test]
    fn on_long_runs(text in "([ab.]{20,60}[;@ :1]{0,2}){1,4}") {
        agree("", 99, 99, &text);
    }

    #[test]
    fn on_cells(name in name(), cells in prop::collection::vec(text(), 0..24)) {
        agree_on_cells(name, &cells);
    }

    #[test]
    fn on_any_characters(text in r"\PC{0,24}") {
        agree("mrn", 99, 99, &text);
    }
}

#[test]
fn on_more_cells_than_are_tried() {
    let scanner = &ENGINES.0[0];
    let mut draw = Draw::new(5);
    let mut cell = || (0..draw.number(1, 4)).map(|_| *draw.pick(&PIECES[..30])).collect::<String>();
    let cells: Vec<_> = (0..5_000).map(|_| cell()).collect();
    for name in ["", "card", "patientMrn"] {
        let field = scanner.field(name);
        let (buffer, mut ends) = (cells.concat(), Vec::new());
        for cell in &cells {
            ends.push(ends.last().unwrap_or(&0) + cell.len() as u32);
        }
        let (mut scratch, mut together) = (Scratch::default(), Vec::new());
        scanner.scan_texts(&field, &Texts { buffer: &buffer, ends: &ends }, &mut scratch, &mut together);
        let trials = scratch.take_trials();
        let (mut apart, mut trials_apart) = (Vec::new(), Vec::new());
        for (number, cell) in (0..).zip(&cells) {
            let alone = Texts { buffer: cell, ends: &[cell.len() as u32] };
            let mut found = Vec::new();
            scanner.scan_texts(&field, &alone, &mut scratch, &mut found);
            apart.extend(found.into_iter().map(|(_, finding)| (number, finding)));
            trials_apart
                .extend(scratch.take_trials().into_iter().map(|trial| Trial { text: number, ..trial }));
        }
        assert_eq!(together, apart, "tried or not");
        let tried: HashSet<_> = trials.iter().map(|trial| trial.text).collect();
        trials_apart.retain(|trial| tried.contains(&trial.text));
        assert!(!tried.is_empty());
        assert_eq!(trials, trials_apart, "a text that is tried is tried by all");
    }
}

#[test]
fn on_texts_written_by_hand() {
    for text in [
        "",
        "\u{200B}",
        "card card card no card: 4111 1111 4111 1111",
        "mrn: AB-12 1234 mrn 1234",
        "号AB-12号1234",
        r#"{"name":"mrn","value":"AB-12"}"#,
        "'mrn'\\,              'value'   :   number is   AB-12",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;a.a.a;+",
        "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a@a.a.a.a.a.a.a.a.a.a.a.a",
        "1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9",
        "ab://x://y://z+ab://x",
        "0a:1b:2c:3d:4e:5f:6a:7b:8c:9d mac 0a:1b",
    ] {
        for name in ["", "mac", "card"] {
            agree(name, 99, 99, text);
        }
    }
}

#[test]
fn where_too_many_starts_are_refused() {
    for count in 28..38 {
        for piece in ["q", "say:", "qa say:"] {
            let row = piece.repeat(count);
            for text in [format!("{row}q!a q!b"), format!("{row}!a say:!b"), format!("{row} say:!a, {row}q!")]
            {
                agree("", 99, 99, &text);
            }
        }
    }
}

#[test]
fn on_every_place_around_the_edge_of_a_block() {
    for text in ["card 4111 1111", "a.b@c.de", "mrn: AB-12", "k_1a2", "号AB-12", "0a:1b:2c", "é ab://x"] {
        for gap in 40..72 {
            agree("", 99, 99, &format!("{}{text}", " ".repeat(gap)));
            agree("", 99, 99, &format!("{} {text}; {text}", "é".repeat(gap / 2)));
        }
    }
}

#[test]
fn on_the_edge_of_what_context_reaches() {
    for gap in 0..24 {
        let blanks = " ".repeat(gap);
        agree("", 99, 99, &format!("4111 1113{blanks}visa"));
        agree("", 99, 99, &format!("visa{blanks}4111 1113"));
        agree("", 99, 99, &format!("card{blanks}4111 1113{blanks}order"));
    }
}
