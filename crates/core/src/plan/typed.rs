//! Whether a number or a time can hold what is looked for: decided by the patterns alone, so that columns in which nothing
//! can stand need not be read. In doubt, yes.

use regex_syntax::hir::{Class, Hir, HirKind};
use sievert_detect::{CustomDetector, Detector, DetectorIndex};
use sievert_io::Kind;

use super::{FieldPlan, Plan};
use crate::work::LOST_ZEROS;

/// All that numbers and times are written with: `sievert_io`'s, and those of JSON.
const WRITTEN: &[u8] = b"0123456789+-.:eETZ";

/// The length, in bytes, of the shortest text that a detector finds and a number or a time can hold.
#[derive(Debug)]
pub(super) struct Typed {
    anywhere: Option<usize>,
    /// In fields of which the name speaks for the detector: no label stands in a number.
    named: Option<usize>,
}

/// The detectors of a plan, in its order.
pub(super) fn lower(built_in: &[&Detector], own: &[CustomDetector]) -> Vec<Typed> {
    let built_in = built_in.iter().map(|detector| {
        Typed::new(&[detector.pattern, detector.in_context], detector.labelled, detector.labels)
    });
    let own = own.iter().map(|detector| {
        let typed = Typed::new(&[&detector.pattern], &detector.labelled, &detector.labels);
        let any = detector.words.iter().any(|word| is_written(word));
        if any { Typed { anywhere: Some(0), ..typed } } else { typed }
    });
    built_in.chain(own).collect()
}

impl Typed {
    fn new(patterns: &[&str], labelled: &str, labels: &[impl AsRef<str>]) -> Self {
        let anywhere = patterns.iter().filter_map(|pattern| shortest(pattern)).min();
        let named = shortest(labelled);
        match labels.iter().any(|label| is_written(label.as_ref())) {
            true => Self { anywhere: anywhere.into_iter().chain(named).min(), named },
            false => Self { anywhere, named },
        }
    }
}

impl Plan {
    /// Whether a finding can stand in cells of a kind in a field, the longest of which has so many bytes.
    pub(crate) fn may_stand_in(
        &self,
        FieldPlan { field, whole, .. }: &FieldPlan,
        kind: Kind,
        bytes: usize,
    ) -> bool {
        let room = bytes.saturating_add(LOST_ZEROS);
        let fits = |shortest: Option<usize>| shortest.is_some_and(|shortest| shortest <= room);
        let mut detectors = (0..).map(DetectorIndex).zip(&self.typed);
        !matches!(kind, Kind::Integer | Kind::Float | Kind::Time)
            // What a function sees is not known.
            || !self.recognizers.is_empty()
            || !whole.is_empty()
            || detectors
                .any(|(index, typed)| fits(typed.anywhere) || field.vouches_for(index) && fits(typed.named))
    }
}

/// Bytes of the shortest text of a pattern, if any of its texts can be a part of a number or a time.
fn shortest(pattern: &str) -> Option<usize> {
    if pattern.is_empty() {
        return None;
    }
    let Ok(hir) = regex_syntax::parse(pattern) else { return Some(0) };
    may_be_written(&hir).then(|| hir.properties().minimum_len().unwrap_or(0))
}

/// Whether some text of a pattern may consist of [`WRITTEN`] alone. In doubt, yes: parts are looked at one by one.
fn may_be_written(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().all(|byte| WRITTEN.contains(byte)),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().any(|range| WRITTEN.iter().any(|byte| (range.start()..=range.end()).contains(byte)))
        }
        HirKind::Class(Class::Unicode(class)) => class.iter().any(|range| {
            WRITTEN.iter().any(|byte| (range.start()..=range.end()).contains(&char::from(*byte)))
        }),
        HirKind::Repetition(repetition) => repetition.min == 0 || may_be_written(&repetition.sub),
        HirKind::Capture(capture) => may_be_written(&capture.sub),
        HirKind::Concat(parts) => parts.iter().all(may_be_written),
        HirKind::Alternation(branches) => branches.iter().any(may_be_written),
    }
}

/// Words are found in any case.
fn is_written(word: &str) -> bool {
    word.bytes().all(|byte| WRITTEN.contains(&byte.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sievert_detect::{Borders, Scanner, Scratch};

    use super::*;
    use crate::{Overrides, Policy};

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
        "[k-z]{2,}",
        r"\b1e(21|30)\b",
    ];

    fn detector(pattern: &str) -> CustomDetector {
        CustomDetector {
            id: "toy.it".into(),
            placeholder: "IT".into(),
            pattern: pattern.into(),
            labels: vec!["it".into()],
            borders: Borders::None,
            ..CustomDetector::default()
        }
    }

    fn typed(own: &CustomDetector) -> [Option<usize>; 2] {
        let Typed { anywhere, named } = lower(&[], std::slice::from_ref(own)).remove(0);
        [anywhere, named]
    }

    #[test]
    fn numbers_are_left_alone_only_where_no_shape_fits() {
        for (shape, shortest) in [
            ("tok_[a-z0-9]{6}", None),
            ("[a-z]+@[a-z]+", None),
            ("[0-9]{9}", Some(9)),
            ("[A-Za-z0-9]{40}", Some(40)),
            ("(?i)t[0-9]{2}", Some(3)),
            ("AKIA[A-Z0-9]{16}|[0-9]{4}-[0-9]{2}", Some(7)),
            ("[", Some(0)),
        ] {
            assert_eq!(typed(&detector(shape))[0], shortest, "{shape}");
        }
        let behind = |label: &str| CustomDetector {
            labelled: "[0-9]{4}".into(),
            labels: vec![label.into()],
            ..detector("[a-z]{4}-x")
        };
        assert_eq!(typed(&behind("badge")), [None, Some(4)], "no label stands in a number");
        assert_eq!(typed(&behind("tz")), [Some(4), Some(4)], "but one may");
        assert_eq!(typed(&CustomDetector { words: vec!["12e4".into()], ..detector("") })[0], Some(0));
    }

    proptest! {
        #[test]
        fn what_is_left_alone_holds_nothing(
            shape in 0..SHAPES.len(),
            labelled in 0..SHAPES.len(),
            name in prop::sample::select(vec!["it", "other"]),
            text in "[0-9+\\-.:eETZ]{1,23}",
        ) {
            let own = [CustomDetector { labelled: SHAPES[labelled].into(), ..detector(SHAPES[shape]) }];
            let mut plan = Plan::new(&Policy::default(), &[], &Overrides::default()).expect("a plan of nothing");
            plan.typed = lower(&[], &own);
            let scanner = Scanner::new(&[], &own).expect("a scanner");
            let field = FieldPlan { field: scanner.field(name), ..plan.field(name) };
            if !plan.may_stand_in(&field, Kind::Integer, text.len()) {
                let mut found = Vec::new();
                scanner.scan(&field.field, &text, &mut Scratch::default(), &mut found);
                prop_assert!(found.is_empty());
            }
        }
    }
}
