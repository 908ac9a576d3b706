//! The engine's work grows with the text and not faster, whatever stands in it. Steps are counted, not time.

#[path = "fixtures/toys.rs"]
mod toys;

use sievert_detect::{CustomDetector, Detector, Finding, Scanner, Scratch, Verdict};

use toys::{TOYS, custom};

/// Bytes walked, and what was found.
fn work(scanner: &Scanner, text: &str) -> (u64, Vec<Finding>) {
    let mut scratch = Scratch::default();
    let mut out = Vec::new();
    scanner.scan(&scanner.field(""), text, &mut scratch, &mut out);
    (scratch.steps(), out)
}

fn scanner() -> Scanner {
    let detectors: Vec<&'static Detector> = TOYS.iter().collect();
    // What a user may write without a thought: no bound, a wide start, a rare end.
    let greedy = |id: &str, pattern: &str| CustomDetector {
        id: id.to_owned(),
        pattern: pattern.to_owned(),
        words: Vec::new(),
        borders: sievert_detect::Borders::None,
        ..custom()
    };
    let custom = [
        custom(),
        greedy("acme.mail", r"\S+@\S+\.\w+"),
        greedy("acme.tail", r"[a-z0-9.]+!"),
        CustomDetector { validate: |_| Verdict::No, ..greedy("acme.never", r"(?:[a-z]{1,40}\.){1,20}\?") },
    ];
    Scanner::new(&detectors, &custom).expect("well formed")
}

/// Texts that have hung other engines, twice as long and again.
#[test]
fn twice_the_text_is_at_most_twice_the_work() {
    let scanner = scanner();
    for unit in [
        "a",
        "1",
        ".",
        "@",
        "a.",
        "1 ",
        "1-",
        "a@",
        "a@b.",
        "card ",
        "4111 1111 ",
        "ab://",
        "k_1a2",
        "\u{200B}",
        "é",
        "a;",
        "no no no 12 ",
        "号12",
        "0a:",
        "mrn mrn ",
        ": ",
    ] {
        // What the greedy ones wait for stands at the end, out of their reach.
        let of = |bytes: usize| unit.repeat(bytes / unit.len()) + " !;?@";
        let (once, _) = work(&scanner, &of(20_000));
        let (twice, _) = work(&scanner, &of(40_000));
        assert!(twice <= once * 21 / 10 + 1000, "{unit:?}: {once} steps, then {twice}");
        assert!(twice <= 40_000 * 150, "{unit:?}: {twice} steps");
    }
}

/// One value could begin in all of these places, and end in as many.
#[test]
fn what_is_refused_again_and_again_is_asked_about_no_more() {
    let scanner = scanner();
    for unit in ["q", "q:say:", "say:"] {
        let (once, _) = work(&scanner, &unit.repeat(2_000 / unit.len()));
        let (twice, _) = work(&scanner, &unit.repeat(4_000 / unit.len()));
        assert!(twice <= once * 21 / 10, "{unit:?}: {once} steps, then {twice}");
        assert!(twice <= 4_000 * 150, "{unit:?}: {twice} steps");
    }
}

#[test]
fn four_thousand_dots_are_a_matter_of_bytes() {
    let (steps, found) = work(&scanner(), &format!("http://{}", ".".repeat(4000)));
    assert!(steps < 4000 * 40, "{steps}");
    assert!(!found.is_empty());
}

#[test]
fn sixty_four_thousand_findings_on_one_line_are_no_burden() {
    let text = "a@b.co 4111 1111 ".repeat(32_000);
    let (steps, found) = work(&scanner(), &text);
    assert!(found.len() >= 64_000);
    assert!(steps < text.len() as u64 * 20, "{steps} steps for {} bytes", text.len());
}
