//! The same findings by the plainest means: every start, every end, one regular expression at a time. Slow; it is what
//! the [`Scanner`](crate::Scanner) is compared with. It shares the scanner's definitions (shadow view, borders, what
//! may stand behind a label) and none of its machinery.

use std::cmp::Reverse;
use std::ops::Range;

use regex_automata::meta::Regex;
use regex_syntax::hir::{Hir, Look};

use crate::automaton::LONGEST;
use crate::border::{in_name, is_border};
use crate::compile::{Compiled, Led, Parts, Role, Shape, parse};
use crate::covered::Covered;
use crate::mark::in_mark;
use crate::shadow::Shadow;
use crate::words::{
    Names, assigned, expression, is_grown, is_grown_on, may_grow_on, name_goes_on, value_starts,
};
use crate::{
    Anchored, Borders, Candidate, CustomDetector, Detector, DetectorIndex, Error, Evidence, Field, Finding,
    Verdict,
};

/// All detectors, each as what it is.
pub struct Reference {
    detectors: Vec<Compiled>,
    patterns: Vec<Plain>,
    labelled: Vec<Plain>,
    words: Vec<(Regex, u16, Role)>,
}

/// A shape, and the same as two regular expressions: for the start of a text, and for the whole of it.
struct Plain {
    shape: Shape,
    start: Regex,
    whole: Regex,
}

/// A word that stands in a text.
struct Heard {
    detector: u16,
    role: Role,
    span: Range<usize>,
    /// It begins or ends within a name as code writes it, as only labels do.
    in_name: bool,
}

impl Reference {
    /// As [`Scanner::new`](crate::Scanner::new), with the same indexes.
    ///
    /// # Errors
    /// As there.
    pub fn new(detectors: &[&'static Detector], custom: &[CustomDetector]) -> Result<Self, Error> {
        let parts = Parts::new(detectors, custom)?;
        let words = parts.words.iter().map(|(word, detector, role)| {
            let hir = parse(&expression(word)).expect("an escaped word is a pattern");
            (anchored(&hir, true), *detector, *role)
        });
        Ok(Self {
            words: words.collect(),
            patterns: parts.patterns.into_iter().map(Plain::new).collect(),
            labelled: parts.labelled.into_iter().map(Plain::new).collect(),
            detectors: parts.detectors,
        })
    }

    /// What [`Scanner::scan`](crate::Scanner::scan) must find, and the detectors that must be tried on the text as a
    /// whole, each with whether it passes.
    pub fn scan(&self, field: &Field, text: &str) -> (Vec<Finding>, Vec<(DetectorIndex, bool)>) {
        let mut shadow = Shadow::default();
        let (view, shadow) = shadow.of(text);
        let heard = self.heard(view);
        let mut trials = Vec::new();
        let mut found = Vec::new();
        for index in 0..self.detectors.len() as u16 {
            let scan =
                Scan { detector: &self.detectors[usize::from(index)], index, field, view, heard: &heard };
            let mut passed = None;
            if field.detectors.contains(DetectorIndex(index)) {
                let mut own = scan.labelled(&self.labelled, &mut passed);
                let patterns = self.patterns.iter().filter(|plain| plain.shape.detector == index);
                own.extend(scan.alone(&patterns.collect::<Vec<_>>(), &mut passed));
                found.extend(settled(own));
            }
            trials.extend(passed.map(|passed| (DetectorIndex(index), passed)));
        }
        found.sort_by_key(|f| (f.span.start, f.span.end, f.detector));
        if let Some(shadow) = shadow {
            for finding in &mut found {
                let span = finding.range();
                if shadow.disguises(&span) {
                    finding.evidence = finding.evidence.and(Evidence::DISGUISED);
                }
                let span = shadow.original(&span, text);
                finding.span = span.start as u32..span.end as u32;
            }
        }
        (found, trials)
    }

    fn heard(&self, view: &str) -> Vec<Heard> {
        let mut heard = Vec::new();
        for (start, end) in stretches(view) {
            let span = start..end;
            let (within, grown_on) = (in_name(view, start), !is_border(view, end));
            let stands = is_border(view, start) || within && is_grown(&view[span.clone()]);
            if span.len() > 100 || !stands || grown_on && !may_grow_on(view, &span) {
                continue;
            }
            let in_name = within || grown_on;
            let words = self.words.iter().filter(|(_, _, role)| !in_name || *role == Role::Label);
            for (_, detector, role) in words.filter(|(word, ..)| word.is_match(&view[start..end])) {
                if !in_mark(view, &(start..end)) {
                    heard.push(Heard { detector: *detector, role: *role, span: start..end, in_name });
                }
            }
        }
        heard
    }
}

impl Plain {
    fn new(shape: Shape) -> Self {
        Self { start: anchored(&shape.hir, false), whole: anchored(&shape.hir, true), shape }
    }

    /// The ends of all candidates that start here, longest first.
    fn ends(&self, view: &str, start: usize) -> Vec<usize> {
        if self.shape.left > Borders::before(view, start) || !self.start.is_match(&view[start..]) {
            return Vec::new();
        }
        let ends =
            (start + 1..=view.len().min(start + LONGEST)).rev().filter(|end| view.is_char_boundary(*end));
        ends.filter(|end| {
            self.shape.right <= Borders::after(view, *end) && self.whole.is_match(&view[start..*end])
        })
        .collect()
    }
}

/// All starts and ends of stretches of a text.
fn stretches(view: &str) -> impl Iterator<Item = (usize, usize)> {
    let places: Vec<_> = (0..=view.len()).filter(|at| view.is_char_boundary(*at)).collect();
    let ends = places.clone();
    places.into_iter().flat_map(move |start| {
        ends.clone().into_iter().filter(move |end| *end > start).map(move |end| (start, end))
    })
}

fn anchored(hir: &Hir, whole: bool) -> Regex {
    let end = if whole { Hir::look(Look::End) } else { Hir::empty() };
    let hir = Hir::concat(vec![Hir::look(Look::Start), hir.clone(), end]);
    Regex::builder().build_from_hir(&hir).expect("the scanner's own automaton of it was built")
}

/// One detector on one text.
struct Scan<'s> {
    detector: &'s Compiled,
    index: u16,
    field: &'s Field,
    view: &'s str,
    heard: &'s [Heard],
}

impl Scan<'_> {
    /// Behind each label, and at the start of a cell that the field's name labels: the first value.
    fn labelled(&self, shapes: &[Plain], passed: &mut Option<bool>) -> Vec<Finding> {
        let Some(plain) = shapes.iter().find(|plain| plain.shape.detector == self.index) else {
            return Vec::new();
        };
        let labels = self.labels().map(|starts| (starts, true));
        let cell = value_starts(self.view, self.view.len() - self.view.trim_start().len());
        let field = self.field.named.contains(DetectorIndex(self.index)).then_some((cell, false));
        let mut covered = Covered::default();
        let mut first = |(starts, label): (Range<usize>, bool)| {
            let mut starts = starts.filter(|start| self.view.is_char_boundary(*start));
            let label = if label { Evidence::LABEL } else { Evidence::NONE };
            starts.find_map(|start| {
                let ends = if covered.holds(0, start) { Vec::new() } else { plain.ends(self.view, start) };
                let found = ends.iter().find_map(|end| self.judged(start..*end, label, Led::Label, passed));
                match (&found, ends.first()) {
                    (Some(found), _) => covered.value(0, found.range()),
                    (None, Some(longest)) => drop(covered.refuse(0, start..*longest)),
                    (None, None) => {}
                }
                found
            })
        };
        labels.chain(field).filter_map(&mut first).collect()
    }

    /// Everywhere, longest first, the next from the end of the one before, or from where too many refusals reach.
    fn alone(&self, shapes: &[&Plain], passed: &mut Option<bool>) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut covered = Covered::default();
        let mut next = 0;
        for start in (0..self.view.len()).filter(|at| self.view.is_char_boundary(*at)) {
            if start < next {
                continue;
            }
            let of_shape = |plain: &&Plain| {
                plain.ends(self.view, start).into_iter().map(|end| (end, plain.shape.led)).collect::<Vec<_>>()
            };
            let mut ends: Vec<_> = shapes.iter().flat_map(of_shape).collect();
            ends.sort_by_key(|(end, led)| (Reverse(*end), *led));
            ends.dedup_by_key(|(end, _)| *end);
            let accepted = ends.iter().find_map(|(end, led)| {
                let labelled = self.labels().any(|starts| starts.contains(&start));
                let label = if labelled { Evidence::LABEL } else { Evidence::NONE };
                self.judged(start..*end, label, *led, passed)
            });
            match (accepted, ends.first()) {
                (Some(finding), _) => {
                    next = finding.range().end;
                    found.push(finding);
                }
                (None, Some((longest, _))) => next = covered.refuse(0, start..*longest).unwrap_or(next),
                (None, None) => {}
            }
        }
        found
    }

    /// Where labels of the detector let values start: behind each, and behind the name that it begins.
    fn labels(&self) -> impl Iterator<Item = Range<usize>> {
        let own = self.heard.iter().filter(|heard| heard.detector == self.index && heard.role == Role::Label);
        own.flat_map(|Heard { span, .. }| {
            let behind = (!is_grown_on(self.view, span.end)).then(|| value_starts(self.view, span.end));
            let longer = name_goes_on(self.view, span.end);
            let name = longer.then(|| assigned(self.view, span, &mut Names::default())).flatten();
            let name = name.filter(|name| name.speaks_for(self.detector.category));
            behind.into_iter().chain(name.map(|name| name.starts))
        })
    }

    fn near(&self, span: &Range<usize>, negative: bool) -> bool {
        let window = span.start.saturating_sub(self.detector.reach)..span.end + self.detector.reach;
        self.heard.iter().any(|Heard { detector, role, span: word, in_name }| {
            *detector == self.index
                && !in_name
                && (*role == Role::Negative) == negative
                && window.start <= word.start
                && word.end <= window.end
                && (word.end <= span.start || span.end <= word.start)
        })
    }

    fn judged(
        &self,
        span: Range<usize>,
        label: Evidence,
        led: Led,
        passed: &mut Option<bool>,
    ) -> Option<Finding> {
        let index = DetectorIndex(self.index);
        let pattern = led != Led::Label;
        let mut evidence = label;
        if self.field.vouches_for(index) {
            evidence = evidence.and(Evidence::FIELD);
        }
        if self.field.column.contains(index) {
            evidence = evidence.and(Evidence::COLUMN);
        }
        if pattern && label == Evidence::NONE && self.near(&span, false) {
            evidence = evidence.and(Evidence::CONTEXT);
        }
        let anchored = if label == Evidence::LABEL {
            Anchored::Label
        } else if self.field.named.contains(index) {
            Anchored::Field
        } else if evidence == Evidence::NONE {
            Anchored::Alone
        } else {
            Anchored::Context
        };
        let verdict =
            (self.detector.validate)(&Candidate::new(self.view, span.clone(), &self.field.regions, anchored));
        if self.detector.chance > 0.0 && &self.view[span.clone()] == self.view.trim() {
            *passed = Some(*passed == Some(true) || !matches!(verdict, Verdict::No | Verdict::Failed));
        }
        let unheard = evidence == Evidence::NONE;
        let refused = match verdict {
            Verdict::No => true,
            Verdict::Failed => !anchored.named(),
            Verdict::Weak => unheard,
            _ => false,
        };
        let spoken_against = self.near(&span, true) && verdict != Verdict::Unmistakable;
        let needy = self.detector.needs_context || led == Led::Context && self.field.regions.is_empty();
        if refused || pattern && unheard && (needy || spoken_against) {
            return None;
        }
        let evidence = evidence.and(match verdict {
            Verdict::Failed => Evidence::FAILED_CHECKSUM,
            Verdict::Checked => Evidence::CHECKSUM,
            Verdict::Unmistakable => Evidence::UNMISTAKABLE,
            Verdict::Example => Evidence::EXAMPLE,
            Verdict::No | Verdict::Weak | Verdict::Plain => Evidence::NONE,
        });
        let span = span.start as u32..span.end as u32;
        Some(Finding { detector: index, span, confidence: evidence.confidence(), evidence })
    }
}

/// Without those that lie in another one that is as sure; those of one span joined.
fn settled(found: Vec<Finding>) -> Vec<Finding> {
    let mut joined: Vec<Finding> = Vec::new();
    for finding in found {
        match joined.iter_mut().find(|other| other.span == finding.span) {
            Some(other) => {
                other.evidence = other.evidence.and(finding.evidence);
                other.confidence = other.evidence.confidence();
            }
            None => joined.push(finding),
        }
    }
    let within = |a: &Finding, b: &Finding| {
        a.span != b.span
            && b.span.start <= a.span.start
            && a.span.end <= b.span.end
            && a.confidence <= b.confidence
    };
    let kept = joined.iter().filter(|a| !joined.iter().any(|b| within(a, b)));
    kept.cloned().collect()
}
