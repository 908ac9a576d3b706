//! The flow of detection: words, then labelled values, then patterns; each candidate is judged on its own. What the
//! findings mean for a record or a file is not known here.

use std::cmp::Reverse;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::automaton::{Automaton, CACHE, Walker};
use crate::border::{after, before};
use crate::compile::{Compiled, Parts, Role, Shape};
use crate::shadow::Shadow;
use crate::start::{Open, Starts, Together};
use crate::words::{Hit, Words, value_starts};
use crate::{
    Anchored, Candidate, Category, Confidence, CustomDetector, Detector, DetectorIndex, DetectorSet, Error,
    Evidence, Field, Finding, Verdict, field,
};

/// All detectors of a plan, ready to scan. `Sync`; share it by reference, give each thread its own [`Scratch`].
pub struct Scanner {
    /// Tells the scratch of one scanner from that of another.
    number: u64,
    detectors: Vec<Compiled>,
    words: Words,
    /// Patterns that stand alone, by what must not stand before them.
    groups: Vec<Group>,
    labelled: Option<Automaton>,
    labelled_shapes: Vec<Shape>,
    /// By detector: whether it has a shape of its own behind labels.
    has_labelled: DetectorSet,
    starts: Starts,
}

/// Shapes that are walked together.
struct Group {
    automaton: Automaton,
    shapes: Vec<Shape>,
    bits: u64,
}

/// One detector, as lists and reports show it.
#[derive(Clone, Copy, Debug)]
pub struct About<'s> {
    /// As [`Detector::id`].
    pub id: &'s str,
    /// As [`Detector::title`].
    pub title: &'s str,
    /// As [`Detector::placeholder`].
    pub placeholder: &'s str,
    /// As [`Detector::category`].
    pub category: Category,
    /// As [`Detector::chance`].
    pub chance: f64,
}

/// Many short texts in one buffer: cell `n` ends at `ends[n]`, in bytes and on a character border, and starts where
/// the one before ends.
#[derive(Clone, Copy)]
pub struct Texts<'t> {
    /// All texts, one behind the other.
    pub buffer: &'t str,
    /// Where each ends, rising.
    pub ends: &'t [u32],
}

/// Shows no text.
impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("texts", &self.ends.len()).finish_non_exhaustive()
    }
}

impl<'t> Texts<'t> {
    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let (buffer, ends) = (self.buffer, self.ends);
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(move |(start, end)| &buffer[start as usize..*end as usize])
    }
}

/// How many whole cells had the shape of a detector, and how many of these its validator took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cells that are nothing but a candidate, blanks around it aside.
    pub tried: u64,
    /// Those whose verdict was neither `No` nor `Failed`.
    pub passed: u64,
}

/// What scanning needs and reuses: one for each thread.
#[derive(Default)]
pub struct Scratch {
    scanner: u64,
    walkers: Vec<Walker>,
    labelled: Option<Walker>,
    words: Option<Walker>,
    shadow: Shadow,
    hits: Vec<Hit>,
    named: Vec<Named>,
    ends: Vec<(u16, u32)>,
    open: Open,
    blocked: Vec<u32>,
    /// Detectors whose shape is the whole cell, and whether the validator took it.
    whole: Vec<(DetectorIndex, bool)>,
    tallies: Vec<Tally>,
}

/// Shows no text: what was scanned last is still in there.
impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

/// Where a label lets values of a detector start.
#[derive(Clone, Debug)]
struct Named {
    detector: DetectorIndex,
    starts: Range<u32>,
}

impl Scratch {
    /// The tallies since the last call, by detector index; empty when nothing was scanned. Take them between fields.
    pub fn take_tallies(&mut self) -> Vec<Tally> {
        let none = vec![Tally::default(); self.tallies.len()];
        std::mem::replace(&mut self.tallies, none)
    }

    /// Bytes that automata have walked so far: the measure of work that the tests hold to be linear.
    #[doc(hidden)]
    pub fn steps(&self) -> u64 {
        self.walkers.iter().chain(&self.labelled).chain(&self.words).map(|walker| walker.steps).sum()
    }

    fn prepare(&mut self, scanner: &Scanner) {
        if self.scanner != scanner.number {
            self.scanner = scanner.number;
            self.walkers = scanner.groups.iter().map(|group| group.automaton.walker()).collect();
            self.labelled = scanner.labelled.as_ref().map(Automaton::walker);
            self.words = scanner.words.walker();
            self.tallies = vec![Tally::default(); scanner.len()];
            self.blocked = vec![0; scanner.len()];
        }
        let walkers = self.walkers.iter_mut().chain(&mut self.labelled).chain(&mut self.words);
        walkers.for_each(Walker::forget);
        self.hits.clear();
        self.named.clear();
        self.blocked.fill(0);
    }
}

impl Scanner {
    /// Compiles the detectors; their indexes are their places, built-ins first.
    ///
    /// # Errors
    /// Names the detector and what is wrong with it.
    pub fn new(detectors: &[&'static Detector], custom: &[CustomDetector]) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let parts = Parts::new(detectors, custom)?;
        let (starts, groups) = Starts::new(parts.patterns);
        let groups = groups
            .into_iter()
            .map(|Together { shapes, bits }| Ok(Group { automaton: automaton(&shapes)?, shapes, bits }));
        let groups = groups.collect::<Result<_, _>>()?;
        let mut has_labelled = DetectorSet::none(parts.detectors.len());
        parts.labelled.iter().for_each(|shape| has_labelled.insert(DetectorIndex(shape.detector)));
        Ok(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            words: Words::new(&parts.words)?,
            groups,
            labelled: if parts.labelled.is_empty() { None } else { Some(automaton(&parts.labelled)?) },
            labelled_shapes: parts.labelled,
            has_labelled,
            starts,
            detectors: parts.detectors,
        })
    }

    /// How many detectors there are.
    pub fn len(&self) -> usize {
        self.detectors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.detectors.is_empty()
    }

    /// All detectors, by index.
    pub fn detectors(&self) -> impl Iterator<Item = (DetectorIndex, About<'_>)> {
        (0..self.len()).map(|index| DetectorIndex(index as u16)).map(|index| (index, self.about(index)))
    }

    /// One detector. The index must be of this scanner.
    pub fn about(&self, detector: DetectorIndex) -> About<'_> {
        let it = &self.detectors[usize::from(detector.0)];
        About {
            id: &it.id,
            title: &it.title,
            placeholder: &it.placeholder,
            category: it.category,
            chance: it.chance,
        }
    }

    /// The detector of this id.
    pub fn index_of(&self, id: &str) -> Option<DetectorIndex> {
        self.detectors.iter().position(|detector| detector.id == id).map(|index| DetectorIndex(index as u16))
    }

    /// One spelling for all spellings of a value: the detector's normal form of the value's shadow view.
    pub fn normalize(&self, detector: DetectorIndex, text: &str) -> String {
        let mut shadow = Shadow::default();
        let (view, _) = shadow.of(text);
        (self.detectors[usize::from(detector.0)].normalize)(view)
    }

    /// A field of this name, or of this path, with all detectors on. An empty name vouches for nothing.
    pub fn field(&self, name: &str) -> Field {
        let mut shadow = Shadow::default();
        let (name, _) = shadow.of(name);
        let count = self.len();
        let mut field = Field {
            detectors: DetectorSet::all(count),
            regions: Vec::new(),
            column: DetectorSet::none(count),
            named: DetectorSet::none(count),
            hinted: DetectorSet::none(count),
        };
        let Some(words) = field::words(name) else { return field };
        let mut walker = self.words.walker();
        let mut hits = Vec::new();
        self.words.find(walker.as_mut(), &words, &mut hits);
        self.words.find(walker.as_mut(), &field::without_numbers(&words), &mut hits);
        for (detector, role) in hits.iter().flat_map(|hit| self.words.owners(hit)) {
            match role {
                Role::Label => field.named.insert(*detector),
                Role::Context => field.hinted.insert(*detector),
                Role::Negative => {}
            }
        }
        field
    }

    /// Finds what the text holds and appends it, by start. Overlaps between detectors stay in; see
    /// [`resolve`](crate::resolve). The text must be shorter than 4 GiB.
    pub fn scan(&self, field: &Field, text: &str, scratch: &mut Scratch, out: &mut Vec<Finding>) {
        scratch.prepare(self);
        let Scratch {
            walkers,
            labelled,
            words,
            shadow,
            hits,
            named,
            ends,
            open,
            blocked,
            whole,
            tallies,
            ..
        } = scratch;
        let (view, shadow) = shadow.of(text);
        let first = out.len();
        self.words.find(words.as_mut(), view, hits);
        let cell = trimmed(view);
        let mut pass = Pass { scanner: self, field, view, cell, hits, named, ends, whole, out };
        pass.labelled(labelled.as_mut());
        pass.patterns(walkers, open, blocked);
        settle(out, first);
        count(whole, tallies);
        if let Some(shadow) = shadow {
            for finding in &mut out[first..] {
                let span = finding.range();
                if shadow.disguises(&span) {
                    finding.evidence = finding.evidence.and(Evidence::DISGUISED);
                }
                let original = shadow.original(&span, text);
                finding.span = original.start as u32..original.end as u32;
            }
        }
    }

    /// As [`scan`](Self::scan), for many texts of one field; each finding with the number of its text.
    pub fn scan_texts(
        &self,
        field: &Field,
        texts: &Texts<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<(u32, Finding)>,
    ) {
        let mut found = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            self.scan(field, text, scratch, &mut found);
            out.extend(found.drain(..).map(|finding| (number as u32, finding)));
        }
    }

    /// As [`scan`](Self::scan), for one text of no field. Convenient, not fast: nothing is reused.
    pub fn findings(&self, text: &str) -> Vec<Finding> {
        let mut out = Vec::new();
        self.scan(&self.field(""), text, &mut Scratch::default(), &mut out);
        out
    }
}

fn automaton(shapes: &[Shape]) -> Result<Automaton, Error> {
    let hirs: Vec<_> = shapes.iter().map(|shape| shape.hir.clone()).collect();
    Automaton::new(&hirs, CACHE).map_err(|problem| Error::TooLarge { problem })
}

fn said(really: bool, evidence: Evidence) -> Evidence {
    if really { evidence } else { Evidence::NONE }
}

/// The text without the blanks around it.
fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// One scan of one text.
struct Pass<'p> {
    scanner: &'p Scanner,
    field: &'p Field,
    view: &'p str,
    cell: Range<usize>,
    hits: &'p [Hit],
    named: &'p mut Vec<Named>,
    ends: &'p mut Vec<(u16, u32)>,
    whole: &'p mut Vec<(DetectorIndex, bool)>,
    out: &'p mut Vec<Finding>,
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
    fn labelled(&mut self, mut walker: Option<&mut Walker>) {
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
    fn patterns(&mut self, walkers: &mut [Walker], open: &mut Open, blocked: &mut [u32]) {
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
fn count(whole: &mut Vec<(DetectorIndex, bool)>, tallies: &mut [Tally]) {
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
fn settle(out: &mut Vec<Finding>, first: usize) {
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
