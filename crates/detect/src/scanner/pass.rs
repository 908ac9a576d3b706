//! One scan of one text: values behind labels, then patterns that stand alone, each candidate judged by its validator
//! and by what stands around it.

use std::cmp::Reverse;
use std::ops::{ControlFlow, Range};

use super::{Cell, Group, Scanner, Trial};
use crate::automaton::Numbered;
use crate::compile::{Led, Role, Shape};
use crate::letters::Letters;
use crate::sieve::Anchor;
use crate::words::{Hit, Which, Words, assigned, is_grown_on, name_goes_on, value_starts};
use crate::{
    Anchored, Borders, Candidate, Confidence, DetectorIndex, DetectorSet, Evidence, Field, Finding, Verdict,
};

/// Where a label lets values of a detector start.
#[derive(Clone, Debug)]
pub(super) struct Named {
    detector: DetectorIndex,
    starts: Range<u32>,
}

/// The words around the last candidates.
#[derive(Default)]
pub(super) struct Heard {
    hits: Vec<Hit>,
    /// Whose they are.
    owners: DetectorSet,
    /// The part of the text whose words these are.
    part: Range<usize>,
    /// Bytes listened to so far.
    pub(super) steps: u64,
}

impl Heard {
    /// Takes in the words that begin in this part of the text.
    fn listen(&mut self, words: &Words, view: &str, letters: Letters<'_>, part: Range<usize>) {
        if part.start < self.part.start || part.start > self.part.end {
            self.hits.clear();
            self.owners.clear();
            self.part = part.start..part.start;
        }
        if part.end > self.part.end {
            let new = self.part.end..part.end;
            self.steps += new.len() as u64;
            let first = self.hits.len();
            words.find(view, letters, new, &mut self.hits);
            let owners = self.hits[first..].iter().flat_map(|hit| words.owners(hit));
            owners.for_each(|(owner, _)| self.owners.insert(*owner));
            self.part.end = part.end;
        }
    }

    fn forget(&mut self) {
        self.hits.clear();
        self.owners.clear();
        self.part = 0..0;
    }
}

fn said(really: bool, evidence: Evidence) -> Evidence {
    if really { evidence } else { Evidence::NONE }
}

/// The text without the blanks around it.
pub(super) fn trimmed(text: &str) -> Range<usize> {
    // Nearly all cells.
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return 0..text.len();
    }
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// One scan of one text.
pub(super) struct Pass<'p> {
    pub(super) scanner: &'p Scanner,
    pub(super) field: &'p Field,
    pub(super) view: &'p str,
    /// The text without the blanks around it.
    pub(super) whole: Range<usize>,
    pub(super) letters: Letters<'p>,
    /// Groups of which no shape that waits for a word is looked at, as bits.
    pub(super) wordless: u64,
    /// Whether validators are asked about the text as a whole, though nothing speaks for it.
    pub(super) tried: bool,
    pub(super) cell: &'p mut Cell,
    pub(super) out: &'p mut Vec<Finding>,
}

/// What a validator said of a value behind a label, which often is a candidate of the pattern too.
pub(super) struct Judged {
    detector: DetectorIndex,
    span: Range<usize>,
    anchored: Anchored,
    verdict: Verdict,
}

impl Judged {
    fn place(&self) -> (usize, usize, DetectorIndex) {
        (self.span.start, self.span.end, self.detector)
    }
}

/// Where a candidate ends and what led to it, as one number that sorts by detector, the farthest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End(u64);

impl End {
    #[inline]
    fn of(shape: &Shape, at: usize) -> Self {
        Self(u64::from(shape.detector) << 40 | u64::from(!(at as u32)) << 8 | shape.led as u64)
    }

    /// Whether it is the same candidate, whatever led to it.
    fn is_same_candidate(self, other: Self) -> bool {
        (self.0 ^ other.0) >> 8 == 0
    }

    fn detector(self) -> DetectorIndex {
        DetectorIndex((self.0 >> 40) as u16)
    }

    fn at(self) -> usize {
        !((self.0 >> 8) as u32) as usize
    }

    fn led(self) -> Led {
        Led::ALL[usize::from(self.0 as u8)]
    }
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

impl<'p> Pass<'p> {
    /// Values behind labels, and at the start of a cell whose field is named by one.
    #[inline]
    pub(super) fn labelled(&mut self, anchors: &[Anchor]) {
        let scanner = self.scanner;
        let mut hits = std::mem::take(&mut self.cell.hits);
        for anchor in anchors.iter().filter(|anchor| anchor.is_label()) {
            let at = anchor.at() - self.letters.base();
            scanner.words.at(self.view, at, self.letters.start(at), Which::Labels, &mut hits);
        }
        for hit in hits.drain(..) {
            let end = hit.range().end;
            if !is_grown_on(self.view, end) {
                let starts = value_starts(self.view, end);
                for detector in scanner.words.labelled(&hit) {
                    self.named(detector, starts.clone());
                }
            }
            if name_goes_on(self.view, end) {
                self.behind_name(&hit);
            }
        }
        self.cell.hits = hits;
        self.cell.named.sort_unstable_by_key(|named| (named.starts.start, named.detector));
        if !self.field.named.is_empty() {
            let starts = value_starts(self.view, self.whole.start);
            for index in self.field.named.iter() {
                self.behind_label(index, starts.clone(), false);
            }
        }
        self.cell.judged.sort_unstable_by_key(Judged::place);
    }

    /// Values behind the longer name that a label begins.
    #[cold]
    fn behind_name(&mut self, label: &Hit) {
        let scanner = self.scanner;
        let Some(name) = assigned(self.view, &label.range(), &mut self.cell.names) else { return };
        for detector in scanner.words.labelled(label) {
            if name.speaks_for(scanner.about(detector).category) {
                self.named(detector, name.starts.clone());
            }
        }
    }

    /// A value of the detector, where one of its labels lets it start in `starts`.
    fn named(&mut self, detector: DetectorIndex, starts: Range<usize>) {
        self.cell.named.push(Named { detector, starts: starts.start as u32..starts.end as u32 });
        self.behind_label(detector, starts, true);
    }

    /// The first value of the detector's labelled shape that starts in `starts`.
    fn behind_label(&mut self, detector: DetectorIndex, starts: Range<usize>, label: bool) {
        let scanner = self.scanner;
        let Some(Some(labelled)) = scanner.labelled.get(usize::from(detector.0)) else { return };
        if !self.field.detectors.contains(detector) {
            return;
        }
        let shape = &labelled.shape;
        let text = self.text();
        // What a value can begin with begins a character, too.
        let begins =
            |start: &usize| text.bytes.get(*start).is_some_and(|byte| labelled.first.contains(*byte));
        for start in starts.filter(begins) {
            let covered = &self.cell.covered_behind_labels[usize::from(detector.0)];
            if shape.left > Borders::before(self.view, start) || covered.holds(text.number, start) {
                continue;
            }
            let Self { view, cell, .. } = self;
            let Cell { reached, labelled: walkers, .. } = &mut **cell;
            reached.clear();
            let walker = &mut walkers[usize::from(detector.0)];
            labelled.automaton.walk(walker, text, start, |_, end| {
                if shape.right <= Borders::after(view, end) {
                    reached.push(end as u32);
                }
                ControlFlow::Continue(())
            });
            let reached = std::mem::take(reached);
            self.cell.told += reached.len() as u64;
            let accepted = reached.iter().rev().find_map(|end| {
                let span = start..*end as usize;
                let mut voices = self.field_voices(detector);
                voices.heard = voices.heard.and(said(label, Evidence::LABEL));
                Some((span.clone(), self.judge(detector, &span, voices, labelled.shape.led)?))
            });
            let covered = &mut self.cell.covered_behind_labels[usize::from(detector.0)];
            match (&accepted, reached.last()) {
                (Some((span, _)), _) => covered.value(text.number, span.clone()),
                (None, Some(end)) => drop(covered.refuse(text.number, start..*end as usize)),
                (None, None) => {}
            }
            self.cell.reached = reached;
            if let Some((span, evidence)) = accepted {
                return self.push(detector, span, evidence);
            }
        }
    }

    /// Candidates that stand alone.
    #[inline]
    pub(super) fn patterns(&mut self, anchors: &[Anchor]) {
        let scanner = self.scanner;
        for anchor in anchors {
            let at = anchor.at() - self.letters.base();
            self.cell.ends.clear();
            for group in anchor.groups() {
                if scanner.groups[group].inside.is_some() {
                    // The window begins with the last byte of the left part.
                    self.starts(group, at + 1);
                } else {
                    self.collect(group, at);
                }
            }
            self.accept(at);
        }
        let mut starts = std::mem::take(&mut self.cell.starts);
        starts.sort_unstable();
        starts.dedup();
        for (group, start) in starts.drain(..) {
            self.cell.ends.clear();
            self.collect(group as usize, start as usize);
            self.accept(start as usize);
        }
        self.cell.starts = starts;
    }

    fn text(&self) -> Numbered<'p> {
        Numbered { bytes: self.view.as_bytes(), number: self.cell.text }
    }

    /// Gathers where candidates of a group may start whose two parts meet here.
    fn starts(&mut self, group: usize, at: usize) {
        let Group { shapes, inside: Some(inside), .. } = &self.scanner.groups[group] else { return };
        let text = self.text();
        let Self { view, cell, .. } = self;
        let Cell { walkers, starts, .. } = &mut **cell;
        let walkers = &mut walkers[group];
        let mut goes_on = false;
        inside.right.walk(&mut walkers.right, text, at, |_, _| {
            goes_on = true;
            ControlFlow::Break(())
        });
        if goes_on {
            let first = starts.len();
            inside.left.walk_back(&mut walkers.left, text, at, |start| {
                if shapes.iter().any(|shape| shape.left <= Borders::before(view, start)) {
                    starts.push((group as u32, start as u32));
                }
            });
            // The nearest was told first.
            starts[first..].reverse();
        }
    }

    /// Gathers where candidates of a group that start here may end.
    fn collect(&mut self, group: usize, start: usize) {
        let text = self.text();
        let wordless = self.wordless >> group & 1 != 0;
        let Self { scanner, view, field, cell, .. } = self;
        let Cell { walkers, ends, blocked, .. } = &mut **cell;
        let (walkers, group) = (&mut walkers[group], &scanner.groups[group]);
        let Some((automaton, walker)) = group.walked(walkers, wordless) else { return };
        let shapes = &group.shapes;
        let left = Borders::before(view, start);
        let open = |shape: &Shape| {
            shape.left <= left
                && blocked[usize::from(shape.detector)] as usize <= start
                && field.detectors.contains(DetectorIndex(shape.detector))
        };
        if !shapes.iter().any(open) {
            return;
        }
        automaton.walk(walker, text, start, |matches, end| {
            let right = Borders::after(view, end);
            for shape in matches.shapes().map(|shape| &shapes[shape]) {
                if shape.right <= right && open(shape) {
                    ends.push(End::of(shape, end));
                }
            }
            ControlFlow::Continue(())
        });
    }

    /// Of each detector's candidates that start here, reports the longest that is accepted.
    #[inline]
    fn accept(&mut self, start: usize) {
        if !self.cell.ends.is_empty() {
            self.accept_longest(start);
        }
    }

    fn accept_longest(&mut self, start: usize) {
        let mut ends = std::mem::take(&mut self.cell.ends);
        if ends.len() > 1 {
            ends.sort_unstable();
            ends.dedup_by(|one, other| one.is_same_candidate(*other));
        }
        self.cell.told += ends.len() as u64;
        for ends in ends.chunk_by(|one, other| one.detector() == other.detector()) {
            let (detector, farthest) = (ends[0].detector(), ends[0].at());
            let nth = usize::from(detector.0);
            if self.cell.blocked[nth] as usize > start {
                continue;
            }
            let before = self.before(detector, start);
            // Words around the farthest are around the others, too.
            let mut hears = None;
            let accepted = ends.iter().find_map(|end| {
                let span = start..end.at();
                // A label right before it says all that words can say, and around a whole cell there are none.
                let quiet = before.heard.has(Evidence::LABEL)
                    || span == self.whole
                    || !*hears.get_or_insert_with(|| self.hears(detector, &span));
                let voices = if quiet { before } else { self.around(detector, &span, before) };
                Some((span.clone(), self.judge(detector, &span, voices, end.led())?))
            });
            let next = match accepted {
                Some((span, evidence)) => {
                    let end = span.end;
                    self.push(detector, span, evidence);
                    Some(end)
                }
                None => self.cell.covered[nth].refuse(self.cell.text, start..farthest),
            };
            if let Some(next) = next {
                self.cell.blocked[nth] = next as u32;
            }
        }
        self.cell.ends = ends;
    }

    fn field_voices(&self, detector: DetectorIndex) -> Voices {
        let field = said(self.field.vouches_for(detector), Evidence::FIELD);
        let column = said(self.field.column.contains(detector), Evidence::COLUMN);
        Voices { heard: field.and(column), named: self.field.named.contains(detector), against: false }
    }

    /// What the field says of candidates that start here, and a label right before them.
    fn before(&self, detector: DetectorIndex, start: usize) -> Voices {
        let mut voices = self.field_voices(detector);
        let start = start as u32;
        let named = &self.cell.named;
        let reachable = named.partition_point(|named| named.starts.start <= start);
        let labelled = named[..reachable]
            .iter()
            .rev()
            .take_while(|named| named.starts.start + 64 > start)
            .any(|named| named.detector == detector && named.starts.contains(&start));
        voices.heard = voices.heard.and(said(labelled, Evidence::LABEL));
        voices
    }

    /// Takes in the words around a candidate; whether one of the detector may be among them.
    fn hears(&mut self, detector: DetectorIndex, span: &Range<usize>) -> bool {
        let near = self.near(detector, span);
        self.cell.heard.listen(&self.scanner.words, self.view, self.letters, near);
        self.cell.heard.owners.contains(detector)
    }

    /// Where words speak of a candidate.
    fn near(&self, detector: DetectorIndex, span: &Range<usize>) -> Range<usize> {
        let reach = self.scanner.detectors[usize::from(detector.0)].reach;
        span.start.saturating_sub(reach)..span.end + reach
    }

    /// Adds what the words say that stand around a candidate.
    fn around(&self, detector: DetectorIndex, span: &Range<usize>, mut voices: Voices) -> Voices {
        let near = self.near(detector, span);
        let (low, high) = (near.start as u32, near.end as u32);
        let hits = &self.cell.heard.hits;
        let from = hits.partition_point(|hit| hit.span.start < low);
        for hit in hits[from..].iter().take_while(|hit| hit.span.start < high) {
            let apart = hit.span.end <= span.start as u32 || hit.span.start >= span.end as u32;
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
        led: Led,
    ) -> Option<Evidence> {
        let it = &self.scanner.detectors[usize::from(detector.0)];
        let anchored = match voices.heard {
            heard if heard.has(Evidence::LABEL) => Anchored::Label,
            _ if voices.named => Anchored::Field,
            Evidence::NONE => Anchored::Alone,
            _ => Anchored::Context,
        };
        let alone = anchored == Anchored::Alone;
        let tried = self.tried && it.chance > 0.0 && *span == self.whole;
        // Dropped whatever the validator says.
        let dropped = alone && it.waits(led, &self.field.regions);
        if dropped && !tried {
            return None;
        }
        let labelled = led == Led::Label;
        let known = if labelled { None } else { self.known(detector, span, anchored) };
        let verdict = known.unwrap_or_else(|| {
            (it.validate)(&Candidate::new(self.view, span.clone(), &self.field.regions, anchored))
        });
        if labelled {
            self.cell.judged.push(Judged { detector, span: span.clone(), anchored, verdict });
        }
        if tried {
            self.cell.tried.push((detector, !matches!(verdict, Verdict::No | Verdict::Failed)));
        }
        let proof = match verdict {
            Verdict::No => return None,
            Verdict::Failed if !anchored.named() => return None,
            Verdict::Weak if alone => return None,
            _ if dropped => return None,
            Verdict::Unmistakable => Evidence::UNMISTAKABLE,
            _ if !labelled && alone && voices.against => return None,
            Verdict::Failed => Evidence::FAILED_CHECKSUM,
            Verdict::Weak | Verdict::Plain => Evidence::NONE,
            Verdict::Checked => Evidence::CHECKSUM,
            Verdict::Example => Evidence::EXAMPLE,
        };
        Some(proof.and(voices.heard))
    }

    /// The verdict on a candidate that stood behind a label, where it is asked for in the same way again.
    fn known(&self, detector: DetectorIndex, span: &Range<usize>, anchored: Anchored) -> Option<Verdict> {
        let judged = &self.cell.judged;
        let nth = judged.binary_search_by_key(&(span.start, span.end, detector), Judged::place).ok()?;
        (judged[nth].anchored == anchored).then_some(judged[nth].verdict)
    }

    fn push(&mut self, detector: DetectorIndex, span: Range<usize>, evidence: Evidence) {
        self.out.push(Finding {
            detector,
            span: span.start as u32..span.end as u32,
            confidence: evidence.confidence(),
            evidence,
        });
    }

    /// Makes ready for another text.
    pub(super) fn forget(&mut self) {
        let Cell { named, judged, heard, blocked, text, .. } = &mut *self.cell;
        *text += 1;
        named.clear();
        judged.clear();
        heard.forget();
        blocked.fill(0);
    }
}

/// Adds the trials of a text, a detector once: one that takes any of its candidates has passed.
pub(super) fn note(tried: &mut Vec<(DetectorIndex, bool)>, text: u32, trials: &mut Vec<Trial>) {
    tried.sort_unstable();
    for of_one in tried.chunk_by(|(one, _), (other, _)| one == other) {
        let (detector, passed) = of_one[of_one.len() - 1];
        trials.push(Trial { text, detector, passed });
    }
    tried.clear();
}

/// Sorts the findings from `first` on. Two of one detector and span become one with the evidence of both; one that
/// lies within another of its detector that is as sure is dropped.
pub(super) fn settle(out: &mut Vec<Finding>, first: usize) {
    if out.len() - first < 2 {
        return;
    }
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
