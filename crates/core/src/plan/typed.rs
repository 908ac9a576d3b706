//! Whether a number or a time can hold what is looked for: decided by the patterns alone, so that columns in which nothing
//! can stand need not be read. In doubt, yes.

use regex_syntax::hir::{Class, Hir, HirKind};
use sievert_detect::{CustomDetector, Detector};
use sievert_io::Kind;

use super::Plan;

/// All that numbers and times are written with: `sievert_io`'s, and those of JSON.
const WRITTEN: &[u8] = b"0123456789+-.:eETZ";

/// Bytes of the longest value that a kind of typed columns has, with the zeros that are put before integers; of others
/// nothing is known. 64 bits and three zeros; a decimal of 128 bits; nanoseconds of a year with sign and six digits.
const fn longest(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Integer => Some(23),
        Kind::Float => Some(42),
        Kind::Time => Some(32),
        _ => None,
    }
}

/// By kind of typed cells, whether a finding can stand in one.
#[derive(Debug)]
pub(super) struct Typed {
    integer: bool,
    float: bool,
    time: bool,
}

impl Typed {
    /// What recognizers see is not known.
    pub(super) fn new(built_in: &[&Detector], own: &[CustomDetector]) -> Self {
        let shapes = built_in.iter().flat_map(|detector| [detector.pattern, detector.labelled]);
        let own_shapes = own.iter().flat_map(|detector| [detector.pattern.as_str(), &detector.labelled]);
        let shapes: Vec<_> =
            shapes.chain(own_shapes).filter(|shape| !shape.is_empty()).map(shortest).collect();
        let words =
            own.iter().flat_map(|detector| &detector.words).any(|word| is_written(&word.to_uppercase()));
        let seen = own.iter().any(|detector| detector.recognized);
        let in_kind = |kind| {
            let longest = longest(kind).unwrap_or(usize::MAX);
            words || seen || shapes.iter().flatten().any(|shortest| *shortest <= longest)
        };
        Self { integer: in_kind(Kind::Integer), float: in_kind(Kind::Float), time: in_kind(Kind::Time) }
    }
}

impl Plan {
    /// Whether a finding can stand in cells of a kind, the longest of which has so many bytes.
    pub(crate) fn may_stand_in(&self, kind: Kind, bytes: usize) -> bool {
        longest(kind).is_none_or(|longest| bytes > longest)
            || match kind {
                Kind::Integer => self.typed.integer,
                Kind::Float => self.typed.float,
                _ => self.typed.time,
            }
    }
}

/// Bytes of the shortest text of a pattern, if any of its texts can be a part of a number or a time.
fn shortest(pattern: &str) -> Option<usize> {
    let Ok(hir) = regex_syntax::parse(pattern) else { return Some(0) };
    can(&hir).then(|| hir.properties().minimum_len().unwrap_or(0))
}

/// Whether some text of a pattern is written so; for conjunctions, where each part has one.
fn can(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().all(|byte| WRITTEN.contains(byte)),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().any(|range| WRITTEN.iter().any(|byte| (range.start()..=range.end()).contains(byte)))
        }
        HirKind::Class(Class::Unicode(class)) => class.iter().any(|range| {
            WRITTEN.iter().any(|byte| (range.start()..=range.end()).contains(&char::from(*byte)))
        }),
        HirKind::Repetition(repetition) => repetition.min == 0 || can(&repetition.sub),
        HirKind::Capture(capture) => can(&capture.sub),
        HirKind::Concat(parts) => parts.iter().all(can),
        HirKind::Alternation(branches) => branches.iter().any(can),
    }
}

fn is_written(word: &str) -> bool {
    word.bytes().all(|byte| WRITTEN.contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sievert_detect::{Borders, Category, Scanner, Scratch, Verdict};

    use super::*;

    const SHAPES: [&str; 12] = [
        "tok_[a-z0-9]{6}",
        "[A-Za-z0-9]{40}",
        "[0-9]{8}",
        r"\d{4}-\d{2}-\d{2}",
        "[a-z]+@[a-z]+",
        "(?i)t[0-9]{2}",
        "e[0-9]",
        "[^a-z]{3}x?",
        "(k|1)[0-9]",
        r"[A-Z]{1,2}\.",
        "x?",
        r"\b1e(21|30)\b",
    ];

    fn detector(pattern: &str) -> CustomDetector {
        CustomDetector {
            id: "toy.it".into(),
            title: "It".into(),
            placeholder: "IT".into(),
            category: Category::Other,
            pattern: pattern.into(),
            labelled: String::new(),
            labels: vec!["it".into()],
            words: Vec::new(),
            borders: Borders::None,
            context: Vec::new(),
            negative_context: Vec::new(),
            reach: 50,
            needs_context: false,
            validate: |_| Verdict::Plain,
            chance: 0.0,
            recognized: false,
            examples: Vec::new(),
            counter_examples: Vec::new(),
        }
    }

    #[test]
    fn numbers_are_left_alone_only_where_no_shape_fits() {
        let typed = |shapes: &[&str]| {
            let own: Vec<_> = shapes.iter().map(|shape| detector(shape)).collect();
            let Typed { integer, float, time } = Typed::new(&[], &own);
            [integer, float, time]
        };
        assert_eq!(typed(&["tok_[a-z0-9]{6}", "[a-z]+@[a-z]+"]), [false; 3]);
        assert_eq!(typed(&["[a-z]+@[a-z]+", "[0-9]{9}"]), [true; 3]);
        assert_eq!(typed(&["[A-Za-z0-9]{40}"]), [false, true, false], "a decimal is as long");
        assert_eq!(typed(&["(?i)t[0-9]{2}"]), [true; 3], "nobody looks at what kind writes which letter");
        let seen = CustomDetector { recognized: true, ..detector("") };
        assert!(Typed::new(&[], &[seen]).time);
        let word = CustomDetector { words: vec!["12e4".into()], ..detector("") };
        assert!(Typed::new(&[], &[word]).integer);
    }

    proptest! {
        #[test]
        fn what_is_left_alone_holds_nothing(shape in 0..SHAPES.len(), text in "[0-9+\\-.:eETZ]{1,23}") {
            let own = [detector(SHAPES[shape])];
            let scanner = Scanner::new(&[], &own);
            prop_assume!(scanner.is_ok());
            let scanner = scanner.expect("just asked");
            if !Typed::new(&[], &own).integer {
                let mut found = Vec::new();
                scanner.scan(&scanner.field("it"), &text, &mut Scratch::default(), &mut found);
                prop_assert!(found.is_empty());
            }
        }
    }
}
