//! What every detector promises, checked on each one's own data: the page that a new detector has to satisfy.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use sievert_catalog::all;
use sievert_detect::{
    Anchored, Candidate, Detector, Draw, Evidence, Example, Finding, Scanner, Scratch, Texts, Trial, Verdict,
};

/// All detectors together, as users run them.
static SCANNER: LazyLock<Scanner> =
    LazyLock::new(|| Scanner::new(all(), &[]).expect("every pattern compiles"));

/// Runs a check over all detectors and fails with everything that is wrong, so that one run shows it all.
fn each(check: impl Fn(&'static Detector, &mut Vec<String>)) {
    let mut wrong = Vec::new();
    for &detector in all() {
        let mut problems = Vec::new();
        check(detector, &mut problems);
        wrong.extend(problems.into_iter().map(|problem| format!("{}: {problem}", detector.id)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn found(detector: &Detector, text: &str) -> Vec<Finding> {
    thread_local!(static SCRATCH: RefCell<Scratch> = RefCell::default());
    let mut found = Vec::new();
    SCRATCH.with_borrow_mut(|scratch| SCANNER.scan(&SCANNER.field(""), text, scratch, &mut found));
    let index = SCANNER.index_of(detector.id).expect("the scanner was made from this list");
    found.retain(|finding| finding.detector == index);
    found
}

fn found_whole(detector: &Detector, text: &str, value: &Range<usize>) -> bool {
    found(detector, text).iter().any(|finding| finding.range() == *value)
}

/// The verdict on a value that stands alone behind its label.
fn verdict(d: &Detector, value: &str) -> Verdict {
    let around = &format!("{}{value}", label(d));
    let start = around.len() - value.len();
    (d.validate)(&Candidate {
        text: &around[start..],
        around,
        start,
        regions: &[],
        anchored: Anchored::Label,
    })
}

fn label(d: &Detector) -> String {
    d.labels.first().or(d.context.first()).map_or(String::new(), |word| format!("{word}: "))
}

#[test]
fn the_id_is_the_path() {
    each(|d, wrong| {
        let (place, name) = d.id.split_once('.').unwrap_or_default();
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/detectors/{place}/{name}.rs")).is_file() {
            wrong.push("lies in another file".into());
        }
    });
}

#[test]
fn every_detector_says_what_it_is() {
    each(|d, wrong| {
        if [d.title, d.placeholder].contains(&"") || !d.about.ends_with('.') {
            wrong.push("title, placeholder and about (a sentence) are never empty".into());
        }
        if !d.placeholder.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
            wrong.push("the placeholder is not made of capitals".into());
        }
        if d.sources.is_empty() || d.examples.is_empty() || d.counter_examples.is_empty() {
            wrong.push("sources, examples and counter-examples are never empty".into());
        }
        if d.pattern.is_empty() && (d.labelled.is_empty() || d.labels.is_empty()) {
            wrong.push("nothing to find: no pattern, and no labelled shape with labels".into());
        }
    });
}

#[test]
fn patterns_leave_borders_and_groups_to_the_scanner() {
    each(|d, wrong| {
        for pattern in [d.pattern, d.in_context, d.labelled] {
            let captures = regex::Regex::new(pattern).expect("the scanner compiled it").captures_len() > 1;
            if captures || pattern.contains(r"\b") || pattern.contains(r"\B") {
                wrong.push(format!("a border or a capture group in {pattern}"));
            }
        }
    });
}

#[test]
fn no_word_begins_with_a_digit() {
    each(|d, wrong| {
        let begins = |word: &&&str| word.starts_with(|c: char| c.is_ascii_digit());
        for word in [d.labels, d.context, d.negative_context].into_iter().flatten().filter(begins) {
            wrong.push(format!("{word:?}: then the scanner looks at every number as if it were a word"));
        }
    });
}

#[test]
fn every_example_is_found_whole_alone_in_a_sentence_and_between_escapes() {
    each(|d, wrong| {
        for marked in d.examples {
            let whole = if marked.contains("[[") { (*marked).to_owned() } else { format!("[[{marked}]]") };
            let escaped = format!(r"seen\n{}\r\n\ttoday", whole.replace('\n', r"\n"));
            for carrier in [format!("as seen {whole} today"), escaped, whole] {
                let example = Example::parse(&carrier);
                if !found_whole(d, &example.text, &example.value) {
                    let spans: Vec<_> = found(d, &example.text).iter().map(Finding::range).collect();
                    wrong.push(format!("{carrier:?}: found {spans:?}"));
                }
            }
        }
    });
}

#[test]
fn no_counter_example_is_found() {
    each(|d, wrong| {
        for text in d.counter_examples {
            for finding in found(d, text) {
                wrong.push(format!("{text:?}: found {:?}, {}", &text[finding.range()], finding.confidence));
            }
        }
    });
}

#[test]
fn samples_are_valid_and_found() {
    each(|d, wrong| {
        let mut draw = Draw::new(7);
        let label = label(d);
        for _ in 0..1000 {
            let sample = (d.sample)(&mut draw);
            let text = format!("{label}{sample}");
            let verdict = verdict(d, &sample);
            if matches!(verdict, Verdict::No | Verdict::Failed)
                || !found_whole(d, &text, &(label.len()..text.len()))
            {
                wrong.push(format!("{text:?}: the sample is {verdict:?}"));
                return;
            }
        }
    });
}

#[test]
fn a_checksum_notices_one_changed_digit() {
    each(|d, wrong| {
        let passed = passing(d, |draw, value| {
            let digits: Vec<_> = (0..value.len()).filter(|at| value[*at].is_ascii_digit()).collect();
            if !digits.is_empty() {
                let at = *draw.pick(&digits);
                redraw(draw, &mut value[at]);
            }
        });
        // Some numbers have a digit or two that their checksum does not cover.
        if d.chance <= 0.1 && passed > 0.15 {
            wrong.push(format!("{:.1} % of the samples pass with a digit changed", 100.0 * passed));
        }
    });
}

#[test]
fn no_more_random_values_pass_a_checksum_than_it_says() {
    each(|d, wrong| {
        let passed = passing(d, |draw, value| value.iter_mut().for_each(|byte| redraw(draw, byte)));
        if passed > 1.5 * d.chance + 0.01 {
            wrong.push(format!("{:.1} % of random values pass; chance is {}", 100.0 * passed, d.chance));
        }
    });
}

/// Another digit for a digit, any letter of the same case for a letter.
fn redraw(draw: &mut Draw, byte: &mut u8) {
    *byte = match *byte {
        b'0'..=b'9' => b'0' + (*byte - b'0' + draw.number(1, 9) as u8) % 10,
        b'a'..=b'z' => draw.number(u64::from(b'a'), u64::from(b'z')) as u8,
        b'A'..=b'Z' => draw.number(u64::from(b'A'), u64::from(b'Z')) as u8,
        other => other,
    };
}

/// The share of samples that are still proven after a change. A detector without a checksum promises nothing.
fn passing(d: &Detector, change: impl Fn(&mut Draw, &mut [u8])) -> f64 {
    if d.chance == 0.0 {
        return 0.0;
    }
    let mut draw = Draw::new(11);
    let passed = (0..1000).filter(|_| {
        let sample = (d.sample)(&mut draw);
        let mut changed = sample.clone().into_bytes();
        change(&mut draw, &mut changed);
        let changed = String::from_utf8(changed).expect("ASCII for ASCII");
        let proofs = [Evidence::CHECKSUM, Evidence::UNMISTAKABLE];
        let proven = |f: &Finding| {
            f.range() == (0..changed.len()) && proofs.iter().any(|proof| f.evidence.has(*proof))
        };
        changed != sample && found(d, &changed).iter().any(proven)
    });
    passed.count() as f64 / 1000.0
}

#[test]
fn what_needs_context_is_silent_without() {
    each(|d, wrong| {
        let sample = (d.sample)(&mut Draw::new(13));
        if d.needs_context && !found(d, &sample).is_empty() {
            wrong.push(format!("{sample:?} needs context and is found without"));
        }
    });
}

#[test]
fn a_normal_form_is_its_own_normal_form() {
    each(|d, wrong| {
        let mut draw = Draw::new(17);
        for _ in 0..100 {
            let sample = (d.sample)(&mut draw);
            let once = (d.normalize)(&sample);
            if once.is_empty() || (d.normalize)(&once) != once {
                wrong.push(format!("{once:?} changes when normalized again"));
                return;
            }
        }
    });
}

/// Most of a column of random digits must not pass, or the column would vouch for each of them; where they do, as
/// telephone numbers, what the column says must not count.
#[test]
fn random_digits_do_not_vouch_for_each_other() {
    each(|d, wrong| {
        if d.chance <= 0.0 {
            return;
        }
        let (mut draw, mut cells, mut ends) = (Draw::new(11), String::new(), Vec::new());
        for _ in 0..2_000 {
            let digits = (d.sample)(&mut draw).bytes().filter(u8::is_ascii_digit).count();
            cells.extend((0..digits).map(|_| draw.letter("0123456789")));
            ends.push(cells.len() as u32);
        }
        let texts = Texts { buffer: &cells, ends: &ends };
        let index = SCANNER.index_of(d.id).expect("the scanner was made from this list");
        let (mut field, mut scratch, mut found) = (SCANNER.field(""), Scratch::default(), Vec::new());
        SCANNER.scan_texts(&field, &texts, &mut scratch, &mut found);
        let own = |trial: &Trial| trial.detector == index;
        let (held, failed): (Vec<_>, Vec<_>) =
            scratch.take_trials().into_iter().filter(own).partition(|trial| trial.passed);
        let alone = found.iter().filter(|(_, finding)| finding.detector == index).count();
        field.column.insert(index);
        found.clear();
        SCANNER.scan_texts(&field, &texts, &mut scratch, &mut found);
        let vouched = found.iter().filter(|(_, finding)| finding.detector == index).count();
        if held.len() > failed.len() && vouched > alone {
            let (held, failed) = (held.len(), failed.len());
            wrong.push(format!("{held} pass, {failed} fail, and so {vouched} rather than {alone} are found"));
        }
    });
}
