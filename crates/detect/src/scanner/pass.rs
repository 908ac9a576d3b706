//! One scan of one text: values behind labels, then patterns that stand alone, each candidate judged by its validator
//! and by what stands around it.

use std::cmp::Reverse;
use std::ops::Range;

use super::{Group, Scanner, Tally};
use crate::automaton::Walker;
use crate::border::{after, before};
use crate::compile::Role;
use crate::start::Open;
use crate::words::{Hit, value_starts};
use crate::{Anchored, Candidate, Confidence, DetectorIndex, Evidence, Field, Finding, Verdict};

/// Where a label lets values of a detector start.
#[derive(Clone, Debug)]
pub(super) struct Named {
    detector: DetectorIndex,
    starts: Range<u32>,
}

fn said(really: bool, evidence: Evidence) -> Evidence {
    if really { evidence } else { Evidence::NONE }
}

/// The text without the blanks around it.
pub(super) fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// One scan of one text.
pub(super) struct Pass<'p> {
    pub(super) scanner: &'p Scanner,
    pub(super) field: &'p Field,
    pub(super) view: &'p str,
    pub(super) cell: Range<usize>,
    pub(super) hits: &'p [Hit],
    pub(super) named: &'p mut Vec<Named>,
    pub(super) ends: &'p mut Vec<(u16, u32)>,
    pub(super) whole: &'p mut Vec<(DetectorIndex, bool)>,
    pub(super) out: &'p mut Vec<Finding>,
}

/// What is said about a candidate before its validator is asked.
#[derive(Clone, Copy)]
struct Voices {
    /// Label, context, field and column: what speaks for it.
    heard: Evidence,
    /// The field's name holds a label, not just a context word.
    named: bool,
    /// A negative word stands near.
    against: bool,
}

impl Pass<'_> {
    /// Values behind labels, and at the start of a cell whose field is named by one.
    pub(super) fn labelled(&mut self, mut walker: Option<&mut Walker>) {
        for hit in self.hits {
            let owners = self.scanner.words.owners(hit);
            if !owners.iter().any(|(_, role)| *role == Role::Label) {
                continue;
            }
            let starts = value_starts(self.view, hit.span.end as usize);
            for (detector, _) in owners.iter().filter(|(_, role)| *role == Role::Label) {
                self.named
                    .push(Named { detector: *detector, starts: starts.start as u32..starts.end as u32 });
                if let Some(walker) = walker.as_deref_mut() {
                    self.behind_label(walker, *detector, starts.clone(), true);
                }
            }
        }
        self.named.sort_by_key(|named| (named.starts.start, named.detector));
        if let Some(walker) = walker {
            let starts = value_starts(self.view, self.cell.start);
            for index in (0..self.scanner.len() as u16).map(DetectorIndex) {
                if self.field.named.contains(index) {
                    self.behind_label(walker, index, starts.clone(), false);
                }
            }
        }
    }

    /// The first value of the detector's labelled shape that starts in `starts`.
    fn behind_label(
        &mut self,
        walker: &mut Walker,
        detector: DetectorIndex,
        starts: Range<usize>,
        label: bool,
    ) {
        let scanner = self.scanner;
        if !scanner.has_labelled.contains(detector) || !self.field.detectors.contains(detector) {
            return;
        }
        let Some(automaton) = &scanner.labelled else { return };
        for start in starts.filter(|start| self.view.is_char_boundary(*start)) {
            let left = before(self.view, start);
            let Self { view, ends, .. } = self;
            ends.clear();
            automaton.walk(walker, view.as_bytes(), start, |shape, end| {
                let shape = &scanner.labelled_shapes[shape];
                if shape.detector == detector.0
                    && shape.left.allow(left)
                    && shape.right.allow(after(view, end))
                {
                    ends.push((detector.0, end as u32));
                }
            });
            let ends = std::mem::take(self.ends);
            let accepted = ends.iter().rev().find_map(|(_, end)| {
                let span = start..*end as usize;
                let mut voices = self.field_voices(detector);
                voices.heard = voices.heard.and(said(label, Evidence::LABEL));
                Some((span.clone(), self.judge(detector, &span, voices, false)?))
            });
            *self.ends = ends;
            if let Some((span, evidence)) = accepted {
                return self.push(detector, span, evidence);
            }
        }
    }

    /// Candidates that stand alone.
    pub(super) fn patterns(&mut self, walkers: &mut [Walker], open: &mut Open, blocked: &mut [u32]) {
        let scanner = self.scanner;
        scanner.starts.reset(open);
        let mut next = 0;
        while let Some((at, bits)) = scanner.starts.next(open, self.view, next) {
            next = at + 1;
            self.ends.clear();
            for (group, walker) in scanner.groups.iter().zip(walkers.iter_mut()) {
                if group.bits & bits != 0 {
                    self.collect(group, walker, at, blocked);
                }
            }
            if !self.ends.is_empty() {
                self.accept(at, blocked);
            }
        }
    }

    /// Gathers where candidates of a group that start here may end.
    fn collect(&mut self, group: &Group, walker: &mut Walker, start: usize, blocked: &[u32]) {
        let Self { view, field, ends, .. } = self;
        if group.shapes.iter().all(|shape| blocked[usize::from(shape.detector)] as usize > start) {
            return;
        }
        group.automaton.walk(walker, view.as_bytes(), start, |shape, end| {
            let shape = &group.shapes[shape];
            let free = blocked[usize::from(shape.detector)] as usize <= start;
            if free
                && field.detectors.contains(DetectorIndex(shape.detector))
                && shape.right.allow(after(view, end))
            {
                ends.push((shape.detector, end as u32));
            }
        });
    }

    /// Of each detector's candidates that start here, reports the longest that is accepted.
    fn accept(&mut self, start: usize, blocked: &mut [u32]) {
        let mut ends = std::mem::take(self.ends);
        ends.sort_unstable_by_key(|(detector, end)| (*detector, Reverse(*end)));
        ends.dedup();
        for (detector, end) in &ends {
            let taken = &mut blocked[usize::from(*detector)];
            if *taken as usize > start {
                continue;
            }
            let (detector, span) = (DetectorIndex(*detector), start..*end as usize);
            let voices = self.voices(detector, &span);
            if let Some(evidence) = self.judge(detector, &span, voices, true) {
                *taken = *end;
                self.push(detector, span, evidence);
            }
        }
        *self.ends = ends;
    }

    fn field_voices(&self, detector: DetectorIndex) -> Voices {
        let field = said(self.field.vouches_for(detector), Evidence::FIELD);
        let column = said(self.field.column.contains(detector), Evidence::COLUMN);
        Voices { heard: field.and(column), named: self.field.named.contains(detector), against: false }
    }

    /// What the field says and what stands around the candidate. A label right before it says all that words can say.
    fn voices(&self, detector: DetectorIndex, span: &Range<usize>) -> Voices {
        let mut voices = self.field_voices(detector);
        let start = span.start as u32;
        let reachable = self.named.partition_point(|named| named.starts.start <= start);
        let labelled = self.named[..reachable]
            .iter()
            .rev()
            .take_while(|named| named.starts.start + 64 > start)
            .any(|named| named.detector == detector && named.starts.contains(&start));
        if labelled {
            voices.heard = voices.heard.and(Evidence::LABEL);
            return voices;
        }
        let reach = self.scanner.detectors[usize::from(detector.0)].reach;
        let low = span.start.saturating_sub(reach) as u32;
        let high = (span.end + reach) as u32;
        let from = self.hits.partition_point(|hit| hit.span.start < low);
        for hit in self.hits[from..].iter().take_while(|hit| hit.span.start < high) {
            let apart = hit.span.end <= start || hit.span.start >= span.end as u32;
            if !apart || hit.span.end > high {
                continue;
            }
            for (_, role) in self.scanner.words.owners(hit).iter().filter(|(owner, _)| *owner == detector) {
                match role {
                    Role::Label | Role::Context => voices.heard = voices.heard.and(Evidence::CONTEXT),
                    Role::Negative => voices.against = true,
                }
            }
        }
        voices
    }

    /// Asks the validator and weighs its verdict with what was said; `None` drops the candidate.
    fn judge(
        &mut self,
        detector: DetectorIndex,
        span: &Range<usize>,
        voices: Voices,
        pattern: bool,
    ) -> Option<Evidence> {
        let it = &self.scanner.detectors[usize::from(detector.0)];
        let anchored = match voices.heard {
            heard if heard.has(Evidence::LABEL) => Anchored::Label,
            _ if voices.named => Anchored::Field,
            Evidence::NONE => Anchored::Alone,
            _ => Anchored::Context,
        };
        let verdict = (it.validate)(&Candidate::new(self.view, span.clone(), &self.field.regions, anchored));
        if *span == self.cell {
            self.whole.push((detector, !matches!(verdict, Verdict::No | Verdict::Failed)));
        }
        let alone = anchored == Anchored::Alone;
        let proof = match verdict {
            Verdict::No => return None,
            Verdict::Failed if !anchored.named() => return None,
            Verdict::Weak if alone => return None,
            _ if pattern && alone && it.needs_context => return None,
            Verdict::Unmistakable => Evidence::UNMISTAKABLE,
            _ if pattern && alone && voices.against => return None,
            Verdict::Failed => Evidence::FAILED_CHECKSUM,
            Verdict::Weak | Verdict::Plain => Evidence::NONE,
            Verdict::Checked => Evidence::CHECKSUM,
            Verdict::Example => Evidence::EXAMPLE,
        };
        Some(proof.and(voices.heard))
    }

    fn push(&mut self, detector: DetectorIndex, span: Range<usize>, evidence: Evidence) {
        self.out.push(Finding {
            detector,
            span: span.start as u32..span.end as u32,
            confidence: evidence.confidence(),
            evidence,
        });
    }
}

/// Adds what was whole to the tallies, a detector once.
pub(super) fn count(whole: &mut Vec<(DetectorIndex, bool)>, tallies: &mut [Tally]) {
    whole.sort_unstable();
    for cell in whole.chunk_by(|(one, _), (other, _)| one == other) {
        let (detector, passed) = cell[cell.len() - 1];
        let tally = &mut tallies[usize::from(detector.0)];
        tally.tried += 1;
        tally.passed += u64::from(passed);
    }
    whole.clear();
}

/// Sorts the findings from `first` on. Two of one detector and span become one with the evidence of both; one that
/// lies within another of its detector that is as sure is dropped.
pub(super) fn settle(out: &mut Vec<Finding>, first: usize) {
    out[first..].sort_unstable_by_key(|f| (f.detector, f.span.start, Reverse(f.span.end)));
    compact(out, first, |last, next| match last {
        Some(last) if last.detector == next.detector && last.span == next.span => {
            last.evidence = last.evidence.and(next.evidence);
            last.confidence = last.evidence.confidence();
            false
        }
        _ => true,
    });
    // How far findings of one detector reach that are at least possible, likely, certain.
    let mut reach = [0; Confidence::ALL.len()];
    let mut detector = None;
    compact(out, first, |_, next| {
        if detector.replace(next.detector) != Some(next.detector) {
            reach = [0; Confidence::ALL.len()];
        }
        let within = next.span.end <= reach[next.confidence as usize];
        for level in &mut reach[..=next.confidence as usize] {
            *level = next.span.end.max(*level);
        }
        !within
    });
    out[first..].sort_unstable_by_key(|f| (f.span.start, f.span.end, f.detector));
}

/// Keeps of the findings from `first` on those that `stays` wants, which is shown the last one kept and the next.
fn compact(
    out: &mut Vec<Finding>,
    first: usize,
    mut stays: impl FnMut(Option<&mut Finding>, &Finding) -> bool,
) {
    let mut kept = first;
    for next in first..out.len() {
        let (before, rest) = out.split_at_mut(next);
        if stays(before[first..kept].last_mut(), &rest[0]) {
            out.swap(kept, next);
            kept += 1;
        }
    }
    out.truncate(kept);
}
